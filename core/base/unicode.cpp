// NFC and case folding over the generated tables.
#include <algorithm>
#include <iterator>
#include <vector>

#include "core/base/html_entities.hpp"
#include "core/base/text.hpp"
#include "core/base/utf8.hpp"

namespace syncstore {
namespace {

// One step of a canonical decomposition: code -> first, second (0 when there is one only).
struct SmallStep {
  std::uint16_t code, first, second;
};
struct LargeStep {
  std::uint32_t code, first, second;
};
// Codes that NFC may move, join to what stands before them, or replace; all others are stable.
struct UnstableRange {
  std::uint32_t first;
  std::uint16_t more;  // codes after the first
  std::uint8_t combining_class;
};
struct FoldingRun {
  std::uint32_t first;
  std::uint8_t more;  // distance from the first to the last code
  std::uint8_t step;
  std::int32_t distance;
};
struct Entity {
  char name[9];
  std::uint16_t code;
};

#include "core/base/unicode_tables.inc"

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
  const auto* after = std::upper_bound(
      std::begin(kUnstableRanges), std::end(kUnstableRanges), code,
      [](char32_t value, const UnstableRange& range) { return value < range.first; });
  if (after == std::begin(kUnstableRanges)) {
    return nullptr;
  }
  const UnstableRange& range = *(after - 1);
  return code - range.first <= range.more ? &range : nullptr;
}

std::uint8_t combining_class(char32_t code) {
  const UnstableRange* range = find_unstable(code);
  return range == nullptr ? std::uint8_t{0} : range->combining_class;
}

struct Pair {
  char32_t first;
  char32_t second;
};

template <class Step, std::size_t size>
const Step* find_step(const Step (&steps)[size], char32_t code) {
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
  Pair pair{0, 0};
  if (code >= 0xC0 && (code < kFirstCombining || !is_plain(code))) {
    if (const SmallStep* small = find_step(kSmallSteps, code)) {
      pair = {small->first, small->second};
    } else if (const LargeStep* large = find_step(kLargeSteps, code)) {
      pair = {large->first, large->second};
    }
  }
  if (pair.first == 0) {
    out.push_back({code, combining_class(code)});
    return;
  }
  // Steps nest at most four deep in the database.
  decompose(pair.first, out);
  if (pair.second != 0) {
    decompose(pair.second, out);
  }
}

// The code and pair behind an entry of kCompositions.
Pair pair_at(std::uint16_t place, char32_t& code) {
  if (place < std::size(kSmallSteps)) {
    const SmallStep& step = kSmallSteps[place];
    code = step.code;
    return {step.first, step.second};
  }
  const LargeStep& step = kLargeSteps[place - std::size(kSmallSteps)];
  code = step.code;
  return {step.first, step.second};
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
  char32_t code = 0;
  const auto* found = std::lower_bound(
      std::begin(kCompositions), std::end(kCompositions), Pair{first, second},
      [&](std::uint16_t place, const Pair& wanted) {
        const Pair pair = pair_at(place, code);
        return pair.first != wanted.first ? pair.first < wanted.first : pair.second < wanted.second;
      });
  if (found == std::end(kCompositions)) {
    return 0;
  }
  const Pair pair = pair_at(*found, code);
  return pair.first == first && pair.second == second ? code : 0;
}

void order_canonically(std::vector<Unit>& units) {
  for (auto at = units.begin(); at != units.end();) {
    if (at->combining_class == 0) {
      ++at;
      continue;
    }
    const auto end =
        std::find_if(at, units.end(), [](const Unit& unit) { return unit.combining_class == 0; });
    std::stable_sort(at, end, [](const Unit& a, const Unit& b) {
      return a.combining_class < b.combining_class;
    });
    at = end;
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
  const auto* after =
      std::upper_bound(std::begin(kFoldingRuns), std::end(kFoldingRuns), code,
                       [](char32_t value, const FoldingRun& run) { return value < run.first; });
  if (after == std::begin(kFoldingRuns)) {
    return code;
  }
  const FoldingRun& run = *(after - 1);
  const char32_t offset = code - run.first;
  if (offset > run.more || offset % run.step != 0) {
    return code;
  }
  return static_cast<char32_t>(static_cast<std::int64_t>(code) + run.distance);
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
  const auto* found = std::lower_bound(
      std::begin(kEntities), std::end(kEntities), name,
      [](const Entity& entity, std::string_view wanted) { return entity.name < wanted; });
  return found != std::end(kEntities) && found->name == name ? char32_t{found->code} : 0;
}

}  // namespace syncstore
