#include "tests/server/features/feature_world.hpp"

#include <atomic>

#include "core/base/limits.hpp"
#include "server/http/answer.hpp"

namespace syncstore::testing {
namespace {

std::string decoded(std::string_view text) {
  std::string out;
  const auto digit = [](char c) {
    return c >= 'a' ? c - 'a' + 10 : c >= 'A' ? c - 'A' + 10 : c - '0';
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

Answer answer_of(ports::HttpResponse response) {
  Answer answer;
  const std::string& body = response.shared_body != nullptr ? *response.shared_body : response.body;
  if (Result<Json> json = Json::parse(body, 512 * 1'048'576); json.ok()) {
    answer.json = std::move(*json);
  }
  answer.response = std::move(response);
  return answer;
}

Headers with_credentials(const Client& client, const std::string& method, Headers headers) {
  if (!client.bearer.empty()) {
    headers.emplace_back("authorization", "Bearer " + client.bearer);
  }
  if (!client.cookie.empty()) {
    headers.emplace_back("cookie", "syncstore_session=" + client.cookie);
    if (http::is_unsafe(method)) {
      headers.emplace_back("x-csrf-token", client.csrf);
    }
  }
  return headers;
}

}  // namespace

Json Answer::at(std::string_view path) const {
  const Json* value = &json;
  while (!path.empty()) {
    const std::size_t point = path.find('.');
    const std::string_view name = path.substr(0, point);
    path = point == std::string_view::npos ? std::string_view{} : path.substr(point + 1);
    if (value->is(Json::Kind::array)) {
      const std::size_t index = std::stoul(std::string(name));
      if (index >= value->size()) {
        return {};
      }
      value = &value->items()[index];
    } else {
      value = value->find(name);
      if (value == nullptr) {
        return {};
      }
    }
  }
  return *value;
}

FeatureWorld::FeatureWorld() {
  static std::atomic<int> number{0};
  directory = std::filesystem::temp_directory_path() /
              ("syncstore-features-" +
               std::to_string(std::hash<std::string>{}(
                   ::testing::UnitTest::GetInstance()->current_test_info()->name())) +
               "-" + std::to_string(++number));
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(directory);
  api_options.requests_per_minute = 0;
  boot();
}

FeatureWorld::~FeatureWorld() {
  shut_down();
  std::error_code error;
  std::filesystem::remove_all(directory, error);
}

void FeatureWorld::shut_down() {
  api.reset();
  features.reset();
  engine.reset();
  storage.reset();
  scheduler.reset();
}

std::string NoPictures::incoming(std::string_view name) const {
  return folder_ + "/" + std::string(name);
}

void NoPictures::keep(std::string path, std::function<void(Result<ports::KeptPicture>)> done) {
  std::filesystem::remove(path);
  scheduler_.post([done] { done(fail(ErrorCode::picture_unreadable)); });
}

void NoPictures::read(std::string, int, std::function<void(Result<std::string>)> done) {
  scheduler_.post([done] { done(fail(ErrorCode::not_found)); });
}

void NoPictures::sweep(std::unordered_set<std::string>, std::function<void(std::size_t)> done) {
  scheduler_.post([done] { done(0); });
}

void NoPictures::fetch(std::string, std::string, std::function<void(Status)> done) {
  scheduler_.post([done] { done(fail(ErrorCode::address_refused)); });
}

void FeatureWorld::boot() {
  shut_down();
  scheduler = std::make_unique<VirtualScheduler>(events);
  clock = std::make_unique<VirtualClock>(events);
  storage = std::make_unique<memory::MemoryStorage>(*scheduler, disk);
  engine = std::make_unique<engine::Engine>(
      engine::EnginePorts{*clock, random, *scheduler, *storage, crypto});
  features::FeatureOptions options;
  options.directory = directory.string();
  pictures = std::make_unique<NoPictures>(*scheduler, directory.string());
  features = std::make_unique<features::Features>(
      *engine,
      features::FeaturePorts{*clock, random, *scheduler, *storage, crypto, pictures.get(),
                             pictures.get()},
      options);
  api = std::make_unique<http::Api>(
      api_options, http::ApiPorts{features->accounts(), *storage, crypto, *clock, random, nullptr});
  features->bind(*api);
  Status started = fail(ErrorCode::internal);
  engine->start([&](const Status& status) { started = status; });
  settle();
  ASSERT_TRUE(started.ok()) << started.error().detail;
  Status loaded = fail(ErrorCode::internal);
  features->load([&](const Status& status) { loaded = status; });
  settle();
  ASSERT_TRUE(loaded.ok()) << loaded.error().detail;
  Status api_loaded = fail(ErrorCode::internal);
  api->load([&](const Status& status) { api_loaded = status; });
  settle();
  ASSERT_TRUE(api_loaded.ok());
}

void FeatureWorld::add_store(const std::string& id, const std::string& currency) {
  engine::NewStore store{id, "Store " + id, currency, "Europe/London", "", ""};
  Status made = fail(ErrorCode::internal);
  features->stores().create(store, engine::Author{{}, "Setup", model::Role::system},
                            [&](const Status& status) { made = status; });
  settle();
  ASSERT_TRUE(made.ok()) << made.error().detail;
}

void FeatureWorld::add_user(const std::string& name, model::Role role, const std::string& store) {
  Result<std::string> made = fail(ErrorCode::internal);
  features->accounts().add_user(accounts::NewUser{name, std::string(kPassword), role, store},
                                [&](Result<std::string> id) { made = std::move(id); });
  settle();
  ASSERT_TRUE(made.ok()) << error_name(made.error().code) << made.error().detail;
}

void FeatureWorld::furnish() {
  add_store("gifts", "GBP");
  add_store("games", "USD");
  add_user("root", model::Role::admin, "*");
  add_user("anna", model::Role::admin, "gifts");
  add_user("edith", model::Role::editor, "gifts");
  add_user("victor", model::Role::viewer, "gifts");
  add_user("gina", model::Role::editor, "games");
}

ports::HttpRequest FeatureWorld::make_request(const std::string& method, const std::string& target,
                                              const std::string& body, Headers headers) const {
  ports::HttpRequest request;
  request.method = method;
  request.target = target;
  const std::size_t question = target.find('?');
  request.path = decoded(target.substr(0, question));
  std::string_view rest = question == std::string::npos
                              ? std::string_view{}
                              : std::string_view(target).substr(question + 1);
  while (!rest.empty()) {
    const std::size_t end = rest.find('&');
    const std::string_view pair = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    const std::size_t equals = pair.find('=');
    request.query.emplace_back(
        decoded(pair.substr(0, equals)),
        equals == std::string_view::npos ? std::string() : decoded(pair.substr(equals + 1)));
  }
  request.headers = std::move(headers);
  request.headers.emplace_back("host", "127.0.0.1:8080");
  request.body = body;
  request.remote_address = "192.0.2.1";
  return request;
}

Answer FeatureWorld::request(const std::string& method, const std::string& target,
                             const std::string& body, Headers headers) {
  return as(Client{}, method, target, body, std::move(headers));
}

std::shared_ptr<std::optional<Answer>> FeatureWorld::start(const Client& client,
                                                           const std::string& method,
                                                           const std::string& target,
                                                           const std::string& body,
                                                           Headers headers) {
  auto answer = std::make_shared<std::optional<Answer>>();
  headers = with_credentials(client, method, std::move(headers));
  const auto has_type = [](const auto& header) { return header.first == "content-type"; };
  if (!body.empty() && std::none_of(headers.begin(), headers.end(), has_type)) {
    headers.emplace_back("content-type", "application/json");
  }
  api->handle(make_request(method, target, body, std::move(headers)),
              [answer](ports::HttpResponse response) {
                EXPECT_FALSE(answer->has_value()) << "answered twice";
                *answer = answer_of(std::move(response));
              });
  return answer;
}

Answer FeatureWorld::as(const Client& client, const std::string& method, const std::string& target,
                        const std::string& body, Headers headers) {
  const auto answer = start(client, method, target, body, std::move(headers));
  settle();
  EXPECT_TRUE(answer->has_value()) << method << " " << target << " is not answered";
  return answer->has_value() ? **answer : Answer{};
}

Answer FeatureWorld::upload(const Client& client, const std::string& target,
                            const std::string& body, std::size_t piece, Headers headers,
                            const std::string& method) {
  std::optional<Answer> answer;
  std::shared_ptr<ports::BodySink> sink;
  const ports::HttpRequest head =
      make_request(method, target, {}, with_credentials(client, method, std::move(headers)));
  api->begin_body(
      head, [&](std::shared_ptr<ports::BodySink> made, bool refused, ports::HttpResponse response) {
        sink = std::move(made);
        if (refused) {
          answer = answer_of(std::move(response));
        }
      });
  settle();
  if (answer || sink == nullptr) {
    return answer ? *answer : Answer{};
  }
  for (std::size_t at = 0; at < body.size(); at += piece) {
    if (!sink->write(std::string_view(body).substr(at, piece))) {
      return answer_of(sink->refusal());
    }
  }
  sink->complete([&](ports::HttpResponse response) { answer = answer_of(std::move(response)); });
  settle();
  EXPECT_TRUE(answer.has_value()) << target << " is not answered";
  return answer ? *answer : Answer{};
}

Client FeatureWorld::sign_in(const std::string& name, std::string_view password) {
  const Answer answer =
      request("POST", "/api/session",
              R"({"user":")" + name + R"(","password":")" + std::string(password) + R"("})");
  EXPECT_EQ(answer.status(), 200) << answer.response.body;
  Client client;
  client.csrf = answer.text("data.csrf");
  if (const std::string* cookie = answer.header("Set-Cookie")) {
    const std::size_t begin = cookie->find('=') + 1;
    client.cookie = cookie->substr(begin, cookie->find(';') - begin);
  }
  return client;
}

Client FeatureWorld::token_of(const std::string& name) {
  Result<accounts::Issued> issued = fail(ErrorCode::internal);
  features->accounts().create_token(
      name, 90, "test", [&](Result<accounts::Issued> made) { issued = std::move(made); });
  settle();
  EXPECT_TRUE(issued.ok());
  Client client;
  client.bearer = issued.ok() ? issued->secret : std::string();
  return client;
}

std::string FeatureWorld::make_product(const Client& client, const std::string& store,
                                       const std::string& fields) {
  const Answer made = as(client, "POST", "/api/products?storeId=" + store, fields);
  EXPECT_EQ(made.status(), 201) << made.response.body;
  return made.text("data.id");
}

}  // namespace syncstore::testing
