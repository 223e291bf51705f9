// The simulated world: one server over a faulty disk, several browsers over a faulty network, one
// virtual clock, one seed. After every step the promises of core/wire/README.md are checked against
// oracles that read nothing but the durable log, the confirmed base and the queue; liveness at the
// end.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "server/simulation/sim_client.hpp"
#include "server/simulation/sim_oracle.hpp"

namespace syncstore::simulation {

struct WorldOptions {
  std::uint64_t seed = 1;
  int clients = 3;
  int steps = 120;  // after each of them every promise is checked
};

struct WorldResult {
  std::vector<std::string> broken;  // "promise: what", in the order found
  std::uint64_t digest = 0;         // of the whole outcome: the same seed gives the same everywhere
  std::uint64_t edits = 0, change_sets = 0, crashes = 0, cuts = 0, conflicts = 0, events = 0;
  std::uint64_t restores = 0, lost_records = 0;
  TimeMs took = 0;  // of virtual time
};

class World {
 public:
  explicit World(const WorldOptions& options);
  WorldResult run();

 private:
  void prepare();
  void act();
  void act_of_people(std::uint64_t dice);
  void act_of_browsers(std::uint64_t dice);
  void act_of_server(std::uint64_t dice);
  void crash_server();
  void start_server();
  void restart_when_broken();
  void restore_server();
  void fail_disk();
  void server_edits();
  void change_role();
  void advance(TimeMs ms);
  void check();
  void check_server(const memory::MemoryStore& store);
  void check_convergence(const memory::MemoryStore& store);
  void quiesce();
  bool is_quiet() const;
  void check_end();
  void sum_up();
  void report(const std::string& promise, const std::string& what);
  SimClient& some_client() { return *clients_[random_.below(clients_.size())]; }

  WorldOptions options_;
  EventQueue events_;
  SeededRandom random_;
  SimServer server_;
  Oracle oracle_;
  std::vector<std::unique_ptr<SimClient>> clients_;
  IdSource ids_{5};
  std::optional<memory::MemoryDisk> backup_;
  WorldResult result_;
};

}  // namespace syncstore::simulation
