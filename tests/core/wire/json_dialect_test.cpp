#include "core/wire/json_dialect.hpp"

#include <gtest/gtest.h>

#include "core/base/limits.hpp"
#include "tests/core/wire/wire_samples.hpp"

namespace syncstore::wire {
namespace {

const std::string kId = RecordId{123'456'789}.text();
const std::string kMutation = "018f2a10-0000-7000-8000-000000000001";

std::string mutate(const std::string& op) {
  return R"({"type":"mutate","storeId":"gifts","data":{"mutations":[{"id":")" + kMutation +
         R"(","ops":[)" + op + "]}]}}";
}

Error error_of(const std::string& text) {
  const auto parsed = parse_client_message(text);
  return parsed.ok() ? Error{ErrorCode::none, {}, {}} : parsed.error();
}

sync::Op op_of(const std::string& op) {
  const auto parsed = parse_client_message(mutate(op));
  EXPECT_TRUE(parsed.ok()) << parsed.error().detail << " at " << parsed.error().field;
  return parsed.ok() ? std::get<JsonMutate>(*parsed).mutations[0].ops[0] : sync::Op{};
}

TEST(JsonDialect, AuthTakesATokenOrATicket) {
  const auto token = parse_client_message(R"({"type":"auth","data":{"token":"t"}})");
  ASSERT_TRUE(token.ok());
  EXPECT_EQ(std::get<JsonAuth>(*token).token, "t");
  const auto ticket =
      parse_client_message(R"({"type":"auth","data":{"ticket":"k"},"timestamp":5})");
  ASSERT_TRUE(ticket.ok());
  EXPECT_EQ(std::get<JsonAuth>(*ticket).ticket, "k");
  EXPECT_EQ(error_of(R"({"type":"auth","data":{}})").code, ErrorCode::required);
  EXPECT_EQ(error_of(R"({"type":"auth","data":{"token":"t","ticket":"k"}})").code,
            ErrorCode::required);
  EXPECT_EQ(error_of(R"({"type":"auth"})").code, ErrorCode::required);
}

TEST(JsonDialect, SelectStoreNamesDataTypesAndSince) {
  const auto parsed = parse_client_message(
      R"({"type":"selectStore","storeId":"gifts","data":{"dataTypes":["products","store_info","products"],)"
      R"("since":{"epoch":")" +
      base32_text(0xABC) + R"(","sequenceNumber":811}}})");
  ASSERT_TRUE(parsed.ok()) << parsed.error().detail;
  const auto& select = std::get<JsonSelectStore>(*parsed);
  EXPECT_EQ(select.store, "gifts");
  EXPECT_EQ(select.collections, (std::vector<std::uint16_t>{model::kProducts, model::kStoreInfo}));
  ASSERT_TRUE(select.since);
  EXPECT_EQ(select.since->epoch, 0xABCu);
  EXPECT_EQ(select.since->sequence, 811u);
}

TEST(JsonDialect, SinceNeedsItsEpoch) {
  const Error error = error_of(
      R"({"type":"selectStore","storeId":"gifts","data":{"dataTypes":["products"],"since":{"sequenceNumber":1}}})");
  EXPECT_NE(error.code, ErrorCode::none);
  EXPECT_NE(error.field.find("data.since"), std::string::npos) << error.field;
}

TEST(JsonDialect, EveryOperation) {
  const sync::Op set = op_of(R"({"op":"set","dataType":"products","id":")" + kId +
                             R"(","field":"price","from":"9.5","to":"10.25"})");
  EXPECT_EQ(set.kind, sync::OpKind::set);
  EXPECT_EQ(set.record, RecordId{123'456'789});
  EXPECT_EQ(std::get<std::int64_t>(set.to), 102'500);
  EXPECT_EQ(set.from.kind, sync::FromValue::Kind::value);
  EXPECT_EQ(std::get<std::int64_t>(set.from.value), 95'000);

  const sync::Op add = op_of(R"({"op":"add","dataType":"products","id":")" + kId +
                             R"(","field":"inventory","amount":-5,"min":0})");
  EXPECT_EQ(add.amount, -5);
  EXPECT_EQ(add.min, std::optional<std::int64_t>(0));

  const sync::Op insert = op_of(R"({"op":"insert","dataType":"products","id":")" + kId +
                                R"(","fields":{"price":"1","title":"Mug"}})");
  ASSERT_EQ(insert.fields.size(), 2u);
  EXPECT_LT(insert.fields[0].field, insert.fields[1].field);
  EXPECT_EQ(std::get<std::string>(insert.fields[0].value), "Mug");

  const sync::Op remove = op_of(R"({"op":"remove","dataType":"products","id":")" + kId +
                                R"(","seen":{"title":"Mug","price":null}})");
  EXPECT_EQ(remove.seen.size(), 2u);

  const sync::Op list = op_of(R"({"op":"list_add","dataType":"store_info","id":")" + kId +
                              R"(","field":"figure_sources","value":"x=demo"})");
  EXPECT_EQ(list.kind, sync::OpKind::list_add);
  EXPECT_EQ(std::get<std::string>(list.to), "x=demo");
}

TEST(JsonDialect, FromTravelsInFull) {
  const std::string longer(200, 'x');
  const sync::Op set = op_of(R"({"op":"set","dataType":"products","id":")" + kId +
                             R"(","field":"title","from":")" + longer + R"(","to":"y"})");
  EXPECT_EQ(set.from.kind, sync::FromValue::Kind::value);
  EXPECT_EQ(std::get<std::string>(set.from.value), longer);
}

struct Bad {
  const char* what;
  std::string text;
  ErrorCode code;
  const char* path;
};

TEST(JsonDialect, BadInputIsNamedWithItsPath) {
  const std::string set = R"({"op":"set","dataType":"products","id":")" + kId + R"(",)";
  const Bad cases[] = {
      {"not JSON", "{", ErrorCode::malformed, ""},
      {"not an object", "[]", ErrorCode::wrong_type, ""},
      {"UTF-8", "{\"type\":\"\xFF\"}", ErrorCode::invalid_utf8, ""},
      {"unknown type", R"({"type":"shout"})", ErrorCode::unknown_type, "type"},
      {"unknown member", R"({"type":"ping","x":1})", ErrorCode::unknown_field, "x"},
      {"unknown member in data", R"({"type":"auth","data":{"token":"t","x":1}})",
       ErrorCode::unknown_field, "data.x"},
      {"no store", R"({"type":"mutate","data":{"mutations":[]}})", ErrorCode::required, "storeId"},
      {"bad store", R"({"type":"selectStore","storeId":"../x"})", ErrorCode::unknown_store,
       "storeId"},
      {"no mutations", R"({"type":"mutate","storeId":"gifts","data":{"mutations":[]}})",
       ErrorCode::required, "data.mutations"},
      {"no ops",
       R"({"type":"mutate","storeId":"gifts","data":{"mutations":[{"id":")" + kMutation +
           R"(","ops":[]}]}})",
       ErrorCode::required, "data.mutations[0].ops"},
      {"unknown op", mutate(R"({"op":"shout"})"), ErrorCode::unknown_type,
       "data.mutations[0].ops[0].op"},
      {"unknown data type", mutate(R"({"op":"remove","dataType":"x","id":")" + kId + R"("})"),
       ErrorCode::unknown_collection, "data.mutations[0].ops[0].dataType"},
      {"bad id", mutate(R"({"op":"remove","dataType":"products","id":"12"})"), ErrorCode::invalid,
       "data.mutations[0].ops[0].id"},
      {"unknown field", mutate(set + R"("field":"colour","from":null,"to":null})"),
       ErrorCode::unknown_field, "data.mutations[0].ops[0].field"},
      {"price with comma", mutate(set + R"("field":"price","from":null,"to":"1,299.00"})"),
       ErrorCode::wrong_type, "data.mutations[0].ops[0].to"},
      {"price as number", mutate(set + R"("field":"price","from":null,"to":12})"),
       ErrorCode::wrong_type, "data.mutations[0].ops[0].to"},
      {"price with sign", mutate(set + R"("field":"price","from":null,"to":"£4"})"),
       ErrorCode::wrong_type, "data.mutations[0].ops[0].to"},
      {"no from", mutate(set + R"("field":"price","to":"1"})"), ErrorCode::required,
       "data.mutations[0].ops[0].from"},
      {"stray member", mutate(set + R"("field":"price","from":null,"to":"1","amount":1})"),
       ErrorCode::unknown_field, "data.mutations[0].ops[0].amount"},
      {"add to text",
       mutate(R"({"op":"add","dataType":"products","id":")" + kId +
              R"(","field":"title","amount":1})"),
       ErrorCode::invalid, "data.mutations[0].ops[0].field"},
      {"fraction of a count",
       mutate(R"({"op":"add","dataType":"products","id":")" + kId +
              R"(","field":"inventory","amount":1.5})"),
       ErrorCode::wrong_type, "data.mutations[0].ops[0].amount"},
      {"bad mode",
       R"({"type":"mutate","storeId":"gifts","data":{"mutations":[{"id":")" + kMutation +
           R"(","mode":"some","ops":[{}]}]}})",
       ErrorCode::invalid, "data.mutations[0].mode"},
  };
  for (const Bad& bad : cases) {
    const Error error = error_of(bad.text);
    EXPECT_EQ(error_name(error.code), error_name(bad.code)) << bad.what << ": " << error.detail;
    EXPECT_EQ(error.field, bad.path) << bad.what;
  }
}

TEST(JsonDialect, TooManyAndTooDeepAreRefused) {
  std::string many = R"({"type":"mutate","storeId":"gifts","data":{"mutations":[)";
  for (std::size_t i = 0; i <= limits::kMutationsPerMessage; ++i)
    many += i == 0 ? "0" : ",0";
  EXPECT_EQ(error_of(many + "]}}").code, ErrorCode::too_large);
  std::string deep =
      R"({"type":"ping","data":)" + std::string(100, '[') + std::string(100, ']') + "}";
  EXPECT_EQ(error_of(deep).code, ErrorCode::malformed);
}

TEST(JsonDialect, DataUpdateSaysWhatChangedAndBetweenWhichSequences) {
  DataHead head;
  head.store = "gifts";
  head.epoch = 0xABC;
  head.total = 3'277;
  head.user = "u-1";
  head.now = 5;
  const std::string text = render_delta(head, samples::mixed_changes());
  const auto json = Json::parse(text, limits::kMessageBytes);
  ASSERT_TRUE(json.ok()) << text;
  EXPECT_EQ(json->find("type")->text(), "data_update");
  EXPECT_EQ(json->find("timestamp")->integer(), 5);
  EXPECT_EQ(json->find("dataType")->text(), "products");
  EXPECT_EQ(json->find("epoch")->text(), base32_text(0xABC));
  EXPECT_EQ(json->find("baseSequence")->integer(), 90);
  EXPECT_EQ(json->find("sequenceNumber")->integer(), 100);
  EXPECT_EQ(json->find("total")->integer(), 3'277);
  EXPECT_EQ(json->find("userId")->text(), "u-1");
  EXPECT_EQ(json->find("more"), nullptr);
  const auto& rows = json->find("data")->items();
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].find("op")->text(), "delete");
  EXPECT_EQ(rows[1].find("op")->text(), "upsert");
  EXPECT_TRUE(rows[1].find("fields")->find("image_url")->is(Json::Kind::null));
  EXPECT_EQ(rows[1].find("fields")->find("inventory")->integer(), -4);
  EXPECT_EQ(rows[2].find("fields")->find("title")->text(), "Mug");
}

TEST(JsonDialect, SnapshotsLeaveAbsentFieldsOut) {
  const model::Record record = samples::product(2, "Kanne", -1);
  DataHead head;
  head.store = "gifts";
  head.bulk = true;
  head.snapshot = true;
  head.more = true;
  const auto snapshot =
      Json::parse(render_rows(head, model::kProducts, 0, 9, {&record}), limits::kMessageBytes);
  ASSERT_TRUE(snapshot.ok());
  EXPECT_EQ(snapshot->find("type")->text(), "bulk_update");
  EXPECT_TRUE(snapshot->find("snapshot")->boolean());
  EXPECT_TRUE(snapshot->find("more")->boolean());
  EXPECT_EQ(snapshot->find("data")->items()[0].find("fields")->find("price"), nullptr);
  head.snapshot = false;
  const auto rows =
      Json::parse(render_rows(head, model::kProducts, 0, 9, {&record}, {{RecordId{7}, 3, 8, 0, 0}}),
                  limits::kMessageBytes);
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(rows->find("data")->items()[0].find("op")->text(), "delete");
  EXPECT_TRUE(rows->find("data")->items()[1].find("fields")->find("price")->is(Json::Kind::null));
}

TEST(JsonDialect, ReceiptsErrorsAndTheRest) {
  const auto receipt =
      Json::parse(render_receipt("gifts", {samples::result()}, 1), limits::kMessageBytes);
  ASSERT_TRUE(receipt.ok());
  const Json& entry = receipt->find("data")->items()[0];
  EXPECT_EQ(entry.find("sequenceNumber")->integer(), 78);
  EXPECT_EQ(entry.find("ops")->items()[0].find("status")->text(), "applied");
  EXPECT_EQ(entry.find("ops")->items()[1].find("code")->text(), "below_minimum");
  EXPECT_FALSE(entry.find("ops")->items()[1].find("message")->text().empty());

  const auto error =
      Json::parse(render_error(fail(ErrorCode::unknown_field, "no \"x\"", "data.x"), 2), 10'000);
  ASSERT_TRUE(error.ok());
  EXPECT_EQ(error->find("data")->find("code")->text(), "unknown_field");
  EXPECT_EQ(error->find("data")->find("details")->text(), "data.x");
  EXPECT_EQ(error->find("data")->find("timestamp")->integer(), 2);

  const auto pong = Json::parse(render_pong(*Json::parse("[1,{\"a\":null}]", 100), 3), 1'000);
  ASSERT_TRUE(pong.ok());
  EXPECT_EQ(pong->find("data")->dump(), "[1,{\"a\":null}]");

  const auto connected = Json::parse(render_connected({true, "c-1", "u-1"}, 4), 1'000);
  ASSERT_TRUE(connected.ok());
  EXPECT_EQ(connected->find("data")->find("limits")->find("messageBytes")->integer(), 1'048'576);
  EXPECT_EQ(connected->find("data")->find("userId")->text(), "u-1");

  const auto status = Json::parse(render_connection_status("shutting_down", 1'000, 5), 1'000);
  ASSERT_TRUE(status.ok());
  EXPECT_EQ(status->find("data")->find("retryAfterMs")->integer(), 1'000);

  const auto switched = Json::parse(render_store_switch("gifts", 1, 9, nullptr, nullptr,
                                                        model::Role::viewer, CatchUp::snapshot, 6),
                                    10'000);
  ASSERT_TRUE(switched.ok());
  EXPECT_EQ(switched->find("data")->find("mode")->text(), "snapshot");
  EXPECT_EQ(switched->find("data")->find("role")->text(), "viewer");
}

TEST(JsonDialect, WritesTheSameValuesAsTheTree) {
  const auto& products = *model::find_collection(model::kProducts);
  const model::Record record = samples::product(3, "Tee \"gross\"\n", 12'345);
  for (std::size_t i = 0; i < products.fields.size(); ++i) {
    std::string text;
    append_value(text, products.fields[i], record.values[i], model::TimeForm::milliseconds);
    EXPECT_EQ(text, model::value_to_json(products.fields[i], record.values[i],
                                         model::TimeForm::milliseconds)
                        .dump());
  }
}

}  // namespace
}  // namespace syncstore::wire
