#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "server/simulation/sim_run.hpp"

namespace syncstore::simulation {
namespace {

WorldResult run_seed(const WorldOptions& options) {
  WorldResult result = World(options).run();
  if (!result.broken.empty()) {
    const char* no = std::getenv("SYNCSTORE_SHRINK");  // 0: that it fails is enough
    const WorldOptions shortest =
        no != nullptr && std::string(no) == "0" ? options : shrink(options);
    ADD_FAILURE() << failure(shortest, World(shortest).run());
  }
  return result;
}

WorldOptions world(std::uint64_t seed, int steps, int clients = 5) {
  WorldOptions options;
  options.seed = seed;
  options.steps = steps;
  options.clients = clients;
  return options;
}

// Many short lives and a few long ones.
struct Part {
  std::uint64_t first, seeds;
  int steps, clients;
};

class Simulation : public ::testing::TestWithParam<Part> {};

TEST_P(Simulation, ThePromisesHold) {
  const Part part = GetParam();
  WorldResult sum;
  for (std::uint64_t seed = part.first; seed < part.first + part.seeds; ++seed) {
    const WorldResult result = run_seed(world(seed, part.steps, part.clients));
    sum.steps += result.steps;
    sum.edits += result.edits;
    sum.crashes += result.crashes;
    sum.conflicts += result.conflicts;
    sum.restores += result.restores;
    sum.copies += result.copies;
    sum.judged += result.judged;
    sum.pages_left += result.pages_left;
    sum.answers_checked += result.answers_checked;
    sum.modes_changed += result.modes_changed;
  }
  EXPECT_EQ(sum.steps, part.seeds * static_cast<std::uint64_t>(part.steps));
  EXPECT_GT(sum.edits, sum.steps / 10);
  EXPECT_GT(sum.judged, sum.steps / 20);
  EXPECT_GT(sum.crashes, 10u);
  EXPECT_GT(sum.conflicts, 0u);
  EXPECT_GT(sum.restores, 0u);
  EXPECT_GT(sum.copies, 0u);
  EXPECT_GT(sum.pages_left, sum.steps / 20);
  EXPECT_GT(sum.answers_checked, sum.steps / 20);
  EXPECT_GT(sum.modes_changed, part.seeds / 4);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Simulation,
                         ::testing::Values(Part{1, 60, 120, 3}, Part{1'001, 12, 400, 5},
                                           Part{61, 60, 120, 3}, Part{1'013, 12, 400, 5},
                                           Part{2'001, 15, 2'000, 5}, Part{2'016, 15, 2'000, 5}));

TEST(SimulationRepeats, TheSameSeedGivesTheSameWorld) {
  for (std::uint64_t seed : {3u, 77u})
    EXPECT_EQ(run_seed(world(seed, 300)).digest, run_seed(world(seed, 300)).digest);
}

// What is followed step by step is compared with the same worked out from nothing, after each step.
TEST(SimulationRepeats, FollowedChecksEqualWholeOnes) {
  for (std::uint64_t seed : {5u, 8u}) {
    WorldOptions options = world(seed, 150);
    options.whole_every = 1;
    run_seed(options);
  }
}

// Seeds that once found a fault: seed,steps,clients,faults (with + between),why.
TEST(SimulationRegressions, HoldNow) {
  std::ifstream file(SYNCSTORE_TESTS_DIR "/simulation/regressions/seeds.csv");
  std::string line;
  ASSERT_TRUE(std::getline(file, line));
  std::size_t seeds = 0;
  for (; std::getline(file, line); ++seeds) {
    std::vector<std::string> cells;
    std::istringstream row(line);
    for (std::string cell; std::getline(row, cell, ',');)
      cells.push_back(cell);
    ASSERT_EQ(cells.size(), 5u) << line;
    std::replace(cells[3].begin(), cells[3].end(), '+', ',');
    WorldOptions options = world(std::stoull(cells[0]), std::stoi(cells[1]), std::stoi(cells[2]));
    const auto faults = FaultSet::parse(cells[3]);
    ASSERT_TRUE(faults.has_value()) << line;
    options.faults = *faults;
    run_seed(options);
  }
  EXPECT_GE(seeds, 2u);
}

TEST(SimulationFaults, AreNamedAndParsed) {
  EXPECT_EQ(FaultSet::parse("cut,crash")->text(), "cut,crash");
  EXPECT_EQ(FaultSet::parse("all")->text(), "all");
  EXPECT_EQ(FaultSet::parse("none")->text(), "none");
  EXPECT_FALSE(FaultSet::parse("cut,weather").has_value());
  EXPECT_TRUE(FaultSet::all().without(0).has(Fault::half_open));
  EXPECT_FALSE(FaultSet::all().without(0).has(Fault::cut));
}

TEST(SimulationFaults, WithoutThemNothingIsCutAndNothingComesBack) {
  WorldOptions options = world(9, 200);
  options.faults = FaultSet::none();
  const WorldResult result = run_seed(options);
  EXPECT_EQ(result.cuts + result.crashes + result.restores + result.copies, 0u);
  EXPECT_GT(result.edits, 30u);
}

TEST(SimulationReplay, IsOneLine) {
  WorldOptions options = world(7, 31, 2);
  EXPECT_EQ(replay_command(options), "syncstore simulate --seed 7 --steps 31 --clients 2");
  options.faults = *FaultSet::parse("crash");
  EXPECT_EQ(replay_command(options),
            "syncstore simulate --seed 7 --steps 31 --clients 2 --faults crash");
  // What holds is as short as it can be said.
  EXPECT_EQ(replay_command(shrink(options)), replay_command(options));
}

// For many seeds: SYNCSTORE_SEED=first, SYNCSTORE_SEEDS=count, SYNCSTORE_STEPS=n,
// SYNCSTORE_FAULTS=cut,crash. Tells each one's digest, which is the same in every build.
TEST(SimulationOn, Demand) {
  const auto number = [](const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
  };
  const std::uint64_t first = number("SYNCSTORE_SEED", 2'000);
  for (std::uint64_t i = 0; i < number("SYNCSTORE_SEEDS", 1) && !HasFailure(); ++i) {
    WorldOptions options = world(first + i, static_cast<int>(number("SYNCSTORE_STEPS", 120)));
    if (const char* faults = std::getenv("SYNCSTORE_FAULTS"))
      options.faults = FaultSet::parse(faults).value_or(FaultSet::none());
    std::puts(summary(options, run_seed(options)).c_str());
  }
}

}  // namespace
}  // namespace syncstore::simulation
