#include "server/base/config.hpp"

#include <algorithm>
#include <optional>

#include "server/base/settings.hpp"

namespace syncstore {
namespace {

std::optional<SettingValue> find(const ConfigLayers& layers, std::string_view name) {
  return setting_value(layers, name);
}

std::optional<int> parse_number(std::string_view text, int max) {
  if (text.empty() || text.size() > 9)
    return std::nullopt;
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9')
      return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value <= max ? std::optional<int>(value) : std::nullopt;
}

std::optional<bool> parse_flag(std::string_view text) {
  if (text == "true" || text == "1" || text == "yes" || text == "on" || text.empty())
    return true;
  if (text == "false" || text == "0" || text == "no" || text == "off")
    return false;
  return std::nullopt;
}

bool is_origin(std::string_view url) {
  const std::size_t scheme = url.starts_with("http://") ? 7 : url.starts_with("https://") ? 8 : 0;
  if (scheme == 0 || url.size() == scheme)
    return false;
  return url.find_first_of("/?# \\@", scheme) == std::string_view::npos;
}

class Reading {
 public:
  Reading(const ConfigLayers& layers, std::vector<std::string>& faults)
      : layers_(layers), faults_(faults) {}

  ServerConfig run() {
    text("data", config_.data);
    text("config", config_.config_file);
    if (config_.data.empty())
      faults_.push_back("--data DIR is needed: the directory that keeps the data.");
    listen();
    public_url();
    picture_base_url();
    origins();
    if (const auto proxies = find(layers_, "trusted-proxy"))
      config_.trusted_proxies = proxies->values;
    tls();
    flag("demo", config_.demo);
    flag("print-sign-ins", config_.print_sign_ins);
    number("rate-limit", config_.rate_limit);
    number("replica-records", config_.replica_records);
    log();
    backup();
    text("web", config_.web);
    return std::move(config_);
  }

 private:
  void text(std::string_view name, std::string& into) {
    if (const auto setting = find(layers_, name); setting && !setting->values.empty())
      into = setting->values.back();
  }

  void flag(std::string_view name, bool& into) {
    const auto setting = find(layers_, name);
    if (!setting)
      return;
    const auto value = parse_flag(setting->values.empty() ? "" : setting->values.back());
    if (value) {
      into = *value;
    } else {
      faults_.push_back(setting->source + " is true or false, not \"" + setting->values.back() +
                        "\".");
    }
  }

  void listen() {
    const auto setting = find(layers_, "listen");
    const auto port_setting = find(layers_, "port");
    if (setting) {
      const std::string& value = setting->values.back();
      const std::size_t colon = value.rfind(':');
      const auto port = colon == std::string::npos
                            ? std::nullopt
                            : parse_number(std::string_view(value).substr(colon + 1), 65'535);
      std::string address = colon == std::string::npos ? "" : value.substr(0, colon);
      if (address.size() > 2 && address.front() == '[' && address.back() == ']') {
        address = address.substr(1, address.size() - 2);
      }
      if (!port || address.empty()) {
        faults_.push_back(setting->source + " is ADDRESS:PORT like 127.0.0.1:8080, not \"" + value +
                          "\".");
        return;
      }
      config_.listen_address = address == "localhost" ? "127.0.0.1" : address;
      config_.listen_port = static_cast<std::uint16_t>(*port);
    }
    // PORT is the environment's word for the port alone: weaker than a --listen and than
    // SYNCSTORE_LISTEN.
    if (!port_setting || layers_.flags.contains("listen") || layers_.environment.contains("listen"))
      return;
    const auto port = parse_number(port_setting->values.back(), 65'535);
    if (!port) {
      faults_.push_back("PORT is a number from 0 to 65535, not \"" + port_setting->values.back() +
                        "\".");
    } else {
      config_.listen_port = static_cast<std::uint16_t>(*port);
    }
  }

  void public_url() {
    const auto setting = find(layers_, "public-url");
    if (!setting || setting->values.back().empty())
      return;
    std::string url = setting->values.back();
    while (url.ends_with('/'))
      url.pop_back();
    if (!is_origin(url)) {
      faults_.push_back(setting->source + " is like https://shop.example.com, not \"" +
                        setting->values.back() + "\".");
      return;
    }
    config_.public_url = url;
  }

  // Only https: what browsers may load pictures from besides the page's own server.
  void picture_base_url() {
    const auto setting = find(layers_, "picture-base-url");
    if (!setting || setting->values.back().empty())
      return;
    std::string url = setting->values.back();
    while (url.ends_with('/'))
      url.pop_back();
    const std::size_t path = url.find('/', 8);
    if (!url.starts_with("https://") || !is_origin(url.substr(0, path)) ||
        url.find_first_of("?# \\\"") != std::string::npos) {
      faults_.push_back(setting->source + " is like https://cdn.example.com/pictures, not \"" +
                        setting->values.back() + "\".");
      return;
    }
    config_.picture_base_url = url;
  }

  void origins() {
    const auto setting = find(layers_, "allowed-origin");
    if (!setting)
      return;
    for (std::string origin : setting->values) {
      while (origin.ends_with('/'))
        origin.pop_back();
      if (is_origin(origin)) {
        config_.allowed_origins.push_back(origin);
      } else {
        faults_.push_back(setting->source + " is like https://other.example.com, not \"" + origin +
                          "\".");
      }
    }
  }

  void tls() {
    text("tls-cert", config_.tls_certificate);
    text("tls-key", config_.tls_key);
    const bool files = !config_.tls_certificate.empty() || !config_.tls_key.empty();
    if (config_.tls_certificate.empty() != config_.tls_key.empty()) {
      faults_.push_back("--tls-cert and --tls-key belong together: give both files.");
    }
    if (const auto setting = find(layers_, "tls")) {
      if (setting->values.back() != "local") {
        faults_.push_back(setting->source + " knows only \"local\", not \"" +
                          setting->values.back() + "\".");
      } else if (files) {
        faults_.push_back(
            "--tls local makes its own certificate: leave out --tls-cert and --tls-key.");
      } else {
        config_.tls = TlsMode::local;
      }
    }
    if (files)
      config_.tls = TlsMode::files;
  }

  void number(std::string_view name, int& into) {
    const auto given = find(layers_, name);
    if (!given)
      return;
    const Setting& setting = *find_setting(name);
    std::string_view value = given->values.empty() ? "" : std::string_view(given->values.back());
    if (name == "rate-limit" && value.ends_with("/min"))
      value.remove_suffix(4);
    const auto read = parse_number(value, setting.most);
    if (read && *read >= setting.least) {
      into = *read;
    } else {
      faults_.push_back(given->source + " takes " + allowed_values(setting) + ", not \"" +
                        std::string(value) + "\".");
    }
  }

  void log() {
    if (const auto given = find(layers_, "log")) {
      const std::string& value = given->values.back();
      if (value == "json")
        config_.log = LogFormat::json;
      if (value != "json" && value != "text")
        faults_.push_back(given->source + " is text or json, not \"" + value + "\".");
    }
    text("log-file", config_.log_file.path);
    int megabytes = static_cast<int>(config_.log_file.bytes / 1'000'000);
    int files = static_cast<int>(config_.log_file.files);
    number("log-size", megabytes);
    number("log-files", files);
    config_.log_file.bytes = static_cast<std::size_t>(megabytes) * 1'000'000;
    config_.log_file.files = static_cast<std::size_t>(files);
  }

  void backup() {
    number("backup-every", config_.backup.every_hours);
    number("backup-keep", config_.backup.keep_days);
    text("backup-dir", config_.backup.directory);
    const auto given = find(layers_, "backup-time");
    if (!given)
      return;
    const std::string& value = given->values.back();
    const std::string_view view(value);
    const bool shaped = view.size() == 5 && view[2] == ':';
    const auto hour = shaped ? parse_number(view.substr(0, 2), 23) : std::nullopt;
    const auto minute = shaped ? parse_number(view.substr(3), 59) : std::nullopt;
    if (hour && minute) {
      config_.backup.minute_of_day = *hour * 60 + *minute;
    } else {
      faults_.push_back(given->source + " is a time of day like 03:00, not \"" + value + "\".");
    }
  }

  const ConfigLayers& layers_;
  std::vector<std::string>& faults_;
  ServerConfig config_;
};

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(", "), text.size());
    if (end > 0)
      items.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return items;
}

}  // namespace

std::optional<SettingValue> setting_value(const ConfigLayers& layers, std::string_view name) {
  if (const auto found = layers.flags.find(name); found != layers.flags.end())
    return SettingValue{"--" + std::string(name), found->second};
  if (const auto found = layers.environment.find(name); found != layers.environment.end())
    return SettingValue{variable_name(name), found->second};
  if (const auto found = layers.file.find(name); found != layers.file.end()) {
    const auto place = layers.file_places.find(name);
    return SettingValue{place != layers.file_places.end()
                            ? place->second + ": " + std::string(name)
                            : std::string(name) + " in the configuration file",
                        found->second};
  }
  return std::nullopt;
}

ConfigLayer environment_layer(const char* const* environment) {
  ConfigLayer layer;
  for (; environment != nullptr && *environment != nullptr; ++environment) {
    const std::string_view entry(*environment);
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos)
      continue;
    const std::string_view name = entry.substr(0, equals);
    const std::string value(entry.substr(equals + 1));
    if (name == "PORT" && !value.empty())
      layer["port"] = {value};
    for (const Setting& setting : settings()) {
      // An empty variable is as good as none: that is how deployments blank one out.
      if (name != variable_name(setting.name) || value.empty())
        continue;
      layer[std::string(setting.name)] =
          setting.kind == SettingKind::list ? split_list(value) : std::vector<std::string>{value};
    }
  }
  return layer;
}

ServerConfig read_config(const ConfigLayers& layers, std::vector<std::string>& faults) {
  return Reading(layers, faults).run();
}

}  // namespace syncstore
