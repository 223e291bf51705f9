#include "server/simulation/sim_model.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "core/base/digest.hpp"
#include "server/simulation/sim_screen.hpp"

namespace syncstore::simulation {

using model::Record;
using model::Value;
using sync::Op;
using sync::OpKind;
using sync::OpStatus;

namespace {

struct Expected {
  OpStatus status = OpStatus::applied;
  ErrorCode code = ErrorCode::none;  // of refusals
};

Expected refused(ErrorCode code) { return {OpStatus::refused, code}; }

std::int64_t number_in(const Value& value) {
  const auto* number = std::get_if<std::int64_t>(&value);
  return number == nullptr ? 0 : *number;
}

std::string lower(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  std::string folded = text == nullptr ? "" : *text;
  for (char& c : folded)  // simulated people write ASCII
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return folded;
}

const model::CollectionDef& products() { return *model::find_collection(model::kProducts); }

bool has_open_conflict(const Tables& tables, RecordId id, std::uint16_t field) {
  bool open = false;
  const model::CollectionDef& conflicts = *model::find_collection(model::kConflicts);
  const auto at = [&](std::string_view name) {
    return static_cast<std::size_t>(conflicts.field_index(name));
  };
  tables.at(model::kConflicts).for_each([&](const Record& record) {
    const Value name = std::string(products().fields[field].name);
    open = open ||
           (record.values[at("status")] == Value(std::string("open")) &&
            record.values[at("record")] == Value(id.text()) && record.values[at("field")] == name);
  });
  return open;
}

bool good(const Expected& expected) {
  return expected.status == OpStatus::applied || expected.status == OpStatus::already;
}

}  // namespace

// One mutation against one state. `fates` are those of records it touches.
struct MergeModel::Case {
  struct Fate {
    bool removed = false;  // was there and is gone
    std::optional<std::vector<Value>> before, now;
    std::size_t sku_by = 0;    // the last op that wrote the key
    std::int64_t stock = 0;    // amounts that were taken
    bool stock_known = false;  // set to a plain value instead
  };

  Case(const sync::Mutation& said, const Tables& state, const std::set<RecordId>& gone)
      : mutation(said), tables(state), forgotten(gone) {}

  Fate& fate(RecordId id) {
    const auto [found, fresh] = fates.try_emplace(id);
    if (fresh) {
      const Record* record = tables.at(model::kProducts).find(id);
      if (record != nullptr)
        found->second.before = found->second.now = record->values;
      found->second.removed =
          record == nullptr && forgotten.count(id) == 0 &&
          tables.at(model::kProducts).find_tombstone(id) != nullptr;
    }
    return found->second;
  }

  Expected missing(const Fate& of) const {
    return of.removed ? Expected{OpStatus::conflict, ErrorCode::record_removed}
                      : refused(ErrorCode::unknown_record);
  }

  Expected count(Fate& of, std::int64_t amount, std::optional<std::int64_t> floor) {
    if (amount == 0)
      return {OpStatus::already};
    Value& value = (*of.now)[kInventory];
    const std::int64_t sum = number_in(value) + amount;
    if (amount < 0 && sum < std::max<std::int64_t>(0, floor.value_or(0)))
      return refused(ErrorCode::below_minimum);
    value = sum;
    of.stock += amount;
    return {};
  }

  Expected set(Fate& of, const Op& op, std::size_t index) {
    if (!of.now)
      return missing(of);
    Value& value = (*of.now)[op.field];
    if (op.field == kInventory) {
      const bool amounts = std::holds_alternative<std::int64_t>(op.from.value) &&
                           std::holds_alternative<std::int64_t>(op.to);
      if (amounts)
        return count(of, number_in(op.to) - number_in(op.from.value), std::nullopt);
    }
    if (value == op.to)
      return {OpStatus::already};
    const bool decided = products().fields[op.field].policy == model::MergePolicy::last_arrival;
    if (op.from.kind == sync::FromValue::Kind::any) {
      if (!decided && has_open_conflict(tables, op.record, op.field))
        return {OpStatus::conflict, ErrorCode::conflict};
    } else if (!op.from.equals(value) && !decided) {
      return {OpStatus::conflict, ErrorCode::conflict};
    }
    value = op.to;
    of.stock_known = of.stock_known || op.field == kInventory;
    if (op.field == kSku)
      of.sku_by = index;
    return {};
  }

  Expected insert(Fate& of, const Op& op, std::size_t index) {
    if (of.now || of.removed)
      return refused(ErrorCode::id_taken);
    for (const sync::FieldValue& field : op.fields) {
      // Amounts that were folded into it may have taken more than there was.
      if (field.field == kInventory && number_in(field.value) < 0)
        return refused(ErrorCode::out_of_range);
    }
    of.now = model::make_record(products(), op.record).values;
    for (const sync::FieldValue& field : op.fields)
      (*of.now)[field.field] = field.value;
    of.sku_by = index;
    of.stock_known = true;
    return {};
  }

  Expected remove(Fate& of, const Op& op) {
    if (!of.now)
      return of.removed ? Expected{OpStatus::already} : refused(ErrorCode::unknown_record);
    for (const sync::SeenField& seen : op.seen) {
      if (!seen.from.equals((*of.now)[seen.field]))
        return {OpStatus::conflict, ErrorCode::conflict};
    }
    of.now.reset();
    of.removed = true;
    return {};
  }

  Expected run(const Op& op, std::size_t index) {
    Fate& of = fate(op.record);
    switch (op.kind) {
      case OpKind::set:
        return set(of, op, index);
      case OpKind::add:
        return of.now ? count(of, op.amount, op.min) : missing(of);
      case OpKind::insert:
        return insert(of, op, index);
      case OpKind::remove:
        return remove(of, op);
      default:
        return refused(ErrorCode::wrong_type);
    }
  }

  // The op that gave a record a key which another one has.
  std::optional<std::size_t> broken_key() const {
    for (const auto& [id, of] : fates) {
      const std::string key = of.now ? lower((*of.now)[kSku]) : "";
      if (key.empty() || (of.before && (*of.before)[kSku] == (*of.now)[kSku]))
        continue;
      bool taken = false;
      tables.at(model::kProducts).for_each([&, self = id](const Record& other) {
        taken = taken || (other.id != self && fates.count(other.id) == 0 &&
                          lower(other.values[kSku]) == key);
      });
      for (const auto& [other, theirs] : fates)
        taken = taken || (other != id && theirs.now && lower((*theirs.now)[kSku]) == key);
      if (taken)
        return of.sku_by;
    }
    return std::nullopt;
  }

  void decide() {
    std::set<std::size_t> without;
    for (;;) {
      fates.clear();
      expected.clear();
      for (std::size_t i = 0; i < mutation.ops.size(); ++i) {
        expected.push_back(without.count(i) != 0 ? refused(ErrorCode::duplicate_sku)
                                                 : run(mutation.ops[i], i));
      }
      const auto broken = broken_key();
      if (!broken)
        break;
      if (mutation.mode == sync::Mode::all) {
        expected[*broken] = refused(ErrorCode::duplicate_sku);
        break;
      }
      without.insert(*broken);
    }
    if (mutation.mode == sync::Mode::each || std::all_of(expected.begin(), expected.end(), good))
      return;
    for (Expected& each : expected)
      each = good(each) ? Expected{OpStatus::held, ErrorCode::held} : each;
    for (auto& [id, of] : fates) {
      of.now = of.before;
      of.stock = 0;
      of.stock_known = false;
    }
  }

  // What the log says it changed, against what it should have.
  std::string compare(const std::vector<sync::Change>& changes) const {
    std::size_t changed = 0;
    for (const auto& [id, of] : fates) {
      if (of.before == of.now)
        continue;
      ++changed;
      const auto found = std::find_if(changes.begin(), changes.end(), [&, r = id](const auto& c) {
        return c.collection == model::kProducts && c.record == r;
      });
      if (found == changes.end())
        return "an accepted edit is not in the log";
      std::vector<Value> values =
          of.before ? *of.before : std::vector<Value>(products().fields.size());
      for (const sync::FieldChange& field : found->fields) {
        if (values[field.field] != field.old_value)
          return "the log names an old value that was not there";
        values[field.field] = field.new_value;
      }
      const bool gone = found->kind == sync::ChangeKind::remove;
      if (gone == of.now.has_value() || (of.now && values != *of.now))
        return "a merge came to other values than its rules say";
    }
    const auto listed = std::count_if(changes.begin(), changes.end(), [](const auto& change) {
      return change.collection == model::kProducts;
    });
    const bool no_more = static_cast<std::size_t>(listed) == changed;
    return no_more ? "" : "the log changes what nobody asked for";
  }

  const sync::Mutation& mutation;
  const Tables& tables;
  const std::set<RecordId>& forgotten;
  std::map<RecordId, Fate> fates;
  std::vector<Expected> expected;
};

void MergeModel::note(const sync::Mutation& mutation, std::string_view author) {
  // By the bytes and by who said them.
  ByteWriter bound;
  bound.u64(mutation_body_hash(mutation));
  bound.raw(author);
  ByteWriter hash;
  hash.u64(xxh64(bound.bytes()));
  std::vector<Form>& forms = mutations_[mutation.id];
  const bool known = std::any_of(forms.begin(), forms.end(),
                                 [&](const Form& form) { return form.hash == hash.bytes(); });
  if (!known)
    forms.push_back({hash.take(), mutation});
}

std::string MergeModel::judge(const ports::StoredReceipt& receipt,
                              const std::vector<sync::Change>& changes, const Tables& before,
                              const std::set<RecordId>& forgotten) {
  const auto known = mutations_.find(receipt.result.id);
  if (known == mutations_.end())  // what the engine itself writes, as it makes a store
    return {};
  ++judged_;
  const auto form = std::find_if(known->second.begin(), known->second.end(),
                                 [&](const Form& each) { return each.hash == receipt.body_hash; });
  if (form == known->second.end())
    return "a receipt is bound to what nobody said";
  return judge_as(form->mutation, receipt.result, changes, before, forgotten);
}

std::string MergeModel::judge_as(const sync::Mutation& mutation, const sync::MutationResult& result,
                                 const std::vector<sync::Change>& changes, const Tables& before,
                                 const std::set<RecordId>& forgotten) {
  if (result.ops.size() != mutation.ops.size())
    return "an answer has not one outcome per operation";
  // Whether its author was a viewer at that moment is not told here; then nothing may change.
  const bool forbidden = std::any_of(result.ops.begin(), result.ops.end(), [](const auto& op) {
    return op.code == ErrorCode::forbidden;
  });
  if (forbidden)
    return changes.empty() ? "" : "somebody without the right changed something";
  Case made(mutation, before, forgotten);
  made.decide();
  for (std::size_t i = 0; i < result.ops.size(); ++i) {
    const sync::OpOutcome& told = result.ops[i];
    const Expected& expected = made.expected[i];
    if (told.status != expected.status ||
        (told.status == OpStatus::refused && told.code != expected.code)) {
      return "an edit was answered " + std::string(op_status_name(told.status)) + " (" +
             std::string(error_name(told.code)) + ") where the rules say " +
             std::string(op_status_name(expected.status)) + " (" +
             std::string(error_name(expected.code)) + ")";
    }
  }
  if (std::string wrong = made.compare(changes); !wrong.empty())
    return wrong;
  if (changes.empty() != (result.sequence == 0))
    return "an answer's sequence and the log disagree";
  settle_stock(made);
  return {};
}

void MergeModel::settle_stock(const Case& made) {
  for (const auto& [id, of] : made.fates) {
    if (!of.now) {
      stock_.erase(id);
    } else if (of.stock_known) {
      stock_[id] = number_in((*of.now)[kInventory]);
    } else {
      stock_[id] += of.stock;
    }
  }
}

}  // namespace syncstore::simulation
