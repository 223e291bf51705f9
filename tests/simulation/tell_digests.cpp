// tell_digests SEED SEEDS STEPS CLIENTS: one line for each world, which ends with the digest of its
// outcome, whether its promises held or not. The same in every build: same_digests.py compares two.
#include <cstdio>
#include <cstdlib>

#include "server/simulation/sim_run.hpp"

int main(int argc, char** argv) {
  using namespace syncstore::simulation;
  std::uint64_t numbers[] = {1, 1, 300, 5};
  for (int i = 1; i < argc && i <= 4; ++i)
    numbers[i - 1] = std::strtoull(argv[i], nullptr, 10);
  for (std::uint64_t seed = numbers[0]; seed < numbers[0] + numbers[1]; ++seed) {
    WorldOptions options;
    options.seed = seed;
    options.steps = static_cast<int>(numbers[2]);
    options.clients = static_cast<int>(numbers[3]);
    std::puts(summary(options, World(options).run()).c_str());
  }
  return 0;
}
