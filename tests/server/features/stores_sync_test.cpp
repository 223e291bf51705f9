// Stores, the sync protocol over HTTP, status and the demo.
#include "core/wire/frame_codec.hpp"
#include "server/features/demo/demo.hpp"
#include "tests/server/features/feature_world.hpp"

namespace syncstore::testing {
namespace {

class StoresAndSync : public FeatureWorld {};

TEST_F(StoresAndSync, AreMadeListedAndEdited) {
  furnish();
  const Client root = token_of("root");
  const Answer made = as(root, "POST", "/api/stores",
                         R"({"id":"books","name":"Books","currency":"EUR",)"
                         R"("timeZone":"Europe/Berlin","marketplace":"Own"})");
  ASSERT_EQ(made.status(), 201) << made.response.body;
  EXPECT_EQ(*made.header("Location"), "/api/stores/books");
  EXPECT_EQ(made.text("data.id"), "books");
  EXPECT_EQ(made.text("data.currency"), "EUR");
  EXPECT_EQ(as(root, "POST", "/api/stores",
               R"({"id":"books","name":"B","currency":"EUR","timeZone":"UTC"})")
                .code(),
            "already_exists");
  EXPECT_EQ(as(root, "POST", "/api/stores",
               R"({"id":"B ooks","name":"B","currency":"EUR","timeZone":"UTC"})")
                .status(),
            422);
  EXPECT_EQ(as(root, "POST", "/api/stores",
               R"({"id":"b2","name":"B","currency":"euro","timeZone":"UTC"})")
                .status(),
            422);
  EXPECT_EQ(as(root, "POST", "/api/stores",
               R"({"id":"b2","name":"B","currency":"EUR","timeZone":"../x"})")
                .status(),
            422);
  EXPECT_EQ(as(root, "GET", "/api/stores").at("data").size(), 3u);
  EXPECT_EQ(as(token_of("edith"), "GET", "/api/stores").at("data").size(), 1u);
  const Answer named =
      as(root, "PUT", "/api/stores/books", R"({"name":"Old books","contact_email":"a@b.example"})");
  ASSERT_EQ(named.status(), 200) << named.response.body;
  EXPECT_EQ(named.text("data.id"), "books");
  EXPECT_EQ(as(root, "GET", "/api/stores").text("data.0.name"), "Old books");
  EXPECT_EQ(as(root, "PUT", "/api/stores/books", R"({"currency":"USD"})").status(), 403);
  boot();
  EXPECT_EQ(as(root, "GET", "/api/stores/books").text("data.name"), "Old books");
  // Everybody with access to all stores is a member of the new one.
  EXPECT_EQ(as(root, "GET", "/api/people?storeId=books").at("data").size(), 1u);
  EXPECT_EQ(as(root, "GET", "/api/sync/snapshot?dataType=members&storeId=books").at("data").size(),
            1u);
}

TEST_F(StoresAndSync, ChangesPolledToTheEndEqualTheSnapshot) {
  furnish();
  const Client edith = token_of("edith");
  for (int i = 0; i < 12; ++i) {
    make_product(edith, "gifts", R"({"title":"T)" + std::to_string(i) + R"("})");
  }
  const Answer snapshot = as(edith, "GET", "/api/sync/snapshot?storeId=gifts&dataType=products");
  ASSERT_EQ(snapshot.status(), 200);
  const std::string epoch = snapshot.text("epoch");
  const std::string base =
      "/api/sync/changes?storeId=gifts&dataTypes=products&epoch=" + epoch + "&limit=5&since=";
  std::set<std::string> ids;
  std::int64_t since = 0;
  for (int round = 0; round < 50; ++round) {
    const Answer changes = as(edith, "GET", base + std::to_string(since));
    ASSERT_EQ(changes.status(), 200) << changes.response.body;
    const Json messages = changes.at("messages");
    for (const Json& message : messages.items()) {
      for (const Json& op : message.find("data")->items()) {
        ids.insert(op.find("id")->text());
      }
    }
    since = changes.number("to");
    if (!changes.at("more").boolean()) {
      break;
    }
  }
  EXPECT_EQ(ids.size(), 12u);
  EXPECT_EQ(since, snapshot.number("sequenceNumber"));
  const Answer idle = as(edith, "GET", base + std::to_string(since));
  EXPECT_EQ(idle.at("messages").size(), 0u);
  EXPECT_LT(idle.response.body.size(), 9'000u);
  EXPECT_EQ(
      as(edith, "GET", base + std::to_string(since), {}, {{"if-none-match", *idle.header("ETag")}})
          .status(),
      304);

  const Answer other =
      as(edith, "GET", "/api/sync/changes?storeId=gifts&since=0&epoch=0000000000001");
  EXPECT_EQ(other.status(), 409);
  EXPECT_EQ(other.code(), "epoch_changed");
  EXPECT_EQ(other.text("epoch"), epoch);
  const Answer no_epoch_at_all =
      as(edith, "GET", "/api/sync/changes?storeId=gifts&since=0&epoch=other");
  EXPECT_EQ(no_epoch_at_all.code(), "epoch_changed");
  EXPECT_EQ(no_epoch_at_all.text("epoch"), epoch);
  EXPECT_EQ(as(edith, "GET", "/api/sync/changes?storeId=gifts&since=0").code(), "required");
  EXPECT_EQ(as(edith, "GET", base + "x").status(), 422);
  EXPECT_EQ(as(edith, "GET", "/api/sync/snapshot?storeId=gifts").code(), "required");
}

TEST_F(StoresAndSync, FramesAreExchangedByPost) {
  furnish();
  const Client edith = token_of("edith");
  make_product(edith, "gifts", R"({"title":"Mug"})");
  wire::Hello hello;
  hello.user = features->accounts().find_by_name("edith")->id;
  hello.store = "gifts";
  hello.client = *Uuid::parse("01890a5d-ac96-774b-bcce-b302099a8057");
  hello.collections = {model::kProducts};
  Bytes body;
  wire::append_frame(body, wire::encode(wire::UpMessage(hello)));
  const Answer answer = as(edith, "POST", "/api/sync/exchange?storeId=gifts", body,
                           {{"content-type", "application/octet-stream"}});
  ASSERT_EQ(answer.status(), 200) << answer.response.body;
  const auto frames = wire::split_frames(answer.response.body);
  ASSERT_TRUE(frames.ok());
  ASSERT_FALSE(frames->empty());
  const auto welcome = wire::decode_down(frames->front());
  ASSERT_TRUE(welcome.ok());
  EXPECT_TRUE(std::holds_alternative<wire::Welcome>(*welcome));
  EXPECT_EQ(as(edith, "POST", "/api/sync/exchange?storeId=gifts", "nonsense").status(), 400);
}

TEST_F(StoresAndSync, StatusHealthAndMetricsTell) {
  furnish();
  EXPECT_EQ(request("GET", "/health").status(), 200);
  EXPECT_EQ(request("GET", "/ready").status(), 200);
  const Answer metrics = request("GET", "/metrics");
  EXPECT_NE(metrics.response.body.find("syncstore_commit_mutations_total"), std::string::npos);
  EXPECT_NE(
      metrics.response.body.find("syncstore_http_request_duration_seconds_count{route=\"health\""),
      std::string::npos);
  const Answer status = as(token_of("edith"), "GET", "/api/status");
  EXPECT_FALSE(status.at("data.demo").boolean());
  EXPECT_EQ(status.at("data.stores").size(), 1u);
}

TEST_F(StoresAndSync, AFullDiskIsAnAlertWhileItLasts) {
  furnish();
  const auto edith = token_of("edith");
  storage->set_fault(ErrorCode::storage_full);
  const Answer refused = as(edith, "POST", "/api/products?storeId=gifts", R"({"title":"Mug"})");
  EXPECT_EQ(refused.status(), 503);
  EXPECT_EQ(refused.text("code"), "storage_full");
  EXPECT_NE(refused.text("detail").find("Free some space"), std::string::npos);
  const Answer ready = request("GET", "/ready");
  EXPECT_EQ(ready.status(), 503);
  EXPECT_NE(ready.text("checks.writing").find("disk is full"), std::string::npos);
  EXPECT_NE(request("GET", "/metrics").response.body.find("syncstore_read_only 1\n"),
            std::string::npos);
  EXPECT_EQ(as(edith, "GET", "/api/status").text("data.readOnly.code"), "storage_full");
  EXPECT_EQ(as(edith, "GET", "/api/products?storeId=gifts").status(), 200);

  storage->set_fault(std::nullopt);
  events.advance(2'000);
  EXPECT_EQ(request("GET", "/ready").status(), 200);
  EXPECT_NE(request("GET", "/metrics").response.body.find("syncstore_read_only 0\n"),
            std::string::npos);
  EXPECT_EQ(as(edith, "POST", "/api/products?storeId=gifts", R"({"title":"Mug"})").status(), 201);
}

TEST_F(StoresAndSync, DemoFillsAnEmptyDirectoryOnce) {
  Status loaded = fail(ErrorCode::internal);
  features->load_demo([&](const Status& status) { loaded = status; });
  settle();
  ASSERT_TRUE(loaded.ok()) << loaded.error().detail;
  const auto sign_ins = demo::read_sign_ins(directory.string());
  ASSERT_EQ(sign_ins.size(), 3u);
  const auto allowed = std::filesystem::status(directory / "demo-sign-ins.json").permissions();
  EXPECT_EQ(allowed & (std::filesystem::perms::group_all | std::filesystem::perms::others_all),
            std::filesystem::perms::none);
  const Client viewer = sign_in(sign_ins[2].name, sign_ins[2].password);
  EXPECT_EQ(as(viewer, "GET", "/api/products?storeId=gifts").number("page.total"), 3'277);
  EXPECT_EQ(as(viewer, "GET", "/api/products?storeId=games").number("page.total"), 26'688);
  const Answer best = as(viewer, "GET", "/api/products?storeId=gifts&size=1");
  EXPECT_FALSE(best.text("data.0.sales_amount").empty());
  EXPECT_TRUE(as(viewer, "GET", "/api/status").at("data.demo").boolean());
  // Every figure without a source is absent, and every derived or demo figure is named.
  const std::string sources =
      as(viewer, "GET", "/api/stores/gifts").at("data.figure_sources").dump();
  for (const std::string figure : {"products.sales_amount=derived", "products.units_sold=derived",
                                   "products.inventory=demo"}) {
    EXPECT_NE(sources.find(figure), std::string::npos) << figure;
  }
  const std::uint64_t commits = storage->commits();
  features->load_demo([&](const Status& status) { loaded = status; });
  settle();
  EXPECT_TRUE(loaded.ok());
  EXPECT_EQ(storage->commits(), commits);
}

}  // namespace
}  // namespace syncstore::testing
