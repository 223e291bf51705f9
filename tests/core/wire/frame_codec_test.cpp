#include "core/wire/frame_codec.hpp"

#include <gtest/gtest.h>

#include "core/base/digest.hpp"
#include "core/base/limits.hpp"
#include "core/wire/compression.hpp"
#include "tests/core/wire/wire_samples.hpp"

namespace syncstore::wire {
namespace {

TEST(FrameCodec, UpMessagesComeBackAsTheSameBytes) {
  for (const auto& [name, message] : samples::up_messages()) {
    const Bytes frame = encode(message);
    const auto decoded = decode_up(frame);
    ASSERT_TRUE(decoded.ok()) << name << ": " << decoded.error().detail;
    EXPECT_EQ(decoded->index(), message.index()) << name;
    EXPECT_EQ(encode(*decoded), frame) << name;
  }
}

TEST(FrameCodec, DownMessagesComeBackAsTheSameBytes) {
  for (const auto& [name, message] : samples::down_messages()) {
    const Bytes frame = encode(message);
    const auto decoded = decode_down(frame);
    ASSERT_TRUE(decoded.ok()) << name << ": " << decoded.error().detail;
    EXPECT_EQ(decoded->index(), message.index()) << name;
    EXPECT_EQ(encode(*decoded), frame) << name;
  }
}

// A subscription that names what this version does not know is read to its end, so that it can be
// refused by its number: its reader is of another version, not wrong.
TEST(FrameCodec, SubscriptionsOfOtherVersionsAreReadAndMarked) {
  Subscribe subscribe;
  subscribe.subscription = 9;
  subscribe.collection = model::kProducts;
  subscribe.filter.conditions = {{0, view::Comparison::equal, std::string("x")}};
  subscribe.page_size = 25;
  const Bytes good = encode(subscribe);
  const auto problem = [](Bytes frame, std::size_t at, int byte) {
    frame[at] = static_cast<char>(byte);
    const auto read = decode_up(frame);
    if (!read.ok() || std::get<Subscribe>(*read).subscription != 9)
      return ErrorCode::internal;
    return std::get<Subscribe>(*read).problem;
  };
  // kind, number, collection, count, field, comparison, tag, length, x, query, sort, desc, page,
  // size
  EXPECT_EQ(problem(good, 2, model::kProducts), ErrorCode::none);
  EXPECT_EQ(problem(good, 2, 120), ErrorCode::unknown_collection);
  EXPECT_EQ(problem(good, 4, 120), ErrorCode::unknown_field);
  EXPECT_EQ(problem(good, 4, 0), ErrorCode::invalid);  // an id is a number
  EXPECT_EQ(problem(good, 5, 99), ErrorCode::invalid);
  EXPECT_EQ(problem(good, 10, 120), ErrorCode::unknown_field);
  subscribe.page_size = limits::kPageSizeMax + 1;
  const auto large = decode_up(encode(subscribe));
  ASSERT_TRUE(large.ok());
  EXPECT_EQ(std::get<Subscribe>(*large).problem, ErrorCode::out_of_range);
}

TEST(FrameCodec, APageIsItsBodyAndTheNumberOfItsReader) {
  for (const auto& [name, message] : samples::down_messages()) {
    if (const auto* page = std::get_if<Page>(&message)) {
      EXPECT_EQ(encode_page(page->subscription, encode_page_body(*page)), encode(*page)) << name;
    }
  }
}

TEST(FrameCodec, EqualPagesHaveEqualNumbersWhateverTheirReaderKnows) {
  Subscribe subscribe;
  subscribe.collection = model::kProducts;
  subscribe.page_size = 25;
  const std::uint32_t number = page_number(subscribe);
  EXPECT_NE(number, 0u);
  Subscribe same = subscribe;
  same.subscription = 7;
  same.known = 8;
  EXPECT_EQ(page_number(same), number);
  Subscribe next = subscribe;
  next.page = 2;
  EXPECT_NE(page_number(next), number);
  Subscribe filtered = subscribe;
  filtered.filter.query = "mug";
  EXPECT_NE(page_number(filtered), number);
}

TEST(FrameCodec, TheHashOfAPageSeesEverythingThatItShows) {
  const std::vector<PageRow> rows = {{RecordId{5}, 7}, {RecordId{4}, 9}};
  const std::uint64_t hash = page_hash(2, 0, rows);
  // little-endian: total 2, rank 0, id 5, version 7, id 4, version 9
  ByteWriter bytes;
  for (const std::uint64_t number : {2u, 0u, 5u, 7u, 4u, 9u})
    bytes.u64(number);
  EXPECT_EQ(hash, xxh64(bytes.bytes()));
  EXPECT_NE(hash, page_hash(3, 0, rows));
  EXPECT_NE(hash, page_hash(2, 2, rows));
  EXPECT_NE(hash, page_hash(2, 0, {rows[1], rows[0]}));
  EXPECT_NE(hash, page_hash(2, 0, {{RecordId{5}, 8}, {RecordId{4}, 9}}));
  EXPECT_NE(page_hash(0, 0, {}), 0u);
}

// What a later version added is not there for whoever did not write it, and not in the way of
// whoever does not read it.
TEST(FrameCodec, LaterAdditionsAreLeftOutAndReadWhereTheyAre) {
  Hello hello;
  hello.store = "gifts";
  const Bytes first = encode(hello);
  hello.abilities = kReadsLive;
  hello.resumes = {{model::kProducts, 5, 800, 3}};
  const Bytes second = encode(hello);
  EXPECT_EQ(second.substr(0, first.size()), first);
  const auto read = std::get<Hello>(*decode_up(second));
  EXPECT_EQ(read.abilities, kReadsLive);
  ASSERT_EQ(read.resumes.size(), 1u);
  EXPECT_EQ(read.resumes[0].epoch, 5u);
  EXPECT_EQ(read.resumes[0].start, 800u);
  EXPECT_EQ(read.resumes[0].next_part, 3u);
  EXPECT_EQ(std::get<Hello>(*decode_up(first)).abilities, 0u);

  Notice notice{ErrorCode::unknown_field, "", 0};
  const Bytes general = encode(notice);
  notice.subscription = 300;
  const Bytes refusal = encode(notice);
  EXPECT_EQ(refusal.substr(0, general.size()), general);
  EXPECT_EQ(std::get<Notice>(*decode_down(refusal)).subscription, 300u);
  EXPECT_EQ(std::get<Notice>(*decode_down(general)).subscription, 0u);

  Subscribe subscribe;
  subscribe.collection = model::kProducts;
  const Bytes anything = encode(subscribe);
  subscribe.known = 77;
  const Bytes known = encode(subscribe);
  EXPECT_EQ(known.substr(0, anything.size()), anything);
  EXPECT_EQ(std::get<Subscribe>(*decode_up(known)).known, 77u);
  EXPECT_EQ(std::get<Subscribe>(*decode_up(anything)).known, 0u);

  model::Digest digest = samples::digest();
  const Bytes plain = encode(End{model::kProducts, 815, digest});
  digest.places = 9;
  const Bytes placed = encode(End{model::kProducts, 815, digest});
  EXPECT_EQ(placed.substr(0, plain.size()), plain);
  EXPECT_EQ(std::get<End>(*decode_down(placed)).digest.places, 9u);
  EXPECT_EQ(std::get<End>(*decode_down(plain)).digest.places, 0u);
  const auto check =
      std::get<Check>(*decode_down(encode(Check{{{1, 2, samples::digest()}, {2, 3, digest}}})));
  EXPECT_EQ(check.entries.at(0).digest.places, 0u);
  EXPECT_EQ(check.entries.at(1).digest.places, 9u);
}

TEST(FrameCodec, BlocksAscendAndAreBounded) {
  const auto refused = [](std::vector<model::BlockSum> blocks) {
    return !decode_up(encode(Ranges{model::kProducts, 17, 8, std::move(blocks)})).ok();
  };
  EXPECT_FALSE(refused({{0, 1}, {1, 2}, {0xFFFFFF, 3}}));
  EXPECT_TRUE(refused({{1, 1}, {1, 2}}));
  EXPECT_TRUE(refused({{2, 1}, {1, 2}}));
  EXPECT_TRUE(refused({{0x1000000, 1}}));
  EXPECT_TRUE(refused(std::vector<model::BlockSum>(limits::kRangeBlocks + 1)));
}

TEST(FrameCodec, HelloKeepsEveryMember) {
  const Bytes frame = encode(samples::up_messages()[0].second);
  const auto decoded = decode_up(frame);
  ASSERT_TRUE(decoded.ok());
  const auto& hello = std::get<Hello>(*decoded);
  EXPECT_EQ(hello.user, "u-1");
  EXPECT_EQ(hello.client, samples::uuid(1));
  EXPECT_EQ(hello.generation, 4u);
  EXPECT_EQ(hello.ticket, "ticket");
  EXPECT_EQ(hello.store, "gifts");
  ASSERT_EQ(hello.collections.size(), 2u);
  ASSERT_EQ(hello.cursors.size(), 1u);
  EXPECT_EQ(hello.cursors[0].epoch, 0xABCDEFu);
  EXPECT_EQ(hello.cursors[0].view, 17u);
  EXPECT_EQ(hello.cursors[0].sequence, 812u);
  EXPECT_EQ(hello.head, 815u);
  EXPECT_EQ(hello.head_hash, 0x1122334455667788u);
  ASSERT_EQ(hello.unanswered.size(), 1u);
}

void expect_same_rows(const sync::Delta& a, const sync::Delta& b) {
  EXPECT_EQ(a.collection, b.collection);
  EXPECT_EQ(a.base, b.base);
  EXPECT_EQ(a.target, b.target);
  ASSERT_EQ(a.rows.size(), b.rows.size());
  for (std::size_t i = 0; i < a.rows.size(); ++i) {
    EXPECT_EQ(a.rows[i].kind, b.rows[i].kind);
    EXPECT_EQ(a.rows[i].row, b.rows[i].row);
    EXPECT_EQ(a.rows[i].version, b.rows[i].version);
    EXPECT_EQ(a.rows[i].time, b.rows[i].time);
    EXPECT_EQ(a.rows[i].author, b.rows[i].author);
    // Updates name their record by its row alone.
    if (a.rows[i].kind != sync::ChangeKind::update) {
      EXPECT_EQ(a.rows[i].id, b.rows[i].id);
    }
    ASSERT_EQ(a.rows[i].fields.size(), b.rows[i].fields.size());
    for (std::size_t k = 0; k < a.rows[i].fields.size(); ++k) {
      EXPECT_EQ(a.rows[i].fields[k].field, b.rows[i].fields[k].field);
      EXPECT_EQ(a.rows[i].fields[k].value, b.rows[i].fields[k].value);
    }
  }
}

TEST(FrameCodec, ChangesKeepKindVersionTimeAuthorAndValues) {
  const auto decoded = decode_down(encode(Change{103, {}, {samples::mixed_changes()}}));
  ASSERT_TRUE(decoded.ok());
  const auto& change = std::get<Change>(*decoded);
  EXPECT_EQ(change.head, 103u);
  ASSERT_EQ(change.sections.size(), 1u);
  expect_same_rows(samples::mixed_changes(), change.sections[0]);
}

TEST(FrameCodec, OneFieldChangeTakesAtMost24Bytes) {
  const Bytes frame = encode(Change{812'347, {}, {samples::price_change()}});
  EXPECT_LE(frame.size(), 24u) << frame.size();
}

// Hundreds of one-field changes by several people within half a second.
sync::Delta many_changes(std::size_t count) {
  sync::Delta delta;
  delta.collection = model::kProducts;
  delta.base = 500'000;
  delta.target = 500'000 + count;
  std::uint64_t state = 42;
  const auto next = [&] {
    return state = state * 6364136223846793005ull + 1442695040888963407ull, state >> 33;
  };
  std::map<RowNumber, sync::RowDelta> rows;
  for (std::size_t i = 0; i < count; ++i) {
    sync::RowDelta row;
    row.row = static_cast<RowNumber>(1 + next() % 26'688);
    row.version = 500'001 + i;
    row.time = 1'795'000'000'000 + static_cast<TimeMs>(i / 16) * 4;  // group commits
    row.author = static_cast<std::uint32_t>(1 + (i / 16) % 3);
    row.fields.push_back(
        {samples::field(model::kProducts, "price"), static_cast<std::int64_t>(next() % 2'000'000)});
    rows[row.row] = row;
  }
  for (auto& [number, row] : rows)
    delta.rows.push_back(row);
  return delta;
}

TEST(FrameCodec, HundredsOfChangesTakeAtMost10BytesEach) {
  for (const std::size_t count : {100u, 300u, 900u}) {
    const sync::Delta delta = many_changes(count);
    const Bytes section = encode_section(delta);
    EXPECT_LE(section.size(), delta.rows.size() * 10) << count << " changes: " << section.size();
    const auto decoded = decode_down(encode_change(delta.target, {}, {section}));
    ASSERT_TRUE(decoded.ok());
    expect_same_rows(delta, std::get<Change>(*decoded).sections[0]);
  }
}

TEST(FrameCodec, JoinedSectionsAreTheSameBytesAsTheWholeMessage) {
  const sync::Delta one = samples::price_change();
  const sync::Delta two = samples::mixed_changes();
  const Bytes first = encode_section(one);
  const Bytes second = encode_section(two);
  const std::vector<AuthorName> authors{{9, "u-9", "Lin"}};
  EXPECT_EQ(encode_change(900'000, authors, {first, second}),
            encode(Change{900'000, authors, {one, two}}));
}

TEST(FrameCodec, PartsKeepEveryRecord) {
  Part part;
  part.collection = model::kProducts;
  part.index = 3;
  for (RowNumber row = 1; row <= 2'000; ++row) {
    part.rows.push_back(samples::product(row, "Product " + std::to_string(row),
                                         row % 3 == 0 ? -1 : std::int64_t{row} * 100));
  }
  const Bytes frame = encode(part);
  EXPECT_LT(frame.size(), 2'000u * 12);
  const auto decoded = decode_down(frame);
  ASSERT_TRUE(decoded.ok());
  const auto& rows = std::get<Part>(*decoded).rows;
  ASSERT_EQ(rows.size(), part.rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].id, part.rows[i].id);
    EXPECT_EQ(rows[i].row, part.rows[i].row);
    EXPECT_EQ(rows[i].version, part.rows[i].version);
    EXPECT_EQ(rows[i].changed_at, part.rows[i].changed_at);
    EXPECT_EQ(rows[i].changed_by, part.rows[i].changed_by);
    ASSERT_EQ(rows[i].values, part.rows[i].values);
  }
}

TEST(FrameCodec, PartsOfEveryCollectionKeepFlagsListsAndHoles) {
  Part part;
  part.collection = model::kStoreInfo;
  const auto& collection = *model::find_collection(model::kStoreInfo);
  for (RowNumber row = 1; row <= 20; ++row) {
    model::Record record;
    record.id = RecordId{row};
    record.row = row;
    record.values.resize(collection.fields.size());
    if (row % 2 == 0)
      record.values[samples::field(model::kStoreInfo, "is_active")] = row % 4 == 0;
    if (row % 3 == 0) {
      record.values[samples::field(model::kStoreInfo, "figure_sources")] =
          model::TextList{"a=demo", "b=derived"};
    }
    part.rows.push_back(record);
  }
  const auto decoded = decode_down(encode(part));
  ASSERT_TRUE(decoded.ok());
  for (std::size_t i = 0; i < part.rows.size(); ++i) {
    EXPECT_EQ(std::get<Part>(*decoded).rows[i].values, part.rows[i].values);
  }
}

TEST(FrameCodec, EmptyAndUnknownFramesAreTypedErrors) {
  EXPECT_EQ(decode_up("").error().code, ErrorCode::malformed);
  EXPECT_EQ(decode_down("").error().code, ErrorCode::malformed);
  EXPECT_EQ(decode_up(std::string_view("\x3f", 1)).error().code, ErrorCode::unknown_type);
  EXPECT_EQ(decode_down(std::string_view("\x7f", 1)).error().code, ErrorCode::unknown_type);
  EXPECT_EQ(decode_down(encode(Ping{1})).error().code, ErrorCode::unknown_type);
}

TEST(FrameCodec, EveryCutOfEveryFrameIsRefusedOrShorter) {
  for (const auto& [name, message] : samples::down_messages()) {
    const Bytes frame = encode(message);
    for (std::size_t length = 0; length < frame.size(); ++length) {
      const auto decoded = decode_down(std::string_view(frame).substr(0, length));
      // A cut between two sections, rows or columns reads as a shorter message; anything else must
      // be refused.
      if (decoded.ok()) {
        EXPECT_NE(encode(*decoded), frame) << name << " cut at " << length;
      }
    }
  }
  for (const auto& [name, message] : samples::up_messages()) {
    const Bytes frame = encode(message);
    for (std::size_t length = 0; length < frame.size(); ++length) {
      const auto decoded = decode_up(std::string_view(frame).substr(0, length));
      // Before what later versions of the protocol added stands the whole message of the first.
      if (name == "hello_resuming" && decoded.ok()) {
        EXPECT_EQ(std::get<Hello>(*decoded).abilities, 0u);
        EXPECT_EQ(encode(*decoded), frame.substr(0, length));
        continue;
      }
      if (name == "subscribe_known" && decoded.ok()) {
        EXPECT_EQ(std::get<Subscribe>(*decoded).known, 0u);
        EXPECT_EQ(encode(*decoded), frame.substr(0, length));
        continue;
      }
      EXPECT_FALSE(decoded.ok()) << name << " cut at " << length;
    }
  }
}

TEST(FrameCodec, FlippedBytesNeverBreakTheReader) {
  for (const auto& [name, message] : samples::down_messages()) {
    const Bytes frame = encode(message);
    for (std::size_t at = 0; at < frame.size(); ++at) {
      for (const int bit : {0, 3, 7}) {
        Bytes damaged = frame;
        damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
        const auto decoded = decode_down(damaged);
        if (!decoded.ok()) {
          EXPECT_NE(decoded.error().code, ErrorCode::internal);
        }
      }
    }
  }
}

TEST(FrameCodec, ABombIsRefusedBeforeItIsUnpacked) {
  const Bytes bomb = compress(Bytes(64 * 1'048'576, 'x'));
  ASSERT_FALSE(bomb.empty());
  ASSERT_LT(bomb.size(), 10'000u);
  for (const auto kind : {Kind::change, Kind::part}) {
    Bytes frame(1, static_cast<char>(static_cast<std::uint8_t>(kind) | 0x80));
    frame += bomb;
    EXPECT_EQ(decode_down(frame).error().code, ErrorCode::too_large);
  }
}

TEST(FrameCodec, NothingThatGoesUpIsUnpacked) {
  const Bytes ping = encode(Ping{});
  ASSERT_TRUE(decode_up(ping).ok());
  const Bytes payload = ping.substr(1) + Bytes(1'000, '\0');  // a later version's, ignored
  const Bytes packed = compress(payload);
  ASSERT_FALSE(packed.empty());
  const Bytes frame = static_cast<char>(ping[0] | '\x80') + packed;
  EXPECT_EQ(decode_up(frame).error().code, ErrorCode::malformed);
}

TEST(FrameCodec, AnUnknownKindOfChangeAsksForAnUpdate) {
  ByteWriter section;
  section.varint(model::kProducts);
  section.varint(10);
  section.varint(1);
  section.u32(0);
  section.u8(0);
  section.u8(0);
  section.varint(0);  // one run, no author
  section.u8(0);      // kind 0 does not exist
  ByteWriter frame;
  frame.u8(static_cast<std::uint8_t>(Kind::change));
  frame.varint(0);
  frame.text(section.bytes());
  EXPECT_EQ(decode_down(frame.bytes()).error().code, ErrorCode::needs_update);
}

TEST(FrameCodec, FieldsOfANewerSchemaAreSkipped) {
  ByteWriter section;
  section.varint(model::kProducts);
  section.varint(10);
  section.varint(1);
  section.u32(0);
  section.u8(0);
  section.u8(0);
  section.varint(0);
  section.u8(1 | 4 | (2u << 3));  // an update of the target version with two fields
  section.zigzag(5);
  section.varint((999u << 3) | 6);  // an unknown field with opaque bytes
  section.text("later");
  section.varint((1u << 3) | 4);
  section.text("Title");
  ByteWriter frame;
  frame.u8(static_cast<std::uint8_t>(Kind::change));
  frame.varint(0);
  frame.text(section.bytes());
  const auto decoded = decode_down(frame.bytes());
  ASSERT_TRUE(decoded.ok()) << decoded.error().detail;
  const auto& row = std::get<Change>(*decoded).sections[0].rows[0];
  ASSERT_EQ(row.fields.size(), 1u);
  EXPECT_EQ(std::get<std::string>(row.fields[0].value), "Title");
}

TEST(FrameCodec, FramesInARowAreSplitAgain) {
  Bytes all;
  append_frame(all, "abc");
  append_frame(all, "");
  append_frame(all, Bytes(300, 'x'));
  const auto frames = split_frames(all);
  ASSERT_TRUE(frames.ok());
  ASSERT_EQ(frames->size(), 3u);
  EXPECT_EQ((*frames)[0], "abc");
  EXPECT_EQ((*frames)[2].size(), 300u);
  EXPECT_FALSE(split_frames(std::string_view(all).substr(0, all.size() - 1)).ok());
}

TEST(ViewNumber, DiffersByAccessAndIsStable) {
  EXPECT_EQ(view_number(model::kMembers, model::Role::viewer), 1u);
  EXPECT_NE(view_number(model::kMembers, model::Role::admin), 1u);
  EXPECT_EQ(view_number(model::kProducts, model::Role::viewer),
            view_number(model::kProducts, model::Role::admin));
  EXPECT_NE(view_number(model::kProducts, model::Role::viewer), 0u);
}

TEST(Compression, RoundTripAndCaps) {
  const Bytes text(10'000, 'a');
  const Bytes packed = compress(text);
  ASSERT_FALSE(packed.empty());
  EXPECT_EQ(*decompress(packed, 10'000), text);
  EXPECT_EQ(decompress(packed, 9'999).error().code, ErrorCode::too_large);
  EXPECT_EQ(decompress("not zstd", 100).error().code, ErrorCode::malformed);
  EXPECT_EQ(decompress(packed.substr(0, packed.size() - 1), 10'000).error().code,
            ErrorCode::malformed);
  EXPECT_TRUE(compress("x").empty());
}

}  // namespace
}  // namespace syncstore::wire
