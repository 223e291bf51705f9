#include "server/adapters/sqlite/record_rows.hpp"

#include <array>
#include <vector>

#include "core/base/json.hpp"
#include "core/base/limits.hpp"

namespace syncstore::adapters {
namespace {

using model::FieldKind;
using model::Value;

constexpr int kFixedColumns = 6;  // store, id, row_number, version, changed_at, changed_by
// List items are lines; their JSON escapes can at most grow six-fold.
constexpr std::size_t kListJsonBytes = 6 * limits::kListItems * (limits::kLineBytes + 3);

struct CollectionSql {
  std::string upsert, remove, select;
};

CollectionSql make_sql(const model::CollectionDef& collection) {
  std::string columns = "store, id, row_number, version, changed_at, changed_by";
  std::string places = "?1, ?2, ?3, ?4, ?5, ?6";
  std::string updates =
      "row_number = excluded.row_number, version = excluded.version, changed_at = "
      "excluded.changed_at, "
      "changed_by = excluded.changed_by";
  std::string selected = "id, row_number, version, changed_at, changed_by";
  int place = kFixedColumns;
  for (const model::FieldDef& field : collection.fields) {
    const std::string name = "\"" + std::string(field.name) + "\"";
    columns += ", " + name;
    places += ", ?" + std::to_string(++place);
    updates += ", " + name + " = excluded." + name;
    selected += ", " + name;
  }
  const std::string table(collection.name);
  return {"INSERT INTO " + table + " (" + columns + ") VALUES (" + places +
              ") ON CONFLICT (store, id) DO UPDATE SET " + updates,
          "DELETE FROM " + table + " WHERE store = ?1 AND id = ?2",
          "SELECT " + selected + " FROM " + table + " WHERE store = ?1 ORDER BY id"};
}

const CollectionSql& sql_of(const model::CollectionDef& collection) {
  // Collections are constant, so their SQL is made once, whichever thread comes first.
  static const std::vector<CollectionSql> all = [] {
    std::vector<CollectionSql> made;
    for (const model::CollectionDef& each : model::collections())
      made.push_back(make_sql(each));
    return made;
  }();
  return all[static_cast<std::size_t>(&collection - model::collections().data())];
}

void bind_value(Statement& statement, int place, const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) {
    statement.bind(place, *flag ? 1 : 0);
  } else if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    statement.bind(place, *integer);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    statement.bind_text(place, *text);
  } else if (const auto* list = std::get_if<model::TextList>(&value)) {
    Json json = Json::array();
    for (const std::string& item : *list)
      json.push(item);
    statement.bind_copy(place, json.dump());
  } else {
    statement.bind_null(place);
  }
}

Result<Value> value_from_column(const Statement& row, int column, const model::FieldDef& field) {
  if (row.is_null(column))
    return Value{};
  switch (field.kind) {
    case FieldKind::flag:
      return Value{row.integer(column) != 0};
    case FieldKind::money:
    case FieldKind::decimal:
    case FieldKind::count:
    case FieldKind::time:
      return Value{row.integer(column)};
    case FieldKind::list: {
      SS_ASSIGN_OR_RETURN(const Json json, Json::parse(row.text(column), kListJsonBytes));
      model::TextList list;
      for (const Json& item : json.items())
        list.push_back(item.text());
      return Value{std::move(list)};
    }
    default:
      return Value{row.text(column)};
  }
}

}  // namespace

std::string_view column_type(FieldKind kind) {
  switch (kind) {
    case FieldKind::money:
    case FieldKind::decimal:
    case FieldKind::count:
    case FieldKind::flag:
    case FieldKind::time:
      return "INTEGER";
    default:
      return "TEXT";
  }
}

Status write_record(Connection& connection, const StoreId& store,
                    const model::CollectionDef& collection, const model::Record& record) {
  SS_ASSERT(record.values.size() == collection.fields.size());
  SS_ASSIGN_OR_RETURN(Statement upsert, connection.prepare(sql_of(collection).upsert));
  upsert.bind_text(1, store)
      .bind(2, static_cast<std::int64_t>(record.id.value))
      .bind(3, record.row)
      .bind(4, static_cast<std::int64_t>(record.version))
      .bind(5, record.changed_at)
      .bind(6, record.changed_by);
  int place = kFixedColumns;
  for (const Value& value : record.values)
    bind_value(upsert, ++place, value);
  return connection.expect_done(upsert, "writing a record");
}

Status remove_record(Connection& connection, const StoreId& store,
                     const model::CollectionDef& collection, RecordId id) {
  SS_ASSIGN_OR_RETURN(Statement remove, connection.prepare(sql_of(collection).remove));
  remove.bind_text(1, store).bind(2, static_cast<std::int64_t>(id.value));
  return connection.expect_done(remove, "removing a record");
}

const std::string& select_records_sql(const model::CollectionDef& collection) {
  return sql_of(collection).select;
}

Result<model::Record> record_from_row(const Statement& row,
                                      const model::CollectionDef& collection) {
  model::Record record;
  record.id = RecordId{row.unsigned_integer(0)};
  record.row = static_cast<RowNumber>(row.integer(1));
  record.version = row.unsigned_integer(2);
  record.changed_at = row.integer(3);
  record.changed_by = static_cast<std::uint32_t>(row.integer(4));
  record.values.reserve(collection.fields.size());
  int column = kFixedColumns - 1;
  for (const model::FieldDef& field : collection.fields) {
    SS_ASSIGN_OR_RETURN(Value value, value_from_column(row, column++, field));
    record.values.push_back(std::move(value));
  }
  return record;
}

}  // namespace syncstore::adapters
