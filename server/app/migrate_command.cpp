#include "server/app/migrate_command.hpp"

#include <fstream>
#include <iostream>
#include <sstream>

#include "server/adapters/crypto/crypto.hpp"
#include "server/adapters/sqlite/upgrade.hpp"
#include "server/adapters/system/clock.hpp"
#include "server/app/upgrade_report.hpp"

namespace syncstore::app {
namespace {

constexpr std::size_t kEditsBytes = 256u << 20;  // a full queue of the longest texts is less

// What to do about it, after the sentence that says what is.
std::string_view way_out(ErrorCode code) {
  switch (code) {
    case ErrorCode::directory_locked:
      return " Stop it first; with --dry-run this works beside it.";
    case ErrorCode::read_only_directory:
      return " Run this as the user that the server runs as.";
    case ErrorCode::newer_schema:
      return " Use that version or a later one.";
    case ErrorCode::corrupt:
      return " Put a backup in its place: syncstore restore FILE --data DIR.";
    case ErrorCode::not_found:
      return " Name the directory of the server with --data.";
    case ErrorCode::storage_full:
      return " The rehearsal needs room for two more copies of the data.";
    default:
      return "";
  }
}

int report(const Error& error) {
  std::cerr << "syncstore: "
            << (error.detail.empty() ? error_sentence(error.code) : std::string_view(error.detail))
            << way_out(error.code) << "\n";
  switch (error.code) {
    case ErrorCode::directory_locked:
    case ErrorCode::read_only_directory:
    case ErrorCode::newer_schema:
    case ErrorCode::corrupt:
    case ErrorCode::not_found:
      return kExitDirectory;
    default:
      return kExitFailed;
  }
}

Result<Json> read_edits(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file.is_open())
    return fail(ErrorCode::invalid, path + ": there is no such file.");
  std::ostringstream text;
  text << file.rdbuf();
  auto json = Json::parse(text.str(), kEditsBytes);
  if (!json.ok()) {
    return fail(ErrorCode::invalid, path +
                                        " is no file of waiting edits: take the one that \"Export "
                                        "waiting edits\" of the application wrote.");
  }
  return json;
}

Json json_of(const adapters::Upgraded& done, bool dry_run) {
  Json migrations = Json::array();
  for (const std::string& each : done.migrations)
    migrations.push(each);
  Json verified = Json::array();
  for (const std::string& each : done.verified)
    verified.push(each);
  Json json = Json::object();
  json.set("dryRun", dry_run)
      .set("from", done.from)
      .set("schema", done.to)
      .set("migrations", std::move(migrations))
      .set("keptCopy", done.kept.empty() ? Json() : Json(done.kept))
      .set("verified", std::move(verified));
  return json;
}

void print(const adapters::Upgraded& done, bool dry_run) {
  if (done.migrations.empty()) {
    std::cout << "schema " << done.to << ": nothing to migrate\n";
  } else {
    std::cout << "schema " << done.from << (dry_run ? " would become " : " became ") << done.to
              << ":";
    for (const std::string& each : done.migrations)
      std::cout << " " << each;
    std::cout << "\n"
              << (dry_run ? "the data as it is would be kept in "
                          : "the data as it was is kept in ")
              << done.kept << "\n";
  }
  for (const std::string& each : done.verified)
    std::cout << each << "\n";
}

int rehearse(const CommandLine& line) {
  Json edits;
  if (!line.edits.empty()) {
    auto read = read_edits(line.edits);
    if (!read.ok())
      return report(read.error());
    edits = std::move(*read);
  }
  auto found = UpgradeReport::with(line.edits.empty() ? nullptr : &edits);
  if (!found.ok())
    return report(found.error());
  const adapters::NativeCrypto crypto;
  adapters::SystemClock clock;
  const auto look = [&](const ports::StoreImage& image) {
    return found->look_at(image, crypto, clock.now());
  };
  const auto done = adapters::rehearse_upgrade(line.data, crypto, clock.now(), look);
  if (!done.ok())
    return report(done.error());
  if (line.json) {
    Json json = json_of(*done, true);
    const Json told = found->json();
    for (const auto& [key, value] : told.members())
      json.set(key, value);
    std::cout << json.dump() << "\n";
  } else {
    print(*done, true);
    std::cout << found->text() << "nothing was changed\n";
  }
  return found->anything_refused() ? kExitRejected : kExitOk;
}

}  // namespace

int run_migrate(const CommandLine& line) {
  if (line.dry_run)
    return rehearse(line);
  const adapters::NativeCrypto crypto;
  adapters::SystemClock clock;
  const auto done = adapters::upgrade(line.data, crypto, clock.now());
  if (!done.ok())
    return report(done.error());
  if (line.json) {
    std::cout << json_of(*done, false).dump() << "\n";
  } else {
    print(*done, false);
  }
  return kExitOk;
}

}  // namespace syncstore::app
