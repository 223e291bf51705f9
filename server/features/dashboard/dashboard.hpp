// The dashboard's figures over HTTP. Stateless; engine executor only.
#pragma once

#include "server/features/records/record_api.hpp"
#include "server/http/api.hpp"

namespace syncstore::dashboard {

void bind_dashboard(engine::Engine& engine, ports::Storage& storage, http::Api& api);

}  // namespace syncstore::dashboard
