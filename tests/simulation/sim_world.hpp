// The simulated world: one server over a faulty disk, several browsers over a faulty network, one
// virtual clock, one seed. After every step the six promises of core/wire/README.md are checked
// against an oracle that reads nothing but the durable log.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/simulation/sim_client.hpp"

namespace syncstore::simulation {

struct WorldOptions {
  std::uint64_t seed = 1;
  int clients = 3;
  int steps = 70;
};

struct WorldResult {
  std::vector<std::string> broken;  // "promise: what", in the order found
  std::uint64_t digest = 0;         // of the whole outcome: the same seed gives the same everywhere
  std::uint64_t edits = 0, change_sets = 0, crashes = 0, cuts = 0, conflicts = 0, events = 0;
  TimeMs took = 0;  // of virtual time
};

// What the log says, applied naively.
class Oracle {
 public:
  Oracle();
  // Takes the log's new entries. Answers what is wrong with them ("" = nothing).
  std::string follow(const memory::MemoryStore& store);
  std::optional<std::uint64_t> digest_at(std::uint16_t collection, Sequence sequence) const;
  const model::Table& table(std::uint16_t collection) const { return tables_.at(collection); }
  Sequence sequence() const { return sequence_; }

 private:
  std::map<std::uint16_t, model::Table> tables_;
  std::map<std::pair<std::uint16_t, Sequence>, std::uint64_t> digests_;
  std::map<MutationId, Sequence> mutations_;
  std::string hash_;
  Sequence sequence_ = 0;
  testing::PlainCrypto crypto_;
};

class World {
 public:
  explicit World(const WorldOptions& options);
  WorldResult run();

 private:
  void prepare();
  void act();
  void crash_server();
  void start_server();
  void server_edits();
  void change_role();
  void advance(TimeMs ms);
  void check();
  void quiesce();
  void check_end();
  void report(const std::string& promise, const std::string& what);
  SimClient& some_client() { return *clients_[random_.below(clients_.size())]; }

  WorldOptions options_;
  EventQueue events_;
  SeededRandom random_;
  SimServer server_;
  Oracle oracle_;
  std::vector<std::unique_ptr<SimClient>> clients_;
  IdSource ids_{5};
  std::uint64_t checks_ = 0;
  WorldResult result_;
};

}  // namespace syncstore::simulation
