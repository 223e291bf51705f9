#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "server/http/answer.hpp"
#include "server/http/api.hpp"
#include "server/http/rate_limit.hpp"
#include "server/http/routes.hpp"

namespace syncstore::http {
namespace {

TEST(Problems, NameCodeStatusAndFields) {
  const HttpResponse one = problem(fail(ErrorCode::too_long, "At most 10.", "title"));
  EXPECT_EQ(one.status, 422);
  EXPECT_NE(one.body.find(R"("code":"too_long")"), std::string::npos);
  EXPECT_NE(one.body.find(R"("success":false)"), std::string::npos);
  EXPECT_NE(one.body.find(R"("errors":[{"field":"title")"), std::string::npos);
  EXPECT_EQ(*find_header(one, "content-type"), "application/problem+json");
  const HttpResponse retry = problem(fail(ErrorCode::retry));
  EXPECT_EQ(retry.status, 503);
  EXPECT_NE(find_header(retry, "Retry-After"), nullptr);
  EXPECT_EQ(
      problem_of_fields({fail(ErrorCode::required, {}, "a"), fail(ErrorCode::required, {}, "b")})
          .status,
      422);
}

TEST(Problems, EveryCodeOfTheCatalogueHasAnErrorStatus) {
  for (std::uint16_t number = 1; number < 200; ++number) {
    const ErrorCode code = error_from_number(number);
    if (code != ErrorCode::none) {
      EXPECT_GE(problem(fail(code)).status, 400) << error_name(code);
    }
  }
}

TEST(Headers, PromiseTlsUnderTlsOnly) {
  HttpResponse plain;
  add_security_headers(plain, false, true);
  EXPECT_EQ(find_header(plain, "Strict-Transport-Security"), nullptr);
  HttpResponse secure;
  add_security_headers(secure, true, true);
  EXPECT_NE(find_header(secure, "Strict-Transport-Security"), nullptr);
  EXPECT_EQ(*find_header(secure, "Cache-Control"), "no-store");
}

TEST(EntityTags, MatchListsWildcardsAndWeakOnes) {
  EXPECT_TRUE(etag_matches("\"1\", \"2\"", "\"2\""));
  EXPECT_TRUE(etag_matches("*", "\"2\""));
  EXPECT_TRUE(etag_matches("W/\"2\"", "\"2\""));
  EXPECT_FALSE(etag_matches("\"22\"", "\"2\""));
  EXPECT_FALSE(etag_matches("", "\"2\""));
}

TEST(Routes, MatchByMethodAndPath) {
  EXPECT_EQ(match_route("GET", "/api/products/ABC").route->id, RouteId::products_get);
  EXPECT_EQ(match_route("HEAD", "/api/products/ABC").route->id, RouteId::products_get);
  EXPECT_EQ(match_route("POST", "/api/products/ABC/adjust").params.front().second, "ABC");
  EXPECT_EQ(match_route("GET", "/api/products/").route, nullptr);
  EXPECT_EQ(match_route("GET", "/api/products/a/b/c").route, nullptr);
  EXPECT_EQ(match_route("PATCH", "/api/session").allow, "POST, GET, HEAD, DELETE");
  EXPECT_EQ(match_route("GET", "nothing").route, nullptr);
}

TEST(Routes, AreNamedOnceAndScoped) {
  for (const Route& one : routes()) {
    EXPECT_EQ(&route(one.id), &one);
    EXPECT_FALSE(one.summary.empty());
    const bool has_role = one.least != model::Role::none;
    const bool needs_role = one.scope != Scope::open && one.scope != Scope::session;
    EXPECT_EQ(has_role, needs_role) << one.name;
    EXPECT_FALSE(one.idempotent && !is_unsafe(one.method)) << one.name;
  }
}

TEST(Routes, AreAllInTheDocumentation) {
  std::ifstream file(std::string(SYNCSTORE_TESTS_DIR) + "/../docs/api.md");
  std::ostringstream text;
  text << file.rdbuf();
  for (const Route& one : routes()) {
    const std::string line =
        "| `" + std::string(one.method) + " " + std::string(one.pattern) + "` |";
    EXPECT_NE(text.str().find(line), std::string::npos) << "docs/api.md lacks " << line;
  }
}

TEST(RateLimit, RefillsAndForgets) {
  RateLimit limit(60);
  std::int64_t now = 0;
  for (int i = 0; i < 60; ++i) {
    EXPECT_EQ(limit.take("a", now), 0);
  }
  EXPECT_EQ(limit.take("a", now), 1);
  EXPECT_EQ(limit.take("b", now), 0);
  now += 1'000'000;
  EXPECT_EQ(limit.take("a", now), 0);
  EXPECT_EQ(limit.take("a", now), 1);
  now += 10 * 60'000'000LL;
  limit.take("c", now);
  EXPECT_LE(limit.size(), 2u);
  EXPECT_EQ(RateLimit(0).take("a", now), 0);
}

}  // namespace
}  // namespace syncstore::http
