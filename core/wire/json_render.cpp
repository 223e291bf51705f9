#include "core/base/limits.hpp"
#include "core/base/money.hpp"
#include "core/wire/json_dialect.hpp"
#include "core/wire/messages.hpp"

namespace syncstore::wire {
namespace {

using model::CollectionDef;

void append_key(std::string& out, std::string_view key) {
  out += '"';
  out += key;  // keys are our own names: nothing to escape
  out += "\":";
}

void append_text(std::string& out, std::string_view key, std::string_view value) {
  out += ',';
  append_key(out, key);
  append_json_string(out, value);
}

void append_number(std::string& out, std::string_view key, std::uint64_t value) {
  out += ',';
  append_key(out, key);
  out += std::to_string(value);
}

std::string begin_message(std::string_view type, TimeMs now) {
  std::string out = "{\"type\":\"";
  out += type;
  out += "\",\"timestamp\":";
  out += std::to_string(now);
  return out;
}

std::string begin_data(const DataHead& head, const CollectionDef& collection, Sequence base,
                       Sequence target) {
  std::string out = begin_message(head.bulk ? "bulk_update" : "data_update", head.now);
  append_text(out, "storeId", head.store);
  append_text(out, "dataType", collection.name);
  append_text(out, "epoch", base32_text(head.epoch));
  append_number(out, "baseSequence", base);
  append_number(out, "sequenceNumber", target);
  append_number(out, "total", head.total);
  if (!head.user.empty())
    append_text(out, "userId", head.user);
  if (head.batch)
    append_text(out, "batchId", head.batch->text());
  if (head.snapshot)
    out += ",\"snapshot\":true";
  if (head.more)
    out += ",\"more\":true";
  out += ",\"data\":[";
  return out;
}

void begin_row(std::string& out, bool& first, std::string_view op, RecordId id, Sequence version) {
  if (!first)
    out += ',';
  first = false;
  out += "{\"op\":\"";
  out += op;
  out += "\",\"id\":\"";
  out += id.text();
  out += "\",\"version\":";
  out += std::to_string(version);
}

void append_record_fields(std::string& out, std::uint16_t collection_number,
                          const model::Record* record, const std::string& id) {
  out += '{';
  const CollectionDef* collection = model::find_collection(collection_number);
  if (collection != nullptr && record != nullptr) {
    out += "\"id\":\"" + id + "\",\"version\":" + std::to_string(record->version) + ",";
    append_fields(out, *collection, record->values, model::TimeForm::milliseconds, true);
  }
  out += '}';
}

}  // namespace

void append_value(std::string& out, const model::FieldDef& field, const model::Value& value,
                  model::TimeForm time_form) {
  if (const auto* flag = std::get_if<bool>(&value)) {
    out += *flag ? "true" : "false";
  } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
    if (field.kind == model::FieldKind::money || field.kind == model::FieldKind::decimal) {
      out += '"';
      out += format_decimal(*number);
      out += '"';
    } else if (field.kind == model::FieldKind::time && time_form == model::TimeForm::iso8601) {
      append_json_string(out, model::format_iso8601(*number));
    } else {
      out += std::to_string(*number);
    }
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    if (field.kind == model::FieldKind::json) {
      out += text->empty() ? std::string_view("null")
                           : std::string_view(*text);  // canonical JSON already
    } else {
      append_json_string(out, *text);
    }
  } else if (const auto* list = std::get_if<model::TextList>(&value)) {
    out += '[';
    for (std::size_t i = 0; i < list->size(); ++i) {
      if (i > 0)
        out += ',';
      append_json_string(out, (*list)[i]);
    }
    out += ']';
  } else {
    out += "null";
  }
}

void append_fields(std::string& out, const CollectionDef& collection,
                   const std::vector<model::Value>& values, model::TimeForm time_form,
                   bool with_absent) {
  bool first = true;
  for (std::size_t i = 0; i < values.size() && i < collection.fields.size(); ++i) {
    if (collection.fields[i].retired || (!with_absent && model::is_absent(values[i])))
      continue;
    if (!first)
      out += ',';
    first = false;
    append_key(out, collection.fields[i].name);
    append_value(out, collection.fields[i], values[i], time_form);
  }
}

void append_outcome(std::string& out, const sync::OpOutcome& outcome) {
  out += "{\"status\":\"";
  out += sync::op_status_name(outcome.status);
  out += '"';
  if (outcome.conflict)
    append_text(out, "conflictId", outcome.conflict.text());
  if (outcome.code != ErrorCode::none)
    append_text(out, "code", error_name(outcome.code));
  if (!outcome.field.empty())
    append_text(out, "field", outcome.field);
  if (outcome.code != ErrorCode::none || !outcome.message.empty()) {
    append_text(
        out, "message",
        outcome.message.empty() ? error_sentence(outcome.code) : std::string_view(outcome.message));
  }
  out += '}';
}

std::string render_delta(const DataHead& head, const sync::Delta& delta) {
  const CollectionDef* collection = model::find_collection(delta.collection);
  SS_ASSERT(collection != nullptr);
  std::string out = begin_data(head, *collection, delta.base, delta.target);
  bool first = true;
  for (const sync::RowDelta& row : delta.rows) {
    if (row.kind == sync::ChangeKind::remove) {
      begin_row(out, first, "delete", row.id, row.version);
      out += '}';
      continue;
    }
    begin_row(out, first, "upsert", row.id, row.version);
    out += ",\"fields\":{";
    bool first_field = true;
    for (const sync::FieldValue& told : row.fields) {
      const model::FieldDef& field = collection->fields[told.field];
      if (field.retired)
        continue;
      if (!first_field)
        out += ',';
      first_field = false;
      append_key(out, field.name);
      append_value(out, field, told.value, model::TimeForm::milliseconds);
    }
    out += "}}";
  }
  out += "]}";
  return out;
}

std::string render_rows(const DataHead& head, std::uint16_t collection_number, Sequence base,
                        Sequence target, const std::vector<const model::Record*>& records,
                        const std::vector<model::Tombstone>& removals) {
  const CollectionDef* collection = model::find_collection(collection_number);
  SS_ASSERT(collection != nullptr);
  std::string out = begin_data(head, *collection, base, target);
  bool first = true;
  for (const model::Tombstone& removal : removals) {
    begin_row(out, first, "delete", removal.id, removal.version);
    out += '}';
  }
  for (const model::Record* record : records) {
    begin_row(out, first, "upsert", record->id, record->version);
    out += ",\"fields\":{";
    // In a snapshot there is nothing to clear; over older rows an absent field has to be said.
    append_fields(out, *collection, record->values, model::TimeForm::milliseconds, !head.snapshot);
    out += "}}";
  }
  out += "]}";
  return out;
}

std::string render_connected(const ConnectedInfo& info, TimeMs now) {
  std::string out = begin_message("connected", now);
  out += ",\"data\":{\"authenticated\":";
  out += info.authenticated ? "true" : "false";
  append_text(out, "connectionId", info.connection_id);
  if (!info.user_id.empty())
    append_text(out, "userId", info.user_id);
  append_number(out, "protocol", kProtocol);
  out += ",\"limits\":{\"messageBytes\":" + std::to_string(limits::kMessageBytes);
  append_number(out, "mutationsPerMessage", limits::kMutationsPerMessage);
  append_number(out, "messagesPerSecond", limits::kMessagesPerSecond);
  append_number(out, "burst", limits::kMessagesBurst);
  out += "}}}";
  return out;
}

std::string render_store_switch(const StoreId& store, Epoch epoch, Sequence sequence,
                                const model::Record* store_info, const model::Record* dashboard,
                                model::Role role, CatchUp mode, TimeMs now) {
  static constexpr std::string_view kModes[] = {"snapshot", "rows", "tail"};
  std::string out = begin_message("store_switch", now);
  append_text(out, "storeId", store);
  append_text(out, "dataType", "dashboard");
  append_text(out, "epoch", base32_text(epoch));
  append_number(out, "baseSequence", 0);
  append_number(out, "sequenceNumber", sequence);
  append_number(out, "total", dashboard != nullptr ? 1 : 0);
  out += ",\"data\":{\"store\":";
  append_record_fields(out, model::kStoreInfo, store_info, store);  // a store's id is its slug
  out += ",\"dashboard\":";
  append_record_fields(out, model::kDashboard, dashboard,
                       dashboard != nullptr ? dashboard->id.text() : std::string());
  append_text(out, "role", model::role_name(role));
  append_text(out, "mode", kModes[static_cast<std::size_t>(mode)]);
  out += "}}";
  return out;
}

std::string render_receipt(const StoreId& store, const std::vector<sync::MutationResult>& results,
                           TimeMs now) {
  std::string out = begin_message("receipt", now);
  append_text(out, "storeId", store);
  out += ",\"data\":[";
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (i > 0)
      out += ',';
    out += "{\"id\":\"" + results[i].id.text() + '"';
    if (results[i].sequence != 0)
      append_number(out, "sequenceNumber", results[i].sequence);
    out += ",\"ops\":[";
    for (std::size_t k = 0; k < results[i].ops.size(); ++k) {
      if (k > 0)
        out += ',';
      append_outcome(out, results[i].ops[k]);
    }
    out += "]}";
  }
  out += "]}";
  return out;
}

std::string render_pong(const Json& data, TimeMs now) {
  return begin_message("pong", now) + ",\"data\":" + data.dump() + "}";
}

std::string render_connection_status(std::string_view status,
                                     std::optional<std::int64_t> retry_after_ms, TimeMs now) {
  std::string out = begin_message("connection_status", now);
  out += ",\"data\":{\"status\":";
  append_json_string(out, status);
  if (retry_after_ms)
    out += ",\"retryAfterMs\":" + std::to_string(*retry_after_ms);
  out += "}}";
  return out;
}

std::string render_error(const Error& error, TimeMs now) {
  std::string out = begin_message("error", now);
  out += ",\"data\":{\"code\":";
  append_json_string(out, error_name(error.code));
  append_text(out, "message",
              error.detail.empty() ? error_sentence(error.code) : std::string_view(error.detail));
  if (!error.field.empty())
    append_text(out, "details", error.field);
  out += ",\"timestamp\":" + std::to_string(now) + "}}";
  return out;
}

}  // namespace syncstore::wire
