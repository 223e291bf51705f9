#include "server/features/imports/import_record.hpp"

#include <algorithm>

#include "core/base/json.hpp"
#include "core/base/limits.hpp"
#include "core/base/text.hpp"
#include "core/model/validate.hpp"

namespace syncstore::imports {
namespace {

constexpr std::size_t kMessageCut = 1'000;  // a line may have 1,024 bytes

const model::CollectionDef& collection() {
  static const model::CollectionDef& imports = *model::find_collection(model::kImports);
  return imports;
}

std::size_t field(std::string_view name) {
  const int index = collection().field_index(name);
  SS_ASSERT(index >= 0);
  return static_cast<std::size_t>(index);
}

model::Value line(std::string_view name, const std::string& text) {
  std::string kept = is_valid_utf8(text) ? text : latin1_to_utf8(text);
  const std::size_t most =
      std::min(kMessageCut, collection().fields[field(name)].max_bytes == 0
                                ? kMessageCut
                                : collection().fields[field(name)].max_bytes - 4);
  if (kept.size() > most) {
    std::size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(kept[end]) & 0xC0) == 0x80) {
      --end;
    }
    kept = kept.substr(0, end) + "…";
  }
  return model::normalise_value(collection().fields[field(name)], model::Value(std::move(kept)));
}

model::Value number(std::uint64_t value) { return model::Value(static_cast<std::int64_t>(value)); }

std::uint64_t number_of(const model::Record& record, std::string_view name) {
  const auto* value = std::get_if<std::int64_t>(&record.values[field(name)]);
  return value != nullptr ? static_cast<std::uint64_t>(*value) : 0;
}

std::string text_of(const model::Record& record, std::string_view name) {
  const auto* value = std::get_if<std::string>(&record.values[field(name)]);
  return value != nullptr ? *value : std::string();
}

}  // namespace

std::string counts_sentence(const Counts& counts, bool done) {
  const std::string read =
      std::to_string(counts.read) + (counts.read == 1 ? " product read: " : " products read: ");
  const std::string rest = std::to_string(counts.unchanged) + " unchanged, " +
                           std::to_string(counts.rejected) + " rejected.";
  const std::string inserted = std::to_string(counts.inserted);
  const std::string updated = std::to_string(counts.updated);
  return done ? read + inserted + " new, " + updated + " changed, " + rest
              : read + inserted + " would be new, " + updated + " would change, " + rest;
}

std::string_view state_name(ImportState state) {
  switch (state) {
    case ImportState::reading:
      return "reading";
    case ImportState::previewed:
      return "previewed";
    case ImportState::importing:
      return "importing";
    case ImportState::done:
      return "done";
    case ImportState::failed:
      return "failed";
    case ImportState::cancelled:
      return "cancelled";
  }
  return "failed";
}

std::vector<model::Value> import_values(const ImportView& view) {
  std::vector<model::Value> values(collection().fields.size());
  values[field("file_name")] = line("file_name", view.file_name);
  values[field("kind")] = std::string("products");
  values[field("state")] = std::string(state_name(view.state));
  values[field("dry_run")] = view.dry_run;
  values[field("read")] = number(view.counts.read);
  values[field("inserted")] = number(view.counts.inserted);
  values[field("updated")] = number(view.counts.updated);
  values[field("unchanged")] = number(view.counts.unchanged);
  values[field("rejected")] = number(view.counts.rejected);
  values[field("warnings")] = number(view.counts.warnings);
  values[field("progress")] = number(std::min<std::uint64_t>(100, view.progress));
  values[field("message")] = line("message", view.message);
  values[field("started_by")] = line("started_by", view.started_by);
  values[field("started_at")] = number(static_cast<std::uint64_t>(view.started_at));
  if (view.finished_at != 0) {
    values[field("finished_at")] = number(static_cast<std::uint64_t>(view.finished_at));
  }
  return values;
}

ImportView import_view(const model::Record& record) {
  ImportView view;
  view.file_name = text_of(record, "file_name");
  const std::string state = text_of(record, "state");
  for (const ImportState known :
       {ImportState::reading, ImportState::previewed, ImportState::importing, ImportState::done,
        ImportState::failed, ImportState::cancelled}) {
    if (state == state_name(known)) {
      view.state = known;
    }
  }
  const auto* dry_run = std::get_if<bool>(&record.values[field("dry_run")]);
  view.dry_run = dry_run != nullptr && *dry_run;
  view.counts = {number_of(record, "read"),     number_of(record, "inserted"),
                 number_of(record, "updated"),  number_of(record, "unchanged"),
                 number_of(record, "rejected"), number_of(record, "warnings")};
  view.progress = number_of(record, "progress");
  view.message = text_of(record, "message");
  view.started_by = text_of(record, "started_by");
  view.started_at = static_cast<TimeMs>(number_of(record, "started_at"));
  view.finished_at = static_cast<TimeMs>(number_of(record, "finished_at"));
  return view;
}

sync::Op insert_import(RecordId id, const ImportView& view) {
  sync::Op op;
  op.kind = sync::OpKind::insert;
  op.collection = model::kImports;
  op.record = id;
  const std::vector<model::Value> values = import_values(view);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!model::is_absent(values[i])) {
      op.fields.push_back({static_cast<std::uint16_t>(i), values[i]});
    }
  }
  return op;
}

std::vector<sync::Op> update_import(RecordId id, const ImportView& before,
                                    const ImportView& after) {
  std::vector<sync::Op> ops;
  const std::vector<model::Value> was = import_values(before);
  const std::vector<model::Value> is = import_values(after);
  for (std::size_t i = 0; i < is.size(); ++i) {
    if (was[i] == is[i]) {
      continue;
    }
    sync::Op op;
    op.kind = sync::OpKind::set;
    op.collection = model::kImports;
    op.record = id;
    op.field = static_cast<std::uint16_t>(i);
    op.to = is[i];
    ops.push_back(std::move(op));
  }
  return ops;
}

ports::DocumentWrite under_way_document(const UnderWay& under_way, TimeMs expires_at) {
  Json body = Json::object();
  body.set("store", under_way.store);
  body.set("inserted", under_way.inserted);
  body.set("updated", under_way.updated);
  return {std::string(kImportDocument), under_way.id.text(), body.dump(), expires_at, false};
}

ports::DocumentWrite ended_document(RecordId id) {
  return {std::string(kImportDocument), id.text(), {}, 0, true};
}

std::optional<UnderWay> read_under_way(const ports::Document& document) {
  const std::optional<RecordId> id = RecordId::parse(document.key);
  const Result<Json> body = Json::parse(document.body, limits::kMessageBytes);
  if (!id || !body.ok()) {
    return std::nullopt;
  }
  UnderWay under_way;
  under_way.id = *id;
  const Result<std::string> store = read_string(*body, "store");
  const Result<std::int64_t> inserted = read_integer(*body, "inserted");
  const Result<std::int64_t> updated = read_integer(*body, "updated");
  if (!store.ok() || !inserted.ok() || !updated.ok()) {
    return std::nullopt;
  }
  under_way.store = *store;
  under_way.inserted = static_cast<std::uint64_t>(*inserted);
  under_way.updated = static_cast<std::uint64_t>(*updated);
  return under_way;
}

ports::DocumentWrite folded_rows_document(const StoreId& store, RecordId product,
                                          const std::string& rows) {
  return {std::string(kFoldedRowsDocument), store + "/" + product.text(), rows, 0, false};
}

}  // namespace syncstore::imports
