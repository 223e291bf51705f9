// Exports: all products of a store as CSV or JSON that import takes back unchanged. The CSV is the
// plain layout with the record's id as its first column; texts that begin like a formula are
// guarded (parsed_product.hpp).
#pragma once

#include <functional>
#include <string>

#include "server/engine/engine.hpp"
#include "server/ports/scheduler.hpp"

namespace syncstore::imports {

enum class ExportFormat : std::uint8_t { csv, json };

// Writes one product after the other, in the order it is given them. Owns the text so far.
// Single-threaded.
class ExportWriter {
 public:
  explicit ExportWriter(ExportFormat format);
  void add(const model::Record& product);
  std::size_t bytes() const { return out_.size(); }
  std::string take();  // with the end of the file

 private:
  ExportFormat format_;
  bool first_ = true;
  std::string out_;
};

// All at once, by id: for stores of any size in tests and for what is known to be small.
std::string export_products(const engine::StoreState& store, ExportFormat format);

// The same, kExportSliceRows a turn of the executor, so that nobody waits for it; a product that
// changes meanwhile is written as it is when its turn comes. Errors: unknown_store, too_large (more
// than kExportBytes).
void export_in_turns(engine::Engine& engine, ports::Scheduler& scheduler, const StoreId& store,
                     ExportFormat format, std::function<void(Result<std::string>)> done);

}  // namespace syncstore::imports
