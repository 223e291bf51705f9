// The sync protocol over plain HTTP: changes since a sequence, snapshots, and the exchange of
// binary frames for clients that poll. Stateless; engine executor only.
#pragma once

#include "server/engine/engine.hpp"
#include "server/http/api.hpp"

namespace syncstore::sync_routes {

void bind_sync(engine::Engine& engine, http::Api& api);

}  // namespace syncstore::sync_routes
