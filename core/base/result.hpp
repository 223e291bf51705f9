// Result<T>: a value or an Error. Expected failures (bad input, conflict, offline, full disk)
// travel as Result; broken invariants end the process through SS_ASSERT. Nothing here allocates on
// success.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace syncstore {

enum class ErrorCode : std::uint16_t {
  none = 0,
#define SS_ERROR(number, name, http_status, retryable, sentence) name = number,
#include "core/base/error_codes.def"
#undef SS_ERROR
};

// Catalogue lookups; `none` and unknown numbers answer as `internal`.
std::string_view error_name(ErrorCode code);
std::string_view error_sentence(ErrorCode code);
int error_http_status(ErrorCode code);
bool error_retryable(ErrorCode code);
ErrorCode error_from_name(std::string_view name);   // none when unknown
ErrorCode error_from_number(std::uint16_t number);  // none when unknown

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string detail;  // for people: what exactly, and what to do; empty = the catalogue's sentence
  std::string field;   // the field, column or JSON path it is about; may be empty
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}      // NOLINT: a value is a Result
  Result(Error error) : state_(std::move(error)) {}  // NOLINT: an Error is a Result
  bool ok() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return ok(); }
  const T& value() const& { return std::get<T>(state_); }
  T& value() & { return std::get<T>(state_); }
  T&& value() && { return std::get<T>(std::move(state_)); }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }
  const Error& error() const { return std::get<Error>(state_); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), ok_(false) {}  // NOLINT: an Error is a Result
  bool ok() const { return ok_; }
  explicit operator bool() const { return ok_; }
  const Error& error() const { return error_; }

 private:
  Error error_{ErrorCode::none, {}, {}};
  bool ok_ = true;
};

using Status = Result<void>;

inline Error fail(ErrorCode code, std::string detail = {}, std::string field = {}) {
  return Error{code, std::move(detail), std::move(field)};
}

[[noreturn]] void assert_failed(const char* condition, const char* file, int line);

}  // namespace syncstore

// A broken invariant of our own; on in every build. The process (or worker) restarts from durable
// state.
#ifdef __EMSCRIPTEN__
// The module has nothing to write words with: a trap makes the worker start anew.
#define SS_ASSERT(condition) ((condition) ? static_cast<void>(0) : __builtin_trap())
#else
#define SS_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : ::syncstore::assert_failed(#condition, __FILE__, __LINE__))
#endif

#define SS_TRY(expression)                                \
  do {                                                    \
    if (auto ss_status = (expression); !ss_status.ok()) { \
      return ss_status.error();                           \
    }                                                     \
  } while (false)

#define SS_CONCAT_(a, b) a##b
#define SS_CONCAT(a, b) SS_CONCAT_(a, b)
#define SS_ASSIGN_OR_RETURN(declaration, expression)   \
  auto SS_CONCAT(ss_result_, __LINE__) = (expression); \
  if (!SS_CONCAT(ss_result_, __LINE__).ok()) {         \
    return SS_CONCAT(ss_result_, __LINE__).error();    \
  }                                                    \
  declaration = std::move(SS_CONCAT(ss_result_, __LINE__)).value()
