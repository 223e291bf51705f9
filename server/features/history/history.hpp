// History: the changes of one record, newest first, read from the change log. Stateless; engine
// executor only.
#pragma once

#include "server/engine/engine.hpp"
#include "server/http/api.hpp"

namespace syncstore::history {

void bind_history(engine::Engine& engine, ports::Storage& storage, http::Api& api);

}  // namespace syncstore::history
