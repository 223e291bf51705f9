// The command line: what was asked for, parsed and checked for form. Parsing prints help and usage
// errors itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/json.hpp"
#include "server/base/config.hpp"

namespace syncstore::app {

// Exit codes of the program.
enum ExitCode : int {
  kExitOk = 0,
  kExitFailed = 1,
  kExitUsage = 2,
  kExitDirectory = 3,
  kExitAddress = 4,
  kExitRejected = 5
};

struct SimulateOptions {
  std::uint64_t seed = 1;
  std::uint64_t seeds = 1;  // so many from there on
  std::uint64_t jobs = 0;   // worlds side by side; 0 = as many as there are cores
  int steps = 2'000;
  int clients = 5;
  std::string faults = "all";
};

struct CommandLine {
  std::string name;               // "serve", "store add", ..., "version"
  ConfigLayer flags;              // of serve, and --config of others
  std::string data;               // of the others; "" = not given
  Json request = Json::object();  // of the others: what AdminCommands take, without "command"
  bool json = false;              // print the answer as JSON
  std::string errors_csv;         // import: where rejected rows go
  bool dry_run = false;           // migrate: on a copy
  std::string edits;              // migrate: waiting edits that somebody exported
  bool wants_password = false;    // from standard input
  SimulateOptions simulate;
};

// nullopt: `exit_code` is the answer (help, usage error).
std::optional<CommandLine> parse_command_line(int argc, const char* const* argv, int& exit_code);

}  // namespace syncstore::app
