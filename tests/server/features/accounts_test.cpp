// People, sessions, tokens and first-run setup.
#include "server/features/accounts/common_passwords.hpp"
#include "tests/server/features/feature_world.hpp"

namespace syncstore::testing {
namespace {

class Accounts : public FeatureWorld {
 protected:
  std::vector<engine::Revocation> heard;
  void listen() {
    features->accounts().set_revocation_listener(
        [this](const engine::Revocation& revocation) { heard.push_back(revocation); });
  }
  bool heard_of(engine::Revocation::Kind kind, const std::string& user) const {
    return std::any_of(heard.begin(), heard.end(),
                       [&](const auto& one) { return one.kind == kind && one.user == user; });
  }
  std::string id_of(const std::string& name) { return features->accounts().find_by_name(name)->id; }
  Json member(const std::string& store, const std::string& name) {
    const Answer members =
        as(token_of("root"), "GET", "/api/sync/snapshot?dataType=members&storeId=" + store);
    for (const Json& record : members.json.find("data")->items()) {
      if (record.find("name")->text() == name) {
        return record;
      }
    }
    return {};
  }
};

TEST_F(Accounts, FirstAdminIsMadeWithTheSetupLinkOnce) {
  EXPECT_TRUE(features->accounts().needs_setup());
  EXPECT_TRUE(request("GET", "/api/setup").at("data.needed").boolean());
  const std::string body = R"("name":"owner","password":"correct horse 7 staple"})";
  EXPECT_EQ(request("POST", "/api/setup", R"({"token":"wrong",)" + body).status(), 401);
  const std::string token = features->accounts().setup_token();
  EXPECT_EQ(request("POST", "/api/setup",
                    R"({"token":")" + token + R"(","name":"owner","password":"short"})")
                .code(),
            "weak_password");
  const Answer made = request("POST", "/api/setup", R"({"token":")" + token + R"(",)" + body);
  ASSERT_EQ(made.status(), 201) << made.response.body;
  EXPECT_NE(made.header("Set-Cookie"), nullptr);
  EXPECT_EQ(made.text("data.user.role"), "admin");
  EXPECT_EQ(request("POST", "/api/setup", R"({"token":")" + token + R"(",)" + body).code(),
            "setup_done");
  const Client owner = sign_in("owner");
  EXPECT_EQ(as(owner, "POST", "/api/stores",
               R"({"id":"gifts","name":"Gifts","currency":"GBP","timeZone":"Europe/London"})")
                .status(),
            201);
}

TEST_F(Accounts, SessionsAreCookiesWithAToken) {
  furnish();
  const Answer signed_in =
      request("POST", "/api/session", R"({"user":"EDITH","password":"correct horse 7 staple"})");
  ASSERT_EQ(signed_in.status(), 200) << signed_in.response.body;
  const std::string cookie = *signed_in.header("Set-Cookie");
  EXPECT_NE(cookie.find("HttpOnly"), std::string::npos);
  EXPECT_NE(cookie.find("SameSite=Lax"), std::string::npos);
  EXPECT_EQ(cookie.find("Secure"), std::string::npos);
  EXPECT_EQ(signed_in.text("data.user.name"), "edith");
  ASSERT_EQ(signed_in.at("data.stores").size(), 1u);
  EXPECT_EQ(signed_in.text("data.stores.0.role"), "editor");

  Client edith = sign_in("edith");
  EXPECT_EQ(as(edith, "GET", "/api/session").text("data.csrf"), edith.csrf);
  const std::string product = R"({"title":"Mug"})";
  EXPECT_EQ(as(edith, "POST", "/api/products?storeId=gifts", product).status(), 201);
  Client forged = edith;
  forged.csrf = "0";
  const Answer refused = as(forged, "POST", "/api/products?storeId=gifts", product);
  EXPECT_EQ(refused.status(), 403);
  EXPECT_EQ(refused.code(), "csrf");
  EXPECT_EQ(as(edith, "DELETE", "/api/session").status(), 204);
  EXPECT_EQ(as(edith, "GET", "/api/session").status(), 401);
}

TEST_F(Accounts, WrongCredentialsLookAlike) {
  furnish();
  const Answer wrong = request("POST", "/api/session", R"({"user":"edith","password":"wrong"})");
  const Answer nobody = request("POST", "/api/session", R"({"user":"nobody","password":"wrong"})");
  EXPECT_EQ(wrong.status(), 401);
  EXPECT_EQ(wrong.code(), "bad_credentials");
  EXPECT_EQ(wrong.response.body, nobody.response.body);
  EXPECT_EQ(request("POST", "/api/session", R"({"user":"edith"})").status(), 422);
}

TEST_F(Accounts, FailedSignInsAreLimitedPerNameAndAddress) {
  api_options.requests_per_minute = 100;
  boot();
  furnish();
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(request("POST", "/api/session", R"({"user":"edith","password":"wrong"})").status(),
              401);
  }
  const Answer limited =
      request("POST", "/api/session", R"({"user":"edith","password":"correct horse 7 staple"})");
  EXPECT_EQ(limited.status(), 429);
  EXPECT_NE(limited.header("Retry-After"), nullptr);
  events.advance(13'000);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(
        request("POST", "/api/session", R"({"user":"edith","password":"correct horse 7 staple"})")
            .status(),
        200);
  }
}

TEST_F(Accounts, SessionsOutliveARestartButNotTheirTime) {
  furnish();
  const Client edith = sign_in("edith");
  boot();
  EXPECT_EQ(as(edith, "GET", "/api/session").status(), 200);
  for (int days = 0; days < 80; days += 10) {
    events.advance(10 * 86'400'000LL);
    EXPECT_EQ(as(edith, "GET", "/api/session").status(), 200) << days;
  }
  events.advance(11 * 86'400'000LL);
  EXPECT_EQ(as(edith, "GET", "/api/session").status(), 401);
  const Client idle = sign_in("edith");
  events.advance(15 * 86'400'000LL);
  EXPECT_EQ(as(idle, "GET", "/api/session").status(), 401);
}

TEST_F(Accounts, TokensAreShownOnceAndRevoked) {
  furnish();
  const Client edith = sign_in("edith");
  const Answer made = as(edith, "POST", "/api/tokens", R"({"label":"script","days":2})");
  ASSERT_EQ(made.status(), 201) << made.response.body;
  Client program;
  program.bearer = made.text("data.token");
  EXPECT_EQ(as(program, "GET", "/api/products?storeId=gifts").status(), 200);
  const Answer list = as(edith, "GET", "/api/tokens");
  ASSERT_EQ(list.at("data").size(), 1u);
  EXPECT_EQ(list.response.body.find(program.bearer), std::string::npos);
  boot();
  EXPECT_EQ(as(program, "GET", "/api/products?storeId=gifts").status(), 200);
  EXPECT_EQ(as(edith, "DELETE", "/api/tokens/" + list.text("data.0.id")).status(), 204);
  EXPECT_EQ(as(program, "GET", "/api/products?storeId=gifts").status(), 401);
  EXPECT_EQ(as(edith, "DELETE", "/api/tokens/" + list.text("data.0.id")).status(), 404);
  EXPECT_EQ(as(edith, "POST", "/api/tokens", R"({"days":4000})").status(), 422);
  for (const auto& [key, document] : disk->documents) {
    EXPECT_EQ(document.body.find(program.bearer), std::string::npos) << "a secret is stored";
    EXPECT_EQ(document.key.find(program.bearer), std::string::npos);
  }
}

TEST_F(Accounts, TicketsWorkOnceWithinThirtySeconds) {
  furnish();
  const Client edith = sign_in("edith");
  const auto ticket = [&] { return as(edith, "POST", "/api/session/ticket").text("data.ticket"); };
  const std::string first = ticket();
  const Result<engine::Identity> taken = features->accounts().take_ticket(first);
  ASSERT_TRUE(taken.ok());
  EXPECT_EQ(taken->name, "edith");
  EXPECT_FALSE(features->accounts().take_ticket(first).ok());
  const std::string late = ticket();
  events.advance(31'000);
  EXPECT_FALSE(features->accounts().take_ticket(late).ok());
  const std::string orphan = ticket();
  as(edith, "DELETE", "/api/session");
  EXPECT_FALSE(features->accounts().take_ticket(orphan).ok());
}

TEST_F(Accounts, AnAdminManagesPeopleAndTheirSocketsClose) {
  furnish();
  listen();
  const Client anna = token_of("anna");
  const Client victor = sign_in("victor");
  const std::string people = "/api/people?storeId=gifts";
  EXPECT_EQ(as(anna, "GET", people).at("data").size(), 4u);
  const Answer made =
      as(anna, "POST", people, R"({"name":"nina","password":"a long enough one","role":"viewer"})");
  ASSERT_EQ(made.status(), 201) << made.response.body;
  EXPECT_EQ(
      as(anna, "POST", people, R"({"name":"Nina","password":"a long enough one","role":"viewer"})")
          .code(),
      "already_exists");
  EXPECT_EQ(
      as(anna, "POST", people, R"({"name":"x","password":"password123","role":"viewer"})").code(),
      "weak_password");
  EXPECT_EQ(as(anna, "POST", people, R"({"name":"x","password":"a long enough one","role":"king"})")
                .status(),
            422);
  EXPECT_EQ(member("gifts", "nina").find("role")->text(), "viewer");

  const std::string one = "/api/people/" + id_of("victor") + "?storeId=gifts";
  EXPECT_EQ(as(anna, "PUT", one, R"({"role":"editor"})").text("data.role"), "editor");
  EXPECT_TRUE(heard_of(engine::Revocation::Kind::role_changed, id_of("victor")));
  EXPECT_EQ(member("gifts", "victor").find("role")->text(), "editor");
  EXPECT_EQ(as(victor, "POST", "/api/products?storeId=gifts", R"({"title":"Mug"})").status(), 201);
  EXPECT_EQ(as(anna, "PUT", one, R"({"disabled":true})").status(), 200);
  EXPECT_TRUE(heard_of(engine::Revocation::Kind::disabled, id_of("victor")));
  EXPECT_EQ(as(victor, "GET", "/api/session").status(), 401);
  EXPECT_FALSE(member("gifts", "victor").find("is_active")->boolean());
  EXPECT_EQ(
      request("POST", "/api/session", R"({"user":"victor","password":"correct horse 7 staple"})")
          .status(),
      401);
  EXPECT_EQ(as(anna, "PUT", one, R"({"disabled":false,"password":"another long one"})").status(),
            200);
  sign_in("victor", "another long one");
  EXPECT_EQ(as(anna, "DELETE", one).status(), 204);
  EXPECT_EQ(as(sign_in("victor", "another long one"), "GET", "/api/products?storeId=gifts").code(),
            "forbidden_store");
}

TEST_F(Accounts, TheLastAdminStays) {
  furnish();
  const Client root = token_of("root");
  const std::string self = "/api/people/" + id_of("root") + "?storeId=*";
  EXPECT_EQ(as(root, "PUT", self, R"({"role":"viewer"})").code(), "last_admin");
  EXPECT_EQ(as(root, "PUT", self, R"({"disabled":true})").code(), "last_admin");
  EXPECT_EQ(as(root, "DELETE", self).code(), "last_admin");
  add_user("second", model::Role::admin, "*");
  EXPECT_EQ(as(root, "PUT", "/api/people/" + id_of("second") + "?storeId=*", R"({"role":"viewer"})")
                .status(),
            200);
}

TEST_F(Accounts, AnAdminOfOneStoreHasNoPowerOverOthersAccounts) {
  furnish();
  const Client anna = token_of("anna");
  // gina works elsewhere too: anna may let her in and out of gifts, but not take over her account.
  EXPECT_EQ(
      as(anna, "POST", "/api/people?storeId=gifts", R"({"name":"gina","role":"viewer"})").status(),
      201);
  const std::string gina = "/api/people/" + id_of("gina") + "?storeId=gifts";
  EXPECT_EQ(as(anna, "PUT", gina, R"({"password":"taken over now"})").status(), 403);
  EXPECT_EQ(as(anna, "PUT", gina, R"({"disabled":true})").status(), 403);
  EXPECT_EQ(as(anna, "PUT", gina, R"({"role":"editor"})").status(), 200);
  EXPECT_EQ(as(anna, "PUT", "/api/people/" + id_of("root") + "?storeId=gifts",
               R"({"password":"taken over now"})")
                .status(),
            403);
  EXPECT_EQ(as(anna, "GET", "/api/people?storeId=*").status(), 403);
  EXPECT_EQ(as(anna, "GET", "/api/people?storeId=games").code(), "forbidden_store");
}

TEST_F(Accounts, ChangingTheOwnPasswordEndsOtherSessions) {
  furnish();
  const Client here = sign_in("edith");
  const Client there = sign_in("edith");
  const std::string path = "/api/session/password";
  EXPECT_EQ(as(here, "POST", path, R"({"current":"wrong","password":"another long one"})").status(),
            401);
  EXPECT_EQ(as(here, "POST", path,
               R"({"current":"correct horse 7 staple","password":"another long one"})")
                .status(),
            204);
  EXPECT_EQ(as(here, "GET", "/api/session").status(), 200);
  EXPECT_EQ(as(there, "GET", "/api/session").status(), 401);
  sign_in("edith", "another long one");
}

TEST_F(Accounts, ChangesOfOnePersonAtTheSameTimeAllHold) {
  furnish();
  storage->set_delays(5, 5);
  int done = 0;
  const auto count = [&done](const Status& status) {
    EXPECT_TRUE(status.ok());
    ++done;
  };
  features->accounts().grant("victor", "games", model::Role::editor, count);
  features->accounts().grant("victor", "gifts", model::Role::admin, count);
  features->accounts().set_password("victor", "another long one", count);
  events.advance(5'000);
  EXPECT_EQ(done, 3);
  const std::string id = id_of("victor");
  EXPECT_EQ(features->accounts().role_in(id, "games"), model::Role::editor);
  EXPECT_EQ(features->accounts().role_in(id, "gifts"), model::Role::admin);
}

TEST_F(Accounts, NothingIsInForceBeforeItIsDurable) {
  furnish();
  storage->set_fault(ErrorCode::storage_full);
  Status status;
  features->accounts().grant("victor", "gifts", model::Role::admin,
                             [&](const Status& told) { status = told; });
  settle();
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(features->accounts().role_in(id_of("victor"), "gifts"), model::Role::viewer);
  EXPECT_EQ(
      request("POST", "/api/session", R"({"user":"edith","password":"correct horse 7 staple"})")
          .status(),
      503);
}

TEST(Cookies, AreBoundToTheHostUnderTls) {
  EXPECT_EQ(accounts::session_cookie_name(true), "__Host-syncstore_session");
  EXPECT_EQ(accounts::cookie_value("a=1; syncstore_session=xyz; b=2", "syncstore_session"), "xyz");
  EXPECT_EQ(accounts::cookie_value("xsyncstore_session=1", "syncstore_session"), "");
}

TEST(Passwords, RefuseTheObvious) {
  EXPECT_TRUE(accounts::is_common_password("password123"));
  EXPECT_FALSE(accounts::check_password("aaaaaaaaaaaa", "x").ok());
  EXPECT_FALSE(accounts::check_password("MyOwnName99", "myownname99").ok());
  EXPECT_FALSE(accounts::check_password(std::string(300, 'a') + "b", "x").ok());
  EXPECT_TRUE(accounts::check_password("kettle of nine fish", "x").ok());
  EXPECT_FALSE(accounts::check_user_name("a/b").ok());
  EXPECT_FALSE(accounts::check_user_name(" a").ok());
  EXPECT_TRUE(accounts::check_user_name("Zoë").ok());
}

}  // namespace
}  // namespace syncstore::testing
