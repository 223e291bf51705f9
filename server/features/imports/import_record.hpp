// The record of an import, which screens show live, and the document that tells a restarted server
// what was under way. Pure functions.
#pragma once

#include <string>

#include "core/sync/mutation.hpp"
#include "server/ports/storage.hpp"

namespace syncstore::imports {

struct Counts {
  std::uint64_t read = 0;  // products, not lines
  std::uint64_t inserted = 0;
  std::uint64_t updated = 0;
  std::uint64_t unchanged = 0;
  std::uint64_t rejected = 0;
  std::uint64_t warnings = 0;  // products with a warning, and sentences about the whole file
};
// "12 products read: 3 new, 4 changed, 5 unchanged, 0 rejected.", or what would be.
std::string counts_sentence(const Counts& counts, bool done);

enum class ImportState : std::uint8_t { reading, previewed, importing, done, failed, cancelled };
std::string_view state_name(ImportState state);

struct ImportView {
  std::string file_name;
  ImportState state = ImportState::reading;
  bool dry_run = false;
  Counts counts;
  std::uint64_t progress = 0;  // percent
  std::string message;
  std::string started_by;
  TimeMs started_at = 0;
  TimeMs finished_at = 0;  // 0 = not yet
};

// Fields of the record, in the catalogue's order, normal and valid whatever the view holds.
std::vector<model::Value> import_values(const ImportView& view);
ImportView import_view(const model::Record& record);
sync::Op insert_import(RecordId id, const ImportView& view);
// One `set` per field that differs; none when nothing does.
std::vector<sync::Op> update_import(RecordId id, const ImportView& before, const ImportView& after);

inline constexpr std::string_view kImportDocument = "import";
inline constexpr std::string_view kFoldedRowsDocument = "variant_row";

// Written in the transactions of the import itself, so it is exact after a crash.
struct UnderWay {
  RecordId id;
  StoreId store;
  std::uint64_t inserted = 0;
  std::uint64_t updated = 0;
};
ports::DocumentWrite under_way_document(const UnderWay& under_way, TimeMs expires_at);
ports::DocumentWrite ended_document(RecordId id);
std::optional<UnderWay> read_under_way(const ports::Document& document);
// The rows that were folded into one product, for the variants to come; a later import of the
// product replaces them.
ports::DocumentWrite folded_rows_document(const StoreId& store, RecordId product,
                                          const std::string& rows);

}  // namespace syncstore::imports
