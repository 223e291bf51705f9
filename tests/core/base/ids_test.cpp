#include "core/base/ids.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/core/support/random.hpp"

namespace syncstore {
namespace {

constexpr TimeMs kNow = 1'795'000'000'000;

TEST(Ids, StoreIdsAreSlugs) {
  for (const std::string_view good : {"a", "gifts", "0", "a-b-c", "x-", "_installation",
                                      "a123456789012345678901234567890123456789"}) {
    EXPECT_TRUE(is_valid_store_id(good)) << good;
  }
  for (const std::string_view bad : {"", "-a", "A", "a_b", "a b", "a.b", "_other", "../x",
                                     "\xC3\xA9", "a1234567890123456789012345678901234567890"}) {
    EXPECT_FALSE(is_valid_store_id(bad)) << bad;
  }
}

TEST(Ids, RecordIdsRoundTripAsText) {
  SS_RANDOM(random, 21);
  for (int round = 0; round < 1000; ++round) {
    const RecordId id{(random.any_u64() >> 1) | 1};
    ASSERT_EQ(id.text().size(), 13u);
    EXPECT_EQ(RecordId::parse(id.text()), id);
  }
  EXPECT_EQ(RecordId{1}.text(), "0000000000001");
  EXPECT_EQ(RecordId{(std::uint64_t{1} << 63) - 1}.text(), "7ZZZZZZZZZZZZ");
}

TEST(Ids, TextOrderIsNumberOrder) {
  SS_RANDOM(random, 22);
  for (int round = 0; round < 1000; ++round) {
    const RecordId a{random.any_u64() >> 1};
    const RecordId b{random.any_u64() >> 1};
    EXPECT_EQ(a < b, a.text() < b.text());
  }
}

TEST(Ids, DecodingTakesLowerCaseAndAliases) {
  EXPECT_EQ(RecordId::parse("7zzzzzzzzzzzz")->value, (std::uint64_t{1} << 63) - 1);
  EXPECT_EQ(RecordId::parse("OOOOOOOOOOOIL")->value, 33u);
  EXPECT_EQ(RecordId::parse("oooooooooooil")->value, 33u);
}

TEST(Ids, DecodingRefusesEverythingElse) {
  for (const std::string_view bad :
       {"", "1", "00000000000001", "000000000000U", "000000000000-", "0000000000000",
        "8000000000000", "FZZZZZZZZZZZZ", "G000000000000", "00000000000 1", "000000000000\xC3"}) {
    EXPECT_FALSE(RecordId::parse(bad).has_value()) << bad;
  }
  EXPECT_FALSE(base32_parse("G000000000000").has_value());
  EXPECT_EQ(base32_parse("FZZZZZZZZZZZZ"), ~std::uint64_t{0});
  EXPECT_EQ(base32_text(~std::uint64_t{0}), "FZZZZZZZZZZZZ");
}

TEST(Ids, UuidsRoundTripAsText) {
  const std::string text = "0191f0a0-1234-7abc-8def-0123456789ab";
  const std::optional<Uuid> id = Uuid::parse(text);
  ASSERT_TRUE(id.has_value());
  EXPECT_EQ(id->text(), text);
  EXPECT_EQ(Uuid::parse("0191F0A0-1234-7ABC-8DEF-0123456789AB"), *id);
  EXPECT_TRUE(Uuid::parse("00000000-0000-0000-0000-000000000000")->is_nil());
  for (const std::string_view bad :
       {"", "0191f0a012347abc8def0123456789ab", "0191f0a0-1234-7abc-8def-0123456789a",
        "0191f0a0-1234-7abc-8def-0123456789abc", "0191f0a0-1234-7abc-8def-0123456789ag",
        "{191f0a0-1234-7abc-8def-0123456789a}", "0191f0a0_1234-7abc-8def-0123456789ab"}) {
    EXPECT_FALSE(Uuid::parse(bad).has_value()) << bad;
  }
}

TEST(Ids, DrawnRecordsCarryTheirTimeAndKeepBit62Clear) {
  IdSource source(1);
  const RecordId id = source.next_record(kNow);
  EXPECT_EQ(id.value >> 22, static_cast<std::uint64_t>(kNow - 1'577'836'800'000));
  EXPECT_EQ(id.value >> 62, 0u);
  IdSource last_day(1);
  EXPECT_EQ(last_day.next_record(2'650'000'000'000).value >> 62, 0u);  // December 2053
}

TEST(Ids, AreStrictlyIncreasingWhateverTheClockDoes) {
  SS_RANDOM(random, 23);
  IdSource source(random.next());
  RecordId last_record;
  Uuid last_uuid;
  TimeMs now = kNow;
  for (int round = 0; round < 20'000; ++round) {
    now += random.between(-3, 3);
    if (random.chance(1)) {
      now -= 100'000;
    }
    const RecordId record = source.next_record(now);
    const Uuid uuid = source.next_uuid(now);
    ASSERT_TRUE(last_record < record);
    ASSERT_TRUE(last_uuid < uuid);
    ASSERT_EQ(uuid.bytes[6] >> 4, 7);
    ASSERT_EQ(uuid.bytes[8] >> 6, 2);
    last_record = record;
    last_uuid = uuid;
  }
}

TEST(Ids, ClocksBeforeTheOriginStillGiveIds) {
  IdSource source(5);
  const RecordId first = source.next_record(-1);
  EXPECT_TRUE(first);
  EXPECT_TRUE(first < source.next_record(0));
  EXPECT_EQ(source.next_uuid(-1).bytes[6] >> 4, 7);
}

TEST(Ids, UuidsCarryTheirTime) {
  IdSource source(3);
  EXPECT_EQ(source.next_uuid(0x0191F0A01234).text().substr(0, 15), "0191f0a0-1234-7");
}

TEST(Ids, SourcesWithOtherSeedsDoNotMeet) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    EXPECT_TRUE(seen.insert(IdSource(seed).next_uuid(kNow).text()).second);
  }
}

TEST(Ids, DerivedIdsAreStableAndApartFromDrawnOnes) {
  const RecordId id = derive_record_id(1, "store_info");
  EXPECT_EQ(id, derive_record_id(1, "store_info"));
  EXPECT_NE(id, derive_record_id(2, "store_info"));
  EXPECT_NE(id, derive_record_id(1, "store_infO"));
  EXPECT_EQ(id.value >> 62, 1u);
  // Stored in data directories and logs: these bytes may never change.
  EXPECT_EQ(id.text(), "6YH4FSTMZHZDG");
}

TEST(Ids, HashesSpread) {
  IdSource source(9);
  std::set<std::size_t> records;
  std::set<std::size_t> uuids;
  for (int i = 0; i < 10'000; ++i) {
    records.insert(RecordIdHash()(source.next_record(kNow)) % 65'536);
    uuids.insert(UuidHash()(source.next_uuid(kNow)) % 65'536);
  }
  EXPECT_GT(records.size(), 8'000u);
  EXPECT_GT(uuids.size(), 8'000u);
}

}  // namespace
}  // namespace syncstore
