// What `syncstore status` says: gathered on the engine executor, judged, and written for people.
#pragma once

#include <string>
#include <vector>

#include "core/base/json.hpp"
#include "server/app/house.hpp"

namespace syncstore::app {

Json status_facts(House& house, const std::vector<ports::StoreHead>& heads);

// Sets "healthy": a server runs and nothing needs an operator.
void judge_status(Json& facts);

std::string status_text(const Json& facts);

}  // namespace syncstore::app
