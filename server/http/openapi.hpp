// The OpenAPI 3.1 description of the HTTP interface, generated from the route tables and the
// catalogue of collections.
#pragma once

#include <string_view>

#include "core/base/json.hpp"

namespace syncstore::http {

Json openapi_json(std::string_view version);

}  // namespace syncstore::http
