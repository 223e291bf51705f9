// What may go wrong in the simulated world, by name. A seed draws which of them it knows (swarm
// testing: a rare meeting of few faults is more likely among few), a replay may leave some out.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace syncstore::simulation {

enum class Fault : std::uint8_t {
  cut,             // a connection ends, what is on its way is lost
  half_open,       // a connection dies in one or both directions and nobody is told
  clog,            // a connection delivers nothing for a while, then everything: a stopped reader
  offline,         // a browser without network
  partition,       // several browsers without network at once
  kill_tab,        // a leading tab ends between any two events
  suspend,         // a leading tab sleeps while another leads, and wakes
  browser_disk,    // the browser's storage refuses writes of the queue
  browser_damage,  // the last bytes that the browser stored are gone
  browser_clock,   // a browser's clock jumps
  sign_in,         // another person signs in, in place or under the feet of the first
  expiry,          // credentials end
  role,            // a person's role changes
  crash,           // the server's process ends between any two events
  disk_full,       // the server's disk refuses
  disk_slow,       // the server's disk takes seconds
  disk_unknown,    // a commit fails, durable or not
  restore,         // the server comes back with a backup, under another epoch
  copied,          // it comes back with an older disk under the same epoch: lost syncs, a copy
  server_clock,    // the server's clock jumps
  bulk,            // programs write in bulk
  bit_flip,        // bytes that the browser stored change, or some of them are gone, anywhere
  cache_full,      // the browser's storage gives up what it has of the server to keep an edit
  memory,          // a browser's base changes in its memory, as by a defect
  upgrade,         // a browser's program is of another version than the server's, until it reloads
  far_clock,       // the server's clock goes on by 91 days: removals are forgotten
  parts,           // snapshots come in many parts, and break between them
  paged,           // collections grow beyond what a browser keeps, and shrink again
  trimmed,         // the server starts with the end of its log alone
};
inline constexpr std::array<std::string_view, 29> kFaultNames = {
    "cut",     "half_open",    "clog",           "offline",       "partition",    "kill_tab",
    "suspend", "browser_disk", "browser_damage", "browser_clock", "sign_in",      "expiry",
    "role",    "crash",        "disk_full",      "disk_slow",     "disk_unknown", "restore",
    "copied",  "server_clock", "bulk",           "bit_flip",      "cache_full",   "memory",
    "upgrade", "far_clock",    "parts",          "paged",         "trimmed"};

class FaultSet {
 public:
  static constexpr std::size_t kCount = kFaultNames.size();
  // A torn write of the server's disk is a crash before the commit was durable (the port promises
  // all or nothing; tests/server/adapters holds SQLite to it), a lost sync is `copied`.
  static FaultSet all() { return FaultSet((std::uint32_t{1} << kCount) - 1); }
  static FaultSet none() { return FaultSet(0); }
  explicit FaultSet(std::uint32_t bits) : bits_(bits) {}

  bool has(Fault fault) const { return (bits_ >> static_cast<unsigned>(fault) & 1) != 0; }
  FaultSet without(std::size_t fault) const {
    return FaultSet(bits_ & ~(std::uint32_t{1} << fault));
  }
  FaultSet both(FaultSet other) const { return FaultSet(bits_ & other.bits_); }
  friend bool operator==(FaultSet a, FaultSet b) { return a.bits_ == b.bits_; }

  std::string text() const;  // "cut,crash", "all", "none"
  static std::optional<FaultSet> parse(std::string_view text);

 private:
  std::uint32_t bits_;
};

}  // namespace syncstore::simulation
