// Runs of the simulated world and what is said about them: one line for a seed that holds, and for
// one that does not the shortest form that still fails, with the command that shows it again.
#pragma once

#include <string>

#include "server/simulation/sim_world.hpp"

namespace syncstore::simulation {

// "seed 7, 2000 steps, 5 clients: 1003 edits, ...; digest 0123456789abcdef"
std::string summary(const WorldOptions& options, const WorldResult& result);
// "syncstore simulate --seed 7 --steps 31 --clients 2 --faults crash,cut"
std::string replay_command(const WorldOptions& options);
// The promises that broke, and the command.
std::string failure(const WorldOptions& options, const WorldResult& result);
// Fewer steps, then without faults and clients that the failure does not need. At most a few dozen
// runs; `options` itself when it does not fail.
WorldOptions shrink(WorldOptions options);

}  // namespace syncstore::simulation
