#include "core/base/ids.hpp"

#include <algorithm>

#include "core/base/byte_io.hpp"
#include "core/base/digest.hpp"

namespace syncstore {
namespace {

constexpr std::string_view kBase32Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kBase32Characters = 13;
constexpr std::uint64_t kDerivedBit = std::uint64_t{1} << 62;
constexpr TimeMs kRecordTimeOrigin = 1'577'836'800'000;  // 2020-01-01 UTC
constexpr int kRecordRandomBits = 22;
constexpr TimeMs kRecordTimeMax = (TimeMs{1} << 41) - 1;
constexpr std::size_t kStoreIdCharacters = 40;

// Value of a base32 character, or -1.
int base32_digit(char character) {
  if (character >= 'a' && character <= 'z') {
    character = static_cast<char>(character - 'a' + 'A');
  }
  if (character == 'O') {
    return 0;
  }
  if (character == 'I' || character == 'L') {
    return 1;
  }
  const std::size_t digit = kBase32Alphabet.find(character);
  return digit == std::string_view::npos ? -1 : static_cast<int>(digit);
}

int hex_digit(char character) {
  if (character >= '0' && character <= '9') {
    return character - '0';
  }
  if (character >= 'a' && character <= 'f') {
    return character - 'a' + 10;
  }
  if (character >= 'A' && character <= 'F') {
    return character - 'A' + 10;
  }
  return -1;
}

bool is_hyphen_position(std::size_t position) {
  return position == 8 || position == 13 || position == 18 || position == 23;
}

bool is_slug_character(char character) {
  return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9');
}

// Adds to the 74 free bits of a UUIDv7 (and, overflowing, to its time), keeping version and
// variant.
void advance_uuid(std::array<std::uint8_t, 16>& bytes, std::uint64_t step) {
  std::uint64_t low = 0;
  for (std::size_t i = 8; i < 16; ++i) {
    low = low << 8 | bytes[i];
  }
  std::uint64_t high = 0;
  for (std::size_t i = 0; i < 6; ++i) {
    high = high << 8 | bytes[i];
  }
  high = high << 12 | (bytes[6] & 0x0Fu) << 8 | bytes[7];
  constexpr std::uint64_t kLowMask = (std::uint64_t{1} << 62) - 1;
  low = (low & kLowMask) + step;
  high += low >> 62;
  low = (low & kLowMask) | std::uint64_t{1} << 63;
  for (std::size_t i = 16; i-- > 8; low >>= 8) {
    bytes[i] = static_cast<std::uint8_t>(low);
  }
  bytes[7] = static_cast<std::uint8_t>(high);
  bytes[6] = static_cast<std::uint8_t>(0x70u | (high >> 8 & 0x0Fu));
  high >>= 12;
  for (std::size_t i = 6; i-- > 0; high >>= 8) {
    bytes[i] = static_cast<std::uint8_t>(high);
  }
}

}  // namespace

bool is_valid_store_id(std::string_view id) {
  if (id == kInstallationStore) {
    return true;
  }
  if (id.empty() || id.size() > kStoreIdCharacters || !is_slug_character(id[0])) {
    return false;
  }
  return std::all_of(id.begin(), id.end(), [](char character) {
    return character == '-' || is_slug_character(character);
  });
}

std::string base32_text(std::uint64_t value) {
  std::string text(kBase32Characters, '0');
  for (std::size_t i = kBase32Characters; i-- > 0; value >>= 5) {
    text[i] = kBase32Alphabet[value & 31];
  }
  return text;
}

std::optional<std::uint64_t> base32_parse(std::string_view text) {
  if (text.size() != kBase32Characters) {
    return std::nullopt;
  }
  std::uint64_t value = 0;
  for (const char character : text) {
    const int digit = base32_digit(character);
    // 13 characters carry 65 bits: what would be shifted out must be zero.
    if (digit < 0 || value >> 59 != 0) {
      return std::nullopt;
    }
    value = value << 5 | static_cast<std::uint64_t>(digit);
  }
  return value;
}

std::string RecordId::text() const { return base32_text(value); }

std::optional<RecordId> RecordId::parse(std::string_view text) {
  const std::optional<std::uint64_t> value = base32_parse(text);
  if (!value || *value == 0 || *value >> 63 != 0) {
    return std::nullopt;
  }
  return RecordId{*value};
}

RecordId derive_record_id(std::uint16_t collection, std::string_view natural_key) {
  ByteWriter key;
  key.u8(static_cast<std::uint8_t>(collection));
  key.u8(static_cast<std::uint8_t>(collection >> 8));
  key.raw(natural_key);
  return RecordId{kDerivedBit | (xxh64(key.bytes()) & (kDerivedBit - 1))};
}

std::string Uuid::text() const {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  out.reserve(36);
  for (const std::uint8_t byte : bytes) {
    if (is_hyphen_position(out.size())) {
      out.push_back('-');
    }
    out.push_back(kHex[byte >> 4]);
    out.push_back(kHex[byte & 15]);
  }
  return out;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
  if (text.size() != 36) {
    return std::nullopt;
  }
  Uuid id;
  std::size_t nibble = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_hyphen_position(i)) {
      if (text[i] != '-') {
        return std::nullopt;
      }
      continue;
    }
    const int digit = hex_digit(text[i]);
    if (digit < 0) {
      return std::nullopt;
    }
    std::uint8_t& byte = id.bytes[nibble / 2];
    byte = static_cast<std::uint8_t>(byte << 4 | digit);
    ++nibble;
  }
  return id;
}

std::size_t UuidHash::operator()(const Uuid& id) const noexcept {
  std::uint64_t folded = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    const unsigned both = static_cast<unsigned>(id.bytes[i]) ^ id.bytes[i + 8];
    folded = folded << 8 | both;
  }
  return static_cast<std::size_t>(folded * 0x9E3779B97F4A7C15ull >> 7);
}

IdSource::IdSource(std::uint64_t seed) : state_(seed) {}

// SplitMix64: one word of state, passes the usual batteries; these ids need no secrecy.
std::uint64_t IdSource::next_random() {
  state_ += 0x9E3779B97F4A7C15ull;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9ull;
  mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBull;
  return mixed ^ mixed >> 31;
}

RecordId IdSource::next_record(TimeMs now) {
  const TimeMs since_origin = std::clamp<TimeMs>(now - kRecordTimeOrigin, 0, kRecordTimeMax);
  const std::uint64_t time = static_cast<std::uint64_t>(since_origin);
  const std::uint64_t random = next_random() >> (64 - kRecordRandomBits);
  const bool later = time > last_record_ >> kRecordRandomBits;
  last_record_ = later ? time << kRecordRandomBits | random : last_record_ + 1;
  return RecordId{last_record_};
}

Uuid IdSource::next_uuid(TimeMs now) {
  const auto time = static_cast<std::uint64_t>(std::max<TimeMs>(now, 0));
  std::uint64_t last_time = 0;
  for (std::size_t i = 0; i < 6; ++i) {
    last_time = last_time << 8 | last_uuid_[i];
  }
  if (time > last_time || last_uuid_[6] == 0) {
    for (std::size_t i = 0; i < 6; ++i) {
      last_uuid_[i] = static_cast<std::uint8_t>(time >> (40 - 8 * i));
    }
    const std::uint64_t high = next_random();
    last_uuid_[6] = static_cast<std::uint8_t>(0x70u | (high & 0x0F));
    last_uuid_[7] = static_cast<std::uint8_t>(high >> 8);
    std::uint64_t low = next_random();
    for (std::size_t i = 8; i < 16; ++i, low >>= 8) {
      last_uuid_[i] = static_cast<std::uint8_t>(low);
    }
    last_uuid_[8] = static_cast<std::uint8_t>(0x80u | (last_uuid_[8] & 0x3Fu));
  } else {
    // RFC 9562, 6.2 method 2: a random step keeps the order and still cannot be guessed.
    advance_uuid(last_uuid_, 1 + (next_random() >> 32));
  }
  return Uuid{last_uuid_};
}

}  // namespace syncstore
