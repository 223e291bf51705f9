// TestStore: the smallest owner of a store: tables, sequence, log. merge() decides, commit()
// numbers and applies, as the server does.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "core/sync/batch.hpp"
#include "core/sync/conflict_record.hpp"
#include "core/sync/merge.hpp"

namespace syncstore::sync {

inline std::uint16_t field_of(std::uint16_t collection, std::string_view name) {
  const int index = model::find_collection(collection)->field_index(name);
  EXPECT_GE(index, 0) << name;
  return static_cast<std::uint16_t>(index);
}

inline std::uint16_t product(std::string_view name) { return field_of(model::kProducts, name); }

inline MutationId mutation_id(std::uint64_t number) {
  MutationId id;
  for (std::size_t i = 0; i < 8; ++i)
    id.bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  return id;
}

inline model::Value text(std::string_view value) { return std::string(value); }
inline model::Value number(std::int64_t value) { return value; }

inline Op set_op(RecordId record, std::string_view field, const model::Value& from, model::Value to,
                 std::uint16_t collection = model::kProducts) {
  Op op;
  op.collection = collection;
  op.record = record;
  op.field = field_of(collection, field);
  op.from = FromValue::seen(from);
  op.to = std::move(to);
  return op;
}

inline Op set_any(RecordId record, std::string_view field, model::Value to) {
  Op op = set_op(record, field, {}, std::move(to));
  op.from = FromValue::anything();
  return op;
}

inline Op add_op(RecordId record, std::string_view field, std::int64_t amount,
                 std::optional<std::int64_t> min = std::nullopt) {
  Op op;
  op.kind = OpKind::add;
  op.collection = model::kProducts;
  op.record = record;
  op.field = product(field);
  op.amount = amount;
  op.min = min;
  return op;
}

inline Op insert_op(RecordId record,
                    const std::vector<std::pair<std::string_view, model::Value>>& fields,
                    std::uint16_t collection = model::kProducts) {
  Op op;
  op.kind = OpKind::insert;
  op.collection = collection;
  op.record = record;
  for (const auto& [name, value] : fields)
    op.fields.push_back({field_of(collection, name), value});
  return op;
}

inline Op remove_op(RecordId record,
                    const std::vector<std::pair<std::string_view, model::Value>>& seen = {}) {
  Op op;
  op.kind = OpKind::remove;
  op.collection = model::kProducts;
  op.record = record;
  for (const auto& [name, value] : seen)
    op.seen.push_back({product(name), FromValue::seen(value)});
  return op;
}

inline Op list_op(RecordId record, std::string_view field, bool add, std::string_view item,
                  std::uint16_t collection) {
  Op op;
  op.kind = add ? OpKind::list_add : OpKind::list_remove;
  op.collection = collection;
  op.record = record;
  op.field = field_of(collection, field);
  op.to = text(item);
  return op;
}

inline Mutation mutation_of(std::vector<Op> ops, Mode mode = Mode::each, std::uint64_t id = 1) {
  Mutation mutation;
  mutation.id = mutation_id(id);
  mutation.mode = mode;
  mutation.ops = std::move(ops);
  return mutation;
}

struct Person {
  std::uint32_t number = 0;
  std::string name;
  model::Role role = model::Role::editor;
  Origin origin = Origin::screen;
};

inline const Person kAda{1, "ada", model::Role::editor, Origin::screen};
inline const Person kBen{2, "ben", model::Role::editor, Origin::screen};
inline const Person kViewer{3, "vic", model::Role::viewer, Origin::screen};
inline const Person kAdmin{4, "amy", model::Role::admin, Origin::screen};
inline const Person kSystem{0, "", model::Role::system, Origin::job};
inline const Person kPlatform{0, "", model::Role::system, Origin::platform};

class TestStore : public MergeView {
 public:
  TestStore() {
    for (const model::CollectionDef& collection : model::collections()) {
      tables_.emplace(collection.number, model::Table(collection));
    }
  }

  const model::Record* find(std::uint16_t collection, RecordId id) const override {
    return table(collection).find(id);
  }
  bool was_removed(std::uint16_t collection, RecordId id) const override {
    return table(collection).find_tombstone(id) != nullptr;
  }
  RecordId find_unique(std::uint16_t collection, std::uint16_t field,
                       std::string_view value) const override {
    return table(collection).find_unique(field, value);
  }
  std::vector<RecordId> open_conflicts(std::uint16_t collection, RecordId record,
                                       std::uint16_t field) const override {
    std::vector<RecordId> ids;
    table(model::kConflicts).for_each([&](const model::Record& conflict) {
      if (is_open_conflict(conflict) && is_conflict_about(conflict, collection, record, field)) {
        ids.push_back(conflict.id);
      }
    });
    return ids;
  }
  std::string author_name(std::uint32_t author) const override {
    return author == 1 ? "ada" : author == 2 ? "ben" : author == 4 ? "amy" : "";
  }

  MergeOutcome try_merge(const Mutation& mutation, const Person& person = kAda) const {
    MergeContext context;
    context.role = person.role;
    context.author = person.number;
    context.author_name = person.name;
    context.author_user = person.name;
    context.now = now_;
    context.origin = person.origin;
    return merge(*this, mutation, context);
  }

  // Merges and commits; the sequence is 0 when nothing changed.
  MutationResult run(const Mutation& mutation, const Person& person = kAda) {
    now_ += 1000;
    MergeOutcome outcome = try_merge(mutation, person);
    MutationResult result;
    result.id = mutation.id;
    result.epoch = 7;
    result.ops = std::move(outcome.ops);
    if (outcome.changes.empty())
      return result;
    ChangeSet set;
    set.sequence = ++sequence_;
    set.time = now_;
    set.author = person.number;
    set.origin = person.origin;
    set.mutation = mutation.id;
    set.changes = std::move(outcome.changes);
    for (Change& change : set.changes) {
      if (change.kind == ChangeKind::insert)
        change.row = next_row_[change.collection] += 1;
    }
    for (auto& [number, table] : tables_)
      apply_changes(table, set);
    result.sequence = set.sequence;
    log_.push_back(std::move(set));
    return result;
  }

  OpOutcome run_op(Op op, const Person& person = kAda) {
    return run(mutation_of({std::move(op)}, Mode::each, ++ids_), person).ops.front();
  }

  RecordId add_product(std::uint64_t id,
                       const std::vector<std::pair<std::string_view, model::Value>>& fields) {
    EXPECT_EQ(run_op(insert_op(RecordId{id}, fields), kSystem).status, OpStatus::applied);
    return RecordId{id};
  }

  // As older rules let it in.
  void put_unchecked(std::uint16_t collection, model::Record record) {
    tables_.at(collection).put(std::move(record));
  }

  const model::Table& table(std::uint16_t collection) const { return tables_.at(collection); }
  model::Value value(RecordId id, std::string_view field,
                     std::uint16_t collection = model::kProducts) const {
    const model::Record* record = find(collection, id);
    return record ? record->values[field_of(collection, field)] : model::Value(text("(no record)"));
  }
  model::Value conflict_value(RecordId id, std::string_view field) const {
    return value(id, field, model::kConflicts);
  }
  std::size_t open_count() const {
    std::size_t count = 0;
    table(model::kConflicts).for_each([&](const model::Record& r) {
      count += is_open_conflict(r) ? 1u : 0u;
    });
    return count;
  }
  Sequence sequence() const { return sequence_; }
  const std::vector<ChangeSet>& log() const { return log_; }

 private:
  std::map<std::uint16_t, model::Table> tables_;
  std::map<std::uint16_t, RowNumber> next_row_;
  std::vector<ChangeSet> log_;
  Sequence sequence_ = 0;
  TimeMs now_ = 1'700'000'000'000;
  std::uint64_t ids_ = 1000;
};

inline std::string status_text(const OpOutcome& outcome) {
  std::string out(op_status_name(outcome.status));
  if (outcome.code != ErrorCode::none)
    out += " " + std::string(error_name(outcome.code));
  if (!outcome.field.empty())
    out += " " + outcome.field;
  return out;
}

}  // namespace syncstore::sync
