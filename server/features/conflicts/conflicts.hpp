// Conflicts over HTTP: list them, decide one. Deciding is a mutation of mode "all": the record gets
// the chosen value and the conflict is closed together. Stateless; engine executor only.
#pragma once

#include "server/features/records/record_api.hpp"
#include "server/http/api.hpp"

namespace syncstore::conflicts {

void bind_conflicts(engine::Engine& engine, ports::Storage& storage, const http::Gate& gate,
                    http::Api& api);

}  // namespace syncstore::conflicts
