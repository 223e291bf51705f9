// Stores: which stores exist and which are in memory. Owns every StoreState. A store is loaded by
// the first with_store() and unloaded when nothing has used it for kStoreIdleMinutes and nobody
// pins it (links and waiting submissions do). Engine executor only.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "server/engine/store_state.hpp"
#include "server/ports/scheduler.hpp"
#include "server/ports/storage.hpp"

namespace syncstore::engine {

class Stores {
 public:
  Stores(ports::Clock& clock, ports::Random& random, ports::Storage& storage);
  ~Stores();

  // Reads the list of stores; call once before anything else.
  void start(std::function<void(Status)> done);
  bool exists(const StoreId& id) const;
  std::vector<StoreId> list() const;  // ascending, without the installation's

  // `then` runs with the store in memory: at once when it is loaded, else after loading. Errors:
  // unknown_store, corrupt, internal. The pointer is good inside the call only.
  void with_store(const StoreId& id, std::function<void(Result<StoreState*>)> then);
  StoreState* loaded(const StoreId& id);  // nullptr when not in memory

  // A new empty store in memory that its first commit will store; nullptr when the id is taken or
  // not a valid slug.
  StoreState* begin_create(const StoreId& id);
  void finish_create(const StoreId& id, bool stored);

  void pin(const StoreId& id);
  void unpin(const StoreId& id);
  void unload(
      const StoreId& id);  // drops memory (somebody else moved the store); the next use loads again
  void unload_idle();
  // What memory does not know: the short hash of the log at a sequence (0 = not asked; nullopt = no
  // such entry) and older receipts.
  struct Lookup {
    std::optional<std::uint64_t> hash;
    std::vector<ports::StoredReceipt> receipts;
  };
  void look_up(const StoreId& id, Sequence at, std::vector<MutationId> receipts,
               std::function<void(Lookup)> then);
  // Another incarnation of the log: storage first, then memory.
  void renew_epoch(const StoreId& id, std::function<void(Status)> done);

 private:
  struct Slot;
  void finish_load(const StoreId& id, Result<std::shared_ptr<ports::StoreImage>> image);
  void publish(const StoreId& id);

  ports::Clock& clock_;
  ports::Random& random_;
  ports::Storage& storage_;
  std::map<StoreId, std::unique_ptr<Slot>> slots_;
  std::shared_ptr<bool> alive_;
};

}  // namespace syncstore::engine
