#include "server/app/simulate_command.hpp"

#include <iostream>

#include "server/simulation/sim_run.hpp"

namespace syncstore::app {

int run_simulate(const SimulateOptions& options) {
  const auto faults = simulation::FaultSet::parse(options.faults);
  if (!faults) {
    std::cerr << "syncstore: --faults: all, none, or names of:";
    for (const std::string_view name : simulation::kFaultNames)
      std::cerr << " " << name;
    std::cerr << "\n";
    return kExitUsage;
  }
  simulation::WorldOptions world;
  world.steps = options.steps;
  world.clients = options.clients;
  world.faults = *faults;
  std::uint64_t failed = 0;
  for (std::uint64_t i = 0; i < options.seeds; ++i) {
    world.seed = options.seed + i;
    const simulation::WorldResult result = simulation::World(world).run();
    if (result.broken.empty()) {
      std::cout << summary(world, result) << std::endl;
      continue;
    }
    ++failed;
    const simulation::WorldOptions shortest = simulation::shrink(world);
    std::cerr << failure(shortest, simulation::World(shortest).run()) << std::flush;
  }
  if (options.seeds > 1)
    std::cout << options.seeds - failed << " of " << options.seeds << " seeds hold\n";
  return failed == 0 ? kExitOk : kExitFailed;
}

}  // namespace syncstore::app
