// The OpenAPI 3.1 description of the HTTP interface, generated from the route table and the
// catalogue of collections.
#pragma once

#include <string>
#include <string_view>

namespace syncstore::http {

std::string openapi_document(std::string_view version);

}  // namespace syncstore::http
