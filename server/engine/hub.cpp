#include "server/engine/hub.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "server/engine/link_feed.hpp"
#include "server/engine/store_feed.hpp"

namespace syncstore::engine {
namespace {

constexpr std::int64_t kTickMs = 1'000;
// A client that invents cursors must not be able to send everybody to a snapshot again and again.
constexpr TimeMs kEpochRenewalMs = 3'600'000;

}  // namespace

Hub::Hub(ports::Clock& clock, ports::Random& random, ports::Scheduler& scheduler, Stores& stores,
         Committer& committer)
    : clock_(clock),
      random_(random),
      scheduler_(scheduler),
      stores_(stores),
      committer_(committer),
      alive_(std::make_shared<bool>(true)) {
  committer_.add_listener([this](const Committed& change) { committed(change); });
  committer_.set_moved_listener([this](const StoreId& store) {
    close_links_of(store, nullptr, session::kCloseGoingAway, "the store was changed elsewhere");
  });
  committer_.read_only().add_listener([this](bool on) {
    for (const auto& link : all_links())
      link->tell_read_only(on);
  });
}

Hub::~Hub() {
  if (tick_timer_ != 0)
    scheduler_.cancel(tick_timer_);
}

void Hub::set_identities(Identities* identities) {
  identities_ = identities;
  if (identities_ == nullptr)
    return;
  identities_->set_revocation_listener(
      [this](const Revocation& revocation) { revoke(revocation); });
}

std::shared_ptr<ports::LinkSession> Hub::open(std::shared_ptr<ports::Link> link,
                                              std::string_view subprotocol,
                                              std::optional<Identity> authorised) {
  return open_feed(std::move(link), subprotocol, std::move(authorised));
}

std::shared_ptr<LinkFeed> Hub::open_feed(std::shared_ptr<ports::Link> link,
                                         std::string_view subprotocol,
                                         std::optional<Identity> authorised) {
  std::optional<session::FeedUser> user;
  if (authorised) {
    user = session::FeedUser{authorised->user, authorised->name, authorised->credential,
                             authorised->expires_at};
  }
  const std::uint64_t number = next_link_++;
  auto feed = std::make_shared<LinkFeed>(*this, number, std::move(link),
                                         subprotocol == kJsonProtocol, std::move(user));
  links_.emplace(number, feed);
  counters_.links = links_.size();
  if (tick_timer_ == 0)
    schedule_tick();
  if (shutting_down_)
    feed->shut_down(1'000);
  return feed;
}

void Hub::schedule_tick() {
  tick_timer_ = scheduler_.after(kTickMs, [this, alive = std::weak_ptr<bool>(alive_)] {
    if (alive.expired())
      return;
    tick_timer_ = 0;
    tick();
    if (!links_.empty())
      schedule_tick();
  });
}

std::vector<std::shared_ptr<LinkFeed>> Hub::all_links() const {
  std::vector<std::shared_ptr<LinkFeed>> links;
  for (const auto& [number, link] : links_)
    links.push_back(link);
  return links;
}

void Hub::tick() {
  for (const auto& link : all_links())
    link->tick();
}

void Hub::forget(std::uint64_t link) {
  links_.erase(link);
  counters_.links = links_.size();
}

void Hub::committed(const Committed& committed) {
  const auto feed = feeds_.find(committed.store->id());
  if (feed != feeds_.end())
    feed->second->committed(committed);
}

StoreFeed& Hub::feed(const StoreState& store) {
  auto& feed = feeds_[store.id()];
  if (feed != nullptr)
    return *feed;
  feed = std::make_unique<StoreFeed>(*this, store);
  const auto kept = std::find_if(kept_snapshots_.begin(), kept_snapshots_.end(),
                                 [&](const auto& each) { return each.store == store.id(); });
  if (kept != kept_snapshots_.end()) {
    feed->adopt(std::move(kept->sets));
    kept_snapshots_.erase(kept);
  }
  return *feed;
}

void Hub::keep_snapshots(const StoreId& store, StoreFeed& feed) {
  constexpr std::int64_t kKeepMs = limits::kSnapshotKeepMinutes * 60'000;
  KeptSnapshots kept{store, feed.take_snapshots(), 0, clock_.now() + kKeepMs};
  for (const auto& [collection, set] : kept.sets)
    kept.bytes += set != nullptr ? set->bytes : 0;
  if (kept.bytes == 0)
    return;
  kept_snapshots_.push_back(std::move(kept));
  drop_kept_snapshots();
  scheduler_.after(kKeepMs, [this, alive = std::weak_ptr<bool>(alive_)] {
    if (!alive.expired())
      drop_kept_snapshots();
  });
}

void Hub::drop_kept_snapshots() {
  std::size_t bytes = 0;
  for (const KeptSnapshots& kept : kept_snapshots_)
    bytes += kept.bytes;
  while (!kept_snapshots_.empty() &&
         (bytes > limits::kSnapshotKeepBytes || kept_snapshots_.front().until <= clock_.now())) {
    bytes -= kept_snapshots_.front().bytes;
    kept_snapshots_.pop_front();
  }
}

void Hub::leave_feed(const StoreId& store, LinkFeed* link) {
  const auto feed = feeds_.find(store);
  if (feed == feeds_.end())
    return;
  feed->second->leave(link);
  if (!feed->second->empty())
    return;
  // Not at once: the feed may be in the middle of a fan-out that made this link leave.
  scheduler_.post([this, alive = std::weak_ptr<bool>(alive_), store] {
    if (alive.expired())
      return;
    const auto empty = feeds_.find(store);
    if (empty == feeds_.end() || !empty->second->empty())
      return;
    keep_snapshots(store, *empty->second);
    feeds_.erase(empty);
  });
}

void Hub::leave_page(const StoreId& store, const std::shared_ptr<LivePage>& page, LinkFeed* link,
                     std::uint32_t number) {
  const auto feed = feeds_.find(store);
  if (feed != feeds_.end())
    feed->second->pages().leave(page, link, number);
}

bool Hub::feed_is_pending(const StoreId& store) const {
  const auto feed = feeds_.find(store);
  return feed != feeds_.end() && feed->second->pending();
}

bool Hub::take_lead(const LinkFeed& link, const session::StoreRequest& request) {
  for (const auto& other : all_links()) {
    if (other.get() == &link || other->client() != request.client)
      continue;
    if (other->user().user != request.user.user)
      continue;
    if (other->generation() > request.generation)
      return false;
    // One tab leads with a link per store; only links of an older tab, or an older one on this
    // store, end.
    if (other->generation() == request.generation && other->store() != request.store)
      continue;
    other->close(session::kCloseNormal, "another tab of this browser took over");
  }
  return true;
}

bool Hub::may_renew_epoch(const StoreId& store) {
  const TimeMs now = clock_.now();
  const auto [last, first] = epochs_renewed_.try_emplace(store, now);
  if (first)
    return true;
  if (now - last->second < kEpochRenewalMs)
    return false;
  last->second = now;
  return true;
}

void Hub::close_links_of(const StoreId& store, const LinkFeed* except, std::uint16_t code,
                         std::string_view reason) {
  for (const auto& link : all_links()) {
    if (link.get() != except && link->store() == store)
      link->close(code, reason);
  }
}

void Hub::revoke(const Revocation& revocation) {
  for (const auto& link : all_links()) {
    if (revocation.kind == Revocation::Kind::store_closed) {
      if (link->store() == revocation.store)
        link->refuse(ErrorCode::inactive_store, session::kCloseAccess);
      continue;
    }
    if (link->user().user.empty() || link->user().user != revocation.user)
      continue;
    if (!revocation.credential.empty() && link->user().credential != revocation.credential)
      continue;
    if (revocation.kind != Revocation::Kind::role_changed) {
      link->refuse(ErrorCode::unauthorized, session::kCloseSignIn);
    } else if (revocation.store.empty() || link->store() == revocation.store) {
      link->refuse(ErrorCode::forbidden_store, session::kCloseAccess);
    }
  }
}

void Hub::shut_down(std::uint32_t retry_after_ms) {
  shutting_down_ = true;
  for (const auto& link : all_links())
    link->shut_down(retry_after_ms);
}

}  // namespace syncstore::engine
