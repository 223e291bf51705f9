// CountedList: sort keys in ascending order with rank and n-th in logarithmic time. Blocks of at
// most kBlockKeys keys, found by binary search over their first keys; a Fenwick tree over the block
// sizes answers ranks. A split or join costs one pass over the block list (n / 64 entries at
// worst), at most once per 64 changes of a block. Owns the keys. Single-threaded.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/view/filter.hpp"

namespace syncstore::view {

// A SortKey packed so that most comparisons are of two integers: `kind` is the value's type, `head`
// the number (sign flipped) or the first eight bytes of the text, `rest` the whole text where eight
// bytes cannot tell.
struct PackedKey {
  std::uint64_t head = 0;
  std::uint64_t id = 0;
  std::unique_ptr<std::string> rest;
  std::uint8_t kind = 0;

  static PackedKey pack(const Sort& sort, const model::Record& record);
  bool before(const PackedKey& other) const;
};

class CountedList {
 public:
  static constexpr std::size_t kBlockKeys =
      128;  // moving half a block costs about as much as finding it

  void build(std::vector<PackedKey> keys);  // any order, no two equal
  bool insert(PackedKey key);               // false: there already
  bool erase(const PackedKey& key);         // false: not there
  std::size_t size() const { return size_; }
  RecordId at(std::size_t rank) const;
  // Keys strictly before this one; `found` says whether the key itself is there.
  std::size_t rank(const PackedKey& key, bool& found) const;
  // Appends the ids of ranks [first, first + count), in order or backwards.
  void collect(std::size_t first, std::size_t count, bool backwards,
               std::vector<RecordId>& out) const;
  std::size_t bytes() const;

 private:
  struct Place {
    std::size_t block = 0;
    std::size_t offset = 0;
  };
  using Block = std::vector<PackedKey>;

  std::size_t block_for(const PackedKey& key) const;
  Place place_of(std::size_t rank) const;
  void count(std::size_t block, int difference);
  std::size_t counted_before(std::size_t block) const;
  void recount();

  std::vector<Block> blocks_;           // none is empty
  std::vector<std::uint32_t> fenwick_;  // one-based
  std::size_t size_ = 0;
};

}  // namespace syncstore::view
