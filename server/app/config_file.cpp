#include "server/app/config_file.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>

#include "core/base/limits.hpp"
#include "server/base/settings.hpp"

namespace syncstore::app {
namespace {

std::string place(const std::string& path, const toml::source_region& region) {
  return path + ", line " + std::to_string(region.begin.line);
}

// Underscores for hyphens is the usual slip.
std::string nearest(std::string name) {
  std::replace(name.begin(), name.end(), '_', '-');
  return find_setting(name) != nullptr ? " It is written \"" + name + "\"." : std::string();
}

// The value as text when it is of the setting's kind.
std::optional<std::string> value_text(const Setting& setting, const toml::node& node) {
  switch (setting.kind) {
    case SettingKind::flag:
      if (const auto value = node.value_exact<bool>())
        return *value ? "true" : "false";
      return std::nullopt;
    case SettingKind::number:
      if (const auto value = node.value_exact<std::int64_t>())
        return std::to_string(*value);
      return std::nullopt;
    case SettingKind::text:
    case SettingKind::list:
      break;
  }
  return node.value_exact<std::string>();
}

std::optional<std::vector<std::string>> read_values(const Setting& setting,
                                                    const toml::node& node) {
  const toml::array* const list = node.as_array();
  if (list != nullptr && setting.kind != SettingKind::list)
    return std::nullopt;
  std::vector<std::string> values;
  const auto take = [&](const toml::node& item) {
    auto text = value_text(setting, item);
    if (text)
      values.push_back(std::move(*text));
    return text.has_value();
  };
  if (list == nullptr)
    return take(node) ? std::optional(values) : std::nullopt;
  for (const toml::node& item : *list) {
    if (!take(item))
      return std::nullopt;
  }
  return values;
}

// The parser takes for granted that digits follow here; no setting is a date.
bool has_date_without_time(std::string_view text) {
  const auto digit = [&](std::size_t at) {
    return at < text.size() && text[at] >= '0' && text[at] <= '9';
  };
  for (std::size_t at = text.find('-'); at != std::string_view::npos; at = text.find('-', at + 1)) {
    const std::string_view behind = text.substr(std::min(at + 3, text.size()), 2);
    if (!digit(at + 1) || !digit(at + 2) || behind.empty() || digit(at + 4))
      continue;
    if (behind[0] == 'T' || behind[0] == 't' || behind == " :")
      return true;
  }
  return false;
}

// At most kConfigFileBytes of it: it may have grown since it was measured.
std::optional<std::string> read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return std::nullopt;
  std::string text(limits::kConfigFileBytes, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

}  // namespace

void read_config_file(const std::string& path, ConfigLayers& layers,
                      std::vector<std::string>& faults) {
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    return;
  const auto size = std::filesystem::file_size(path, error);
  if (error || size > limits::kConfigFileBytes) {
    faults.push_back(path + ": " +
                     (error ? error.message() : "this is too large for a configuration file") +
                     ".");
    return;
  }
  toml::table table;
  try {
    const std::optional<std::string> text = read_text(path);
    if (!text || has_date_without_time(*text)) {
      faults.push_back(path + (text ? ": a date ends without its time." : ": cannot be read."));
      return;
    }
    table = toml::parse(*text, path);
  } catch (const toml::parse_error& wrong) {
    faults.push_back(place(path, wrong.source()) + ": " + std::string(wrong.description()) + ".");
    return;
  }
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    const std::string here = place(path, node.source());
    const Setting* const setting = find_setting(name);
    if (setting == nullptr) {
      faults.push_back(here + ": there is no setting \"" + name + "\"." + nearest(name));
    } else if (!setting->in_file) {
      faults.push_back(here + ": \"" + name + "\" cannot stand in the file: use --" + name +
                       " or " + variable_name(name) + ".");
    } else if (auto values = read_values(*setting, node)) {
      if (!values->empty())
        layers.file[name] = std::move(*values);
      layers.file_places[name] = here;
    } else {
      faults.push_back(here + ": \"" + name + "\" takes " + allowed_values(*setting) + ".");
    }
  }
}

ConfigLayers read_layers(ConfigLayer flags, const char* const* environment,
                         std::vector<std::string>& faults) {
  ConfigLayers layers;
  layers.flags = std::move(flags);
  layers.environment = environment_layer(environment);
  const auto last = [&layers](std::string_view name) {
    const auto found = setting_value(layers, name);
    return found && !found->values.empty() ? found->values.back() : std::string();
  };
  const std::string named = last("config");
  const std::string data = last("data");
  std::error_code error;
  if (!named.empty() && !std::filesystem::is_regular_file(named, error)) {
    faults.push_back(named + ": there is no such configuration file.");
  } else if (!named.empty()) {
    read_config_file(named, layers, faults);
  } else if (!data.empty()) {
    read_config_file(data + "/syncstore.toml", layers, faults);
  }
  return layers;
}

}  // namespace syncstore::app
