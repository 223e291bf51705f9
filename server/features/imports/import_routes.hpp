// The HTTP routes of imports and exports.
#pragma once

#include "server/features/imports/imports.hpp"

namespace syncstore::imports {

void bind_imports(Imports& imports, http::Api& api);

// What GET /api/imports/sample.csv answers: a file that imports as it is.
std::string_view sample_csv();

}  // namespace syncstore::imports
