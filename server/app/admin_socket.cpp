#include "server/app/admin_socket.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <condition_variable>
#include <cstring>

namespace syncstore::app {
namespace {

constexpr std::size_t kRequestBytes = 65'536;
constexpr std::size_t kAnswerBytes = 1'073'741'824;  // an export travels in the answer
constexpr int kConversations = 8;                    // one person at a shell has one or two

// Addresses of sockets hold 108 bytes; a path through the opened directory fits however deep it
// lies.
bool socket_address(int directory, sockaddr_un& address) {
  address.sun_family = AF_UNIX;
  const std::string path = "/proc/self/fd/" + std::to_string(directory) + "/admin.sock";
  if (path.size() >= sizeof address.sun_path)
    return false;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return true;
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (written <= 0)
      return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// Up to the line break, which is left out. `stop`: a descriptor that ends the wait when readable,
// or -1.
std::optional<std::string> read_line(int descriptor, int stop, std::size_t most) {
  std::string line;
  std::string buffer(65'536, '\0');
  while (line.size() <= most) {
    pollfd waits[2]{{descriptor, POLLIN, 0}, {stop, POLLIN, 0}};
    if (::poll(waits, stop >= 0 ? 2 : 1, -1) < 0)
      continue;
    if (stop >= 0 && (waits[1].revents & POLLIN) != 0)
      return std::nullopt;
    const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
    if (got <= 0)
      return std::nullopt;
    const std::string_view piece(buffer.data(), static_cast<std::size_t>(got));
    const std::size_t end = piece.find('\n');
    line += piece.substr(0, end);
    if (end != std::string_view::npos)
      return line;
  }
  return std::nullopt;
}

}  // namespace

Result<std::unique_ptr<AdminSocket>> AdminSocket::open(const std::string& directory,
                                                       ports::Scheduler& engine, Run run) {
  const std::string path = directory + "/admin.sock";
  ::unlink(path.c_str());  // the directory's lock is ours, so nobody listens there any more
  const int place = ::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  const int listening = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  const mode_t before = ::umask(0177);
  const bool bound =
      place >= 0 && listening >= 0 && socket_address(place, address) &&
      ::bind(listening, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::umask(before);
  if (place >= 0)
    ::close(place);
  if (!bound || ::listen(listening, kConversations) != 0) {
    const std::string reason = std::strerror(errno);
    if (listening >= 0)
      ::close(listening);
    return fail(ErrorCode::read_only_directory, path + ": " + reason);
  }
  const int stop = ::eventfd(0, EFD_CLOEXEC);
  return std::unique_ptr<AdminSocket>(
      new AdminSocket(path, listening, stop, engine, std::move(run)));
}

AdminSocket::AdminSocket(std::string path, int listening, int stop, ports::Scheduler& engine,
                         Run run)
    : path_(std::move(path)),
      listening_(listening),
      stop_(stop),
      engine_(engine),
      run_(std::move(run)) {
  acceptor_ = std::thread([this] { accept_all(); });
}

AdminSocket::~AdminSocket() {
  stopping_ = true;
  const std::uint64_t one = 1;
  static_cast<void>(!::write(stop_, &one, sizeof one));
  acceptor_.join();
  for (std::thread& thread : threads_)
    thread.join();
  ::close(listening_);
  ::close(stop_);
  ::unlink(path_.c_str());
}

void AdminSocket::accept_all() {
  while (!stopping_) {
    pollfd waits[2]{{listening_, POLLIN, 0}, {stop_, POLLIN, 0}};
    if (::poll(waits, 2, -1) < 0 || (waits[0].revents & POLLIN) == 0)
      continue;
    const int descriptor = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0)
      continue;
    if (conversations_ >= kConversations) {
      ::close(descriptor);
      continue;
    }
    ++conversations_;
    const std::lock_guard lock(mutex_);
    if (conversations_ ==
        1) {  // all former ones have ended: their threads can be gathered without waiting long
      for (std::thread& thread : threads_)
        thread.join();
      threads_.clear();
    }
    threads_.emplace_back([this, descriptor] {
      converse(descriptor);
      ::close(descriptor);
      --conversations_;
    });
  }
}

void AdminSocket::converse(int descriptor) {
  while (auto line = read_line(descriptor, stop_, kRequestBytes)) {
    auto request = Json::parse(*line, kRequestBytes);
    if (!request.ok())
      return;
    const auto answer = ask_engine(std::move(request).value());
    if (!answer || !write_all(descriptor, *answer + "\n"))
      return;
  }
}

std::optional<std::string> AdminSocket::ask_engine(Json request) {
  struct Shared {
    std::mutex mutex;
    std::condition_variable wake;
    std::optional<std::string> answer;
  };
  const auto shared = std::make_shared<Shared>();
  engine_.post([this, shared, request = std::move(request)] {
    run_(request, [shared](Json answer) {
      std::string text = answer.dump();
      const std::lock_guard lock(shared->mutex);
      shared->answer = std::move(text);
      shared->wake.notify_one();
    });
  });
  std::unique_lock lock(shared->mutex);
  // A server that stops may never answer; then the conversation ends without one.
  while (!shared->answer && !stopping_) {
    shared->wake.wait_for(lock, std::chrono::milliseconds(100));
  }
  return std::move(shared->answer);
}

std::optional<Result<Json>> ask_server(const std::string& directory, const Json& request) {
  const int place = ::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (place < 0)
    return std::nullopt;
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  const bool connected =
      socket_address(place, address) &&
      ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(place);
  std::optional<Result<Json>> answer;
  if (connected) {
    std::optional<std::string> line;
    if (write_all(descriptor, request.dump() + "\n"))
      line = read_line(descriptor, -1, kAnswerBytes);
    answer =
        line ? Json::parse(*line, kAnswerBytes)
             : Result<Json>(fail(ErrorCode::unavailable, "The server stopped before it answered."));
  }
  ::close(descriptor);
  return answer;
}

}  // namespace syncstore::app
