// Hub: every open link, what it subscribes to, and the fan-out. A commit batch becomes one section
// per collection, encoded once, joined once per set of subscribed collections and sent as the same
// bytes to every link of that set. The first change of a quiet store leaves at once; later ones are
// coalesced while the last fan-out was busy (at most kBatchWindowMsMax). A link that cannot take
// more is skipped and gets "the state since its cursor" when it has drained. Engine executor only.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/limits.hpp"
#include "core/session/feed_host.hpp"
#include "server/engine/commit.hpp"
#include "server/engine/identities.hpp"
#include "server/engine/stores.hpp"
#include "server/ports/link.hpp"
#include "server/ports/scheduler.hpp"

namespace syncstore::engine {

inline constexpr std::string_view kBinaryProtocol = "syncstore.v1";
inline constexpr std::string_view kJsonProtocol = "syncstore.v1.json";

struct HubCounters {
  std::uint64_t links = 0;  // open now
  std::uint64_t fan_outs = 0;
  std::uint64_t sections_encoded = 0;
  std::uint64_t frames_encoded = 0;  // distinct byte strings
  std::uint64_t frames_sent = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t slow_links = 0;  // times a link fell back to "state since your cursor"
  std::uint64_t snapshots = 0;
  std::uint64_t snapshots_resumed = 0;  // that went on where a link had broken
  std::uint64_t resyncs = 0;            // times that a browser said that it has a difference
  std::uint64_t repairs = 0;            // of them, answered with what differs
  std::uint64_t repaired_rows = 0;      // and the rows of those answers
  std::uint64_t bad_messages = 0;
  std::uint64_t page_subscriptions = 0;  // open now
  std::uint64_t page_frames_encoded = 0;
  std::uint64_t page_frames_sent = 0;  // states of a page told to a link
  std::uint64_t page_scans = 0;        // readings of a page without a counted tree
};

// From how many records a collection is told page by page, and below how many as a copy again.
struct ReplicaLimits {
  std::size_t records = limits::kReplicaRecords;
  std::size_t back = limits::kReplicaRecordsBack;
};

class StoreFeed;
class LinkFeed;
class LivePage;
struct SnapshotSet;

class Hub {
 public:
  Hub(ports::Clock& clock, ports::Random& random, ports::Scheduler& scheduler, Stores& stores,
      Committer& committer);
  ~Hub();

  void set_identities(Identities* identities);
  // Rows of a snapshot's part: kSnapshotPartRows, fewer where breaks in the middle are tried out.
  void set_snapshot_part_rows(std::size_t rows) { snapshot_part_rows_ = rows; }
  // A socket is open. `authorised`: who the upgrade request authenticated as (bearer token). The
  // link must accept one message of any size when its queue is empty; a refused message (send() ==
  // false) was not queued.
  std::shared_ptr<ports::LinkSession> open(std::shared_ptr<ports::Link> link,
                                           std::string_view subprotocol,
                                           std::optional<Identity> authorised);

  // The same for a link of our own making (HTTP exchange).
  std::shared_ptr<LinkFeed> open_feed(std::shared_ptr<ports::Link> link,
                                      std::string_view subprotocol,
                                      std::optional<Identity> authorised);

  void revoke(const Revocation& revocation);
  void refuse_new_links() { shutting_down_ = true; }
  // connection_status shutting_down / notice(unavailable), then close 1001 on every link.
  void shut_down(std::uint32_t retry_after_ms);
  bool shutting_down() const { return shutting_down_; }

  // Told when a browser found that what it has differs from the digest (or misses something) and
  // asks for the collection anew: that is repaired by itself, and should never happen.
  using ResyncListener = std::function<void(const StoreId& store, std::string_view collection,
                                            const std::string& user)>;
  void set_resync_listener(ResyncListener listener) { resync_listener_ = std::move(listener); }

  void set_replica_limits(const ReplicaLimits& limits) { replica_limits_ = limits; }  // first
  std::size_t links() const { return links_.size(); }
  const HubCounters& counters() const { return counters_; }

 private:
  friend class FanOut;
  friend class LivePage;
  friend class PageFeed;
  friend class LinkFeed;
  friend class StoreFeed;
  void committed(const Committed& committed);
  StoreFeed& feed(const StoreState& store);  // made when first needed
  void leave_feed(const StoreId& store, LinkFeed* link);
  void leave_page(const StoreId& store, const std::shared_ptr<LivePage>& page, LinkFeed* link,
                  std::uint32_t number);
  bool feed_is_pending(const StoreId& store) const;
  // Snapshots of a store that nobody follows any more: for those whose link broke while they loaded
  // one, at most kSnapshotKeepMinutes and kSnapshotKeepBytes.
  struct KeptSnapshots {
    StoreId store;
    std::map<std::uint16_t, std::shared_ptr<const SnapshotSet>> sets;
    std::size_t bytes = 0;
    TimeMs until = 0;
  };
  void keep_snapshots(const StoreId& store, StoreFeed& feed);
  void drop_kept_snapshots();
  void forget(std::uint64_t link);
  // Of several links of one client the highest generation leads: older ones are closed, false when
  // `link` is the older one.
  bool take_lead(const LinkFeed& link, const session::StoreRequest& request);
  bool may_renew_epoch(const StoreId& store);
  void close_links_of(const StoreId& store, const LinkFeed* except, std::uint16_t code,
                      std::string_view reason);
  std::vector<std::shared_ptr<LinkFeed>> all_links() const;
  void tick();
  void schedule_tick();

  ports::Clock& clock_;
  ports::Random& random_;
  ports::Scheduler& scheduler_;
  Stores& stores_;
  Committer& committer_;
  Identities* identities_ = nullptr;
  std::map<std::uint64_t, std::shared_ptr<LinkFeed>> links_;
  std::map<StoreId, std::unique_ptr<StoreFeed>> feeds_;
  std::deque<KeptSnapshots> kept_snapshots_;  // oldest first
  std::map<StoreId, TimeMs> epochs_renewed_;
  std::size_t snapshot_part_rows_ = limits::kSnapshotPartRows;
  std::uint64_t next_link_ = 1;
  HubCounters counters_;
  ResyncListener resync_listener_;
  ReplicaLimits replica_limits_;
  ports::TimerId tick_timer_ = 0;
  bool shutting_down_ = false;
  std::shared_ptr<bool> alive_;
};

}  // namespace syncstore::engine
