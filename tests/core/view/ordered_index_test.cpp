#include "core/view/ordered_index.hpp"

#include <gtest/gtest.h>

#include "core/view/counted_list.hpp"
#include "tests/core/view/view_samples.hpp"

namespace syncstore::view {
namespace {

std::vector<RecordId> whole(const OrderedIndex& index) {
  std::vector<RecordId> ids;
  index.collect(0, index.size(), ids);
  return ids;
}

Filter some_filter(Samples& samples) {
  Filter filter;
  switch (samples.below(4)) {
    case 0:
      filter.query = "mug";
      break;
    case 1:
      filter.conditions.push_back(Condition{static_cast<std::uint16_t>(product_field("status")),
                                            Comparison::equal, std::string("Active")});
      break;
    case 2:
      filter.conditions.push_back(Condition{static_cast<std::uint16_t>(product_field("price")),
                                            Comparison::at_least, std::int64_t{-3}});
      filter.query = "r";
      break;
    default:
      break;
  }
  return filter;
}

Sort some_sort(Samples& samples) {
  static const std::vector<std::string_view> fields{"",      "title",  "sku",
                                                    "price", "status", "inventory"};
  const std::string_view field = fields[samples.below(fields.size())];
  return Sort{field.empty() ? -1 : static_cast<int>(product_field(field)), samples.below(2) == 0};
}

void expect_equal_to_naive(const OrderedIndex& index, const Source& source, Samples& samples) {
  const std::vector<RecordId> expected = naive_order(source, index.filter(), index.sort());
  ASSERT_EQ(whole(index), expected);
  if (expected.empty())
    return;
  for (int i = 0; i < 5; ++i) {
    const std::size_t rank = samples.below(expected.size());
    EXPECT_EQ(index.at(rank), expected[rank]);
    EXPECT_EQ(index.rank_of(source.at(expected[rank].value)), rank);
    std::vector<RecordId> part;
    index.collect(rank, 7, part);
    const std::size_t end = std::min(rank + 7, expected.size());
    EXPECT_EQ(part, std::vector<RecordId>(expected.begin() + static_cast<std::ptrdiff_t>(rank),
                                          expected.begin() + static_cast<std::ptrdiff_t>(end)));
  }
}

// One random step: insert, update of one field, or removal.
void step(Source& source, OrderedIndex& index, Samples& samples, std::size_t ids) {
  const RecordId id{1 + samples.below(ids)};
  const auto at = source.find(id.value);
  if (at == source.end()) {
    const auto made = source.emplace(id.value, samples.record(id)).first;
    index.update(nullptr, &made->second);
    return;
  }
  const model::Record before = at->second;
  if (samples.below(4) == 0) {
    source.erase(at);
    index.update(&before, nullptr);
    return;
  }
  static const std::vector<std::string_view> fields{"title", "sku", "price", "status", "inventory"};
  const std::string_view field = fields[samples.below(fields.size())];
  at->second.values[product_field(field)] = samples.value(field);
  index.update(&before, &at->second);
}

TEST(OrderedIndex, EqualsFilterAndSortAfterEveryUpdate) {
  for (std::uint32_t seed = 1; seed <= 40; ++seed) {
    Samples samples(seed);
    Source source;
    const Filter filter = some_filter(samples);
    const Sort sort = some_sort(samples);
    OrderedIndex index(products(), filter, sort);
    for (int i = 0; i < 300; ++i) {
      step(source, index, samples, 60);
      if (i % 10 == 0) {
        SCOPED_TRACE(testing::Message() << "seed " << seed << " step " << i);
        expect_equal_to_naive(index, source, samples);
      }
      if (testing::Test::HasFatalFailure())
        return;
    }
  }
}

TEST(OrderedIndex, GrowsOverManyBlocksAndShrinksToNothing) {
  Samples samples(5);
  Source source;
  OrderedIndex index(products(), Filter{}, Sort{static_cast<int>(product_field("title")), true});
  for (std::uint64_t id = 1; id <= 3000; ++id) {
    const auto made = source.emplace(id, samples.record(RecordId{id})).first;
    EXPECT_TRUE(index.update(nullptr, &made->second));
  }
  expect_equal_to_naive(index, source, samples);
  while (!source.empty()) {
    auto at = source.lower_bound(1 + samples.below(3000));
    if (at == source.end())
      at = source.begin();
    EXPECT_TRUE(index.update(&at->second, nullptr));
    source.erase(at);
    if (source.size() % 500 == 0)
      expect_equal_to_naive(index, source, samples);
  }
  EXPECT_EQ(index.size(), 0u);
  std::vector<RecordId> none;
  index.collect(0, 10, none);
  EXPECT_TRUE(none.empty());
}

// As somebody does who removes the first row, or the last, again and again.
TEST(OrderedIndex, StaysExactWhileItsFirstOrItsLastRowsGo) {
  for (const bool first : {true, false}) {
    Samples samples(11);
    Source source;
    OrderedIndex index(products(), Filter{}, Sort{static_cast<int>(product_field("title")), false});
    for (std::uint64_t id = 1; id <= 1'000; ++id) {
      const auto made = source.emplace(id, samples.record(RecordId{id})).first;
      index.update(nullptr, &made->second);
    }
    std::vector<RecordId> order = naive_order(source, index.filter(), index.sort());
    while (order.size() > 1) {
      const auto gone = first ? order.begin() : order.end() - 1;
      index.update(&source.at(gone->value), nullptr);
      order.erase(gone);
      SCOPED_TRACE(order.size());
      ASSERT_EQ(index.size(), order.size());
      const std::size_t middle = order.size() / 2;
      ASSERT_EQ(index.at(0), order.front());
      ASSERT_EQ(index.at(middle), order[middle]);
      ASSERT_EQ(index.at(order.size() - 1), order.back());
      ASSERT_EQ(index.rank_of(source.at(order[middle].value)), middle);
    }
  }
}

TEST(OrderedIndex, BuildEqualsUpdates) {
  Samples samples(9);
  Source source;
  for (std::uint64_t id = 1; id <= 1000; ++id)
    source.emplace(id, samples.record(RecordId{id}));
  for (int i = 0; i < 20; ++i) {
    OrderedIndex index(products(), some_filter(samples), some_sort(samples));
    index.build([&source](const std::function<void(const model::Record&)>& visit) {
      for (const auto& [id, record] : source)
        visit(record);
    });
    expect_equal_to_naive(index, source, samples);
    Source changed = source;
    for (int k = 0; k < 200; ++k)
      step(changed, index, samples, 1200);
    expect_equal_to_naive(index, changed, samples);
  }
}

TEST(OrderedIndex, LowerRankIsWhereARecordWouldStand) {
  Samples samples(21);
  for (int round = 0; round < 30; ++round) {
    Source source;
    OrderedIndex index(products(), Filter{}, some_sort(samples));
    for (int i = 0; i < 100; ++i)
      step(source, index, samples, 80);
    for (int i = 0; i < 20; ++i) {
      const model::Record probe = samples.record(RecordId{1 + samples.below(160)});
      const SortKey key = make_key(products(), index.sort(), probe);
      std::size_t expected = 0;
      for (const auto& [id, record] : source) {
        if (key_less(make_key(products(), index.sort(), record), key, index.sort().descending))
          ++expected;
      }
      EXPECT_EQ(index.lower_rank(probe), expected);
    }
  }
}

TEST(OrderedIndex, SaysWhetherOrderOrMembershipMoved) {
  Samples samples(3);
  model::Record record = samples.record(RecordId{1});
  record.values[product_field("price")] = std::int64_t{5};
  OrderedIndex index(products(), Filter{}, Sort{static_cast<int>(product_field("price")), false});
  EXPECT_TRUE(index.update(nullptr, &record));
  model::Record retitled = record;
  retitled.values[product_field("title")] = std::string("something else");
  EXPECT_FALSE(index.update(&record, &retitled));
  model::Record repriced = retitled;
  repriced.values[product_field("price")] = std::int64_t{6};
  EXPECT_TRUE(index.update(&retitled, &repriced));
  EXPECT_TRUE(index.update(&repriced, nullptr));
  EXPECT_FALSE(index.update(nullptr, nullptr));
}

TEST(PackedKey, OrdersAsSortKeysDo) {
  Samples samples(77);
  const Sort sort{static_cast<int>(product_field("title")), false};
  for (int i = 0; i < 5000; ++i) {
    model::Record a = samples.record(RecordId{1 + samples.below(3)});
    model::Record b = samples.record(RecordId{1 + samples.below(3)});
    if (samples.below(5) == 0)
      a.values[product_field("title")] = static_cast<std::int64_t>(samples.below(9)) - 4;
    if (samples.below(5) == 0)
      b.values[product_field("title")] = samples.below(2) == 0;
    if (samples.below(9) == 0)
      b.values[product_field("title")] = model::TextList{samples.text(), samples.text()};
    EXPECT_EQ(PackedKey::pack(sort, a).before(PackedKey::pack(sort, b)),
              key_less(make_key(products(), sort, a), make_key(products(), sort, b), false));
  }
}

}  // namespace
}  // namespace syncstore::view
