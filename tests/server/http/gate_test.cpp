// The checks before every handler: Origin, CSRF, rates, Idempotency-Key, methods, headers.
#include "core/base/limits.hpp"
#include "tests/server/features/feature_world.hpp"

namespace syncstore::testing {
namespace {

class HttpGate : public FeatureWorld {
 protected:
  HttpGate() {
    furnish();
    edith = token_of("edith");
  }
  Client edith;
  const std::string list = "/api/products?storeId=gifts";
  std::int64_t total() { return as(edith, "GET", list).number("page.total"); }
};

TEST_F(HttpGate, ForeignOriginsMayNotWrite) {
  const std::string body = R"({"title":"Mug"})";
  for (const std::string origin :
       {"http://evil.example", "null", "http://127.0.0.1:8081", "https://127.0.0.1:8080",
        "http://127.0.0.1:8080.evil.example", "http://x127.0.0.1:8080"}) {
    const Answer refused = as(edith, "POST", list, body, {{"origin", origin}});
    EXPECT_EQ(refused.status(), 403) << origin;
    EXPECT_EQ(refused.code(), "origin");
  }
  EXPECT_EQ(as(edith, "POST", list, body, {{"sec-fetch-site", "cross-site"}}).status(), 403);
  EXPECT_EQ(as(edith, "POST", list, body, {{"origin", "http://127.0.0.1:8080"}}).status(), 201);
  EXPECT_EQ(as(edith, "GET", list, {}, {{"origin", "http://evil.example"}})
                .header("Access-Control-Allow-Origin"),
            nullptr);
  EXPECT_EQ(
      request("POST", "/api/session", R"({"user":"edith","password":"correct horse 7 staple"})",
              {{"origin", "http://evil.example"}})
          .code(),
      "origin");
}

TEST_F(HttpGate, ConfiguredOriginsMay) {
  api_options.allowed_origins = {"https://shop.example"};
  api_options.public_url = "https://own.example/";
  boot();
  const std::string body = R"({"title":"Mug"})";
  const Answer allowed = as(edith, "POST", list, body, {{"origin", "https://shop.example:443"}});
  EXPECT_EQ(allowed.status(), 201);
  EXPECT_EQ(*allowed.header("Access-Control-Allow-Origin"), "https://shop.example:443");
  EXPECT_EQ(as(edith, "POST", list, body, {{"origin", "https://own.example"}}).status(), 201);
  EXPECT_EQ(as(edith, "POST", list, body, {{"origin", "http://shop.example"}}).status(), 403);
  const Answer preflight = request("OPTIONS", list, {}, {{"origin", "https://shop.example"}});
  EXPECT_EQ(preflight.status(), 204);
  EXPECT_NE(preflight.header("Access-Control-Allow-Methods"), nullptr);
}

TEST_F(HttpGate, WrongMethodsAndAddressesAreNamed) {
  const Answer wrong = as(edith, "DELETE", list);
  EXPECT_EQ(wrong.status(), 405);
  EXPECT_EQ(*wrong.header("Allow"), "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(as(edith, "TRACE", "/api/stores").status(), 405);
  EXPECT_EQ(as(edith, "GET", "/api/nothing").code(), "not_found");
  EXPECT_EQ(as(edith, "GET", "/api").status(), 404);
  EXPECT_EQ(as(edith, "POST", "/anywhere").status(), 405);
  EXPECT_EQ(as(edith, "HEAD", list).status(), 200);
  EXPECT_EQ(as(edith, "OPTIONS", list).status(), 204);
}

TEST_F(HttpGate, AnArrayOrObjectMayBeSoWideAndNotWider) {
  const auto many = [](std::size_t count, const std::string& one) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
      text += (i > 0 ? "," : "") + one;
    return text;
  };
  const auto answer_to = [&](const std::string& body) { return as(edith, "POST", list, body); };
  const std::size_t most = limits::kJsonItems;
  for (const std::string& body :
       {"[" + many(most + 1, "0") + "]", R"({"title":[[)" + many(most + 1, "{}") + "]]}",
        R"([{"a":{"b":[)" + many(most + 1, "null") + "]}}]"}) {
    const Answer refused = answer_to(body);
    EXPECT_EQ(refused.status(), 413) << body.substr(0, 20);
    EXPECT_EQ(refused.code(), "too_large");
  }
  std::string members;
  for (std::size_t i = 0; i <= most; ++i)
    members += (i > 0 ? ",\"" : "\"") + std::to_string(i) + "\":0";
  EXPECT_EQ(answer_to("{" + members + "}").code(), "too_large");
  EXPECT_EQ(answer_to(R"({"title":{)" + members + "}}").code(), "too_large");
  // At the bound it is read, and judged for what it says.
  EXPECT_EQ(answer_to(R"({"title":[)" + many(most, "0") + "]}").status(), 422);
}

TEST_F(HttpGate, WhatIsPackedIsNotUnpacked) {
  const std::string body = R"({"title":"Mug"})";
  for (const std::string coding : {"gzip", "br", "deflate", "zstd", "gzip, identity"}) {
    const Answer refused = as(edith, "POST", list, body, {{"content-encoding", coding}});
    EXPECT_EQ(refused.status(), 415) << coding;
    EXPECT_EQ(refused.code(), "unsupported_media");
  }
  EXPECT_EQ(as(edith, "POST", list, body, {{"content-encoding", "identity"}}).status(), 201);
  EXPECT_EQ(as(edith, "GET", list, {}, {{"content-encoding", "gzip"}}).status(), 200);
}

TEST_F(HttpGate, EveryAnswerCarriesTheGuardingHeaders) {
  for (const std::string target :
       {"/health", "/api/nothing", "/api/products?storeId=gifts", "/no/such/file.js"}) {
    const Answer answer = request("GET", target);
    for (const std::string_view name :
         {"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy",
          "Cross-Origin-Opener-Policy", "Cross-Origin-Embedder-Policy",
          "Cross-Origin-Resource-Policy", "Cache-Control"}) {
      EXPECT_NE(answer.header(name), nullptr) << target << " " << name;
    }
    EXPECT_EQ(answer.header("Content-Security-Policy")->find("'unsafe-eval'"), std::string::npos);
    EXPECT_EQ(answer.header("Content-Security-Policy")->find("'unsafe-inline'"), std::string::npos);
    EXPECT_EQ(answer.header("Strict-Transport-Security"), nullptr);
  }
  EXPECT_EQ(*as(edith, "GET", "/api/stores").header("Cache-Control"), "no-store");
  EXPECT_EQ(*request("GET", "/api/stores").header("Content-Type"), "application/problem+json");
}

TEST_F(HttpGate, RequestsAreLimitedPerUser) {
  api_options.requests_per_minute = 100;
  boot();
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(as(edith, "GET", "/api/stores").status(), 200) << i;
  }
  const Answer limited = as(edith, "GET", "/api/stores");
  EXPECT_EQ(limited.status(), 429);
  EXPECT_EQ(limited.code(), "rate_limited");
  EXPECT_NE(limited.header("Retry-After"), nullptr);
  EXPECT_EQ(as(token_of("anna"), "GET", "/api/stores").status(), 200);
  for (int i = 0; i < 200; ++i) {
    ASSERT_EQ(as(edith, "GET", "/health").status(), 200);
  }
  events.advance(1'200);
  EXPECT_EQ(as(edith, "GET", "/api/stores").status(), 200);
}

TEST_F(HttpGate, OneKeyIsOneEffect) {
  const Headers key{{"idempotency-key", "order-17"}};
  const Answer first = as(edith, "POST", list, R"({"title":"Mug"})", key);
  const Answer again = as(edith, "POST", list, R"({"title":"Mug"})", key);
  EXPECT_EQ(first.status(), 201);
  EXPECT_EQ(first.header("Idempotent-Replay"), nullptr);
  EXPECT_EQ(again.status(), 201);
  EXPECT_EQ(again.response.body, first.response.body);
  EXPECT_EQ(*again.header("Location"), *first.header("Location"));
  EXPECT_EQ(*again.header("Idempotent-Replay"), "true");
  EXPECT_EQ(total(), 1);
  const Answer other = as(edith, "POST", list, R"({"title":"Cup"})", key);
  EXPECT_EQ(other.status(), 422);
  EXPECT_EQ(other.code(), "key_reused");
  // Another person's key of the same name is another key.
  EXPECT_EQ(as(token_of("anna"), "POST", list, R"({"title":"Cup"})", key).status(), 201);
  boot();
  EXPECT_EQ(*as(edith, "POST", list, R"({"title":"Mug"})", key).header("Idempotent-Replay"),
            "true");
  EXPECT_EQ(total(), 2);
  EXPECT_EQ(as(edith, "POST", list, R"({"title":"x"})", {{"idempotency-key", std::string(65, 'k')}})
                .status(),
            422);
  // The kept answer is gone after 30 days; the mutation's receipt still stands, so there is no
  // second effect.
  events.advance(31 * 86'400'000LL);
  boot();
  const Answer late = as(edith, "POST", list, R"({"title":"Mug"})", key);
  EXPECT_EQ(late.text("data.id"), first.text("data.id"));
  EXPECT_EQ(late.header("Idempotent-Replay"), nullptr);
  EXPECT_EQ(total(), 2);
}

TEST_F(HttpGate, OneKeyTwiceAtOnceRunsOnce) {
  storage->set_delays(5, 5);
  const Headers key{{"idempotency-key", "at-once"}};
  const auto first = start(edith, "POST", list, R"({"title":"Mug"})", key);
  const auto second = start(edith, "POST", list, R"({"title":"Mug"})", key);
  events.advance(1'000);
  EXPECT_EQ((*first)->status(), 201);
  EXPECT_EQ((*second)->status(), 409);
  EXPECT_EQ((*second)->code(), "in_progress");
  EXPECT_EQ(as(edith, "GET", list).number("page.total"), 1);
}

TEST_F(HttpGate, AKeyOutlivesACrashBetweenTheEffectAndTheAnswer) {
  const Headers key{{"idempotency-key", "crash"}};
  const Answer made = as(edith, "POST", list, R"({"title":"Mug"})", key);
  const std::string id = made.text("data.id");
  const std::string adjust = "/api/products/" + id + "/adjust?storeId=gifts";
  const Headers other{{"idempotency-key", "crash-2"}};
  ASSERT_EQ(as(edith, "POST", adjust, R"({"amount":5})", other).number("data.inventory"), 5);
  // The kept answers are lost, the mutations' receipts are not.
  std::erase_if(disk->documents,
                [](const auto& entry) { return entry.first.first == "idempotency"; });
  boot();
  EXPECT_EQ(as(edith, "POST", list, R"({"title":"Mug"})", key).text("data.id"), id);
  EXPECT_EQ(as(edith, "POST", adjust, R"({"amount":5})", other).number("data.inventory"), 5);
  EXPECT_EQ(total(), 1);
}

TEST_F(HttpGate, AFullDiskIsSaidAndTheKeyMayBeTriedAgain) {
  const Headers key{{"idempotency-key", "full"}};
  storage->set_fault(ErrorCode::storage_full);
  const auto answer = start(edith, "POST", list, R"({"title":"Mug"})", key);
  events.advance(60'000);
  ASSERT_TRUE(answer->has_value());
  EXPECT_EQ((*answer)->status(), 503);
  EXPECT_NE((*answer)->header("Retry-After"), nullptr);
  storage->set_fault(std::nullopt);
  events.advance(2 * limits::kStorageProbeMs);  // the next probe finds the space
  EXPECT_EQ(as(edith, "POST", list, R"({"title":"Mug"})", key).status(), 201);
  EXPECT_EQ(total(), 1);
}

TEST_F(HttpGate, DrainingAnswers503ButHealth) {
  api->set_draining(true);
  EXPECT_EQ(as(edith, "GET", "/api/stores").status(), 503);
  EXPECT_EQ(request("GET", "/health").status(), 200);
}

TEST_F(HttpGate, OpenApiListsExactlyTheRoutes) {
  const Answer document = request("GET", "/api/openapi.json");
  ASSERT_EQ(document.status(), 200);
  EXPECT_EQ(document.text("openapi"), "3.1.0");
  std::size_t operations = 0;
  const Json paths = document.at("paths");
  for (const auto& [path, methods] : paths.members()) {
    operations += methods.size();
  }
  EXPECT_EQ(operations, http::routes().size());
  EXPECT_NE(document.response.body.find("/api/products/{id}/adjust"), std::string::npos);
}

TEST_F(HttpGate, ThePageOfTheInterfaceNamesEveryRouteAndShapeAndLoadsNothingForeign) {
  const Answer page = request("GET", "/api/docs");
  ASSERT_EQ(page.status(), 200);
  const std::string& html = page.response.body;
  for (const http::Route& route : http::routes()) {
    EXPECT_NE(html.find("id=\"" + std::string(route.name) + "\""), std::string::npos) << route.name;
    EXPECT_NE(html.find(route.summary.substr(0, 12)), std::string::npos) << route.name;
  }
  // Every link inside the page leads somewhere.
  for (std::size_t at = html.find("href=\"#"); at != std::string::npos;
       at = html.find("href=\"#", at + 1)) {
    const std::string target = html.substr(at + 7, html.find('"', at + 7) - at - 7);
    EXPECT_NE(html.find("id=\"" + target + "\""), std::string::npos) << target;
  }
  EXPECT_EQ(html.find("http://"), std::string::npos);
  EXPECT_EQ(html.find("https://"), std::string::npos);
  EXPECT_EQ(html.find("<style"), std::string::npos);
  EXPECT_EQ(html.find("onclick"), std::string::npos);
  for (const char* path : {"/api/docs/page.css", "/api/docs/page.js"}) {
    EXPECT_NE(html.find(path), std::string::npos);
    EXPECT_EQ(request("GET", path).status(), 200);
  }
  // The only script is the one that the server sends beside it.
  EXPECT_EQ(html.find("<script", html.find("<script") + 1), std::string::npos);
}

}  // namespace
}  // namespace syncstore::testing
