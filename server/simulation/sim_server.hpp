// The server of the simulated world: an engine over a disk that survives it, and people with
// changing roles.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/limits.hpp"
#include "server/adapters/memory/memory_storage.hpp"
#include "server/adapters/memory/virtual_time.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/sync_api.hpp"
#include "server/simulation/sim_network.hpp"

namespace syncstore::simulation {

inline constexpr std::string_view kStore = "gifts";

class SimIdentities final : public engine::Identities {
 public:
  explicit SimIdentities(EventQueue& events) : events_(events) {}
  Result<engine::Identity> take_ticket(std::string_view ticket) override {
    return verify_token(ticket);
  }
  Result<engine::Identity> verify_token(std::string_view token) override {
    if (roles.count(std::string(token)) == 0)
      return fail(ErrorCode::bad_token);
    return engine::Identity{std::string(token), std::string(token), "c-" + std::string(token),
                            events_.now() + far + life};
  }
  model::Role role_of(std::string_view user, const StoreId&) const override {
    return role_of_user(std::string(user));
  }
  void set_revocation_listener(std::function<void(const engine::Revocation&)> listener) override {
    revoke = std::move(listener);
  }
  model::Role role_of_user(const std::string& user) const {
    const auto role = roles.find(user);
    return role == roles.end() ? model::Role::none : role->second;
  }
  std::map<std::string, model::Role> roles;
  std::function<void(const engine::Revocation&)> revoke;
  TimeMs life = 150'000;  // of a credential
  TimeMs far = 0;         // so far ahead is the server's clock for good

 private:
  EventQueue& events_;
};

class SimServer {
 public:
  using Report = std::function<void(const std::string& promise, const std::string& what)>;

  SimServer(EventQueue& events, SeededRandom& random, Report report);
  // Sessions and sockets hold each other until one of them is told of the end.
  ~SimServer() { crash(); }

  bool up() const { return engine_ != nullptr; }
  engine::Engine& engine() { return *engine_; }
  memory::MemoryStorage& storage() { return *storage_; }

  engine::StoreState* loaded();  // the store, while it is in memory

  void start();
  void set_part_rows(std::size_t rows) { part_rows_ = rows; }  // of snapshots, from the next start
  // Collections above it are told page by page, from the next start. `trees`: so many of them are
  // kept for pages, the others are read by scans.
  void set_replica_limits(const engine::ReplicaLimits& limits, std::size_t trees) {
    replica_limits_ = limits;
    page_trees_ = trees;
  }
  void set_log_kept(std::size_t entries) { log_kept_ = entries; }  // from the next start
  const engine::ReplicaLimits& replica_limits() const { return replica_limits_; }
  void crash();  // the process ends here and now; the disk keeps what was durable
  // The disk of an earlier moment, as a backup is restored under a new epoch, or as a disk that
  // lied about its syncs or a copied directory comes back under the same. Only while the process is
  // down.
  void restore(const memory::MemoryDisk& earlier, bool new_epoch);
  // Promise 1 at the moment it matters: an answer that leaves names what is on the disk already.
  // And what leaves is what its reader may see, and exact. A welcome sets the socket's user.
  ReadMessage check_leaving(const SimSocket::Message& message, SimSocket& socket);
  void check_leaving(std::string_view frame, const std::string& user, const AskedPages& asked);
  Epoch epoch() const;
  const memory::MemoryStore* stored() const;

 private:
  void check(const wire::DownMessage& message, const std::string& user, const AskedPages& asked);
  void check_page(const wire::Page& page, const AskedPages& asked);
  void check_answer(const sync::MutationResult& answer);
  void check_reader(std::uint16_t collection, const std::string& user);

  EventQueue& events_;
  SeededRandom& random_;
  Report report_;

 public:
  memory::VirtualClock clock;
  SimIdentities identities;
  std::shared_ptr<memory::MemoryDisk> disk = std::make_shared<memory::MemoryDisk>();
  std::vector<std::weak_ptr<SimSocket>> sockets;
  std::uint64_t pages_left = 0;  // frames of pages, each of them checked
  bool broken = false;  // storage failed with unknown outcome: the process must be started again

 private:
  SimSocket::Message last_;  // frames are shared by many links: read once
  ReadMessage last_read_;
  std::size_t part_rows_ = limits::kSnapshotPartRows;
  engine::ReplicaLimits replica_limits_;
  std::size_t page_trees_ = limits::kPageTrees;
  std::size_t log_kept_ = 0;
  memory::PlainCrypto crypto_;
  std::unique_ptr<memory::VirtualScheduler> scheduler_;
  std::unique_ptr<memory::MemoryStorage> storage_;
  std::unique_ptr<engine::Engine> engine_;
};

}  // namespace syncstore::simulation
