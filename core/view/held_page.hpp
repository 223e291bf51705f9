// HeldPage: what a person looks at. Values are live, but the order stays as shown until release():
// a row that sorts elsewhere, entered or left is only counted; a removed record stays in its place,
// marked. Owns the shown ids. Single-threaded.
#pragma once

#include <functional>
#include <vector>

#include "core/view/page.hpp"

namespace syncstore::view {

class HeldPage {
 public:
  struct Row {
    RecordId id;
    bool removed = false;  // removed meanwhile: greyed, kept until release
    bool placed = true;    // false: a record made here that is shown on top until release
    friend bool operator==(const Row& a, const Row& b) {
      return a.id == b.id && a.removed == b.removed && a.placed == b.placed;
    }
  };

  HeldPage(std::uint32_t page, std::uint32_t size)
      : wanted_page_(page), next_page_(page), next_size_(size) {}

  // The exact page, when its order is somebody else's.
  struct Exact {
    PageInfo info;
    std::vector<RecordId> order;
  };

  // Shows the exact page now (after sort, filter, page or "Show").
  void release(const OrderedIndex& index);
  void release(const Exact& exact);
  void go_to(std::uint32_t page, std::uint32_t size);  // takes effect at the next release
  // Recounts after changes; `alive(id)` says whether the record exists. Returns whether anything a
  // screen shows differs. A page that shows no row at all has nothing to hold and is released.
  bool recount(const OrderedIndex& index, const std::function<bool(RecordId)>& alive);
  // In an order of somebody else's a row may stand that is removed here: it is marked in its place.
  bool recount(const Exact& exact, const std::function<bool(RecordId)>& alive);
  // Own new records stand above the page until release; the last limits::kPageSizeMax of them.
  void show_on_top(RecordId own_insert);

  const std::vector<Row>& rows() const { return rows_; }
  const PageInfo& info() const { return info_; }      // exact
  std::uint32_t entered() const { return entered_; }  // in the exact page, not shown
  // Shown and alive, but elsewhere: left the exact page, or out of order among those that stayed
  // (fewest rows that explain it).
  std::uint32_t moved() const { return moved_; }
  bool holds(RecordId id) const;

 private:
  void show_exact();
  bool count_exact(const PageInfo& info, const std::function<bool(RecordId)>& alive, bool foreign);

  std::uint32_t wanted_page_;  // of the rows shown; info_ has their size
  std::uint32_t next_page_;    // at the next release
  std::uint32_t next_size_;
  std::vector<Row> rows_;
  PageInfo info_;
  std::uint32_t entered_ = 0;
  std::uint32_t moved_ = 0;
  std::vector<RecordId> exact_;      // scratch: the exact page of the last recount
  std::vector<std::size_t> places_;  // scratch: where the shown rows stand in it
};

}  // namespace syncstore::view
