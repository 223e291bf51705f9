// A JSON record of an import file becomes a product. Pure function.
#pragma once

#include "server/features/imports/json_splitter.hpp"
#include "server/features/imports/parsed_product.hpp"

namespace syncstore::imports {

// Names are the catalogue's; "id" is that of an export; null empties a field, a name left out
// touches nothing. Numbers may be written as numbers or as people write them ("1,299.00"). A record
// that names an unknown field is rejected: a slip must not pass as silence.
// `currency` is the store's; prices that name another one are problems. Empty = any.
ParsedProduct product_of_json(const JsonPiece& piece, std::string_view currency = {});

}  // namespace syncstore::imports
