#include "server/engine/tombstone_trim.hpp"

#include "core/base/limits.hpp"

namespace syncstore::engine {

TombstoneTrim::TombstoneTrim(ports::Clock& clock, ports::Storage& storage, Stores& stores,
                             Committer& committer)
    : clock_(clock),
      storage_(storage),
      stores_(stores),
      committer_(committer),
      alive_(std::make_shared<bool>(true)) {}

void TombstoneTrim::look() {
  for (const StoreId& id : stores_.list()) {
    if (stores_.loaded(id) != nullptr)
      step(id);
  }
}

// The commit says where the store stands: were a transaction of it in flight, one of both would
// fail.
void TombstoneTrim::step(const StoreId& id) {
  committer_.when_settled(id, [this, alive = std::weak_ptr<bool>(alive_), id] {
    const StoreState* state = alive.expired() ? nullptr : stores_.loaded(id);
    if (state == nullptr || !state->stored() || committer_.stopped() || committer_.read_only().on())
      return;
    constexpr TimeMs kDayMs = 24 * 3'600'000;
    ports::StoreCommit commit;
    commit.forgotten = state->old_tombstones(clock_.now() - limits::kTombstoneDays * kDayMs,
                                             limits::kTombstonesPerStep);
    if (commit.forgotten.empty())
      return;
    commit.store = id;
    commit.epoch = state->epoch();
    commit.expected_sequence = commit.new_sequence = state->sequence();
    auto forgotten = commit.forgotten;
    ports::StorageBatch batch;
    batch.stores.push_back(std::move(commit));
    storage_.commit(std::move(batch),
                    [this, alive, id, forgotten = std::move(forgotten)](const Status& status) {
                      if (alive.expired() || !status.ok())
                        return;
                      forgotten_ += forgotten.size();
                      if (StoreState* now = stores_.loaded(id))
                        now->forget_tombstones(forgotten);
                      if (forgotten.size() == limits::kTombstonesPerStep)
                        step(id);
                    });
  });
}

}  // namespace syncstore::engine
