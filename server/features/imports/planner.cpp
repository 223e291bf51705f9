#include "server/features/imports/planner.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "core/base/text.hpp"
#include "core/model/validate.hpp"

namespace syncstore::imports {
namespace {

std::string shown(const model::FieldDef& field, const model::Value& value) {
  if (model::is_absent(value)) {
    return {};
  }
  const Json json = model::value_to_json(field, value, model::TimeForm::iso8601);
  return shortened(json.is(Json::Kind::string) ? json.text() : json.dump());
}

const model::Record* by_unique(const model::Table& table, std::size_t field,
                               const std::string& value) {
  const RecordId id = value.empty() ? RecordId{} : table.find_unique(field, value);
  return id ? table.find(id) : nullptr;
}

Bytes bytes_of(const sync::Mutation& mutation) {
  ByteWriter out;
  sync::write_mutation(out, mutation);
  return out.take();
}

// What an empty cell or null means for a field that is not empty in the store.
bool may_clear(std::size_t field, const ParsedProduct& product) {
  const ProductFields& f = product_fields();
  // No key and no status is not a wish to lose it; stock is counted, and an empty cell is no count.
  const bool keeps =
      field == f.sku || field == f.handle || field == f.status || field == f.inventory;
  return product.clears && !keeps;
}

sync::Op op_of(std::size_t field, const model::Record& record, const model::Value& to) {
  sync::Op op;
  op.collection = model::kProducts;
  op.record = record.id;
  op.field = static_cast<std::uint16_t>(field);
  const model::Value& current = record.values[field];
  const auto* before = std::get_if<std::int64_t>(&current);
  const auto* after = std::get_if<std::int64_t>(&to);
  const bool counter = products().fields[field].policy == model::MergePolicy::counter;
  if (counter && before != nullptr && after != nullptr) {
    op.kind = sync::OpKind::add;
    op.amount = *after - *before;
    return op;
  }
  op.kind = sync::OpKind::set;
  op.from = counter ? sync::FromValue::exactly(current) : sync::FromValue::seen(current);
  op.to = to;
  return op;
}

}  // namespace

MutationId Planner::mutation_id() const {
  // The time of the batch, then a hash of (batch, number): the same for every run of this plan.
  std::string key(batch_.bytes.begin(), batch_.bytes.end());
  key += "/" + std::to_string(number_);
  const std::string digest = crypto_.sha256(key);
  MutationId id = batch_;
  std::copy_n(digest.begin(), 10, id.bytes.begin() + 6);
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0F) | 0x70);
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3F) | 0x80);
  return id;
}

const model::Record* Planner::find_record(const model::Table& table, ParsedProduct& product) const {
  const ProductFields& f = product_fields();
  const std::string sku = product.text(f.sku);
  const model::Record* by_sku = by_unique(table, f.sku, sku);
  if (by_sku != nullptr) {
    return by_sku;
  }
  const model::Record* by_id = product.id ? table.find(product.id) : nullptr;
  const model::Record* by_handle = by_unique(table, f.handle, product.text(f.handle));
  if (product.handle_made && (by_id != nullptr || by_handle != nullptr)) {
    // The made handle was only to find it by.
    std::erase_if(product.fields,
                  [&](const sync::FieldValue& named) { return named.field == f.handle; });
    product.handle_made = false;
    return by_id != nullptr ? by_id : by_handle;
  }
  // A product that had no SKU yet gets the one the file names; one with another SKU is another
  // product.
  if (by_handle != nullptr && (sku.empty() || model::is_absent(by_handle->values[f.sku]))) {
    return by_handle;
  }
  return by_handle == nullptr ? by_id : nullptr;
}

void Planner::check_seen(const ParsedProduct& product, const model::Record* record, Fate& fate) {
  const ProductFields& f = product_fields();
  const auto repeat = [&](std::string_view field, ErrorCode code, const std::string& what,
                          std::uint64_t line, const std::string& value) {
    fate.problems.push_back(
        {product.line, std::string(field), code,
         what + " stands in line " + std::to_string(line) + " already. Keep one of the two rows.",
         shortened(value)});
  };
  const std::string sku = product.text(f.sku);
  const std::string handle = product.text(f.handle);
  const std::uint64_t sku_line = sku.empty() ? 0 : seen_.add('s', fold_case(sku), product.line);
  const std::uint64_t handle_line =
      handle.empty() ? 0 : seen_.add('h', fold_case(handle), product.line);
  const std::uint64_t record_line =
      record == nullptr ? 0 : seen_.add('r', record->id.text(), product.line);
  if (sku_line != 0) {
    repeat("sku", ErrorCode::duplicate_sku, "SKU " + shortened(sku), sku_line, sku);
  } else if (handle_line != 0) {
    const std::string what =
        product.handle_made ? "A product without SKU and handle whose title makes the same handle"
                            : "Handle " + shortened(handle);
    repeat("handle", ErrorCode::duplicate_value, what, handle_line, handle);
  } else if (record_line != 0) {
    repeat({}, ErrorCode::duplicate_value, "The same product of the store", record_line,
           sku.empty() ? handle : sku);
  }
}

Fate Planner::plan(const engine::StoreState& store, ParsedProduct product) {
  const ProductFields& f = product_fields();
  const model::Table& table = store.table(model::kProducts);
  Fate fate;
  fate.number = ++number_;
  fate.line = product.line;
  fate.last_line = product.last_line;
  fate.title = shortened(product.text(f.title));
  const model::Record* record = find_record(table, product);
  const std::string sku = product.text(f.sku);
  const std::string handle = product.text(f.handle);
  fate.key = shortened(!sku.empty() ? sku : !handle.empty() ? handle : product.text(f.title));
  check_seen(product, record, fate);
  std::move(product.problems.begin(), product.problems.end(), std::back_inserter(fate.problems));
  fate.warnings = std::move(product.warnings);
  if (fate.problems.empty()) {
    if (record != nullptr) {
      plan_update(table, product, *record, fate);
    } else {
      plan_insert(table, product, fate);
    }
  }
  if (!fate.problems.empty()) {
    fate.kind = FateKind::rejected;
    fate.changes.clear();
    fate.mutation.clear();
    return fate;
  }
  fate.folded = std::move(product.folded);
  return fate;
}

void Planner::plan_insert(const model::Table& table, const ParsedProduct& product, Fate& fate) {
  const ProductFields& f = product_fields();
  model::Record wanted = model::make_record(products(), new_record_id_());
  sync::Mutation mutation;
  mutation.id = mutation_id();
  mutation.mode = sync::Mode::all;
  sync::Op op;
  op.kind = sync::OpKind::insert;
  op.collection = model::kProducts;
  op.record = wanted.id;
  for (const sync::FieldValue& named : product.fields) {
    if (!model::is_absent(named.value)) {
      wanted.values[named.field] = named.value;
      op.fields.push_back(named);
    }
  }
  std::sort(op.fields.begin(), op.fields.end(),
            [](const auto& a, const auto& b) { return a.field < b.field; });
  if (model::is_absent(wanted.values[f.sku]) && model::is_absent(wanted.values[f.handle])) {
    fate.problems.push_back(
        {product.line,
         "sku",
         ErrorCode::required,
         "A new product needs a SKU, a handle or a title, so that it can be found again.",
         {}});
    return;
  }
  check_unique(table, wanted, fate);
  if (const Status status = model::validate_record(products(), wanted); !status.ok()) {
    const Error& error = status.error();
    fate.problems.push_back({product.line, error.field, error.code, error.detail, {}});
  }
  if (!fate.problems.empty()) {
    return;
  }
  if (product.handle_made) {
    fate.warnings.push_back(
        {product.line, "handle", ErrorCode::none,
         "There is no SKU and no handle; a handle was made from the title so that the "
         "product is found again.",
         shortened(product.text(f.handle))});
  }
  for (const sync::FieldValue& named : op.fields) {
    const model::FieldDef& def = products().fields[named.field];
    fate.changes.push_back({std::string(def.name), {}, shown(def, named.value)});
  }
  fate.kind = FateKind::insert;
  fate.record = wanted.id;
  mutation.ops.push_back(std::move(op));
  fate.mutation = bytes_of(mutation);
}

void Planner::plan_update(const model::Table& table, const ParsedProduct& product,
                          const model::Record& record, Fate& fate) {
  fate.record = record.id;
  model::Record wanted = record;
  sync::Mutation mutation;
  mutation.id = mutation_id();
  mutation.mode = sync::Mode::all;
  for (const sync::FieldValue& named : product.fields) {
    const model::FieldDef& def = products().fields[named.field];
    const model::Value& current = record.values[named.field];
    if (named.value == current ||
        (model::is_absent(named.value) && !may_clear(named.field, product))) {
      continue;
    }
    if (model::is_absent(named.value) && def.required) {
      fate.problems.push_back({product.line,
                               std::string(def.name),
                               ErrorCode::required,
                               std::string(def.label) + " is needed.",
                               {}});
      continue;
    }
    wanted.values[named.field] = named.value;
    mutation.ops.push_back(op_of(named.field, record, named.value));
    fate.changes.push_back({std::string(def.name), shown(def, current), shown(def, named.value)});
  }
  check_unique(table, wanted, fate);
  if (const Status status = model::validate_record(products(), wanted); !status.ok()) {
    const Error& error = status.error();
    // A field that was wrong before and is not named does not stand in the way, as in merge.
    const bool named = std::any_of(fate.changes.begin(), fate.changes.end(),
                                   [&](const auto& change) { return change.field == error.field; });
    if (named) {
      fate.problems.push_back({product.line, error.field, error.code, error.detail, {}});
    }
  }
  fate.kind = mutation.ops.empty() ? FateKind::unchanged : FateKind::update;
  if (!mutation.ops.empty()) {
    fate.mutation = bytes_of(mutation);
  }
}

void Planner::check_unique(const model::Table& table, const model::Record& wanted,
                           Fate& fate) const {
  const ProductFields& f = product_fields();
  for (const std::size_t field : {f.sku, f.handle}) {
    const auto* value = std::get_if<std::string>(&wanted.values[field]);
    const RecordId holder = value != nullptr ? table.find_unique(field, *value) : RecordId{};
    if (holder && holder != wanted.id) {
      const bool is_sku = field == f.sku;
      fate.problems.push_back(
          {fate.line, std::string(products().fields[field].name),
           is_sku ? ErrorCode::duplicate_sku : ErrorCode::duplicate_value,
           std::string("Another product of the store has this ") + (is_sku ? "SKU." : "handle."),
           shortened(*value)});
    }
  }
}

}  // namespace syncstore::imports
