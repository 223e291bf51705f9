// Log: one line an event on standard error, as text for people or as JSON for machines.
// Thread-safe; a line is written whole. Secrets (passwords, tokens, cookies, bodies, query strings)
// are never given to it.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "core/base/ids.hpp"
#include "server/base/config.hpp"

namespace syncstore {

enum class LogLevel : std::uint8_t { debug, info, warn, error };

class Log {
 public:
  using Value = std::variant<std::string_view, std::int64_t>;
  using Field = std::pair<std::string_view, Value>;

  // `write` receives whole lines with their line break; empty = standard error.
  Log(LogFormat format, std::function<TimeMs()> now,
      std::function<void(std::string_view)> write = {});

  // `event` is a word of ours (snake_case), stable for whoever searches for it.
  void write(LogLevel level, std::string_view event, std::initializer_list<Field> fields = {});
  void info(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(LogLevel::info, event, fields);
  }
  void warn(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(LogLevel::warn, event, fields);
  }
  void error(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(LogLevel::error, event, fields);
  }
  void set_least(LogLevel level) { least_ = level; }

 private:
  std::string as_text(LogLevel level, std::string_view event,
                      std::initializer_list<Field> fields) const;
  std::string as_json(LogLevel level, std::string_view event,
                      std::initializer_list<Field> fields) const;

  LogFormat format_;
  LogLevel least_ = LogLevel::info;
  std::function<TimeMs()> now_;
  std::function<void(std::string_view)> write_;
  std::mutex mutex_;
};

}  // namespace syncstore
