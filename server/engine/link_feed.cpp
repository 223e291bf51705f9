#include "server/engine/link_feed.hpp"

#include "core/base/limits.hpp"
#include "core/wire/frame_codec.hpp"
#include "server/engine/hub.hpp"

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
  send_shared(std::make_shared<const std::string>(std::move(message)), text);
}

void LinkFeed::send_shared(SharedMessage message, bool text) {
  if (closed_)
    return;
  if (backlog_.empty() && send_message(message, text))
    return;
  backlog_bytes_ += message->size() + limits::kLinkMessageCost;
  backlog_.emplace_back(std::move(message), text);
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
  if (state != nullptr && !behind_ && !hub_.feed_is_pending(store_) &&
      head_to_tell(state->sequence()) == state->sequence()) {
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

}  // namespace syncstore::engine
