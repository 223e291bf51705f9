// The page at /api/docs: the OpenAPI description for people, as HTML that needs no script to be
// read; its script only filters. Everything comes from this server.
#pragma once

#include <string>
#include <string_view>

#include "core/base/json.hpp"

namespace syncstore::http {

std::string docs_page(const Json& document);
std::string_view docs_style();
std::string_view docs_script();

}  // namespace syncstore::http
