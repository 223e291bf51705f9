// A server with a scripted handler and scripted links, for tests of the adapter alone.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "server/adapters/beast/network_server.hpp"
#include "server/adapters/system/engine_thread.hpp"
#include "tests/server/adapters/raw_client.hpp"

namespace syncstore::test {

inline constexpr std::size_t kLargeBytes = 8'000'000;  // more than kernels keep for one connection

// Remembers what it was given. GET /echo answers method, path and query; POST answers the body;
// /upload streams; /large answers kLargeBytes.
class ScriptedHandler : public ports::HttpHandler {
 public:
  void handle(ports::HttpRequest request, ports::HttpReply reply) override;
  void begin_body(const ports::HttpRequest& head,
                  std::function<void(std::shared_ptr<ports::BodySink>, bool, ports::HttpResponse)>
                      answer) override;
  std::atomic<int> handled{0};
  std::atomic<std::uint64_t> uploaded{0};
  std::atomic<int> aborted{0};
};

// Echoes messages; "close 4001" closes; "flood N" sends N kilobytes in messages of 1 KB until one
// is refused.
class ScriptedLinks : public ports::LinkAcceptor {
 public:
  void upgrade(const ports::HttpRequest& request, std::function<void(Verdict)> answer) override;
  std::shared_ptr<ports::LinkSession> opened(const ports::HttpRequest& request,
                                             std::shared_ptr<ports::Link> link,
                                             const std::string& subprotocol) override;
  std::atomic<int> open{0};
  std::atomic<int> closed{0};
  std::atomic<int> drained{0};
  std::atomic<int> refused{0};
  std::mutex mutex;
  std::vector<std::shared_ptr<ports::Link>> links;  // in order of opening
};

class NetworkTest : public testing::Test {
 protected:
  void start(adapters::NetworkOptions options = {});
  void TearDown() override;
  std::uint16_t port() const { return server_->port(); }
  RawAnswer ask(std::string_view bytes);
  // Polls what another thread makes true.
  static bool eventually(const std::function<bool()>& check, int timeout_ms = 30'000);

  ScriptedHandler handler_;
  ScriptedLinks links_;
  std::unique_ptr<adapters::EngineThread> engine_;
  std::unique_ptr<adapters::NetworkServer> server_;
};

}  // namespace syncstore::test
