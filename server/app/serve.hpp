// `syncstore serve`: opens the house, opens the doors, waits for the signal to go, drains.
#pragma once

#include "server/app/command_line.hpp"

namespace syncstore::app {

int serve(const CommandLine& line, const char* const* environment);

}  // namespace syncstore::app
