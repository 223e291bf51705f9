// The connection: attempts, hello and welcome, renewal, silence. Polling is in client_exchange.cpp.
#include <algorithm>
#include <utility>

#include "core/base/limits.hpp"
#include "core/session/client_session.hpp"
#include "core/wire/frame_codec.hpp"

namespace syncstore::session {
namespace {

constexpr std::uint16_t kCloseNormal = 1000;
constexpr std::uint16_t kCloseSignIn = 4401;
constexpr std::size_t kHelloUnanswered =
    limits::kUnansweredMutations;  // more are simply sent again: ids make it harmless

}  // namespace

void ClientSession::step(ConnectionEvent event, TimeMs now) {
  const Transition to = transition(state_, event);
  if (state_ == ConnectionState::connected && to.next != state_)
    offline_since_ = now;
  if (to.next == ConnectionState::connected)
    offline_since_ = 0;
  state_ = to.next;
  if ((to.actions & kClose) != 0)
    drop_link(kCloseNormal);
  if ((to.actions & kResetBackoff) != 0)
    backoff_.reset();
  if ((to.actions & kScheduleRetry) != 0) {
    retry_at_ = now + backoff_.next_ms(ids_.next_random());
    if (backoff_.failures() >= limits::kFailuresBeforePolling && poll_at_ == 0)
      poll_at_ = now;
  }
  if ((to.actions & kSchedulePoll) != 0)
    poll_at_ = now + limits::kPollMs;
  if ((to.actions & kPoll) != 0)
    begin_exchange(now);
  if ((to.actions & kAttempt) != 0)
    begin_attempt(now);
  if (!in_network_trouble(state_))
    poll_at_ = 0;
}

void ClientSession::begin_attempt(TimeMs now) {
  retry_at_ = 0;
  if (attempt_ != Attempt::none)
    return;
  attempt_ = Attempt::ticket;
  attempt_until_ = now + limits::kAttemptMs;
  emit(EffectKind::fetch_ticket);
}

void ClientSession::drop_link(std::uint16_t close_code) {
  if (attempt_ == Attempt::socket || attempt_ == Attempt::hello || heard_at_ != 0) {
    emit(EffectKind::close, close_code);
  }
  attempt_ = Attempt::none;
  renewing_ = false;
  attempt_until_ = heard_at_ = pinged_at_ = renew_at_ = retry_at_ = send_again_at_ = 0;
  ++link_;
  // What was about to leave did not: it waits.
  for (const HeldSend& held : held_sends_) {
    for (const MutationId& id : held.mutations)
      queue_.not_received(id);
  }
  held_sends_.clear();
  subscriptions_.lost();
  pause_incoming();
}

// The socket, or the way to it, is gone: counts as lost when the server had welcomed us.
void ClientSession::link_failed(TimeMs now) {
  const bool was_welcomed = state_ == ConnectionState::connected;
  drop_link(kCloseNormal);
  step(was_welcomed ? ConnectionEvent::lost : ConnectionEvent::attempt_failed, now);
}

wire::Hello ClientSession::make_hello() const {
  wire::Hello hello;
  hello.user = config_.user;
  hello.client = config_.client;
  hello.generation = config_.generation;
  hello.store = config_.store;
  for (const auto& [collection, place] : places_) {
    if (place.valid && !place.doubted && place.cursor.epoch == epoch_)
      hello.cursors.push_back(place.cursor);
    if (place.paused) {
      const Place::Incoming& paused = *place.paused;
      hello.resumes.push_back({collection, epoch_, paused.begin.start, paused.next_part});
    }
  }
  hello.abilities = wire::kReadsLive | wire::kReadsPages;
  hello.head = head_;
  hello.head_hash = head_hash_;
  hello.unanswered = queue_.unanswered();
  if (hello.unanswered.size() > kHelloUnanswered)
    hello.unanswered.resize(kHelloUnanswered);
  return hello;
}

// --- events ---

void ClientSession::start(TimeMs now) {
  offline_since_ = now;
  pause_incoming();  // a stored snapshot that never came to its end goes on where it broke
  for (auto& [collection, place] : places_)
    place.valid = place.valid && !place.doubted;
  if (std::exchange(cache_damaged_, false) || !restore_rest_.empty()) {
    // What was stored behind the damage, from now on too, would never be read again.
    restore_rest_.clear();
    compact();
  }
  step(ConnectionEvent::start, now);
  if (hinted_offline_)
    step(ConnectionEvent::went_offline, now);
  finish(now);
}

void ClientSession::stop(TimeMs now) {
  step(ConnectionEvent::stop, now);
  finish(now);
}

void ClientSession::ticket(std::string ticket, TimeMs now) {
  if (renewing_) {
    renewing_ = false;
    if (is_live())
      emit(EffectKind::send, 0, {}, wire::encode(wire::Credentials{std::move(ticket)}));
  } else if (attempt_ == Attempt::ticket) {
    ticket_ = std::move(ticket);
    attempt_ = Attempt::socket;
    emit(EffectKind::connect);
  }
  finish(now);
}

void ClientSession::ticket_failed(int http_status, TimeMs now) {
  const bool awaited = renewing_ || attempt_ == Attempt::ticket;
  if (attempt_ == Attempt::ticket)
    attempt_ = Attempt::none;
  if (renewing_) {
    renewing_ = false;
    renew_at_ = now + limits::kBackoffMaxMs;
  }
  if (awaited && http_status == 401) {
    step(ConnectionEvent::unauthorized, now);
  } else if (awaited && http_status == 426) {
    step(ConnectionEvent::outdated, now);
  } else if (awaited && !is_live()) {
    link_failed(now);
  }
  finish(now);
}

void ClientSession::socket_opened(TimeMs now) {
  if (attempt_ == Attempt::socket) {
    attempt_ = Attempt::hello;
    wire::Hello hello = make_hello();
    hello.ticket = std::move(ticket_);
    ticket_.clear();
    emit(EffectKind::send, 0, {}, wire::encode(hello));
  }
  finish(now);
}

void ClientSession::socket_message(std::string_view frame, TimeMs now) {
  if (attempt_ == Attempt::hello || is_live()) {
    if (is_live())
      heard_at_ = now;
    pinged_at_ = 0;
    on_socket_frame(frame, now);
  }
  finish(now);
}

void ClientSession::socket_closed(std::uint16_t code, TimeMs now) {
  if (attempt_ == Attempt::socket || attempt_ == Attempt::hello || is_live()) {
    const bool was_live = is_live();
    heard_at_ = 0;  // nothing left to close
    if (attempt_ == Attempt::socket || attempt_ == Attempt::hello)
      attempt_ = Attempt::none;
    link_failed(now);
    // Revoked or expired: asking for a ticket tells which, without waiting.
    if (was_live && code == kCloseSignIn)
      retry_at_ = now;
  }
  finish(now);
}

void ClientSession::network_hint(bool online, TimeMs now) {
  hinted_offline_ = !online;
  step(online ? ConnectionEvent::went_online : ConnectionEvent::went_offline, now);
  if (state_ != ConnectionState::idle)
    finish(now);
}

void ClientSession::retry_now(TimeMs now) {
  step(ConnectionEvent::retry_now, now);
  finish(now);
}

void ClientSession::signed_in(TimeMs now) {
  step(ConnectionEvent::signed_in, now);
  finish(now);
}

void ClientSession::timer(TimeMs now) {
  told_timer_ = 0;
  // A clock that was set back: what is counted from ahead of it would not be due for as long.
  heard_at_ = std::min(heard_at_, now);
  pinged_at_ = std::min(pinged_at_, now);
  for (auto& [collection, place] : places_)
    place.resync_at = std::min(place.resync_at, now);
  const auto due = [now](TimeMs at) { return at != 0 && at <= now; };
  if (due(retry_at_))
    step(ConnectionEvent::retry_due, now);
  if (due(poll_at_)) {
    poll_at_ = 0;
    step(ConnectionEvent::poll_due, now);
  }
  if (attempt_ != Attempt::none && due(attempt_until_))
    link_failed(now);
  if (is_live()) {
    if (pinged_at_ != 0 && now - pinged_at_ >= limits::kPongMs) {
      link_failed(now);
    } else if (pinged_at_ == 0 && now - heard_at_ >= limits::kSilenceMs) {
      pinged_at_ = now;
      emit(EffectKind::send, 0, {}, wire::encode(wire::Ping{link_}));
    }
  }
  if (is_live() && due(renew_at_)) {
    renew_at_ = 0;
    renewing_ = true;
    emit(EffectKind::fetch_ticket);
  }
  if (due(send_again_at_))
    send_again_at_ = 0;
  const std::set<std::uint16_t> waiting = std::move(to_resync_);
  to_resync_.clear();
  for (const std::uint16_t collection : waiting)
    resync(collection, now);
  ask_pages_ = ask_pages_ || due(subscriptions_.due());
  for (const RowKey& key : writer_.expire_saved(now))
    pages_.decoration_changed(key);
  finish(now);
}

void ClientSession::arrange_timer(TimeMs now) {
  TimeMs next = 0;
  const auto consider = [&next](TimeMs at) {
    if (at != 0 && (next == 0 || at < next))
      next = at;
  };
  consider(retry_at_);
  consider(poll_at_);
  if (attempt_ != Attempt::none)
    consider(attempt_until_);
  if (is_live()) {
    consider(pinged_at_ != 0 ? pinged_at_ + limits::kPongMs : heard_at_ + limits::kSilenceMs);
    consider(renew_at_);
    consider(send_again_at_);
  }
  if (is_live())
    consider(subscriptions_.due());
  consider(cache_.due());
  consider(store_again_at_);
  consider(tell_at_);
  consider(writer_.next_saved_end());
  for (const std::uint16_t collection : to_resync_)
    consider(places_[collection].resync_at + limits::kResyncMs);
  if (next != 0)
    next = std::max(next, now + 1);
  // A timer that comes early finds nothing due and is set anew: cheaper than moving it with every
  // frame that puts the next silence off.
  if (next == told_timer_ || (told_timer_ != 0 && told_timer_ < next))
    return;
  told_timer_ = next;
  emit(EffectKind::set_timer, static_cast<std::uint64_t>(next));
}

// --- frames of the link itself ---

void ClientSession::on_socket_frame(std::string_view frame, TimeMs now) {
  auto message = wire::decode_down(frame);
  if (!message.ok()) {
    if (message.error().code == ErrorCode::needs_update)
      return step(ConnectionEvent::outdated, now);
    if (message.error().code == ErrorCode::unknown_type) {
      ++skipped_frames_;
      return;
    }
    last_error_ = message.error();
    return link_failed(now);
  }
  if (const auto* welcome = std::get_if<wire::Welcome>(&*message)) {
    if (attempt_ == Attempt::hello)
      on_welcome(*welcome, now);
  } else if (const auto* notice = std::get_if<wire::Notice>(&*message)) {
    on_notice(*notice, now);
  } else if (is_live()) {
    receive(frame, *message, now);
  }
}

void ClientSession::on_welcome(const wire::Welcome& welcome, TimeMs now) {
  if (welcome.user != config_.user) {
    last_error_ = fail(ErrorCode::other_user);
    return step(ConnectionEvent::unauthorized, now);
  }
  attempt_ = Attempt::none;
  attempt_until_ = 0;
  heard_at_ = now;
  last_error_.reset();
  step(ConnectionEvent::welcomed, now);
  take_welcome(welcome, now);
  // What was sent on an older link and is not answered now was dropped with that link: it goes
  // again under its id.
  for (const MutationId& id : queue_.unanswered())
    queue_.not_received(id);
  renew_at(welcome.expires_in_s, now);
}

void ClientSession::take_welcome(const wire::Welcome& welcome, TimeMs now) {
  if (welcome.epoch != epoch_)
    change_epoch(welcome.epoch);
  epoch_heard_ = true;
  head_ = welcome.head;
  head_hash_ = welcome.head_hash;
  role_ = welcome.role;
  user_name_ = welcome.user_name;
  as_of_ = std::max(as_of_, welcome.now);
  for (const wire::AuthorName& author : welcome.authors)
    writer_.set_author(author);
  for (const wire::Answer& answer : welcome.answers) {
    if (answer.known) {
      take_answer(answer.result, now);
    } else {
      queue_.not_received(answer.id);
    }
  }
  cache_welcome(now);
}

void ClientSession::on_notice(const wire::Notice& notice, TimeMs now) {
  const bool previewing = std::any_of(places_.begin(), places_.end(),
                                      [](const auto& entry) { return entry.second.preview; });
  if (notice.subscription != 0 || (previewing && notice.code == ErrorCode::not_implemented))
    return refuse_page(notice);
  last_error_ = fail(notice.code, notice.message);
  switch (notice.code) {
    case ErrorCode::other_user:
      return step(ConnectionEvent::unauthorized, now);
    case ErrorCode::needs_update:
      return step(ConnectionEvent::outdated, now);
    case ErrorCode::retry:
    case ErrorCode::queue_full:
    case ErrorCode::unavailable:
    case ErrorCode::rate_limited:
      // Nothing of what was under way is stored: a fresh hello finds out what is, and the rest goes
      // again.
      link_failed(now);
      if (retry_at_ != 0)
        retry_at_ = std::max(retry_at_, now + static_cast<TimeMs>(notice.retry_after_ms));
      return;
    case ErrorCode::storage_full:
      if (attempt_ == Attempt::hello)
        return link_failed(now);
      return hold_edits(now + static_cast<TimeMs>(notice.retry_after_ms));
    case ErrorCode::none:
      last_error_.reset();
      send_again_at_ = 0;
      return;
    default:
      // An answer to hello: the store cannot be opened. Later attempts may find it open again.
      if (attempt_ == Attempt::hello)
        link_failed(now);
  }
}

// Reading goes on over this link; nothing that was under way is stored. What the server had stored
// all the same it answers again under the same id.
void ClientSession::hold_edits(TimeMs until) {
  send_again_at_ = until;
  held_sends_.clear();
  for (const MutationId& id : queue_.unanswered())
    queue_.not_received(id);
  queue_changed_ = true;
}

void ClientSession::on_keepalive(const wire::Keepalive& keepalive, TimeMs now) {
  renew_at(keepalive.expires_in_s, now);
  if (keepalive.head == 0)
    return;  // only the credentials were renewed
  head_ = keepalive.head;
  head_hash_ = keepalive.head_hash;
  advance(keepalive.head);
}

// Renewed in place when four fifths of the time are over.
void ClientSession::renew_at(std::uint32_t expires_in_s, TimeMs now) {
  renew_at_ = expires_in_s == 0 ? 0 : now + TimeMs{expires_in_s} * 800;
}

}  // namespace syncstore::session
