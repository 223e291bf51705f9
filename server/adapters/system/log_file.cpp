#include "server/adapters/system/log_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "core/base/limits.hpp"

namespace syncstore::adapters {

LogFile::LogFile(LogFileOptions options, const ports::Clock& clock)
    : options_(std::move(options)), clock_(clock) {}

LogFile::~LogFile() { close_file(); }

Result<std::unique_ptr<LogFile>> LogFile::open(LogFileOptions options, const ports::Clock& clock) {
  auto file = std::unique_ptr<LogFile>(new LogFile(std::move(options), clock));
  const int wrong = file->open_file();
  if (wrong != 0 && wrong != ENOSPC && wrong != EDQUOT) {
    return fail(ErrorCode::invalid,
                "The log file " + file->options_.path + ": " + std::strerror(wrong) + ".",
                "log-file");
  }
  return file;
}

int LogFile::open_file() {
  const int opened = ::open(options_.path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
  if (opened < 0)
    return errno;
  struct stat facts {};
  if (::fstat(opened, &facts) != 0 || !S_ISREG(facts.st_mode)) {
    ::close(opened);
    return EINVAL;
  }
  close_file();
  descriptor_ = opened;
  size_ = static_cast<std::size_t>(facts.st_size);
  return 0;
}

void LogFile::close_file() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
  descriptor_ = -1;
}

void LogFile::write(std::string_view line) {
  const std::lock_guard lock(mutex_);
  const std::int64_t now = clock_.monotonic_us();
  // A disk without room is not asked for each line.
  const bool resting = failed_at_us_ != 0 &&
                       now - failed_at_us_ < limits::kLogRetrySeconds * std::int64_t{1'000'000};
  if (!resting && append(line) == 0) {
    failed_at_us_ = 0;
    return;
  }
  ++dropped_;
  if (!resting)
    failed_at_us_ = now;
}

int LogFile::append(std::string_view line) {
  if (descriptor_ < 0) {
    if (const int wrong = open_file(); wrong != 0)
      return wrong;
  }
  if (size_ > 0 && size_ + line.size() > options_.bytes) {
    if (const int wrong = rotate(); wrong != 0)
      return wrong;
  }
  const ssize_t written = ::write(descriptor_, line.data(), line.size());
  if (written == static_cast<ssize_t>(line.size())) {
    size_ += line.size();
    return 0;
  }
  const int wrong = written < 0 ? errno : ENOSPC;
  // Half a line would spoil the next one.
  if (written > 0 && ::ftruncate(descriptor_, static_cast<off_t>(size_)) != 0)
    size_ += static_cast<std::size_t>(written);
  return wrong;
}

int LogFile::rotate() {
  const auto numbered = [this](std::size_t number) {
    return number == 0 ? options_.path : options_.path + "." + std::to_string(number);
  };
  if (options_.files <= 1) {
    if (::ftruncate(descriptor_, 0) != 0)
      return errno;
    size_ = 0;
    return 0;
  }
  for (std::size_t number = options_.files - 1; number > 0; --number) {
    if (std::rename(numbered(number - 1).c_str(), numbered(number).c_str()) != 0 && errno != ENOENT)
      return errno;
  }
  return open_file();
}

void LogFile::reopen() {
  const std::lock_guard lock(mutex_);
  // When the new file cannot be made the old one goes on.
  if (open_file() == 0)
    failed_at_us_ = 0;
}

}  // namespace syncstore::adapters
