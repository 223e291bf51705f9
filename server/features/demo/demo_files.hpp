// The demo's data files as bytes of the program.
#pragma once

#include <string_view>

namespace syncstore::demo {

// zstd-compressed tables of one shop; constant, readable from any thread. Empty: the shop has none.
struct ShopFiles {
  std::string_view products;
  std::string_view dashboard;
  std::string_view categories;
  std::string_view collections;
  std::string_view sales;
};

ShopFiles gifts_files();
ShopFiles games_files();

}  // namespace syncstore::demo
