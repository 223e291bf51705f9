// What a change costs a server with page subscriptions open: the table, the trees that it moves in,
// and reading the pages that it may have touched again (a cut after each change: the worst case).
// Over 200,000 products with 1, 100 and 1,000 subscriptions; `touched` is pages per change,
// `updates` trees or filters looked at per change.
#include <benchmark/benchmark.h>

#include <memory>
#include <random>

#include "server/engine/page_trees.hpp"

namespace syncstore {
namespace {

constexpr std::uint32_t kRows = 200'000;
constexpr std::uint32_t kValues = 1'000;  // of the field that the filters ask for

const model::CollectionDef& products() { return *model::find_collection(model::kProducts); }

std::uint16_t field(std::string_view name) {
  return static_cast<std::uint16_t>(products().field_index(name));
}

class Store {
 public:
  Store() : table_(products()) {
    for (std::uint32_t i = 1; i <= kRows; ++i) {
      model::Record record = model::make_record(products(), RecordId{i});
      record.row = i;
      record.version = i;
      record.values[field("title")] = "Enamel lantern, number " + std::to_string(i);
      record.values[field("sku")] = "SKU-" + std::to_string(i);
      record.values[field("description")] = std::string(300, 'd');
      record.values[field("inventory")] = static_cast<std::int64_t>(i % kValues);
      record.values[field("sales_amount")] = static_cast<std::int64_t>(random_() % 100'000'000);
      record.values[field("price")] = static_cast<std::int64_t>(random_() % 1'000'000);
      table_.put(std::move(record));
    }
  }
  // A page of its own filter for each subscription.
  void watch_filters(std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) {
      view::Filter filter;
      filter.conditions = {{field("inventory"), view::Comparison::equal, i % kValues}};
      watch(filter, 1);
    }
  }
  // Pages of the whole list, spread over it.
  void watch_pages(std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i)
      watch({}, static_cast<std::uint32_t>(1 + i * (kRows / 25) / count));
  }
  void change(std::string_view name) {
    const RecordId id{1 + random_() % kRows};
    const model::Record before = *table_.find(id);
    const std::vector<std::uint16_t> fields = {field(name)};
    table_.set_value(id, fields[0], static_cast<std::int64_t>(random_() % 100'000'000));
    table_.touch(id, ++version_, 0, 0);
    trees_.update(model::kProducts, &before, table_.find(id), &fields);
  }
  void cut() {
    for (engine::PageWatch* watch : trees_.take_touched())
      trees_.read(*watch, table_);
  }
  const engine::PageTrees& trees() const { return trees_; }

 private:
  void watch(const view::Filter& filter, std::uint32_t page) {
    watches_.push_back(trees_.watch(products(), filter, {field("sales_amount"), true}, page, 25));
    trees_.read(*watches_.back(), table_);
  }

  std::mt19937_64 random_{1};
  model::Table table_;
  engine::PageTrees trees_;
  std::vector<std::shared_ptr<engine::PageWatch>> watches_;
  Sequence version_ = kRows;
};

// The store of this case: making it takes longer than measuring, and each case is run several times
// until it is long enough.
Store& store_with(bool filters, std::int64_t count) {
  static std::unique_ptr<Store> last;
  static std::pair<bool, std::int64_t> made;
  if (last == nullptr || made != std::pair(filters, count)) {
    last = std::make_unique<Store>();
    made = {filters, count};
    filters ? last->watch_filters(count) : last->watch_pages(count);
  }
  return *last;
}

void measure(benchmark::State& state, Store& store, std::string_view name) {
  store.cut();
  const engine::PageTreeCounters before = store.trees().counters();
  for (auto _ : state) {
    store.change(name);
    store.cut();
  }
  const engine::PageTreeCounters after = store.trees().counters();
  const auto changes = static_cast<double>(state.iterations());
  state.SetItemsProcessed(state.iterations());
  state.counters["touched"] = static_cast<double>(after.touched - before.touched) / changes;
  state.counters["updates"] = static_cast<double>(after.updates - before.updates) / changes;
  state.counters["scans"] = static_cast<double>(after.scans - before.scans);
  state.counters["trees_MB"] = static_cast<double>(store.trees().bytes()) / 1e6;
}

// No filter and no sort reads the field: only pages that show the record.
void Filters_OtherField(benchmark::State& state) {
  measure(state, store_with(true, state.range(0)), "price");
}
// The record moves in the tree of its own value.
void Filters_SortField(benchmark::State& state) {
  measure(state, store_with(true, state.range(0)), "sales_amount");
}
// The record goes from one filter to another, or to none.
void Filters_FilterField(benchmark::State& state) {
  measure(state, store_with(true, state.range(0)), "inventory");
}
// It moves through a list of which the subscriptions show different pages.
void Pages_SortField(benchmark::State& state) {
  measure(state, store_with(false, state.range(0)), "sales_amount");
}
void Pages_OtherField(benchmark::State& state) {
  measure(state, store_with(false, state.range(0)), "price");
}

BENCHMARK(Filters_OtherField)->Arg(0)->Arg(1)->Arg(100)->Arg(1'000);
BENCHMARK(Filters_SortField)->Arg(0)->Arg(1)->Arg(100)->Arg(1'000);
BENCHMARK(Filters_FilterField)->Arg(0)->Arg(1)->Arg(100)->Arg(1'000);
BENCHMARK(Pages_SortField)->Arg(0)->Arg(1)->Arg(100)->Arg(1'000);
BENCHMARK(Pages_OtherField)->Arg(0)->Arg(1)->Arg(100)->Arg(1'000);

}  // namespace
}  // namespace syncstore

BENCHMARK_MAIN();
