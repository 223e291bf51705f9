#include "core/view/ordered_index.hpp"

#include <algorithm>

#include "core/view/counted_list.hpp"

namespace syncstore::view {

// Keys always stand ascending; a descending sort is the exact reverse (ids turn too) and is
// answered from the other end.
struct OrderedIndex::Tree {
  Tree(const model::CollectionDef& collection, Filter filter, Sort wanted)
      : matcher(collection, std::move(filter)), sort(wanted) {}

  bool same_key(const model::Record& a, const model::Record& b) const {
    if (a.id != b.id)
      return false;
    const auto field = static_cast<std::size_t>(sort.field);
    if (sort.field < 0)
      return true;
    if (field >= a.values.size() || field >= b.values.size())
      return a.values.size() == b.values.size();
    return a.values[field] == b.values[field];
  }

  Matcher matcher;
  Sort sort;
  CountedList list;
};

OrderedIndex::OrderedIndex(const model::CollectionDef& collection, Filter filter, Sort sort)
    : tree_(std::make_unique<Tree>(collection, std::move(filter), sort)) {}
OrderedIndex::~OrderedIndex() = default;
OrderedIndex::OrderedIndex(OrderedIndex&&) noexcept = default;
OrderedIndex& OrderedIndex::operator=(OrderedIndex&&) noexcept = default;

void OrderedIndex::build(
    const std::function<void(const std::function<void(const model::Record&)>&)>& visit_all) {
  std::vector<PackedKey> keys;
  visit_all([this, &keys](const model::Record& record) {
    if (tree_->matcher.matches(record))
      keys.push_back(PackedKey::pack(tree_->sort, record));
  });
  tree_->list.build(std::move(keys));
}

bool OrderedIndex::update(const model::Record* before, const model::Record* after) {
  const bool was = before && tree_->matcher.matches(*before);
  const bool is = before && after && tree_->matcher.same_inputs(*before, *after)
                      ? was
                      : after && tree_->matcher.matches(*after);
  if (was && is && tree_->same_key(*before, *after))
    return false;
  bool moved = false;
  if (was)
    moved = tree_->list.erase(PackedKey::pack(tree_->sort, *before));
  if (is)
    moved = tree_->list.insert(PackedKey::pack(tree_->sort, *after)) || moved;
  return moved;
}

std::size_t OrderedIndex::size() const { return tree_->list.size(); }

RecordId OrderedIndex::at(std::size_t rank) const {
  SS_ASSERT(rank < size());
  return tree_->list.at(tree_->sort.descending ? size() - 1 - rank : rank);
}

void OrderedIndex::collect(std::size_t first, std::size_t count, std::vector<RecordId>& out) const {
  if (first >= size())
    return;
  count = std::min(count, size() - first);
  const bool backwards = tree_->sort.descending;
  tree_->list.collect(backwards ? size() - first - count : first, count, backwards, out);
}

std::optional<std::size_t> OrderedIndex::rank_of(const model::Record& record) const {
  bool found = false;
  const std::size_t rank = tree_->list.rank(PackedKey::pack(tree_->sort, record), found);
  if (!found)
    return std::nullopt;
  return tree_->sort.descending ? size() - 1 - rank : rank;
}

std::size_t OrderedIndex::lower_rank(const model::Record& record) const {
  bool found = false;
  const std::size_t rank = tree_->list.rank(PackedKey::pack(tree_->sort, record), found);
  return tree_->sort.descending ? size() - rank - (found ? 1 : 0) : rank;
}

const Filter& OrderedIndex::filter() const { return tree_->matcher.filter(); }
const Sort& OrderedIndex::sort() const { return tree_->sort; }
std::size_t OrderedIndex::bytes() const { return sizeof(Tree) + tree_->list.bytes(); }

}  // namespace syncstore::view
