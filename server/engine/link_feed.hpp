// LinkFeed: one open link: its session (either dialect), the store it follows, and where it stands
// in each collection. What the session sends goes out before any change told of later. Invariant:
// `cursor` of a collection = the last sequence of it that was handed to the link. Engine executor
// only.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/session/feed_host.hpp"
#include "core/session/feed_session.hpp"
#include "core/session/json_feed_session.hpp"
#include "server/engine/store_feed.hpp"
#include "server/ports/link.hpp"

namespace syncstore::engine {

class Hub;

class LinkFeed final : public ports::LinkSession,
                       public session::FeedHost,
                       public std::enable_shared_from_this<LinkFeed> {
 public:
  LinkFeed(Hub& hub, std::uint64_t number, std::shared_ptr<ports::Link> link, bool json,
           std::optional<session::FeedUser> authorised);
  ~LinkFeed() override;

  // ports::LinkSession
  void received(std::string message, bool text) override;
  void drained() override;
  void closed() override;

  // session::FeedHost
  TimeMs now() const override;
  void send(Bytes message, bool text) override;
  void close(std::uint16_t code, std::string_view reason) override;
  void pause_reading(bool paused) override;
  Result<session::FeedUser> take_ticket(std::string_view ticket) override;
  Result<session::FeedUser> verify_token(std::string_view token) override;
  void signed_in(const session::FeedUser& user) override;
  void open_store(session::StoreRequest request,
                  std::function<void(Result<session::StoreFacts>)> done) override;
  void follow() override;
  void leave_store() override;
  void submit(std::vector<sync::Mutation> mutations,
              std::function<void(Result<std::vector<sync::MutationResult>>)> done) override;
  Status subscribe(const wire::Subscribe& subscribe) override;
  void unsubscribe(std::uint32_t subscription) override;
  Status compare(const wire::Ranges& ranges) override;
  void count_bad_message() override;

  // Hub and StoreFeed
  std::uint64_t number() const { return number_; }
  bool json() const { return json_ != nullptr; }
  const session::FeedUser& user() const;
  const StoreId& store() const { return store_; }
  const ClientId& client() const { return client_; }
  std::uint64_t generation() const { return generation_; }
  void deliver(FanOut& fan_out);
  void check(CheckRound& round);
  void tick();
  void refuse(ErrorCode code, std::uint16_t close_code);
  void shut_down(std::uint32_t retry_after_ms);
  void tell_read_only(bool on);  // the disk is full, or takes writes again
  // Nothing of the peer's is unanswered; binary only.
  bool idle() const { return binary_->idle(); }
  void catch_up_now();
  void tell_page(const StoreState& state, std::uint32_t number, LivePage& page);
  void announce_head();  // as far as it may be told by now
  void change_mode(StoreState& state, std::uint16_t collection);

 private:
  struct Followed {
    std::uint16_t collection = 0;
    bool live = true;    // else waits for its snapshot
    bool paged = false;  // too large to be copied: nothing of it is told but pages
    Sequence cursor = 0;
    Sequence lives_told = 0;  // the peer knows what lived at this sequence
    std::optional<wire::Resume> resume;  // parts of a snapshot that the peer has
  };
  struct Outgoing {  // a snapshot or repair to send
    std::shared_ptr<const SnapshotSet> set;
    std::uint32_t from = 0;  // parts before this one are there
    std::size_t next = 0;    // message
  };
  struct OpenPage {
    std::shared_ptr<LivePage> page;
    std::uint64_t told = 0;  // hash of what the peer was given; 0 = nothing yet
  };
  struct PageBegun {  // frames of a page, of which the link took only some
    std::uint32_t number = 0;
    SharedPageFrames frames;
    std::size_t next = 0;
  };
  struct Opening;  // a store being opened
  void settle_opening(std::shared_ptr<Opening> opening);
  void look_up(std::shared_ptr<Opening> opening);
  void finish_opening(const std::shared_ptr<Opening>& opening);
  void renew_epoch(const std::shared_ptr<Opening>& opening);
  void begin_binary(const StoreState& state);
  void begin_json(const StoreState& state);
  static wire::CatchUp json_mode(const StoreState& state,
                                 const std::optional<wire::JsonSince>& since);
  void deliver_binary(FanOut& fan_out);
  void deliver_json(FanOut& fan_out);
  void pump();
  bool flush_backlog();
  bool catch_up_binary(StoreState& state);
  void take_snapshot(const StoreState& state, Followed& followed);
  void queue_snapshot(Followed& followed, std::shared_ptr<const SnapshotSet> set,
                      std::uint32_t from = 0);
  Result<StoreState*> readable(std::uint16_t collection);
  void count_difference(std::uint16_t collection);
  bool send_snapshots(StoreState& state);
  Status open_page(const wire::Subscribe& subscribe);
  void close_page(std::uint32_t number);
  void close_pages(std::optional<std::uint16_t> collection);  // nullopt = all
  bool send_page(std::uint32_t number, OpenPage& open, const SharedPageFrames& frames,
                 std::size_t from = 0);
  bool send_pages(StoreState& state);
  void tell_held_head();
  Sequence head_to_tell(Sequence head) const;
  bool is_paged(std::uint16_t collection, const StoreFeed& feed) const;
  void tell_paged(std::uint16_t collection);
  void queue_json_catch_up(const StoreState& state, bool bulk);
  void send_shared(SharedMessage message, bool text);
  bool send_message(const SharedMessage& message, bool text);
  void send_keepalive();
  Followed* find(std::uint16_t collection);

  Hub& hub_;
  std::uint64_t number_;
  std::shared_ptr<ports::Link> link_;
  std::unique_ptr<session::FeedSession> binary_;
  std::unique_ptr<session::JsonFeedSession> json_;
  std::deque<std::pair<SharedMessage, bool>> backlog_;  // of the session, refused by a full link
  std::size_t backlog_bytes_ = 0;

  StoreId store_;  // "" = none
  bool following_ = false;
  bool behind_ = false;    // fan-outs skip this link; pump() brings it up
  bool announce_ = false;  // tell the head even when nothing changed
  bool fresh_ = false;     // the peer has a base of another history: no snapshot that lags behind
  bool verify_ = false;    // the peer came with a base of its own: digests follow its catch-up
  std::optional<session::StoreRequest> request_;  // between open_store and follow
  model::Role role_ = model::Role::none;
  ClientId client_;
  std::uint64_t generation_ = 0;
  std::vector<Followed> followed_;
  std::deque<Outgoing> snapshots_;           // first is in progress
  std::uint32_t abilities_ = 0;              // of the peer, from its hello
  std::map<std::uint32_t, OpenPage> pages_;  // by the peer's numbers
  std::optional<PageBegun> page_begun_;
  Sequence head_told_ = 0;
  std::deque<SharedMessage> bulk_;  // JSON catch-up, to send
  std::size_t authors_known_ = 0;
  TimeMs keepalive_at_ = 0;
  TimeMs compared_at_ = 0;  // last comparison of blocks that was answered
  std::uint64_t opening_number_ = 0;
  bool closed_ = false;
};

}  // namespace syncstore::engine
