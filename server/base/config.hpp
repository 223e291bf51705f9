// Settings of the server, put together from the command line, the environment and
// DIR/syncstore.toml, in that order of strength. Pure: the sources are read by server/app.
// Immutable after start.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.hpp"

namespace syncstore {

// Flag name without dashes -> its values as texts.
using ConfigLayer = std::map<std::string, std::vector<std::string>, std::less<>>;

struct ConfigLayers {
  ConfigLayer flags;
  ConfigLayer environment;
  ConfigLayer file;
  // Where the file says it, for sentences about a fault: name -> "PATH, line N".
  std::map<std::string, std::string, std::less<>> file_places;
};

enum class LogFormat : std::uint8_t { text, json };
enum class TlsMode : std::uint8_t { off, files, local };

struct BackupConfig {
  int every_hours = 24;        // 0 = none
  int minute_of_day = 3 * 60;  // UTC
  int keep_days = 30;
  std::string directory;  // "" = DIR/backups
};

struct LogFileConfig {
  std::string path;  // "" = standard error
  std::size_t bytes = 10 * 1'000'000;
  std::size_t files = 5;  // the current one included
};

struct ServerConfig {
  std::string data;
  std::string config_file;  // the one that was named; "" = DIR/syncstore.toml
  std::string listen_address = "127.0.0.1";
  std::uint16_t listen_port = 8080;
  std::string public_url;  // without a slash at the end; "" = as listened on
  std::string picture_base_url;  // without a slash at the end; "" = pictures come from here
  std::vector<std::string> allowed_origins;
  std::vector<std::string> trusted_proxies;
  TlsMode tls = TlsMode::off;
  std::string tls_certificate;
  std::string tls_key;
  bool demo = false;
  int rate_limit = 100;  // requests a minute and user; 0 = off
  int replica_records = static_cast<int>(limits::kReplicaRecords);  // of one collection
  LogFormat log = LogFormat::text;
  LogFileConfig log_file;
  BackupConfig backup;
  std::string web;  // folder of the web application; "" = the default
  bool print_sign_ins = false;
};

// SYNCSTORE_<FLAG> with '-' as '_', lists separated by blanks or commas; PORT replaces the port of
// --listen unless SYNCSTORE_LISTEN is there.
ConfigLayer environment_layer(const char* const* environment);

// All faults at once, each a sentence that names the flag (or the variable or file line it came
// from) and what to write.
ServerConfig read_config(const ConfigLayers& layers, std::vector<std::string>& faults);

// The values of a setting in the strongest layer that has it, and what that layer calls it.
struct SettingValue {
  std::string source;  // "--listen", "SYNCSTORE_LISTEN", "PATH, line 3: listen"
  std::vector<std::string> values;
};
std::optional<SettingValue> setting_value(const ConfigLayers& layers, std::string_view name);

}  // namespace syncstore
