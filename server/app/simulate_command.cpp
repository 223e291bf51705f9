#include "server/app/simulate_command.hpp"

#include <algorithm>
#include <condition_variable>
#include <iostream>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "server/simulation/sim_run.hpp"

namespace syncstore::app {

namespace {

// Worlds are told in the order of their seeds: so far ahead of the first that is not over yet one
// may run.
constexpr std::uint64_t kAhead = 1'024;

// Runs worlds side by side, each in one thread.
class Worlds {
 public:
  Worlds(const simulation::WorldOptions& first, const SimulateOptions& options)
      : first_(first), seed_(options.seed), seeds_(options.seeds), jobs_(options.jobs) {}

  // How many broke a promise.
  std::uint64_t run() {
    const std::uint64_t cores = std::max(1u, std::thread::hardware_concurrency());
    const std::uint64_t jobs = std::min(seeds_, jobs_ == 0 ? cores : jobs_);
    std::vector<std::thread> threads;
    for (std::uint64_t i = 1; i < jobs; ++i)
      threads.emplace_back([this] { work(); });
    work();
    for (std::thread& thread : threads)
      thread.join();
    return failed_;
  }

 private:
  struct Told {
    bool held = true;
    std::string text;
  };

  Told world(std::uint64_t index) const {
    simulation::WorldOptions options = first_;
    options.seed = seed_ + index;
    const simulation::WorldResult result = simulation::World(options).run();
    if (result.broken.empty())
      return {true, summary(options, result)};
    const simulation::WorldOptions shortest = simulation::shrink(options);
    return {false, failure(shortest, simulation::World(shortest).run())};
  }

  void work() {
    std::unique_lock lock(mutex_);
    while (next_ < seeds_) {
      if (next_ >= over_ + kAhead) {
        one_is_over_.wait(lock);
        continue;
      }
      const std::uint64_t index = next_++;
      lock.unlock();
      Told told = world(index);
      lock.lock();
      waiting_.emplace(index, std::move(told));
      tell();
      one_is_over_.notify_all();
    }
  }

  void tell() {
    for (auto told = waiting_.find(over_); told != waiting_.end(); told = waiting_.find(++over_)) {
      failed_ += !told->second.held;
      if (told->second.held)
        std::cout << told->second.text << std::endl;
      else
        std::cerr << told->second.text << std::flush;
      waiting_.erase(told);
    }
  }

  const simulation::WorldOptions first_;
  const std::uint64_t seed_, seeds_, jobs_;
  std::mutex mutex_;  // of all below
  std::condition_variable one_is_over_;
  std::uint64_t next_ = 0, over_ = 0, failed_ = 0;
  std::map<std::uint64_t, Told> waiting_;
};

}  // namespace

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
  const std::uint64_t failed = Worlds(world, options).run();
  if (options.seeds > 1)
    std::cout << options.seeds - failed << " of " << options.seeds << " seeds hold\n";
  return failed == 0 ? kExitOk : kExitFailed;
}

}  // namespace syncstore::app
