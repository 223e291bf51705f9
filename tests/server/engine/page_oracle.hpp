// What a page must show, computed the plain way: filter, sort, slice. Knows nothing of trees.
#pragma once

#include <algorithm>
#include <vector>

#include "core/model/table.hpp"
#include "core/view/filter.hpp"
#include "core/wire/messages.hpp"

namespace syncstore::testing {

struct PageSpec {
  view::Filter filter;
  view::Sort sort;
  std::uint32_t page = 1;
  std::uint32_t size = 25;
};

struct ShownPage {
  std::uint64_t total = 0;
  std::uint32_t page = 1;
  std::vector<wire::PageRow> rows;
  friend bool operator==(const ShownPage& a, const ShownPage& b) {
    return a.total == b.total && a.page == b.page && a.rows == b.rows;
  }
};

inline ShownPage plain_page(const model::Table& table, const PageSpec& spec) {
  std::vector<std::pair<view::SortKey, Sequence>> keys;
  table.for_each([&](const model::Record& record) {
    if (spec.filter.matches(table.collection(), record))
      keys.emplace_back(view::make_key(table.collection(), spec.sort, record), record.version);
  });
  std::sort(keys.begin(), keys.end(), [&](const auto& a, const auto& b) {
    return view::key_less(a.first, b.first, spec.sort.descending);
  });
  ShownPage shown;
  shown.total = keys.size();
  const std::uint64_t pages = std::max<std::uint64_t>(1, (keys.size() + spec.size - 1) / spec.size);
  shown.page = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(std::max<std::uint32_t>(1, spec.page), pages));
  for (std::size_t i = std::size_t{shown.page - 1} * spec.size;
       i < keys.size() && shown.rows.size() < spec.size; ++i)
    shown.rows.push_back({keys[i].first.id, keys[i].second});
  return shown;
}

}  // namespace syncstore::testing
