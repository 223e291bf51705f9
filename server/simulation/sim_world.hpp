// The simulated world: one server over a faulty disk, several browsers over a faulty network, one
// virtual clock, one seed. After every step the promises of core/wire/README.md are checked against
// oracles that read nothing but the durable log, the confirmed base and the queue; liveness at the
// end. The checks follow what changed; every `whole_every` steps, and at the end, they are done
// once more from nothing and compared.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "server/simulation/sim_client.hpp"
#include "server/simulation/sim_faults.hpp"
#include "server/simulation/sim_oracle.hpp"

namespace syncstore::simulation {

struct WorldOptions {
  std::uint64_t seed = 1;
  int clients = 5;
  int steps = 2'000;                  // after each of them every promise is checked
  FaultSet faults = FaultSet::all();  // of these the seed draws its own
  int whole_every = 500;
};

struct WorldResult {
  std::vector<std::string> broken;  // "promise: what", in the order found
  std::uint64_t digest = 0;         // of the whole outcome: the same seed gives the same everywhere
  std::uint64_t edits = 0, change_sets = 0, crashes = 0, cuts = 0, conflicts = 0, events = 0;
  std::uint64_t pages_left = 0, answers_checked = 0, modes_changed = 0;  // of page mode
  std::uint64_t restores = 0, copies = 0, lost_records = 0, judged = 0, steps = 0;
  TimeMs took = 0;  // of virtual time
};

class World {
 public:
  explicit World(const WorldOptions& options);
  WorldResult run();

 private:
  void prepare();
  void advance(TimeMs ms);
  void step_events(std::uint64_t count);
  void quiesce();
  bool is_quiet() const;
  void sum_up();
  void report(const std::string& promise, const std::string& what);
  void note_up(const std::string& user, const std::string& frame);

  // sim_happenings.cpp
  void act();
  void act_of_people(std::uint64_t dice);
  void act_of_browsers(std::uint64_t dice);
  void act_on_links(std::uint64_t dice);
  void act_of_server(std::uint64_t dice);
  void act_rarely();
  void act_of_readers();
  void go_far();
  void crash_server();
  void start_server();
  void restart_when_broken();
  void restore_server(bool new_epoch);
  void fail_disk();
  void slow_disk();
  void server_edits();
  void change_role();
  void end_credentials();
  void part_network();
  bool may(Fault fault) const { return faults_.has(fault); }
  SimClient& some_client() {
    return *clients_[static_cast<std::size_t>(random_.below(clients_.size()))];
  }

  // sim_checks.cpp
  void check();
  void check_server(const memory::MemoryStore& store);
  void check_convergence(const memory::MemoryStore& store);
  void check_memory();
  void check_whole();
  void check_end();
  void check_mode(SimClient& client);
  void check_pages_rest();

  WorldOptions options_;
  EventQueue events_;
  SeededRandom random_;
  // Of what came later into this world: older seeds go their way without it.
  SeededRandom rare_, readers_;
  FaultSet faults_ = FaultSet::all();
  SimServer server_;
  Oracle oracle_;
  std::vector<std::unique_ptr<SimClient>> clients_;
  IdSource ids_{5};
  std::optional<memory::MemoryDisk> backup_;
  WorldResult result_;
};

}  // namespace syncstore::simulation
