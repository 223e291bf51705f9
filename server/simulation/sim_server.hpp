// The server of the simulated world: an engine over a disk that survives it, and people with
// changing roles.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/wire/frame_codec.hpp"
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
    return engine::Identity{std::string(token), std::string(token), "c", events_.now() + 150'000};
  }
  model::Role role_of(std::string_view user, const StoreId&) const override {
    const auto role = roles.find(std::string(user));
    return role == roles.end() ? model::Role::none : role->second;
  }
  void set_revocation_listener(std::function<void(const engine::Revocation&)> listener) override {
    revoke = std::move(listener);
  }
  std::map<std::string, model::Role> roles;
  std::function<void(const engine::Revocation&)> revoke;

 private:
  EventQueue& events_;
};

class SimServer {
 public:
  using Report = std::function<void(const std::string& promise, const std::string& what)>;

  SimServer(EventQueue& events, SeededRandom& random, Report report)
      : events_(events),
        random_(random),
        report_(std::move(report)),
        clock(events),
        identities(events) {}

  bool up() const { return engine_ != nullptr; }
  engine::Engine& engine() { return *engine_; }
  memory::MemoryStorage& storage() { return *storage_; }

  void start() {
    scheduler_ = std::make_unique<memory::VirtualScheduler>(events_);
    storage_ = std::make_unique<memory::MemoryStorage>(*scheduler_, disk);
    storage_->set_delays(static_cast<std::int64_t>(random_.below(30)),
                         static_cast<std::int64_t>(random_.below(10)));
    storage_->set_receipts_in_memory(20 + random_.below(50));
    engine_ = std::make_unique<engine::Engine>(
        engine::EnginePorts{clock, random_, *scheduler_, *storage_, crypto_});
    engine_->set_identities(&identities);
    engine_->set_fatal_listener([this](const Error&) { broken = true; });
    engine_->start([](Status status) { SS_ASSERT(status.ok()); });
    broken = false;
  }
  // The process ends here and now; the disk keeps what was durable.
  void crash() {
    identities.revoke = nullptr;
    engine_.reset();
    storage_.reset();
    scheduler_.reset();
    for (const auto& socket : sockets) {
      if (const auto open = socket.lock())
        open->server_died();
    }
    sockets.clear();
  }
  // The disk of an earlier moment under a new epoch, as a backup is restored. Only while the
  // process is down.
  void restore(const memory::MemoryDisk& backup) {
    SS_ASSERT(!up());
    disk = std::make_shared<memory::MemoryDisk>(backup);
    for (auto& [id, store] : disk->stores)
      store.epoch = random_.next() | 1;
  }
  // Promise 1 at the moment it matters: an answer that leaves names what is on the disk already.
  void check_leaving(std::string_view frame) {
    const auto message = wire::decode_down(frame);
    if (!message.ok())
      return report_("3", "the server sends a frame that cannot be read");
    if (const auto* receipt = std::get_if<wire::Receipt>(&*message)) {
      for (const sync::MutationResult& result : receipt->results)
        check_answer(result);
    } else if (const auto* welcome = std::get_if<wire::Welcome>(&*message)) {
      for (const wire::Answer& answer : welcome->answers) {
        if (answer.known)
          check_answer(answer.result);
      }
    }
  }
  Epoch epoch() const {
    const memory::MemoryStore* store = stored();
    return store == nullptr ? 0 : store->epoch;
  }
  const memory::MemoryStore* stored() const {
    const auto store = disk->stores.find(StoreId(kStore));
    return store == disk->stores.end() ? nullptr : &store->second;
  }

 private:
  void check_answer(const sync::MutationResult& answer) {
    const memory::MemoryStore* store = stored();
    const auto found = store == nullptr ? decltype(store->receipt_index.end()){}
                                        : store->receipt_index.find(answer.id);
    const bool there = store != nullptr && found != store->receipt_index.end();
    const bool reused = !answer.ops.empty() && answer.ops[0].code == ErrorCode::id_reused;
    if (!there || (!reused && store->receipts[found->second].result.sequence != answer.sequence)) {
      report_("1", "an answer leaves for what is not on the disk");
    }
  }

  EventQueue& events_;
  SeededRandom& random_;
  Report report_;

 public:
  memory::VirtualClock clock;
  SimIdentities identities;
  std::shared_ptr<memory::MemoryDisk> disk = std::make_shared<memory::MemoryDisk>();
  std::vector<std::weak_ptr<SimSocket>> sockets;
  bool broken = false;  // storage failed with unknown outcome: the process must be started again

 private:
  memory::PlainCrypto crypto_;
  std::unique_ptr<memory::VirtualScheduler> scheduler_;
  std::unique_ptr<memory::MemoryStorage> storage_;
  std::unique_ptr<engine::Engine> engine_;
};

}  // namespace syncstore::simulation
