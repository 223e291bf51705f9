#include "server/adapters/pictures/picture_processes.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <optional>
#include <utility>

#include "core/base/limits.hpp"
#include "server/adapters/pictures/picture_worker.hpp"

namespace syncstore::adapters {
namespace {

using Made = Result<ports::MadePicture>;
using Steady = std::chrono::steady_clock;

constexpr int kLookMs = 100;  // how soon a stopping server ends what it waits for

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  void close() {
    if (fd_ >= 0)
      ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
};

// -1 when it cannot be started. The child has standard input, standard output and nothing else:
// no descriptor, no environment, no blocked or ignored signal of the server's.
pid_t start(const std::string& program, int input, int output) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
  ::posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
  sigset_t none;
  sigset_t all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::string name = "syncstore";
  std::string command(kPictureWorkerCommand);
  char* const arguments[] = {name.data(), command.data(), nullptr};
  char* const environment[] = {nullptr};
  pid_t child = -1;
  const int failed =
      ::posix_spawn(&child, program.c_str(), &files, &attributes, arguments, environment);
  ::posix_spawn_file_actions_destroy(&files);
  ::posix_spawnattr_destroy(&attributes);
  return failed == 0 ? child : -1;
}

// What the child says until it closes its output; nullopt when it takes too long or says too much.
std::optional<std::string> listen(int output, const std::atomic<bool>& stopping) {
  const auto until = Steady::now() + std::chrono::seconds(limits::kPictureSeconds);
  std::string answer;
  char piece[65'536];
  while (!stopping && Steady::now() < until) {
    pollfd wait{output, POLLIN, 0};
    if (::poll(&wait, 1, kLookMs) <= 0)
      continue;
    const ssize_t count = ::read(output, piece, sizeof piece);
    if (count == 0)
      return answer;
    if (count < 0 && errno == EINTR)
      continue;
    // No picture made anew is larger than what one may be sent as.
    if (count < 0 || answer.size() > limits::kPictureBytes)
      return std::nullopt;
    answer.append(piece, static_cast<std::size_t>(count));
  }
  return std::nullopt;
}

}  // namespace

Made make_in_process(const std::string& program, const std::string& path,
                     const std::atomic<bool>& stopping) {
  Descriptor input(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  int ends[2] = {-1, -1};
  if (input.get() < 0 || ::pipe2(ends, O_CLOEXEC) != 0)
    return fail(ErrorCode::unavailable);
  const Descriptor output(ends[0]);
  Descriptor inner(ends[1]);
  const pid_t child = start(program, input.get(), inner.get());
  if (child < 0)
    return fail(ErrorCode::unavailable);
  input.close();
  inner.close();
  const std::optional<std::string> answer = listen(output.get(), stopping);
  // Whatever it may still be doing: nobody listens any more.
  ::kill(child, SIGKILL);
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  return answer ? read_worker_answer(*answer)
                : Made(fail(ErrorCode::picture_unreadable,
                            "The picture takes too long to read. Save it anew and send that."));
}

}  // namespace syncstore::adapters
