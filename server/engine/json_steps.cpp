#include "server/engine/json_steps.hpp"

#include <algorithm>

#include "core/base/limits.hpp"

namespace syncstore::engine {

JsonStep json_step(const StoreState& store, std::uint16_t collection, Sequence since) {
  const model::Table& table = store.table(collection);
  JsonStep step;
  step.collection = collection;
  step.base = store.collection_sequence_at(collection, since);
  step.target = std::max(step.base, table.last_sequence());
  if (since >= table.last_sequence())
    return step;
  if (store.tail_reaches(since)) {
    step.exact = store.delta_since(collection, since);
    return step;
  }
  table.for_each([&](const model::Record& record) {
    if (record.version > since)
      step.records.push_back(&record);
  });
  table.for_each_tombstone([&](const model::Tombstone& tombstone) {
    if (tombstone.version > since)
      step.removals.push_back(tombstone);
  });
  std::sort(step.records.begin(), step.records.end(),
            [](const auto* a, const auto* b) { return a->row < b->row; });
  std::sort(step.removals.begin(), step.removals.end(),
            [](const auto& a, const auto& b) { return a.row < b.row; });
  return step;
}

std::vector<std::string> render_step(const StoreState& store, const JsonStep& step,
                                     wire::DataHead head) {
  head.store = store.id();
  head.epoch = store.epoch();
  head.total = store.table(step.collection).size();
  const bool more_after = head.more;
  std::vector<std::string> messages;
  const std::size_t exact = step.exact.rows.size();
  std::size_t row = 0, record = 0, removal = 0;
  do {
    if (exact != 0) {
      sync::Delta chunk;
      chunk.collection = step.collection;
      chunk.base = step.base;
      chunk.target = step.target;
      const std::size_t count = std::min(limits::kJsonBulkRows, exact - row);
      const auto first = step.exact.rows.begin() + static_cast<std::ptrdiff_t>(row);
      chunk.rows.assign(first, first + static_cast<std::ptrdiff_t>(count));
      row += count;
      head.more = row < exact || more_after;
      messages.push_back(wire::render_delta(head, chunk));
      continue;
    }
    std::vector<const model::Record*> records;
    std::vector<model::Tombstone> removals;
    while (removal < step.removals.size() && removals.size() < limits::kJsonBulkRows) {
      removals.push_back(step.removals[removal++]);
    }
    while (record < step.records.size() &&
           removals.size() + records.size() < limits::kJsonBulkRows) {
      records.push_back(step.records[record++]);
    }
    head.more = removal < step.removals.size() || record < step.records.size() || more_after;
    messages.push_back(
        wire::render_rows(head, step.collection, step.base, step.target, records, removals));
  } while (row < exact || record < step.records.size() || removal < step.removals.size());
  return messages;
}

}  // namespace syncstore::engine
