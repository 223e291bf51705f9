// `syncstore simulate`: runs worlds of server/simulation and says what became of each, one line a
// seed.
#pragma once

#include "server/app/command_line.hpp"

namespace syncstore::app {

// kExitFailed when a promise broke: the shortest form that breaks it and its command are on
// standard error.
int run_simulate(const SimulateOptions& options);

}  // namespace syncstore::app
