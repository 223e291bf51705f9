#include "server/features/demo/demo_files.hpp"

// The assembler puts each file between two symbols; SYNCSTORE_DEMO_DATA is the folder, given by
// CMake.
#define SS_EMBED(name, file)                                                              \
  __asm__(".section .rodata\n.global ss_demo_" #name "_begin\nss_demo_" #name             \
          "_begin:\n.incbin \"" SYNCSTORE_DEMO_DATA "/" file "\"\n.global ss_demo_" #name \
          "_end\nss_demo_" #name                                                          \
          "_end:\n.byte 0\n"                                                              \
          ".previous\n");                                                                 \
  extern "C" const char ss_demo_##name##_begin[];                                         \
  extern "C" const char ss_demo_##name##_end[]

SS_EMBED(gifts, "gifts.tsv.zst");
SS_EMBED(gifts_dashboard, "gifts-dashboard.tsv.zst");
SS_EMBED(gifts_categories, "gifts-categories.tsv.zst");
SS_EMBED(gifts_collections, "gifts-collections.tsv.zst");
SS_EMBED(gifts_sales, "gifts-sales.tsv.zst");
SS_EMBED(games, "games.tsv.zst");
SS_EMBED(games_dashboard, "games-dashboard.tsv.zst");
SS_EMBED(games_categories, "games-categories.tsv.zst");
SS_EMBED(games_collections, "games-collections.tsv.zst");

namespace syncstore::demo {
namespace {

std::string_view between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

ShopFiles gifts_files() {
  ShopFiles files;
  files.products = between(ss_demo_gifts_begin, ss_demo_gifts_end);
  files.dashboard = between(ss_demo_gifts_dashboard_begin, ss_demo_gifts_dashboard_end);
  files.categories = between(ss_demo_gifts_categories_begin, ss_demo_gifts_categories_end);
  files.collections = between(ss_demo_gifts_collections_begin, ss_demo_gifts_collections_end);
  files.sales = between(ss_demo_gifts_sales_begin, ss_demo_gifts_sales_end);
  return files;
}

ShopFiles games_files() {
  ShopFiles files;
  files.products = between(ss_demo_games_begin, ss_demo_games_end);
  files.dashboard = between(ss_demo_games_dashboard_begin, ss_demo_games_dashboard_end);
  files.categories = between(ss_demo_games_categories_begin, ss_demo_games_categories_end);
  files.collections = between(ss_demo_games_collections_begin, ss_demo_games_collections_end);
  return files;
}

}  // namespace syncstore::demo
