// The 252 named characters of HTML 4.01, by name without '&' and ';'.
#pragma once

#include <string_view>

namespace syncstore {

char32_t html_entity(std::string_view name);  // 0 when unknown

}  // namespace syncstore
