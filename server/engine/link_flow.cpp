// What flows on a link that follows a store: changes as they happen, and for a link that cannot
// take them, or comes late, snapshots and the state since its cursors.
#include <algorithm>

#include "core/base/limits.hpp"
#include "core/wire/frame_codec.hpp"
#include "server/engine/hub.hpp"
#include "server/engine/json_steps.hpp"
#include "server/engine/link_feed.hpp"

namespace syncstore::engine {

LinkFeed::Followed* LinkFeed::find(std::uint16_t collection) {
  for (Followed& followed : followed_) {
    if (followed.collection == collection)
      return &followed;
  }
  return nullptr;
}

void LinkFeed::deliver(FanOut& fan_out) {
  if (!following_ || behind_ || closed_)
    return;
  const auto self = shared_from_this();
  if (json_ != nullptr) {
    deliver_json(fan_out);
  } else {
    deliver_binary(fan_out);
  }
}

void LinkFeed::deliver_binary(FanOut& fan_out) {
  std::uint64_t mask = 0;
  bool exact = authors_known_ >= fan_out.authors_before() && backlog_.empty();
  const auto& deltas = fan_out.deltas();
  for (std::size_t i = 0; i < deltas.size(); ++i) {
    const Followed* followed = find(deltas[i].collection);
    if (followed == nullptr || followed->paged || followed->cursor >= deltas[i].target)
      continue;
    exact = exact && followed->live && followed->cursor == deltas[i].base;
    mask |= std::uint64_t{1} << i;
  }
  if (!exact) {
    behind_ = announce_ = true;
    return pump();
  }
  const Sequence head = head_to_tell(fan_out.head());
  if (!send_message(fan_out.frame(mask, head), false)) {
    ++hub_.counters_.slow_links;
    behind_ = announce_ = true;
    return;
  }
  head_told_ = head;
  announce_ = head < fan_out.head();  // said when the pages that lag are there
  authors_known_ = std::max(authors_known_, fan_out.authors_now());
  for (const sync::Delta& delta : deltas) {
    if (Followed* followed = find(delta.collection))
      followed->cursor = std::max(followed->cursor, delta.target);
  }
}

void LinkFeed::deliver_json(FanOut& fan_out) {
  const auto& deltas = fan_out.deltas();
  std::vector<std::size_t> mine;
  bool exact = backlog_.empty() && bulk_.empty();
  for (std::size_t i = 0; i < deltas.size(); ++i) {
    const Followed* followed = find(deltas[i].collection);
    if (followed == nullptr || followed->cursor >= deltas[i].target)
      continue;
    exact = exact && followed->cursor == deltas[i].base;
    mine.push_back(i);
  }
  if (!exact) {
    behind_ = true;
    return pump();
  }
  for (std::size_t i = 0; i < mine.size(); ++i) {
    if (!send_message(fan_out.message(mine[i], i + 1 < mine.size()), true)) {
      ++hub_.counters_.slow_links;
      behind_ = true;
      return;
    }
    find(deltas[mine[i]].collection)->cursor = deltas[mine[i]].target;
  }
}

void LinkFeed::check(CheckRound& round) {
  if (!following_ || behind_ || closed_ || binary_ == nullptr)
    return;
  std::uint64_t mask = 0;
  for (std::size_t i = 0; i < round.entries().size(); ++i) {
    const wire::Check::Entry& entry = round.entries()[i];
    const Followed* followed = find(entry.collection);
    if (followed != nullptr && followed->live && !followed->paged &&
        followed->cursor == entry.sequence)
      mask |= std::uint64_t{1} << i;
  }
  if (mask != 0)
    send_shared(round.frame(mask), false);
}

bool LinkFeed::flush_backlog() {
  while (!backlog_.empty()) {
    if (!send_message(backlog_.front().first, backlog_.front().second))
      return false;
    backlog_bytes_ -= backlog_.front().first->size() + limits::kLinkMessageCost;
    backlog_.pop_front();
  }
  return true;
}

// Sends as much as the link takes: what the session said, then snapshots part by part, then the
// state since the cursors. The head is told only when every collection has reached it: a client
// lets go of its own edits by it.
void LinkFeed::pump() {
  if (!flush_backlog() || !following_ || closed_)
    return;
  StoreState* state = hub_.stores_.loaded(store_);
  if (state == nullptr)
    return;
  if (binary_ != nullptr) {
    if (!behind_)
      return;
    do {
      if (!send_pages(*state) || !send_snapshots(*state) || !catch_up_binary(*state))
        return;
    } while (!snapshots_.empty());
    behind_ = false;
    if (std::exchange(verify_, false)) {
      CheckRound round = hub_.feed(*state).check_round(*state);
      check(round);
    }
    return;
  }
  while (true) {
    while (!bulk_.empty()) {
      if (!send_message(bulk_.front(), true)) {
        behind_ = true;
        return;
      }
      bulk_.pop_front();
    }
    if (!behind_)
      return;
    behind_ = false;
    for (const Followed& followed : followed_) {
      // So late that removals were forgotten meanwhile: it selects the store again.
      if (followed.cursor < state->table(followed.collection).last_sequence() &&
          !state->remembers_removals_since(followed.collection, followed.cursor))
        return close(session::kCloseTimeout, "the reader is too slow");
    }
    queue_json_catch_up(*state, false);
  }
}

void LinkFeed::catch_up_now() {
  if (!following_ || closed_)
    return;
  behind_ = true;
  pump();
}

bool LinkFeed::catch_up_binary(StoreState& state) {
  std::vector<std::pair<Followed*, std::shared_ptr<const StoreFeed::Since>>> kept;
  std::vector<std::string_view> sections;
  StoreFeed& feed = hub_.feed(state);
  for (Followed& followed : followed_) {
    if (followed.paged || followed.cursor >= state.table(followed.collection).last_sequence())
      continue;
    auto since = feed.section_since(state, followed.collection, followed.cursor);
    if (since != nullptr && since->live != nullptr && (abilities_ & wire::kReadsLive) == 0)
      since = nullptr;
    if (since == nullptr) {
      take_snapshot(state, followed);
      continue;
    }
    sections.push_back(since->section);
    kept.emplace_back(&followed, std::move(since));
  }
  if (!snapshots_.empty())
    return true;  // first these
  for (const auto& [followed, since] : kept) {
    // Said once: a slow link would be filled with it again before the change behind it fits.
    const bool known =
        followed->lives_told > followed->cursor &&
        state.remembers_removals_since(followed->collection, followed->lives_told);
    if (since->live == nullptr || known)
      continue;
    if (!send_message(since->live, false)) {
      ++hub_.counters_.slow_links;
      return false;
    }
    followed->lives_told = state.table(followed->collection).last_sequence();
  }
  const Sequence head = head_to_tell(state.sequence());
  const bool held = head < state.sequence();  // said when the pages that lag are there
  if (sections.empty() && (!announce_ || held) && authors_known_ == state.authors().size())
    return true;
  std::vector<wire::AuthorName> names;
  for (std::size_t i = authors_known_; i < state.authors().size(); ++i) {
    names.push_back({state.authors()[i].number, state.authors()[i].user, state.authors()[i].name});
  }
  const auto frame =
      std::make_shared<const std::string>(wire::encode_change(head, names, sections));
  ++hub_.counters_.frames_encoded;
  if (!send_message(frame, false)) {
    ++hub_.counters_.slow_links;
    return false;
  }
  announce_ = held;
  head_told_ = head;
  authors_known_ = state.authors().size();
  for (Followed& followed : followed_) {
    followed.cursor = std::max(followed.cursor, state.table(followed.collection).last_sequence());
  }
  return true;
}

// Small collections first: they are complete while the large one is still on its way.
void LinkFeed::take_snapshot(const StoreState& state, Followed& followed) {
  if (!followed.live)
    return;
  StoreFeed& feed = hub_.feed(state);
  const auto resume = std::exchange(followed.resume, std::nullopt);
  if (resume) {
    auto set = feed.snapshot_at(state, followed.collection, resume->start);
    if (set != nullptr && resume->next_part <= set->begin.parts) {
      ++hub_.counters_.snapshots_resumed;
      return queue_snapshot(followed, std::move(set), resume->next_part);
    }
  }
  const Sequence at_least =
      fresh_ ? state.table(followed.collection).last_sequence() : followed.cursor;
  queue_snapshot(followed, feed.snapshot(state, followed.collection, role_, at_least));
}

void LinkFeed::queue_snapshot(Followed& followed, std::shared_ptr<const SnapshotSet> set,
                              std::uint32_t from) {
  followed.live = false;
  const bool begun = !snapshots_.empty() && snapshots_.front().next > 0;
  const auto place =
      std::find_if(snapshots_.begin() + (begun ? 1 : 0), snapshots_.end(),
                   [&](const Outgoing& other) { return other.set->bytes > set->bytes; });
  snapshots_.insert(place, Outgoing{std::move(set), from, 0});
  behind_ = announce_ = true;
}

// The rows on screen come first: pages go before every part.
bool LinkFeed::send_snapshots(StoreState& state) {
  while (!snapshots_.empty()) {
    Outgoing& outgoing = snapshots_.front();
    const SnapshotSet& set = *outgoing.set;
    while (outgoing.next < set.messages.size()) {
      if (!send_pages(state))
        return false;
      SharedMessage message = set.messages[outgoing.next];
      const bool goes_on = outgoing.next == 0 && outgoing.from != 0;
      if (goes_on) {
        wire::Begin begin = set.begin;
        begin.from = outgoing.from;
        message = std::make_shared<const std::string>(wire::encode(wire::DownMessage(begin)));
      }
      if (!send_message(message, false))
        return false;
      outgoing.next += goes_on ? 1 + outgoing.from : 1;
    }
    if (Followed* followed = find(set.collection)) {
      followed->live = true;
      followed->cursor = set.sequence;
    }
    if (set.begin.collection != 0)
      close_pages(set.begin.collection);  // it was a snapshot, and all of it is there
    snapshots_.pop_front();
  }
  return true;
}

void LinkFeed::queue_json_catch_up(const StoreState& state, bool bulk) {
  std::vector<JsonStep> steps;
  for (Followed& followed : followed_) {
    JsonStep step = json_step(state, followed.collection, followed.cursor);
    followed.cursor = step.target;
    if (!step.empty())
      steps.push_back(std::move(step));
  }
  if (steps.empty() && bulk && !followed_.empty()) {
    // Nothing is new; the reader still waits for the message that ends the bulk.
    steps.push_back(json_step(state, followed_.front().collection, followed_.front().cursor));
  }
  for (std::size_t i = 0; i < steps.size(); ++i) {
    wire::DataHead head;
    head.bulk = bulk;
    head.more = i + 1 < steps.size();
    head.now = now();
    for (std::string& message : render_step(state, steps[i], head)) {
      bulk_.push_back(std::make_shared<const std::string>(std::move(message)));
    }
  }
}

}  // namespace syncstore::engine
