// Where settings come from: flags, environment, and a TOML file, DIR/syncstore.toml unless another
// one is named.
#pragma once

#include <string>
#include <vector>

#include "server/base/config.hpp"

namespace syncstore::app {

// Keys are the settings' names; each value of its setting's kind. A missing file is an empty one.
// Faults are sentences that begin with file and line.
void read_config_file(const std::string& path, ConfigLayers& layers,
                      std::vector<std::string>& faults);

// Flags as given; the file is the one named by --config or SYNCSTORE_CONFIG (it must exist), else
// the data directory's.
ConfigLayers read_layers(ConfigLayer flags, const char* const* environment,
                         std::vector<std::string>& faults);

}  // namespace syncstore::app
