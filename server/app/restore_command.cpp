#include "server/app/restore_command.hpp"

#include <iostream>

#include "server/adapters/crypto/crypto.hpp"
#include "server/adapters/sqlite/restore.hpp"
#include "server/adapters/system/clock.hpp"

namespace syncstore::app {
namespace {

int report(const Error& error, const Status& unfinished) {
  std::cerr << "syncstore: " << error.detail;
  if (error.code == ErrorCode::directory_locked)
    std::cerr << " Stop it first: a restore replaces the data that it serves.";
  if (error.code != ErrorCode::invalid)
    std::cerr << " " << error_sentence(error.code);
  std::cerr << " " << (unfinished.ok() ? "Nothing was changed." : unfinished.error().detail)
            << "\n";
  switch (error.code) {
    case ErrorCode::directory_locked:
    case ErrorCode::read_only_directory:
    case ErrorCode::newer_schema:
      return kExitDirectory;
    default:
      return kExitFailed;
  }
}

}  // namespace

int run_restore(const CommandLine& line) {
  const adapters::NativeCrypto crypto;
  adapters::SystemClock clock;
  const auto restored =
      adapters::restore(line.request.find("path")->text(), line.data, crypto, clock.now());
  if (!restored.ok())
    return report(restored.error(), adapters::check_restored(line.data));
  if (line.json) {
    Json checked = Json::array();
    for (const std::string& each : restored->checked)
      checked.push(each);
    Json answer = Json::object();
    answer.set("checked", std::move(checked))
        .set("replaced", restored->replaced.empty() ? Json() : Json(restored->replaced));
    std::cout << answer.dump() << "\n";
    return kExitOk;
  }
  for (const std::string& each : restored->checked)
    std::cout << each << "\n";
  if (!restored->replaced.empty())
    std::cout << "what was there before is in " << restored->replaced << "\n";
  std::cout << "restored; browsers take a fresh copy and keep their waiting edits\n";
  return kExitOk;
}

}  // namespace syncstore::app
