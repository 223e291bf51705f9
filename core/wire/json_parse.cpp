#include <algorithm>

#include "core/base/limits.hpp"
#include "core/base/money.hpp"
#include "core/wire/json_dialect.hpp"

namespace syncstore::wire {
namespace {

using model::CollectionDef;
using model::FieldDef;
using model::FieldKind;

Error at(const std::string& path, Error error) {
  // The readers of single members name the member; here it becomes the path from the message's
  // root.
  if (error.field.empty()) {
    error.field = path;
  } else if (!path.empty()) {
    error.field = path + "." + error.field;
  }
  return error;
}

std::string item_path(const std::string& path, std::string_view list, std::size_t index) {
  return path + "." + std::string(list) + "[" + std::to_string(index) + "]";
}

Status expect_object(const Json& json, const std::string& path) {
  if (json.is(Json::Kind::object))
    return {};
  return fail(ErrorCode::wrong_type, "an object is expected", path);
}

Result<std::string> read_text(const Json& object, std::string_view key, const std::string& path) {
  auto text = read_string(object, key);
  if (!text.ok())
    return at(path, text.error());
  return text;
}

Result<const Json*> read_member(const Json& object, std::string_view key, const std::string& path) {
  const Json* member = object.find(key);
  if (member == nullptr) {
    return fail(ErrorCode::required, "this member is needed", path + "." + std::string(key));
  }
  return member;
}

// An object under `data`, with nothing but the known members.
Result<const Json*> read_data(const Json& message, std::initializer_list<std::string_view> known) {
  SS_ASSIGN_OR_RETURN(const Json* data, read_member(message, "data", ""));
  if (auto status = expect_object(*data, "data"); !status.ok())
    return status.error();
  if (auto status = only_known_members(*data, known); !status.ok())
    return at("data", status.error());
  return data;
}

Result<StoreId> read_store(const Json& message) {
  SS_ASSIGN_OR_RETURN(std::string store, read_text(message, "storeId", ""));
  if (!is_valid_store_id(store))
    return fail(ErrorCode::unknown_store, {}, "storeId");
  return store;
}

Result<const CollectionDef*> read_collection(const Json& op, const std::string& path) {
  SS_ASSIGN_OR_RETURN(std::string name, read_text(op, "dataType", path));
  const CollectionDef* collection = model::find_collection(std::string_view(name));
  if (collection == nullptr) {
    return fail(ErrorCode::unknown_collection, "there is no data type \"" + name + "\"",
                path + ".dataType");
  }
  return collection;
}

Result<int> find_field(const CollectionDef& collection, std::string_view name,
                       const std::string& path) {
  const int index = collection.field_index(name);
  if (index < 0) {
    return fail(ErrorCode::unknown_field,
                std::string(collection.name) + " has no field \"" + std::string(name) + "\"", path);
  }
  return index;
}

Result<model::Value> read_value_of(const FieldDef& field, const Json& json,
                                   const std::string& path) {
  auto value = model::value_from_json(field, json);
  if (!value.ok()) {
    Error error = value.error();
    error.field = path;
    return error;
  }
  return value;
}

// Amounts have the scale of their field: whole numbers of counts, decimal strings of money and
// decimals.
Result<std::int64_t> read_amount(const FieldDef& field, const Json& op, std::string_view key,
                                 const std::string& path) {
  const std::string where = path + "." + std::string(key);
  SS_ASSIGN_OR_RETURN(const Json* json, read_member(op, key, path));
  if (field.kind == FieldKind::count) {
    if (!json->is(Json::Kind::integer))
      return fail(ErrorCode::wrong_type, "a whole number is expected", where);
    if (json->integer() > limits::kCountMax || json->integer() < -limits::kCountMax) {
      return fail(ErrorCode::out_of_range, {}, where);
    }
    return json->integer();
  }
  if (field.kind != FieldKind::money && field.kind != FieldKind::decimal) {
    return fail(ErrorCode::invalid, "\"add\" is for numbers", path + ".field");
  }
  if (!json->is(Json::Kind::string))
    return fail(ErrorCode::wrong_type, "a decimal string is expected", where);
  auto amount = parse_decimal(json->text());
  if (!amount.ok())
    return at(where, fail(amount.error().code, amount.error().detail));
  return amount;
}

struct OpReader {
  const Json& json;
  const std::string& path;
  const CollectionDef& collection;
  sync::Op& op;

  Result<const FieldDef*> field() {
    SS_ASSIGN_OR_RETURN(std::string name, read_text(json, "field", path));
    SS_ASSIGN_OR_RETURN(int index, find_field(collection, name, path + ".field"));
    op.field = static_cast<std::uint16_t>(index);
    return &collection.fields[static_cast<std::size_t>(index)];
  }

  Status set() {
    SS_ASSIGN_OR_RETURN(const FieldDef* def, field());
    SS_ASSIGN_OR_RETURN(const Json* from, read_member(json, "from", path));
    SS_ASSIGN_OR_RETURN(const Json* to, read_member(json, "to", path));
    SS_ASSIGN_OR_RETURN(model::Value seen, read_value_of(*def, *from, path + ".from"));
    SS_ASSIGN_OR_RETURN(op.to, read_value_of(*def, *to, path + ".to"));
    op.from = sync::FromValue::exactly(std::move(seen));
    return {};
  }

  Status add() {
    SS_ASSIGN_OR_RETURN(const FieldDef* def, field());
    SS_ASSIGN_OR_RETURN(op.amount, read_amount(*def, json, "amount", path));
    if (json.find("min") != nullptr) {
      SS_ASSIGN_OR_RETURN(std::int64_t min, read_amount(*def, json, "min", path));
      op.min = min;
    }
    return {};
  }

  Status list() {
    SS_ASSIGN_OR_RETURN(const FieldDef* def, field());
    if (def->kind != FieldKind::list) {
      return fail(ErrorCode::invalid, "this field is not a list", path + ".field");
    }
    SS_ASSIGN_OR_RETURN(std::string value, read_text(json, "value", path));
    op.to = std::move(value);
    return {};
  }

  Status insert() {
    SS_ASSIGN_OR_RETURN(const Json* fields, read_member(json, "fields", path));
    SS_TRY(expect_object(*fields, path + ".fields"));
    for (const auto& [name, value] : fields->members()) {
      const std::string where = path + ".fields." + name;
      SS_ASSIGN_OR_RETURN(int index, find_field(collection, name, where));
      const FieldDef& def = collection.fields[static_cast<std::size_t>(index)];
      SS_ASSIGN_OR_RETURN(model::Value parsed, read_value_of(def, value, where));
      op.fields.push_back({static_cast<std::uint16_t>(index), std::move(parsed)});
    }
    std::sort(op.fields.begin(), op.fields.end(),
              [](const auto& a, const auto& b) { return a.field < b.field; });
    return {};
  }

  Status remove() {
    const Json* seen = json.find("seen");
    if (seen == nullptr)
      return {};
    SS_TRY(expect_object(*seen, path + ".seen"));
    for (const auto& [name, value] : seen->members()) {
      const std::string where = path + ".seen." + name;
      SS_ASSIGN_OR_RETURN(int index, find_field(collection, name, where));
      const FieldDef& def = collection.fields[static_cast<std::size_t>(index)];
      SS_ASSIGN_OR_RETURN(model::Value parsed, read_value_of(def, value, where));
      op.seen.push_back(
          {static_cast<std::uint16_t>(index), sync::FromValue::exactly(std::move(parsed))});
    }
    std::sort(op.seen.begin(), op.seen.end(),
              [](const auto& a, const auto& b) { return a.field < b.field; });
    return {};
  }
};

struct OpShape {
  std::string_view name;
  sync::OpKind kind;
  std::initializer_list<std::string_view> members;
  Status (OpReader::*read)();
};

Result<sync::Op> read_op(const Json& json, const std::string& path) {
  static const OpShape kShapes[] = {
      {"set", sync::OpKind::set, {"op", "dataType", "id", "field", "from", "to"}, &OpReader::set},
      {"add",
       sync::OpKind::add,
       {"op", "dataType", "id", "field", "amount", "min"},
       &OpReader::add},
      {"insert", sync::OpKind::insert, {"op", "dataType", "id", "fields"}, &OpReader::insert},
      {"remove", sync::OpKind::remove, {"op", "dataType", "id", "seen"}, &OpReader::remove},
      {"list_add",
       sync::OpKind::list_add,
       {"op", "dataType", "id", "field", "value"},
       &OpReader::list},
      {"list_remove",
       sync::OpKind::list_remove,
       {"op", "dataType", "id", "field", "value"},
       &OpReader::list},
  };
  SS_TRY(expect_object(json, path));
  SS_ASSIGN_OR_RETURN(std::string name, read_text(json, "op", path));
  const auto* shape =
      std::find_if(std::begin(kShapes), std::end(kShapes),
                   [&](const OpShape& candidate) { return candidate.name == name; });
  if (shape == std::end(kShapes)) {
    return fail(ErrorCode::unknown_type, "there is no operation \"" + name + "\"", path + ".op");
  }
  if (auto status = only_known_members(json, shape->members); !status.ok())
    return at(path, status.error());
  SS_ASSIGN_OR_RETURN(const CollectionDef* collection, read_collection(json, path));
  sync::Op op;
  op.kind = shape->kind;
  op.collection = collection->number;
  const bool derives = op.kind == sync::OpKind::insert && !collection->key_fields.empty() &&
                       json.find("id") == nullptr;
  if (!derives) {
    SS_ASSIGN_OR_RETURN(std::string id_text, read_text(json, "id", path));
    const auto id = RecordId::parse(id_text);
    if (!id || id->value == 0) {
      return fail(ErrorCode::invalid, "a record id is 13 characters of base32", path + ".id");
    }
    op.record = *id;
  }
  OpReader reader{json, path, *collection, op};
  if (auto status = (reader.*(shape->read))(); !status.ok())
    return status.error();
  if (derives) {
    const Result<RecordId> id = sync::natural_record(*collection, op.fields);
    if (!id.ok())
      return at(path + ".fields", id.error());
    op.record = *id;
  }
  return op;
}

Result<const std::vector<Json>*> read_list(const Json& object, std::string_view key,
                                           const std::string& path, std::size_t max) {
  const std::string where = path + "." + std::string(key);
  SS_ASSIGN_OR_RETURN(const Json* list, read_member(object, key, path));
  if (!list->is(Json::Kind::array))
    return fail(ErrorCode::wrong_type, "an array is expected", where);
  if (list->items().empty())
    return fail(ErrorCode::required, "at least one item is needed", where);
  if (list->items().size() > max) {
    return fail(ErrorCode::too_large, "at most " + std::to_string(max) + " items are allowed",
                where);
  }
  return &list->items();
}

Result<JsonClientMessage> read_auth(const Json& message) {
  SS_ASSIGN_OR_RETURN(const Json* data, read_data(message, {"token", "ticket"}));
  JsonAuth auth;
  if (data->find("token") != nullptr) {
    SS_ASSIGN_OR_RETURN(auth.token, read_text(*data, "token", "data"));
  }
  if (data->find("ticket") != nullptr) {
    SS_ASSIGN_OR_RETURN(auth.ticket, read_text(*data, "ticket", "data"));
  }
  if (auth.token.empty() == auth.ticket.empty()) {
    return fail(ErrorCode::required, "send a token or a ticket", "data");
  }
  return JsonClientMessage(std::move(auth));
}

Result<JsonSince> read_since(const Json& since) {
  const std::string path = "data.since";
  if (auto status = expect_object(since, path); !status.ok())
    return status.error();
  if (auto status = only_known_members(since, {"epoch", "sequenceNumber"}); !status.ok()) {
    return at(path, status.error());
  }
  SS_ASSIGN_OR_RETURN(std::string epoch_text, read_text(since, "epoch", path));
  // What is not an epoch's text is simply no epoch of ours: another log, so a snapshot.
  const Epoch epoch = base32_parse(epoch_text).value_or(0);
  auto sequence = read_integer(since, "sequenceNumber");
  if (!sequence.ok())
    return at(path, sequence.error());
  if (sequence.value() < 0)
    return fail(ErrorCode::out_of_range, {}, path + ".sequenceNumber");
  return JsonSince{epoch, static_cast<Sequence>(sequence.value())};
}

Result<JsonClientMessage> read_select_store(const Json& message) {
  JsonSelectStore select;
  SS_ASSIGN_OR_RETURN(select.store, read_store(message));
  if (message.find("data") == nullptr)
    return JsonClientMessage(std::move(select));
  SS_ASSIGN_OR_RETURN(const Json* data, read_data(message, {"dataTypes", "since"}));
  if (data->find("dataTypes") != nullptr) {
    SS_ASSIGN_OR_RETURN(const std::vector<Json>* names,
                        read_list(*data, "dataTypes", "data", model::collections().size() * 2));
    for (std::size_t i = 0; i < names->size(); ++i) {
      const std::string where = item_path("data", "dataTypes", i);
      const Json& name = (*names)[i];
      if (!name.is(Json::Kind::string))
        return fail(ErrorCode::wrong_type, "a string is expected", where);
      const CollectionDef* collection = model::find_collection(std::string_view(name.text()));
      if (collection == nullptr) {
        return fail(ErrorCode::unknown_collection, "there is no data type \"" + name.text() + "\"",
                    where);
      }
      if (std::find(select.collections.begin(), select.collections.end(), collection->number) ==
          select.collections.end()) {
        select.collections.push_back(collection->number);
      }
    }
  }
  if (const Json* since = data->find("since"); since != nullptr) {
    SS_ASSIGN_OR_RETURN(JsonSince parsed, read_since(*since));
    select.since = parsed;
  }
  return JsonClientMessage(std::move(select));
}

Result<JsonClientMessage> read_mutate(const Json& message) {
  JsonMutate mutate;
  SS_ASSIGN_OR_RETURN(mutate.store, read_store(message));
  SS_ASSIGN_OR_RETURN(const Json* data, read_data(message, {"mutations"}));
  SS_ASSIGN_OR_RETURN(const std::vector<Json>* items,
                      read_list(*data, "mutations", "data", limits::kMutationsPerMessage));
  mutate.mutations.reserve(items->size());
  for (std::size_t i = 0; i < items->size(); ++i) {
    SS_ASSIGN_OR_RETURN(sync::Mutation mutation,
                        mutation_from_json((*items)[i], item_path("data", "mutations", i)));
    mutate.mutations.push_back(std::move(mutation));
  }
  return JsonClientMessage(std::move(mutate));
}

Result<JsonClientMessage> read_ping(const Json& message) {
  JsonPing ping;
  if (const Json* data = message.find("data"); data != nullptr)
    ping.data = *data;
  return JsonClientMessage(std::move(ping));
}

struct MessageShape {
  std::string_view name;
  std::initializer_list<std::string_view> members;
  Result<JsonClientMessage> (*read)(const Json&);
};

}  // namespace

Result<sync::Mutation> mutation_from_json(const Json& json, const std::string& path) {
  SS_TRY(expect_object(json, path));
  if (auto status = only_known_members(json, {"id", "mode", "ops"}); !status.ok()) {
    return at(path, status.error());
  }
  SS_ASSIGN_OR_RETURN(std::string id_text, read_text(json, "id", path));
  const auto id = Uuid::parse(id_text);
  if (!id || id->is_nil())
    return fail(ErrorCode::invalid, "a mutation id is a UUID", path + ".id");
  sync::Mutation mutation;
  mutation.id = *id;
  if (json.find("mode") != nullptr) {
    SS_ASSIGN_OR_RETURN(std::string mode, read_text(json, "mode", path));
    if (mode != "each" && mode != "all") {
      return fail(ErrorCode::invalid, "mode is \"each\" or \"all\"", path + ".mode");
    }
    mutation.mode = mode == "all" ? sync::Mode::all : sync::Mode::each;
  }
  SS_ASSIGN_OR_RETURN(const std::vector<Json>* ops,
                      read_list(json, "ops", path, limits::kOpsPerMutation));
  mutation.ops.reserve(ops->size());
  for (std::size_t i = 0; i < ops->size(); ++i) {
    SS_ASSIGN_OR_RETURN(sync::Op op, read_op((*ops)[i], item_path(path, "ops", i)));
    mutation.ops.push_back(std::move(op));
  }
  return mutation;
}

Result<JsonClientMessage> parse_client_message(std::string_view text) {
  static const MessageShape kShapes[] = {
      {"auth", {"type", "data", "timestamp"}, &read_auth},
      {"selectStore", {"type", "storeId", "data", "timestamp"}, &read_select_store},
      {"mutate", {"type", "storeId", "data", "timestamp"}, &read_mutate},
      {"ping", {"type", "data", "timestamp"}, &read_ping},
  };
  SS_ASSIGN_OR_RETURN(Json message, Json::parse(text, limits::kMessageBytes));
  if (!message.is(Json::Kind::object))
    return fail(ErrorCode::wrong_type, "an object is expected");
  SS_ASSIGN_OR_RETURN(std::string type, read_text(message, "type", ""));
  const auto* shape =
      std::find_if(std::begin(kShapes), std::end(kShapes),
                   [&](const MessageShape& candidate) { return candidate.name == type; });
  if (shape == std::end(kShapes)) {
    return fail(ErrorCode::unknown_type, "there is no message type \"" + type + "\"", "type");
  }
  SS_TRY(only_known_members(message, shape->members));
  if (const Json* timestamp = message.find("timestamp");
      timestamp != nullptr && !timestamp->is(Json::Kind::integer)) {
    return fail(ErrorCode::wrong_type, "milliseconds are expected", "timestamp");
  }
  return shape->read(message);
}

}  // namespace syncstore::wire
