// `syncstore config print` and `config check`: the settings as a file that explains itself, and
// what is wrong with the one there is. Neither touches the data.
#pragma once

#include <string>

#include "server/app/command_line.hpp"

namespace syncstore::app {

// Every setting with explanation, unit, bounds and standard value; those that are set stand as
// values with what set them, the others as comments. Itself a configuration file.
std::string explained_settings(const ConfigLayers& layers);

int run_config(const CommandLine& line, const char* const* environment);

}  // namespace syncstore::app
