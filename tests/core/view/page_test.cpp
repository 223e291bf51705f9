#include "core/view/page.hpp"

#include <gtest/gtest.h>

#include <set>

#include "core/base/limits.hpp"
#include "core/view/held_page.hpp"
#include "tests/core/view/view_samples.hpp"

namespace syncstore::view {
namespace {

TEST(Page, CountsPagesAndClamps) {
  EXPECT_EQ(recalculate(0, 1, 25), (PageInfo{.total = 0, .page = 1, .pages = 1, .size = 25}));
  EXPECT_EQ(recalculate(0, 4, 25),
            (PageInfo{.total = 0, .page = 1, .pages = 1, .size = 25, .clamped = true}));
  EXPECT_EQ(recalculate(25, 1, 25), (PageInfo{.total = 25, .page = 1, .pages = 1, .size = 25}));
  EXPECT_EQ(recalculate(26, 2, 25), (PageInfo{.total = 26, .page = 2, .pages = 2, .size = 25}));
  EXPECT_EQ(recalculate(25, 2, 25),
            (PageInfo{.total = 25, .page = 1, .pages = 1, .size = 25, .clamped = true}));
  EXPECT_EQ(recalculate(10, 0, 0), (PageInfo{.total = 10, .page = 1, .pages = 10, .size = 1}));
  EXPECT_EQ(recalculate(1000, 1, 5000).size, limits::kPageSizeMax);
  EXPECT_EQ(recalculate(~0ull, 1, 1).pages, 0xFFFFFFFFu);
}

// A small catalogue with its index, changed through one door.
class Shelf {
 public:
  Shelf() : index_(products(), Filter{}, Sort{static_cast<int>(product_field("price")), false}) {}

  void put(std::uint64_t id, std::int64_t price) {
    model::Record record;
    record.id = RecordId{id};
    record.values.resize(products().fields.size());
    record.values[product_field("price")] = price;
    const auto at = source_.find(id);
    const model::Record* before = at == source_.end() ? nullptr : &at->second;
    index_.update(before, &record);
    source_[id] = record;
  }
  void remove(std::uint64_t id) {
    index_.update(&source_.at(id), nullptr);
    source_.erase(id);
  }
  bool alive(RecordId id) const { return source_.count(id.value) != 0; }
  bool recount(HeldPage& page) const {
    return page.recount(index_, [this](RecordId id) { return alive(id); });
  }
  const OrderedIndex& index() const { return index_; }
  const Source& source() const { return source_; }

 private:
  Source source_;
  OrderedIndex index_;
};

std::vector<std::uint64_t> ids_of(const HeldPage& page) {
  std::vector<std::uint64_t> ids;
  for (const HeldPage::Row& row : page.rows())
    ids.push_back(row.id.value);
  return ids;
}

Shelf shelf_of(std::uint64_t count) {
  Shelf shelf;
  for (std::uint64_t id = 1; id <= count; ++id)
    shelf.put(id, static_cast<std::int64_t>(id * 10));
  return shelf;
}

TEST(HeldPage, HoldsItsOrderAndCountsWhatMoved) {
  Shelf shelf = shelf_of(10);
  HeldPage page(1, 4);
  page.release(shelf.index());
  ASSERT_EQ(ids_of(page), (std::vector<std::uint64_t>{1, 2, 3, 4}));
  EXPECT_FALSE(shelf.recount(page));

  shelf.put(2, 35);  // between 3 and 4
  EXPECT_TRUE(shelf.recount(page));
  EXPECT_EQ(ids_of(page), (std::vector<std::uint64_t>{1, 2, 3, 4}));
  EXPECT_EQ(page.moved(), 1u);
  EXPECT_EQ(page.entered(), 0u);
  EXPECT_FALSE(shelf.recount(page));

  shelf.put(99, 5);  // first of all: pushes 4 out
  EXPECT_TRUE(shelf.recount(page));
  EXPECT_EQ(page.entered(), 1u);
  EXPECT_EQ(page.moved(), 2u);
  EXPECT_EQ(page.info().total, 11u);

  page.release(shelf.index());
  EXPECT_EQ(ids_of(page), (std::vector<std::uint64_t>{99, 1, 3, 2}));
  EXPECT_EQ(page.entered() + page.moved(), 0u);
}

TEST(HeldPage, RemovedRowsStayMarkedUntilReleased) {
  Shelf shelf = shelf_of(5);
  HeldPage page(1, 4);
  page.release(shelf.index());
  shelf.remove(2);
  EXPECT_TRUE(shelf.recount(page));
  EXPECT_EQ(ids_of(page), (std::vector<std::uint64_t>{1, 2, 3, 4}));
  EXPECT_TRUE(page.rows()[1].removed);
  EXPECT_EQ(page.moved(), 0u);
  EXPECT_EQ(page.entered(), 1u);
  EXPECT_EQ(page.info().total, 4u);
  shelf.put(2, 20);  // restored
  EXPECT_TRUE(shelf.recount(page));
  EXPECT_FALSE(page.rows()[1].removed);
  EXPECT_EQ(page.entered(), 0u);
}

TEST(HeldPage, TheLastPageVanishes) {
  Shelf shelf = shelf_of(9);
  HeldPage page(3, 4);
  page.release(shelf.index());
  ASSERT_EQ(ids_of(page), (std::vector<std::uint64_t>{9}));
  shelf.remove(9);
  EXPECT_TRUE(shelf.recount(page));
  EXPECT_EQ(ids_of(page), (std::vector<std::uint64_t>{9}));
  EXPECT_TRUE(page.rows()[0].removed);
  EXPECT_EQ(page.info(), (PageInfo{.total = 8, .page = 2, .pages = 2, .size = 4, .clamped = true}));
  EXPECT_EQ(page.entered(), 4u);
  page.release(shelf.index());
  EXPECT_EQ(ids_of(page), (std::vector<std::uint64_t>{5, 6, 7, 8}));
  for (std::uint64_t id = 1; id <= 8; ++id)
    shelf.remove(id);
  page.release(shelf.index());
  EXPECT_TRUE(page.rows().empty());
  EXPECT_EQ(page.info(), (PageInfo{.total = 0, .page = 1, .pages = 1, .size = 4, .clamped = true}));
}

TEST(HeldPage, AnEmptyPageHasNothingToHold) {
  Shelf shelf;
  HeldPage page(1, 4);
  page.release(shelf.index());
  EXPECT_FALSE(shelf.recount(page));
  shelf.put(1, 10);
  EXPECT_TRUE(shelf.recount(page));
  EXPECT_EQ(ids_of(page), (std::vector<std::uint64_t>{1}));
}

TEST(HeldPage, OwnRecordsStandOnTopUntilReleased) {
  Shelf shelf = shelf_of(6);
  HeldPage page(1, 3);
  page.release(shelf.index());
  shelf.put(50, 500);
  page.show_on_top(RecordId{50});
  page.show_on_top(RecordId{50});
  shelf.recount(page);
  ASSERT_EQ(ids_of(page), (std::vector<std::uint64_t>{50, 1, 2, 3}));
  EXPECT_FALSE(page.rows()[0].placed);
  EXPECT_EQ(page.moved() + page.entered(), 0u);
  EXPECT_TRUE(page.holds(RecordId{50}));
  page.release(shelf.index());
  EXPECT_FALSE(page.holds(RecordId{50}));
  for (std::uint64_t id = 1000; id < 1000 + 2 * limits::kPageSizeMax; ++id)
    page.show_on_top(RecordId{id});
  EXPECT_EQ(page.rows().size(), limits::kPageSizeMax + 3);
}

TEST(HeldPage, GoToTakesEffectAtTheNextRelease) {
  Shelf shelf = shelf_of(10);
  HeldPage page(1, 4);
  page.release(shelf.index());
  page.go_to(2, 3);
  EXPECT_FALSE(shelf.recount(page));
  EXPECT_EQ(ids_of(page), (std::vector<std::uint64_t>{1, 2, 3, 4}));
  page.release(shelf.index());
  EXPECT_EQ(ids_of(page), (std::vector<std::uint64_t>{4, 5, 6}));
}

// Any stream of changes, including one that empties the last page: after every change the exact
// facts equal the naive ones, after every release the rows do.
TEST(HeldPage, ExactUnderRandomStreams) {
  for (std::uint32_t seed = 1; seed <= 60; ++seed) {
    Samples samples(seed);
    Shelf shelf;
    const auto size = static_cast<std::uint32_t>(1 + samples.below(7));
    const auto wanted = static_cast<std::uint32_t>(1 + samples.below(5));
    HeldPage page(wanted, size);
    page.release(shelf.index());
    bool shrinking = false;
    for (int i = 0; i < 250; ++i) {
      if (samples.below(40) == 0)
        shrinking = !shrinking;
      const std::uint64_t id = 1 + samples.below(30);
      if (shelf.alive(RecordId{id}) && (shrinking || samples.below(4) == 0)) {
        shelf.remove(id);
      } else if (!shrinking) {
        shelf.put(id, static_cast<std::int64_t>(samples.below(20)));
      }
      const auto shown = ids_of(page);
      shelf.recount(page);
      const std::vector<RecordId> all = naive_order(shelf.source(), Filter{}, shelf.index().sort());
      const PageInfo expected = recalculate(all.size(), wanted, size);
      ASSERT_EQ(page.info(), expected) << "seed " << seed << " step " << i;
      ASSERT_TRUE(shown.empty() || ids_of(page) == shown);
      const auto first = static_cast<std::ptrdiff_t>((expected.page - 1) * size);
      const auto last = std::min(first + static_cast<std::ptrdiff_t>(size),
                                 static_cast<std::ptrdiff_t>(all.size()));
      const std::vector<RecordId> exact(all.begin() + first, all.begin() + last);
      ASSERT_EQ(slice(shelf.index(), expected), exact);
      std::uint32_t entered = 0;
      for (const RecordId in : exact)
        entered += page.holds(in) ? 0u : 1u;
      ASSERT_EQ(page.entered(), entered);
      for (const HeldPage::Row& row : page.rows())
        ASSERT_EQ(row.removed, !shelf.alive(row.id));
      if (samples.below(5) == 0) {
        page.release(shelf.index());
        ASSERT_EQ(page.rows().size(), exact.size());
        for (std::size_t k = 0; k < exact.size(); ++k)
          ASSERT_EQ(page.rows()[k].id, exact[k]);
        ASSERT_EQ(page.moved() + page.entered(), 0u);
      }
    }
  }
}

}  // namespace
}  // namespace syncstore::view
