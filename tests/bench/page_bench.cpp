// What a changed field costs a live page: base, overlay, index, page facts and the 25 rows, on a
// catalogue of 26,688 products. The bar (issue figures): at most about 2 us for one field, at most
// 60 ms from snapshot rows to the first page, natively.
#include <benchmark/benchmark.h>

#include <memory>
#include <random>

#include "core/sync/merge.hpp"
#include "core/sync/replica.hpp"
#include "core/view/held_page.hpp"

namespace syncstore {
namespace {

constexpr std::uint32_t kRows = 26'688;
constexpr std::uint32_t kPageSize = 25;

const model::CollectionDef& products() { return *model::find_collection(model::kProducts); }

std::uint16_t field(std::string_view name) {
  return static_cast<std::uint16_t>(products().field_index(name));
}

std::int64_t below(std::mt19937& random, std::uint32_t bound) {
  return static_cast<std::int64_t>(random() % bound);
}

std::vector<model::Record> catalogue(std::uint32_t rows) {
  std::mt19937 random(1);
  std::vector<model::Record> records;
  records.reserve(rows);
  for (std::uint32_t i = 1; i <= rows; ++i) {
    model::Record record =
        model::make_record(products(), RecordId{(std::uint64_t{random()} << 30) + i});
    record.row = i;
    record.version = i;
    record.values[field("title")] = "Enamel lantern, series " + std::to_string(random() % 5000) +
                                    ", number " + std::to_string(i);
    record.values[field("sku")] = "SKU-" + std::to_string(i);
    record.values[field("handle")] = "enamel-lantern-" + std::to_string(i);
    record.values[field("description")] = std::string(300, 'd');
    record.values[field("category")] = std::string("Home > Light > Lanterns");
    record.values[field("sales_amount")] = below(random, 100'000'000);
    record.values[field("units_sold")] = below(random, 10'000);
    record.values[field("page_views")] = below(random, 100'000);
    record.values[field("inventory")] = below(random, 1'000);
    record.values[field("price")] = below(random, 1'000'000);
    records.push_back(std::move(record));
  }
  return records;
}

// A replica with one open page, as a browser tab has it.
class Screen {
 public:
  explicit Screen(std::uint32_t rows)
      : replica_({model::kProducts}),
        index_(products(), view::Filter{}, *view::parse_sort(products(), "-sales_amount")),
        page_(rows / kPageSize / 2, kPageSize) {
    replica_.set_listener([this](std::uint16_t, RecordId id, const model::Record* before,
                                 const model::Record* after) {
      if (id) {
        index_.update(before, after);
      } else {
        index_.build([this](const std::function<void(const model::Record&)>& visit) {
          replica_.for_each_shown(model::kProducts, visit);
        });
      }
    });
  }

  void load(std::vector<model::Record> records) {
    replica_.begin_snapshot(model::kProducts);
    const Sequence last = records.size();
    if (!replica_.add_snapshot_rows(model::kProducts, std::move(records)).ok())
      std::abort();
    if (!replica_.end_snapshot(model::kProducts, last).ok())
      std::abort();
    page_.release(index_);
  }

  void change(const sync::Delta& delta) {
    if (!replica_.apply(delta).ok())
      std::abort();
    page_.recount(index_,
                  [this](RecordId id) { return replica_.shown(model::kProducts, id) != nullptr; });
  }

  const view::HeldPage& page() const { return page_; }
  view::HeldPage& page() { return page_; }
  const view::OrderedIndex& index() const { return index_; }
  const sync::Replica& replica() const { return replica_; }

 private:
  sync::Replica replica_;
  view::OrderedIndex index_;
  view::HeldPage page_;
};

sync::Delta random_change(std::mt19937& random, std::uint32_t rows, std::string_view name,
                          Sequence sequence, std::size_t count) {
  sync::Delta delta;
  delta.collection = model::kProducts;
  delta.target = sequence;
  for (std::size_t i = 0; i < count; ++i) {
    sync::RowDelta row;
    row.row = static_cast<RowNumber>(1 + below(random, rows));
    row.version = sequence;
    row.fields = {sync::FieldValue{field(name), below(random, 100'000'000)}};
    delta.rows.push_back(std::move(row));
  }
  return delta;
}

void changes(benchmark::State& state, std::string_view name, std::size_t count) {
  const auto rows = static_cast<std::uint32_t>(state.range(0));
  Screen screen(rows);
  screen.load(catalogue(rows));
  std::mt19937 random(2);
  std::vector<sync::Delta> deltas;
  for (std::size_t i = 0; i < 1024; ++i)
    deltas.push_back(random_change(random, rows, name, rows + i, count));
  std::size_t next = 0;
  for (auto _ : state) {
    screen.change(deltas[next++ % deltas.size()]);
    benchmark::DoNotOptimize(screen.page().info());
  }
}

void one_field_beside_the_sort(benchmark::State& state) { changes(state, "price", 1); }
void one_field_that_moves_the_row(benchmark::State& state) { changes(state, "sales_amount", 1); }
void frame_of_100_moves(benchmark::State& state) { changes(state, "sales_amount", 100); }
void frame_of_10000_moves(benchmark::State& state) { changes(state, "sales_amount", 10'000); }

void page_turn(benchmark::State& state) {
  const auto rows = static_cast<std::uint32_t>(state.range(0));
  Screen screen(rows);
  screen.load(catalogue(rows));
  std::mt19937 random(3);
  for (auto _ : state) {
    screen.page().go_to(static_cast<std::uint32_t>(1 + below(random, rows / kPageSize)), kPageSize);
    screen.page().release(screen.index());
    benchmark::DoNotOptimize(screen.page().rows().data());
  }
}

void snapshot_to_first_page(benchmark::State& state) {
  const auto rows = static_cast<std::uint32_t>(state.range(0));
  const std::vector<model::Record> records = catalogue(rows);
  for (auto _ : state) {
    state.PauseTiming();
    auto screen = std::make_unique<Screen>(rows);
    std::vector<model::Record> copy = records;
    state.ResumeTiming();
    screen->load(std::move(copy));
    benchmark::DoNotOptimize(screen->page().rows().data());
    state.PauseTiming();
    screen.reset();
    state.ResumeTiming();
  }
}

void sort_by_another_field(benchmark::State& state) {
  const auto rows = static_cast<std::uint32_t>(state.range(0));
  Screen screen(rows);
  screen.load(catalogue(rows));
  for (auto _ : state) {
    view::OrderedIndex index(products(), view::Filter{}, *view::parse_sort(products(), "title"));
    index.build([&](const std::function<void(const model::Record&)>& visit) {
      screen.replica().for_each_shown(model::kProducts, visit);
    });
    benchmark::DoNotOptimize(index.size());
  }
}

void search_words(benchmark::State& state) {
  const auto rows = static_cast<std::uint32_t>(state.range(0));
  Screen screen(rows);
  screen.load(catalogue(rows));
  for (auto _ : state) {
    view::Filter filter;
    filter.query = "lantern 77";
    view::OrderedIndex index(products(), filter, *view::parse_sort(products(), "-sales_amount"));
    index.build([&](const std::function<void(const model::Record&)>& visit) {
      screen.replica().for_each_shown(model::kProducts, visit);
    });
    benchmark::DoNotOptimize(index.size());
  }
}

// The server's side of one edit: the decision alone.
class TableView : public sync::MergeView {
 public:
  explicit TableView(const model::Table& table) : table_(table) {}
  const model::Record* find(std::uint16_t collection, RecordId id) const override {
    return collection == model::kProducts ? table_.find(id) : nullptr;
  }
  bool was_removed(std::uint16_t, RecordId) const override { return false; }
  RecordId find_unique(std::uint16_t, std::uint16_t number, std::string_view value) const override {
    return table_.find_unique(number, value);
  }
  std::vector<RecordId> open_conflicts(std::uint16_t, RecordId, std::uint16_t) const override {
    return {};
  }
  std::string author_name(std::uint32_t) const override { return "somebody"; }

 private:
  const model::Table& table_;
};

void merge_one_set(benchmark::State& state) {
  const auto rows = static_cast<std::uint32_t>(state.range(0));
  Screen screen(rows);
  const std::vector<model::Record> records = catalogue(rows);
  screen.load(records);
  const TableView view(screen.replica().base(model::kProducts));
  sync::MergeContext context;
  context.role = model::Role::editor;
  context.author_name = "ada";
  std::mt19937 random(4);
  sync::Mutation mutation;
  mutation.ops.resize(1);
  for (auto _ : state) {
    const model::Record& record = records[random() % records.size()];
    sync::Op& op = mutation.ops[0];
    op.collection = model::kProducts;
    op.record = record.id;
    op.field = field("price");
    op.from = sync::FromValue::seen(record.values[op.field]);
    op.to = below(random, 1'000'000);
    benchmark::DoNotOptimize(sync::merge(view, mutation, context));
  }
}

BENCHMARK(one_field_beside_the_sort)->Arg(kRows)->Arg(100'000);
BENCHMARK(one_field_that_moves_the_row)->Arg(kRows)->Arg(100'000);
BENCHMARK(frame_of_100_moves)->Arg(kRows);
BENCHMARK(frame_of_10000_moves)->Arg(kRows)->Unit(benchmark::kMillisecond);
BENCHMARK(page_turn)->Arg(kRows);
BENCHMARK(snapshot_to_first_page)->Arg(kRows)->Unit(benchmark::kMillisecond);
BENCHMARK(sort_by_another_field)->Arg(kRows)->Unit(benchmark::kMillisecond);
BENCHMARK(search_words)->Arg(kRows)->Unit(benchmark::kMillisecond);
BENCHMARK(merge_one_set)->Arg(kRows);

}  // namespace
}  // namespace syncstore

BENCHMARK_MAIN();
