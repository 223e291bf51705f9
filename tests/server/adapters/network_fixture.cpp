#include "tests/server/adapters/network_fixture.hpp"

#include <chrono>

namespace syncstore::test {
namespace {

ports::HttpResponse text_response(int status, std::string body) {
  ports::HttpResponse response;
  response.status = status;
  response.headers = {{"Content-Type", "text/plain"}};
  response.body = std::move(body);
  return response;
}

class CountingSink : public ports::BodySink {
 public:
  explicit CountingSink(ScriptedHandler& handler) : handler_(handler) {}
  bool write(std::string_view bytes) override {
    handler_.uploaded += bytes.size();
    return bytes.find("stop here") == std::string_view::npos;
  }
  void complete(ports::HttpReply reply) override {
    reply(text_response(201, std::to_string(handler_.uploaded)));
  }
  void aborted() override { ++handler_.aborted; }
  ports::HttpResponse refusal() override { return text_response(507, "full"); }

 private:
  ScriptedHandler& handler_;
};

class EchoSession : public ports::LinkSession {
 public:
  EchoSession(ScriptedLinks& links, std::shared_ptr<ports::Link> link)
      : links_(links), link_(std::move(link)) {}
  void received(std::string message, bool text) override {
    if (message.starts_with("close ")) {
      link_->send(std::make_shared<const std::string>("bye"), text);
      return link_->close(static_cast<std::uint16_t>(std::stoi(message.substr(6))), "as asked");
    }
    if (message.starts_with("flood "))
      return flood(std::stoi(message.substr(6)), text);
    if (message == "pause")
      return link_->pause_reading(true);
    link_->send(std::make_shared<const std::string>(std::move(message)), text);
  }
  void drained() override { ++links_.drained; }
  void closed() override {
    ++links_.closed;
    link_ = nullptr;
  }

 private:
  void flood(int kilobytes, bool text) {
    for (int i = 0; i < kilobytes; ++i) {
      auto message = std::make_shared<const std::string>(1'000, static_cast<char>('a' + i % 26));
      if (!link_->send(message, text)) {
        ++links_.refused;
        return;
      }
    }
  }
  ScriptedLinks& links_;
  std::shared_ptr<ports::Link> link_;
};

}  // namespace

void ScriptedHandler::handle(ports::HttpRequest request, ports::HttpReply reply) {
  ++handled;
  if (request.path == "/silent")
    return;
  if (request.path == "/large")
    return reply(text_response(200, std::string(kLargeBytes, 'x')));
  if (!request.body.empty())
    return reply(text_response(200, request.body));
  std::string body = request.method + " " + request.path;
  for (const auto& [key, value] : request.query)
    body += " " + key + "=" + value;
  body += " from " + request.remote_address;
  if (request.secure)
    body += " secure";
  reply(text_response(request.path == "/gone" ? 204 : 200, std::move(body)));
}

void ScriptedHandler::begin_body(
    const ports::HttpRequest& head,
    std::function<void(std::shared_ptr<ports::BodySink>, bool, ports::HttpResponse)> answer) {
  if (head.path == "/refuse")
    return answer(nullptr, true, text_response(403, "no"));
  if (head.path == "/upload")
    return answer(std::make_shared<CountingSink>(*this), false, {});
  answer(nullptr, false, {});
}

void ScriptedLinks::upgrade(const ports::HttpRequest& request,
                            std::function<void(Verdict)> answer) {
  Verdict verdict;
  const std::string* protocol = request.header("sec-websocket-protocol");
  verdict.subprotocol = protocol == nullptr ? "" : *protocol;
  if (request.header("origin") != nullptr) {
    verdict.status = 403;
    verdict.response = text_response(403, "origin");
  }
  answer(std::move(verdict));
}

std::shared_ptr<ports::LinkSession> ScriptedLinks::opened(const ports::HttpRequest&,
                                                          std::shared_ptr<ports::Link> link,
                                                          const std::string&) {
  ++open;
  const std::lock_guard lock(mutex);
  links.push_back(link);
  return std::make_shared<EchoSession>(*this, std::move(link));
}

void NetworkTest::start(adapters::NetworkOptions options) {
  engine_ = std::make_unique<adapters::EngineThread>(1, 8);
  options.port = 0;
  auto started = adapters::NetworkServer::start(std::move(options), *engine_, handler_, links_);
  ASSERT_TRUE(started.ok()) << started.error().detail;
  server_ = std::move(started).value();
}

void NetworkTest::TearDown() {
  if (server_ != nullptr)
    server_->stop();
  if (engine_ != nullptr)
    engine_->stop();
  links_.links.clear();
  engine_.reset();
  server_.reset();
}

RawAnswer NetworkTest::ask(std::string_view bytes) {
  RawClient client(port());
  client.send(bytes);
  return client.read_answer();
}

bool NetworkTest::eventually(const std::function<bool()>& check, int timeout_ms) {
  std::mutex mutex;
  std::condition_variable wake;
  std::unique_lock lock(mutex);
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  while (!check()) {
    if (std::chrono::steady_clock::now() > end)
      return false;
    wake.wait_for(lock, std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace syncstore::test
