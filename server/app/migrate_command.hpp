// `syncstore migrate`: brings a directory's data to this program's schema without serving it;
// `--dry-run` says beforehand what would become of the data, and of edits that wait in browsers.
#pragma once

#include "server/app/command_line.hpp"

namespace syncstore::app {

// kExitRejected when a rehearsal found values that this version would not take any more, or waiting
// edits that it would refuse. What is found stands on standard output.
int run_migrate(const CommandLine& line);

}  // namespace syncstore::app
