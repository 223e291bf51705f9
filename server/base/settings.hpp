// The settings of the server as one table: flags of `serve`, variables SYNCSTORE_<NAME>, keys of
// the configuration file, `config print` and docs/configuration.md are all read from it. Constant.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace syncstore {

enum class SettingKind : std::uint8_t { text, flag, number, list };

struct Setting {
  std::string_view name;  // without dashes
  SettingKind kind;
  std::string_view value;     // what help calls the value, for example ADDRESS:PORT
  std::string_view standard;  // as it would stand in the file; "" = none
  std::string_view unit;      // of a number
  int least;                  // of a number, both included
  int most;
  bool in_file;              // false: a flag or a variable only
  std::string_view example;  // a value as it stands in the file; "" = the standard one
  std::string_view help;     // one line
};

std::span<const Setting> settings();
const Setting* find_setting(std::string_view name);  // nullptr: there is none

// SYNCSTORE_ and the name in capitals with '_'.
std::string variable_name(std::string_view setting);
// "a number of minutes, 1 to 60", "true or false", ...: what follows "takes".
std::string allowed_values(const Setting& setting);

}  // namespace syncstore
