// What becomes of every row, against a store that has products already.
#include "tests/server/features/imports_world.hpp"

namespace syncstore::testing {
namespace {

using ImportsFates = ImportsWorld;
using ImportsFormats = ImportsWorld;

std::string fate(const Json& row) { return row.find("fate")->text(); }
std::string first_message(const Json& row, const char* list = "problems") {
  const Json* items = row.find(list);
  return items->size() == 0 ? std::string() : items->items().front().find("message")->text();
}
std::string first_field(const Json& row) {
  return row.find("problems")->items().front().find("field")->text();
}

TEST_F(ImportsFates, APreviewSaysWhatWillHappenAndChangesNothing) {
  import("title,sku,price,inventory\nScarf,S-1,12.50,40\nMug,M-1,6,3\n");
  const Sequence before = sequence();
  const Answer shown = preview(
      "title,sku,price,inventory\nScarf,S-1,13,42\nMug,M-1,6.00,3\nHat,H-1,9,1\n,X-1,1,1\n");
  EXPECT_EQ(shown.text("data.state"), "previewed");
  EXPECT_EQ(counts(shown), "4 1 1 1 1 0");
  EXPECT_EQ(sequence(), before);
  const std::vector<Json> all = rows(shown);
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(fate(all[0]), "update");
  EXPECT_EQ(all[0].find("line")->integer(), 2);
  const Json* changes = all[0].find("changes");
  ASSERT_EQ(changes->size(), 2u);
  EXPECT_EQ(changes->items()[0].dump(), R"({"field":"inventory","from":40,"to":42})");
  EXPECT_EQ(changes->items()[1].dump(), R"({"field":"price","from":"12.5","to":"13"})");
  EXPECT_EQ(fate(all[1]), "unchanged");
  EXPECT_EQ(fate(all[2]), "insert");
  EXPECT_EQ(fate(all[3]), "rejected");
  EXPECT_EQ(first_field(all[3]), "title");
  EXPECT_EQ(rows(shown, "insert").size(), 1u);

  const Answer done = apply(shown.text("data.id"));
  EXPECT_EQ(done.text("data.state"), "done");
  EXPECT_EQ(counts(done), "4 1 1 1 1 0");
  EXPECT_EQ(field("S-1", "price").text(), "13");
  EXPECT_EQ(field("S-1", "inventory").integer(), 42);
  EXPECT_EQ(field("H-1", "title").text(), "Hat");
  EXPECT_EQ(rows(done, "rejected").size(), 1u);
  const Answer again = as(edith, "POST", "/api/imports/" + shown.text("data.id") + "/apply");
  EXPECT_EQ(again.status(), 409);
  EXPECT_EQ(again.code(), "wrong_state");
}

TEST_F(ImportsFates, TheSameFileTwiceChangesNothing) {
  const std::string file = "title,sku,price\nScarf,S-1,12.50\nMug,M-1,\"1,299.00\"\n";
  EXPECT_EQ(counts(import(file)), "2 2 0 0 0 0");
  const Sequence before = sequence();
  EXPECT_EQ(counts(import(file)), "2 0 0 2 0 0");
  EXPECT_EQ(sequence(), before);
}

TEST_F(ImportsFates, ColumnsAFileLacksAreNeverTouched) {
  import("title,sku,price,inventory,description,category\nScarf,S-1,12.50,40,<p>Soft</p>,Wool\n");
  EXPECT_EQ(counts(import("sku,price\nS-1,9\n")), "1 0 1 0 0 0");
  EXPECT_EQ(field("S-1", "price").text(), "9");
  EXPECT_EQ(field("S-1", "title").text(), "Scarf");
  EXPECT_EQ(field("S-1", "inventory").integer(), 40);
  EXPECT_EQ(field("S-1", "description").text(), "<p>Soft</p>");
  EXPECT_EQ(field("S-1", "category").text(), "Wool");
}

TEST_F(ImportsFates, AnEmptyCellOfPlainCsvClearsOptionalFieldsOnly) {
  import("title,sku,handle,price,inventory,status,category\nScarf,S-1,scarf,12,40,Inactive,Wool\n");
  const Answer done = import("title,sku,handle,price,inventory,status,category\nScarf,S-1,,,,,\n");
  EXPECT_EQ(counts(done), "1 0 1 0 0 0");
  EXPECT_TRUE(field("S-1", "price").is(Json::Kind::null));
  EXPECT_TRUE(field("S-1", "category").is(Json::Kind::null));
  EXPECT_EQ(field("S-1", "handle").text(), "scarf");
  EXPECT_EQ(field("S-1", "inventory").integer(), 40);
  EXPECT_EQ(field("S-1", "status").text(), "Inactive");
  const Answer untitled = import("title,sku\n,S-1\n");
  EXPECT_EQ(counts(untitled), "1 0 0 0 1 0");
  EXPECT_EQ(field("S-1", "title").text(), "Scarf");
}

TEST_F(ImportsFates, StockIsAdjustedAgainstThePreviewedValue) {
  import("title,sku,inventory\nScarf,S-1,10\n");
  const Answer shown = preview("title,sku,inventory\nScarf,S-1,12\n");
  const std::string id = field("S-1", "id").text();
  EXPECT_EQ(as(edith, "POST", "/api/products/" + id + "/adjust?storeId=gifts", R"({"amount":-5})")
                .status(),
            200);
  apply(shown.text("data.id"));
  EXPECT_EQ(field("S-1", "inventory").integer(), 7);
}

TEST_F(ImportsFates, AReviewedFieldThatMovedSinceThePreviewIsNotOverwritten) {
  import("title,sku,price\nScarf,S-1,10\nMug,M-1,4\n");
  const Answer shown = preview("title,sku,price\nWool scarf,S-1,12\nMug,M-1,5\n");
  const std::string id = field("S-1", "id").text();
  EXPECT_EQ(
      as(edith, "PUT", "/api/products/" + id + "?storeId=gifts", R"({"price":"11"})").status(),
      200);
  const Answer done = apply(shown.text("data.id"));
  EXPECT_EQ(counts(done), "2 0 1 0 1 0");
  EXPECT_EQ(field("S-1", "price").text(), "11");
  EXPECT_EQ(field("S-1", "title").text(), "Scarf");
  EXPECT_EQ(field("M-1", "price").text(), "5");
  const std::vector<Json> refused = rows(done, "rejected");
  ASSERT_EQ(refused.size(), 1u);
  EXPECT_EQ(first_field(refused[0]), "price");
  EXPECT_NE(errors_csv(done).find("conflict"), std::string::npos);
  // The same file again takes its value: it is compared with what is there now.
  EXPECT_EQ(counts(import("title,sku,price\nWool scarf,S-1,12\nMug,M-1,5\n")), "2 0 1 1 0 0");
  EXPECT_EQ(field("S-1", "price").text(), "12");
}

TEST_F(ImportsFates, KeysAreSkuElseHandleElseTheExportsOwnId) {
  import("title,sku,handle\nScarf,S-1,scarf\nMug,,mug\n");
  EXPECT_EQ(counts(import("title,sku,handle\nScarf two,S-1,scarf\nMug two,,mug\n")), "2 0 2 0 0 0");
  EXPECT_EQ(products().size(), 2u);
  // A product without a SKU gets the file's; one with another SKU is another product.
  EXPECT_EQ(counts(import("title,sku,handle\nMug two,M-1,mug\n")), "1 0 1 0 0 0");
  EXPECT_EQ(field("M-1", "handle").text(), "mug");
  const Answer taken = import("title,sku,handle\nOther mug,M-2,mug\n");
  EXPECT_EQ(counts(taken), "1 0 0 0 1 0");
  EXPECT_EQ(first_field(rows(taken)[0]), "handle");
  // Renamed in an exported file: the id still finds it.
  const std::string id = field("M-1", "id").text();
  EXPECT_EQ(counts(import("id,title,sku\n" + id + ",Mug two,M-9\n")), "1 0 1 0 0 0");
  EXPECT_EQ(field("M-9", "id").text(), id);
}

TEST_F(ImportsFates, ASecondRowOfAProductIsRejectedAndNamesTheFirst) {
  import("title,sku,handle\nOld,O-1,old\n");
  const Answer done =
      import("title,sku,handle\nA,S-1,a\nB,s-1,b\nC,S-3,A\nOld,O-1,old\nOld again,,old\n,S-1,x\n");
  EXPECT_EQ(counts(done), "6 1 0 1 4 0");
  const std::vector<Json> refused = rows(done, "rejected");
  ASSERT_EQ(refused.size(), 4u);
  EXPECT_EQ(first_field(refused[0]), "sku");
  EXPECT_NE(first_message(refused[0]).find("line 2"), std::string::npos);
  EXPECT_EQ(first_field(refused[1]), "handle");
  EXPECT_NE(first_message(refused[1]).find("line 2"), std::string::npos);
  EXPECT_NE(first_message(refused[2]).find("line 5"), std::string::npos);
  EXPECT_NE(first_message(refused[3]).find("line 2"), std::string::npos);
}

TEST_F(ImportsFates, EmptySkusAreFoundAgainByTheirTitle) {
  const std::string file = "title,sku\nGreen candle,\nRed candle,\nGreen candle,\n";
  const Answer first = import(file);
  EXPECT_EQ(counts(first), "3 2 0 0 1 2");
  EXPECT_NE(first_message(rows(first)[0], "warnings").find("handle"), std::string::npos);
  EXPECT_EQ(products("handle").count("green-candle"), 1u);
  EXPECT_EQ(counts(import(file)), "3 0 0 2 1 0");
  EXPECT_EQ(counts(import("title,sku\n,\n???,\n")), "1 0 0 0 1 0");
  // A made handle finds a product whose own is spelt otherwise, and leaves it so.
  import("title,handle\nBlue Candle,Blue-Candle\n");
  EXPECT_EQ(counts(import("title,sku\nBlue Candle,\n")), "1 0 0 1 0 0");
}

TEST_F(ImportsFates, EveryProblemOfARowIsNamed) {
  const Answer done = import(
      "title,sku,price,inventory,status,image_url\n"
      "A,A-1,cheap,1,Active,\n"
      "B,B-1,1,-5,Active,\n"
      "C,C-1,\"1.299,00\",x,Sold,\n"
      "D,D-1,1,1,Active,ftp://example.com/x\n");
  EXPECT_EQ(counts(done), "4 0 0 0 4 0");
  const std::vector<Json> refused = rows(done);
  EXPECT_EQ(first_field(refused[0]), "price");
  EXPECT_EQ(first_field(refused[1]), "inventory");
  EXPECT_EQ(refused[2].find("problems")->size(), 3u);
  EXPECT_EQ(first_field(refused[3]), "image_url");
  const std::string errors = errors_csv(done);
  for (const char* word :
       {"2,A-1,price,cheap,", "3,B-1,inventory,'-5,", "status", "\"1.299,00\""}) {
    EXPECT_NE(errors.find(word), std::string::npos) << word << "\n" << errors;
  }
  EXPECT_TRUE(products().empty());
}

TEST_F(ImportsFates, TheErrorFileRunsNothing) {
  const Answer done = import("title,sku,price\nA,=cmd|' /C calc'!A0,x\nB,+1,@SUM(1)\n");
  const std::string errors = errors_csv(done);
  EXPECT_NE(errors.find(",'=cmd"), std::string::npos) << errors;
  EXPECT_NE(errors.find(",'+1,"), std::string::npos) << errors;
  EXPECT_NE(errors.find("'@SUM(1)"), std::string::npos) << errors;
}

TEST_F(ImportsFates, PricesAsPeopleWriteThem) {
  import("title,sku,price\nA,A,\"1,299.00\"\nB,B,£4\nC,C,£ 12.5\nD,D,GBP 7\nE,E, 3.10 \n");
  EXPECT_EQ(field("A", "price").text(), "1299");
  EXPECT_EQ(field("B", "price").text(), "4");
  EXPECT_EQ(field("C", "price").text(), "12.5");
  EXPECT_EQ(field("D", "price").text(), "7");
  EXPECT_EQ(field("E", "price").text(), "3.1");
}

TEST_F(ImportsFates, HtmlIsSanitised) {
  import(
      "title,sku,description\nA,A,\"<p onclick=\"\"x()\"\">Hi<script>alert(1)</script> "
      "<b>you</b></p>\"\n");
  EXPECT_EQ(field("A", "description").text(), "<p>Hi <b>you</b></p>");
}

TEST_F(ImportsFormats, HeadersAreTakenInAnyCaseAndUnderCommonNames) {
  const Answer done = import(
      " Product Name ,Item SKU,UNIT PRICE,Quantity,Colour,Product_Type,Image URL\n"
      "Scarf,S-1,4,9,blue,Wool,https://example.com/a.jpg\n");
  EXPECT_EQ(counts(done), "1 1 0 0 0 1");
  EXPECT_NE(done.text("data.message").find("Colour"), std::string::npos);
  EXPECT_EQ(field("S-1", "title").text(), "Scarf");
  EXPECT_EQ(field("S-1", "price").text(), "4");
  EXPECT_EQ(field("S-1", "inventory").integer(), 9);
  EXPECT_EQ(field("S-1", "category").text(), "Wool");
  EXPECT_EQ(field("S-1", "image_url").text(), "https://example.com/a.jpg");
}

TEST_F(ImportsFormats, ByteOrderMarkLatin1SemicolonsAndTabs) {
  import("\xEF\xBB\xBFtitle,sku\nWith mark,B-1\n");
  EXPECT_EQ(field("B-1", "title").text(), "With mark");
  const Answer latin = import("title,sku\nCaf\xE9 cr\xE8me,L-1\n");
  EXPECT_EQ(field("L-1", "title").text(), "Café crème");
  EXPECT_NE(latin.text("data.message").find("1252"), std::string::npos);
  import("title;sku;price\nSemi;S-1;4\n");
  EXPECT_EQ(field("S-1", "price").text(), "4");
  import("title\tsku\tprice\nTab\tT-1\t5\n");
  EXPECT_EQ(field("T-1", "price").text(), "5");
}

TEST_F(ImportsFormats, RaggedRowsAreNamed) {
  const Answer done = import("title,sku,price\nShort,S-1\nLong,L-1,3,\nComma, in it,C-1,4\n");
  EXPECT_EQ(counts(done), "3 2 0 0 1 1");
  const std::vector<Json> all = rows(done);
  EXPECT_NE(first_message(all[0], "warnings").find("2 columns"), std::string::npos);
  EXPECT_EQ(fate(all[2]), "rejected");
  EXPECT_NE(first_message(all[2]).find("comma"), std::string::npos);
}

TEST_F(ImportsFormats, BrokenQuotesAreReportedByLine) {
  const Answer one = import("title,sku\n\"Broken\" quote,B-1\nGood,G-1\n");
  EXPECT_EQ(counts(one), "2 1 0 0 1 0");
  EXPECT_EQ(rows(one, "rejected")[0].find("line")->integer(), 2);
  const Answer open = import("title,sku\nGood,G-2\n\"never closed,X\n");
  EXPECT_EQ(open.text("data.state"), "failed");
  EXPECT_NE(open.text("data.message").find("line 3"), std::string::npos);
  EXPECT_NE(open.text("data.message").find("Nothing of the file was stored"), std::string::npos);
  EXPECT_TRUE(field("G-2", "title").is(Json::Kind::null));
}

TEST_F(ImportsFormats, FilesThatAreNoProductsAreRefusedInWords) {
  std::string binary;
  for (int i = 0; i < 256 * 50; ++i) {
    binary.push_back(static_cast<char>(i));
  }
  for (const std::string& text :
       {std::string(), binary, std::string("a,b\n1,2\n"), std::string("{\"not\":\"a list\""),
        std::string("[{\"title\":\"A\",\"sku\":\"A\"}")}) {
    const Answer refused = import(text);
    EXPECT_EQ(refused.text("data.state"), "failed") << text.substr(0, 20);
    EXPECT_GT(refused.text("data.message").size(), 20u);
    EXPECT_EQ(as(edith, "GET", "/api/imports/" + refused.text("data.id") + "/rows").status(), 404);
  }
  EXPECT_TRUE(products().empty());
}

class ImportsShopify : public ImportsWorld, public ::testing::WithParamInterface<const char*> {};

TEST_P(ImportsShopify, RowsOfOneHandleBecomeOneProduct) {
  const std::string file = sample(GetParam());
  const bool oldest = std::string(GetParam()) == "shopify_2017.csv";
  const Answer done = import(file);
  EXPECT_EQ(counts(done), "3 3 0 0 0 2")
      << done.response.body;  // a folded product, columns ignored
  const std::map<std::string, Json> all = products("handle");
  ASSERT_EQ(all.size(), 3u);
  const Json& hat = all.at("wool-hat");
  EXPECT_EQ(hat.find("sku")->text(), "HAT-S");
  EXPECT_EQ(hat.find("price")->text(), "19.5");
  EXPECT_EQ(hat.find("inventory")->integer(), 4);
  EXPECT_EQ(hat.find("description")->text(), "<p>Warm,\nand <b>soft</b>.</p>");
  EXPECT_EQ(hat.find("category")->text(), oldest ? "Hats" : "Apparel > Hats");
  EXPECT_EQ(hat.find("image_url")->text(), "https://example.com/hat-1.jpg");
  EXPECT_EQ(hat.find("status")->text(), "Active");
  EXPECT_EQ(all.at("tea-towel").find("price")->text(), "1299");
  EXPECT_EQ(all.at("tea-towel").find("status")->text(), oldest ? "Active" : "Inactive");
  EXPECT_EQ(all.at("clay-pot").find("status")->text(), "Inactive");
  EXPECT_EQ(all.at("clay-pot").find("title")->text(), "Clay pot \"Amber\"");
  const std::vector<Json> shown = rows(done);
  EXPECT_EQ(shown[0].find("line")->integer(), 2);
  EXPECT_NE(first_message(shown[0], "warnings").find("3 rows"), std::string::npos);
  // The folded rows are kept whole.
  const std::string key = "gifts/" + hat.find("id")->text();
  const auto kept = disk->documents.find({"variant_row", key});
  ASSERT_NE(kept, disk->documents.end());
  EXPECT_NE(kept->second.body.find("HAT-L"), std::string::npos);
  EXPECT_NE(kept->second.body.find("hat-3.jpg"), std::string::npos);

  EXPECT_EQ(counts(import(file)), "3 0 0 3 0 2");
  // Empty cells say nothing here: the store's own values stay.
  as(edith, "PUT", "/api/products/" + all.at("tea-towel").find("id")->text() + "?storeId=gifts",
     R"({"description":"<p>Own words</p>"})");
  EXPECT_EQ(counts(import(file)), "3 0 0 3 0 2");
}

INSTANTIATE_TEST_SUITE_P(Headers, ImportsShopify,
                         ::testing::Values("shopify_2017.csv", "shopify_2023.csv",
                                           "shopify_2025.csv"),
                         [](const auto& header) {
                           const std::string name = header.param;
                           return name.substr(name.find('_') + 1, 4);
                         });

TEST_F(ImportsFormats, ShopifyRowsWithoutTheirFirstAreNotTakenForProducts) {
  const Answer done = import(
      "Handle,Title,Option1 Name,Variant SKU,Variant Price\n"
      "\"a\"b,Broken,Size,A-1,4\na,,,A-2,5\n,No handle,,N-1,2\nc,Good,,C-1,3\n");
  EXPECT_EQ(counts(done), "4 1 0 0 3 1");  // one column is kept for variants only
  EXPECT_EQ(products().size(), 1u);
}

TEST_F(ImportsFormats, JsonListsAndLines) {
  const Answer list = import(R"([
    {"title":"A","sku":"A-1","price":"1,299.00","inventory":3},
    {"title":"B","sku":"B-1","price":4.5,"colour":"red"},
    {"title":"C","sku":"C-1","price":4.5,"status":"inactive"},
    {"title":"D","sku":"D-1","price":true}
  ])");
  EXPECT_EQ(counts(list), "4 2 0 0 2 0");
  EXPECT_EQ(field("A-1", "price").text(), "1299");
  EXPECT_EQ(field("C-1", "price").text(), "4.5");
  EXPECT_EQ(field("C-1", "status").text(), "Inactive");
  const std::vector<Json> refused = rows(list, "rejected");
  EXPECT_EQ(first_field(refused[0]), "colour");
  EXPECT_EQ(refused[0].find("line")->integer(), 3);
  EXPECT_EQ(first_field(refused[1]), "price");
  const Answer lines = import(
      "{\"sku\":\"A-1\",\"price\":null,\"title\":\"A\"}\n{\"sku\":\"C-1\",\"inventory\":7}\n{bad}"
      "\n");
  EXPECT_EQ(counts(lines), "3 0 2 0 1 0");
  EXPECT_TRUE(field("A-1", "price").is(Json::Kind::null));
  EXPECT_EQ(field("C-1", "inventory").integer(), 7);
  EXPECT_EQ(field("C-1", "title").text(), "C");
}

}  // namespace
}  // namespace syncstore::testing
