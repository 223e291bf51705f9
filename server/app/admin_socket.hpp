// DIR/admin.sock: the door by which the command line reaches the running server. Whoever may use
// the data directory may use it (0600). One JSON request a line, one JSON answer a line.
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "core/base/json.hpp"
#include "server/ports/scheduler.hpp"

namespace syncstore::app {

class AdminSocket {
 public:
  using Run = std::function<void(const Json& request,
                                 std::function<void(Json)> reply)>;  // on the engine executor
  // Error: read_only_directory.
  static Result<std::unique_ptr<AdminSocket>> open(const std::string& directory,
                                                   ports::Scheduler& engine, Run run);
  ~AdminSocket();  // ends all conversations; the file goes

 private:
  AdminSocket(std::string path, int listening, int stop, ports::Scheduler& engine, Run run);
  void accept_all();
  void converse(int descriptor);
  std::optional<std::string> ask_engine(Json request);

  std::string path_;
  int listening_;
  int stop_;  // eventfd: readable once the socket is closing
  ports::Scheduler& engine_;
  Run run_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> conversations_{0};
  std::mutex mutex_;
  std::list<std::thread> threads_;
  std::thread acceptor_;
};

// The command line's end. nullopt: no server answers there.
std::optional<Result<Json>> ask_server(const std::string& directory, const Json& request);

}  // namespace syncstore::app
