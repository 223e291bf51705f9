#include "core/base/digest.hpp"
#include "core/base/limits.hpp"
#include "core/wire/frame_parts.hpp"

namespace syncstore::wire {
namespace {

void write_filter(ByteWriter& out, const model::CollectionDef& collection,
                  const view::Filter& filter) {
  out.varint(filter.conditions.size());
  for (const view::Condition& condition : filter.conditions) {
    const bool by_id = condition.field == view::kRecordId;
    out.varint(by_id ? 0u : unsigned{collection.fields[condition.field].number});
    out.u8(static_cast<std::uint8_t>(condition.comparison));
    model::write_value(out, condition.value);
  }
  out.text(filter.query);
}

bool is_retired(const model::CollectionDef& collection, int field) {
  return field != view::kRecordId && collection.fields[static_cast<std::size_t>(field)].retired;
}

// What this version does not know is read on, and said: its sender is of another version, not
// wrong.
view::Filter read_filter(ByteReader& in, const model::CollectionDef& collection,
                         ErrorCode& problem) {
  view::Filter filter;
  const std::uint64_t count = in.varint_max(limits::kFilterConditions);
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    view::Condition condition;
    const std::uint16_t number = read_u16(in);
    const int field = number == 0 ? view::kRecordId : collection.field_index(number);
    const std::uint8_t comparison = in.u8();
    condition.value = model::read_value(in);
    condition.field = static_cast<std::uint16_t>(field);
    condition.comparison = static_cast<view::Comparison>(comparison);
    if (field < 0)
      problem = ErrorCode::unknown_field;
    else if (is_retired(collection, field))
      problem = ErrorCode::retired;  // what it held is not to be found out by asking
    else if (comparison < 1 || comparison > static_cast<std::uint8_t>(view::Comparison::contains))
      problem = ErrorCode::invalid;
    else if (field == view::kRecordId && (condition.comparison != view::Comparison::equal ||
                                          !std::holds_alternative<std::int64_t>(condition.value)))
      problem = ErrorCode::invalid;
    else
      filter.conditions.push_back(std::move(condition));
  }
  filter.query = std::string(in.text(limits::kLineBytes));
  return filter;
}

void write_page_spec(ByteWriter& out, const Subscribe& subscribe) {
  const model::CollectionDef* collection = model::find_collection(subscribe.collection);
  SS_ASSERT(collection != nullptr);
  out.varint(subscribe.collection);
  write_filter(out, *collection, subscribe.filter);
  out.varint(
      subscribe.sort.field < 0
          ? 0u
          : unsigned{collection->fields[static_cast<std::size_t>(subscribe.sort.field)].number});
  out.u8(subscribe.sort.descending ? 1 : 0);
  out.varint(subscribe.page);
  out.varint(subscribe.page_size);
}

}  // namespace

void write_uuid(ByteWriter& out, const Uuid& id) {
  for (const std::uint8_t byte : id.bytes)
    out.u8(byte);
}

Uuid read_uuid(ByteReader& in) {
  Uuid id;
  for (std::uint8_t& byte : id.bytes)
    byte = in.u8();
  return id;
}

std::uint16_t read_u16(ByteReader& in) {
  return static_cast<std::uint16_t>(in.varint_max(UINT16_MAX));
}
std::uint32_t read_u32(ByteReader& in) {
  return static_cast<std::uint32_t>(in.varint_max(UINT32_MAX));
}
std::uint32_t read_block(ByteReader& in, std::uint32_t previous, bool first) {
  const auto gap = in.varint_max(UINT32_MAX / limits::kBlockRows - previous);
  if (gap == 0 && !first)
    in.fail();
  return previous + static_cast<std::uint32_t>(gap);
}
std::string read_name(ByteReader& in) { return std::string(in.text(limits::kNameBytes)); }

void write(ByteWriter& out, const Hello& hello) {
  out.varint(hello.protocol);
  out.text(hello.user);
  write_uuid(out, hello.client);
  out.varint(hello.generation);
  out.text(hello.ticket);
  out.text(hello.store);
  out.varint(hello.collections.size());
  for (const std::uint16_t collection : hello.collections)
    out.varint(collection);
  out.varint(hello.cursors.size());
  for (const Cursor& cursor : hello.cursors) {
    out.varint(cursor.collection);
    out.u64(cursor.epoch);
    out.u32(cursor.view);
    out.varint(cursor.sequence);
  }
  out.varint(hello.head);
  out.u64(hello.head_hash);
  out.varint(hello.unanswered.size());
  for (const MutationId& id : hello.unanswered)
    write_uuid(out, id);
  if (hello.abilities == 0)
    return;
  out.varint(hello.abilities);
  out.varint(hello.resumes.size());
  for (const Resume& resume : hello.resumes) {
    out.varint(resume.collection);
    out.u64(resume.epoch);
    out.varint(resume.start);
    out.varint(resume.next_part);
  }
}

void read(FrameReader& in, Hello& hello) {
  hello.protocol = read_u16(in);
  // What follows belongs to this protocol's layout; the server answers another one with
  // needs_update.
  if (in.ok() && hello.protocol != kProtocol)
    return;
  hello.user = read_name(in);
  hello.client = read_uuid(in);
  hello.generation = in.varint();
  hello.ticket = read_name(in);
  hello.store = read_name(in);
  std::uint64_t count = in.varint_max(limits::kFrameSections);
  for (std::uint64_t i = 0; i < count && in.ok(); ++i)
    hello.collections.push_back(read_u16(in));
  count = in.varint_max(limits::kFrameSections);
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    Cursor cursor;
    cursor.collection = read_u16(in);
    cursor.epoch = in.u64();
    cursor.view = in.u32();
    cursor.sequence = in.varint();
    hello.cursors.push_back(cursor);
  }
  hello.head = in.varint();
  hello.head_hash = in.u64();
  count = in.varint_max(limits::kQueueEntries);
  for (std::uint64_t i = 0; i < count && in.ok(); ++i)
    hello.unanswered.push_back(read_uuid(in));
  // Clients of the first version end here.
  hello.abilities = in.remaining() == 0 ? 0 : read_u32(in);
  count = hello.abilities == 0 ? 0 : in.varint_max(limits::kFrameSections);
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    Resume resume;
    resume.collection = read_u16(in);
    resume.epoch = in.u64();
    resume.start = in.varint();
    resume.next_part = static_cast<std::uint32_t>(in.varint_max(limits::kSnapshotParts));
    hello.resumes.push_back(resume);
  }
}

void write(ByteWriter& out, const Mutate& mutate) {
  out.varint(mutate.mutations.size());
  for (const sync::Mutation& mutation : mutate.mutations)
    sync::write_mutation(out, mutation);
}

void read(FrameReader& in, Mutate& mutate) {
  const std::uint64_t count = in.varint_max(limits::kMutationsPerMessage);
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    auto mutation = sync::read_mutation(in);
    if (!mutation.ok())
      return in.refuse(mutation.error().code);
    mutate.mutations.push_back(std::move(mutation).value());
  }
}

void write(ByteWriter& out, const Subscribe& subscribe) {
  out.varint(subscribe.subscription);
  write_page_spec(out, subscribe);
  if (subscribe.known != 0)
    out.u64(subscribe.known);
}

void read(FrameReader& in, Subscribe& subscribe) {
  subscribe.subscription = read_u32(in);
  subscribe.collection = read_u16(in);
  const model::CollectionDef* collection = model::find_collection(subscribe.collection);
  if (collection == nullptr) {
    subscribe.problem = ErrorCode::unknown_collection;
    return;
  }
  subscribe.filter = read_filter(in, *collection, subscribe.problem);
  const std::uint16_t field = read_u16(in);
  if (field != 0) {
    subscribe.sort.field = collection->field_index(field);
    if (subscribe.sort.field < 0)
      subscribe.problem = ErrorCode::unknown_field;
    else if (is_retired(*collection, subscribe.sort.field))
      subscribe.problem = ErrorCode::retired;
  }
  subscribe.sort.descending = in.u8() == 1;
  subscribe.page = read_u32(in);
  subscribe.page_size = read_u32(in);
  if (subscribe.page_size > limits::kPageSizeMax)
    subscribe.problem = ErrorCode::out_of_range;
  subscribe.known = in.remaining() == 0 ? 0 : in.u64();
}

std::uint32_t page_number(const Subscribe& subscribe) {
  ByteWriter spec;
  write_page_spec(spec, subscribe);
  return static_cast<std::uint32_t>(xxh64(spec.bytes()) & 0x7FFF'FFFF) + 1;
}

void write(ByteWriter& out, const Unsubscribe& unsubscribe) {
  out.varint(unsubscribe.subscription);
}
void write(ByteWriter& out, const Credentials& credentials) { out.text(credentials.ticket); }
void write(ByteWriter& out, const Ping& ping) { out.varint(ping.value); }

void read(FrameReader& in, Unsubscribe& unsubscribe) { unsubscribe.subscription = read_u32(in); }
void read(FrameReader& in, Credentials& credentials) { credentials.ticket = read_name(in); }
void read(FrameReader& in, Ping& ping) { ping.value = in.varint(); }

void write(ByteWriter& out, const Ranges& ranges) {
  out.varint(ranges.collection);
  out.u32(ranges.view);
  out.varint(ranges.sequence);
  out.varint(ranges.blocks.size());
  std::uint32_t previous = 0;
  for (const model::BlockSum& block : ranges.blocks) {
    out.varint(block.block - previous);
    out.u64(block.sum);
    previous = block.block;
  }
}

void read(FrameReader& in, Ranges& ranges) {
  ranges.collection = read_u16(in);
  ranges.view = in.u32();
  ranges.sequence = in.varint();
  const std::uint64_t count = in.varint_max(limits::kRangeBlocks);
  std::uint32_t block = 0;
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    block = read_block(in, block, i == 0);
    ranges.blocks.push_back({block, in.u64()});
  }
}

}  // namespace syncstore::wire
