// A disk in memory under SQLite (a VFS) that forgets what was not synced when the power fails,
// fills up, or breaks, at an operation of the test's choosing. Names are remembered like bytes:
// a file that was made or removed may be gone or back again until its directory was synced, which
// happens where SQLite's own file layer does it. Thread-safe: the storage's threads share it. One
// disk at a time has a given name.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace syncstore::test {

class FaultDisk {
 public:
  explicit FaultDisk(std::uint64_t seed);
  ~FaultDisk();
  const std::string& name() const;  // of the VFS

  // Operations that may fail are counted: write, truncate, sync.
  std::uint64_t operations() const;
  // From operation `at` on everything fails, as if the process were gone, until power_on().
  void cut_power_at(std::uint64_t at);
  bool power_is_off() const;
  // What was not synced is lost, kept or torn, sector by sector, at random; the disk works again.
  void power_on();
  // From now on syncs are answered and not done, as with a drive that lies.
  void ignore_syncs();
  // Writes that need space fail between these operations.
  void fill_between(std::uint64_t from, std::uint64_t to);
  // One write or sync answers with an I/O error.
  void fail_once_at(std::uint64_t at);
  bool has_failed_once() const;

  struct Core;

 private:
  std::unique_ptr<Core> core_;
};

}  // namespace syncstore::test
