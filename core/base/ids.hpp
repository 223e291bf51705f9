// Identifiers. All are plain values, compared by value, safe to copy between threads.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace syncstore {

// Per store, gap-free, starts at 1 with the first change set; 0 = "before everything".
using Sequence = std::uint64_t;
// Random identity of one incarnation of a store's log; 0 = unknown.
using Epoch = std::uint64_t;
// Number of a row inside (store, collection, epoch): given at commit, from 1, never reused; 0 =
// none.
using RowNumber = std::uint32_t;
// Milliseconds since 1970-01-01 UTC.
using TimeMs = std::int64_t;
// A store's slug: [a-z0-9][a-z0-9-]{0,39}; "_installation" is the reserved store of account-wide
// records.
using StoreId = std::string;
inline constexpr std::string_view kInstallationStore = "_installation";
bool is_valid_store_id(std::string_view id);

// 63 bits: 41 of milliseconds since 2020-01-01 UTC, 22 random (counting up inside one millisecond);
// 0 = none. Text: 13 characters of Crockford base32, upper case
// (https://www.crockford.com/base32.html; decoding accepts lower case and the aliases I, L, O). In
// JavaScript it is always the text.
struct RecordId {
  std::uint64_t value = 0;
  std::string text() const;
  static std::optional<RecordId> parse(std::string_view text);
  explicit operator bool() const { return value != 0; }
  friend bool operator==(RecordId a, RecordId b) { return a.value == b.value; }
  friend bool operator!=(RecordId a, RecordId b) { return a.value != b.value; }
  friend bool operator<(RecordId a, RecordId b) { return a.value < b.value; }
};

// Id of the record with a natural key (singleton, day, user, ...): bit 62 set, the rest a hash of
// collection and key. Drawn ids keep bit 62 clear until the year 2054, so the two kinds do not
// meet.
RecordId derive_record_id(std::uint16_t collection, std::string_view natural_key);

// 128 bits; text is the usual lower-case UUID form. Mutations, clients, batches and connections are
// named by these.
struct Uuid {
  std::array<std::uint8_t, 16> bytes{};
  std::string text() const;
  static std::optional<Uuid> parse(std::string_view text);
  bool is_nil() const { return *this == Uuid{}; }
  friend bool operator==(const Uuid& a, const Uuid& b) { return a.bytes == b.bytes; }
  friend bool operator!=(const Uuid& a, const Uuid& b) { return !(a == b); }
  friend bool operator<(const Uuid& a, const Uuid& b) { return a.bytes < b.bytes; }
};
using MutationId = Uuid;
using ClientId = Uuid;
using BatchId = Uuid;

// Makes time-ordered ids from a time and random bits handed in by the caller (the core owns neither
// clock nor randomness). Single-threaded. Invariant: ids of one source are strictly increasing,
// even when the clock stands or goes back.
class IdSource {
 public:
  explicit IdSource(std::uint64_t seed);  // seed: 64 random bits from the platform
  RecordId next_record(TimeMs now);
  Uuid next_uuid(TimeMs now);  // UUIDv7, RFC 9562 section 5.7
  std::uint64_t next_random();

 private:
  std::uint64_t state_;
  std::uint64_t last_record_ = 0;
  std::array<std::uint8_t, 16> last_uuid_{};
};

// Crockford base32 of 64 bits as 13 characters, also used for epochs in JSON.
std::string base32_text(std::uint64_t value);
std::optional<std::uint64_t> base32_parse(std::string_view text);

struct UuidHash {
  std::size_t operator()(const Uuid& id) const noexcept;
};
struct RecordIdHash {
  std::size_t operator()(RecordId id) const noexcept {
    return static_cast<std::size_t>((id.value ^ (id.value >> 31)) * 0x9E3779B97F4A7C15ull >> 7);
  }
};

}  // namespace syncstore
