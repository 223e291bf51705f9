// The committed inputs of the fuzzers of the server's decoders.
#include <gtest/gtest.h>

#include "tests/fuzz/corpus.hpp"
#include "tests/fuzz/server_targets.hpp"

namespace syncstore::fuzz {
namespace {

TEST(ServerFuzzCorpus, HttpRequests) { EXPECT_GT(replay("http_request", &check_http_request), 0u); }
TEST(ServerFuzzCorpus, HttpBodies) { EXPECT_GT(replay("http_body", &check_http_body), 0u); }
TEST(ServerFuzzCorpus, ConfigFiles) { EXPECT_GT(replay("config_file", &check_config_file), 0u); }
TEST(ServerFuzzCorpus, CsvFiles) { EXPECT_GT(replay("csv_import", &check_csv_import), 0u); }
TEST(ServerFuzzCorpus, ShopifyHeaders) {
  EXPECT_GT(replay("shopify_header", &check_shopify_header), 0u);
}
TEST(ServerFuzzCorpus, JsonFiles) { EXPECT_GT(replay("json_import", &check_json_import), 0u); }
TEST(ServerFuzzCorpus, FileKinds) { EXPECT_GT(replay("file_kind", &check_file_kind), 0u); }
TEST(ServerFuzzCorpus, Fates) { EXPECT_GT(replay("fate", &check_fate), 0u); }

}  // namespace
}  // namespace syncstore::fuzz
