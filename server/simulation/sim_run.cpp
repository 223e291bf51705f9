#include "server/simulation/sim_run.hpp"

#include <algorithm>

namespace syncstore::simulation {
namespace {

std::string hex(std::uint64_t number) {
  std::string text(16, '0');
  for (std::size_t i = 0; i < 16; ++i)
    text[15 - i] = "0123456789abcdef"[number >> (4 * i) & 15];
  return text;
}

bool fails(const WorldOptions& options, WorldResult& result) {
  result = World(options).run();
  return !result.broken.empty();
}

// Down to the step in which it broke; what breaks only in the end is halved.
void cut_steps(WorldOptions& options, WorldResult result) {
  if (result.steps < static_cast<std::uint64_t>(options.steps)) {
    options.steps = static_cast<int>(result.steps);
    return;
  }
  int low = 0;
  while (low + 1 < options.steps) {
    WorldOptions shorter = options;
    shorter.steps = (low + options.steps) / 2;
    if (fails(shorter, result)) {
      options.steps =
          static_cast<int>(std::min(result.steps, static_cast<std::uint64_t>(shorter.steps)));
    } else {
      low = shorter.steps;
    }
  }
}

}  // namespace

std::string summary(const WorldOptions& options, const WorldResult& result) {
  const auto count = [](std::uint64_t number, const char* what) {
    return std::to_string(number) + " " + what;
  };
  return "seed " + std::to_string(options.seed) + ", " + count(result.steps, "steps, ") +
         std::to_string(options.clients) + " clients: " + count(result.edits, "edits, ") +
         count(result.change_sets, "change sets, ") + count(result.judged, "answers judged, ") +
         count(result.conflicts, "conflicts, ") + count(result.crashes, "crashes, ") +
         count(result.cuts, "cuts, ") + count(result.restores, "restores, ") +
         count(result.copies, "copied directories, ") +
         count(result.modes_changed, "changes of mode, ") + count(result.pages_left, "pages, ") +
         count(result.answers_checked, "tables of them at rest; digest ") + hex(result.digest);
}

std::string replay_command(const WorldOptions& options) {
  std::string command = "syncstore simulate --seed " + std::to_string(options.seed) + " --steps " +
                        std::to_string(options.steps) + " --clients " +
                        std::to_string(options.clients);
  if (!(options.faults == FaultSet::all()))
    command += " --faults " + options.faults.text();
  return command;
}

std::string failure(const WorldOptions& options, const WorldResult& result) {
  std::string text = "seed " + std::to_string(options.seed) + " breaks after " +
                     std::to_string(result.steps) + " steps\n";
  for (const std::string& line : result.broken)
    text += "  " + line + "\n";
  return text + "  again: " + replay_command(options) + "\n";
}

WorldOptions shrink(WorldOptions options) {
  WorldResult result;
  if (!fails(options, result))
    return options;
  cut_steps(options, result);
  for (std::size_t fault = 0; fault < FaultSet::kCount; ++fault) {
    WorldOptions fewer = options;
    fewer.faults = options.faults.without(fault);
    if (fewer.faults == options.faults || !fails(fewer, result))
      continue;
    options = fewer;
    options.steps =
        static_cast<int>(std::min(result.steps, static_cast<std::uint64_t>(options.steps)));
  }
  while (options.clients > 1) {
    WorldOptions fewer = options;
    --fewer.clients;
    if (!fails(fewer, result))
      break;
    options = fewer;
  }
  if (fails(options, result))
    cut_steps(options, result);
  return options;
}

}  // namespace syncstore::simulation
