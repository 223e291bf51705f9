#include "core/sync/marks.hpp"

#include <algorithm>

namespace syncstore::sync {
namespace {

bool writes_field(const Op& op, std::uint16_t field) {
  if (op.kind == OpKind::remove)
    return true;
  if (op.kind != OpKind::insert)
    return op.field == field;
  return std::any_of(op.fields.begin(), op.fields.end(),
                     [field](const FieldValue& item) { return item.field == field; });
}

FieldMark mark_of(const QueueEntry& entry, bool live) {
  switch (entry.state) {
    case EntryState::waiting:
    case EntryState::sent:
      return live ? FieldMark::saving : FieldMark::queued;
    case EntryState::parked:
      return FieldMark::refused;
    case EntryState::acked:
      break;
  }
  return FieldMark::clean;
}

}  // namespace

std::string_view mark_name(FieldMark mark) {
  switch (mark) {
    case FieldMark::clean:
      return "clean";
    case FieldMark::saving:
      return "saving";
    case FieldMark::queued:
      return "queued";
    case FieldMark::conflict:
      return "conflict";
    case FieldMark::refused:
      return "refused";
  }
  return "clean";
}

void ConflictIndex::update(const model::Record* before, const model::Record* after) {
  if (before != nullptr && is_open_conflict(*before)) {
    if (const std::optional<ConflictPlace> place = conflict_place(*before)) {
      const auto known = by_record_.find(place->record);
      if (known != by_record_.end()) {
        std::erase_if(known->second,
                      [before](const Entry& entry) { return entry.conflict == before->id; });
        if (known->second.empty())
          by_record_.erase(known);
      }
    }
  }
  if (after == nullptr || !is_open_conflict(*after))
    return;
  const std::optional<ConflictPlace> place = conflict_place(*after);
  if (!place)
    return;
  std::vector<Entry>& entries = by_record_[place->record];
  const auto at =
      std::lower_bound(entries.begin(), entries.end(), after->id,
                       [](const Entry& entry, RecordId id) { return entry.conflict < id; });
  if (at != entries.end() && at->conflict == after->id)
    return;
  entries.insert(at, Entry{place->collection, place->field, after->id});
}

std::vector<RecordId> ConflictIndex::open(std::uint16_t collection, RecordId record,
                                          std::uint16_t field) const {
  std::vector<RecordId> ids;
  const auto known = by_record_.find(record);
  if (known == by_record_.end())
    return ids;
  for (const Entry& entry : known->second) {
    if (entry.collection == collection && entry.field == field)
      ids.push_back(entry.conflict);
  }
  return ids;
}

bool ConflictIndex::any(std::uint16_t collection, RecordId record, std::uint16_t field) const {
  const auto known = by_record_.find(record);
  return known != by_record_.end() &&
         std::any_of(known->second.begin(), known->second.end(), [&](const Entry& entry) {
           return entry.collection == collection && entry.field == field;
         });
}

FieldMark field_mark(const OfflineQueue& queue, const ConflictIndex& conflicts, bool live,
                     std::uint16_t collection, RecordId record, std::uint16_t field) {
  FieldMark worst = FieldMark::clean;
  if (conflicts.any(collection, record, field) || conflicts.any(collection, record, kWholeRecord)) {
    worst = FieldMark::conflict;
  }
  for (const std::uint64_t number : queue.entries_of(collection, record)) {
    const QueueEntry& entry = *queue.find(number);
    const bool on_field =
        std::any_of(entry.mutation.ops.begin(), entry.mutation.ops.end(), [&](const Op& op) {
          return op.collection == collection && op.record == record && writes_field(op, field);
        });
    if (on_field)
      worst = std::max(worst, mark_of(entry, live));
  }
  return worst;
}

}  // namespace syncstore::sync
