// Products over HTTP: list by page or cursor, create, read, edit, adjust the stock, remove.
// Stateless; engine executor only.
#pragma once

#include "server/features/records/record_api.hpp"
#include "server/http/api.hpp"

namespace syncstore::products {

void bind_products(engine::Engine& engine, ports::Storage& storage, http::Api& api);

}  // namespace syncstore::products
