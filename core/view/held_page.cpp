#include "core/view/held_page.hpp"

#include <algorithm>

#include "core/base/limits.hpp"

namespace syncstore::view {
namespace {

// Length of the longest ascending run that can be picked out of `places` (all different): the rows
// that stayed in order.
std::size_t longest_ascending(const std::vector<std::size_t>& places) {
  if (std::is_sorted(places.begin(), places.end()))
    return places.size();
  std::vector<std::size_t> ends;
  for (const std::size_t place : places) {
    const auto at = std::lower_bound(ends.begin(), ends.end(), place);
    if (at == ends.end()) {
      ends.push_back(place);
    } else {
      *at = place;
    }
  }
  return ends.size();
}

}  // namespace

void HeldPage::release(const OrderedIndex& index) {
  wanted_page_ = next_page_;
  info_ = recalculate(index.size(), wanted_page_, next_size_);
  slice_into(index, info_, exact_);
  show_exact();
}

void HeldPage::release(const Exact& exact) {
  info_ = exact.info;
  exact_ = exact.order;
  show_exact();
}

void HeldPage::show_exact() {
  rows_.clear();
  rows_.reserve(exact_.size());
  for (const RecordId id : exact_)
    rows_.push_back(Row{.id = id});
  entered_ = 0;
  moved_ = 0;
}

void HeldPage::go_to(std::uint32_t page, std::uint32_t size) {
  next_page_ = page;
  next_size_ = size;
}

bool HeldPage::recount(const OrderedIndex& index, const std::function<bool(RecordId)>& alive) {
  if (rows_.empty()) {
    const PageInfo before = info_;
    release(index);
    return !rows_.empty() || !(info_ == before);
  }
  const PageInfo info = recalculate(index.size(), wanted_page_, info_.size);
  slice_into(index, info, exact_);
  return count_exact(info, alive, false);
}

bool HeldPage::recount(const Exact& exact, const std::function<bool(RecordId)>& alive) {
  exact_ = exact.order;
  return count_exact(exact.info, alive, true);
}

bool HeldPage::count_exact(const PageInfo& info, const std::function<bool(RecordId)>& alive,
                           bool foreign) {
  bool differs = !(info == info_);
  info_ = info;

  std::uint32_t left = 0;
  std::uint32_t held = 0;
  places_.clear();
  // Unchanged pages are the usual case: the place beside the last hit is tried first.
  std::size_t guess = 0;
  for (Row& row : rows_) {
    std::size_t place = guess < exact_.size() && exact_[guess] == row.id
                            ? guess
                            : static_cast<std::size_t>(
                                  std::find(exact_.begin(), exact_.end(), row.id) - exact_.begin());
    const bool in_page = place < exact_.size();
    const bool removed = (!in_page || foreign) && !alive(row.id);
    differs = differs || removed != row.removed;
    row.removed = removed;
    if (in_page) {
      guess = place + 1;
      ++held;
      if (row.placed)
        places_.push_back(place);
    } else if (!removed && row.placed) {
      ++left;
    }
  }
  const auto entered = static_cast<std::uint32_t>(exact_.size()) - held;
  const auto moved = left + static_cast<std::uint32_t>(places_.size() - longest_ascending(places_));
  differs = differs || entered != entered_ || moved != moved_;
  entered_ = entered;
  moved_ = moved;
  return differs;
}

void HeldPage::show_on_top(RecordId own_insert) {
  if (holds(own_insert))
    return;
  rows_.insert(rows_.begin(), Row{.id = own_insert, .removed = false, .placed = false});
  // A page of at most kPageSizeMax rows with as many own records above it.
  const auto unplaced =
      std::count_if(rows_.begin(), rows_.end(), [](const Row& row) { return !row.placed; });
  if (static_cast<std::size_t>(unplaced) > limits::kPageSizeMax)
    rows_.erase(rows_.begin() + unplaced - 1);
}

bool HeldPage::holds(RecordId id) const {
  return std::any_of(rows_.begin(), rows_.end(), [id](const Row& row) { return row.id == id; });
}

}  // namespace syncstore::view
