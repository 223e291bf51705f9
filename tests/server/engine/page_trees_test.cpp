#include "server/engine/page_trees.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "tests/server/engine/page_oracle.hpp"

namespace syncstore::testing {
namespace {

using engine::PageTrees;
using engine::PageWatch;

// A collection that changes the way a store does, and the trees that follow it.
class PageTreesTest : public ::testing::Test {
 protected:
  static std::uint16_t field(std::string_view name) {
    return static_cast<std::uint16_t>(products().field_index(name));
  }
  static const model::CollectionDef& products() {
    return *model::find_collection(model::kProducts);
  }
  std::size_t random(std::size_t bound) { return engine_() % bound; }

  void insert(std::uint64_t id) {
    model::Record record = model::make_record(products(), RecordId{id});
    record.row = next_row_++;
    record.version = ++version_;
    record.values[field("title")] = "Mug " + std::to_string(random(20));
    record.values[field("price")] = static_cast<std::int64_t>(random(30));
    record.values[field("inventory")] = static_cast<std::int64_t>(random(5));
    record.values[field("status")] = std::string(random(2) == 0 ? "Active" : "Draft");
    const model::Record* before = table.find(record.id);
    const std::optional<model::Record> was =
        before != nullptr ? std::optional(*before) : std::nullopt;
    const model::Record& now = table.put(std::move(record));
    trees.update(model::kProducts, was ? &*was : nullptr, &now, nullptr);
  }
  void set(RecordId id, std::string_view name, model::Value value) {
    const model::Record before = *table.find(id);
    table.set_value(id, field(name), std::move(value));
    table.touch(id, ++version_, 0, 0);
    const std::vector<std::uint16_t> fields = {field(name)};
    trees.update(model::kProducts, &before, table.find(id), &fields);
  }
  void remove(RecordId id) {
    const model::Record before = *table.find(id);
    table.bury({id, before.row, ++version_, 0, 0});
    trees.update(model::kProducts, &before, nullptr, nullptr);
  }
  RecordId any() {
    std::vector<RecordId> ids;
    table.for_each([&](const model::Record& record) { ids.push_back(record.id); });
    return ids.empty() ? RecordId{} : ids[random(ids.size())];
  }
  void change() {
    const RecordId id = any();
    const std::size_t kind = random(12);
    if (kind < 2 || id.value == 0)
      return insert(next_id_++);
    if (kind == 2)
      return remove(id);
    if (kind == 3)
      return insert(id.value);  // replaced: removed and inserted in one batch
    if (kind < 7)
      return set(id, "price", static_cast<std::int64_t>(random(30)));
    if (kind < 9)
      return set(id, "inventory",
                 random(4) == 0 ? model::Value() : static_cast<std::int64_t>(random(5)));
    if (kind == 9)
      return set(id, "status", std::string(random(2) == 0 ? "Active" : "Draft"));
    set(id, "title", "mug " + std::to_string(random(20)));
  }

  PageSpec any_spec() {
    PageSpec spec;
    switch (random(7)) {
      case 0:
        break;
      case 1:
        spec.filter.conditions = {
            {field("inventory"), view::Comparison::equal, static_cast<std::int64_t>(random(5))}};
        break;
      case 2:
        spec.filter.conditions = {
            {field("status"), view::Comparison::equal, std::string("Active")},
            {field("price"), view::Comparison::at_least, static_cast<std::int64_t>(random(30))}};
        break;
      case 3:
        spec.filter.query = std::to_string(random(20));
        break;
      case 4:
        spec.filter.conditions = {{field("inventory"), view::Comparison::absent, {}}};
        break;
      case 5:
        spec.filter.conditions = {
            {view::kRecordId, view::Comparison::equal, static_cast<std::int64_t>(1 + random(80))},
            {field("status"), view::Comparison::equal, std::string("Draft")}};
        break;
      default:
        spec.filter.conditions = {
            {field("inventory"), view::Comparison::equal, model::Value()},
            {field("status"), view::Comparison::not_equal, std::string("Draft")}};
    }
    const std::size_t sort = random(4);
    if (sort != 0)
      spec.sort.field = field(sort == 1 ? "price" : sort == 2 ? "title" : "inventory");
    spec.sort.descending = random(2) == 0;
    spec.page = static_cast<std::uint32_t>(1 + random(6));
    spec.size = static_cast<std::uint32_t>(1 + random(12));
    return spec;
  }
  std::shared_ptr<PageWatch> watch(const PageSpec& spec) {
    return trees.watch(products(), spec.filter, spec.sort, spec.page, spec.size);
  }
  static ShownPage shown(const PageWatch& watch) {
    return {watch.info().total, watch.info().page, watch.rows()};
  }

  // Random changes under random watches; whatever is not touched must be exact as it is.
  void follow_many_changes(const engine::PageTreeBounds& bounds, int rounds) {
    trees.set_bounds(bounds);
    for (int i = 0; i < 60; ++i)
      insert(next_id_++);
    std::vector<std::pair<PageSpec, std::shared_ptr<PageWatch>>> open;
    for (int round = 0; round < rounds; ++round) {
      if (open.size() < 30 && random(3) == 0) {
        const PageSpec spec = any_spec();
        open.emplace_back(spec, watch(spec));
      } else if (!open.empty() && random(12) == 0) {
        open.erase(open.begin() + static_cast<std::ptrdiff_t>(random(open.size())));
      }
      for (std::size_t changes = random(4); changes > 0; --changes)
        change();
      if (random(5) == 0) {
        const PageSpec spec = any_spec();
        const auto list = trees.read(table, spec.filter, spec.sort, spec.page, spec.size);
        ShownPage answer{list.info.total, list.info.page, {}};
        for (const model::Record* record : list.rows)
          answer.rows.push_back({record->id, record->version});
        ASSERT_EQ(answer, plain_page(table, spec)) << "a list in round " << round;
      }
      for (auto& [spec, page] : open) {
        if (page->touched()) {
          if (random(3) != 0)
            continue;  // later
          trees.read(*page, table);
          ASSERT_FALSE(page->touched());
        } else {
          ++untouched_;
        }
        ASSERT_EQ(shown(*page), plain_page(table, spec)) << "in round " << round;
      }
      trees.take_touched();
    }
    EXPECT_GT(untouched_, rounds);
  }

  model::Table table{products()};
  PageTrees trees;
  std::uint64_t next_id_ = 1;

 private:
  std::mt19937_64 engine_{20'261'121};
  RowNumber next_row_ = 1;
  Sequence version_ = 0;
  int untouched_ = 0;
};

TEST_F(PageTreesTest, WhatIsNotTouchedIsExact) { follow_many_changes({}, 3'000); }

TEST_F(PageTreesTest, WithoutMemoryForTreesEveryPageIsStillExact) {
  follow_many_changes({.bytes = 20'000, .unwatched = 2, .tested = 1}, 2'000);
  EXPECT_GT(trees.counters().scans, 50u);
  EXPECT_LE(trees.bytes(), 60'000u);
}

TEST_F(PageTreesTest, EqualPagesAreOneAndNothingStaysOfThoseThatAreClosed) {
  for (int i = 0; i < 20; ++i)
    insert(next_id_++);
  PageSpec spec;
  spec.sort.field = field("price");
  auto one = watch(spec);
  auto two = watch(spec);
  EXPECT_EQ(one, two);
  spec.page = 2;
  auto next = watch(spec);
  EXPECT_NE(one, next);
  EXPECT_EQ(trees.trees(), 1u) << "both of the same tree";
  one.reset();
  two.reset();
  next.reset();
  EXPECT_EQ(trees.trees(), 0u) << "none was read: there is no tree to keep";
  trees.set_bounds({.unwatched = 3});
  for (int i = 0; i < 10; ++i) {
    spec.filter.query = std::to_string(i);
    auto page = watch(spec);
    trees.read(*page, table);
  }
  EXPECT_EQ(trees.trees(), 3u) << "the last ones, as lists may ask for them";
}

// A thousand pages with another value each: a change looks at those of its own value alone.
TEST_F(PageTreesTest, AChangeCostsOnlyThePagesThatItCanAffect) {
  for (int i = 0; i < 300; ++i)
    insert(next_id_++);
  std::vector<std::shared_ptr<PageWatch>> pages;
  for (int i = 0; i < 1'000; ++i) {
    PageSpec spec;
    spec.filter.conditions = {
        {field("price"), view::Comparison::equal, static_cast<std::int64_t>(i)}};
    pages.push_back(watch(spec));
    trees.read(*pages.back(), table);
  }
  trees.take_touched();
  const RecordId id{1};
  set(id, "price", std::int64_t{500});
  trees.take_touched();
  for (const auto& page : pages)
    trees.read(*page, table);
  auto before = trees.counters();
  set(id, "price", std::int64_t{501});
  EXPECT_EQ(trees.counters().updates - before.updates, 2u);
  EXPECT_EQ(trees.take_touched().size(), 2u);
  before = trees.counters();
  set(id, "inventory", std::int64_t{999});
  EXPECT_EQ(trees.counters().updates - before.updates, 0u) << "no filter and no sort reads it";
  EXPECT_EQ(trees.take_touched().size(), 0u) << "touched already";
}

// Of pages of one tree: only those between where a record stood and where it stands now.
TEST_F(PageTreesTest, AMoveTouchesThePagesBetween) {
  for (std::uint64_t i = 0; i < 100; ++i)
    insert(next_id_++);
  for (std::uint64_t i = 1; i <= 100; ++i)
    set(RecordId{i}, "price", static_cast<std::int64_t>(10 * i));
  std::vector<std::shared_ptr<PageWatch>> pages;
  for (std::uint32_t page = 1; page <= 10; ++page) {
    PageSpec spec;
    spec.sort.field = field("price");
    spec.page = page;
    spec.size = 10;
    pages.push_back(watch(spec));
    trees.read(*pages.back(), table);
  }
  trees.take_touched();
  const auto touched = [&] {
    std::vector<std::uint32_t> numbers;
    for (std::uint32_t page = 1; page <= 10; ++page) {
      if (pages[page - 1]->touched())
        numbers.push_back(page);
      trees.read(*pages[page - 1], table);
    }
    trees.take_touched();
    return numbers;
  };
  set(RecordId{35}, "price", std::int64_t{555});
  EXPECT_EQ(touched(), (std::vector<std::uint32_t>{4, 5, 6}));
  set(RecordId{75}, "price", std::int64_t{755});
  EXPECT_EQ(touched(), (std::vector<std::uint32_t>{8})) << "its own page";
  set(RecordId{75}, "inventory", std::int64_t{3});
  EXPECT_EQ(touched(), (std::vector<std::uint32_t>{8})) << "it shows the record";
  remove(RecordId{100});
  EXPECT_EQ(touched().size(), 10u) << "the total is on all of them";
}

}  // namespace
}  // namespace syncstore::testing
