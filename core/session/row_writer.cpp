#include "core/session/row_writer.hpp"

#include <algorithm>

#include "core/base/json.hpp"
#include "core/base/limits.hpp"
#include "core/session/queue_windows.hpp"
#include "core/wire/json_dialect.hpp"

namespace syncstore::session {
namespace {

using model::CollectionDef;

const std::string& text_of(const model::Record& record, const CollectionDef& collection,
                           std::string_view name) {
  static const std::string kNone;
  const int field = collection.field_index(name);
  if (field < 0)
    return kNone;
  const auto* text = std::get_if<std::string>(&record.values[static_cast<std::size_t>(field)]);
  return text == nullptr ? kNone : *text;
}

// The row that an open conflict is about; id 0 when it is not open or not readable.
RowKey target_of(const model::Record* conflict) {
  if (conflict == nullptr)
    return {};
  const CollectionDef& conflicts = *model::find_collection(model::kConflicts);
  if (text_of(*conflict, conflicts, "status") != "open")
    return {};
  const CollectionDef* about =
      model::find_collection(std::string_view(text_of(*conflict, conflicts, "data_type")));
  const auto record = RecordId::parse(text_of(*conflict, conflicts, "record"));
  if (about == nullptr || !record)
    return {};
  return {about->number, *record};
}

void append_pair(std::string& out, bool& first, std::string_view key, std::string_view value) {
  if (!first)
    out += ',';
  first = false;
  append_json_string(out, key);
  out += ':';
  append_json_string(out, value);
}

std::string_view mark_name(int rank) {
  static constexpr std::string_view kNames[] = {"clean",  "saved",    "saving",
                                                "queued", "conflict", "refused"};
  return kNames[rank];
}

// Ranks: the worst mark of a field wins.
enum MarkRank : int { kSaved = 1, kSaving = 2, kQueued = 3, kConflict = 4, kRefused = 5 };

std::string sentence_of(const sync::OpOutcome& outcome) {
  return outcome.message.empty() ? std::string(error_sentence(outcome.code)) : outcome.message;
}

template <class Visit>
void for_each_field(const sync::Op& op, Visit&& visit) {
  if (op.kind == sync::OpKind::insert) {
    for (const sync::FieldValue& field : op.fields)
      visit(field.field);
  } else if (op.kind != sync::OpKind::remove) {
    visit(op.field);
  }
}

}  // namespace

std::vector<RowKey> RowWriter::conflict_changed(const model::Record* before,
                                                const model::Record* after) {
  const RowKey old_target = target_of(before);
  const RowKey new_target = target_of(after);
  std::vector<RowKey> touched;
  if (old_target.id) {
    auto found = conflicts_.find(old_target);
    if (found != conflicts_.end() && found->second.erase(before->id) > 0)
      --open_conflicts_;
    if (found != conflicts_.end() && found->second.empty())
      conflicts_.erase(found);
    touched.push_back(old_target);
  }
  if (new_target.id) {
    if (conflicts_[new_target].insert(after->id).second)
      ++open_conflicts_;
    touched.push_back(new_target);
  }
  return touched;
}

std::vector<RowKey> RowWriter::forget_conflicts() {
  std::vector<RowKey> touched;
  for (const auto& [key, ids] : conflicts_)
    touched.push_back(key);
  conflicts_.clear();
  open_conflicts_ = 0;
  return touched;
}

void RowWriter::note_foreign(const RowKey& key, std::uint16_t field, TimeMs at,
                             std::uint32_t author) {
  // A screen looks at few rows: dropping the oldest half of what was noted costs a tint at most.
  if (foreign_.size() > limits::kNotedChanges)
    foreign_.clear();
  foreign_[key][field] = {at, author};
}

void RowWriter::note_removed(const RowKey& key, TimeMs at, std::uint32_t author) {
  if (removed_.size() > limits::kNotedChanges)
    removed_.clear();
  removed_[key] = {at, author};
}

void RowWriter::note_saved(const RowKey& key, std::uint16_t field, TimeMs until) {
  if (saved_.size() > limits::kNotedChanges) {
    saved_.clear();
    saved_ends_.clear();
  }
  saved_[key][field] = until;
  if (saved_ends_.empty() || saved_ends_.back() != std::pair(until, key))
    saved_ends_.emplace_back(until, key);
}

std::vector<RowKey> RowWriter::expire_saved(TimeMs now) {
  std::vector<RowKey> touched;
  for (; !saved_ends_.empty() && saved_ends_.front().first <= now; saved_ends_.pop_front()) {
    const auto row = saved_.find(saved_ends_.front().second);
    if (row == saved_.end())
      continue;
    const std::size_t before = row->second.size();
    for (auto field = row->second.begin(); field != row->second.end();) {
      field = field->second <= now ? row->second.erase(field) : std::next(field);
    }
    if (row->second.size() != before)
      touched.push_back(row->first);
    if (row->second.empty())
      saved_.erase(row);
  }
  return touched;
}

void RowWriter::append_author(std::string& out, std::uint32_t author) const {
  const auto found = authors_.find(author);
  if (found == authors_.end() || found->second.name.empty()) {
    out += "null";
  } else {
    append_json_string(out, found->second.name);
  }
}

void RowWriter::append_marks(std::string& out, const RowKey& key,
                             const CollectionDef& collection) const {
  std::map<std::uint16_t, int> ranks;
  std::map<std::uint16_t, std::string> reasons;
  std::string refused;
  const auto raise = [&](std::uint16_t field, int rank) {
    ranks[field] = std::max(ranks[field], rank);
  };
  if (const auto saved = saved_.find(key); saved != saved_.end()) {
    for (const auto& [field, until] : saved->second)
      raise(field, kSaved);
  }
  for (const std::uint64_t number : queue_.entries_of(key.collection, key.id)) {
    const sync::QueueEntry* entry = queue_.find(number);
    if (entry == nullptr || entry->state == sync::EntryState::acked)
      continue;
    if (entry->state == sync::EntryState::parked) {
      refused += refused.empty() ? ",\"refused\":[" : ",";
      entries_.append(refused, *entry);
    }
    for (std::size_t i = 0; i < entry->mutation.ops.size(); ++i) {
      const sync::Op& op = entry->mutation.ops[i];
      if (op.collection != key.collection || op.record != key.id)
        continue;
      int rank = live_ ? kSaving : kQueued;
      std::string reason;
      if (entry->state == sync::EntryState::parked) {
        rank = kRefused;
        if (i < entry->result.ops.size())
          reason = sentence_of(entry->result.ops[i]);
      }
      for_each_field(op, [&](std::uint16_t field) {
        if (collection.field_at(field) == nullptr)
          return;  // queued by another version: only the outbox can tell of it
        raise(field, rank);
        if (!reason.empty())
          reasons[field] = reason;
      });
    }
  }
  if (const auto open = conflicts_.find(key); open != conflicts_.end()) {
    const CollectionDef& conflicts = *model::find_collection(model::kConflicts);
    for (const RecordId id : open->second) {
      const model::Record* conflict = replica_.shown(model::kConflicts, id);
      const int field =
          conflict == nullptr ? -1 : collection.field_index(text_of(*conflict, conflicts, "field"));
      if (field >= 0)
        raise(static_cast<std::uint16_t>(field), kConflict);
    }
  }
  out += ",\"marks\":{";
  bool first = true;
  for (const auto& [field, rank] : ranks) {
    append_pair(out, first, collection.fields[field].name, mark_name(rank));
  }
  out += "},\"reasons\":{";
  first = true;
  for (const auto& [field, reason] : reasons)
    append_pair(out, first, collection.fields[field].name, reason);
  out += '}';
  if (!refused.empty())
    out += refused + ']';
}

void RowWriter::append_conflicts(std::string& out, const RowKey& key) const {
  static constexpr std::pair<std::string_view, std::string_view> kParts[] = {
      {"mine", "mine"},          {"theirs", "theirs"},  {"base", "base"},
      {"mineBy", "mine_by"},     {"mineAt", "mine_at"}, {"theirsBy", "theirs_by"},
      {"theirsAt", "theirs_at"},
  };
  out += ",\"conflicts\":{";
  if (const auto open = conflicts_.find(key); open != conflicts_.end()) {
    const CollectionDef& conflicts = *model::find_collection(model::kConflicts);
    std::set<std::string> fields;  // one per field: a JSON object has no doubles
    for (const RecordId id : open->second) {
      const model::Record* conflict = replica_.shown(model::kConflicts, id);
      if (conflict == nullptr)
        continue;
      const std::string& field = text_of(*conflict, conflicts, "field");
      if (!fields.insert(field).second)
        continue;
      if (fields.size() > 1)
        out += ',';
      append_json_string(out, field);
      out += ":{\"id\":\"" + id.text() + '"';
      for (const auto& [name, source] : kParts) {
        const auto index = static_cast<std::size_t>(conflicts.field_index(source));
        out += ",\"";
        out += name;
        out += "\":";
        wire::append_value(out, conflicts.fields[index], conflict->values[index],
                           model::TimeForm::milliseconds);
      }
      out += '}';
    }
  }
  out += '}';
}

void RowWriter::append_foreign(std::string& out, const RowKey& key,
                               const CollectionDef& collection) const {
  out += ",\"foreign\":{";
  if (const auto noted = foreign_.find(key); noted != foreign_.end()) {
    bool first = true;
    for (const auto& [field, change] : noted->second) {
      if (!first)
        out += ',';
      first = false;
      append_json_string(out, collection.fields[field].name);
      out += ":{\"at\":" + std::to_string(change.at) + ",\"by\":";
      append_author(out, change.author);
      out += '}';
    }
  }
  out += '}';
}

bool RowWriter::is_going(const RowKey& key) const {
  for (const std::uint64_t number : queue_.entries_of(key.collection, key.id)) {
    const sync::QueueEntry* entry = queue_.find(number);
    if (entry == nullptr || !sync::is_unanswered(*entry))
      continue;
    for (const sync::Op& op : entry->mutation.ops) {
      if (op.kind == sync::OpKind::remove && op.collection == key.collection && op.record == key.id)
        return true;
    }
  }
  return false;
}

std::string RowWriter::row(const RowKey& key, bool placed, bool removed) const {
  const CollectionDef& collection = *model::find_collection(key.collection);
  const model::Record* shown = replica_.shown(key.collection, key.id);
  // Of a removal that waits the server's values are still known.
  const model::Record* record =
      shown != nullptr ? shown : replica_.base(key.collection).find(key.id);
  std::string out = "{\"id\":\"" + key.id.text() + '"';
  if (record != nullptr) {
    out += ",\"fields\":{";
    wire::append_fields(out, collection, record->values, model::TimeForm::milliseconds, true);
    out += "},\"version\":" + std::to_string(record->version);
    out +=
        ",\"changedAt\":" + (record->changed_at == 0 ? "null" : std::to_string(record->changed_at));
    out += ",\"changedBy\":";
    append_author(out, record->changed_by);
  }
  append_marks(out, key, collection);
  append_conflicts(out, key);
  append_foreign(out, key, collection);
  out += ",\"removed\":";
  if (shown == nullptr || removed) {
    const auto noted = removed_.find(key);
    const Noted by = noted == removed_.end() ? Noted{} : noted->second;
    out += "{\"by\":";
    append_author(out, by.author);
    out += ",\"at\":" + (by.at == 0 ? "null" : std::to_string(by.at));
    out += is_going(key) ? ",\"going\":true}" : "}";
  } else {
    out += "null";
  }
  out += placed ? ",\"placed\":true}" : ",\"placed\":false}";
  return out;
}

}  // namespace syncstore::session
