// StoreFeed: the links that follow one store and what leaves for them together. Owns the pending
// (coalesced) changes, the fan-out's timing, and the caches of encoded bytes. Exists while at least
// one link follows the store. Engine executor only.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/sync/batch.hpp"
#include "core/wire/messages.hpp"
#include "server/engine/commit.hpp"
#include "server/engine/page_feed.hpp"
#include "server/engine/snapshot_set.hpp"
#include "server/ports/scheduler.hpp"

namespace syncstore::engine {

class Hub;
class LinkFeed;

// One fan-out: the changes since the last one and the bytes made of them so far.
class FanOut {
 public:
  FanOut(Hub& hub, const StoreState& store, Sequence head, std::vector<sync::Delta> deltas,
         std::size_t authors_before, std::optional<BatchId> batch);

  const std::vector<sync::Delta>& deltas() const { return deltas_; }
  std::size_t authors_before() const { return authors_before_; }
  std::size_t authors_now() const { return authors_now_; }
  Sequence head() const { return head_; }
  // Binary frame of the deltas whose bit is set (bit = index in deltas()).
  SharedMessage frame(std::uint64_t mask, Sequence head);
  // JSON message of one delta.
  SharedMessage message(std::size_t delta, bool more);

 private:
  Hub& hub_;
  const StoreState& store_;
  Sequence head_;
  std::vector<sync::Delta> deltas_;
  std::size_t authors_before_;
  std::size_t authors_now_;
  std::optional<BatchId> batch_;
  std::vector<Bytes> sections_;                                         // encoded when first needed
  std::map<std::pair<std::uint64_t, Sequence>, SharedMessage> frames_;  // by mask and head
  std::map<std::pair<std::size_t, bool>, SharedMessage> messages_;
};

// The digests of one moment, encoded once for all links that ask for the same of them.
class CheckRound {
 public:
  explicit CheckRound(wire::Check all) : all_(std::move(all)) {}
  const std::vector<wire::Check::Entry>& entries() const { return all_.entries; }
  SharedMessage frame(std::uint64_t mask);  // bit = index in entries()

 private:
  wire::Check all_;
  std::map<std::uint64_t, SharedMessage> frames_;
};

class StoreFeed {
 public:
  StoreFeed(Hub& hub, const StoreState& store);
  ~StoreFeed();

  void committed(const Committed& committed);
  void join(LinkFeed* link);
  void leave(LinkFeed* link);
  bool empty() const { return following_ == 0; }
  bool pending() const { return !pending_.empty(); }
  CheckRound check_round(const StoreState& store) const;  // the digests of this moment
  PageFeed& pages() { return pages_; }
  // Whether a collection is larger than a browser keeps: who can is told its pages alone. Goes on
  // at Hub::replica_limits().records and off below `back`.
  bool paged(std::uint16_t collection) const { return paged_.count(collection) != 0; }

  // A section from a cursor to now, encoded once for all links that stand there; nullptr: take a
  // snapshot instead. `live` goes before it when the cursor is older than the removals that are
  // remembered.
  struct Since {
    Bytes section;
    Sequence target = 0;
    SharedMessage live;
  };
  std::shared_ptr<const Since> section_since(const StoreState& store, std::uint16_t collection,
                                             Sequence cursor);
  // A snapshot that is not too far behind to be followed by exact changes, nor behind what its
  // reader had; shared by all.
  std::shared_ptr<const SnapshotSet> snapshot(const StoreState& store, std::uint16_t collection,
                                              model::Role role, Sequence at_least);
  // The one that a broken link loaded, while it is still here.
  std::shared_ptr<const SnapshotSet> snapshot_at(const StoreState& store, std::uint16_t collection,
                                                 Sequence start) const;
  // They outlive the feed for a while: see Hub::keep_snapshots().
  using Snapshots = std::map<std::uint16_t, std::shared_ptr<const SnapshotSet>>;
  void adopt(Snapshots snapshots) { kept_ = std::move(snapshots); }
  Snapshots take_snapshots() {
    snapshots_.merge(kept_);
    return std::move(snapshots_);
  }
  // What differs between a reader's sums and ours: `repair` frames. nullptr: take a snapshot
  // instead.
  std::shared_ptr<const SnapshotSet> repair(const StoreState& store, const wire::Ranges& ranges,
                                            model::Role role);
  std::shared_ptr<const SnapshotSet> json_snapshot(const StoreState& store,
                                                   std::uint16_t collection);

 private:
  // Sums of a collection's blocks, computed when a reader first compares; a change makes its block
  // stale.
  struct Blocks {
    std::map<std::uint32_t, std::uint64_t> sums;
    std::set<std::uint32_t> stale;
  };
  const std::map<std::uint32_t, std::uint64_t>& block_sums(const StoreState& store,
                                                           std::uint16_t collection);
  void choose_modes(StoreState& store);
  void schedule();
  void fan_out();
  void send_checks();
  template <class Serve>
  void for_each_link(Serve serve);

  Hub& hub_;
  StoreId id_;
  std::vector<LinkFeed*> links_;  // in order of joining; nullptr: left while links are served
  std::size_t following_ = 0;
  bool serving_ = false;
  sync::Coalescer pending_;
  std::size_t pending_rows_ = 0;
  std::size_t pending_bytes_ = 0;
  std::optional<BatchId> pending_batch_;  // when all pending changes are of one batch
  bool mixed_batches_ = false;
  std::map<std::uint16_t, Sequence> last_;  // per collection, of what was taken into `pending_`
  Sequence sequence_ = 0;                   // of what was taken into `pending_`
  std::size_t authors_sent_ = 0;
  std::int64_t next_allowed_us_ = 0;
  ports::TimerId fan_out_timer_ = 0;
  ports::TimerId check_timer_ = 0;
  std::map<std::pair<std::uint16_t, Sequence>, std::shared_ptr<const Since>> since_;
  std::map<std::uint16_t, Blocks> blocks_;
  PageFeed pages_;
  std::set<std::uint16_t> paged_;
  Snapshots snapshots_;
  Snapshots kept_;  // of a former feed: only for whoever goes on with one of them
  std::map<std::uint16_t, std::shared_ptr<const SnapshotSet>> json_snapshots_;
};

}  // namespace syncstore::engine
