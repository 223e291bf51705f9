// Staging: what one commit batch changes in one store before it is durable: the view that merge
// reads (committed memory + this batch) and the writes for storage. Numbers rows, change sets and
// authors; dropping it takes every number back. Engine executor only.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/sync/merge.hpp"
#include "server/engine/store_state.hpp"
#include "server/ports/crypto.hpp"
#include "server/ports/storage.hpp"

namespace syncstore::engine {

class Staging final : public sync::MergeView {
 public:
  // Invariant of use: `store` does not change while this lives. `now` is the wall clock; log time
  // never goes back.
  Staging(const StoreState& store, const ports::Crypto& crypto, TimeMs now);

  const model::Record* find(std::uint16_t collection, RecordId id) const override;
  bool was_removed(std::uint16_t collection, RecordId id) const override;
  RecordId find_unique(std::uint16_t collection, std::uint16_t field,
                       std::string_view value) const override;
  std::vector<RecordId> open_conflicts(std::uint16_t collection, RecordId record,
                                       std::uint16_t field) const override;
  std::string author_name(std::uint32_t author) const override;
  // From this batch and the newest change sets in memory; a field whose last change is older than
  // those: the record's.
  Touch last_touch(std::uint16_t collection, RecordId id, std::uint16_t field) const override;

  const StoreState& store() const { return *store_; }
  TimeMs log_time() const { return log_time_; }
  Sequence sequence() const { return store_->sequence() + change_sets_.size(); }
  bool is_active() const;  // the store, with this batch's changes
  // Number of this author, a new one when the store has not met them; 0 for the system ("").
  std::uint32_t author_number(const std::string& user, const std::string& name);

  // Takes what merge answered as one change set; answers its sequence.
  Sequence add(sync::ChangeSet change_set);
  void add_receipt(ports::StoredReceipt receipt);
  const ports::StoredReceipt* receipt(const MutationId& id) const;

  bool empty() const { return change_sets_.empty() && receipts_.empty() && new_authors_.empty(); }
  // Approximate bytes of the values this batch writes.
  std::size_t bytes() const { return bytes_; }
  ports::StoreCommit commit() const;
  const std::vector<SharedChangeSet>& change_sets() const { return change_sets_; }

 private:
  friend class StoreState;
  using Place = std::pair<std::uint16_t, RecordId>;
  struct Touched {
    std::optional<model::Record> record;  // as it will be; nullopt = removed
    model::Tombstone tombstone;           // when removed
    bool replaced = false;  // inserted or removed in between: not a mere change of fields
    std::vector<std::uint16_t> fields;  // changed ones, unsorted, may repeat
  };
  Touched& touch(std::uint16_t collection, RecordId id);
  void take_change(const sync::ChangeSet& change_set, sync::Change& change);
  void move_unique(std::uint16_t collection, RecordId id, std::uint16_t field,
                   const model::Value& before, const model::Value& after);
  void move_conflict(RecordId id, const model::Record* before, const model::Record* after);

  const StoreState* store_;
  const ports::Crypto* crypto_;
  TimeMs log_time_;
  std::string log_hash_;
  std::map<Place, Touched> touched_;
  std::map<std::pair<std::uint16_t, std::uint16_t>, std::unordered_map<std::string, RecordId>>
      unique_;
  std::map<ConflictKey, std::vector<RecordId>> conflicts_;  // whole lists, copied on first change
  std::map<std::uint16_t, RowNumber> next_row_;
  std::vector<ports::StoredAuthor> new_authors_;
  std::vector<SharedChangeSet> change_sets_;
  std::vector<ports::LogEntry> log_;
  std::vector<ports::StoredReceipt> receipts_;
  std::unordered_map<Uuid, std::size_t, UuidHash> receipt_index_;
  std::size_t bytes_ = 0;
};

// Approximate bytes of a value in memory and on the wire.
std::size_t value_bytes(const model::Value& value);

}  // namespace syncstore::engine
