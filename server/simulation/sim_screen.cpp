#include "server/simulation/sim_screen.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "server/simulation/sim_slice.hpp"

namespace syncstore::simulation {
namespace {

using model::Record;
using model::Value;
using session::ClientSession;
using Values = std::optional<std::vector<Value>>;  // of a record; nothing = not there

constexpr std::size_t kUndecidedEdits = 6;  // all their combinations are tried

// --- what is shown, naively ---

void apply(Values& record, const sync::Op& op) {
  if (op.kind == sync::OpKind::remove) {
    record.reset();
  } else if (op.kind == sync::OpKind::insert && !record) {
    record = model::make_record(*model::find_collection(op.collection), op.record).values;
    for (const sync::FieldValue& field : op.fields)
      (*record)[field.field] = field.value;
  } else if (op.kind == sync::OpKind::set && record) {
    (*record)[op.field] = op.to;
  } else if (op.kind == sync::OpKind::add && record) {
    const auto* number = std::get_if<std::int64_t>(&(*record)[op.field]);
    (*record)[op.field] = (number == nullptr ? 0 : *number) + op.amount;
  }
}

enum class Place { in_overlay, in_base, undecided };

// An edit leaves the overlay in the event in which the base reaches its receipt's sequence. Where
// nothing of it was applied to this collection, the cursor does not tell when that is.
Place place_of(const sync::QueueEntry& entry, const ClientSession& session,
               const SimScreen::Spans& lost) {
  if (entry.state == sync::EntryState::parked)
    return Place::in_base;
  if (entry.state != sync::EntryState::acked)
    return Place::in_overlay;
  if (entry.result.sequence == 0)
    return Place::in_base;
  if (session.epoch() == 0)  // nothing is known of the server yet that could show it
    return Place::in_overlay;
  const Sequence cursor = session.cursor(model::kProducts);
  // Loading for the first time in this epoch, or again: the base alone does not tell.
  if (cursor == 0 || session.replica().is_loading(model::kProducts))
    return Place::undecided;
  if (entry.result.epoch != session.epoch())
    return Place::in_base;
  if (cursor >= entry.result.sequence)
    return Place::in_base;
  // The base had it and went back with the server, or was read anew and never had it.
  if (std::any_of(lost.begin(), lost.end(), [&](const auto& span) {
        return entry.result.sequence > span.first && entry.result.sequence <= span.second;
      }))
    return Place::undecided;
  const bool applied =
      std::any_of(entry.result.ops.begin(), entry.result.ops.end(),
                  [](const sync::OpOutcome& op) { return op.status == sync::OpStatus::applied; });
  return applied ? Place::in_overlay : Place::undecided;
}

using Edits = std::vector<std::pair<const sync::QueueEntry*, Place>>;

// The edits of each record, oldest first; those that are in the base already do not count.
std::map<RecordId, Edits> edits_by_record(const ClientSession& session,
                                          const SimScreen::Spans& lost) {
  std::map<RecordId, Edits> edits;
  for (const sync::QueueEntry& entry : session.queue().entries()) {
    const Place place = place_of(entry, session, lost);
    for (const sync::Op& op : entry.mutation.ops) {
      if (op.collection != model::kProducts)
        continue;
      Edits& of = edits[op.record];
      if (place != Place::in_base && (of.empty() || of.back().first != &entry))
        of.emplace_back(&entry, place);
    }
  }
  return edits;
}

// Whether the record is shown in one of the ways in which it may be: what is undecided is tried
// both ways.
bool is_shown_as(const ClientSession& session, RecordId id, const Edits& edits) {
  const Record* base = session.replica().base(model::kProducts).find(id);
  const Record* record = session.replica().shown(model::kProducts, id);
  if (edits.empty())
    return (base == nullptr) == (record == nullptr) &&
           (base == nullptr || base->values == record->values);
  const auto undecided =
      static_cast<std::size_t>(std::count_if(edits.begin(), edits.end(), [](const auto& edit) {
        return edit.second == Place::undecided;
      }));
  if (undecided > kUndecidedEdits)
    return true;
  const Values shown = record == nullptr ? Values() : Values(record->values);
  for (std::size_t choice = 0; choice < std::size_t{1} << undecided; ++choice) {
    Values values = base == nullptr ? Values() : Values(base->values);
    std::size_t bit = 0;
    for (const auto& [entry, place] : edits) {
      if (place == Place::undecided && (choice >> bit++ & 1) == 0)
        continue;
      for (const sync::Op& op : entry->mutation.ops) {
        if (op.collection == model::kProducts && op.record == id)
          apply(values, op);
      }
    }
    if (values == shown)
      return true;
  }
  return false;
}

// --- rows ---

// Money is told as a decimal string, in 1/10,000 here.
std::int64_t ten_thousandths(const std::string& text) {
  const std::size_t point = text.find('.');
  std::string digits = text.substr(0, point);
  std::string fraction = point == std::string::npos ? "" : text.substr(point + 1);
  fraction.resize(4, '0');
  return std::strtoll((digits + fraction).c_str(), nullptr, 10);
}

}  // namespace

const std::map<std::uint64_t, session::PageSpec>& SimScreen::tables() {
  static const auto kTables = [] {
    const model::CollectionDef& products = *model::find_collection(model::kProducts);
    std::map<std::uint64_t, session::PageSpec> specs;
    specs[1] = {model::kProducts, {}, view::parse_sort(products, "title").value(), 1, 10};
    specs[2] = {model::kProducts, {}, view::parse_sort(products, "-inventory").value(), 2, 7};
    view::Filter active;
    active.conditions.push_back({kStatus, view::Comparison::equal, std::string("Active")});
    specs[kHeld] = {model::kProducts, active, view::parse_sort(products, "-price").value(), 1, 25};
    return specs;
  }();
  return kTables;
}

void SimScreen::clear() {
  tables_.clear();
  told_lost_.clear();
}

void SimScreen::open(std::uint64_t number, const session::PageSpec& spec) {
  specs_[number] = spec;
  ++pages_told_;
}

void SimScreen::close(std::uint64_t number) {
  specs_.erase(number);
  tables_.erase(number);
}

void SimScreen::take_page(std::uint64_t number, const std::string& text) {
  const bool readable = reader_.read(text);
  SS_ASSERT(readable);
  const JsonText::Value patch = reader_.root();
  ++pages_told_;
  Table& table = tables_[number];
  table.ready = patch["state"].raw() == "ready";
  table.total = patch["total"].integer();
  table.page = patch["page"].integer();
  table.pages = patch["pages"].integer();
  table.entered = patch["entered"].integer();
  table.clamped = patch["clamped"].boolean();
  table.partial = static_cast<bool>(patch["partial"]);
  if (const auto order = patch["order"])
    take_order(table, order);
  if (const auto rows = patch["rows"]) {
    for (auto row = rows.first(); row; row = row.next())
      take_row(table, row);
  }
}

void SimScreen::take_order(Table& table, JsonText::Value order) {
  std::vector<Row> rows;
  for (auto told = order.first(); told; told = told.next()) {
    Row& row = rows.emplace_back();
    row.id = RecordId::parse(told.raw()).value_or(RecordId{});
    const auto before = std::find_if(table.rows.begin(), table.rows.end(),
                                     [&](const Row& other) { return other.id == row.id; });
    if (before != table.rows.end())
      row = std::move(*before);
  }
  table.rows = std::move(rows);
}

void SimScreen::take_row(Table& table, JsonText::Value told) {
  const model::CollectionDef& products = *model::find_collection(model::kProducts);
  const RecordId id = RecordId::parse(told["id"].raw()).value_or(RecordId{});
  const auto found = std::find_if(table.rows.begin(), table.rows.end(),
                                  [&](const Row& row) { return row.id == id; });
  if (found == table.rows.end())
    return;
  Row& row = *found;
  row = Row();
  row.id = id;
  row.told = true;
  row.removed = !told["removed"].is(JsonText::Kind::null);
  row.version = told["version"].integer();
  const JsonText::Value fields = told["fields"];
  row.has_fields = static_cast<bool>(fields);
  for (std::size_t i = 0; i < kLookedAt.size(); ++i) {
    const JsonText::Value value = fields[products.fields[kLookedAt[i]].name];
    Cell& cell = row.cells[i];
    cell.told = value && !value.is(JsonText::Kind::null);
    cell.is_text = value.is(JsonText::Kind::text);
    cell.text = value.text();
    cell.number = cell.is_text ? ten_thousandths(cell.text) : value.integer();
  }
  const JsonText::Value marks = told["marks"];
  for (auto mark = marks.first(); mark; mark = mark.next()) {
    const int field = products.field_index(mark.key());
    SS_ASSERT(field >= 0);
    row.marks.emplace_back(static_cast<std::uint16_t>(field), mark.text());
  }
}

std::string SimScreen::check_page(std::uint64_t number, const ClientSession& session,
                                  bool& held) const {
  held = false;
  const auto found = tables_.find(number);
  if (found == tables_.end() || !found->second.ready)
    return {};
  const Table& table = found->second;
  const session::PageSpec& spec = specs_.at(number);
  const Slice slice = slice_of(
      spec, [&](const auto& visit) { session.replica().for_each_shown(spec.collection, visit); });
  const auto name = [&] { return "table " + std::to_string(number); };
  if (std::string wrong = check_facts(table, spec, slice); !wrong.empty())
    return name() + wrong;
  held = !std::equal(table.rows.begin(), table.rows.end(), slice.rows.begin(), slice.rows.end(),
                     [](const Row& row, const Record* record) { return row.id == record->id; });
  const auto entered =
      std::count_if(slice.rows.begin(), slice.rows.end(), [&](const Record* record) {
        return held && std::none_of(table.rows.begin(), table.rows.end(),
                                    [&](const Row& row) { return row.id == record->id; });
      });
  if (table.entered != entered) {
    return name() + " counts " + std::to_string(table.entered) + " new rows for " +
           std::to_string(entered);
  }
  return check_rows(number, session);
}

std::string SimScreen::check_facts(const Table& table, const session::PageSpec& spec,
                                   const Slice& slice) {
  if (table.total == static_cast<std::int64_t>(slice.total) &&
      table.pages == static_cast<std::int64_t>(slice.pages) &&
      table.page == static_cast<std::int64_t>(slice.page) &&
      table.clamped == (spec.page > slice.pages))
    return {};
  return ": page " + std::to_string(table.page) + " of " + std::to_string(table.pages) + " with " +
         std::to_string(table.total) + " records for page " + std::to_string(slice.page) + " of " +
         std::to_string(slice.pages) + " with " + std::to_string(slice.total);
}

std::string SimScreen::check_rows(std::uint64_t number, const ClientSession& session) const {
  const auto found = tables_.find(number);
  if (found == tables_.end() || !found->second.ready)
    return {};
  for (const Row& row : found->second.rows) {
    const std::string wrong = row.told ? check_row(row, session) : "was not told one of its rows";
    if (!wrong.empty())
      return "table " + std::to_string(number) + ": " + wrong;
  }
  return {};
}

bool SimScreen::tells(const Cell& cell, const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value))
    return cell.is_text && cell.text == *text;
  if (const auto* number = std::get_if<std::int64_t>(&value))
    return cell.told && cell.number == *number;
  return !cell.told;
}

std::string SimScreen::check_row(const Row& row, const ClientSession& session) const {
  const Record* record = session.replica().shown(model::kProducts, row.id);
  if (record == nullptr)
    return row.removed ? "" : "a removed row looks alive";
  const model::CollectionDef& products = *model::find_collection(model::kProducts);
  if (!row.has_fields)
    return "a row without its fields";
  for (std::size_t i = 0; i < kLookedAt.size(); ++i) {
    if (!tells(row.cells[i], record->values[kLookedAt[i]]))
      return "a row shows an old " + std::string(products.fields[kLookedAt[i]].name);
  }
  if (row.version != static_cast<std::int64_t>(record->version))
    return "a row shows an old version";
  const bool live = session.state() == session::ConnectionState::connected;
  for (const sync::QueueEntry& entry : session.queue().entries()) {
    if (!sync::is_unanswered(entry))
      continue;
    for (const sync::Op& op : entry.mutation.ops) {
      const bool set = op.kind == sync::OpKind::set || op.kind == sync::OpKind::add;
      if (!set || op.collection != model::kProducts || op.record != row.id)
        continue;
      const auto mark = std::find_if(row.marks.begin(), row.marks.end(),
                                     [&](const auto& told) { return told.first == op.field; });
      const std::string text = mark == row.marks.end() ? "" : mark->second;
      if (text != (live ? "saving" : "queued") && text != "conflict" && text != "refused")
        return "an edit under way is marked \"" + text + "\"";
    }
  }
  return {};
}

std::string SimScreen::check_edited(const ClientSession& session) const {
  for (const auto& [id, edits] : edits_by_record(session, lost_)) {
    if (!is_shown_as(session, id, edits))
      return "a record is not shown as its base with the edits that are under way";
  }
  return {};
}

std::string SimScreen::check_shown(const ClientSession& session) const {
  const std::map<RecordId, Edits> edited = edits_by_record(session, lost_);
  const model::Table& base = session.replica().base(model::kProducts);
  std::size_t untouched = 0;
  bool same = true;
  session.replica().for_each_shown(model::kProducts, [&](const Record& record) {
    if (edited.count(record.id) != 0)
      return;
    ++untouched;
    const Record* confirmed = base.find(record.id);
    // One object is one value: the overlay copies only what it changes.
    same = same && confirmed != nullptr &&
           (confirmed == &record || confirmed->values == record.values);
  });
  for (const auto& [id, edits] : edited)
    untouched += base.find(id) != nullptr;
  return same && untouched == base.size() ? "" : "what nobody edits here is not shown as it is";
}

void SimScreen::take_queue(const std::string& piece) {
  SS_ASSERT(reader_.read(piece));
  for (auto entry = reader_.root()["entries"].first(); entry; entry = entry.next()) {
    for (auto op = entry["ops"].first(); op; op = op.next()) {
      if (op["code"].raw() == "record_lost" && op["fields"])
        told_lost_.insert(op["id"].text());
    }
  }
}

std::string SimScreen::check_lost(RecordId record) const {
  return told_lost_.count(record.text()) != 0 ? "" : "an edit of a lost record does not say so";
}

}  // namespace syncstore::simulation
