#include "core/view/page.hpp"

#include <algorithm>
#include <limits>

#include "core/base/limits.hpp"

namespace syncstore::view {

PageInfo recalculate(std::uint64_t total, std::uint32_t wanted_page, std::uint32_t size) {
  PageInfo info;
  info.total = total;
  info.size = std::clamp<std::uint32_t>(size, 1, limits::kPageSizeMax);
  const std::uint64_t pages = total / info.size + (total % info.size != 0 ? 1 : 0);
  info.pages = static_cast<std::uint32_t>(
      std::clamp<std::uint64_t>(pages, 1, std::numeric_limits<std::uint32_t>::max()));
  const std::uint32_t wanted = std::max<std::uint32_t>(wanted_page, 1);
  info.page = std::min(wanted, info.pages);
  info.clamped = wanted > info.pages;
  return info;
}

std::vector<RecordId> slice(const OrderedIndex& index, const PageInfo& info) {
  std::vector<RecordId> ids;
  slice_into(index, info, ids);
  return ids;
}

void slice_into(const OrderedIndex& index, const PageInfo& info, std::vector<RecordId>& out) {
  out.clear();
  const std::uint64_t first = std::uint64_t{info.page - 1} * info.size;
  if (first >= index.size())
    return;
  index.collect(static_cast<std::size_t>(first), info.size, out);
}

}  // namespace syncstore::view
