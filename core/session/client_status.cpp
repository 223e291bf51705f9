// How every event ends: screens, status and outbox are told what differs, the timer is set.
#include <algorithm>

#include "core/base/json.hpp"
#include "core/session/client_session.hpp"
#include "core/wire/json_dialect.hpp"

namespace syncstore::session {
namespace {

std::string number_or_null(TimeMs value) { return value == 0 ? "null" : std::to_string(value); }

std::string_view screen_state(ConnectionState state, bool loading) {
  switch (state) {
    case ConnectionState::idle:
    case ConnectionState::connecting:
      return "starting";
    case ConnectionState::connected:
      return loading ? "starting" : "live";
    case ConnectionState::reconnecting:
      return "reconnecting";
    case ConnectionState::polling:
      return "polling";
    case ConnectionState::offline:
      return "offline";
    case ConnectionState::needs_sign_in:
      return "sign-in";
    case ConnectionState::needs_update:
      return "update";
  }
  return "starting";
}

std::string_view op_name(sync::OpKind kind) {
  static constexpr std::string_view kNames[] = {"",       "set",      "add",        "insert",
                                                "remove", "list_add", "list_remove"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view entry_state_name(sync::EntryState state) {
  static constexpr std::string_view kNames[] = {"", "waiting", "sent", "acked", "parked"};
  return kNames[static_cast<std::size_t>(state)];
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

void append_fields_of(std::string& out, const model::CollectionDef& collection,
                      const std::vector<sync::FieldValue>& fields) {
  out += '{';
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0)
      out += ',';
    append_json_string(out, collection.fields[fields[i].field].name);
    out += ':';
    wire::append_value(out, collection.fields[fields[i].field], fields[i].value,
                       model::TimeForm::milliseconds);
  }
  out += '}';
}

void append_op(std::string& out, const sync::Op& op, const sync::OpOutcome* outcome,
               const model::Record* shown, const model::Record* kept) {
  const model::CollectionDef& collection = *model::find_collection(op.collection);
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
  append_json_string(out, collection.name);
  out += ",\"id\":\"" + op.record.text() + "\",\"recordTitle\":";
  append_json_string(out, title.empty() ? op.record.text() : title);
  const bool one_field = op.kind != sync::OpKind::insert && op.kind != sync::OpKind::remove;
  if (one_field) {
    const model::FieldDef& field = collection.fields[op.field];
    out += ",\"field\":";
    append_json_string(out, field.name);
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

ClientSession::ClientSession(ClientConfig config)
    : config_(std::move(config)),
      ids_(config_.seed),
      replica_([] {
        std::vector<std::uint16_t> numbers;
        for (const model::CollectionDef& collection : model::collections())
          numbers.push_back(collection.number);
        return numbers;
      }()),
      writer_(replica_, queue_),
      pages_(replica_, writer_, subscriptions_) {
  replica_.set_listener(
      [this](std::uint16_t collection, RecordId id, const model::Record* before,
             const model::Record* after) { on_shown_changed(collection, id, before, after); });
}

Status ClientSession::open_page(std::uint64_t page, PageSpec spec, TimeMs now) {
  Status status = pages_.open(page, std::move(spec));
  finish(now);
  return status;
}

void ClientSession::close_page(std::uint64_t page, TimeMs now) {
  pages_.close(page);
  finish(now);
}

void ClientSession::release_page(std::uint64_t page, TimeMs now) {
  pages_.release(page);
  finish(now);
}

void ClientSession::watch(std::uint64_t watch, RowKey key, TimeMs now) {
  pages_.watch(watch, key);
  finish(now);
}

void ClientSession::unwatch(std::uint64_t watch, TimeMs now) {
  pages_.unwatch(watch);
  finish(now);
}

std::vector<Effect> ClientSession::take_effects() {
  std::vector<Effect> effects = std::move(effects_);
  effects_.clear();
  return effects;
}

void ClientSession::emit(EffectKind kind, std::uint64_t number, std::string text, Bytes bytes) {
  effects_.push_back({kind, number, std::move(text), std::move(bytes)});
}

void ClientSession::finish(TimeMs now) {
  follow_queue();
  write_queue();
  send_waiting(now);
  follow_queue();
  if ((compaction_wanted_ || cache_.wants_compaction(now)) && caught_up() && !is_doubted())
    compact();
  if (cache_.due() != 0 && cache_.due() <= now)
    cache_.flush(epoch_, stored_through(), now, effects_);
  if (is_live())
    in_step_at_ = now;
  pages_.set_reach(
      is_live()                            ? LivePages::Reach::live
      : state_ == ConnectionState::polling ? LivePages::Reach::polling
      : state_ == ConnectionState::connecting || state_ == ConnectionState::reconnecting
          ? LivePages::Reach::connecting
          : LivePages::Reach::away,
      known_as_of());
  if (marks_live_ != is_live()) {
    // "Saving" becomes "Waiting to send", or the other way round.
    marks_live_ = is_live();
    writer_.set_live(marks_live_);
    for (const auto& [number, rows] : rows_of_entries_) {
      for (const RowKey& key : rows)
        pages_.decoration_changed(key);
    }
  }
  pages_.flush(effects_);
  ask_pages(now);
  tell_status();
  tell_queue();
  arrange_timer(now);
}

// Told when a number of it differs; the times of saves differ with their count.
void ClientSession::tell_status() {
  const sync::QueueCounts counts = queue_.counts();
  const bool loading = !caught_up();
  const TimeMs offline_since = is_live() ? 0 : offline_since_;
  // People read an age in seconds: a stream of changes is not worth a status each.
  const TimeMs last_change_at = last_change_at_ - last_change_at_ % 1'000;
  const TimeMs cached_as_of = from_cache_ && !is_live() ? as_of_ : 0;
  std::int64_t loaded = 0, to_load = 0;  // of snapshots under way or broken
  for (const auto& [collection, place] : places_) {
    if (const auto& snapshot = place.incoming ? place.incoming : place.paused) {
      loaded += static_cast<std::int64_t>(snapshot->rows);
      to_load += static_cast<std::int64_t>(snapshot->begin.rows);
    }
  }
  const decltype(told_status_) facts = {
      static_cast<std::int64_t>(state_),
      loading ? 1 : 0,
      offline_since,
      static_cast<std::int64_t>(counts.waiting),
      static_cast<std::int64_t>(counts.parked),
      static_cast<std::int64_t>(writer_.open_conflicts()),
      last_change_at,
      static_cast<std::int64_t>(saves_),
      retry_at_,
      cached_as_of,
      static_cast<std::int64_t>(role_) << 32 | resyncs_,
      static_cast<std::int64_t>(repairs_),
      loaded,
      to_load,
      last_error_ ? static_cast<std::int64_t>(last_error_->code) : -1};
  const std::string_view error = last_error_ ? std::string_view(last_error_->detail) : "";
  if (facts == told_status_ && error == told_error_)
    return;
  told_status_ = facts;
  told_error_ = error;
  std::string text = "{\"connection\":\"";
  text += screen_state(state_, loading);
  text += "\",\"offlineSince\":" + number_or_null(offline_since);
  text += ",\"waiting\":" + std::to_string(counts.waiting) +
          ",\"parked\":" + std::to_string(counts.parked);
  text += ",\"conflicts\":" + std::to_string(writer_.open_conflicts());
  text += ",\"lastChangeAt\":" + number_or_null(last_change_at);
  std::vector<std::int64_t> sorted = samples_;
  std::sort(sorted.begin(), sorted.end());
  const auto percentile = [&](std::size_t percent) {
    return sorted.empty() ? std::string("null")
                          : std::to_string(sorted[(sorted.size() - 1) * percent / 100]);
  };
  text += ",\"saveP50Ms\":" + percentile(50) + ",\"saveP95Ms\":" + percentile(95);
  text += ",\"saves\":" + std::to_string(saves_) + ",\"nextRetryAt\":" + number_or_null(retry_at_);
  text += ",\"cachedAsOf\":" + number_or_null(cached_as_of);
  text += ",\"role\":\"";
  text += model::role_name(role_);
  text += "\",\"resyncs\":" + std::to_string(resyncs_);
  text += ",\"repairs\":" + std::to_string(repairs_) +
          ",\"repairedRows\":" + std::to_string(repaired_rows_);
  text += ",\"loadedRows\":" + std::to_string(loaded) +
          ",\"rowsToLoad\":" + std::to_string(to_load) + ",\"lastError\":";
  if (last_error_) {
    text += "{\"code\":\"";
    text += error_name(last_error_->code);
    text += "\",\"message\":";
    append_json_string(text, error.empty() ? error_sentence(last_error_->code) : error);
    text += '}';
  } else {
    text += "null";
  }
  text += '}';
  emit(EffectKind::status, 0, std::move(text));
}

void ClientSession::tell_queue() {
  if (!queue_changed_)
    return;
  queue_changed_ = false;
  emit(EffectKind::queue, 0, queue_json());
}

std::string ClientSession::queue_json() const {
  std::string out = "[";
  for (const sync::QueueEntry& entry : queue_.entries()) {
    if (entry.state == sync::EntryState::acked)
      continue;  // answered: nobody's concern any more
    if (out.size() > 1)
      out += ',';
    out += "{\"store\":";
    append_json_string(out, config_.store);
    out += ",\"number\":" + std::to_string(entry.number) + ",\"mutation\":\"" +
           entry.mutation.id.text();
    out += "\",\"state\":\"";
    out += entry_state_name(entry.state);
    out += "\",\"durable\":";
    out += entry.durable ? "true" : "false";
    out += ",\"madeAt\":" + std::to_string(entry.made_at) + ",\"ops\":[";
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
  return out + ']';
}

}  // namespace syncstore::session
