#include "core/base/result.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace syncstore {
namespace {

struct CatalogueRow {
  std::uint16_t number;
  std::string_view name;
  int http_status;
  bool retryable;
  std::string_view sentence;
};

constexpr std::array kCatalogue{
#define SS_ERROR(number, name, http_status, retryable, sentence) \
  CatalogueRow{number, #name, http_status, retryable, sentence},
#include "core/base/error_codes.def"
#undef SS_ERROR
};

constexpr bool numbers_are_dense() {
  for (std::size_t i = 0; i < kCatalogue.size(); ++i) {
    if (kCatalogue[i].number != i + 1) {
      return false;
    }
  }
  return true;
}
// Lookup by number is an index; a retired number keeps its row.
static_assert(numbers_are_dense(), "error_codes.def: numbers ascend without gaps");

const CatalogueRow& row_of(ErrorCode code) {
  const auto number = static_cast<std::size_t>(code);
  return number >= 1 && number <= kCatalogue.size() ? kCatalogue[number - 1] : kCatalogue[0];
}

}  // namespace

std::string_view error_name(ErrorCode code) { return row_of(code).name; }
std::string_view error_sentence(ErrorCode code) { return row_of(code).sentence; }
int error_http_status(ErrorCode code) { return row_of(code).http_status; }
bool error_retryable(ErrorCode code) { return row_of(code).retryable; }

ErrorCode error_from_name(std::string_view name) {
  for (const CatalogueRow& row : kCatalogue) {
    if (row.name == name) {
      return static_cast<ErrorCode>(row.number);
    }
  }
  return ErrorCode::none;
}

ErrorCode error_from_number(std::uint16_t number) {
  return number >= 1 && number <= kCatalogue.size() ? static_cast<ErrorCode>(number)
                                                    : ErrorCode::none;
}

#ifndef __EMSCRIPTEN__
void assert_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "broken invariant: %s (%s:%d)\n", condition, file, line);
  std::abort();
}
#endif

}  // namespace syncstore
