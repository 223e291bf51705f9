#include "server/http/context.hpp"

#include <charconv>

namespace syncstore::http {

std::string_view Context::param(std::string_view name) const {
  for (const auto& [key, value] : params) {
    if (key == name) {
      return value;
    }
  }
  return {};
}

Result<std::uint64_t> query_number(const Context& context, std::string_view name,
                                   std::uint64_t fallback, std::uint64_t min, std::uint64_t max) {
  const std::string* text = context.query(name);
  if (text == nullptr) {
    return fallback;
  }
  std::uint64_t value = 0;
  const char* end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, value);
  if (error != std::errc{} || stop != end || value < min || value > max) {
    return fail(
        ErrorCode::invalid,
        "Send a whole number from " + std::to_string(min) + " to " + std::to_string(max) + ".",
        std::string(name));
  }
  return value;
}

Result<bool> query_flag(const Context& context, std::string_view name, bool fallback) {
  const std::string* text = context.query(name);
  if (text == nullptr) {
    return fallback;
  }
  if (*text == "true" || *text == "1") {
    return true;
  }
  if (*text == "false" || *text == "0") {
    return false;
  }
  return fail(ErrorCode::invalid, "Send true or false.", std::string(name));
}

}  // namespace syncstore::http
