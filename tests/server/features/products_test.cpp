// Products over HTTP, as interface.md promises them.
#include "server/http/answer.hpp"
#include "tests/server/features/feature_world.hpp"

namespace syncstore::testing {
namespace {

class Products : public FeatureWorld {
 protected:
  Products() {
    furnish();
    edith = token_of("edith");
    anna = token_of("anna");
  }
  std::string path(const std::string& id) const { return "/api/products/" + id + "?storeId=gifts"; }
  std::string version(const std::string& id) {
    return std::to_string(as(edith, "GET", path(id)).number("data.version"));
  }
  Client edith;
  Client anna;
};

TEST_F(Products, AreMadeReadEditedAndRemoved) {
  const Answer made = as(edith, "POST", "/api/products?storeId=gifts",
                         R"({"title":"  Blue mug ","sku":"M-1","price":"9.50","inventory":100})");
  ASSERT_EQ(made.status(), 201) << made.response.body;
  EXPECT_TRUE(made.at("success").boolean());
  EXPECT_EQ(made.text("data.title"), "Blue mug");
  EXPECT_EQ(made.text("data.price"), "9.5");
  EXPECT_EQ(made.text("data.status"), "Active");
  EXPECT_EQ(made.text("data.storeId"), "gifts");
  EXPECT_EQ(made.at("data.page_views").kind(), Json::Kind::null);
  const std::string id = made.text("data.id");
  EXPECT_EQ(*made.header("Location"), path(id));

  const Answer read = as(edith, "GET", path(id));
  ASSERT_EQ(read.status(), 200);
  EXPECT_EQ(*read.header("ETag"), "\"" + std::to_string(read.number("data.version")) + "\"");
  EXPECT_EQ(as(edith, "GET", path(id), {}, {{"if-none-match", *read.header("ETag")}}).status(),
            304);

  const Answer put = as(edith, "PUT", path(id), R"({"title":"Red mug"})");
  ASSERT_EQ(put.status(), 200) << put.response.body;
  EXPECT_EQ(put.text("data.title"), "Red mug");
  EXPECT_EQ(put.text("data.price"), "9.5");
  EXPECT_EQ(put.number("sequenceNumber"), put.number("data.version"));

  EXPECT_EQ(as(edith, "DELETE", path(id)).status(), 204);
  EXPECT_EQ(as(edith, "DELETE", path(id)).status(), 204);
  EXPECT_EQ(as(edith, "GET", path(id)).status(), 404);
  const Answer late = as(edith, "PUT", path(id), R"({"title":"Late"})");
  EXPECT_EQ(late.status(), 409);
  EXPECT_EQ(late.code(), "record_removed");
  const Answer again =
      as(edith, "POST", "/api/products?storeId=gifts", R"({"id":")" + id + R"(","title":"New"})");
  EXPECT_EQ(again.status(), 409);
  EXPECT_EQ(again.code(), "id_taken");
}

TEST_F(Products, RefuseWhatIsWrongFieldByField) {
  const std::string store = "/api/products?storeId=gifts";
  const Answer many = as(edith, "POST", store, R"({"price":"1,50","inventory":-1,"colour":"red"})");
  EXPECT_EQ(many.status(), 422);
  EXPECT_EQ(many.code(), "invalid");
  EXPECT_EQ(many.at("errors").size(), 4u) << many.response.body;
  EXPECT_EQ(as(edith, "POST", store, R"({"title":7})").code(), "wrong_type");
  EXPECT_EQ(as(edith, "POST", store, R"({"title":"x","price":9.5})").code(), "wrong_type");
  EXPECT_EQ(as(edith, "POST", store, R"({"title":"x","status":"Gone"})").status(), 422);
  EXPECT_EQ(as(edith, "POST", store, R"({"sku":"M-9"})").code(), "required");
  EXPECT_EQ(as(edith, "POST", store, R"({"title":"x","id":"short"})").status(), 422);
  EXPECT_EQ(as(edith, "POST", store, "{").status(), 400);
  EXPECT_EQ(as(edith, "POST", store, "[]").status(), 422);
  EXPECT_EQ(as(edith, "POST", store, "{\"title\":\"\xff\"}").status(), 400);
  EXPECT_EQ(
      as(edith, "POST", store, "title=x", {{"content-type", "application/x-www-form-urlencoded"}})
          .status(),
      415);
  make_product(edith, "gifts", R"({"title":"a","sku":"M-1"})");
  const Answer twin = as(edith, "POST", store, R"({"title":"b","sku":"m-1"})");
  EXPECT_EQ(twin.status(), 409);
  EXPECT_EQ(twin.code(), "duplicate_sku");
  EXPECT_EQ(twin.text("errors.0.field"), "sku");
}

TEST_F(Products, MergeByFieldAgainstTheBaseVersion) {
  const std::string id = make_product(edith, "gifts", R"({"title":"Mug","price":"9.5"})");
  const std::string base = version(id);
  ASSERT_EQ(as(anna, "PUT", path(id), R"({"title":"Blue mug"})").status(), 200);
  const Answer merged = as(edith, "PUT", path(id), R"({"price":"10"})", {{"base-version", base}});
  ASSERT_EQ(merged.status(), 200) << merged.response.body;
  EXPECT_EQ(merged.text("data.title"), "Blue mug");
  EXPECT_EQ(merged.text("data.price"), "10");

  const Answer clash =
      as(anna, "PUT", path(id), R"({"price":"12","category":"Cups"})", {{"base-version", base}});
  ASSERT_EQ(clash.status(), 409) << clash.response.body;
  EXPECT_EQ(clash.code(), "conflict");
  EXPECT_EQ(clash.text("conflictId").size(), 13u);
  ASSERT_EQ(clash.at("errors").size(), 1u);
  EXPECT_EQ(clash.text("errors.0.field"), "price");
  EXPECT_EQ(clash.text("errors.0.base"), "9.5");
  EXPECT_EQ(clash.text("errors.0.yours"), "12");
  EXPECT_EQ(clash.text("errors.0.theirs"), "10");
  EXPECT_EQ(clash.text("errors.0.theirsBy"), "edith");
  EXPECT_EQ(clash.text("errors.0.theirsAt").size(), 24u);
  // Nothing of the refused request was applied, and the field waits for a decision.
  EXPECT_EQ(as(edith, "GET", path(id)).at("data.category").kind(), Json::Kind::null);
  EXPECT_EQ(as(edith, "PUT", path(id), R"({"price":"13"})").status(), 409);
}

TEST_F(Products, BaseVersionReachesBackBeyondARestart) {
  const std::string id = make_product(edith, "gifts", R"({"title":"Mug","price":"1"})");
  const std::string base = version(id);
  for (int i = 2; i < 40; ++i) {
    ASSERT_EQ(as(anna, "PUT", path(id), R"({"price":")" + std::to_string(i) + R"("})").status(),
              200);
  }
  boot();
  const Answer clash = as(edith, "PUT", path(id), R"({"price":"99"})", {{"base-version", base}});
  ASSERT_EQ(clash.status(), 409) << clash.response.body;
  EXPECT_EQ(clash.text("errors.0.base"), "1");
  EXPECT_EQ(as(edith, "PUT", path(id), R"({"title":"Cup"})", {{"base-version", base}}).status(),
            200);
  EXPECT_EQ(as(edith, "PUT", path(id), R"({"title":"x"})", {{"base-version", "999999"}}).status(),
            422);
  EXPECT_EQ(as(edith, "PUT", path(id), R"({"title":"x"})", {{"base-version", "abc"}}).status(),
            422);
}

TEST_F(Products, StockIsAdjustedAndNeverOverwritten) {
  const std::string id = make_product(edith, "gifts", R"({"title":"Mug","inventory":100})");
  const std::string base = version(id);
  const std::string adjust = "/api/products/" + id + "/adjust?storeId=gifts";
  EXPECT_EQ(as(edith, "PUT", path(id), R"({"inventory":90})").code(), "needs_base");
  ASSERT_EQ(as(anna, "POST", adjust, R"({"amount":-5,"reason":"broken"})").number("data.inventory"),
            95);
  // The form still says 100 and saves another title: stock stays 95.
  const Answer renamed =
      as(edith, "PUT", path(id), R"({"title":"Cup","inventory":100})", {{"base-version", base}});
  ASSERT_EQ(renamed.status(), 200) << renamed.response.body;
  EXPECT_EQ(renamed.number("data.inventory"), 95);
  const Answer counted =
      as(edith, "PUT", path(id), R"({"inventory":110})", {{"base-version", base}});
  EXPECT_EQ(counted.number("data.inventory"), 105);
  const Answer below = as(edith, "POST", adjust, R"({"amount":-200})");
  EXPECT_EQ(below.status(), 409);
  EXPECT_EQ(below.code(), "below_minimum");
  EXPECT_EQ(as(edith, "POST", adjust, R"({"amount":-50,"min":60})").code(), "below_minimum");
  EXPECT_EQ(as(edith, "POST", adjust, R"({"amount":"5"})").status(), 422);
  EXPECT_EQ(as(edith, "POST", adjust, R"({"amount":1,"why":"x"})").code(), "unknown_field");
}

TEST_F(Products, IfMatchKeepsItsStandardMeaning) {
  const std::string id = make_product(edith, "gifts", R"({"title":"Mug"})");
  const std::string tag = "\"" + version(id) + "\"";
  ASSERT_EQ(as(anna, "PUT", path(id), R"({"price":"1"})").status(), 200);
  const Answer stale = as(edith, "PUT", path(id), R"({"title":"Cup"})", {{"if-match", tag}});
  EXPECT_EQ(stale.status(), 412);
  EXPECT_EQ(stale.code(), "precondition_failed");
  EXPECT_EQ(as(edith, "DELETE", path(id), {}, {{"if-match", tag}}).status(), 412);
  EXPECT_EQ(
      as(edith, "PUT", path(id), R"({"title":"Cup"})", {{"if-match", "\"" + version(id) + "\""}})
          .status(),
      200);
}

TEST_F(Products, ListIsPagedSortedFilteredAndClamped) {
  for (int i = 1; i <= 30; ++i) {
    make_product(edith, "gifts",
                 R"({"title":"Thing )" + std::to_string(i) + R"(","sales_amount":")" +
                     std::to_string(i) + R"(","status":")" + (i % 3 == 0 ? "Inactive" : "Active") +
                     R"("})");
  }
  const std::string list = "/api/products?storeId=gifts";
  const Answer first = as(edith, "GET", list + "&size=10");
  ASSERT_EQ(first.status(), 200) << first.response.body;
  EXPECT_EQ(first.text("data.0.title"), "Thing 30");
  EXPECT_EQ(first.number("page.total"), 30);
  EXPECT_EQ(first.number("page.pages"), 3);
  EXPECT_FALSE(first.text("epoch").empty());
  EXPECT_GT(first.number("sequenceNumber"), 0);
  const Answer clamped = as(edith, "GET", list + "&size=10&page=9");
  EXPECT_EQ(clamped.number("page.page"), 3);
  EXPECT_EQ(clamped.text("data.0.title"), "Thing 10");
  EXPECT_EQ(as(edith, "GET", list + "&status=Inactive").number("page.total"), 10);
  EXPECT_EQ(as(edith, "GET", list + "&q=thing+12").number("page.total"), 1);
  EXPECT_EQ(as(edith, "GET", list + "&sort=sales_amount&size=1").text("data.0.title"), "Thing 1");
  EXPECT_EQ(as(edith, "GET", list + "&size=201").status(), 422);
  EXPECT_EQ(as(edith, "GET", list + "&page=0").status(), 422);
  EXPECT_EQ(as(edith, "GET", list + "&sort=-colour").status(), 422);
  const Answer empty = as(token_of("gina"), "GET", "/api/products?storeId=games");
  EXPECT_EQ(empty.number("page.total"), 0);
  EXPECT_EQ(empty.number("page.pages"), 1);
  EXPECT_EQ(
      as(edith, "GET", list + "&size=10", {}, {{"if-none-match", *first.header("ETag")}}).status(),
      304);
}

TEST_F(Products, CursorVisitsEveryRecordOnceWhileOthersComeAndGo) {
  std::vector<std::string> kept;
  for (int i = 0; i < 20; ++i) {
    kept.push_back(make_product(edith, "gifts",
                                R"({"title":"T","price":")" + std::to_string(i % 4) + R"("})"));
  }
  std::multimap<std::string, int> seen;
  std::string cursor;
  for (int round = 0; round < 20; ++round) {
    const Answer page =
        as(edith, "GET", "/api/products?storeId=gifts&size=3&sort=price&cursor=" + cursor);
    ASSERT_EQ(page.status(), 200) << page.response.body;
    const Json data = page.at("data");
    for (const Json& record : data.items()) {
      seen.emplace(record.find("id")->text(), round);
    }
    const std::string extra = make_product(edith, "gifts", R"({"title":"Other","price":"2"})");
    as(edith, "DELETE", path(extra));
    if (page.at("next").is(Json::Kind::null)) {
      break;
    }
    cursor = page.text("next");
  }
  for (const std::string& id : kept) {
    EXPECT_EQ(seen.count(id), 1u);
  }
  EXPECT_EQ(as(edith, "GET", "/api/products?storeId=gifts&cursor=zz").status(), 422);
}

TEST_F(Products, AnotherPersonsKeyIsRefusedAndNothingIsLostSilently) {
  const std::string id = make_product(edith, "gifts", R"({"title":"Mug","inventory":100})");
  const std::string adjust = "/api/products/" + id + "/adjust?storeId=gifts";
  const Headers key{{"idempotency-key", "01890a5d-ac96-774b-bcce-b302099a8057"}};
  EXPECT_EQ(as(edith, "POST", adjust, R"({"amount":-1})", key).status(), 200);
  const Answer other = as(token_of("anna"), "POST", adjust, R"({"amount":-1})", key);
  EXPECT_EQ(other.status(), 422);
  EXPECT_EQ(other.code(), "key_reused");
  EXPECT_EQ(as(edith, "GET", path(id)).number("data.inventory"), 99);
}

TEST_F(Products, UnknownAndForeignRecordsAreNotFound) {
  const std::string foreign = make_product(token_of("gina"), "games", R"({"title":"Chess"})");
  EXPECT_EQ(as(edith, "GET", path(foreign)).status(), 404);
  EXPECT_EQ(as(edith, "PUT", path(foreign), R"({"title":"x"})").status(), 404);
  EXPECT_EQ(as(edith, "DELETE", path(foreign)).status(), 404);
  EXPECT_EQ(as(edith, "GET", path("0000000000001")).status(), 404);
  EXPECT_EQ(as(edith, "GET", path("nonsense")).status(), 404);
}

TEST_F(Products, DashboardIsEditedInParts) {
  const std::string snapshot = "/api/dashboard/snapshot/gifts";
  const Answer before = as(edith, "GET", snapshot);
  ASSERT_EQ(before.status(), 200) << before.response.body;
  const std::string base = std::to_string(before.number("data.version"));
  ASSERT_EQ(as(edith, "PUT", snapshot, R"({"open_orders":12,"todaySoFar":"99.5"})").status(), 200);
  const Answer other = as(anna, "PUT", snapshot, R"({"ad_sales":"7"})", {{"base-version", base}});
  ASSERT_EQ(other.status(), 200) << other.response.body;
  EXPECT_EQ(other.number("data.open_orders"), 12);
  EXPECT_EQ(other.text("data.todaySoFar"), "99.5");
  EXPECT_EQ(as(anna, "PUT", snapshot, R"({"open_orders":13})", {{"base-version", base}}).status(),
            409);
  EXPECT_EQ(as(edith, "PUT", snapshot, R"({"seller_feedback_rating":"5.1"})").status(), 422);
}

}  // namespace
}  // namespace syncstore::testing
