#include "server/base/log.hpp"

#include <array>
#include <cstdio>
#include <ctime>

#include "core/base/json.hpp"

namespace syncstore {
namespace {

std::string_view level_name(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warn:
      return "warn";
    case LogLevel::error:
      return "error";
  }
  return "info";
}

std::string utc_text(TimeMs time) {
  const std::time_t seconds = static_cast<std::time_t>(time / 1'000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::array<char, 8> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03dZ", static_cast<int>(time % 1'000));
  return std::string(text.data(), size) + fraction.data();
}

// Standard error has no buffer, so a line goes out in one piece; when nobody reads it the server
// goes on.
void write_to_stderr(std::string_view line) { std::fwrite(line.data(), 1, line.size(), stderr); }

bool plain(std::string_view text) {
  if (text.empty())
    return false;
  for (const char c : text) {
    if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7F)
      return false;
  }
  return true;
}

}  // namespace

Log::Log(LogFormat format, std::function<TimeMs()> now, std::function<void(std::string_view)> write)
    : format_(format), now_(std::move(now)), write_(write ? std::move(write) : write_to_stderr) {}

void Log::write(LogLevel level, std::string_view event, std::initializer_list<Field> fields) {
  if (level < least_)
    return;
  const std::string line =
      format_ == LogFormat::json ? as_json(level, event, fields) : as_text(level, event, fields);
  const std::lock_guard lock(mutex_);
  write_(line);
}

std::string Log::as_text(LogLevel level, std::string_view event,
                         std::initializer_list<Field> fields) const {
  std::string line =
      utc_text(now_()) + " " + std::string(level_name(level)) + " " + std::string(event);
  for (const auto& [name, value] : fields) {
    line += " " + std::string(name) + "=";
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      line += std::to_string(*number);
    } else if (const auto text = std::get<std::string_view>(value); plain(text)) {
      line += text;
    } else {
      append_json_string(line,
                         text);  // quoted, so that a value can never look like a line of its own
    }
  }
  return line + "\n";
}

std::string Log::as_json(LogLevel level, std::string_view event,
                         std::initializer_list<Field> fields) const {
  std::string line = "{\"time\":\"" + utc_text(now_()) + "\",\"level\":\"" +
                     std::string(level_name(level)) + "\",\"event\":";
  append_json_string(line, event);
  for (const auto& [name, value] : fields) {
    line += ",";
    append_json_string(line, name);
    line += ":";
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      line += std::to_string(*number);
    } else {
      append_json_string(line, std::get<std::string_view>(value));
    }
  }
  return line + "}\n";
}

}  // namespace syncstore
