// Table: the records of one collection of one store in memory: the server's owner state and the
// browser's confirmed base alike. Invariants: row numbers and ids are unique; `digest` is the sum
// over the present records; `last_sequence` is the last sequence that touched this collection (put,
// touch and bury raise it). Single-threaded; pointers to records stay valid until that record is
// erased.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/limits.hpp"
#include "core/model/record.hpp"

namespace syncstore::model {

// Per field the sum mod 2^64 of H(record, field, value) over present values, plus `records`, the
// sum of H(record): one changed field costs two hashes, any reader can verify its own view.
//
// `places` is the sum of H(id, row number, version, time, author): which number a record goes by
// and who changed it last. 0 = not told (an older peer); two digests of the same values are equal
// whatever their places.
struct Digest {
  std::uint64_t records = 0;
  std::vector<std::uint64_t> fields;  // catalogue order
  std::uint64_t places = 0;
  std::uint64_t combined() const;  // one number for logs and quick comparison
  // Whether what a peer told is of the same records. A peer of another version has more fields or
  // fewer: those that both know are compared.
  bool agrees_with(const Digest& told) const;
  friend bool operator==(const Digest& a, const Digest& b) {
    return a.records == b.records && a.fields == b.fields;
  }
};

// The sum mod 2^64 over the records whose row number / kBlockRows is `block`, of everything that
// their readers see: id, number, version, time, author and all values. Two copies whose sums are
// equal hold the same in that block.
struct BlockSum {
  std::uint32_t block = 0;
  std::uint64_t sum = 0;
};

struct Tombstone {
  RecordId id;
  RowNumber row = 0;
  Sequence version = 0;  // of the removal
  TimeMs at = 0;
  std::uint32_t by = 0;
};

class Table {
 public:
  explicit Table(const CollectionDef& collection);

  const CollectionDef& collection() const { return *collection_; }
  std::size_t size() const { return by_id_.size(); }
  const Record* find(RecordId id) const;
  const Record* find_row(RowNumber row) const;
  const Tombstone* find_tombstone(RecordId id) const;
  const Tombstone* find_tombstone_row(RowNumber row) const;
  // Id of the record that has this value in a unique field (fold_case applied here); 0 when none.
  RecordId find_unique(std::size_t field_index, std::string_view value) const;

  // The whole record, new or replacing; keeps digest, unique indexes and row map true; lifts a
  // tombstone of that id.
  const Record& put(Record record);
  // Changes one field in place; the record must exist, as for touch.
  void set_value(RecordId id, std::size_t field_index, Value value);
  void touch(RecordId id, Sequence version, TimeMs at, std::uint32_t by);
  bool erase(RecordId id);                // without tombstone (client, rollback of a batch)
  void bury(const Tombstone& tombstone);  // erase + tombstone
  void forget_tombstone(RecordId id);     // its removal is older than anybody asks for
  void clear();

  // Every record, in unspecified but deterministic order.
  template <class F>
  void for_each(F&& visit) const {
    for (const auto& slot : rows_) {
      if (slot) {
        visit(*slot);
      }
    }
  }
  template <class F>
  void for_each_tombstone(F&& visit) const {
    for (const auto& [id, tombstone] : tombstones_) {
      visit(tombstone);
    }
  }
  const Digest& digest() const { return digest_; }
  // Computed when asked. All blocks with records, ascending; and one block (0 = nothing in it).
  std::vector<BlockSum> block_sums() const;
  std::uint64_t block_sum(std::uint32_t block) const;
  template <class F>
  void for_each_in_block(std::uint32_t block, F&& visit) const {
    const std::uint64_t first = std::uint64_t{block} * limits::kBlockRows;
    for (std::uint64_t row = first; row < first + limits::kBlockRows; ++row) {
      if (const Record* record = find_row(static_cast<RowNumber>(row)))
        visit(*record);
    }
  }
  Sequence last_sequence() const { return last_sequence_; }
  void set_last_sequence(Sequence sequence) { last_sequence_ = sequence; }
  RowNumber next_row() const { return next_row_; }
  void reserve_rows_through(RowNumber row);  // after loading: rows up to here were used

 private:
  void add_to_digest(const Record& record, bool add);
  void index_unique(const Record& record, bool add);
  void index_value(const Record& record, std::size_t field_index, bool add);
  Record& existing(RecordId id);
  std::uint32_t take_slot();

  const CollectionDef* collection_;
  std::vector<std::unique_ptr<Record>> rows_;                        // by slot
  std::unordered_map<RecordId, std::uint32_t, RecordIdHash> by_id_;  // id -> slot
  std::unordered_map<RowNumber, std::uint32_t> by_row_;              // row -> slot
  std::vector<std::uint32_t> free_slots_;
  std::unordered_map<RecordId, Tombstone, RecordIdHash> tombstones_;
  std::unordered_map<RowNumber, RecordId> tombstone_rows_;
  std::vector<std::unordered_map<std::string, RecordId>> unique_;  // per unique field
  std::vector<int> unique_slot_;  // field index -> index in unique_, or -1
  Digest digest_;
  Sequence last_sequence_ = 0;
  RowNumber next_row_ = 1;
};

}  // namespace syncstore::model
