#include "core/session/queue_windows.hpp"

#include <algorithm>

#include "core/base/json.hpp"
#include "core/base/limits.hpp"
#include "core/wire/json_dialect.hpp"

namespace syncstore::session {
namespace {

constexpr std::string_view kStates[] = {"", "waiting", "sent", "acked", "parked"};

std::string_view op_name(sync::OpKind kind) {
  static constexpr std::string_view kNames[] = {"",       "set",      "add",        "insert",
                                                "remove", "list_add", "list_remove"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string title_of(const model::CollectionDef& collection, const model::Record* record) {
  if (record == nullptr)
    return {};
  for (const std::string_view name : {"title", "name"}) {
    const int field = collection.field_index(name);
    if (field < 0)
      continue;
    const auto* text = std::get_if<std::string>(&record->values[static_cast<std::size_t>(field)]);
    if (text != nullptr)
      return *text;
  }
  return std::string(collection.label);
}

// What another version of the application queued here is told too: by its number, and its value as
// it is.
const model::FieldDef kUnknown{.number = 0, .name = "", .kind = model::FieldKind::line};
const model::CollectionDef kUnknownCollection{};

const model::FieldDef& field_of(const model::CollectionDef& collection, std::uint16_t index) {
  const model::FieldDef* field = collection.field_at(index);
  return field == nullptr ? kUnknown : *field;
}

std::string name_of(const model::CollectionDef& collection, std::uint16_t index) {
  const model::FieldDef* field = collection.field_at(index);
  return field == nullptr ? "#" + std::to_string(index & model::kFieldNumberMax)
                          : std::string(field->name);
}

void append_fields_of(std::string& out, const model::CollectionDef& collection,
                      const std::vector<sync::FieldValue>& fields) {
  out += '{';
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0)
      out += ',';
    append_json_string(out, name_of(collection, fields[i].field));
    out += ':';
    wire::append_value(out, field_of(collection, fields[i].field), fields[i].value,
                       model::TimeForm::milliseconds);
  }
  out += '}';
}

void append_op(std::string& out, const sync::Op& op, const sync::OpOutcome* outcome,
               const model::Record* shown, const model::Record* kept) {
  const model::CollectionDef* found = model::find_collection(op.collection);
  const model::CollectionDef& collection = found == nullptr ? kUnknownCollection : *found;
  std::string title = title_of(collection, shown != nullptr ? shown : kept);
  if (op.kind == sync::OpKind::insert && shown == nullptr) {
    const int name = std::max(collection.field_index("title"), collection.field_index("name"));
    for (const sync::FieldValue& field : op.fields) {
      const auto* text = std::get_if<std::string>(&field.value);
      if (int{field.field} == name && text != nullptr)
        title = *text;
    }
  }
  out += "{\"op\":\"";
  out += op_name(op.kind);
  out += "\",\"collection\":";
  append_json_string(
      out, found == nullptr ? "#" + std::to_string(op.collection) : std::string(collection.name));
  out += ",\"id\":\"" + op.record.text() + "\",\"recordTitle\":";
  append_json_string(out, title.empty() ? op.record.text() : title);
  const bool one_field = op.kind != sync::OpKind::insert && op.kind != sync::OpKind::remove;
  if (one_field) {
    const model::FieldDef& field = field_of(collection, op.field);
    out += ",\"field\":";
    append_json_string(out, name_of(collection, op.field));
    if (op.kind == sync::OpKind::add) {
      out += ",\"amount\":";
      // Amounts have the field's own form: a decimal string of money, a number of counts.
      wire::append_value(out, field, op.amount, model::TimeForm::milliseconds);
    } else {
      if (op.from.kind == sync::FromValue::Kind::value) {
        out += ",\"from\":";
        wire::append_value(out, field, op.from.value, model::TimeForm::milliseconds);
      }
      out += ",\"to\":";
      wire::append_value(out, field, op.to, model::TimeForm::milliseconds);
    }
  }
  if (op.kind == sync::OpKind::insert) {
    out += ",\"fields\":";
    append_fields_of(out, collection, op.fields);
  } else if (kept != nullptr && shown == nullptr) {
    // What the record was before the restore: enough to insert it again.
    out += ",\"fields\":{";
    wire::append_fields(out, collection, kept->values, model::TimeForm::milliseconds, false);
    out += '}';
  }
  if (outcome != nullptr) {
    sync::OpOutcome told = *outcome;
    if (one_field)
      told.field.clear();  // the operation names it already
    if (told.code == ErrorCode::unknown_record && kept != nullptr) {
      told.code = ErrorCode::record_lost;
      told.message.clear();
    }
    std::string text;
    wire::append_outcome(text, told);
    out += ',';
    out += std::string_view(text).substr(1, text.size() - 2);  // the members without their braces
  }
  out += '}';
}

}  // namespace

std::string_view entry_state_name(sync::EntryState state) {
  return kStates[static_cast<std::size_t>(state)];
}

std::optional<sync::EntryState> entry_state_of(std::string_view name) {
  const auto* place = std::find(std::begin(kStates) + 1, std::end(kStates), name);
  if (place == std::end(kStates))
    return std::nullopt;
  return static_cast<sync::EntryState>(place - std::begin(kStates));
}

void EntryWriter::append(std::string& out, const sync::QueueEntry& entry) const {
  out +=
      "{\"number\":" + std::to_string(entry.number) + ",\"mutation\":\"" + entry.mutation.id.text();
  out += "\",\"state\":\"";
  out += entry_state_name(entry.state);
  out += "\",\"madeAt\":" + std::to_string(entry.made_at) + ",\"ops\":[";
  for (std::size_t i = 0; i < entry.mutation.ops.size(); ++i) {
    const sync::Op& op = entry.mutation.ops[i];
    const sync::OpOutcome* outcome =
        entry.state == sync::EntryState::parked && i < entry.result.ops.size()
            ? &entry.result.ops[i]
            : nullptr;
    const auto kept = kept_.find({op.collection, op.record});
    if (i > 0)
      out += ',';
    append_op(out, op, outcome, replica_.shown(op.collection, op.record),
              kept == kept_.end() ? nullptr : &kept->second);
  }
  out += "]}";
}

std::string EntryWriter::after(const sync::OfflineQueue& queue, std::uint64_t number) const {
  std::string out = "{\"entries\":[";
  std::uint64_t last = number;
  for (std::size_t count = 0;; ++count) {
    std::uint64_t next = 0;
    for (const auto state :
         {sync::EntryState::waiting, sync::EntryState::sent, sync::EntryState::parked}) {
      const auto place = queue.in_state(state).upper_bound(last);
      if (place != queue.in_state(state).end() && (next == 0 || *place < next))
        next = *place;
    }
    if (next == 0 || count == limits::kQueueWindow)
      return out + "],\"next\":" + std::to_string(next == 0 ? 0 : last) + '}';
    if (count > 0)
      out += ',';
    append(out, *queue.find(next));
    last = next;
  }
}

Status QueueWindows::open(std::uint64_t number, sync::EntryState state, std::size_t from,
                          std::size_t size) {
  if (windows_.size() >= limits::kOpenPages && windows_.count(number) == 0)
    return fail(ErrorCode::queue_full, "too many open lists");
  Window& window = windows_[number];
  if (window.state != state)
    window = Window{};
  window.state = state;
  window.from = from;
  window.size = std::min(size, limits::kQueueWindow);
  window.told = false;
  return {};
}

void QueueWindows::tell(const sync::OfflineQueue& queue, const EntryWriter& writer,
                        std::vector<Effect>& effects) {
  for (auto& [number, window] : windows_) {
    const std::set<std::uint64_t>& all = queue.in_state(window.state);
    // What was listed last is gone: the end of the list is shown.
    const std::size_t from = window.size == 0 || window.from < all.size() || all.empty()
                                 ? std::min(window.from, all.size())
                                 : (all.size() - 1) / window.size * window.size;
    std::vector<std::uint64_t> order;
    std::map<std::uint64_t, std::string> entries;
    std::string changed;
    auto place = std::next(all.begin(), static_cast<std::ptrdiff_t>(from));
    for (; place != all.end() && order.size() < window.size; ++place) {
      std::string text;
      writer.append(text, *queue.find(*place));
      const auto told = window.entries.find(*place);
      if (told == window.entries.end() || told->second != text)
        changed += (changed.empty() ? "" : ",") + text;
      order.push_back(*place);
      entries.emplace(*place, std::move(text));
    }
    const bool same_order = window.told && order == window.order;
    if (same_order && changed.empty() && from == window.told_from &&
        all.size() == window.told_total)
      continue;
    std::string text =
        "{\"from\":" + std::to_string(from) + ",\"total\":" + std::to_string(all.size());
    if (!same_order) {
      text += ",\"order\":[";
      for (const std::uint64_t listed : order) {
        text += text.back() == '[' ? "" : ",";
        text += std::to_string(listed);
      }
      text += ']';
    }
    if (!changed.empty())
      text += ",\"entries\":[" + changed + ']';
    window.told = true;
    window.told_from = from;
    window.told_total = all.size();
    window.order = std::move(order);
    window.entries = std::move(entries);
    effects.push_back({EffectKind::queue, number, text + '}', {}});
  }
}

}  // namespace syncstore::session
