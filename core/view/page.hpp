// Pages: a slice of an OrderedIndex, recalculated after every change. ceil(total/size) pages, at
// least 1; a page past the end is clamped to the last one. Pure functions; what a person looks at
// is HeldPage.
#pragma once

#include <vector>

#include "core/view/ordered_index.hpp"

namespace syncstore::view {

struct PageInfo {
  std::uint64_t total = 0;
  std::uint32_t page = 1;
  std::uint32_t pages = 1;
  std::uint32_t size = 25;
  bool clamped = false;  // the asked page no longer exists; `page` is the last one
  friend bool operator==(const PageInfo& a, const PageInfo& b) {
    return a.total == b.total && a.page == b.page && a.pages == b.pages && a.size == b.size &&
           a.clamped == b.clamped;
  }
};

// Page numbers start at 1 (0 reads as 1); sizes are kept within 1 and limits::kPageSizeMax.
PageInfo recalculate(std::uint64_t total, std::uint32_t wanted_page, std::uint32_t size);
std::vector<RecordId> slice(const OrderedIndex& index, const PageInfo& info);
void slice_into(const OrderedIndex& index, const PageInfo& info,
                std::vector<RecordId>& out);  // replaces `out`

}  // namespace syncstore::view
