// PageFeed: the page subscriptions of the links that follow one store. Equal ones share a LivePage:
// its state and the frames made of it. At every cut of frames each page that a change touched is
// read again and told to its readers before the head that includes the change. A page without a
// counted tree is read by a scan, at most every kPageScanMs and with pauses as long as the scans:
// until then it lags, and its readers are told no head. Engine executor only.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "core/wire/messages.hpp"
#include "server/engine/page_trees.hpp"
#include "server/engine/snapshot_set.hpp"
#include "server/ports/scheduler.hpp"

namespace syncstore::engine {

class Hub;
class LinkFeed;

// The frames that tell one state of a page, for one number of a subscription.
struct PageFrames {
  std::vector<SharedMessage> messages;
  std::uint64_t hash = 0;  // of the page after them
};
using SharedPageFrames = std::shared_ptr<const PageFrames>;

class LivePage : public std::enable_shared_from_this<LivePage> {
 public:
  LivePage(Hub& hub, std::shared_ptr<PageWatch> watch) : hub_(hub), watch_(std::move(watch)) {}

  std::uint16_t collection() const { return watch_->collection(); }
  std::uint64_t hash() const { return hash_; }            // of what it shows now
  std::uint64_t told_hash() const { return told_hash_; }  // of what the last cut told
  bool lags() const { return lags_; }  // is to be read by a scan that has to wait

  // What differs from the last cut, and that nothing differs. The same number twice is the same
  // bytes.
  SharedPageFrames difference(const StoreState& store, std::uint32_t number);
  SharedPageFrames unchanged(std::uint32_t number) const;

 private:
  friend class PageFeed;
  struct Reader {
    LinkFeed* link;
    std::uint32_t number;
  };
  // Bodies, encoded once, and the frames for the numbers that readers chose.
  struct Encoded {
    std::vector<Bytes> bodies;
    std::map<std::uint32_t, SharedPageFrames> frames;
  };
  void encode(const StoreState& store, bool all, std::optional<Encoded>& into) const;
  SharedPageFrames whole(const StoreState& store, std::uint32_t number);
  SharedPageFrames frames(std::optional<Encoded>& encoded, std::uint32_t number);

  Hub& hub_;
  std::shared_ptr<PageWatch> watch_;
  std::vector<Reader> readers_;  // in order of subscribing
  std::uint64_t hash_ = 0;
  Sequence sequence_ = 0;        // of the state it shows
  std::uint64_t told_hash_ = 0;  // 0: nothing was told at a cut yet
  std::vector<wire::PageRow> told_rows_;
  bool lags_ = false;
  std::int64_t scanned_at_us_ = 0;
  std::optional<Encoded> whole_;
  Sequence whole_sequence_ = 0;
  std::optional<Encoded> difference_;
};

class PageFeed {
 public:
  PageFeed(Hub& hub, const StoreState& store);
  ~PageFeed();

  // The page, exact now; the reader is told of its changes until it leaves.
  std::shared_ptr<LivePage> open(StoreState& store, const wire::Subscribe& subscribe,
                                 LinkFeed* link);
  void leave(const std::shared_ptr<LivePage>& page, LinkFeed* link, std::uint32_t number);
  // Everything so far is being told.
  void cut(StoreState& store);
  // Makes a page exact now, unless that is a scan and too soon: then it lags.
  void refresh(StoreState& store, LivePage& page);
  // LivePage::whole(), kept for the next who asks, of a few pages at a time.
  SharedPageFrames whole(const StoreState& store, LivePage& page, std::uint32_t number);

 private:
  void read(StoreState& store, LivePage& page);
  std::vector<std::shared_ptr<LivePage>> dirty() const;
  void tell(const StoreState& store, LivePage& page);
  std::int64_t scan_allowed_us(const LivePage& page) const;
  std::shared_ptr<LivePage> read_not_told() const;
  void schedule_scan();
  void scan_turn();

  Hub& hub_;
  const StoreId id_;
  std::map<std::uint64_t, std::weak_ptr<LivePage>> pages_;  // by number of the watch
  std::map<std::uint64_t, LivePage*> dirty_;                // may differ from what was told
  std::deque<std::weak_ptr<LivePage>> encoded_;             // keep their whole frames
  std::int64_t scans_rest_until_us_ = 0;
  ports::TimerId scan_timer_ = 0;
};

}  // namespace syncstore::engine
