// `syncstore restore`: the one command that replaces a directory's data, and so never acts through
// a running server.
#pragma once

#include "server/app/command_line.hpp"

namespace syncstore::app {

// Answers the exit code; what happened stands on standard output, what is wrong on standard error.
int run_restore(const CommandLine& line);

}  // namespace syncstore::app
