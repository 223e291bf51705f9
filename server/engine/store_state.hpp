// StoreState: the owner's memory of one store: its tables, authors, sequence, epoch, log hash,
// receipts, open conflicts and the newest change sets. Invariant: equal to what storage holds after
// the last commit that was answered; only the Committer changes it, and only after such an answer.
// Engine executor only; a pointer is good until control returns to the executor.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/model/table.hpp"
#include "core/sync/batch.hpp"
#include "core/sync/merge.hpp"
#include "server/engine/page_trees.hpp"
#include "server/ports/storage.hpp"

namespace syncstore::engine {

class Staging;
using SharedChangeSet = std::shared_ptr<const sync::ChangeSet>;

// (collection, record, field index) of an open conflict; kWholeRecord for conflicts about a
// removal.
inline constexpr std::uint16_t kWholeRecord = 0xFFFF;
struct ConflictKey {
  std::uint16_t collection = 0;
  RecordId record;
  std::uint16_t field = kWholeRecord;
  friend bool operator<(const ConflictKey& a, const ConflictKey& b) {
    if (a.collection != b.collection)
      return a.collection < b.collection;
    if (a.record != b.record)
      return a.record < b.record;
    return a.field < b.field;
  }
};
// The place an open conflict record is about; nullopt when it is not open or names something
// unknown.
std::optional<ConflictKey> open_conflict_key(const model::Record& conflict);

class StoreState {
 public:
  StoreState(StoreId id, Epoch epoch);  // an empty store that is not stored yet
  // Errors: corrupt (a row or receipt that contradicts another).
  static Result<std::unique_ptr<StoreState>> from_image(const ports::StoreImage& image);
  ~StoreState();

  const StoreId& id() const { return id_; }
  Epoch epoch() const { return epoch_; }
  void set_epoch(Epoch epoch) { epoch_ = epoch; }  // after storage did
  Sequence sequence() const { return sequence_; }
  const std::string& log_hash() const { return log_hash_; }
  std::uint64_t head_hash() const { return short_hash(log_hash_); }
  // Hash of the log at a sequence among the newest; nullopt when it is older than those kept.
  std::optional<std::uint64_t> hash_at(Sequence sequence) const;
  TimeMs log_time() const { return log_time_; }
  bool stored() const { return stored_; }

  const model::Table& table(std::uint16_t collection) const;
  const model::Record* find(std::uint16_t collection, RecordId id) const {
    return table(collection).find(id);
  }
  // The store_info record; nullptr in a store without one (the installation's).
  const model::Record* info() const;
  bool is_active() const;

  const std::vector<ports::StoredAuthor>& authors() const {
    return authors_;
  }  // number = index + 1
  const ports::StoredAuthor* author(std::uint32_t number) const;
  std::uint32_t author_number(std::string_view user) const;  // 0 = none yet

  const ports::StoredReceipt* receipt(const MutationId& id) const;
  bool all_receipts() const { return all_receipts_; }
  std::vector<RecordId> open_conflicts(const ConflictKey& key) const;

  // The page of a list, from counted trees that are kept per (collection, filter, sort) and follow
  // every commit.
  PageRows read_page(std::uint16_t collection, const view::Filter& filter, const view::Sort& sort,
                     std::uint32_t page, std::uint32_t size);
  // The trees of those and of watched pages.
  PageTrees& page_trees() { return trees_; }

  // What takes a copy of a collection from `cursor` (its last sequence of that collection) to now;
  // without rows when it is there already. Exact field changes while the newest change sets reach
  // back, else whole rows (as inserts) and removals.
  sync::Delta delta_since(std::uint16_t collection, Sequence cursor) const;
  // The collection's last sequence that is <= `at`, as exactly as memory knows.
  Sequence collection_sequence_at(std::uint16_t collection, Sequence at) const;
  // Whether every removal in a collection after this sequence is remembered, in the tail or as a
  // tombstone.
  bool remembers_removals_since(std::uint16_t collection, Sequence cursor) const {
    return cursor >= tombstone_floor(collection) || tail_reaches(cursor);
  }
  // Which row numbers of a collection live now, as wire::Live says it.
  Bytes live_rows(std::uint16_t collection) const;
  Sequence tombstone_floor(std::uint16_t collection) const;
  // At most `limit` tombstones from before `time` that may be forgotten.
  std::vector<ports::StoreCommit::RowRemoval> old_tombstones(TimeMs time, std::size_t limit) const;
  // Whether memory has every change set after this sequence.
  bool tail_reaches(Sequence after) const;
  const std::deque<SharedChangeSet>& tail() const { return tail_; }  // consecutive, newest last
  // Entries of the log that were committed before this store was loaded, newest last; done once, by
  // the registry.
  void prime_tail(const std::vector<ports::LogEntry>& entries);

  // Called by the Committer alone, after the commit is durable.
  void apply(Staging&& staging);
  // Called by TombstoneTrim alone, after storage forgot them.
  void forget_tombstones(const std::vector<ports::StoreCommit::RowRemoval>& removals);

  static std::uint64_t short_hash(std::string_view log_hash);

 private:
  friend class Staging;
  void index_conflict(const model::Record* before, const model::Record* after);
  void remember_receipt(ports::StoredReceipt receipt);
  void remember_tail(SharedChangeSet change_set, std::uint64_t hash, std::size_t bytes);
  sync::Delta rows_since(std::uint16_t collection, Sequence cursor) const;

  StoreId id_;
  Epoch epoch_ = 0;
  Sequence sequence_ = 0;
  std::map<std::uint16_t, Sequence> tombstone_floors_;  // removals up to here may be forgotten
  std::string log_hash_;
  TimeMs log_time_ = 0;
  bool stored_ = false;
  std::vector<model::Table> tables_;  // catalogue order
  std::vector<ports::StoredAuthor> authors_;
  std::unordered_map<std::string, std::uint32_t> author_by_user_;
  std::unordered_map<Uuid, ports::StoredReceipt, UuidHash> receipts_;
  std::deque<MutationId> receipt_order_;  // oldest first, what is dropped from memory
  bool all_receipts_ = true;
  std::map<ConflictKey, std::vector<RecordId>> open_conflicts_;
  std::deque<SharedChangeSet> tail_;
  std::deque<std::uint64_t> tail_hashes_;  // of the same entries
  std::deque<std::size_t> tail_sizes_;     // bytes of the same entries in the log
  std::size_t tail_bytes_ = 0;
  PageTrees trees_;
};

}  // namespace syncstore::engine
