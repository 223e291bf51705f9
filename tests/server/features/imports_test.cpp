// Imports as a whole: round trips, doors, ends that come early, large files.
#include <fstream>

#include "core/base/limits.hpp"
#include "core/model/validate.hpp"
#include "server/features/imports/exports.hpp"
#include "server/features/imports/import_routes.hpp"
#include "tests/server/features/imports_world.hpp"

namespace syncstore::testing {
namespace {

using Imports = ImportsWorld;

std::string csv_of(int from, int count, const std::string& price) {
  std::string text = "title,sku,price,inventory\n";
  for (int i = from; i < from + count; ++i) {
    const std::string number = std::to_string(i);
    text +=
        "Product " + number + ",P-" + number + "," + price + "," + std::to_string(i % 50) + "\n";
  }
  return text;
}

// Texts with everything that CSV, JSON and spreadsheets stumble over.
std::string odd_text(SeededRandom& random) {
  static const std::vector<std::string> kParts{
      "a", "B", " ",  ",", "\"", "'", ";",        "=",   "+",    "-", "@",  "\t",       "\n",
      "é", "€", "東", "&", "<",  ">", "<b>x</b>", "1,5", "null", "£", "\\", "e\xCC\x81"};
  std::string text;
  for (std::uint64_t left = 1 + random.below(8); left > 0; --left) {
    text += kParts[random.below(kParts.size())];
  }
  return text;
}

TEST_F(Imports, AnExportIsTheRoundTripOfAnImport) {
  const model::CollectionDef& collection = *model::find_collection(model::kProducts);
  std::string lines;
  for (int i = 0; i < 300; ++i) {
    Json product = Json::object();
    product.set("title", "T" + std::to_string(i) + odd_text(random));
    if (random.chance(80)) {
      product.set("sku", odd_text(random) + std::to_string(i));
    }
    for (const char* name : {"category", "description"}) {
      if (random.chance(50)) {
        product.set(name, odd_text(random));
      }
    }
    if (random.chance(30)) {
      product.set("handle", odd_text(random) + std::to_string(i));
    }
    if (random.chance(50)) {
      product.set("sales_amount", (random.chance(50) ? "-" : "") +
                                      std::to_string(random.below(1'000'000)) + ".0125");
    }
    for (const char* name : {"units_sold", "page_views", "inventory"}) {
      if (random.chance(50)) {
        product.set(name, random.below(1'000'000));
      }
    }
    for (const char* name : {"weight", "length", "width", "height"}) {
      if (random.chance(30)) {
        product.set(name, std::to_string(random.below(1'000)) + ".25");
      }
    }
    for (const char* name : {"shopify_id", "amazon_id", "shopee_id", "tiktok_shop_id"}) {
      if (random.chance(30)) {
        product.set(name, "gid-" + std::to_string(random.below(1'000'000)));
      }
    }
    if (random.chance(30)) {
      Json tags = Json::array();
      tags.push("gift");
      tags.push("sale " + std::to_string(random.below(10)));
      product.set("tags", std::move(tags));
    }
    product.set("status", random.chance(50) ? "Active" : "Inactive");
    lines += product.dump() + "\n";
  }
  const Answer first = import(lines);
  EXPECT_EQ(first.number("data.rejected"), 0) << errors_csv(first);
  const std::string before = exported("json");
  const std::int64_t all = static_cast<std::int64_t>(products("id").size());
  const Sequence sequence_before = sequence();
  for (const char* format : {"csv", "json"}) {
    const Answer again = import(exported(format));
    EXPECT_EQ(again.number("data.read"), all) << format;
    EXPECT_EQ(again.number("data.unchanged"), all)
        << format << errors_csv(again) << exported("csv");
  }
  EXPECT_EQ(sequence(), sequence_before);
  EXPECT_EQ(exported("json"), before);
  // Into another, empty store: the same products under new ids.
  const Client gina = token_of("gina");
  const Answer taken = upload(gina, "/api/imports?storeId=games", exported("csv"));
  const Answer other = as(gina, "GET", "/api/imports/" + taken.text("id"));
  EXPECT_EQ(other.number("data.inserted"), all) << other.response.body;
  // Everything that people may write is in the products above, but for what refers to other
  // records.
  const auto written = std::count_if(
      collection.fields.begin(), collection.fields.end(),
      [](const model::FieldDef& field) { return field.write != model::Role::system; });
  EXPECT_EQ(written, 23);
}

TEST_F(Imports, OnlyNamedColumnsChangeWhateverTheyAre) {
  const std::vector<std::string> columns{"title",      "asin",       "category",
                                         "page_views", "units_sold", "price"};
  const auto value = [&](const std::string& column) {
    const std::string number = std::to_string(1 + random.below(9));
    return column == "title" || column == "asin" || column == "category" ? column + number : number;
  };
  import("title,sku,asin,category,page_views,units_sold,price\nT,S-1,A,C,1,2,3\n");
  for (int round = 0; round < 60; ++round) {
    const Json before = products().at("S-1");
    std::string header = "sku";
    std::string row = "S-1";
    std::map<std::string, std::string> named;
    for (const std::string& column : columns) {
      if (random.chance(40)) {
        named[column] = value(column);
        header += "," + column;
        row += "," + named[column];
      }
    }
    import(header + "\n" + row + "\n");
    const Json after = products().at("S-1");
    for (const std::string& column : columns) {
      const Json& shown = *after.find(column);
      const std::string text = shown.is(Json::Kind::string) ? shown.text() : shown.dump();
      const auto wanted = named.find(column);
      if (wanted != named.end()) {
        EXPECT_EQ(text, wanted->second) << header;
      } else {
        EXPECT_EQ(shown.dump(), before.find(column)->dump()) << header;
      }
    }
  }
}

TEST_F(Imports, PiecesOfTheUploadDoNotMatter) {
  const std::string file = sample("shopify_2025.csv");
  std::string fates;
  for (const std::size_t piece :
       {std::size_t{1}, std::size_t{7}, std::size_t{1'000}, file.size()}) {
    const Answer taken = upload(edith, "/api/imports?storeId=gifts&dryRun=true", file, piece);
    const Answer shown = show(taken.text("id"));
    std::string text;
    for (const Json& row : rows(shown)) {
      Json plain = row;
      text += plain.set("id", Json()).dump();
    }
    EXPECT_TRUE(fates.empty() || fates == text) << piece;
    fates = text;
  }
}

TEST_F(Imports, TheSampleImportsAsItIs) {
  const Answer sample = as(edith, "GET", "/api/imports/sample.csv");
  EXPECT_EQ(sample.status(), 200);
  EXPECT_NE(sample.header("Content-Disposition")->find("attachment"), std::string::npos);
  EXPECT_EQ(counts(import(sample.response.body)), "3 3 0 0 0 0");
  EXPECT_EQ(field("CANDLE-7", "price").text(), "1299");
}

TEST_F(Imports, RowsArePagedAndTheLastPageIsTheLimit) {
  const Answer shown = preview(csv_of(0, 1'130, "5"));
  const std::string path = "/api/imports/" + shown.text("data.id") + "/rows";
  const Answer page = as(edith, "GET", path + "?page=3&size=100");
  EXPECT_EQ(page.at("data").size(), 100u);
  EXPECT_EQ(page.number("data.0.number"), 201);
  EXPECT_EQ(page.number("page.pages"), 12);
  const Answer last = as(edith, "GET", path + "?page=99&size=100");
  EXPECT_EQ(last.number("page.page"), 12);
  EXPECT_EQ(last.at("data").size(), 30u);
  EXPECT_EQ(as(edith, "GET", path + "?fate=rejected").number("page.total"), 0);
  EXPECT_EQ(as(edith, "GET", path + "?fate=sometimes").status(), 422);
  EXPECT_EQ(as(edith, "GET", path + "?size=1000").status(), 422);
  apply(shown.text("data.id"));
  EXPECT_EQ(products().size(), 1'130u);
}

TEST_F(Imports, RolesAndForeignStores) {
  const Client victor = token_of("victor");
  const Client gina = token_of("gina");
  const std::string upload_path = "/api/imports?storeId=gifts";
  EXPECT_EQ(upload(victor, upload_path, "title,sku\nA,A\n").status(), 403);
  EXPECT_EQ(upload(gina, upload_path, "title,sku\nA,A\n").status(), 403);
  EXPECT_EQ(upload(Client{}, upload_path, "title,sku\nA,A\n").status(), 401);
  EXPECT_EQ(upload(edith, "/api/imports?storeId=nowhere", "x").status(), 404);
  EXPECT_EQ(upload(edith, upload_path + "&kind=orders", "x").status(), 422);
  EXPECT_EQ(upload(edith, upload_path + "&dryRun=perhaps", "x").status(), 422);
  const std::string path = "/api/imports/" + preview("title,sku\nA,A\n").text("data.id");
  for (const std::string suffix : {"", "/rows", "/errors.csv"}) {
    EXPECT_EQ(as(gina, "GET", path + suffix).status(), 404) << suffix;
    EXPECT_EQ(as(victor, "GET", path + suffix).status(), 403) << suffix;
  }
  EXPECT_EQ(as(gina, "POST", path + "/apply").status(), 404);
  EXPECT_EQ(as(victor, "POST", path + "/cancel").status(), 403);
  EXPECT_EQ(as(victor, "GET", "/api/exports/products?storeId=gifts").status(), 200);
  EXPECT_EQ(as(gina, "GET", "/api/exports/products?storeId=gifts").status(), 403);
  EXPECT_EQ(as(edith, "GET", "/api/exports/products?storeId=gifts&format=xml").status(), 422);
  const Answer list = as(edith, "GET", "/api/imports?storeId=gifts");
  EXPECT_EQ(list.number("page.total"), 1);
  EXPECT_EQ(list.text("data.0.started_by"), "edith");
}

TEST_F(Imports, CancelDropsAPreviewAndStopsARun) {
  const Answer shown = preview(csv_of(0, 5, "5"));
  const std::string path = "/api/imports/" + shown.text("data.id");
  EXPECT_EQ(as(edith, "POST", path + "/cancel").status(), 202);
  EXPECT_EQ(show(shown.text("data.id")).text("data.state"), "cancelled");
  EXPECT_EQ(as(edith, "GET", path + "/rows").status(), 404);
  EXPECT_EQ(as(edith, "POST", path + "/cancel").status(), 409);

  const Answer large = preview(csv_of(0, 3'000, "5"));
  const std::string id = large.text("data.id");
  start(edith, "POST", "/api/imports/" + id + "/apply");
  while (show_now(id) != "importing") {
    events.step();
  }
  start(edith, "POST", "/api/imports/" + id + "/cancel");
  settle();
  const Answer ended = show(id);
  EXPECT_EQ(ended.text("data.state"), "cancelled");
  const std::int64_t stored = static_cast<std::int64_t>(products().size());
  EXPECT_LT(stored, 3'000);
  EXPECT_EQ(ended.number("data.inserted"), stored);
  EXPECT_NE(ended.text("data.message").find(std::to_string(stored) + " new"), std::string::npos);
}

TEST_F(Imports, AStopInTheMiddleSaysWhatWasStoredAndRunningAgainIsSafe) {
  const std::string file = csv_of(0, 2'000, "5");
  upload(edith, "/api/imports?storeId=gifts&dryRun=true", file);
  const std::string id = as(edith, "GET", "/api/imports?storeId=gifts").text("data.0.id");
  start(edith, "POST", "/api/imports/" + id + "/apply");
  // Somewhere between the first and the last transaction.
  while (show_now(id) != "importing" || disk->stores.at("gifts").rows.size() < 700) {
    events.step();
  }
  boot();
  const Answer ended = show(id);
  EXPECT_EQ(ended.text("data.state"), "failed");
  const std::int64_t stored = static_cast<std::int64_t>(products().size());
  EXPECT_GT(stored, 0);
  EXPECT_LT(stored, 2'000);
  EXPECT_EQ(ended.number("data.inserted"), stored);
  EXPECT_NE(ended.text("data.message").find(std::to_string(stored) + " new"), std::string::npos);
  const Answer again = import(file);
  EXPECT_EQ(again.text("data.state"), "done");
  EXPECT_EQ(again.number("data.unchanged"), stored);
  EXPECT_EQ(again.number("data.inserted"), 2'000 - stored);
  EXPECT_EQ(products().size(), 2'000u);
  boot();
  EXPECT_EQ(show(again.text("data.id")).text("data.state"), "done");
}

TEST_F(Imports, APreviewOutlivesARestart) {
  const Answer shown = preview(csv_of(0, 20, "5"));
  boot();
  EXPECT_EQ(show(shown.text("data.id")).text("data.state"), "previewed");
  EXPECT_EQ(rows(shown).size(), 20u);
  EXPECT_EQ(counts(apply(shown.text("data.id"))), "20 20 0 0 0 0");
}

TEST_F(Imports, AFullDiskIsWaitedForAndLosesNothing) {
  const Answer shown = preview(csv_of(0, 1'500, "5"));
  const std::string id = shown.text("data.id");
  start(edith, "POST", "/api/imports/" + id + "/apply");
  while (disk->stores.at("gifts").rows.size() < 600) {
    events.step();
  }
  storage->set_fault(ErrorCode::storage_full);
  events.advance(5'000);
  EXPECT_EQ(show(id).text("data.state"), "importing");
  storage->set_fault(std::nullopt);
  events.advance(5'000);
  EXPECT_EQ(counts(show(id)), "1500 1500 0 0 0 0");
  EXPECT_EQ(products().size(), 1'500u);

  const Answer second = preview(csv_of(0, 1'500, "6"));
  start(edith, "POST", "/api/imports/" + second.text("data.id") + "/apply");
  while (show_now(second.text("data.id")) != "importing") {
    events.step();
  }
  storage->set_fault(ErrorCode::storage_full);
  events.advance(120'000);
  storage->set_fault(std::nullopt);
  settle();
  EXPECT_EQ(features->imports().running(), 0u);
  boot();
  const Answer ended = show(second.text("data.id"));
  EXPECT_EQ(ended.text("data.state"), "failed");
  EXPECT_EQ(counts(import(csv_of(0, 1'500, "6"))).substr(0, 6), "1500 0");
  EXPECT_EQ(field("P-1499", "price").text(), "6");
}

TEST_F(Imports, OneKeyOneImport) {
  const Headers key{{"idempotency-key", "file-of-monday"}};
  const std::string file = csv_of(0, 3, "5");
  const Answer first = upload(edith, "/api/imports?storeId=gifts", file, 10, key);
  const Answer again = upload(edith, "/api/imports?storeId=gifts", file, 100, key);
  EXPECT_EQ(first.text("id"), again.text("id"));
  EXPECT_EQ(*again.header("Idempotent-Replay"), "true");
  const Answer other = upload(edith, "/api/imports?storeId=gifts", csv_of(0, 4, "5"), 100, key);
  EXPECT_EQ(other.status(), 422);
  EXPECT_EQ(as(edith, "GET", "/api/imports?storeId=gifts").number("page.total"), 1);
}

TEST_F(Imports, PricesInAnotherCurrencyAreRejectedAndTheOwnOneIsRead) {
  const Answer mixed = import(
      "title,sku,price\nA,A-1,£5\nB,B-1,GBP 6\nC,C-1,7 gbp\nD,D-1,$5\nE,E-1,€5\nF,F-1,5 USD\n");
  EXPECT_EQ(counts(mixed), "6 3 0 0 3 0") << mixed.response.body;
  EXPECT_EQ(field("C-1", "price").text(), "7");
  EXPECT_EQ(products().count("D-1"), 0u);
  EXPECT_NE(errors_csv(mixed).find("The file says $, the store's currency is GBP."),
            std::string::npos)
      << errors_csv(mixed);
  const Answer json = import(R"([{"title":"G","sku":"G-1","price":"€8"}])");
  EXPECT_EQ(counts(json), "1 0 0 0 1 0") << json.response.body;
}

TEST_F(Imports, AnEmptyFileIsRefusedInWords) {
  const Answer empty = as(edith, "POST", "/api/imports?storeId=gifts&kind=products");
  EXPECT_EQ(empty.status(), 422);
  EXPECT_EQ(empty.code(), "unsupported_file");
}

TEST_F(Imports, OnlySoManyAtOnceAndAbortedUploadsLeaveNothing) {
  std::vector<std::shared_ptr<ports::BodySink>> sinks;
  int refused = 0;
  for (std::size_t i = 0; i < limits::kImportsRunning + 2; ++i) {
    ports::HttpRequest head;
    head.method = "POST";
    head.target = "/api/imports?storeId=gifts";
    head.path = "/api/imports";
    head.query = {{"storeId", "gifts"}};
    head.headers = {{"authorization", "Bearer " + edith.bearer}, {"host", "127.0.0.1"}};
    api->begin_body(
        head, [&](std::shared_ptr<ports::BodySink> sink, bool no, ports::HttpResponse response) {
          refused += no ? 1 : 0;
          if (no) {
            EXPECT_EQ(response.status, 429);
          } else {
            sink->write("title,sku\n");
            sinks.push_back(std::move(sink));
          }
        });
  }
  EXPECT_EQ(refused, 2);
  for (const auto& sink : sinks) {
    sink->aborted();
  }
  sinks.clear();
  settle();
  EXPECT_TRUE(std::filesystem::is_empty(directory / "imports"));
  EXPECT_EQ(counts(import(csv_of(0, 1, "5"))), "1 1 0 0 0 0");
}

TEST_F(Imports, ProgressIsReportedAtMostFourTimesASecond) {
  const Answer shown = preview(csv_of(0, 4'000, "5"));
  const auto updates = [&] {
    std::size_t count = 0;
    for (const ports::LogEntry& entry : disk->stores.at("gifts").log) {
      ByteReader in(entry.blob);
      const Result<sync::ChangeSet> set = sync::read_change_set(in);
      if (set.ok() && !set->changes.empty() && set->changes[0].collection == model::kImports) {
        ++count;
      }
    }
    return count;
  };
  const std::size_t before = updates();
  storage->set_delays(0, 50);  // each of the eight commits takes 50 ms
  start(edith, "POST", "/api/imports/" + shown.text("data.id") + "/apply");
  events.advance(10'000);
  EXPECT_EQ(show(shown.text("data.id")).text("data.state"), "done");
  EXPECT_LE(updates() - before, 6u);  // begin, end, and one per 250 ms between
}

std::size_t resident_kb() {
  std::ifstream status("/proc/self/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.starts_with("VmRSS:")) {
      return std::stoul(line.substr(6));
    }
  }
  return 0;
}

TEST_F(Imports, MemoryDoesNotGrowWithTheFile) {
#if defined(__SANITIZE_ADDRESS__)
  constexpr std::size_t kGrowthKb = 600'000;  // freed memory is held back
#else
  constexpr std::size_t kGrowthKb = 12'000;
#endif
  const std::filesystem::path path = directory / "large.csv";
  std::ofstream file(path, std::ios::binary);
  file << "title,sku,price,description\n";
  const std::string words(900, 'w');
  constexpr int kRows = 24'000;
  for (int i = 0; i < kRows; ++i) {
    file << "Product " << i << ",L-" << i << "," << i % 100 << ",<p>" << words << "</p>\n";
  }
  file.close();
  ASSERT_GT(std::filesystem::file_size(path), 20'000'000u);
  const auto run = [&] {
    imports::ImportRequest request;
    request.store = "gifts";
    request.dry_run = true;
    request.author = {"", "test", model::Role::system};
    std::optional<imports::Outcome> outcome;
    std::size_t most = 0;
    features->imports().import_file(path.string(), request, [&](Result<imports::Outcome> ended) {
      ASSERT_TRUE(ended.ok()) << ended.error().detail;
      outcome = *ended;
    });
    while (!outcome && !events.empty()) {
      events.step();
      most = std::max(most, resident_kb());
    }
    EXPECT_EQ(outcome->counts.inserted, static_cast<std::uint64_t>(kRows));
    EXPECT_EQ(outcome->state, "previewed");
    return most;
  };
  const std::size_t before = resident_kb();
  EXPECT_LT(run(), before + kGrowthKb);
}

}  // namespace
}  // namespace syncstore::testing
