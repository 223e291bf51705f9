#include "core/sync/batch.hpp"

#include <algorithm>

namespace syncstore::sync {
namespace {

// Which later change of the same row wins: the last value per field, ascending by field.
void put_field(RowDelta& row, std::uint16_t field, const model::Value& value) {
  auto place = std::lower_bound(row.fields.begin(), row.fields.end(), field,
                                [](const FieldValue& a, std::uint16_t b) { return a.field < b; });
  const bool there = place != row.fields.end() && place->field == field;
  if (row.kind == ChangeKind::insert && model::is_absent(value)) {
    if (there)
      row.fields.erase(place);
  } else if (there) {
    place->value = value;
  } else {
    row.fields.insert(place, FieldValue{field, value});
  }
}

Error corrupt(const Delta& delta, const RowDelta& row, std::string_view what) {
  return fail(ErrorCode::corrupt, "Row " + std::to_string(row.row) + " of collection " +
                                      std::to_string(delta.collection) + " " + std::string(what) +
                                      ".");
}

using BeforeChange = std::function<void(RecordId, const model::Record*)>;

Status apply_insert(model::Table& table, const Delta& delta, const RowDelta& row,
                    const BeforeChange& before_change) {
  const model::Record* there = table.find(row.id);
  const model::Record* in_row = table.find_row(row.row);
  if (!row.id || row.row == 0)
    return corrupt(delta, row, "is inserted without an id or number");
  // A record may come back under another number (removed and inserted again since the cursor); a
  // number never changes hands.
  if (in_row != nullptr && in_row != there)
    return corrupt(delta, row, "is taken");
  model::Record record;
  record.id = row.id;
  record.row = row.row;
  record.version = row.version;
  record.changed_at = row.time;
  record.changed_by = row.author;
  record.values.resize(table.collection().fields.size());
  for (const FieldValue& field : row.fields) {
    if (field.field >= record.values.size())
      return corrupt(delta, row, "names an unknown field");
    record.values[field.field] = field.value;
  }
  if (before_change)
    before_change(row.id, there);
  table.put(std::move(record));
  return {};
}

Status apply_update(model::Table& table, const Delta& delta, const RowDelta& row,
                    const BeforeChange& before_change) {
  const model::Record* record = table.find_row(row.row);
  if (record == nullptr)
    return corrupt(delta, row, "is not known");
  for (const FieldValue& field : row.fields) {
    if (field.field >= record->values.size())
      return corrupt(delta, row, "names an unknown field");
  }
  const RecordId id = record->id;
  if (before_change)
    before_change(id, record);
  for (const FieldValue& field : row.fields)
    table.set_value(id, field.field, field.value);
  table.touch(id, row.version, row.time, row.author);
  return {};
}

void apply_remove(model::Table& table, const RowDelta& row, const BeforeChange& before_change) {
  const model::Record* record = table.find_row(row.row);
  if (record == nullptr)
    return;
  const RecordId id = record->id;
  if (before_change)
    before_change(id, record);
  table.erase(id);
}

}  // namespace

void Coalescer::add(const ChangeSet& change_set, Sequence (*last_touched)(void*, std::uint16_t),
                    void* context) {
  ++change_sets_;
  for (const Change& change : change_set.changes) {
    auto section = by_collection_.find(change.collection);
    if (section == by_collection_.end()) {
      section = by_collection_.emplace(change.collection, Section{}).first;
      section->second.base = last_touched(context, change.collection);
    }
    add_change(section->second, change, change_set);
  }
}

void Coalescer::add_change(Section& section, const Change& change, const ChangeSet& change_set) {
  SS_ASSERT(change.row != 0);
  section.target = change_set.sequence;
  auto known = section.rows.find(change.row);
  RowDelta row;
  row.id = change.record;
  row.row = change.row;
  row.kind = change.kind;
  row.version = change_set.sequence;
  row.time = change_set.time;
  row.author = change_set.author;
  if (change.kind == ChangeKind::remove) {
    const bool came_here = known != section.rows.end() && known->second.kind == ChangeKind::insert;
    if (known != section.rows.end())
      section.rows.erase(known);
    if (!came_here)
      section.removals.push_back(std::move(row));
    return;
  }
  if (known == section.rows.end()) {
    known = section.rows.emplace(change.row, std::move(row)).first;
  } else {
    known->second.version = change_set.sequence;
    known->second.time = change_set.time;
    known->second.author = change_set.author;
  }
  for (const FieldChange& field : change.fields)
    put_field(known->second, field.field, field.new_value);
}

std::vector<Delta> Coalescer::take() {
  std::vector<Delta> deltas;
  deltas.reserve(by_collection_.size());
  for (auto& [collection, section] : by_collection_) {
    Delta delta;
    delta.collection = collection;
    delta.base = section.base;
    delta.target = section.target;
    delta.rows = std::move(section.removals);
    std::sort(delta.rows.begin(), delta.rows.end(),
              [](const RowDelta& a, const RowDelta& b) { return a.row < b.row; });
    delta.rows.reserve(delta.rows.size() + section.rows.size());
    for (auto& [number, row] : section.rows)
      delta.rows.push_back(std::move(row));
    deltas.push_back(std::move(delta));
  }
  by_collection_.clear();
  change_sets_ = 0;
  return deltas;
}

Status apply_delta(model::Table& table, const Delta& delta, const BeforeChange& before_change) {
  SS_ASSERT(delta.collection == table.collection().number);
  for (const RowDelta& row : delta.rows) {
    switch (row.kind) {
      case ChangeKind::insert:
        SS_TRY(apply_insert(table, delta, row, before_change));
        break;
      case ChangeKind::update:
        SS_TRY(apply_update(table, delta, row, before_change));
        break;
      case ChangeKind::remove:
        apply_remove(table, row, before_change);
        break;
    }
  }
  table.set_last_sequence(delta.target);
  return {};
}

}  // namespace syncstore::sync
