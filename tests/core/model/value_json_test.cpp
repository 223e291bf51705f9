#include <gtest/gtest.h>

#include "core/model/validate.hpp"
#include "tests/core/support/random_values.hpp"

namespace syncstore::model {
namespace {

const FieldDef& field(std::uint16_t collection, std::string_view name) {
  const CollectionDef& found = *find_collection(collection);
  return found.fields[static_cast<std::size_t>(found.field_index(name))];
}

std::string json_of(const FieldDef& definition, const Value& value,
                    TimeForm form = TimeForm::iso8601) {
  return value_to_json(definition, value, form).dump();
}

Result<Value> from_json(const FieldDef& definition, std::string_view json) {
  return value_from_json(definition, *Json::parse(json, 10'000));
}

TEST(ValueJson, WritesTheFormsOfTheInterface) {
  EXPECT_EQ(json_of(field(kProducts, "price"), std::int64_t{95'000}), "\"9.5\"");
  EXPECT_EQ(json_of(field(kDashboard, "featured_offer_percent"), std::int64_t{-1}), "\"-0.0001\"");
  EXPECT_EQ(json_of(field(kProducts, "inventory"), std::int64_t{7}), "7");
  EXPECT_EQ(json_of(field(kProducts, "title"), std::string("Mug \"x\"")), "\"Mug \\\"x\\\"\"");
  EXPECT_EQ(json_of(field(kStoreInfo, "is_active"), true), "true");
  EXPECT_EQ(json_of(field(kImports, "started_at"), std::int64_t{0}),
            "\"1970-01-01T00:00:00.000Z\"");
  EXPECT_EQ(json_of(field(kImports, "started_at"), std::int64_t{5}, TimeForm::milliseconds), "5");
  EXPECT_EQ(json_of(field(kStoreInfo, "figure_sources"), TextList{"a", "b"}), "[\"a\",\"b\"]");
  EXPECT_EQ(json_of(field(kConflicts, "mine"), std::string("{\"a\":1}")), "{\"a\":1}");
  EXPECT_EQ(json_of(field(kProducts, "price"), {}), "null");
}

TEST(ValueJson, RoundTripsWhateverAFieldHolds) {
  SS_RANDOM(random, 91);
  for (int round = 0; round < 200; ++round) {
    for (const CollectionDef& collection : collections()) {
      for (const FieldDef& definition : collection.fields) {
        const Value value = testing::random_value(random, definition);
        for (const TimeForm form : {TimeForm::iso8601, TimeForm::milliseconds}) {
          const Result<Value> back = from_json(definition, json_of(definition, value, form));
          ASSERT_TRUE(back.ok()) << definition.name << ": " << back.error().detail;
          ASSERT_EQ(*back, value) << definition.name;
        }
      }
    }
  }
}

TEST(ValueJson, NothingIsNullOrEmpty) {
  for (const CollectionDef& collection : collections()) {
    for (const FieldDef& definition : collection.fields) {
      EXPECT_TRUE(is_absent(*from_json(definition, "null")));
    }
  }
  EXPECT_TRUE(is_absent(*from_json(field(kProducts, "sku"), "\"\"")));
  EXPECT_TRUE(is_absent(*from_json(field(kStoreInfo, "figure_sources"), "[]")));
}

TEST(ValueJson, RefusesOtherTypesAndSaysWhatToSend) {
  struct Case {
    const FieldDef& definition;
    std::string_view json;
    std::string_view says;
  };
  for (const Case& wrong : {Case{field(kProducts, "price"), "9.5", "string"},
                            Case{field(kProducts, "price"), "9", "string"},
                            Case{field(kProducts, "price"), "\"9,50\"", "Commas"},
                            Case{field(kProducts, "price"), "\"$9\"", "currency"},
                            Case{field(kProducts, "price"), "\"\"", "number"},
                            Case{field(kProducts, "inventory"), "\"7\"", "whole number"},
                            Case{field(kProducts, "inventory"), "7.5", "whole number"},
                            Case{field(kProducts, "inventory"), "7.0", "whole number"},
                            Case{field(kProducts, "inventory"), "1e30", "whole number"},
                            Case{field(kProducts, "title"), "7", "string"},
                            Case{field(kProducts, "title"), "[\"x\"]", "string"},
                            Case{field(kStoreInfo, "is_active"), "1", "true or false"},
                            Case{field(kStoreInfo, "is_active"), "\"true\"", "true or false"},
                            Case{field(kImports, "started_at"), "true", "time"},
                            Case{field(kImports, "started_at"), "\"yesterday\"", "time"},
                            Case{field(kStoreInfo, "figure_sources"), "\"x\"", "array"},
                            Case{field(kStoreInfo, "figure_sources"), "[1]", "array"}}) {
    const Result<Value> value = from_json(wrong.definition, wrong.json);
    ASSERT_FALSE(value.ok()) << wrong.definition.name << " " << wrong.json;
    EXPECT_EQ(value.error().code, ErrorCode::wrong_type);
    EXPECT_EQ(value.error().field, wrong.definition.name);
    EXPECT_NE(value.error().detail.find(wrong.says), std::string::npos) << value.error().detail;
  }
  EXPECT_EQ(from_json(field(kProducts, "price"), "\"99999999999999999\"").error().code,
            ErrorCode::out_of_range);
}

Value typed(const FieldDef& definition, std::string_view input) {
  const Result<Value> value = value_from_input(definition, input);
  EXPECT_TRUE(value.ok()) << definition.name << " '" << input << "': " << value.error().detail;
  return value.ok() ? *value : Value();
}

TEST(ValueFromInput, ReadsWhatPeopleType) {
  EXPECT_EQ(typed(field(kProducts, "price"),
                  " \xC2\xA3"
                  "1,299.00 "),
            Value(std::int64_t{12'990'000}));
  EXPECT_EQ(typed(field(kProducts, "inventory"), "1,200"), Value(std::int64_t{1'200}));
  EXPECT_EQ(typed(field(kProducts, "inventory"), "5.0"), Value(std::int64_t{5}));
  EXPECT_EQ(typed(field(kProducts, "status"), " active "), Value(std::string("Active")));
  EXPECT_EQ(typed(field(kProducts, "title"),
                  "  Caf"
                  "e\xCC\x81 \n mug"),
            Value(std::string("Caf\xC3\xA9   mug")));
  EXPECT_EQ(typed(field(kProducts, "description"), "<p>a"), Value(std::string("<p>a</p>")));
  EXPECT_EQ(typed(field(kStoreInfo, "is_active"), "Yes"), Value(true));
  EXPECT_EQ(typed(field(kStoreInfo, "is_active"), "FALSE"), Value(false));
  EXPECT_EQ(typed(field(kStoreInfo, "figure_sources"), "b, a\nb,"), Value(TextList{"a", "b"}));
  EXPECT_EQ(typed(field(kImports, "started_at"), "1970-01-02"), Value(std::int64_t{86'400'000}));
  EXPECT_EQ(typed(field(kConflicts, "record"), "oooooooooooo1"),
            Value(std::string("0000000000001")));
}

TEST(ValueFromInput, EmptyIsAbsent) {
  for (const CollectionDef& collection : collections()) {
    for (const FieldDef& definition : collection.fields) {
      EXPECT_TRUE(is_absent(typed(definition, ""))) << definition.name;
      if (definition.kind != FieldKind::json) {
        EXPECT_TRUE(is_absent(typed(definition, " \n"))) << definition.name;
      }
    }
  }
}

TEST(ValueFromInput, RefusesWithTheFieldsName) {
  struct Case {
    const FieldDef& definition;
    std::string_view input;
    ErrorCode code;
  };
  for (const Case& wrong : {Case{field(kProducts, "price"), "1.299,00", ErrorCode::wrong_type},
                            Case{field(kProducts, "price"), "-4", ErrorCode::out_of_range},
                            Case{field(kProducts, "inventory"), "5.5", ErrorCode::wrong_type},
                            Case{field(kProducts, "inventory"), "many", ErrorCode::wrong_type},
                            Case{field(kProducts, "status"), "sold out", ErrorCode::out_of_range},
                            Case{field(kStoreInfo, "is_active"), "perhaps", ErrorCode::wrong_type},
                            Case{field(kImports, "started_at"), "soon", ErrorCode::wrong_type},
                            Case{field(kProducts, "title"), "\xFF", ErrorCode::invalid_utf8},
                            Case{field(kConflicts, "mine"), "{", ErrorCode::wrong_type}}) {
    const Result<Value> value = value_from_input(wrong.definition, wrong.input);
    ASSERT_FALSE(value.ok()) << wrong.definition.name << " " << wrong.input;
    EXPECT_EQ(error_name(value.error().code), error_name(wrong.code)) << value.error().detail;
    EXPECT_EQ(value.error().field, wrong.definition.name);
  }
}

TEST(ValueFromInput, IsValidOrRefused) {
  SS_RANDOM(random, 92);
  for (int round = 0; round < 200; ++round) {
    for (const CollectionDef& collection : collections()) {
      for (const FieldDef& definition : collection.fields) {
        const std::string input =
            random.chance(50) ? random.ascii(12) : testing::random_text(random, 12);
        const Result<Value> value = value_from_input(definition, input);
        if (value.ok() && !is_absent(*value)) {
          ASSERT_TRUE(validate_value(definition, *value).ok()) << definition.name;
        }
      }
    }
  }
}

}  // namespace
}  // namespace syncstore::model
