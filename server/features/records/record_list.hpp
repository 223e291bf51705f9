// The query of a list of records: filter, sort, page or cursor, the same for every collection.
#pragma once

#include "core/view/filter.hpp"
#include "server/engine/store_state.hpp"
#include "server/http/context.hpp"

namespace syncstore::records {

// Answers the whole list request for a store in memory, ETag included. Parameters: page, size,
// sort, q, cursor; FIELD=value (an element, of lists), min_FIELD and max_FIELD. `filter`: what the
// route itself asks for.
ports::HttpResponse list_records(const http::Context& context, engine::StoreState& store,
                                 const model::CollectionDef& collection, view::Filter filter = {});

}  // namespace syncstore::records
