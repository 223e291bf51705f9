// Page subscriptions of a link, and collections that are told page by page instead of as a copy.
#include <algorithm>

#include "core/base/limits.hpp"
#include "core/wire/frame_codec.hpp"
#include "server/engine/hub.hpp"
#include "server/engine/link_feed.hpp"

namespace syncstore::engine {
namespace {

// As lists over HTTP: by the id, a sortable field, or the field of the default sort.
bool sorts_by(const model::CollectionDef& collection, const view::Sort& sort) {
  if (sort.field < 0)
    return true;
  const auto all = view::parse_sort(collection, view::sort_text(collection, sort));
  return all.ok();
}

}  // namespace

Status LinkFeed::open_page(const wire::Subscribe& subscribe) {
  SS_ASSIGN_OR_RETURN(StoreState * state, readable(subscribe.collection));
  if (!sorts_by(*model::find_collection(subscribe.collection), subscribe.sort))
    return fail(ErrorCode::invalid, "The field cannot be sorted by.", "sort");
  if (state == nullptr || !following_)
    return fail(ErrorCode::unavailable);
  if (pages_.count(subscribe.subscription) == 0 && pages_.size() >= limits::kPageSubscriptions)
    return fail(ErrorCode::queue_full, "At most 64 page subscriptions on one connection.");
  close_page(subscribe.subscription);
  OpenPage& open = pages_[subscribe.subscription];
  open.page = hub_.feed(*state).pages().open(*state, subscribe, this);
  const bool known = subscribe.known != 0 && subscribe.known == open.page->hash();
  if (known && backlog_.empty() && !page_begun_ &&
      send_page(subscribe.subscription, open, open.page->unchanged(subscribe.subscription)))
    return {};
  if (!flush_backlog() || !send_pages(*state))
    behind_ = announce_ = true;
  tell_held_head();
  return {};
}

void LinkFeed::close_page(std::uint32_t number) {
  const auto open = pages_.find(number);
  if (open == pages_.end())
    return;
  const auto page = open->second.page;
  pages_.erase(open);
  if (page_begun_ && page_begun_->number == number)
    page_begun_.reset();
  hub_.leave_page(store_, page, this, number);
}

void LinkFeed::close_pages(std::optional<std::uint16_t> collection) {
  std::vector<std::uint32_t> numbers;
  for (const auto& [number, open] : pages_) {
    if (!collection || open.page->collection() == *collection)
      numbers.push_back(number);
  }
  for (const std::uint32_t number : numbers)
    close_page(number);
}

void LinkFeed::unsubscribe(std::uint32_t subscription) {
  close_page(subscription);
  tell_held_head();
}

// It was held back for a page that lagged and is no longer open.
void LinkFeed::tell_held_head() {
  if (announce_ && !behind_)
    catch_up_now();
}

// A page whose frames do not all fit into the queue goes on where it stopped, and is brought up to
// date after that.
bool LinkFeed::send_page(std::uint32_t number, OpenPage& open, const SharedPageFrames& frames,
                         std::size_t from) {
  for (std::size_t i = from; i < frames->messages.size(); ++i) {
    if (send_message(frames->messages[i], false))
      continue;
    if (i > 0)
      page_begun_ = PageBegun{number, frames, i};
    return false;
  }
  open.told = frames->hash;
  ++hub_.counters_.page_frames_sent;
  return true;
}

// What this link's pages show now, where that is not what it was told.
bool LinkFeed::send_pages(StoreState& state) {
  if (pages_.empty())
    return true;
  if (page_begun_) {
    const PageBegun begun = *std::exchange(page_begun_, std::nullopt);
    const auto open = pages_.find(begun.number);
    if (open != pages_.end() && !send_page(begun.number, open->second, begun.frames, begun.next))
      return false;
  }
  PageFeed& feed = hub_.feed(state).pages();
  for (auto& [number, open] : pages_)
    feed.refresh(state, *open.page);
  for (auto& [number, open] : pages_) {
    if (open.page->lags())
      continue;  // its rows are of several moments until it is read again
    if (open.told != open.page->hash() &&
        !send_page(number, open, feed.whole(state, *open.page, number)))
      return false;
  }
  return true;
}

void LinkFeed::tell_page(const StoreState& state, std::uint32_t number, LivePage& page) {
  const auto open = pages_.find(number);
  if (closed_ || !following_ || open == pages_.end() || open->second.page.get() != &page ||
      open->second.told == page.hash())
    return;
  if (backlog_.empty() && !page_begun_) {
    const bool follows = open->second.told != 0 && open->second.told == page.told_hash();
    if (send_page(number, open->second,
                  follows ? page.difference(state, number)
                          : hub_.feed(state).pages().whole(state, page, number)))
      return;
    ++hub_.counters_.slow_links;
  }
  // The newest state goes when the link has drained.
  behind_ = announce_ = true;
}

// The head that this link may be told: while a page of it lags, or was read for somebody else and
// not told here yet, none but the last one.
Sequence LinkFeed::head_to_tell(Sequence head) const {
  const bool owed = std::any_of(pages_.begin(), pages_.end(), [](const auto& each) {
    const OpenPage& open = each.second;
    return open.page->lags() || open.told != open.page->hash();
  });
  return owed ? head_told_ : std::max(head, head_told_);
}

void LinkFeed::announce_head() {
  announce_ = true;
  catch_up_now();
}

bool LinkFeed::is_paged(std::uint16_t collection, const StoreFeed& feed) const {
  return (abilities_ & wire::kReadsPages) != 0 && feed.paged(collection);
}

void LinkFeed::tell_paged(std::uint16_t collection) {
  send(wire::encode(wire::Cancel{collection, ErrorCode::page_only}), false);
}

// A collection has outgrown what a browser keeps, or fits again.
void LinkFeed::change_mode(StoreState& state, std::uint16_t collection) {
  Followed* followed = find(collection);
  if (closed_ || !following_ || binary_ == nullptr || followed == nullptr)
    return;
  const bool paged = is_paged(collection, hub_.feed(state));
  if (paged == followed->paged)
    return;
  const auto self = shared_from_this();
  followed->paged = paged;
  followed->resume.reset();
  followed->live = true;
  // A reader of pages has seen the newest: a kept snapshot that is older would take it back.
  followed->cursor = paged ? 0 : state.table(collection).last_sequence();
  const auto of_it = [&](const Outgoing& outgoing) {
    return outgoing.set->collection == collection;
  };
  snapshots_.erase(std::remove_if(snapshots_.begin(), snapshots_.end(), of_it), snapshots_.end());
  if (paged)
    return tell_paged(collection);
  take_snapshot(state, *followed);
  pump();
}

}  // namespace syncstore::engine
