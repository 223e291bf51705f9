// Marks: what a screen says beside a field: from the queue (saving, waiting, refused) and the open
// conflict records. ConflictIndex owns the places of open conflicts and follows the shown records
// of the conflicts collection. Single-threaded.
#pragma once

#include <unordered_map>
#include <vector>

#include "core/sync/conflict_record.hpp"
#include "core/sync/offline_queue.hpp"

namespace syncstore::sync {

// The worst of what is known about the field wins.
enum class FieldMark : std::uint8_t {
  clean = 0,
  saving = 1,
  queued = 2,
  conflict = 3,
  refused = 4
};
std::string_view mark_name(FieldMark mark);

class ConflictIndex {
 public:
  // A record of the conflicts collection changed; nullptr = not there.
  void update(const model::Record* before, const model::Record* after);
  void clear() { by_record_.clear(); }
  // Ids of open conflicts about this field, or about the record as a whole for kWholeRecord;
  // ascending.
  std::vector<RecordId> open(std::uint16_t collection, RecordId record, std::uint16_t field) const;
  bool any(std::uint16_t collection, RecordId record, std::uint16_t field) const;
  std::size_t records() const { return by_record_.size(); }

 private:
  struct Entry {
    std::uint16_t collection = 0;
    std::uint16_t field = kWholeRecord;
    RecordId conflict;
  };
  std::unordered_map<RecordId, std::vector<Entry>, RecordIdHash>
      by_record_;  // ascending by conflict
};

// `live`: a connection takes edits now, so what waits is on its way. Acked edits are clean: they
// are saved. A conflict or a parked removal of the record as a whole marks every field of it.
FieldMark field_mark(const OfflineQueue& queue, const ConflictIndex& conflicts, bool live,
                     std::uint16_t collection, RecordId record, std::uint16_t field);

}  // namespace syncstore::sync
