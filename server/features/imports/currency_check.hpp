// A price that names its currency must name the store's: "$5" in a file for a store in GBP is
// another amount. Pure function.
#pragma once

#include <string_view>

#include "core/base/result.hpp"
#include "core/model/catalogue.hpp"

namespace syncstore::imports {

// `currency` is the store's code (ISO 4217); empty = unknown, then nothing is refused. Only money
// fields are looked at. Errors: invalid, naming both.
Status check_currency(const model::FieldDef& field, std::string_view input,
                      std::string_view currency);

}  // namespace syncstore::imports
