#include "server/base/settings.hpp"

#include <array>

#include "core/base/limits.hpp"

namespace syncstore {
namespace {

using enum SettingKind;

constexpr int kMostRequests = 1'000'000;  // a minute: more than any machine answers
// Below, the few records that every screen needs would be told in pages; above, no browser keeps
// up.
constexpr int kFewestReplica = 10;
constexpr int kMostReplica = 1'000'000;

constexpr std::array kSettings{
    Setting{"data", text, "DIR", "", "", 0, 0, false, "",
            "The directory that keeps the data; made when it does not exist"},
    Setting{"config", text, "FILE", "", "", 0, 0, false, "",
            "The configuration file, when it is not DIR/syncstore.toml"},
    Setting{"listen", text, "ADDRESS:PORT", "\"127.0.0.1:8080\"", "", 0, 0, true, "",
            "Where to listen; port 0 takes any free port, 0.0.0.0 is every network of the machine"},
    Setting{"public-url", text, "URL", "", "", 0, 0, true, "\"https://shop.example.com\"",
            "The address people use, when a proxy stands in front"},
    Setting{"picture-base-url", text, "URL", "", "", 0, 0, true,
            "\"https://cdn.example.com/pictures\"",
            "Where browsers load pictures of products from instead of here: BASE/HASH/SIZE.webp"},
    Setting{"allowed-origin", list, "URL", "", "", 0, 0, true, "[\"https://other.example.com\"]",
            "Other web sites whose pages may call this server"},
    Setting{"trusted-proxy", list, "CIDR", "", "", 0, 0, true, "[\"127.0.0.1/32\"]",
            "Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed"},
    Setting{"tls", text, "local", "", "", 0, 0, true, "\"local\"",
            "\"local\" makes a certificate for this machine and keeps it in the data directory"},
    Setting{"tls-cert", text, "FILE", "", "", 0, 0, true, "\"/etc/ssl/shop/fullchain.pem\"",
            "Certificate chain in PEM; SIGHUP reads it again"},
    Setting{"tls-key", text, "FILE", "", "", 0, 0, true, "\"/etc/ssl/shop/privkey.pem\"",
            "Its private key in PEM; belongs to tls-cert"},
    Setting{"rate-limit", number, "N", "100", "requests a minute and user", 0, kMostRequests, true,
            "", "HTTP requests above it are answered 429; 0 switches all limits off"},
    Setting{"replica-records", number, "N", "100000", "records of one collection", kFewestReplica,
            kMostReplica, true, "",
            "Browsers copy smaller collections and work on them offline; larger ones are told page "
            "by page, until they fall below nine tenths of it"},
    Setting{"log", text, "FORMAT", "\"text\"", "", 0, 0, true, "",
            "How lines of the log are written: \"text\" for people, \"json\" for programs"},
    Setting{"log-file", text, "FILE", "", "", 0, 0, true, "\"/var/log/syncstore/syncstore.log\"",
            "Where the log goes instead of standard error; SIGHUP opens it again"},
    Setting{"log-size", number, "N", "10", "megabytes", 1,
            static_cast<int>(limits::kLogFileMegabytesMax), true, "",
            "A log file of this size is put aside as FILE.1, and a new one begun"},
    Setting{"log-files", number, "N", "5", "files", 1, static_cast<int>(limits::kLogFilesMax), true,
            "", "How many log files are kept, the current one included"},
    Setting{"backup-every", number, "N", "24", "hours", 0, limits::kBackupHoursMax, true, "",
            "Time between two backups; 0 switches them off"},
    Setting{"backup-time", text, "HH:MM", "\"03:00\"", "", 0, 0, true, "",
            "When the backup of a day is made, in UTC; with a shorter interval, where it begins"},
    Setting{"backup-keep", number, "N", "30", "days", 1, limits::kBackupKeepDaysMax, true, "",
            "Older backups are removed; the newest one always stays"},
    Setting{"backup-dir", text, "DIR", "", "", 0, 0, true, "\"/mnt/other-disk/syncstore\"",
            "Where backups go instead of DIR/backups; another disk survives the loss of this one"},
    Setting{"web", text, "DIR", "", "", 0, 0, true, "\"/usr/share/syncstore/web\"",
            "Folder of the built web application, when it does not stand beside the program"},
    Setting{"demo", flag, "", "false", "", 0, 0, true, "",
            "Fill an empty data directory with two demo stores and people"},
    Setting{"print-sign-ins", flag, "", "false", "", 0, 0, true, "",
            "After the first line print ADDRESS and the demo's SIGN-IN lines"},
};

}  // namespace

std::span<const Setting> settings() { return kSettings; }

const Setting* find_setting(std::string_view name) {
  for (const Setting& setting : kSettings) {
    if (setting.name == name)
      return &setting;
  }
  return nullptr;
}

std::string variable_name(std::string_view setting) {
  std::string name = "SYNCSTORE_";
  for (const char c : setting)
    name.push_back(c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c));
  return name;
}

std::string allowed_values(const Setting& setting) {
  switch (setting.kind) {
    case flag:
      return "true or false";
    case number:
      return "a number of " + std::string(setting.unit) + ", " + std::to_string(setting.least) +
             " to " + std::to_string(setting.most);
    case list:
      return "a list of texts (" + std::string(setting.value) + ")";
    case text:
      break;
  }
  return "a text (" + std::string(setting.value) + ")";
}

}  // namespace syncstore
