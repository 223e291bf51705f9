#include "server/engine/page_trees.hpp"

#include <algorithm>
#include <tuple>

namespace syncstore::engine {
namespace {

// A tree is measured again after so many changes of it: far below the bound's slack.
constexpr std::size_t kMeasureAfter = 4'096;

std::string key_of(const model::CollectionDef& collection, const view::Filter& filter,
                   const view::Sort& sort) {
  ByteWriter key;
  key.varint(collection.number);
  key.zigzag(sort.field);
  key.u8(sort.descending ? 1 : 0);
  key.text(filter.query);
  for (const view::Condition& condition : filter.conditions) {
    key.varint(condition.field);
    key.u8(static_cast<std::uint8_t>(condition.comparison));
    model::write_value(key, condition.value);
  }
  return key.take();
}

bool share_a_number(const std::vector<std::uint16_t>& a, const std::vector<std::uint16_t>& b) {
  auto x = a.begin();
  auto y = b.begin();
  while (x != a.end() && y != b.end()) {
    if (*x == *y)
      return true;
    *x < *y ? ++x : ++y;
  }
  return false;
}

template <class T>
void remove_from(std::vector<T>& list, const T& item) {
  list.erase(std::remove(list.begin(), list.end(), item), list.end());
}

}  // namespace

struct PageTree {
  PageTree(const model::CollectionDef& of, view::Filter wanted, view::Sort order)
      : collection(&of), filter(std::move(wanted)), sort(order), matcher(of, filter) {
    for (const view::Condition& condition : filter.conditions) {
      if (condition.field != view::kRecordId)
        inputs.push_back(condition.field);
      if (condition.comparison == view::Comparison::equal &&
          (equality == nullptr || condition.field == view::kRecordId))
        equality = &condition;
    }
    if (!filter.query.empty()) {
      for (std::size_t i = 0; i < of.fields.size(); ++i) {
        if (of.fields[i].searchable)
          inputs.push_back(static_cast<std::uint16_t>(i));
      }
    }
    if (sort.field >= 0)
      inputs.push_back(static_cast<std::uint16_t>(sort.field));
    std::sort(inputs.begin(), inputs.end());
    inputs.erase(std::unique(inputs.begin(), inputs.end()), inputs.end());
  }
  bool by_id() const { return equality != nullptr && equality->field == view::kRecordId; }
  RecordId id() const {
    const auto* number = std::get_if<std::int64_t>(&equality->value);
    return RecordId{number != nullptr ? static_cast<std::uint64_t>(*number) : 0};
  }

  const model::CollectionDef* collection;
  const view::Filter filter;
  const view::Sort sort;
  view::Matcher matcher;
  const view::Condition* equality = nullptr;  // of `filter`: what a change finds the tree by
  std::vector<std::uint16_t> inputs;          // fields that decide about membership and order
  std::optional<view::OrderedIndex> index;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::weak_ptr<PageWatch>> pages;
  std::vector<PageWatch*> watches;
  // Where the pages begin, as last read; the number keeps them apart.
  std::set<std::tuple<std::uint64_t, std::uint64_t, PageWatch*>> by_rank;
  std::optional<std::list<PageTree*>::iterator> unwatched;
  std::string key;
  std::size_t bytes = 0;
  std::size_t changes = 0;  // since it was measured
  std::uint64_t built = 0;
  bool all_touched = false;
  bool counted = false;  // in tested_
};

PageWatch::PageWatch(PageTrees& trees, PageTree& tree, std::uint64_t number, std::uint32_t page,
                     std::uint32_t size)
    : trees_(&trees),
      tree_(&tree),
      number_(number),
      collection_(tree.collection->number),
      wanted_page_(page),
      size_(size) {}

PageWatch::~PageWatch() {
  if (trees_ != nullptr)
    trees_->forget(*this);
}

bool PageWatch::has_tree() const { return trees_ != nullptr && tree_->index.has_value(); }

PageTrees::PageTrees() = default;

PageTrees::~PageTrees() {
  for (const auto& [key, tree] : trees_) {
    for (PageWatch* watch : tree->watches)
      watch->trees_ = nullptr;
  }
}

bool PageTrees::follows(std::uint16_t collection) const {
  const auto found = places_.find(collection);
  return found != places_.end() && found->second.trees != 0;
}

// --- trees ---

PageTree& PageTrees::tree(const model::CollectionDef& collection, const view::Filter& filter,
                          const view::Sort& sort) {
  std::string key = key_of(collection, filter, sort);
  auto& place_of_tree = trees_[key];
  if (place_of_tree == nullptr) {
    place_of_tree = std::make_unique<PageTree>(collection, filter, sort);
    place_of_tree->key = std::move(key);
    place(*place_of_tree, true);
  }
  return *place_of_tree;
}

// Enters a tree where changes will look for it, or takes it out.
void PageTrees::place(PageTree& tree, bool add) {
  Places& here = places_[tree.collection->number];
  std::vector<PageTree*>* list = &here.tested;
  if (tree.by_id())
    list = &here.by_id[tree.id()];
  else if (tree.equality != nullptr)
    list = &here.by_value[tree.equality->field][tree.equality->value];
  if (add) {
    ++here.trees;
    list->push_back(&tree);
    return;
  }
  --here.trees;
  remove_from(*list, &tree);
  if (!list->empty() || tree.equality == nullptr)
    return;
  if (tree.by_id()) {
    here.by_id.erase(tree.id());
    return;
  }
  auto& values = here.by_value[tree.equality->field];
  values.erase(tree.equality->value);
  if (values.empty())
    here.by_value.erase(tree.equality->field);
}

void PageTrees::build(PageTree& tree, const model::Table& table) {
  ++counters_.builds;
  tree.index.emplace(*tree.collection, tree.filter, tree.sort);
  tree.index->build([&](const std::function<void(const model::Record&)>& visit) {
    if (!tree.by_id())
      return table.for_each(visit);
    if (const model::Record* record = table.find(tree.id()))
      visit(*record);
  });
  tree.built = next_build_++;
  count_tested(tree);
  measure(tree);
}

void PageTrees::drop_index(PageTree& tree) {
  if (!tree.index)
    return;
  tree.index.reset();
  count_tested(tree);
  bytes_ -= tree.bytes;
  tree.bytes = 0;
}

void PageTrees::measure(PageTree& tree) {
  bytes_ -= tree.bytes;
  tree.bytes = tree.index ? sizeof(PageTree) + tree.index->bytes() : 0;
  bytes_ += tree.bytes;
  tree.changes = 0;
}

// Watched, in memory, and without a condition that changes find it by.
void PageTrees::count_tested(PageTree& tree) {
  const bool is = tree.index && tree.equality == nullptr && !tree.watches.empty();
  if (is == tree.counted)
    return;
  tree.counted = is;
  is ? ++tested_ : --tested_;
}

void PageTrees::use(PageTree& tree) {
  count_tested(tree);
  if (tree.unwatched)
    unwatched_.erase(*std::exchange(tree.unwatched, std::nullopt));
  if (!tree.watches.empty())
    return;
  unwatched_.push_front(&tree);
  tree.unwatched = unwatched_.begin();
}

void PageTrees::erase(PageTree& tree) {
  drop_index(tree);
  place(tree, false);
  remove_from(grown_, &tree);
  if (tree.unwatched)
    unwatched_.erase(*tree.unwatched);
  remove_from(grown_, &tree);
  trees_.erase(std::string(tree.key));
}

// Within the bounds again: first go lists that nobody watches, the one just asked for (`keep`)
// last; then watched trees lose their memory, the last made first, so that two do not chase each
// other out.
void PageTrees::trim(PageTree* keep) {
  for (PageTree* grown : std::exchange(grown_, {}))
    measure(*grown);
  while (!unwatched_.empty() && unwatched_.back() != keep &&
         (bytes_ > bounds_.bytes || unwatched_.size() > bounds_.unwatched))
    erase(*unwatched_.back());
  if (bytes_ > bounds_.bytes && keep != nullptr && keep->unwatched)
    erase(*keep);
  while (bytes_ > bounds_.bytes || tested_ > bounds_.tested) {
    PageTree* last = nullptr;
    for (const auto& [key, tree] : trees_) {
      const bool helps = bytes_ > bounds_.bytes || tree->equality == nullptr;
      if (helps && tree->index && !tree->unwatched &&
          (last == nullptr || tree->built > last->built))
        last = tree.get();
    }
    if (last == nullptr)
      return;
    drop_index(*last);
  }
}

PageRows PageTrees::read(const model::Table& table, const view::Filter& filter,
                         const view::Sort& sort, std::uint32_t page, std::uint32_t size) {
  PageTree& wanted = tree(table.collection(), filter, sort);
  if (!wanted.index)
    build(wanted, table);
  use(wanted);
  PageRows answer;
  answer.info = view::recalculate(wanted.index->size(), page, size);
  for (const RecordId id : view::slice(*wanted.index, answer.info))
    answer.rows.push_back(table.find(id));
  trim(&wanted);
  return answer;
}

// --- watched pages ---

std::shared_ptr<PageWatch> PageTrees::watch(const model::CollectionDef& collection,
                                            const view::Filter& filter, const view::Sort& sort,
                                            std::uint32_t page, std::uint32_t size) {
  PageTree& wanted = tree(collection, filter, sort);
  auto& known = wanted.pages[{page, size}];
  if (auto same = known.lock())
    return same;
  auto made = std::make_shared<PageWatch>(*this, wanted, next_watch_++, page, size);
  known = made;
  wanted.watches.push_back(made.get());
  use(wanted);
  touched_.push_back(made.get());
  return made;
}

std::vector<PageWatch*> PageTrees::read(PageWatch& watch, const model::Table& table) {
  if (watch.trees_ == nullptr)
    return {};
  PageTree& tree = *watch.tree_;
  if (tree.index) {
    show(watch, *tree.index, table);
    return {&watch};
  }
  build(tree, table);
  std::vector<PageWatch*> read;
  for (PageWatch* each : tree.watches) {
    if (each != &watch && !each->touched_)
      continue;
    show(*each, *tree.index, table);
    read.push_back(each);
  }
  trim(&tree);
  if (!tree.index)
    ++counters_.scans;
  return read;
}

void PageTrees::show(PageWatch& watch, const view::OrderedIndex& index, const model::Table& table) {
  PageTree& tree = *watch.tree_;
  auto& shown = places_[watch.collection_].shown;
  watch.touched_ = false;
  tree.all_touched = false;
  if (watch.read_)
    tree.by_rank.erase({watch.first_rank(), watch.number_, &watch});
  watch.info_ = view::recalculate(index.size(), watch.wanted_page_, watch.size_);
  tree.by_rank.insert({watch.first_rank(), watch.number_, &watch});
  watch.read_ = true;
  const std::vector<RecordId> ids = view::slice(index, watch.info_);
  const bool same_order = std::equal(ids.begin(), ids.end(), watch.rows_.begin(), watch.rows_.end(),
                                     [](RecordId id, const auto& row) { return row.id == id; });
  if (!same_order) {
    for (const wire::PageRow& row : watch.rows_) {
      auto watching = shown.find(row.id);
      remove_from(watching->second, &watch);
      if (watching->second.empty())
        shown.erase(watching);
    }
    for (const RecordId id : ids)
      shown[id].push_back(&watch);
  }
  watch.rows_.clear();
  for (const RecordId id : ids)
    watch.rows_.push_back({id, table.find(id)->version});
}

std::vector<PageWatch*> PageTrees::take_touched() {
  auto touched = std::exchange(touched_, {});
  touched.erase(std::remove_if(touched.begin(), touched.end(),
                               [](const PageWatch* watch) { return !watch->touched_; }),
                touched.end());
  return touched;
}

void PageTrees::forget(PageWatch& watch) {
  PageTree& tree = *watch.tree_;
  auto& shown = places_[watch.collection_].shown;
  for (const wire::PageRow& row : watch.rows_) {
    auto watching = shown.find(row.id);
    remove_from(watching->second, &watch);
    if (watching->second.empty())
      shown.erase(watching);
  }
  if (watch.read_)
    tree.by_rank.erase({watch.first_rank(), watch.number_, &watch});
  remove_from(touched_, &watch);
  remove_from(tree.watches, &watch);
  tree.pages.erase({watch.wanted_page_, watch.size_});
  if (!tree.watches.empty())
    return;
  if (!tree.index)
    return erase(tree);
  use(tree);
  trim(nullptr);
}

// --- changes ---

void PageTrees::touch(PageWatch& watch) {
  if (std::exchange(watch.touched_, true))
    return;
  ++counters_.touched;
  touched_.push_back(&watch);
}

void PageTrees::touch_all(PageTree& tree) {
  if (std::exchange(tree.all_touched, true))
    return;
  for (PageWatch* watch : tree.watches)
    touch(*watch);
}

// The pages that show a rank from `first` to `last`.
void PageTrees::touch_ranks(PageTree& tree, std::size_t first, std::size_t last) {
  const std::size_t from = first < limits::kPageSizeMax ? 0 : first - limits::kPageSizeMax;
  for (auto page = tree.by_rank.lower_bound({from, 0, nullptr});
       page != tree.by_rank.end() && std::get<0>(*page) <= last; ++page) {
    PageWatch& watch = *std::get<2>(*page);
    if (std::get<0>(*page) + watch.rows_.size() > first)
      touch(watch);
  }
}

void PageTrees::update_tree(PageTree& tree, const model::Record* before,
                            const model::Record* after) {
  if (!tree.index) {
    if (tree.all_touched)
      return;
    ++counters_.updates;
    if ((before != nullptr && tree.matcher.matches(*before)) ||
        (after != nullptr && tree.matcher.matches(*after)))
      touch_all(tree);
    return;
  }
  ++counters_.updates;
  if (++tree.changes == kMeasureAfter)
    grown_.push_back(&tree);
  view::OrderedIndex& index = *tree.index;
  if (tree.watches.empty()) {
    index.update(before, after);
    return;
  }
  const std::size_t size = index.size();
  const bool ranks = !tree.all_touched && before != nullptr && after != nullptr;
  const auto from = ranks ? index.rank_of(*before) : std::nullopt;
  if (!index.update(before, after))
    return;
  if (index.size() != size || !from)
    return touch_all(tree);
  const std::size_t to = index.rank_of(*after).value_or(*from);
  touch_ranks(tree, std::min(*from, to), std::max(*from, to));
}

void PageTrees::update(std::uint16_t collection, const model::Record* before,
                       const model::Record* after, const std::vector<std::uint16_t>* fields) {
  const auto found = places_.find(collection);
  if (found == places_.end() || (before == nullptr && after == nullptr))
    return;
  Places& here = found->second;
  const RecordId id = before != nullptr ? before->id : after->id;
  if (const auto showing = here.shown.find(id); showing != here.shown.end()) {
    for (PageWatch* watch : showing->second)
      touch(*watch);
  }
  const bool changed_only = before != nullptr && after != nullptr && fields != nullptr;
  const auto visit = [&](const std::vector<PageTree*>& trees) {
    for (PageTree* tree : trees) {
      if (!changed_only || share_a_number(tree->inputs, *fields))
        update_tree(*tree, before, after);
    }
  };
  visit(here.tested);
  for (const auto& [field, values] : here.by_value) {
    const auto trees_of = [&, field = field, &values = values](const model::Record& record) {
      return field < record.values.size() ? values.find(record.values[field]) : values.end();
    };
    const auto old_trees = before != nullptr ? trees_of(*before) : values.end();
    const auto new_trees = after != nullptr ? trees_of(*after) : values.end();
    if (old_trees != values.end())
      visit(old_trees->second);
    if (new_trees != values.end() && new_trees != old_trees)
      visit(new_trees->second);
  }
  if (const auto trees = here.by_id.find(id); trees != here.by_id.end())
    visit(trees->second);
}

}  // namespace syncstore::engine
