// Exports: all products of a store as CSV or JSON that import takes back unchanged. Pure functions over a store in memory.
#pragma once

#include <string>

#include "server/engine/store_state.hpp"

namespace syncstore::imports {

enum class ExportFormat : std::uint8_t { csv, json };

std::string export_products(const engine::StoreState& store, ExportFormat format);

}  // namespace syncstore::imports
