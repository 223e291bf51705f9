#include "server/features/backups/shelf.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <filesystem>

#include "core/base/limits.hpp"

namespace syncstore::backups {
namespace {

namespace fs = std::filesystem;

constexpr TimeMs kDayMs = 86'400'000;

std::string beside(const std::string& path, const char* ending) {
  return path.substr(0, path.size() - 3) + ending;
}

}  // namespace

std::string backup_name(TimeMs at) {
  const std::time_t seconds = static_cast<std::time_t>(at / 1'000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> name{};
  const std::size_t size =
      std::strftime(name.data(), name.size(), "syncstore-%Y%m%dT%H%M%SZ.db", &parts);
  return std::string(name.data(), size);
}

TimeMs time_of_name(const std::string& name) {
  std::tm parts{};
  int read = 0;
  const int fields = std::sscanf(name.c_str(), "syncstore-%4d%2d%2dT%2d%2d%2dZ.db%n",
                                 &parts.tm_year, &parts.tm_mon, &parts.tm_mday, &parts.tm_hour,
                                 &parts.tm_min, &parts.tm_sec, &read);
  if (fields != 6 || static_cast<std::size_t>(read) != name.size())
    return 0;
  parts.tm_year -= 1'900;
  parts.tm_mon -= 1;
  const TimeMs at = static_cast<TimeMs>(::timegm(&parts)) * 1'000;
  return backup_name(at) == name ? at : 0;
}

std::vector<BackupFile> list_backups(const std::string& folder) {
  std::vector<BackupFile> found;
  std::error_code error;
  for (fs::directory_iterator each(folder, error), end; !error && each != end;
       each.increment(error)) {
    const TimeMs at = time_of_name(each->path().filename().string());
    std::error_code unreadable;
    const auto bytes = fs::file_size(each->path(), unreadable);
    if (at != 0 && !unreadable && bytes > 0)
      found.push_back({each->path().string(), at, bytes});
  }
  std::sort(found.begin(), found.end(),
            [](const BackupFile& a, const BackupFile& b) { return a.at > b.at; });
  return found;
}

std::vector<BackupFile> outdated(const std::vector<BackupFile>& newest_first, TimeMs now,
                                 int keep_days) {
  std::vector<BackupFile> old;
  for (std::size_t i = 1; i < newest_first.size(); ++i) {
    if (i >= limits::kBackupFilesMax || newest_first[i].at < now - keep_days * kDayMs)
      old.push_back(newest_first[i]);
  }
  return old;
}

Status prepare_folder(const std::string& folder, std::uint64_t needed) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    return fail(ErrorCode::read_only_directory, folder + ": " + error.message() + ".");
  fs::permissions(folder, fs::perms::owner_all, error);  // a copy holds what the database holds
  std::vector<fs::path> leftovers;
  for (fs::directory_iterator each(folder, error), end; !error && each != end;
       each.increment(error)) {
    if (each->path().filename().string().find(".db.unchecked") != std::string::npos)
      leftovers.push_back(each->path());
  }
  for (const fs::path& path : leftovers)
    fs::remove(path, error);
  const fs::space_info space = fs::space(folder, error);
  if (!error && space.available < needed + limits::kBackupSpareBytes) {
    return fail(ErrorCode::storage_full,
                "A backup needs " + std::to_string(needed / 1'000'000 + 1) + " MB in " + folder +
                    ", " + std::to_string(space.available / 1'000'000) + " MB are free.");
  }
  return {};
}

Status put_on_shelf(const std::string& unchecked, const std::string& folder, TimeMs at,
                    const std::string& config_file, int keep_days) {
  const std::string path = folder + "/" + backup_name(at);
  std::error_code error;
  fs::rename(unchecked, path, error);
  if (error)
    return fail(ErrorCode::internal, path + ": " + error.message() + ".");
  if (fs::is_regular_file(config_file, error)) {
    fs::copy_file(config_file, beside(path, ".toml"), fs::copy_options::overwrite_existing, error);
    if (error)
      return fail(ErrorCode::internal, beside(path, ".toml") + ": " + error.message() + ".");
  }
  for (const BackupFile& old : outdated(list_backups(folder), at, keep_days)) {
    fs::remove(beside(old.path, ".toml"), error);
    fs::remove(old.path, error);
  }
  return {};
}

}  // namespace syncstore::backups
