// Pages: a slice of an OrderedIndex, recalculated after every change, and the difference between what a screen shows and what
// is now. ceil(total/size) pages, at least 1; a page past the end is clamped to the last one.
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

PageInfo recalculate(std::uint64_t total, std::uint32_t wanted_page, std::uint32_t size);
std::vector<RecordId> slice(const OrderedIndex& index, const PageInfo& info);

// HeldPage: what a person looks at. Values are live, but the order stays as shown until release(): a row that sorts elsewhere,
// entered or left is only counted; a removed record stays in its place, marked. Owns the shown ids. Single-threaded.
class HeldPage {
 public:
  struct Row {
    RecordId id;
    bool removed = false;   // removed meanwhile: greyed, kept until release
    bool placed = true;     // false: a record made here that is shown on top until release
  };

  HeldPage(std::uint32_t page, std::uint32_t size) : wanted_page_(page), size_(size) {}

  // Shows the exact page now (after sort, filter, page or "Show").
  void release(const OrderedIndex& index);
  void go_to(std::uint32_t page, std::uint32_t size);  // takes effect at the next release
  // Recounts after changes; `alive(id)` says whether the record exists. Returns whether anything a screen shows differs.
  bool recount(const OrderedIndex& index, const std::function<bool(RecordId)>& alive);
  void show_on_top(RecordId own_insert);

  const std::vector<Row>& rows() const { return rows_; }
  const PageInfo& info() const { return info_; }           // exact
  std::uint32_t entered() const { return entered_; }       // in the exact page, not shown
  std::uint32_t moved() const { return moved_; }           // shown, but elsewhere (or left) in the exact page
  bool holds(RecordId id) const;

 private:
  std::uint32_t wanted_page_;
  std::uint32_t size_;
  std::vector<Row> rows_;
  PageInfo info_;
  std::uint32_t entered_ = 0;
  std::uint32_t moved_ = 0;
};

}  // namespace syncstore::view
