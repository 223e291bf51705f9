#include "server/app/process.hpp"

#include <signal.h>
#include <sys/resource.h>
#include <sys/signalfd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "core/base/limits.hpp"

namespace syncstore::app {

std::size_t raise_file_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return limits::kDescriptorsKept;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

std::size_t connections_within(std::size_t descriptors) {
  const std::size_t kept = std::min(limits::kDescriptorsKept, descriptors / 2);
  return std::min(limits::kConnections, descriptors - kept);
}

int catch_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int each : {SIGTERM, SIGINT, SIGHUP})
    sigaddset(&signals, each);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file at its limit is a full disk, not the end
  return ::signalfd(-1, &signals, SFD_CLOEXEC);
}

std::string web_folder(const ServerConfig& config) {
  if (!config.web.empty())
    return config.web;
  std::error_code error;
  const auto folder = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  // Carried along with the program, installed with it, or built beside it in a checkout.
  for (const char* place : {"web", "../share/syncstore/web", "../../web/dist"}) {
    const auto found = (folder / place).lexically_normal();
    if (std::filesystem::is_directory(found, error))
      return found.string();
  }
  return {};
}

}  // namespace syncstore::app
