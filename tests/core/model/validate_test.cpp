#include "core/model/validate.hpp"

#include <gtest/gtest.h>

#include "core/base/limits.hpp"
#include "core/base/text.hpp"
#include "tests/core/support/random_values.hpp"

namespace syncstore::model {
namespace {

const FieldDef& field(std::uint16_t collection, std::string_view name) {
  const CollectionDef& found = *find_collection(collection);
  const int index = found.field_index(name);
  EXPECT_GE(index, 0) << name;
  return found.fields[static_cast<std::size_t>(index)];
}

void expect_refused(const FieldDef& definition, const Value& value, ErrorCode code) {
  const Status status = validate_value(definition, value);
  ASSERT_FALSE(status.ok()) << definition.name;
  EXPECT_EQ(error_name(status.error().code), error_name(code)) << status.error().detail;
  EXPECT_EQ(status.error().field, definition.name);
  EXPECT_TRUE(status.error().detail.starts_with(definition.label)) << status.error().detail;
}

void expect_fine(const FieldDef& definition, const Value& value) {
  const Status status = validate_value(definition, value);
  EXPECT_TRUE(status.ok()) << status.error().detail;
}

TEST(ValidateValue, HoldsNumbersToTheirRange) {
  const FieldDef& price = field(kProducts, "price");
  expect_fine(price, std::int64_t{0});
  expect_fine(price, limits::kDecimalMax);
  expect_refused(price, std::int64_t{-1}, ErrorCode::out_of_range);
  expect_refused(price, limits::kDecimalMax + 1, ErrorCode::out_of_range);
  expect_fine(field(kProducts, "sales_amount"), -limits::kDecimalMax);
  const FieldDef& stock = field(kProducts, "inventory");
  expect_fine(stock, limits::kCountMax);
  expect_refused(stock, limits::kCountMax + 1, ErrorCode::out_of_range);
  const FieldDef& rating = field(kDashboard, "seller_feedback_rating");
  expect_fine(rating, std::int64_t{50'000});
  expect_refused(rating, std::int64_t{50'001}, ErrorCode::out_of_range);
  EXPECT_NE(validate_value(rating, std::int64_t{50'001}).error().detail.find("at most 5."),
            std::string::npos);
  expect_refused(field(kImports, "started_at"), std::int64_t{-1}, ErrorCode::out_of_range);
}

TEST(ValidateValue, HoldsTextsToTheirLength) {
  const FieldDef& sku = field(kProducts, "sku");
  expect_fine(sku, std::string(100, 'x'));
  expect_refused(sku, std::string(101, 'x'), ErrorCode::too_long);
  const FieldDef& description = field(kProducts, "description");
  expect_fine(description, std::string(limits::kTextBytes, 'x'));
  expect_refused(description, std::string(limits::kTextBytes + 1, 'x'), ErrorCode::too_long);
  expect_refused(field(kImports, "message"), std::string(limits::kLineBytes + 1, 'x'),
                 ErrorCode::too_long);
}

TEST(ValidateValue, RefusesWhatIsNotNormal) {
  const FieldDef& title = field(kProducts, "title");
  expect_fine(title, std::string("Caf\xC3\xA9 mug"));
  for (const std::string bad : {" x", "x ", "a\nb", "e\xCC\x81", "a\tb", "\xC2\xA0x", "a\x01"}) {
    expect_refused(title, bad, ErrorCode::not_normal);
  }
  expect_refused(title, std::string(), ErrorCode::not_normal);
  expect_refused(title, std::string("\xFF"), ErrorCode::invalid_utf8);
  const FieldDef& description = field(kProducts, "description");
  expect_fine(description, std::string("<p>a</p>\n<br>b & c"));
  expect_refused(description, std::string("<p>a"), ErrorCode::not_normal);
  expect_refused(description, std::string("a<script>x</script>"), ErrorCode::not_normal);
}

TEST(ValidateValue, RefusesOtherTypes) {
  expect_refused(field(kProducts, "title"), std::int64_t{1}, ErrorCode::wrong_type);
  expect_refused(field(kProducts, "price"), std::string("9.5"), ErrorCode::wrong_type);
  expect_refused(field(kProducts, "inventory"), true, ErrorCode::wrong_type);
  expect_refused(field(kStoreInfo, "is_active"), std::int64_t{1}, ErrorCode::wrong_type);
  expect_refused(field(kStoreInfo, "figure_sources"), std::string("x"), ErrorCode::wrong_type);
  expect_refused(field(kProducts, "title"), TextList{"x"}, ErrorCode::wrong_type);
}

TEST(ValidateValue, KnowsChoicesRecordsJsonAndLists) {
  const FieldDef& status = field(kProducts, "status");
  expect_fine(status, std::string("Inactive"));
  expect_refused(status, std::string("active"), ErrorCode::out_of_range);
  expect_refused(status, std::string("Active|Inactive"), ErrorCode::out_of_range);
  expect_refused(status, std::string("Act"), ErrorCode::out_of_range);
  const FieldDef& record = field(kConflicts, "record");
  expect_fine(record, std::string("0000000000001"));
  expect_refused(record, std::string("oooooooooooo1"), ErrorCode::not_normal);
  expect_refused(record, std::string("1"), ErrorCode::wrong_type);
  const FieldDef& json = field(kConflicts, "mine");
  expect_fine(json, std::string("{\"a\":[1,\"x\"]}"));
  expect_refused(json, std::string("{ }"), ErrorCode::not_normal);
  expect_refused(json, std::string("{"), ErrorCode::wrong_type);
  const FieldDef& list = field(kStoreInfo, "figure_sources");
  expect_fine(list, TextList{"a", "b"});
  expect_refused(list, TextList{"b", "a"}, ErrorCode::not_normal);
  expect_refused(list, TextList{"a", "a"}, ErrorCode::not_normal);
  expect_refused(list, TextList{}, ErrorCode::not_normal);
  expect_refused(list, TextList{" a"}, ErrorCode::not_normal);
  expect_refused(list, TextList(limits::kListItems + 1, "a"), ErrorCode::too_long);
}

TEST(ValidateValue, AbsentIsFineUnlessRequired) {
  expect_fine(field(kProducts, "sku"), {});
  expect_fine(field(kProducts, "price"), {});
  expect_refused(field(kProducts, "title"), {}, ErrorCode::required);
}

TEST(NormaliseValue, IsIdempotentAndMakesValid) {
  SS_RANDOM(random, 81);
  for (int round = 0; round < 300; ++round) {
    for (const CollectionDef& collection : collections()) {
      for (const FieldDef& definition : collection.fields) {
        Value raw = testing::random_value(random, definition);
        if (std::holds_alternative<std::string>(raw)) {
          raw = testing::random_text(random, 20);
        }
        const Value once = normalise_value(definition, raw);
        ASSERT_EQ(normalise_value(definition, once), once) << definition.name;
        const Status status = validate_value(definition, once);
        ASSERT_TRUE(status.ok() || status.error().code != ErrorCode::not_normal)
            << definition.name << ": " << status.error().detail;
      }
    }
  }
}

TEST(NormaliseValue, HasOneFormOfNothing) {
  EXPECT_TRUE(is_absent(normalise_value(field(kProducts, "sku"), std::string("  "))));
  EXPECT_TRUE(is_absent(
      normalise_value(field(kProducts, "description"), std::string("<script></script>"))));
  EXPECT_TRUE(is_absent(normalise_value(field(kStoreInfo, "figure_sources"), TextList{" "})));
  EXPECT_EQ(normalise_value(field(kStoreInfo, "figure_sources"), TextList{"b ", "a", "b"}),
            Value(TextList{"a", "b"}));
  EXPECT_EQ(normalise_value(field(kConflicts, "record"), std::string("oooooooooooo1")),
            Value(std::string("0000000000001")));
  EXPECT_EQ(normalise_value(field(kConflicts, "mine"), std::string("{ \"a\" : 1 }")),
            Value(std::string("{\"a\":1}")));
}

Record valid_store() {
  const CollectionDef& info = *find_collection(kStoreInfo);
  Record record = make_record(info, singleton_id(info));
  record.values[static_cast<std::size_t>(info.field_index("name"))] = std::string("Gifts");
  record.values[static_cast<std::size_t>(info.field_index("currency"))] = std::string("GBP");
  return record;
}

Status with(std::uint16_t collection, Record record, std::string_view name, Value value) {
  const CollectionDef& found = *find_collection(collection);
  record.values[static_cast<std::size_t>(found.field_index(name))] = std::move(value);
  return validate_record(found, record);
}

TEST(ValidateRecord, AsksForRequiredFields) {
  const CollectionDef& products = *find_collection(kProducts);
  const Status status = validate_record(products, make_record(products, RecordId{1}));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::required);
  EXPECT_EQ(status.error().field, "title");
  EXPECT_TRUE(
      with(kProducts, make_record(products, RecordId{1}), "title", std::string("Mug")).ok());
}

TEST(ValidateRecord, ChecksFormats) {
  EXPECT_TRUE(validate_record(*find_collection(kStoreInfo), valid_store()).ok());
  for (const std::string bad : {"gbp", "GB", "POUND", "G1P"}) {
    const Status status = with(kStoreInfo, valid_store(), "currency", bad);
    ASSERT_FALSE(status.ok()) << bad;
    EXPECT_EQ(status.error().code, ErrorCode::invalid);
    EXPECT_EQ(status.error().field, "currency");
  }
  EXPECT_TRUE(with(kStoreInfo, valid_store(), "contact_email", std::string("a@example.com")).ok());
  for (const std::string bad : {"a", "@b", "a@", "a b@c", "a@b@c"}) {
    EXPECT_FALSE(with(kStoreInfo, valid_store(), "contact_email", bad).ok()) << bad;
  }
  Record product = make_record(*find_collection(kProducts), RecordId{1});
  product.values[0] = std::string("Mug");
  for (const std::string good :
       {"https://example.com/a.png", "HTTP://example.com", "/images/a.png"}) {
    EXPECT_TRUE(with(kProducts, product, "image_url", good).ok()) << good;
  }
  for (const std::string bad :
       {"javascript:alert(1)", "data:image/png;base64,x", "//example.com", "a.png"}) {
    EXPECT_FALSE(with(kProducts, product, "image_url", bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace syncstore::model
