// The folder of backups: names, listing, what has outlived its time. A backup has its name
// syncstore-20261121T030000Z.db only after it was read back and checked; the configuration file of
// that moment stands beside it with the ending .toml. Blocking: worker pool only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/ids.hpp"
#include "core/base/result.hpp"

namespace syncstore::backups {

struct BackupFile {
  std::string path;
  TimeMs at = 0;
  std::uint64_t bytes = 0;
};

std::string backup_name(TimeMs at);            // without a folder
TimeMs time_of_name(const std::string& name);  // 0: this is no backup of ours

// Newest first; an empty list when there is no folder.
std::vector<BackupFile> list_backups(const std::string& folder);

// Those to remove: older than the days to keep, or beyond the number of files. Never the newest.
std::vector<BackupFile> outdated(const std::vector<BackupFile>& newest_first, TimeMs now,
                                 int keep_days);

// Makes the folder, drops what an interrupted backup left. Errors: storage_full when fewer bytes
// than `needed` and a reserve are free, read_only_directory.
Status prepare_folder(const std::string& folder, std::uint64_t needed);

// Gives a checked copy its name, puts the configuration beside it and drops what is outdated.
Status put_on_shelf(const std::string& unchecked, const std::string& folder, TimeMs at,
                    const std::string& config_file, int keep_days);

}  // namespace syncstore::backups
