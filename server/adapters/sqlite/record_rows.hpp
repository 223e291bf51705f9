// Records as rows of the table of their collection: one column per field, named like it. SQL text
// is made once per collection from the catalogue's own names; values are always bound.
#pragma once

#include <string>
#include <string_view>

#include "core/model/record.hpp"
#include "server/adapters/sqlite/connection.hpp"

namespace syncstore::adapters {

std::string_view column_type(model::FieldKind kind);  // TEXT or INTEGER

// Whole rows: written over what was there. `scratch` in the statement's place keeps lists' JSON
// alive inside the call.
Status write_record(Connection& connection, const StoreId& store,
                    const model::CollectionDef& collection, const model::Record& record);
Status remove_record(Connection& connection, const StoreId& store,
                     const model::CollectionDef& collection, RecordId id);

// All records of a collection, ascending by id, appended through `add(record)`.
template <class F>
Status read_records(Connection& connection, const StoreId& store,
                    const model::CollectionDef& collection, F&& add);

// Parts of the template above.
const std::string& select_records_sql(const model::CollectionDef& collection);
Result<model::Record> record_from_row(const Statement& row, const model::CollectionDef& collection);

template <class F>
Status read_records(Connection& connection, const StoreId& store,
                    const model::CollectionDef& collection, F&& add) {
  SS_ASSIGN_OR_RETURN(Statement rows, connection.prepare(select_records_sql(collection)));
  rows.bind_text(1, store);
  int status = SQLITE_ROW;
  while ((status = rows.step()) == SQLITE_ROW) {
    SS_ASSIGN_OR_RETURN(model::Record record, record_from_row(rows, collection));
    add(std::move(record));
  }
  return status == SQLITE_DONE ? Status() : Status(connection.error("reading records"));
}

}  // namespace syncstore::adapters
