#include "server/app/upgrade_report.hpp"

#include <algorithm>
#include <memory>

#include "core/model/validate.hpp"
#include "core/sync/merge.hpp"
#include "core/wire/json_dialect.hpp"
#include "server/engine/staging.hpp"
#include "server/engine/store_state.hpp"

namespace syncstore::app {
namespace {

// A person reads a few to see what is meant; the count says how many there are.
constexpr std::int64_t kExamples = 20;

std::string_view sentence_of(const Error& error) {
  return error.detail.empty() ? error_sentence(error.code) : std::string_view(error.detail);
}

std::string_view sentence_of(const sync::OpOutcome& outcome) {
  return outcome.message.empty() ? error_sentence(outcome.code) : std::string_view(outcome.message);
}

Error no_edits() {
  return fail(ErrorCode::invalid,
              "This is no file of waiting edits: take the one that \"Export waiting edits\" of the "
              "application wrote.");
}

std::string text_of(const Json& json, const char* key) {
  const Json* value = json.find(key);
  if (value == nullptr)
    return {};
  return value->is(Json::Kind::string) ? value->text() : value->dump();
}

// The first rule of this version that the record breaks as it stands.
Status rules_hold(const model::CollectionDef& collection, const model::Record& record) {
  for (std::size_t i = 0; i < collection.fields.size(); ++i) {
    const model::FieldDef& field = collection.fields[i];
    if (!field.retired && !model::is_absent(record.values[i]))
      SS_TRY(model::validate_value(field, record.values[i]));
  }
  return model::validate_record(collection, record);
}

// An operation as the outbox tells it, in the words of the JSON dialect.
Json dialect_op(const Json& told) {
  const std::string kind = told.find("op") == nullptr ? "" : told.find("op")->text();
  Json op = Json::object();
  const auto copy = [&](const char* from, const char* to) {
    if (const Json* value = told.find(from))
      op.set(to, *value);
  };
  copy("op", "op");
  copy("id", "id");
  copy("collection", "dataType");
  if (kind == "insert") {
    copy("fields", "fields");
  } else if (kind != "remove") {
    copy("field", "field");
  }
  if (kind == "set") {
    op.set("from", Json());  // too long to be told when it is not there; see below
    copy("from", "from");
    copy("to", "to");
  } else if (kind == "add") {
    copy("amount", "amount");
  } else if (kind == "list_add" || kind == "list_remove") {
    copy("to", "value");
  }
  return op;
}

Result<sync::Mutation> mutation_of(const Json& entry) {
  const Json* id = entry.find("mutation");
  const Json* ops = entry.find("ops");
  if (id == nullptr || ops == nullptr || !ops->is(Json::Kind::array))
    return no_edits();
  Json mutation = Json::object();
  Json list = Json::array();
  for (const Json& op : ops->items())
    list.push(dialect_op(op));
  mutation.set("id", *id).set("ops", std::move(list));
  SS_ASSIGN_OR_RETURN(sync::Mutation read, wire::mutation_from_json(mutation, "edit"));
  for (std::size_t i = 0; i < read.ops.size(); ++i) {
    // What the author saw is a hash in the file's place: taken as seen.
    if (read.ops[i].kind == sync::OpKind::set && ops->items()[i].find("from") == nullptr)
      read.ops[i].from = sync::FromValue::anything();
  }
  return read;
}

Json refusal(const Json& entry, std::string_view field, std::string_view code,
             std::string_view message) {
  Json one = Json::object();
  for (const char* key : {"store", "number", "mutation"}) {
    if (const Json* value = entry.find(key))
      one.set(key, *value);
  }
  if (const Json* ops = entry.find("ops"); ops != nullptr && ops->size() > 0) {
    if (const Json* title = ops->items()[0].find("recordTitle"))
      one.set("recordTitle", *title);
  }
  return one.set("field", field).set("code", code).set("message", message);
}

}  // namespace

Result<UpgradeReport> UpgradeReport::with(const Json* edits) {
  UpgradeReport report;
  if (edits == nullptr)
    return report;
  report.has_edits_ = true;
  const Json* list = edits->is(Json::Kind::object) ? edits->find("edits") : nullptr;
  if (list == nullptr || !list->is(Json::Kind::array))
    return no_edits();
  for (const Json& entry : list->items()) {
    const Json* store = entry.is(Json::Kind::object) ? entry.find("store") : nullptr;
    if (store == nullptr || !store->is(Json::Kind::string))
      return no_edits();
    if (text_of(entry, "state") == "parked") {
      ++report.parked_;
      continue;
    }
    report.edits_.try_emplace(store->text(), Json::array()).first->second.push(entry);
    ++report.read_;
  }
  return report;
}

Status UpgradeReport::look_at(const ports::StoreImage& image, const ports::Crypto& crypto,
                              TimeMs now) {
  SS_ASSIGN_OR_RETURN(const std::unique_ptr<engine::StoreState> store,
                      engine::StoreState::from_image(image));
  std::int64_t records = 0, invalid = 0;
  Json examples = Json::array();
  Json retired = Json::array();
  for (const model::CollectionDef& collection : model::collections()) {
    std::vector<std::int64_t> held(collection.fields.size(), 0);
    store->table(collection.number).for_each([&](const model::Record& record) {
      ++records;
      for (std::size_t i = 0; i < held.size(); ++i)
        held[i] += collection.fields[i].retired && !model::is_absent(record.values[i]) ? 1 : 0;
      const Status holds = rules_hold(collection, record);
      if (holds.ok() || ++invalid > kExamples)
        return;
      examples.push(std::move(Json::object()
                                  .set("dataType", collection.name)
                                  .set("id", record.id.text())
                                  .set("field", holds.error().field)
                                  .set("code", error_name(holds.error().code))
                                  .set("message", sentence_of(holds.error()))));
    });
    for (std::size_t i = 0; i < held.size(); ++i) {
      if (held[i] > 0) {
        retired.push(std::move(Json::object()
                                   .set("dataType", collection.name)
                                   .set("field", collection.fields[i].name)
                                   .set("values", held[i])));
      }
    }
  }
  invalid_ += invalid;
  stores_.push(std::move(Json::object()
                             .set("id", image.store)
                             .set("records", records)
                             .set("invalid", invalid)
                             .set("examples", std::move(examples))
                             .set("retired", std::move(retired))));
  const auto waiting = edits_.find(image.store);
  if (waiting == edits_.end())
    return {};
  engine::Staging staging(*store, crypto, now);
  for (const Json& entry : waiting->second.items()) {
    const Result<sync::Mutation> mutation = mutation_of(entry);
    if (!mutation.ok()) {
      ++refused_;
      refused_edits_.push(refusal(entry, mutation.error().field, error_name(mutation.error().code),
                                  sentence_of(mutation.error())));
      continue;
    }
    // As somebody who may do everything: what is looked for is what the upgrade refuses.
    sync::MergeContext context;
    context.role = model::Role::admin;
    context.now = staging.log_time();
    context.origin = sync::Origin::offline;
    sync::MergeOutcome merged = sync::merge(staging, *mutation, context);
    const auto bad = std::find_if(merged.ops.begin(), merged.ops.end(), [](const auto& outcome) {
      return outcome.status == sync::OpStatus::refused;
    });
    const bool conflict = std::any_of(merged.ops.begin(), merged.ops.end(), [](const auto& op) {
      return op.status == sync::OpStatus::conflict;
    });
    if (bad != merged.ops.end()) {
      ++refused_;
      refused_edits_.push(refusal(entry, bad->field, error_name(bad->code), sentence_of(*bad)));
    } else {
      ++(conflict ? conflicts_ : taken_);
    }
    // Later edits stand on earlier ones.
    sync::ChangeSet change_set;
    change_set.origin = sync::Origin::offline;
    change_set.mutation = mutation->id;
    change_set.changes = std::move(merged.changes);
    if (!change_set.changes.empty())
      staging.add(std::move(change_set));
  }
  edits_.erase(waiting);
  return {};
}

Json UpgradeReport::json() const {
  Json edits;
  if (has_edits_) {
    edits = Json::object();
    edits.set("read", read_)
        .set("taken", taken_)
        .set("conflicts", conflicts_)
        .set("parked", parked_)
        .set("unknownStore", elsewhere())
        .set("refused", refused_edits_);
  }
  Json all = Json::object();
  all.set("stores", stores_).set("edits", std::move(edits));
  return all;
}

std::int64_t UpgradeReport::elsewhere() const {
  std::int64_t count = 0;
  for (const auto& [store, entries] : edits_)
    count += static_cast<std::int64_t>(entries.size());
  return count;
}

std::string UpgradeReport::text() const {
  std::string out;
  for (const Json& store : stores_.items()) {
    out += "store " + text_of(store, "id") + ": " + text_of(store, "records") + " records, " +
           text_of(store, "invalid") + " with a value that this version would not take anew\n";
    for (const Json& one : store.find("examples")->items()) {
      out += "  " + text_of(one, "dataType") + " " + text_of(one, "id") + ": " +
             text_of(one, "message") + "\n";
    }
    for (const Json& one : store.find("retired")->items()) {
      out += "  " + text_of(one, "values") + " values of the retired field " +
             text_of(one, "dataType") + "." + text_of(one, "field") +
             " are kept and not shown any more\n";
    }
  }
  if (!has_edits_)
    return out;
  out += "waiting edits: " + std::to_string(read_) + " read, " + std::to_string(taken_) +
         " would be taken, " + std::to_string(conflicts_) + " would need a decision, " +
         std::to_string(refused_) + " would be refused\n";
  for (const Json& one : refused_edits_.items()) {
    const std::string field = text_of(one, "field");
    out += "  " + text_of(one, "store") + " \"" + text_of(one, "recordTitle") + "\"" +
           (field.empty() ? "" : ", " + field) + ": " + text_of(one, "message") + "\n";
  }
  if (const std::int64_t others = elsewhere(); others > 0)
    out += "  " + std::to_string(others) + " of stores that are not here: not judged\n";
  if (parked_ > 0)
    out += "  " + std::to_string(parked_) + " were refused before this and wait for their author\n";
  if (refused_ > 0) {
    out += "Let people send what waits before the upgrade; what is refused after it stays in their "
           "outbox with the reason.\n";
  }
  return out;
}

}  // namespace syncstore::app
