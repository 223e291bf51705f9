// Filter, sort and slice once more, naively and apart from the product's own: what a page has to
// show. Folds ASCII only, which is what simulated people write.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/session/page_subscriptions.hpp"

namespace syncstore::simulation {

bool is_in(const view::Filter& filter, const model::Record& record);

struct Slice {
  std::size_t total = 0;                   // records that match
  std::size_t pages = 1, page = 1;         // from 1; the last one when the wanted one is beyond it
  std::vector<const model::Record*> rows;  // in their order
};

// Of the records that `visit` is given one by one.
Slice slice_of(
    const session::PageSpec& spec,
    const std::function<void(const std::function<void(const model::Record&)>& visit)>& records);
Slice slice_of(const session::PageSpec& spec, const model::Table& table);

std::string folded(std::string text);

}  // namespace syncstore::simulation
