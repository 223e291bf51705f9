// LogFile: lines appended to a file that never grows without bound. At its size the file becomes
// FILE.1, the one before FILE.2, and the oldest goes. A disk that is full costs lines, which are
// counted, and never stops the caller. Thread-safe.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "server/ports/scheduler.hpp"

namespace syncstore::adapters {

struct LogFileOptions {
  std::string path;
  std::size_t bytes = 0;  // at most in one file
  std::size_t files = 1;  // the current one included
};

class LogFile {
 public:
  // Error: invalid, when the file cannot be made for another reason than a full disk.
  static Result<std::unique_ptr<LogFile>> open(LogFileOptions options, const ports::Clock& clock);
  ~LogFile();

  void write(std::string_view line);  // with its line break
  void reopen();                      // after somebody else moved the file away
  std::uint64_t dropped() const { return dropped_; }

 private:
  LogFile(LogFileOptions options, const ports::Clock& clock);
  int open_file();  // 0, or what went wrong
  int append(std::string_view line);
  int rotate();
  void close_file();

  const LogFileOptions options_;
  const ports::Clock& clock_;
  std::mutex mutex_;
  int descriptor_ = -1;
  std::size_t size_ = 0;
  std::int64_t failed_at_us_ = 0;  // 0: the last line was written
  std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace syncstore::adapters
