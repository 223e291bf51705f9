// MergeStage: the records that one mutation touches, as they would be afterwards, over the view
// that merge reads. Owns copies of touched records only. Invariant: nothing here reaches the view;
// changes() is the whole effect. Internal to merge.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "core/sync/merge.hpp"

namespace syncstore::sync {

class MergeStage {
 public:
  struct Item {
    std::uint16_t collection = 0;
    RecordId id;
    const model::Record* before = nullptr;                         // as the view has it
    std::optional<model::Record> after;                            // nullopt: not there
    std::size_t last_op = 0;                                       // who to blame for the record
    std::vector<std::pair<std::uint16_t, std::size_t>> field_ops;  // field -> last op that wrote it
  };

  explicit MergeStage(const MergeView& view) : view_(view) {}

  const MergeView& view() const { return view_; }
  const model::Record* find(std::uint16_t collection, RecordId id) const;
  bool was_removed(std::uint16_t collection, RecordId id) const;
  // Open conflicts about a field, as this mutation leaves them.
  std::vector<RecordId> open_conflicts(std::uint16_t collection, RecordId record,
                                       std::uint16_t field) const;

  // The record must be there.
  void set(std::uint16_t collection, RecordId id, std::uint16_t field, model::Value value,
           std::size_t op);
  void insert(std::uint16_t collection, model::Record record, std::size_t op);
  void remove(std::uint16_t collection, RecordId id, std::size_t op);

  const std::deque<Item>& items() const { return items_; }  // in the order of first touch
  std::size_t blame(const Item& item, int field) const;     // field < 0: the record
  std::vector<Change> changes() const;

 private:
  Item& item(std::uint16_t collection, RecordId id);
  const Item* find_item(std::uint16_t collection, RecordId id) const;

  const MergeView& view_;
  std::deque<Item> items_;  // found records stay where they are while others join
  std::map<std::pair<std::uint16_t, std::uint64_t>, std::size_t> places_;
};

}  // namespace syncstore::sync
