#include "server/app/config_commands.hpp"

#include <iostream>

#include "server/app/config_file.hpp"
#include "server/base/settings.hpp"

namespace syncstore::app {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string as_written(const Setting& setting, const std::vector<std::string>& values) {
  if (setting.kind == SettingKind::list) {
    std::string list = "[";
    for (const std::string& value : values)
      list += (list.size() > 1 ? ", " : "") + quoted(value);
    return list + "]";
  }
  const std::string& last = values.back();
  if (setting.kind == SettingKind::text)
    return quoted(last);
  return setting.kind == SettingKind::number ? last.substr(0, last.find('/')) : last;
}

void explain(std::string& out, const Setting& setting, const ConfigLayers& layers) {
  const std::string name(setting.name);
  out += "\n# " + std::string(setting.help) + ".\n# Takes " + allowed_values(setting) +
         "; standard: " + (setting.standard.empty() ? "none" : std::string(setting.standard)) +
         ". Also --" + name + ", " + variable_name(name) + ".\n";
  const auto value = setting_value(layers, name);
  if (value && !value->values.empty()) {
    out += "# Set by " + value->source + ".\n" + name + " = " + as_written(setting, value->values) +
           "\n";
    return;
  }
  const std::string_view shown = setting.example.empty() ? setting.standard : setting.example;
  out += "# " + name + " = " + std::string(shown) + "\n";
}

}  // namespace

std::string explained_settings(const ConfigLayers& layers) {
  std::string out =
      "# Settings of SyncStore. A flag of `syncstore serve` wins over the environment, the\n"
      "# environment over this file. `syncstore config check` says what is wrong in it; the "
      "server\n"
      "# reads it when it starts.\n";
  for (const Setting& setting : settings()) {
    if (setting.in_file)
      explain(out, setting, layers);
  }
  return out;
}

int run_config(const CommandLine& line, const char* const* environment) {
  ConfigLayer flags = line.flags;
  if (!line.data.empty())
    flags["data"] = {line.data};
  std::vector<std::string> faults;
  ConfigLayers layers = read_layers(std::move(flags), environment, faults);
  if (line.name == "config print" && faults.empty()) {
    std::cout << explained_settings(layers);
    std::cout.flush();
    return std::cout.good() ? kExitOk : kExitFailed;
  }
  // A file alone can be checked: where the data is going to be is no part of it.
  layers.flags.try_emplace("data", std::vector<std::string>{"."});
  static_cast<void>(read_config(layers, faults));
  if (line.json) {
    Json list = Json::array();
    for (const std::string& fault : faults)
      list.push(fault);
    Json answer = Json::object();
    answer.set("ok", faults.empty()).set("faults", std::move(list));
    std::cout << answer.dump() << "\n";
  } else {
    for (const std::string& fault : faults)
      std::cerr << "syncstore: " << fault << "\n";
    if (faults.empty() && line.name == "config check")
      std::cout << "The configuration is right.\n";
  }
  return faults.empty() ? kExitOk : kExitUsage;
}

}  // namespace syncstore::app
