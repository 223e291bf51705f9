#include "core/view/filter.hpp"

#include <gtest/gtest.h>

#include "tests/core/view/view_samples.hpp"

namespace syncstore::view {
namespace {

model::Record product(std::string_view title, std::string_view sku, model::Value price) {
  model::Record record;
  record.id = RecordId{7};
  record.values.resize(products().fields.size());
  record.values[product_field("title")] = std::string(title);
  if (!sku.empty())
    record.values[product_field("sku")] = std::string(sku);
  record.values[product_field("price")] = std::move(price);
  return record;
}

Filter one(std::string_view field, Comparison comparison, model::Value value = {}) {
  Filter filter;
  filter.conditions.push_back(
      Condition{static_cast<std::uint16_t>(product_field(field)), comparison, std::move(value)});
  return filter;
}

TEST(Filter, EmptyFilterMatchesEverything) {
  EXPECT_TRUE(Filter{}.matches(products(), product("Mug", "A1", std::int64_t{5})));
}

TEST(Filter, EqualIsExact) {
  const model::Record mug = product("Mug", "A1", std::int64_t{5});
  EXPECT_TRUE(one("title", Comparison::equal, std::string("Mug")).matches(products(), mug));
  EXPECT_FALSE(one("title", Comparison::equal, std::string("mug")).matches(products(), mug));
  EXPECT_TRUE(one("title", Comparison::not_equal, std::string("mug")).matches(products(), mug));
}

TEST(Filter, ARecordIsFoundByItsId) {
  const model::Record mug = product("Mug", "A1", std::int64_t{5});
  const auto by_id = [](Comparison comparison, model::Value value) {
    Filter filter;
    filter.conditions.push_back({kRecordId, comparison, std::move(value)});
    return filter;
  };
  EXPECT_TRUE(by_id(Comparison::equal, std::int64_t{7}).matches(products(), mug));
  EXPECT_FALSE(by_id(Comparison::equal, std::int64_t{8}).matches(products(), mug));
  EXPECT_FALSE(by_id(Comparison::not_equal, std::int64_t{8}).matches(products(), mug));
  EXPECT_FALSE(by_id(Comparison::equal, std::string("7")).matches(products(), mug));
  EXPECT_FALSE(by_id(Comparison::absent, {}).matches(products(), mug));
}

TEST(Filter, AbsentFieldsHaveNoOrder) {
  const model::Record mug = product("Mug", "", {});
  EXPECT_FALSE(one("price", Comparison::at_least, std::int64_t{-100}).matches(products(), mug));
  EXPECT_FALSE(one("price", Comparison::at_most, std::int64_t{100}).matches(products(), mug));
  EXPECT_TRUE(one("price", Comparison::not_equal, std::int64_t{1}).matches(products(), mug));
  EXPECT_TRUE(one("price", Comparison::absent).matches(products(), mug));
  EXPECT_FALSE(one("price", Comparison::present).matches(products(), mug));
  EXPECT_TRUE(one("title", Comparison::present).matches(products(), mug));
}

TEST(Filter, BoundsAreInclusiveAndFolded) {
  const model::Record mug = product("MUG", "A1", std::int64_t{5});
  EXPECT_TRUE(one("price", Comparison::at_least, std::int64_t{5}).matches(products(), mug));
  EXPECT_FALSE(one("price", Comparison::at_least, std::int64_t{6}).matches(products(), mug));
  EXPECT_TRUE(one("price", Comparison::at_most, std::int64_t{5}).matches(products(), mug));
  EXPECT_TRUE(one("title", Comparison::at_least, std::string("mug")).matches(products(), mug));
  EXPECT_TRUE(one("title", Comparison::at_most, std::string("mUg")).matches(products(), mug));
  EXPECT_FALSE(one("title", Comparison::at_least, std::int64_t{1}).matches(products(), mug));
}

TEST(Filter, EveryWordMustOccurInSomeSearchableField) {
  const model::Record mug = product("Red enamel Mug", "GIFT-77", {});
  Filter filter;
  for (const char* query : {"mug", "MUG red", "  gift enam  ", "ift-7"}) {
    filter.query = query;
    EXPECT_TRUE(filter.matches(products(), mug)) << query;
  }
  for (const char* query : {"mug blue", "mugred"}) {
    filter.query = query;
    EXPECT_FALSE(filter.matches(products(), mug)) << query;
  }
}

TEST(Filter, ConditionOnAnUnknownFieldSeesAnAbsentValue) {
  Filter filter;
  filter.conditions.push_back(Condition{999, Comparison::equal, std::string("x")});
  EXPECT_FALSE(filter.matches(products(), product("Mug", "A1", {})));
}

TEST(Filter, SameInputsLooksOnlyAtFieldsThatTheFilterReads) {
  const model::Record a = product("Mug", "A1", std::int64_t{5});
  model::Record b = a;
  b.values[product_field("inventory")] = std::int64_t{9};
  const Matcher by_price(products(), one("price", Comparison::present));
  EXPECT_TRUE(by_price.same_inputs(a, b));
  b.values[product_field("price")] = std::int64_t{6};
  EXPECT_FALSE(by_price.same_inputs(a, b));
  Filter words;
  words.query = "mug";
  EXPECT_TRUE(Matcher(products(), words).same_inputs(a, b));
  b.values[product_field("title")] = std::string("Cup");
  EXPECT_FALSE(Matcher(products(), words).same_inputs(a, b));
}

TEST(Sort, ParsesAndPrints) {
  for (const char* text : {"-sales_amount", "title", "id", "-id", "price"}) {
    const Result<Sort> sort = parse_sort(products(), text);
    ASSERT_TRUE(sort.ok()) << text;
    EXPECT_EQ(sort_text(products(), *sort), text);
  }
  const Result<Sort> fallback = parse_sort(products(), "");
  ASSERT_TRUE(fallback.ok());
  EXPECT_EQ(sort_text(products(), *fallback), products().default_sort);
}

TEST(Sort, EveryDefaultSortParses) {
  for (const model::CollectionDef& collection : model::collections()) {
    EXPECT_TRUE(parse_sort(collection, collection.default_sort).ok()) << collection.name;
  }
}

TEST(Sort, RefusesUnknownAndUnsortableFields) {
  EXPECT_EQ(parse_sort(products(), "colour").error().code, ErrorCode::unknown_field);
  EXPECT_EQ(parse_sort(products(), "description").error().code, ErrorCode::invalid);
}

TEST(Sort, DescendingIsTheExactReverse) {
  Samples samples(11);
  for (int i = 0; i < 2000; ++i) {
    const model::Record a = samples.record(RecordId{1 + samples.below(3)});
    const model::Record b = samples.record(RecordId{1 + samples.below(3)});
    const Sort sort{static_cast<int>(product_field(samples.below(2) == 0 ? "title" : "price")),
                    false};
    const SortKey key_a = make_key(products(), sort, a);
    const SortKey key_b = make_key(products(), sort, b);
    EXPECT_EQ(key_less(key_a, key_b, false), key_less(key_b, key_a, true));
    EXPECT_FALSE(key_less(key_a, key_b, false) && key_less(key_b, key_a, false));
  }
}

TEST(Filter, AListContainsItsElements) {
  model::Record mug = product("Mug", "A1", std::int64_t{5});
  EXPECT_FALSE(one("tags", Comparison::contains, std::string("red")).matches(products(), mug));
  mug.values[product_field("tags")] = model::TextList{"blue", "red"};
  EXPECT_TRUE(one("tags", Comparison::contains, std::string("red")).matches(products(), mug));
  EXPECT_FALSE(one("tags", Comparison::contains, std::string("re")).matches(products(), mug));
  EXPECT_FALSE(one("title", Comparison::contains, std::string("Mug")).matches(products(), mug));
}

TEST(Filter, WordsAreLookedForInListsToo) {
  model::Record mug = product("Mug", "A1", std::int64_t{5});
  mug.values[product_field("tags")] = model::TextList{"Gift Ideas"};
  Filter words;
  words.query = "mug gift";
  EXPECT_TRUE(words.matches(products(), mug));
  words.query = "mug toys";
  EXPECT_FALSE(words.matches(products(), mug));
}

}  // namespace
}  // namespace syncstore::view
