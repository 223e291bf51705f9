#include "server/engine/snapshot_set.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "core/wire/frame_codec.hpp"
#include "core/wire/json_dialect.hpp"
#include "server/engine/staging.hpp"

namespace syncstore::engine {
namespace {

std::vector<const model::Record*> by_row(const model::Table& table) {
  std::vector<const model::Record*> records;
  records.reserve(table.size());
  table.for_each([&](const model::Record& record) { records.push_back(&record); });
  std::sort(records.begin(), records.end(),
            [](const auto* a, const auto* b) { return a->row < b->row; });
  return records;
}

std::size_t record_bytes(const model::Record& record) {
  std::size_t bytes = 32;
  for (const model::Value& value : record.values)
    bytes += model::is_absent(value) ? 0 : value_bytes(value);
  return bytes;
}

// What is sent in place of a snapshot is at most so much.
bool too_much(const StoreState& store, std::uint16_t collection, std::size_t rows,
              std::size_t bytes) {
  constexpr std::size_t kAlwaysLess = 256;  // rows: less than the frames around a snapshot cost
  if (rows > limits::kCatchUpRows || bytes > limits::kCatchUpBytes)
    return true;
  if (rows <= kAlwaysLess)
    return false;
  // A snapshot's columns pack about twice as well as rows do, and its parts are encoded once for
  // all.
  std::size_t whole = 0;
  store.table(collection).for_each([&](const model::Record& record) {
    whole += record_bytes(record);
  });
  return bytes > whole / 2;
}

SharedMessage shared(Bytes bytes) { return std::make_shared<const std::string>(std::move(bytes)); }

}  // namespace

std::shared_ptr<const SnapshotSet> build_binary_snapshot(const StoreState& store,
                                                         std::uint16_t collection,
                                                         model::Role role, std::size_t part_rows) {
  const model::Table& table = store.table(collection);
  auto set = std::make_shared<SnapshotSet>();
  set->collection = collection;
  set->sequence = table.last_sequence();
  set->epoch = store.epoch();
  set->rows = table.size();
  wire::Part part;
  part.collection = collection;
  std::size_t bytes = 0;
  const auto flush = [&] {
    if (part.rows.empty())
      return;
    set->messages.push_back(shared(wire::encode(wire::DownMessage(part))));
    ++part.index;
    part.rows.clear();
    bytes = 0;
  };
  for (const model::Record* record : by_row(table)) {
    const std::size_t more = record_bytes(*record);
    if (part.rows.size() >= part_rows ||
        bytes + more > limits::kPartOutputBytes / 2)
      flush();
    bytes += more;
    part.rows.push_back(*record);
  }
  flush();
  wire::Begin begin;
  begin.collection = collection;
  begin.view = wire::view_number(collection, role);
  begin.start = set->sequence;
  begin.rows = table.size();
  begin.parts = static_cast<std::uint32_t>(set->messages.size());
  set->begin = begin;
  set->messages.insert(set->messages.begin(), shared(wire::encode(wire::DownMessage(begin))));
  set->messages.push_back(shared(
      wire::encode(wire::DownMessage(wire::End{collection, set->sequence, table.digest()}))));
  for (const SharedMessage& message : set->messages)
    set->bytes += message->size();
  return set;
}

std::shared_ptr<const SnapshotSet> build_repair(const StoreState& store, std::uint16_t collection,
                                                model::Role role,
                                                const std::vector<std::uint32_t>& blocks) {
  const model::Table& table = store.table(collection);
  auto set = std::make_shared<SnapshotSet>();
  set->collection = collection;
  set->sequence = table.last_sequence();
  set->epoch = store.epoch();
  std::vector<wire::Repair> frames(1);
  std::size_t bytes = 0, all_bytes = 0;
  for (const std::uint32_t block : blocks) {
    std::vector<const model::Record*> rows;
    std::size_t more = 0;
    table.for_each_in_block(block, [&](const model::Record& record) {
      rows.push_back(&record);
      more += record_bytes(record);
    });
    if (frames.back().rows.size() + rows.size() > limits::kSnapshotPartRows ||
        (bytes + more > limits::kPartOutputBytes / 2 && !frames.back().blocks.empty())) {
      frames.emplace_back();
      bytes = 0;
    }
    frames.back().blocks.push_back(block);
    for (const model::Record* record : rows)
      frames.back().rows.push_back(*record);
    bytes += more;
    all_bytes += more;
    set->rows += rows.size();
    if (too_much(store, collection, set->rows, all_bytes))
      return nullptr;
  }
  for (std::size_t i = 0; i < frames.size(); ++i) {
    wire::Repair& frame = frames[i];
    frame.collection = collection;
    frame.view = wire::view_number(collection, role);
    frame.target = set->sequence;
    frame.more = i + 1 < frames.size();
    frame.digest = table.digest();
    set->messages.push_back(shared(wire::encode(wire::DownMessage(std::move(frame)))));
    set->bytes += set->messages.back()->size();
  }
  return set;
}

std::shared_ptr<const SnapshotSet> build_json_snapshot(const StoreState& store,
                                                       std::uint16_t collection, TimeMs now) {
  const model::Table& table = store.table(collection);
  auto set = std::make_shared<SnapshotSet>();
  set->collection = collection;
  set->sequence = table.last_sequence();
  set->epoch = store.epoch();
  wire::DataHead head;
  head.store = store.id();
  head.epoch = store.epoch();
  head.total = table.size();
  head.more = true;
  head.bulk = true;
  head.snapshot = true;
  head.now = now;
  const auto records = by_row(table);
  std::size_t next = 0;
  do {
    std::vector<const model::Record*> rows;
    std::size_t bytes = 0;
    while (next < records.size() && rows.size() < limits::kJsonBulkRows &&
           bytes < limits::kMessageBytes / 2) {
      bytes += record_bytes(*records[next]);
      rows.push_back(records[next++]);
    }
    const Sequence base = head.snapshot ? 0 : set->sequence;
    set->messages.push_back(shared(wire::render_rows(head, collection, base, set->sequence, rows)));
    head.snapshot = false;
  } while (next < records.size());
  return set;
}

std::size_t delta_bytes(const sync::Delta& delta) {
  std::size_t bytes = 0;
  for (const sync::RowDelta& row : delta.rows) {
    bytes += 16;
    for (const sync::FieldValue& field : row.fields)
      bytes += value_bytes(field.value) + 1;
  }
  return bytes;
}

bool snapshot_is_cheaper(const StoreState& store, const sync::Delta& delta,
                         std::size_t bytes_before) {
  return too_much(store, delta.collection, delta.rows.size(), bytes_before + delta_bytes(delta));
}

}  // namespace syncstore::engine
