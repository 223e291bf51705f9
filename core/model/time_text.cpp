// Times as ISO 8601 text, by the calendar's arithmetic alone.
#include <array>

#include "core/model/validate.hpp"

namespace syncstore::model {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

struct Date {
  std::int64_t year;
  unsigned month;
  unsigned day;
};

// Days since 1970-01-01 of the proleptic Gregorian calendar; years begin in March, so the leap day
// comes last.
std::int64_t days_of(const Date& date) {
  const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t month = (date.month + 9) % 12;
  const std::int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
  const std::int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

Date date_of(std::int64_t days) {
  days += 719'468;
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const std::int64_t day_of_era = days - era * 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month = (5 * day_of_year + 2) / 153;
  const auto calendar_month = static_cast<unsigned>(month < 10 ? month + 3 : month - 9);
  return {year_of_era + era * 400 + (calendar_month <= 2 ? 1 : 0), calendar_month,
          static_cast<unsigned>(day_of_year - (153 * month + 2) / 5 + 1)};
}

unsigned days_in_month(std::int64_t year, unsigned month) {
  constexpr std::array<unsigned, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : kDays[month - 1];
}

void append_padded(std::string& out, std::int64_t number, std::size_t width) {
  const std::string digits = std::to_string(number);
  out.append(width > digits.size() ? width - digits.size() : 0, '0');
  out += digits;
}

// Takes exactly `count` digits; -1 when they are not there.
std::int64_t take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) {
    return -1;
  }
  std::int64_t number = 0;
  for (const char character : text.substr(0, count)) {
    if (character < '0' || character > '9') {
      return -1;
    }
    number = number * 10 + (character - '0');
  }
  text.remove_prefix(count);
  return number;
}

bool take(std::string_view& text, char character) {
  if (!text.starts_with(character)) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

bool take_number(std::string_view& text, std::size_t count, std::int64_t low, std::int64_t high,
                 std::int64_t& number) {
  number = take_digits(text, count);
  return number >= low && number <= high;
}

bool take_date(std::string_view& text, std::int64_t& ms) {
  std::int64_t year = 0;
  std::int64_t month = 0;
  std::int64_t day = 0;
  if (!take_number(text, 4, 0, 9'999, year) || !take(text, '-') ||
      !take_number(text, 2, 1, 12, month) || !take(text, '-') ||
      !take_number(text, 2, 1, days_in_month(year, static_cast<unsigned>(month)), day)) {
    return false;
  }
  ms = days_of({year, static_cast<unsigned>(month), static_cast<unsigned>(day)}) * kDayMs;
  return true;
}

// ".5" = 500 ms; digits behind the third are dropped.
bool take_fraction(std::string_view& text, std::int64_t& ms) {
  std::int64_t weight = 100;
  bool any = false;
  while (!text.empty() && text[0] >= '0' && text[0] <= '9') {
    ms += (text[0] - '0') * weight;
    weight /= 10;
    any = true;
    text.remove_prefix(1);
  }
  return any;
}

bool take_clock(std::string_view& text, std::int64_t& ms) {
  std::int64_t hour = 0;
  std::int64_t minute = 0;
  std::int64_t second = 0;
  if (!take_number(text, 2, 0, 23, hour) || !take(text, ':') ||
      !take_number(text, 2, 0, 59, minute)) {
    return false;
  }
  if (take(text, ':')) {
    if (!take_number(text, 2, 0, 59, second) || (take(text, '.') && !take_fraction(text, ms))) {
      return false;
    }
  }
  ms += ((hour * 60 + minute) * 60 + second) * 1'000;
  return true;
}

bool take_zone(std::string_view& text, std::int64_t& ms) {
  if (take(text, 'Z') || take(text, 'z')) {
    return true;
  }
  const bool east = take(text, '+');
  std::int64_t hours = 0;
  std::int64_t minutes = 0;
  if ((!east && !take(text, '-')) || !take_number(text, 2, 0, 23, hours) || !take(text, ':') ||
      !take_number(text, 2, 0, 59, minutes)) {
    return false;
  }
  ms += (hours * 60 + minutes) * 60'000 * (east ? -1 : 1);
  return true;
}

}  // namespace

std::string format_iso8601(TimeMs time) {
  std::int64_t days = time / kDayMs;
  std::int64_t rest = time % kDayMs;
  if (rest < 0) {
    rest += kDayMs;
    --days;
  }
  const Date date = date_of(days);
  std::string out;
  append_padded(out, date.year, 4);
  out += '-';
  append_padded(out, date.month, 2);
  out += '-';
  append_padded(out, date.day, 2);
  out += 'T';
  append_padded(out, rest / 3'600'000, 2);
  out += ':';
  append_padded(out, rest / 60'000 % 60, 2);
  out += ':';
  append_padded(out, rest / 1'000 % 60, 2);
  out += '.';
  append_padded(out, rest % 1'000, 3);
  out += 'Z';
  return out;
}

Result<TimeMs> parse_iso8601(std::string_view text) {
  std::int64_t date = 0;
  std::int64_t clock = 0;
  std::string_view rest = text;
  bool ok = take_date(rest, date);
  if (ok && !rest.empty()) {
    ok = (take(rest, 'T') || take(rest, 't') || take(rest, ' ')) && take_clock(rest, clock) &&
         take_zone(rest, clock) && rest.empty();
  }
  if (!ok) {
    return fail(ErrorCode::wrong_type,
                "A time is written like 2026-11-21T12:00:00Z, a day like 2026-11-21.");
  }
  return date + clock;
}

}  // namespace syncstore::model
