#include "server/engine/stores.hpp"

#include <algorithm>

#include "core/base/limits.hpp"

namespace syncstore::engine {

struct Stores::Slot {
  std::unique_ptr<StoreState> state;
  std::unique_ptr<StoreState> fresh;  // loaded, its newest log entries are being read
  std::vector<std::function<void(Result<StoreState*>)>> waiting;  // while loading, in order
  bool loading = false;
  bool creating = false;  // in memory only until its first commit
  int pins = 0;
  TimeMs used_at = 0;
};

Stores::Stores(ports::Clock& clock, ports::Random& random, ports::Storage& storage)
    : clock_(clock), random_(random), storage_(storage), alive_(std::make_shared<bool>(true)) {}

Stores::~Stores() = default;

void Stores::start(std::function<void(Status)> done) {
  storage_.list_stores([this, alive = std::weak_ptr<bool>(alive_),
                        done = std::move(done)](Result<std::vector<ports::StoreHead>> heads) {
    if (alive.expired())
      return;
    if (!heads.ok())
      return done(heads.error());
    for (const ports::StoreHead& head : *heads)
      slots_.try_emplace(head.store, std::make_unique<Slot>());
    done({});
  });
}

bool Stores::exists(const StoreId& id) const {
  const auto slot = slots_.find(id);
  return slot != slots_.end() && !slot->second->creating;
}

std::vector<StoreId> Stores::list() const {
  std::vector<StoreId> ids;
  for (const auto& [id, slot] : slots_) {
    if (!slot->creating && id != kInstallationStore)
      ids.push_back(id);
  }
  return ids;
}

StoreState* Stores::loaded(const StoreId& id) {
  const auto slot = slots_.find(id);
  return slot == slots_.end() ? nullptr : slot->second->state.get();
}

void Stores::with_store(const StoreId& id, std::function<void(Result<StoreState*>)> then) {
  const auto found = slots_.find(id);
  if (found == slots_.end())
    return then(fail(ErrorCode::unknown_store));
  Slot& slot = *found->second;
  slot.used_at = clock_.now();
  if (slot.state)
    return then(slot.state.get());
  slot.waiting.push_back(std::move(then));
  if (slot.loading)
    return;
  slot.loading = true;
  storage_.load_store(id, [this, alive = std::weak_ptr<bool>(alive_),
                           id](Result<std::shared_ptr<ports::StoreImage>> image) {
    if (!alive.expired())
      finish_load(id, std::move(image));
  });
}

void Stores::finish_load(const StoreId& id, Result<std::shared_ptr<ports::StoreImage>> image) {
  Slot& slot = *slots_.at(id);
  Result<std::unique_ptr<StoreState>> state = fail(ErrorCode::internal);
  if (image.ok()) {
    state = StoreState::from_image(**image);
  } else {
    state = image.error();
  }
  if (!state.ok()) {
    slot.loading = false;
    const auto waiting = std::exchange(slot.waiting, {});
    for (const auto& then : waiting)
      then(state.error());
    return;
  }
  const auto primed = static_cast<Sequence>(limits::kTailPrimed);
  const Sequence to = (*state)->sequence();
  const Sequence from = to > primed ? to - primed + 1 : 1;
  slot.fresh = std::move(*state);
  storage_.read_log(id, from, to, limits::kTailPrimed,
                    [this, alive = std::weak_ptr<bool>(alive_),
                     id](Result<std::vector<ports::LogEntry>> entries) {
                      if (alive.expired())
                        return;
                      Slot& loading = *slots_.at(id);
                      if (entries.ok())
                        loading.fresh->prime_tail(*entries);
                      loading.state = std::move(loading.fresh);
                      publish(id);
                    });
}

void Stores::publish(const StoreId& id) {
  Slot& slot = *slots_.at(id);
  slot.loading = false;
  const auto waiting = std::exchange(slot.waiting, {});
  for (const auto& then : waiting) {
    // An earlier waiter may have caused an unload; the rest starts again.
    if (slot.state) {
      then(slot.state.get());
    } else {
      with_store(id, then);
    }
  }
}

StoreState* Stores::begin_create(const StoreId& id) {
  if (slots_.count(id) != 0)
    return nullptr;
  if (!is_valid_store_id(id) && id != kInstallationStore)
    return nullptr;
  auto slot = std::make_unique<Slot>();
  slot->creating = true;
  Epoch epoch = 0;
  while (epoch == 0)
    epoch = random_.u64();
  slot->state = std::make_unique<StoreState>(id, epoch);
  slot->used_at = clock_.now();
  StoreState* state = slot->state.get();
  slots_.emplace(id, std::move(slot));
  return state;
}

void Stores::finish_create(const StoreId& id, bool stored) {
  if (stored) {
    slots_.at(id)->creating = false;
  } else {
    slots_.erase(id);
  }
}

void Stores::pin(const StoreId& id) {
  const auto slot = slots_.find(id);
  if (slot != slots_.end())
    ++slot->second->pins;
}

void Stores::unpin(const StoreId& id) {
  const auto slot = slots_.find(id);
  if (slot == slots_.end())
    return;
  SS_ASSERT(slot->second->pins > 0);
  --slot->second->pins;
  slot->second->used_at = clock_.now();
}

void Stores::unload(const StoreId& id) {
  const auto slot = slots_.find(id);
  if (slot != slots_.end() && !slot->second->creating)
    slot->second->state.reset();
}

void Stores::unload_idle() {
  const TimeMs before = clock_.now() - limits::kStoreIdleMinutes * 60'000;
  for (auto& [id, slot] : slots_) {
    if (slot->state && slot->pins == 0 && !slot->creating && slot->used_at < before)
      slot->state.reset();
  }
}

void Stores::look_up(const StoreId& id, Sequence at, std::vector<MutationId> receipts,
                     std::function<void(Lookup)> then) {
  const auto ask_receipts = [this, id, receipts = std::move(receipts),
                             then = std::move(then)](std::optional<std::uint64_t> hash) {
    Lookup found;
    found.hash = hash;
    if (receipts.empty())
      return then(std::move(found));
    storage_.find_receipts(id, receipts,
                           [found, then](Result<std::vector<ports::StoredReceipt>> stored) mutable {
                             if (stored.ok())
                               found.receipts = std::move(*stored);
                             then(std::move(found));
                           });
  };
  const StoreState* state = loaded(id);
  if (at == 0)
    return ask_receipts(std::nullopt);
  if (state != nullptr) {
    if (const auto known = state->hash_at(at))
      return ask_receipts(known);
  }
  storage_.read_log(id, at, at, 1, [ask_receipts](Result<std::vector<ports::LogEntry>> entries) {
    std::optional<std::uint64_t> hash;
    if (entries.ok() && !entries->empty())
      hash = StoreState::short_hash(entries->front().hash);
    ask_receipts(hash);
  });
}

void Stores::renew_epoch(const StoreId& id, std::function<void(Status)> done) {
  Epoch epoch = 0;
  while (epoch == 0)
    epoch = random_.u64();
  storage_.set_epoch(id, epoch,
                     [this, alive = std::weak_ptr<bool>(alive_), id, epoch,
                      done = std::move(done)](Status status) {
                       if (alive.expired())
                         return;
                       if (status.ok()) {
                         if (StoreState* state = loaded(id))
                           state->set_epoch(epoch);
                       }
                       done(std::move(status));
                     });
}

}  // namespace syncstore::engine
