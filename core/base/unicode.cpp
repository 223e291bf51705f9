// NFC and case folding over the generated tables.
#include <algorithm>
#include <iterator>
#include <vector>

#include "core/base/byte_io.hpp"
#include "core/base/html_entities.hpp"
#include "core/base/text.hpp"
#include "core/base/utf8.hpp"

namespace syncstore {
namespace {

using std::string_view_literals::operator""sv;

#include "core/base/unicode_tables.inc"

// One step of a canonical decomposition: code -> first, second (0 when there is one only).
struct Step {
  char32_t code, first, second;
};
// Codes that NFC may move, join to what stands before them, or replace; all others are stable.
struct UnstableRange {
  char32_t first, last;
  std::uint8_t combining_class;
};
// Every `step`th code from the first to the last folds to the one at that distance.
struct FoldingRun {
  char32_t first, last;
  std::uint32_t step;
  std::int32_t distance;
};
struct Entity {
  std::string_view name;
  char32_t code;
};

// A pair and what it composes to as one number in the order of the pairs: a code has 21 bits.
constexpr int kCodeBits = 21;
constexpr char32_t kCodeMask = (1 << kCodeBits) - 1;
std::int64_t packed(char32_t first, char32_t second, char32_t composite) {
  return (std::int64_t{first} << 2 * kCodeBits) | (std::int64_t{second} << kCodeBits) |
         std::int64_t{composite};
}

// The tables as they are searched. In the program they are variable-length differences, a third of
// the bytes: the browser loads them before the first row is shown. Read at their first use,
// constant from then on.
struct Tables {
  Step steps[kStepCount];                        // by code
  std::int64_t compositions[kCompositionCount];  // ascending
  UnstableRange unstable[kUnstableCount];
  FoldingRun folding[kFoldingCount];
  Entity entities[kEntityCount];  // by name

  Tables() {
    read_steps();
    read_ranges();
    read_entities();
  }

 private:
  void read_steps() {
    ByteReader codes(kStepCodes);
    ByteReader firsts(kStepFirsts);
    ByteReader seconds(kStepSeconds);
    Step step{};
    std::int64_t* composition = compositions;
    for (Step& into : steps) {
      const std::uint64_t code = codes.varint();
      step.code += static_cast<char32_t>(code >> 1);
      step.first += static_cast<char32_t>(firsts.zigzag());
      step.second += static_cast<char32_t>(seconds.zigzag());
      into = step;
      if ((code & 1) != 0)
        *composition++ = packed(step.first, step.second, step.code);
    }
    std::sort(std::begin(compositions), std::end(compositions));
  }

  void read_ranges() {
    ByteReader in(kUnstableRanges);
    char32_t last = 0;
    for (UnstableRange& range : unstable) {
      range.first = last + static_cast<char32_t>(in.varint());
      range.last = last = range.first + static_cast<char32_t>(in.varint());
      range.combining_class = in.u8();
    }
    in = ByteReader(kFoldingRuns);
    last = 0;
    for (FoldingRun& run : folding) {
      run.first = last + static_cast<char32_t>(in.varint());
      const std::uint64_t length = in.varint();
      run.last = last = run.first + static_cast<char32_t>(length >> 1);
      run.step = 1 + (length & 1);
      run.distance = static_cast<std::int32_t>(in.zigzag());
    }
  }

  void read_entities() {
    ByteReader in(kEntities);
    char32_t code = 0;
    for (Entity* end = entities; end != std::end(entities); ++end) {
      code += static_cast<char32_t>(in.varint());
      const std::string_view name = in.text(in.remaining());
      Entity* place = end;
      for (; place != entities && name < (place - 1)->name; --place)
        *place = *(place - 1);
      *place = {name, code};
    }
  }
};

const Tables& tables() {
  static const Tables read;
  return read;
}

// Below it every code is stable.
constexpr char32_t kFirstCombining = 0x300;

constexpr char32_t kHangulBase = 0xAC00;
constexpr char32_t kLeadBase = 0x1100;
constexpr char32_t kVowelBase = 0x1161;
constexpr char32_t kTailBase = 0x11A7;
constexpr char32_t kLeads = 19;
constexpr char32_t kVowels = 21;
constexpr char32_t kTails = 28;
constexpr char32_t kSyllables = kLeads * kVowels * kTails;

struct Unit {
  char32_t code;
  std::uint8_t combining_class;
};

// Blocks of much used stable codes, so that most text needs no search: punctuation and currency
// signs, CJK, Hangul syllables (which decompose by rule only).
bool is_plain(char32_t code) {
  return code < kFirstCombining || (code >= 0x2010 && code < 0x20D0) ||
         (code >= 0x3400 && code < 0xA66F) || (code >= 0xAC00 && code < 0xD7A4);
}

const UnstableRange* find_unstable(char32_t code) {
  if (is_plain(code)) {
    return nullptr;
  }
  const auto& ranges = tables().unstable;
  const auto* after = std::upper_bound(
      std::begin(ranges), std::end(ranges), code,
      [](char32_t value, const UnstableRange& range) { return value < range.first; });
  return after != std::begin(ranges) && code <= (after - 1)->last ? after - 1 : nullptr;
}

std::uint8_t combining_class(char32_t code) {
  const UnstableRange* range = find_unstable(code);
  return range == nullptr ? std::uint8_t{0} : range->combining_class;
}

const Step* find_step(char32_t code) {
  if (code < 0xC0 || (code >= kFirstCombining && is_plain(code))) {
    return nullptr;
  }
  const auto& steps = tables().steps;
  const auto* found =
      std::lower_bound(std::begin(steps), std::end(steps), code,
                       [](const Step& step, char32_t value) { return step.code < value; });
  return found != std::end(steps) && found->code == code ? found : nullptr;
}

void decompose(char32_t code, std::vector<Unit>& out) {
  if (code >= kHangulBase && code < kHangulBase + kSyllables) {
    const char32_t index = code - kHangulBase;
    out.push_back({kLeadBase + index / (kVowels * kTails), 0});
    out.push_back({kVowelBase + index % (kVowels * kTails) / kTails, 0});
    if (index % kTails != 0) {
      out.push_back({kTailBase + index % kTails, 0});
    }
    return;
  }
  const Step* step = find_step(code);
  if (step == nullptr) {
    out.push_back({code, combining_class(code)});
    return;
  }
  // Steps nest at most four deep in the database.
  decompose(step->first, out);
  if (step->second != 0) {
    decompose(step->second, out);
  }
}

// The primary composite of two codes, or 0.
char32_t compose(char32_t first, char32_t second) {
  if (first >= kLeadBase && first < kLeadBase + kLeads && second >= kVowelBase &&
      second < kVowelBase + kVowels) {
    return kHangulBase + ((first - kLeadBase) * kVowels + (second - kVowelBase)) * kTails;
  }
  if (first >= kHangulBase && first < kHangulBase + kSyllables &&
      (first - kHangulBase) % kTails == 0 && second > kTailBase && second < kTailBase + kTails) {
    return first + (second - kTailBase);
  }
  const auto& known = tables().compositions;
  const std::int64_t pair = packed(first, second, 0);
  const auto* found = std::lower_bound(std::begin(known), std::end(known), pair);
  if (found == std::end(known)) {
    return 0;
  }
  const auto composite = static_cast<char32_t>(*found) & kCodeMask;
  return *found == pair + composite ? composite : 0;
}

// Sorts every run of combining codes by class; equals keep their order.
void order_canonically(std::vector<Unit>& units) {
  constexpr int kClassShift = 48;
  std::vector<std::int64_t> keys;  // class, place in the text, code
  for (std::size_t at = 0; at < units.size(); ++at) {
    const std::size_t begin = at;
    keys.clear();
    for (; at < units.size() && units[at].combining_class != 0; ++at) {
      keys.push_back((std::int64_t{units[at].combining_class} << kClassShift) |
                     (static_cast<std::int64_t>(at) << kCodeBits) | std::int64_t{units[at].code});
    }
    std::sort(keys.begin(), keys.end());
    for (std::size_t i = 0; i < keys.size(); ++i) {
      units[begin + i] = {static_cast<char32_t>(keys[i]) & kCodeMask,
                          static_cast<std::uint8_t>(keys[i] >> kClassShift)};
    }
  }
}

void compose_all(std::vector<Unit>& units) {
  constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::size_t starter = kNone;
  std::size_t written = 0;
  for (const Unit unit : units) {
    if (starter != kNone) {
      // Blocked when something of the same or a higher class, or another starter, stands between.
      const bool adjacent = written == starter + 1;
      const bool open = adjacent || (units[written - 1].combining_class != 0 &&
                                     units[written - 1].combining_class < unit.combining_class);
      const char32_t composite = open ? compose(units[starter].code, unit.code) : 0;
      if (composite != 0) {
        units[starter].code = composite;
        continue;
      }
    }
    if (unit.combining_class == 0) {
      starter = written;
    }
    units[written++] = unit;
  }
  units.resize(written);
}

// Normalises one piece that begins with a stable code (or at the start of the text).
void append_normalised(std::string& out, std::string_view piece, std::vector<Unit>& units) {
  units.clear();
  for (std::size_t at = 0; at < piece.size();) {
    decompose(next_code_point(piece, at), units);
  }
  order_canonically(units);
  compose_all(units);
  for (const Unit& unit : units) {
    append_utf8(out, unit.code);
  }
}

char32_t fold(char32_t code) {
  if (code < 0x80) {
    return code >= 'A' && code <= 'Z' ? code + 0x20 : code;
  }
  const auto& runs = tables().folding;
  const auto* after =
      std::upper_bound(std::begin(runs), std::end(runs), code,
                       [](char32_t value, const FoldingRun& run) { return value < run.first; });
  if (after == std::begin(runs)) {
    return code;
  }
  const FoldingRun& run = *(after - 1);
  if (code > run.last || (code - run.first) % run.step != 0) {
    return code;
  }
  return code + static_cast<char32_t>(run.distance);
}

}  // namespace

// A stable code begins anew: nothing before it changes what becomes of it and what follows. So only
// the pieces from a stable code over the unstable ones behind it need work; the rest is copied.
std::string to_nfc(std::string_view text) {
  std::string out;
  std::vector<Unit> units;
  std::size_t copied = 0;      // what lies before is in `out`
  std::size_t last_start = 0;  // of the last stable code
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    if (find_unstable(next_code_point(text, at)) == nullptr) {
      last_start = start;
      continue;
    }
    std::size_t end = at;
    while (end < text.size()) {
      std::size_t next = end;
      if (find_unstable(next_code_point(text, next)) == nullptr) {
        break;
      }
      end = next;
    }
    out.append(text.substr(copied, last_start - copied));
    append_normalised(out, text.substr(last_start, end - last_start), units);
    copied = last_start = at = end;
  }
  out.append(text.substr(copied));
  return out;
}

std::string fold_case(std::string_view text) {
  std::string out;
  if (is_ascii(text)) {
    out = text;
    for (char& character : out) {
      character =
          static_cast<char>(character >= 'A' && character <= 'Z' ? character + 0x20 : character);
    }
    return out;
  }
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    append_utf8(out, fold(next_code_point(text, at)));
  }
  return out;
}

char32_t html_entity(std::string_view name) {
  const auto& entities = tables().entities;
  const auto* found = std::lower_bound(
      std::begin(entities), std::end(entities), name,
      [](const Entity& entity, std::string_view wanted) { return entity.name < wanted; });
  return found != std::end(entities) && found->name == name ? found->code : 0;
}

}  // namespace syncstore
