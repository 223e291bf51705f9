// The product list's query: filter, sort, page or cursor.
#pragma once

#include "server/engine/store_state.hpp"
#include "server/http/context.hpp"

namespace syncstore::products {

// Answers the whole list request for a store in memory, ETag included.
ports::HttpResponse list_products(const http::Context& context, engine::StoreState& store);

}  // namespace syncstore::products
