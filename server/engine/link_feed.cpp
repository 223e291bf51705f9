#include "server/engine/link_feed.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "core/wire/frame_codec.hpp"
#include "server/engine/hub.hpp"
#include "server/engine/json_steps.hpp"

namespace syncstore::engine {
namespace {

session::FeedUser feed_user(const Identity& identity) {
  return {identity.user, identity.name, identity.credential, identity.expires_at};
}

}  // namespace

LinkFeed::LinkFeed(Hub& hub, std::uint64_t number, std::shared_ptr<ports::Link> link, bool json,
                   std::optional<session::FeedUser> authorised)
    : hub_(hub), number_(number), link_(std::move(link)) {
  if (json) {
    json_ = std::make_unique<session::JsonFeedSession>(*this, "c" + base32_text(hub.random_.u64()),
                                                       std::move(authorised));
  } else {
    binary_ = std::make_unique<session::FeedSession>(*this, std::move(authorised));
  }
  keepalive_at_ = now() + limits::kPingSeconds * 1'000;
}

LinkFeed::~LinkFeed() = default;

// --- ports::LinkSession ---

void LinkFeed::received(std::string message, bool text) {
  if (closed_)
    return;
  const auto self = shared_from_this();  // the session may end the link
  if (json_ != nullptr) {
    json_->received(message, text);
  } else {
    binary_->received(message, text);
  }
}

void LinkFeed::drained() {
  if (!closed_)
    pump();
}

void LinkFeed::closed() {
  const auto self = shared_from_this();
  closed_ = true;
  leave_store();
  if (binary_ != nullptr)
    binary_->ended();
  if (json_ != nullptr)
    json_->ended();
  hub_.forget(number_);
}

// --- session::FeedHost: the link ---

TimeMs LinkFeed::now() const { return hub_.clock_.now(); }

const session::FeedUser& LinkFeed::user() const {
  return json_ != nullptr ? json_->user() : binary_->user();
}

void LinkFeed::send(Bytes message, bool text) {
  if (closed_)
    return;
  auto shared = std::make_shared<const std::string>(std::move(message));
  if (backlog_.empty() && send_message(shared, text))
    return;
  backlog_bytes_ += shared->size();
  backlog_.emplace_back(std::move(shared), text);
  if (backlog_bytes_ > limits::kLinkBacklogBytes)
    close(session::kCloseTimeout, "the reader is too slow");
}

bool LinkFeed::send_message(const SharedMessage& message, bool text) {
  if (!link_->send(message, text))
    return false;
  ++hub_.counters_.frames_sent;
  hub_.counters_.bytes_sent += message->size();
  return true;
}

void LinkFeed::close(std::uint16_t code, std::string_view reason) {
  if (closed_)
    return;
  // What the session said last must not stay behind a full queue: the peer would not know why it
  // was closed.
  flush_backlog();
  closed_ = true;
  leave_store();
  if (binary_ != nullptr)
    binary_->ended();
  if (json_ != nullptr)
    json_->ended();
  link_->close(code, std::string(reason));
}

void LinkFeed::pause_reading(bool paused) { link_->pause_reading(paused); }

Result<session::FeedUser> LinkFeed::take_ticket(std::string_view ticket) {
  if (hub_.identities_ == nullptr)
    return fail(ErrorCode::bad_token);
  SS_ASSIGN_OR_RETURN(const Identity identity, hub_.identities_->take_ticket(ticket));
  return feed_user(identity);
}

Result<session::FeedUser> LinkFeed::verify_token(std::string_view token) {
  if (hub_.identities_ == nullptr)
    return fail(ErrorCode::bad_token);
  SS_ASSIGN_OR_RETURN(const Identity identity, hub_.identities_->verify_token(token));
  return feed_user(identity);
}

void LinkFeed::signed_in(const session::FeedUser&) {
  if (following_ && binary_ != nullptr)
    send_keepalive();
}

void LinkFeed::count_bad_message() { ++hub_.counters_.bad_messages; }

void LinkFeed::refuse(ErrorCode code, std::uint16_t close_code) {
  const auto self = shared_from_this();
  if (json_ != nullptr) {
    json_->refuse(code, close_code);
  } else {
    binary_->refuse(code, close_code);
  }
}

void LinkFeed::shut_down(std::uint32_t retry_after_ms) {
  if (closed_)
    return;
  const auto self = shared_from_this();
  if (json_ != nullptr) {
    send(wire::render_connection_status("shutting_down", retry_after_ms, now()), true);
  } else {
    send(wire::encode(wire::DownMessage(wire::Notice{ErrorCode::unavailable, {}, retry_after_ms})),
         false);
  }
  close(session::kCloseGoingAway, "the server stops");
}

void LinkFeed::tell_read_only(bool on) {
  if (closed_ || !following_)
    return;
  const auto self = shared_from_this();
  if (json_ != nullptr) {
    const auto retry = on ? std::optional<std::int64_t>(limits::kStorageFullRetryMs) : std::nullopt;
    return send(wire::render_connection_status(on ? "degraded" : "connected", retry, now()), true);
  }
  const wire::Notice notice =
      on ? wire::Notice{ErrorCode::storage_full, {}, limits::kStorageFullRetryMs} : wire::Notice{};
  send(wire::encode(wire::DownMessage(notice)), false);
}

void LinkFeed::tick() {
  if (closed_)
    return;
  const auto self = shared_from_this();
  if (json_ != nullptr) {
    json_->tick();
  } else {
    binary_->tick();
  }
  if (closed_ || !following_ || binary_ == nullptr || now() < keepalive_at_)
    return;
  send_keepalive();
}

void LinkFeed::send_keepalive() {
  keepalive_at_ = now() + limits::kPingSeconds * 1'000;
  wire::Keepalive keepalive;
  keepalive.expires_in_s = binary_->expires_in_s();
  const StoreState* state = hub_.stores_.loaded(store_);
  // A head beyond what this link was given would tell it that it has what it does not have: none is
  // told then.
  if (state != nullptr && !behind_ && !hub_.feed_is_pending(store_)) {
    keepalive.head = state->sequence();
    keepalive.head_hash = state->head_hash();
  }
  send(wire::encode(wire::DownMessage(keepalive)), false);
}

// --- session::FeedHost: edits ---

void LinkFeed::submit(std::vector<sync::Mutation> mutations,
                      std::function<void(Result<std::vector<sync::MutationResult>>)> done) {
  const model::Role role = hub_.identities_ == nullptr
                               ? model::Role::none
                               : hub_.identities_->role_of(user().user, store_);
  if (role == model::Role::none)
    return refuse(ErrorCode::forbidden_store, session::kCloseAccess);
  Submission submission;
  submission.store = store_;
  submission.author = {user().user, user().name, role};
  submission.origin = json_ != nullptr ? sync::Origin::api : sync::Origin::screen;
  submission.lane = number_;
  submission.mutations = std::move(mutations);
  submission.done = [weak = weak_from_this(), done = std::move(done)](auto results) {
    const auto self = weak.lock();
    if (self != nullptr && !self->closed_)
      done(std::move(results));
  };
  hub_.committer_.submit(std::move(submission));
}

// --- what flows ---

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
    if (followed == nullptr || followed->cursor >= deltas[i].target)
      continue;
    exact = exact && followed->live && followed->cursor == deltas[i].base;
    mask |= std::uint64_t{1} << i;
  }
  if (!exact) {
    behind_ = announce_ = true;
    return pump();
  }
  if (!send_message(fan_out.frame(mask), false)) {
    ++hub_.counters_.slow_links;
    behind_ = announce_ = true;
    return;
  }
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

void LinkFeed::check(const wire::Check& all) {
  if (!following_ || behind_ || closed_ || binary_ == nullptr)
    return;
  wire::Check mine;
  for (const wire::Check::Entry& entry : all.entries) {
    const Followed* followed = find(entry.collection);
    if (followed != nullptr && followed->live && followed->cursor == entry.sequence)
      mine.entries.push_back(entry);
  }
  if (!mine.entries.empty())
    send(wire::encode(wire::DownMessage(mine)), false);
}

bool LinkFeed::flush_backlog() {
  while (!backlog_.empty()) {
    if (!send_message(backlog_.front().first, backlog_.front().second))
      return false;
    backlog_bytes_ -= backlog_.front().first->size();
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
      if (!send_snapshots() || !catch_up_binary(*state))
        return;
    } while (!snapshots_.empty());
    behind_ = false;
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
  std::vector<std::shared_ptr<const StoreFeed::Since>> kept;
  std::vector<std::string_view> sections;
  StoreFeed& feed = hub_.feed(state);
  for (Followed& followed : followed_) {
    if (followed.cursor >= state.table(followed.collection).last_sequence())
      continue;
    auto since = feed.section_since(state, followed.collection, followed.cursor);
    if (since == nullptr) {
      take_snapshot(state, followed);
      continue;
    }
    sections.push_back(since->section);
    kept.push_back(std::move(since));
  }
  if (!snapshots_.empty())
    return true;  // first these
  if (sections.empty() && !announce_ && authors_known_ == state.authors().size())
    return true;
  std::vector<wire::AuthorName> names;
  for (std::size_t i = authors_known_; i < state.authors().size(); ++i) {
    names.push_back({state.authors()[i].number, state.authors()[i].user, state.authors()[i].name});
  }
  const auto frame =
      std::make_shared<const std::string>(wire::encode_change(state.sequence(), names, sections));
  ++hub_.counters_.frames_encoded;
  if (!send_message(frame, false)) {
    ++hub_.counters_.slow_links;
    return false;
  }
  announce_ = false;
  authors_known_ = state.authors().size();
  for (Followed& followed : followed_) {
    followed.cursor = std::max(followed.cursor, state.table(followed.collection).last_sequence());
  }
  return true;
}

// Small collections first: they are complete while the large one is still on its way.
void LinkFeed::take_snapshot(const StoreState& state, Followed& followed) {
  if (!std::exchange(followed.live, false))
    return;
  auto set = hub_.feed(state).snapshot(state, followed.collection, role_);
  const auto in_progress = snapshots_.begin() + (next_part_ > 0 ? 1 : 0);
  const auto place = std::find_if(in_progress, snapshots_.end(),
                                  [&](const auto& other) { return other->bytes > set->bytes; });
  snapshots_.insert(place, std::move(set));
  behind_ = announce_ = true;
}

bool LinkFeed::send_snapshots() {
  while (!snapshots_.empty()) {
    const SnapshotSet& set = *snapshots_.front();
    while (next_part_ < set.messages.size()) {
      if (!send_message(set.messages[next_part_], false))
        return false;
      ++next_part_;
    }
    if (Followed* followed = find(set.collection)) {
      followed->live = true;
      followed->cursor = set.sequence;
    }
    snapshots_.pop_front();
    next_part_ = 0;
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
