// Engine: the whole of a server without sockets, HTTP and disks: stores, commit, hub. Owns them,
// wired to the ports. Everything runs on the engine executor. Features talk to it through submit(),
// stores(), hub() and the readings in sync_api.hpp.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "server/engine/commit.hpp"
#include "server/engine/hub.hpp"
#include "server/engine/identities.hpp"
#include "server/engine/stores.hpp"
#include "server/engine/tombstone_trim.hpp"
#include "server/ports/crypto.hpp"
#include "server/ports/scheduler.hpp"
#include "server/ports/storage.hpp"

namespace syncstore::engine {

struct EnginePorts {
  ports::Clock& clock;
  ports::Random& random;
  ports::Scheduler& scheduler;
  ports::Storage& storage;
  const ports::Crypto& crypto;
};

struct NewStore {
  StoreId id;
  std::string name;
  std::string currency;   // ISO 4217, three capital letters
  std::string time_zone;  // IANA name; the caller has checked that it exists
  std::string marketplace;
  std::string business_type;
};

class Engine {
 public:
  explicit Engine(const EnginePorts& ports);
  ~Engine();

  // Identities must outlive the engine; set before start().
  void set_identities(Identities* identities);
  void start(std::function<void(Status)> done);

  void submit(Submission submission) { committer_.submit(std::move(submission)); }
  // Commits store_info and an empty dashboard as the store's first change sets. Errors:
  // already_exists, invalid (which field), retry.
  void create_store(const NewStore& store, const Author& author, std::function<void(Status)> done);

  Stores& stores() { return stores_; }
  Committer& committer() { return committer_; }
  const Committer& committer() const { return committer_; }
  Hub& hub() { return hub_; }
  TombstoneTrim& tombstones() { return tombstones_; }
  ports::Scheduler& scheduler() { return ports_.scheduler; }
  // Ids for records and mutations that the server itself makes.
  RecordId new_record_id();
  Uuid new_uuid();
  TimeMs now() const { return ports_.clock.now(); }

  // Called once when storage failed with unknown outcome: the process must end and start again.
  void set_fatal_listener(std::function<void(const Error&)> listener);
  // Stops taking work, tells the links, waits for what is in flight.
  void drain(std::function<void()> done);

 private:
  void idle_turn();

  EnginePorts ports_;
  IdSource ids_;
  Stores stores_;
  Committer committer_;
  Hub hub_;
  TombstoneTrim tombstones_;
  int idle_turns_ = 0;
  std::shared_ptr<bool> alive_;
};

}  // namespace syncstore::engine
