// DIR/syncstore.toml.
#pragma once

#include <string>
#include <vector>

#include "server/base/config.hpp"

namespace syncstore::app {

// Keys are the flags' names; values text, number, true/false, or lists of texts. Missing file:
// nothing. Faults are sentences.
ConfigLayer read_config_file(const std::string& path, std::vector<std::string>& faults);

}  // namespace syncstore::app
