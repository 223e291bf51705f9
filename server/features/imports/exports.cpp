#include "server/features/imports/exports.hpp"

#include <algorithm>
#include <memory>

#include "core/base/json.hpp"
#include "core/base/limits.hpp"
#include "core/model/validate.hpp"
#include "server/features/imports/parsed_product.hpp"

namespace syncstore::imports {
namespace {

bool is_text(const model::FieldDef& field) {
  return field.kind == model::FieldKind::line || field.kind == model::FieldKind::text ||
         field.kind == model::FieldKind::rich_text;
}

std::string cell_of(const model::FieldDef& field, const model::Value& value) {
  if (model::is_absent(value)) {
    return {};
  }
  if (const auto* list = std::get_if<model::TextList>(&value)) {
    std::string text;
    for (const std::string& item : *list) {
      text += (text.empty() ? "" : ", ") + item;
    }
    return guarded(text);
  }
  const Json json = model::value_to_json(field, value, model::TimeForm::iso8601);
  const std::string text = json.is(Json::Kind::string) ? json.text() : json.dump();
  return is_text(field) ? guarded(text) : text;
}

std::vector<RecordId> ids_of(const engine::StoreState& store) {
  std::vector<RecordId> ids;
  const model::Table& table = store.table(model::kProducts);
  ids.reserve(table.size());
  table.for_each([&](const model::Record& record) { ids.push_back(record.id); });
  std::sort(ids.begin(), ids.end());
  return ids;
}

struct Turns : std::enable_shared_from_this<Turns> {
  Turns(engine::Engine& the_engine, ports::Scheduler& the_scheduler, StoreId the_store,
        ExportFormat format)
      : engine(the_engine), scheduler(the_scheduler), store(std::move(the_store)), writer(format) {}

  void turn() {
    engine.stores().with_store(store,
                               [self = shared_from_this()](Result<engine::StoreState*> state) {
                                 if (!state.ok()) {
                                   self->done(state.error());
                                   return;
                                 }
                                 self->write(**state);
                               });
  }

  void write(const engine::StoreState& state) {
    if (!listed) {
      ids = ids_of(state);
      listed = true;
    }
    const std::size_t end = std::min(ids.size(), next + limits::kExportSliceRows);
    for (; next < end; ++next) {
      if (const model::Record* record = state.find(model::kProducts, ids[next])) {
        writer.add(*record);
      }
    }
    if (writer.bytes() > limits::kExportBytes) {
      done(fail(ErrorCode::too_large, "The export is larger than " +
                                          std::to_string(limits::kExportBytes) +
                                          " bytes. Take a backup instead."));
    } else if (next == ids.size()) {
      done(writer.take());
    } else {
      scheduler.post([self = shared_from_this()] { self->turn(); });
    }
  }

  engine::Engine& engine;
  ports::Scheduler& scheduler;
  StoreId store;
  ExportWriter writer;
  std::function<void(Result<std::string>)> done;
  std::vector<RecordId> ids;
  bool listed = false;
  std::size_t next = 0;
};

}  // namespace

ExportWriter::ExportWriter(ExportFormat format) : format_(format) {
  if (format_ == ExportFormat::json) {
    out_ = "[";
    return;
  }
  out_ = "id";
  for (const model::FieldDef& field : products().fields) {
    if (field.retired) {
      continue;
    }
    out_ += ",";
    out_ += field.name;
  }
  out_ += "\r\n";
}

void ExportWriter::add(const model::Record& product) {
  if (format_ == ExportFormat::csv) {
    out_ += product.id.text();
    for (std::size_t i = 0; i < products().fields.size(); ++i) {
      if (products().fields[i].retired) {
        continue;
      }
      out_ += ",";
      append_cell(out_, cell_of(products().fields[i], product.values[i]));
    }
    out_ += "\r\n";
    return;
  }
  out_ += first_ ? "\n" : ",\n";
  first_ = false;
  Json json = Json::object();
  json.set("id", product.id.text());
  for (std::size_t i = 0; i < products().fields.size(); ++i) {
    const model::FieldDef& field = products().fields[i];
    if (field.retired) {
      continue;
    }
    json.set(std::string(field.name),
             model::value_to_json(field, product.values[i], model::TimeForm::iso8601));
  }
  out_ += json.dump();
}

std::string ExportWriter::take() {
  if (format_ == ExportFormat::json) {
    out_ += "\n]\n";
  }
  return std::move(out_);
}

std::string export_products(const engine::StoreState& store, ExportFormat format) {
  ExportWriter writer(format);
  for (const RecordId id : ids_of(store)) {
    writer.add(*store.find(model::kProducts, id));
  }
  return writer.take();
}

void export_in_turns(engine::Engine& engine, ports::Scheduler& scheduler, const StoreId& store,
                     ExportFormat format, std::function<void(Result<std::string>)> done) {
  const auto turns = std::make_shared<Turns>(engine, scheduler, store, format);
  turns->done = std::move(done);
  turns->turn();
}

}  // namespace syncstore::imports
