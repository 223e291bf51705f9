// Conflicts over HTTP: listed, decided once, for mine, theirs or another value; removed records
// come back.
#include "tests/server/features/feature_world.hpp"

namespace syncstore::testing {
namespace {

class Conflicts : public FeatureWorld {
 protected:
  Conflicts() {
    furnish();
    edith = token_of("edith");
    anna = token_of("anna");
    product = make_product(edith, "gifts", R"({"title":"Mug","price":"1"})");
  }
  std::string path() const { return "/api/products/" + product + "?storeId=gifts"; }
  Answer get() { return as(edith, "GET", path()); }
  // anna moves the price to 2, edith wants 3 against the version before.
  std::string clash() {
    const std::string base = std::to_string(get().number("data.version"));
    EXPECT_EQ(as(anna, "PUT", path(), R"({"price":"2"})").status(), 200);
    return as(edith, "PUT", path(), R"({"price":"3"})", {{"base-version", base}})
        .text("conflictId");
  }
  Answer resolve(const std::string& id, const std::string& body) {
    return as(anna, "POST", "/api/conflicts/" + id + "/resolve", body);
  }
  Client edith;
  Client anna;
  std::string product;
};

TEST_F(Conflicts, AreListedWithBothSides) {
  const std::string id = clash();
  const Answer list = as(edith, "GET", "/api/conflicts?storeId=gifts");
  ASSERT_EQ(list.at("data").size(), 1u) << list.response.body;
  EXPECT_EQ(list.text("data.0.id"), id);
  EXPECT_EQ(list.text("data.0.field"), "price");
  EXPECT_EQ(list.text("data.0.base"), "1");
  EXPECT_EQ(list.text("data.0.mine"), "3");
  EXPECT_EQ(list.text("data.0.theirs"), "2");
  EXPECT_EQ(list.text("data.0.mine_by"), "edith");
  EXPECT_EQ(list.text("data.0.theirs_by"), "anna");
  EXPECT_EQ(as(edith, "GET", "/api/conflicts?storeId=gifts&status=resolved").at("data").size(), 0u);
  EXPECT_EQ(as(edith, "GET", "/api/conflicts?storeId=gifts&status=odd").status(), 422);
}

TEST_F(Conflicts, TheOtherSideIsWhoeverWroteTheField) {
  const std::string base = std::to_string(get().number("data.version"));
  as(anna, "PUT", path(), R"({"price":"2"})");
  as(token_of("root"), "PUT", path(), R"({"title":"Cup"})");
  const Answer refused = as(edith, "PUT", path(), R"({"price":"3"})", {{"base-version", base}});
  EXPECT_EQ(refused.text("errors.0.theirsBy"), "anna");
}

TEST_F(Conflicts, MineTheirsOrAValueOnce) {
  std::string id = clash();
  const Answer mine = resolve(id, R"({"choice":"mine"})");
  ASSERT_EQ(mine.status(), 200) << mine.response.body;
  EXPECT_EQ(mine.text("data.status"), "resolved");
  EXPECT_EQ(mine.text("data.resolution"), "mine");
  EXPECT_EQ(get().text("data.price"), "3");
  const Answer again = resolve(id, R"({"choice":"theirs"})");
  EXPECT_EQ(again.status(), 409);
  EXPECT_EQ(again.code(), "already_resolved");

  id = clash();
  EXPECT_EQ(resolve(id, R"({"choice":"theirs"})").status(), 200);
  EXPECT_EQ(get().text("data.price"), "2");
  as(edith, "PUT", path(), R"({"price":"1"})");

  id = clash();
  EXPECT_EQ(resolve(id, R"({"choice":"value"})").status(), 422);
  EXPECT_EQ(resolve(id, R"({"choice":"mine","value":"4"})").status(), 422);
  EXPECT_EQ(resolve(id, R"({"choice":"value","value":"four"})").status(), 422);
  EXPECT_EQ(resolve(id, R"({"choice":"coin"})").status(), 422);
  EXPECT_EQ(resolve(id, R"({"choice":"value","value":"4"})").status(), 200);
  EXPECT_EQ(get().text("data.price"), "4");
  EXPECT_EQ(as(edith, "PUT", path(), R"({"price":"5"})").status(), 200);
}

TEST_F(Conflicts, TwoWhoDecideAtOnceDecideOnce) {
  const std::string id = clash();
  const std::string target = "/api/conflicts/" + id + "/resolve";
  const auto first = start(anna, "POST", target, R"({"choice":"mine"})");
  const auto second = start(edith, "POST", target, R"({"choice":"theirs"})");
  settle();
  EXPECT_EQ((*first)->status(), 200);
  EXPECT_EQ((*second)->status(), 409);
  EXPECT_EQ(get().text("data.price"), "3");
}

TEST_F(Conflicts, AnEditOfARemovedRecordBringsItBackOrNot) {
  as(anna, "DELETE", path());
  const Answer late = as(edith, "PUT", path(), R"({"title":"Cup"})");
  ASSERT_EQ(late.status(), 409);
  const std::string id = late.text("conflictId");
  ASSERT_EQ(id.size(), 13u) << late.response.body;
  const Answer back = resolve(id, R"({"choice":"mine"})");
  ASSERT_EQ(back.status(), 200) << back.response.body;
  EXPECT_EQ(get().text("data.title"), "Cup");
  EXPECT_EQ(get().text("data.price"), "1");

  as(anna, "DELETE", path());
  const std::string other = as(edith, "PUT", path(), R"({"price":"8"})").text("conflictId");
  EXPECT_EQ(resolve(other, R"({"choice":"theirs"})").status(), 200);
  EXPECT_EQ(get().status(), 404);
}

TEST_F(Conflicts, AreForeignToOtherStores) {
  const std::string id = clash();
  EXPECT_EQ(
      as(token_of("gina"), "POST", "/api/conflicts/" + id + "/resolve", R"({"choice":"mine"})")
          .status(),
      404);
  EXPECT_EQ(
      as(token_of("victor"), "POST", "/api/conflicts/" + id + "/resolve", R"({"choice":"mine"})")
          .status(),
      403);
  EXPECT_EQ(resolve("0000000000001", R"({"choice":"mine"})").status(), 404);
}

TEST_F(Conflicts, HistoryTellsWhoWhatAndWhen) {
  as(anna, "PUT", path(), R"({"price":"2"})");
  as(edith, "PUT", path(), R"({"title":"Cup"})");
  const std::string history = "/api/history?storeId=gifts&dataType=products&id=" + product;
  const Answer all = as(edith, "GET", history);
  ASSERT_EQ(all.at("data").size(), 3u) << all.response.body;
  EXPECT_EQ(all.text("data.0.by"), "edith");
  EXPECT_EQ(all.text("data.0.changes.0.field"), "title");
  EXPECT_EQ(all.text("data.0.changes.0.old"), "Mug");
  EXPECT_EQ(all.text("data.1.changes.0.new"), "2");
  EXPECT_EQ(all.text("data.2.kind"), "insert");
  EXPECT_EQ(all.text("data.2.origin"), "api");
  const Answer first = as(edith, "GET", history + "&limit=1");
  EXPECT_EQ(first.at("data").size(), 1u);
  EXPECT_EQ(as(edith, "GET", history + "&limit=1&before=" + std::to_string(first.number("next")))
                .text("data.0.by"),
            "anna");
  EXPECT_EQ(as(edith, "GET", "/api/history?storeId=gifts").code(), "required");
  EXPECT_EQ(as(edith, "GET", "/api/history?storeId=gifts&dataType=dashboard").status(), 200);
}

}  // namespace
}  // namespace syncstore::testing
