// Every route x every kind of person x own and foreign store. The expectations stand here in full,
// apart from the route table that they check: a route without a line fails.
#include <map>

#include "server/http/routes.hpp"
#include "tests/server/engine/engine_world.hpp"
#include "tests/server/features/feature_world.hpp"

namespace syncstore::testing {
namespace {

// Who may: o everybody, s signed in, v viewer, e editor, a admin of the store, A admin of all
// stores.
struct Line {
  char least;
  std::string target;  // in the store gifts; {product}, {conflict}, {import}, {person} stand for
                       // records of gifts
  std::string body = "";
  bool found_not_named = false;  // the store is not named: a foreign record is 404
};

using Matrix = std::map<std::string, Line>;

// The routes of a collection of records; the letters: who may make, change and remove.
void add_records(Matrix& lines, const std::string& name, char make, char change, char remove) {
  const std::string all = "/api/" + name + "?storeId=gifts";
  const std::string one = "/api/" + name + "/{product}?storeId=gifts";
  lines[name + "_list"] = {'v', all};
  if (make != ' ')
    lines[name + "_create"] = {make, all, "{}"};
  lines[name + "_get"] = {'v', one};
  lines[name + "_put"] = {change, one, "{}"};
  lines[name + "_patch"] = {change, one, "{}"};
  lines[name + "_delete"] = {remove, one};
}

void add_singleton(Matrix& lines, const std::string& name, char change) {
  const std::string target = "/api/" + name + "?storeId=gifts";
  lines[name + "_get"] = {'v', target};
  lines[name + "_put"] = {change, target, "{}"};
  lines[name + "_patch"] = {change, target, "{}"};
}

Matrix with_records(Matrix lines) {
  for (const char* name : {"products", "sales", "voc_data", "categories", "collections",
                           "product_variants", "platform_overrides"})
    add_records(lines, name, 'e', 'e', 'e');
  add_records(lines, "images", ' ', 'e', 'e');
  add_records(lines, "saved_views", 'v', 'v', 'v');
  add_records(lines, "layouts", 'v', 'v', 'v');
  add_singleton(lines, "account_health", 'e');
  add_singleton(lines, "legal_entity", 'a');
  return lines;
}

const Matrix& matrix() {
  static const Matrix lines = with_records({
      {"health", {'o', "/health"}},
      {"ready", {'o', "/ready"}},
      {"metrics", {'o', "/metrics"}},
      {"openapi", {'o', "/api/openapi.json"}},
      {"docs", {'o', "/api/docs"}},
      {"docs_style", {'o', "/api/docs/page.css"}},
      {"docs_script", {'o', "/api/docs/page.js"}},
      {"session_create", {'o', "/api/session", R"({"user":"nobody","password":"x"})"}},
      {"session_get", {'s', "/api/session"}},
      {"session_delete", {'s', "/api/session"}},
      {"session_ticket", {'s', "/api/session/ticket"}},
      {"session_password", {'s', "/api/session/password", R"({"current":"x","password":"y"})"}},
      {"setup_get", {'o', "/api/setup"}},
      {"setup_create", {'o', "/api/setup", R"({"token":"x","name":"y","password":"z"})"}},
      {"tokens_list", {'s', "/api/tokens"}},
      {"tokens_create", {'s', "/api/tokens", "{}"}},
      {"tokens_delete", {'s', "/api/tokens/0000000000000000"}},
      {"people_list", {'a', "/api/people?storeId=gifts"}},
      {"people_create", {'a', "/api/people?storeId=gifts", R"({"name":"new","role":"viewer"})"}},
      {"people_put", {'a', "/api/people/{person}?storeId=gifts", "{}"}},
      {"people_delete", {'a', "/api/people/{person}?storeId=gifts"}},
      {"stores_list", {'s', "/api/stores"}},
      {"stores_create", {'A', "/api/stores", R"({"id":"Not valid"})"}},
      {"stores_get", {'v', "/api/stores/gifts"}},
      {"stores_put", {'a', "/api/stores/gifts", "{}"}},
      {"stores_patch", {'a', "/api/stores/gifts", "{}"}},
      {"products_adjust", {'e', "/api/products/{product}/adjust?storeId=gifts", R"({"amount":1})"}},
      {"dashboard_get", {'v', "/api/dashboard/snapshot/gifts"}},
      {"dashboard_put", {'e', "/api/dashboard/snapshot/gifts", "{}"}},
      {"dashboard_patch", {'e', "/api/dashboard/snapshot/gifts", "{}"}},
      {"imports_create",
       {'e', "/api/imports?storeId=gifts&kind=products&dryRun=true", "title\nMug\n"}},
      {"imports_list", {'e', "/api/imports?storeId=gifts"}},
      {"imports_get", {'e', "/api/imports/{import}", "", true}},
      {"imports_rows", {'e', "/api/imports/{import}/rows", "", true}},
      {"imports_errors", {'e', "/api/imports/{import}/errors.csv", "", true}},
      {"imports_apply", {'e', "/api/imports/{import}/apply", "", true}},
      {"imports_cancel", {'e', "/api/imports/{import}/cancel", "", true}},
      {"imports_sample", {'s', "/api/imports/sample.csv"}},
      {"exports_products", {'v', "/api/exports/products?storeId=gifts"}},
      {"conflicts_list", {'e', "/api/conflicts?storeId=gifts"}},
      {"conflicts_resolve",
       {'e', "/api/conflicts/{conflict}/resolve", R"({"choice":"king"})", true}},
      {"history_get", {'v', "/api/history?storeId=gifts&dataType=products&id={product}"}},
      {"sync_changes", {'v', "/api/sync/changes?storeId=gifts&since=0&epoch=0000000000000"}},
      {"sync_snapshot", {'v', "/api/sync/snapshot?storeId=gifts&dataType=products"}},
      {"sync_exchange", {'v', "/api/sync/exchange?storeId=gifts"}},
      {"status_get", {'s', "/api/status"}},
      {"images_create", {'e', "/api/images?storeId=gifts&product={product}", "no picture"}},
      {"images_fetch",
       {'e', "/api/images/fetch?storeId=gifts", R"({"product":"x","url":"http://127.0.0.1/"})"}},
      {"images_content", {'e', "/api/images/{product}/content?storeId=gifts", "no picture"}},
      {"images_restore", {'e', "/api/images/{product}/restore?storeId=gifts"}},
      {"pictures_get", {'s', "/images/0000/96.webp"}},
      {"collections_products", {'v', "/api/collections/{product}/products?storeId=gifts"}},
  });
  return lines;
}

constexpr std::string_view kCanary = "CANARY-OF-GIFTS";

class Authorisation : public FeatureWorld {
 protected:
  Authorisation() {
    furnish();
    const Client anna = token_of("anna");
    names["{product}"] =
        make_product(anna, "gifts", R"({"title":")" + std::string(kCanary) + R"(","price":"1"})");
    names["{person}"] = features->accounts().find_by_name("victor")->id;
    const std::string product = "/api/products/" + names["{product}"] + "?storeId=gifts";
    const std::string base = std::to_string(as(anna, "GET", product).number("data.version"));
    as(anna, "PUT", product, R"({"price":"2"})");
    names["{conflict}"] =
        as(token_of("edith"), "PUT", product, R"({"price":"3"})", {{"base-version", base}})
            .text("conflictId");
    names["{import}"] =
        upload(anna, "/api/imports?storeId=gifts&kind=products&dryRun=true", "sku,title\nS-1,Mug\n")
            .text("data.id");
    EXPECT_EQ(names["{conflict}"].size(), 13u);
    EXPECT_EQ(names["{import}"].size(), 13u);
  }

  std::string filled(std::string target) const {
    for (const auto& [name, value] : names) {
      if (const std::size_t at = target.find(name); at != std::string::npos) {
        target.replace(at, name.size(), value);
      }
    }
    return target;
  }
  Answer ask(const Client& client, const http::Route& route, const Line& line) {
    return route.body == http::BodyKind::file
               ? upload(client, filled(line.target), line.body, 65'536, {},
                        std::string(route.method))
               : as(client, std::string(route.method), filled(line.target), line.body);
  }
  static bool allowed(char least, model::Role role, bool everywhere) {
    switch (least) {
      case 'v':
        return role >= model::Role::viewer;
      case 'e':
        return role >= model::Role::editor;
      case 'a':
        return role >= model::Role::admin;
      case 'A':
        return role >= model::Role::admin && everywhere;
      default:
        return true;
    }
  }
  std::map<std::string, std::string> names;
};

TEST_F(Authorisation, EveryRouteHasItsLine) {
  for (const http::Route& route : http::routes()) {
    EXPECT_TRUE(matrix().contains(std::string(route.name)))
        << route.name << " is not in the matrix";
  }
  EXPECT_EQ(matrix().size(), http::routes().size());
  EXPECT_TRUE(api->unbound().empty()) << api->unbound().front();
}

TEST_F(Authorisation, NobodyGetsAnythingWithoutSigningIn) {
  for (const http::Route& route : http::routes()) {
    const Line& line = matrix().at(std::string(route.name));
    const Answer answer = ask(Client{}, route, line);
    if (line.least == 'o') {
      EXPECT_NE(answer.status(), 403) << route.name;
      EXPECT_TRUE(answer.status() != 401 || route.name == "session_create" ||
                  route.name == "setup_create")
          << route.name;
      continue;
    }
    EXPECT_EQ(answer.status(), 401) << route.name;
    EXPECT_EQ(answer.response.body.find(kCanary), std::string::npos);
    Client wrong;
    wrong.bearer = "0123456789";
    EXPECT_EQ(ask(wrong, route, line).status(), 401) << route.name;
  }
}

TEST_F(Authorisation, RolesAreKeptOnEveryRoute) {
  struct Person {
    std::string name;
    model::Role role;
    bool everywhere;
  };
  const std::vector<Person> people{{"victor", model::Role::viewer, false},
                                   {"edith", model::Role::editor, false},
                                   {"anna", model::Role::admin, false},
                                   {"root", model::Role::admin, true}};
  for (const Person& person : people) {
    for (const http::Route& route : http::routes()) {
      const Line& line = matrix().at(std::string(route.name));
      // These end what the next lines need.
      if (route.name == "people_delete" || route.name == "products_delete" ||
          route.name == "session_delete") {
        if (allowed(line.least, person.role, person.everywhere)) {
          continue;
        }
      }
      const Answer answer = ask(token_of(person.name), route, line);
      if (allowed(line.least, person.role, person.everywhere)) {
        EXPECT_NE(answer.status(), 403)
            << person.name << " " << route.name << " " << answer.response.body;
        EXPECT_NE(answer.code(), "unauthorized") << person.name << " " << route.name;
      } else {
        EXPECT_EQ(answer.status(), 403)
            << person.name << " " << route.name << " " << answer.response.body;
        EXPECT_EQ(answer.code(), "forbidden") << route.name;
        EXPECT_EQ(answer.response.body.find(kCanary), std::string::npos);
      }
      EXPECT_LT(answer.status(), 500) << route.name << " " << answer.response.body;
    }
  }
}

TEST_F(Authorisation, NoByteOfAForeignStoreLeaves) {
  const Client gina = token_of("gina");
  for (const http::Route& route : http::routes()) {
    const Line& line = matrix().at(std::string(route.name));
    if (line.least == 'o' || line.least == 's') {
      continue;
    }
    const Answer answer = ask(gina, route, line);
    if (line.found_not_named) {
      EXPECT_EQ(answer.status(), 404) << route.name << " " << answer.response.body;
    } else {
      EXPECT_EQ(answer.status(), 403) << route.name << " " << answer.response.body;
      EXPECT_TRUE(answer.code() == "forbidden_store" || line.least == 'A') << route.name;
    }
    EXPECT_EQ(answer.response.body.find(kCanary), std::string::npos) << route.name;
  }
  // The same ids asked for in the own store.
  EXPECT_EQ(as(gina, "GET", "/api/products/" + names["{product}"] + "?storeId=games").status(),
            404);
  EXPECT_EQ(as(gina, "GET", "/api/history?storeId=games&id=" + names["{product}"]).status(), 404);
}

TEST_F(Authorisation, UnknownAndInactiveStoresAreNamedAsSuch) {
  const Client root = token_of("root");
  EXPECT_EQ(as(root, "GET", "/api/products?storeId=nowhere").code(), "unknown_store");
  EXPECT_EQ(as(root, "GET", "/api/products").code(), "required");
  EXPECT_EQ(as(root, "GET", "/api/products?storeId=_installation").status(), 404);
  ASSERT_EQ(as(root, "PUT", "/api/stores/gifts", R"({"is_active":false})").status(), 200);
  for (const http::Route& route : http::routes()) {
    const Line& line = matrix().at(std::string(route.name));
    const bool of_store = line.least == 'v' || line.least == 'e' || line.least == 'a';
    if (!of_store || route.inactive_ok) {
      continue;
    }
    const Answer answer = ask(root, route, line);
    EXPECT_EQ(answer.status(), 409) << route.name;
    EXPECT_EQ(answer.code(), "inactive_store") << route.name;
  }
  EXPECT_EQ(as(root, "GET", "/api/stores/gifts").status(), 200);
  EXPECT_EQ(as(root, "PUT", "/api/stores/gifts", R"({"is_active":true})").status(), 200);
  EXPECT_EQ(as(root, "GET", "/api/products?storeId=gifts").status(), 200);
}

TEST_F(Authorisation, CollectionsAboveTheRoleAreNotReadable) {
  const Client victor = token_of("victor");
  for (const std::string type : {"conflicts", "imports", "members"}) {
    EXPECT_EQ(as(victor, "GET", "/api/sync/snapshot?storeId=gifts&dataType=" + type).status(), 403)
        << type;
    EXPECT_EQ(as(victor, "GET",
                 "/api/history?storeId=gifts&dataType=" + type + "&id=" + names["{conflict}"])
                  .status(),
              403);
  }
  EXPECT_EQ(
      as(token_of("edith"), "GET", "/api/sync/snapshot?storeId=gifts&dataType=members").status(),
      403);
  EXPECT_EQ(
      as(token_of("edith"), "GET", "/api/sync/snapshot?storeId=gifts&dataType=secrets").status(),
      422);
}

// --- the socket, message by message
// --------------------------------------------------------------------------------

class SocketAuthorisation : public Authorisation {
 protected:
  struct Socket {
    std::shared_ptr<TestLink> link = std::make_shared<TestLink>();
    std::shared_ptr<ports::LinkSession> session;
  };
  Socket open() {
    Socket socket;
    socket.session = engine->hub().open(socket.link, engine::kJsonProtocol, std::nullopt);
    settle();
    return socket;
  }
  std::vector<Json> tell(Socket& socket, const std::string& message) {
    socket.link->take_json();
    socket.session->received(message, true);
    settle();
    return socket.link->take_json();
  }
  static std::string all_text(const std::vector<Json>& messages) {
    std::string text;
    for (const Json& message : messages) {
      text += message.dump();
    }
    return text;
  }
  std::string auth(const std::string& name) {
    return R"({"type":"auth","data":{"token":")" + token_of(name).bearer + R"("}})";
  }
  static std::string select(const std::string& store) {
    return R"({"type":"selectStore","storeId":")" + store +
           R"(","data":{"dataTypes":["products"]}})";
  }
  std::string mutate(const std::string& store) const {
    return R"({"type":"mutate","storeId":")" + store + R"(","data":{"mutations":[)" +
           std::string(R"({"id":"01890a5d-ac96-774b-bcce-b302099a8057","ops":)") +
           R"([{"op":"set","dataType":"products","id":")" + names.at("{product}") +
           R"(","field":"title","from":")" + std::string(kCanary) + R"(","to":"Taken"}]}]}})";
  }
};

TEST_F(SocketAuthorisation, NothingIsSaidBeforeAuthentication) {
  for (const std::string& message : {select("gifts"), mutate("gifts")}) {
    Socket socket = open();
    const std::string text = all_text(tell(socket, message));
    EXPECT_EQ(text.find(kCanary), std::string::npos) << text;
    EXPECT_NE(text.find("unauthorized"), std::string::npos) << text;
  }
  EXPECT_EQ(as(token_of("anna"), "GET", "/api/products/" + names["{product}"] + "?storeId=gifts")
                .text("data.title"),
            kCanary);
}

TEST_F(SocketAuthorisation, AForeignStoreIsRefused) {
  for (const std::string& message : {select("gifts"), mutate("gifts")}) {
    Socket socket = open();
    tell(socket, auth("gina"));
    const std::string text = all_text(tell(socket, message));
    EXPECT_NE(text.find(message == select("gifts") ? "forbidden_store" : "wrong_state"),
              std::string::npos)
        << text;
    EXPECT_EQ(text.find("sequenceNumber"), std::string::npos) << text;
  }
  Socket socket = open();
  tell(socket, auth("root"));
  EXPECT_NE(all_text(tell(socket, select("nowhere"))).find("unknown_store"), std::string::npos);
}

TEST_F(SocketAuthorisation, AViewerReadsAndItsEditsAreRefused) {
  Socket socket = open();
  tell(socket, auth("victor"));
  EXPECT_NE(all_text(tell(socket, select("gifts"))).find(kCanary), std::string::npos);
  const std::string receipt = all_text(tell(socket, mutate("gifts")));
  EXPECT_NE(receipt.find("refused"), std::string::npos) << receipt;
  EXPECT_NE(receipt.find("forbidden"), std::string::npos) << receipt;
  EXPECT_EQ(as(token_of("anna"), "GET", "/api/products/" + names["{product}"] + "?storeId=gifts")
                .text("data.title"),
            kCanary);
}

TEST_F(SocketAuthorisation, LostAccessClosesTheSocket) {
  Socket socket = open();
  tell(socket, auth("victor"));
  tell(socket, select("gifts"));
  Status told;
  features->accounts().set_disabled("victor", true, [&](const Status& status) { told = status; });
  settle();
  EXPECT_TRUE(told.ok());
  EXPECT_EQ(socket.link->close_code, 4401);
  Socket other = open();
  tell(other, auth("edith"));
  tell(other, select("gifts"));
  features->accounts().grant("edith", "gifts", model::Role::none,
                             [&](const Status& status) { told = status; });
  settle();
  EXPECT_EQ(other.link->close_code, 4403);
}

TEST_F(SocketAuthorisation, ADeactivatedStoreClosesItsRooms) {
  Socket socket = open();
  tell(socket, auth("victor"));
  tell(socket, select("gifts"));
  socket.link->take_json();
  ASSERT_EQ(as(token_of("root"), "PUT", "/api/stores/gifts", R"({"is_active":false})").status(),
            200);
  const std::string text = all_text(socket.link->take_json());
  EXPECT_TRUE(text.find("inactive_store") != std::string::npos || socket.link->close_code != 0)
      << text;
  Socket late = open();
  tell(late, auth("victor"));
  EXPECT_NE(all_text(tell(late, select("gifts"))).find("inactive_store"), std::string::npos);
}

}  // namespace
}  // namespace syncstore::testing
