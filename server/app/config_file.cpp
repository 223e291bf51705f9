#include "server/app/config_file.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>

namespace syncstore::app {
namespace {

std::string where(const std::string& path, const toml::source_region& region) {
  return path + ", line " + std::to_string(region.begin.line) + ": ";
}

bool append_text(const toml::node& node, std::vector<std::string>& values) {
  if (const auto text = node.value_exact<std::string>()) {
    values.push_back(*text);
  } else if (const auto number = node.value_exact<std::int64_t>()) {
    values.push_back(std::to_string(*number));
  } else if (const auto flag = node.value_exact<bool>()) {
    values.emplace_back(*flag ? "true" : "false");
  } else {
    return false;
  }
  return true;
}

}  // namespace

ConfigLayer read_config_file(const std::string& path, std::vector<std::string>& faults) {
  ConfigLayer layer;
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    return layer;
  toml::table table;
  try {
    table = toml::parse_file(path);
  } catch (const toml::parse_error& wrong) {
    faults.push_back(where(path, wrong.source()) + std::string(wrong.description()));
    return layer;
  }
  const auto& names = setting_names();
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    // The directory is where the file lies, so it cannot be told by the file.
    if (name == "data" || std::find(names.begin(), names.end(), name) == names.end()) {
      faults.push_back(where(path, node.source()) + "there is no setting \"" + name + "\".");
      continue;
    }
    std::vector<std::string> values;
    bool good = true;
    if (const toml::array* list = node.as_array()) {
      for (const toml::node& item : *list)
        good = append_text(item, values) && good;
    } else {
      good = append_text(node, values);
    }
    if (!good || values.empty()) {
      faults.push_back(where(path, node.source()) + "\"" + name +
                       "\" is a text, a number, true or false.");
    } else {
      layer[name] = std::move(values);
    }
  }
  return layer;
}

}  // namespace syncstore::app
