// The demo's data files as bytes of the program.
#pragma once

#include <string_view>

namespace syncstore::demo {

// zstd-compressed tables; constant, readable from any thread.
std::string_view gifts_file();
std::string_view gifts_dashboard_file();
std::string_view games_file();
std::string_view games_dashboard_file();

}  // namespace syncstore::demo
