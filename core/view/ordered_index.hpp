// OrderedIndex: the records of a collection that match a filter, in sort order, with rank and n-th
// in logarithmic time (counted blocks). Owns keys and ids only. Invariant: equal to filter + sort
// of the source after every update. Single-threaded.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "core/view/filter.hpp"

namespace syncstore::view {

class OrderedIndex {
 public:
  OrderedIndex(const model::CollectionDef& collection, Filter filter, Sort sort);
  ~OrderedIndex();
  OrderedIndex(OrderedIndex&&) noexcept;
  OrderedIndex& operator=(OrderedIndex&&) noexcept;

  // Builds from scratch: visit_all calls its argument with every record once. O(n log n), faster
  // than n updates.
  void build(
      const std::function<void(const std::function<void(const model::Record&)>&)>& visit_all);
  // One record changed: before/after as the source had it, nullptr = not there. Returns whether
  // order or membership moved.
  bool update(const model::Record* before, const model::Record* after);

  std::size_t size() const;
  RecordId at(std::size_t rank) const;  // rank < size()
  // Appends the ids of ranks [first, first + count) as far as there are any; cheaper than `at` one
  // by one.
  void collect(std::size_t first, std::size_t count, std::vector<RecordId>& out) const;
  std::optional<std::size_t> rank_of(
      const model::Record& record) const;  // where it stands; nullopt when it does not match
  // First rank whose key is not before the record's key: where it would stand.
  std::size_t lower_rank(const model::Record& record) const;
  const Filter& filter() const;
  const Sort& sort() const;
  std::size_t bytes() const;  // approximate memory

 private:
  struct Tree;
  std::unique_ptr<Tree> tree_;
};

}  // namespace syncstore::view
