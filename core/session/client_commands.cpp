#include "core/session/client_commands.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "core/base/money.hpp"
#include "core/model/validate.hpp"
#include "core/wire/json_dialect.hpp"

namespace syncstore::session {
namespace {

using model::CollectionDef;
using model::FieldDef;

constexpr std::size_t kCommandBytes = limits::kMessageBytes;

Result<const CollectionDef*> read_collection(const Json& json) {
  SS_ASSIGN_OR_RETURN(std::string name, read_string(json, "collection"));
  const CollectionDef* collection = model::find_collection(std::string_view(name));
  if (collection == nullptr)
    return fail(ErrorCode::unknown_collection, name, "collection");
  return collection;
}

Result<std::size_t> read_field(const CollectionDef& collection, std::string_view name) {
  const int index = collection.field_index(name);
  if (index < 0)
    return fail(ErrorCode::unknown_field, {}, std::string(name));
  if (collection.fields[static_cast<std::size_t>(index)].retired)
    return fail(ErrorCode::retired, {}, std::string(name));
  return static_cast<std::size_t>(index);
}

// Times may be numbers here; everything else as in the JSON dialect, and put into normal form.
Result<model::Value> read_value(const FieldDef& field, const Json& json) {
  if (field.kind == model::FieldKind::time && json.is(Json::Kind::integer))
    return model::Value(json.integer());
  auto value = model::value_from_json(field, json);
  if (!value.ok()) {
    Error error = value.error();
    error.field = std::string(field.name);
    return error;
  }
  return model::normalise_value(field, std::move(*value));
}

Result<std::int64_t> read_amount(const FieldDef& field, const Json& op, std::string_view key) {
  const Json* json = op.find(key);
  const std::string name(field.name);
  if (json == nullptr)
    return fail(ErrorCode::required, {}, name);
  if (json->is(Json::Kind::integer)) {
    const bool scaled =
        field.kind == model::FieldKind::money || field.kind == model::FieldKind::decimal;
    if (json->integer() > limits::kCountMax / kDecimalScale ||
        json->integer() < -limits::kCountMax / kDecimalScale) {
      return fail(ErrorCode::out_of_range, {}, name);
    }
    return scaled ? json->integer() * kDecimalScale : json->integer();
  }
  if (json->is(Json::Kind::string))
    return parse_decimal(json->text());
  return fail(ErrorCode::wrong_type, "a number is expected", name);
}

Result<RecordId> read_id(const Json& json, const CollectionDef& collection) {
  SS_ASSIGN_OR_RETURN(std::string text, read_string(json, "id"));
  if (text.empty() && collection.key == model::KeyRule::singleton)
    return model::singleton_id(collection);
  const auto id = RecordId::parse(text);
  if (!id || !*id)
    return fail(ErrorCode::invalid, "not a record id", "id");
  return *id;
}

Result<sync::Op> read_op(const ClientSession& session, const Json& json) {
  static constexpr std::pair<std::string_view, sync::OpKind> kKinds[] = {
      {"set", sync::OpKind::set},           {"add", sync::OpKind::add},
      {"insert", sync::OpKind::insert},     {"remove", sync::OpKind::remove},
      {"list_add", sync::OpKind::list_add}, {"list_remove", sync::OpKind::list_remove},
  };
  SS_ASSIGN_OR_RETURN(std::string name, read_string(json, "op"));
  const auto* kind = std::find_if(std::begin(kKinds), std::end(kKinds),
                                  [&](const auto& k) { return k.first == name; });
  if (kind == std::end(kKinds))
    return fail(ErrorCode::unknown_type, name, "op");
  SS_ASSIGN_OR_RETURN(const CollectionDef* collection, read_collection(json));
  sync::Op op;
  op.kind = kind->second;
  op.collection = collection->number;
  const bool derives =
      op.kind == sync::OpKind::insert && !collection->key_fields.empty() && !json.find("id");
  if (!derives) {
    SS_ASSIGN_OR_RETURN(op.record, read_id(json, *collection));
  }
  const model::Record* shown = session.replica().shown(op.collection, op.record);
  if (op.kind == sync::OpKind::remove) {
    // What the person saw of the fields that need a decision: a removal over a foreign change
    // becomes a conflict.
    for (std::size_t i = 0; shown != nullptr && i < collection->fields.size(); ++i) {
      if (collection->fields[i].policy != model::MergePolicy::review ||
          collection->fields[i].retired)
        continue;
      op.seen.push_back({static_cast<std::uint16_t>(i), sync::FromValue::seen(shown->values[i])});
    }
    return op;
  }
  if (op.kind == sync::OpKind::insert) {
    const Json* fields = json.find("fields");
    if (fields == nullptr || !fields->is(Json::Kind::object))
      return fail(ErrorCode::required, {}, "fields");
    for (const auto& [field_name, value] : fields->members()) {
      SS_ASSIGN_OR_RETURN(std::size_t index, read_field(*collection, field_name));
      SS_ASSIGN_OR_RETURN(model::Value parsed, read_value(collection->fields[index], value));
      if (model::is_absent(parsed))
        continue;
      op.fields.push_back({static_cast<std::uint16_t>(index), std::move(parsed)});
    }
    std::sort(op.fields.begin(), op.fields.end(),
              [](const auto& a, const auto& b) { return a.field < b.field; });
    if (derives) {
      SS_ASSIGN_OR_RETURN(op.record, sync::natural_record(*collection, op.fields));
    }
    return op;
  }
  SS_ASSIGN_OR_RETURN(std::string field_name, read_string(json, "field"));
  SS_ASSIGN_OR_RETURN(std::size_t index, read_field(*collection, field_name));
  const FieldDef& field = collection->fields[index];
  op.field = static_cast<std::uint16_t>(index);
  if (op.kind == sync::OpKind::add) {
    SS_ASSIGN_OR_RETURN(op.amount, read_amount(field, json, "amount"));
    if (json.find("min") != nullptr) {
      SS_ASSIGN_OR_RETURN(std::int64_t min, read_amount(field, json, "min"));
      op.min = min;
    }
    return op;
  }
  if (op.kind != sync::OpKind::set) {
    SS_ASSIGN_OR_RETURN(std::string item, read_string(json, "value"));
    op.to = std::move(item);
    return op;
  }
  const Json* to = json.find("to");
  if (to == nullptr)
    return fail(ErrorCode::required, {}, field_name);
  SS_ASSIGN_OR_RETURN(op.to, read_value(field, *to));
  if (const Json* from = json.find("from"); from != nullptr) {
    SS_ASSIGN_OR_RETURN(model::Value seen, read_value(field, *from));
    op.from = sync::FromValue::seen(seen);
  } else {
    op.from = sync::FromValue::seen(shown == nullptr ? model::Value{} : shown->values[index]);
  }
  return op;
}

Status run_edit(ClientSession& session, const Json& command, TimeMs now, Error& rejected,
                std::string& id_text) {
  SS_ASSIGN_OR_RETURN(id_text, read_string(command, "mutation"));
  const auto id = Uuid::parse(id_text);
  if (!id)
    return fail(ErrorCode::invalid, "not a UUID", "mutation");
  const Json* list = command.find("ops");
  if (list == nullptr)
    return fail(ErrorCode::required, {}, "ops");
  auto ops = ops_from_json(session, *list);
  if (!ops.ok()) {
    rejected = ops.error();
    return {};
  }
  sync::Mutation mutation;
  mutation.id = *id;
  if (const Json* mode = command.find("mode"); mode != nullptr && mode->text() == "all")
    mutation.mode = sync::Mode::all;
  std::string inverse = inverse_of(session, *ops, [&] { return session.ids().next_record(now); });
  mutation.ops = std::move(*ops);
  if (auto status = session.edit(std::move(mutation), std::move(inverse), now); !status.ok())
    rejected = status.error();
  return {};
}

Result<std::uint64_t> read_number(const Json& json, std::string_view key) {
  SS_ASSIGN_OR_RETURN(std::int64_t number, read_integer(json, key));
  if (number < 0)
    return fail(ErrorCode::out_of_range, {}, std::string(key));
  return static_cast<std::uint64_t>(number);
}

void append_op_head(std::string& out, std::string_view kind, const CollectionDef& collection,
                    RecordId id) {
  if (out.size() > 1)
    out += ',';
  out += "{\"op\":\"";
  out += kind;
  out += "\",\"collection\":\"";
  out += collection.name;
  out += "\",\"id\":\"" + id.text() + '"';
}

}  // namespace

Result<std::vector<sync::Op>> ops_from_json(const ClientSession& session, const Json& list) {
  if (!list.is(Json::Kind::array))
    return fail(ErrorCode::wrong_type, "an array is expected", "ops");
  if (list.items().size() > limits::kOpsPerMutation)
    return fail(ErrorCode::too_large, {}, "ops");
  std::vector<sync::Op> ops;
  for (const Json& json : list.items()) {
    SS_ASSIGN_OR_RETURN(sync::Op op, read_op(session, json));
    ops.push_back(std::move(op));
  }
  return ops;
}

std::string inverse_of(const ClientSession& session, const std::vector<sync::Op>& ops,
                       const std::function<RecordId()>& new_id) {
  constexpr auto kForm = model::TimeForm::milliseconds;
  std::string out = "[";
  for (auto op = ops.rbegin(); op != ops.rend(); ++op) {
    const CollectionDef& collection = *model::find_collection(op->collection);
    const model::Record* shown = session.replica().shown(op->collection, op->record);
    const FieldDef& field = collection.fields[op->field];
    switch (op->kind) {
      case sync::OpKind::set:
        if (shown == nullptr && collection.key != model::KeyRule::singleton)
          continue;  // what stood there is not known here (yet)
        append_op_head(out, "set", collection, op->record);
        out += ",\"field\":\"";
        out += field.name;
        out += "\",\"from\":";
        wire::append_value(out, field, op->to, kForm);
        out += ",\"to\":";
        wire::append_value(out, field, shown == nullptr ? model::Value{} : shown->values[op->field],
                           kForm);
        break;
      case sync::OpKind::add:
        append_op_head(out, "add", collection, op->record);
        out += ",\"field\":\"";
        out += field.name;
        out += "\",\"amount\":";
        wire::append_value(out, field, -op->amount, kForm);
        break;
      case sync::OpKind::insert:
        append_op_head(out, "remove", collection, op->record);
        break;
      case sync::OpKind::remove:
        if (shown == nullptr)
          continue;
        // A removed id never comes back, unless its key says it.
        append_op_head(out, "insert", collection,
                       collection.key_fields.empty() ? new_id() : op->record);
        out += ",\"fields\":{";
        wire::append_fields(out, collection, shown->values, kForm, false);
        out += '}';
        break;
      case sync::OpKind::list_add:
      case sync::OpKind::list_remove:
        append_op_head(out, op->kind == sync::OpKind::list_add ? "list_remove" : "list_add",
                       collection, op->record);
        out += ",\"field\":\"";
        out += field.name;
        out += "\",\"value\":";
        append_json_string(out, std::get<std::string>(op->to));
        break;
    }
    out += '}';
  }
  return out + ']';
}

// "text": equal, or contained in a list; "" = absent. {"min","max"}: between; {"present":true};
// {"not":"text"}.
Status add_conditions(view::Filter& filter, const FieldDef& field, std::uint16_t index,
                      const Json& json) {
  using view::Comparison;
  const auto add = [&](Comparison comparison, std::string_view text) -> Status {
    view::Condition condition;
    condition.field = index;
    condition.comparison = comparison;
    if (comparison == Comparison::contains) {
      condition.value = std::string(text);
    } else if (comparison != Comparison::present) {
      SS_ASSIGN_OR_RETURN(condition.value, model::value_from_input(field, text));
      if (model::is_absent(condition.value)) {
        condition.comparison =
            comparison == Comparison::not_equal ? Comparison::present : Comparison::absent;
      }
    }
    filter.conditions.push_back(std::move(condition));
    return {};
  };
  if (!json.is(Json::Kind::object)) {
    const bool in_list = field.kind == model::FieldKind::list && !json.text().empty();
    return add(in_list ? Comparison::contains : Comparison::equal, json.text());
  }
  for (const auto& [name, value] : json.members()) {
    if (name == "min") {
      SS_TRY(add(Comparison::at_least, value.text()));
    } else if (name == "max") {
      SS_TRY(add(Comparison::at_most, value.text()));
    } else if (name == "not") {
      SS_TRY(add(Comparison::not_equal, value.text()));
    } else if (name == "present") {
      SS_TRY(add(Comparison::present, {}));
    } else {
      return fail(ErrorCode::unknown_field, {}, name);
    }
  }
  return {};
}

Result<PageSpec> page_spec_from_json(const Json& json) {
  PageSpec spec;
  SS_ASSIGN_OR_RETURN(const CollectionDef* collection, read_collection(json));
  spec.collection = collection->number;
  SS_ASSIGN_OR_RETURN(std::uint64_t page, read_number(json, "page"));
  SS_ASSIGN_OR_RETURN(std::uint64_t size, read_number(json, "size"));
  spec.page = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(page, 1, UINT32_MAX));
  spec.size = static_cast<std::uint32_t>(std::min<std::uint64_t>(size, UINT32_MAX));
  SS_ASSIGN_OR_RETURN(std::string sort, read_string(json, "sort"));
  SS_ASSIGN_OR_RETURN(spec.sort,
                      view::parse_sort(*collection, sort.empty() ? collection->default_sort
                                                                 : std::string_view(sort)));
  if (const Json* filter = json.find("filter"); filter != nullptr) {
    for (const auto& [name, value] : filter->members()) {
      SS_ASSIGN_OR_RETURN(std::size_t index, read_field(*collection, name));
      SS_TRY(add_conditions(spec.filter, collection->fields[index],
                            static_cast<std::uint16_t>(index), value));
    }
  }
  if (const Json* query = json.find("query"); query != nullptr)
    spec.filter.query = query->text();
  return spec;
}

Status run_command(ClientSession& session, std::string_view text, TimeMs now) {
  SS_ASSIGN_OR_RETURN(Json command, Json::parse(text, kCommandBytes));
  SS_ASSIGN_OR_RETURN(std::string name, read_string(command, "cmd"));
  if (name == "edit") {
    Error rejected{ErrorCode::none, {}, {}};
    std::string id;
    SS_TRY(run_edit(session, command, now, rejected, id));
    if (rejected.code != ErrorCode::none)
      session.reject(id, rejected);
    return {};
  }
  if (name == "retryNow")
    return session.retry_now(now), Status{};
  if (name == "refresh")
    return session.refresh(now), Status{};
  if (name == "signedIn")
    return session.signed_in(now), Status{};
  if (name == "discard" || name == "sendAgain") {
    SS_ASSIGN_OR_RETURN(std::uint64_t number, read_number(command, "number"));
    if (name == "discard")
      return session.discard(number, now);
    std::vector<sync::Op> ops;
    if (const Json* list = command.find("ops"); list != nullptr && list->size() > 0) {
      SS_ASSIGN_OR_RETURN(ops, ops_from_json(session, *list));
    }
    return session.send_again(number, std::move(ops), now);
  }
  if (name == "openPage" || name == "closePage" || name == "releasePage") {
    SS_ASSIGN_OR_RETURN(std::uint64_t page, read_number(command, "page"));
    if (name == "closePage")
      return session.close_page(page, now), Status{};
    if (name == "releasePage")
      return session.release_page(page, now), Status{};
    const Json* json = command.find("spec");
    if (json == nullptr)
      return fail(ErrorCode::required, {}, "spec");
    SS_ASSIGN_OR_RETURN(PageSpec spec, page_spec_from_json(*json));
    return session.open_page(page, std::move(spec), now);
  }
  if (name == "openQueue" || name == "closeQueue") {
    SS_ASSIGN_OR_RETURN(std::uint64_t window, read_number(command, "window"));
    if (name == "closeQueue")
      return session.close_queue(window, now), Status{};
    SS_ASSIGN_OR_RETURN(std::string state, read_string(command, "state"));
    SS_ASSIGN_OR_RETURN(std::uint64_t from, read_number(command, "from"));
    SS_ASSIGN_OR_RETURN(std::uint64_t size, read_number(command, "size"));
    const auto known = entry_state_of(state);
    if (!known)
      return fail(ErrorCode::invalid, state, "state");
    return session.open_queue(window, *known, static_cast<std::size_t>(from),
                              static_cast<std::size_t>(size), now);
  }
  if (name == "readQueue") {
    SS_ASSIGN_OR_RETURN(std::uint64_t request, read_number(command, "request"));
    SS_ASSIGN_OR_RETURN(std::uint64_t after, read_number(command, "after"));
    return session.read_queue(request, after, now), Status{};
  }
  if (name == "watch" || name == "unwatch") {
    SS_ASSIGN_OR_RETURN(std::uint64_t watch, read_number(command, "watch"));
    if (name == "unwatch")
      return session.unwatch(watch, now), Status{};
    SS_ASSIGN_OR_RETURN(const CollectionDef* collection, read_collection(command));
    SS_ASSIGN_OR_RETURN(RecordId id, read_id(command, *collection));
    session.watch(watch, {collection->number, id}, now);
    return {};
  }
  return fail(ErrorCode::unknown_type, name, "cmd");
}

}  // namespace syncstore::session
