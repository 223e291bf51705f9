#include "core/session/feed_conversation.hpp"

#include "core/base/limits.hpp"

namespace syncstore::session {

FeedConversation::FeedConversation(FeedHost& host, std::optional<FeedUser> authorised,
                                   Manner manner)
    : host_(host), manner_(manner), opened_at_(host.now()) {
  if (authorised) {
    user_ = std::move(*authorised);
    state_ = State::ready;
  }
}

void FeedConversation::received(std::string_view message, bool text) {
  if (state_ == State::closed)
    return;
  if (text != manner_.text)
    return close(kCloseWrongKind, manner_.text ? "text messages only" : "binary frames only");
  const std::size_t most =
      state_ == State::signed_out ? manner_.bytes_before_sign_in : limits::kMessageBytes;
  if (message.size() > most)
    return close(kCloseTooBig, "message too large");
  if (!within_rate())
    return;
  auto step = read(message);
  if (!step.ok())
    return bad_message(step.error());
  if (state_ != State::opening)
    return (*step)();
  if (held_.size() >= limits::kHeldMessages)
    return close(kClosePolicy, "too many messages before the store is open");
  held_.push_back(std::move(*step));
}

// Over the rate the socket is simply not read for a while, or the message is answered and not
// taken; a peer that goes on far beyond that is closed.
bool FeedConversation::within_rate() {
  if (rate_.take(host_.now()))
    return true;
  const bool patient = over_rate_.spend(host_.now());
  if (!manner_.takes_over_rate) {
    if (patient) {
      tell(fail(ErrorCode::rate_limited), false);
    } else {
      close(kCloseRate, "too many messages");  // it was told often enough
    }
    return false;
  }
  if (!patient) {
    refuse(ErrorCode::rate_limited, kCloseRate);
    return false;
  }
  rate_paused_ = true;
  update_reading();
  return true;
}

bool FeedConversation::sign_in(Result<FeedUser> user) {
  if (!user.ok()) {
    refuse(ErrorCode::unauthorized, kCloseSignIn);
    return false;
  }
  if (!user_.user.empty() && user_.user != user->user) {
    refuse(ErrorCode::other_user, kCloseSignIn);
    return false;
  }
  user_ = std::move(*user);
  if (state_ == State::signed_out)
    state_ = State::ready;
  host_.signed_in(user_);
  return true;
}

void FeedConversation::open_store(StoreRequest request) {
  state_ = State::opening;
  store_ = request.store;
  window_ = {};
  update_reading();
  request.user = user_;
  const std::uint64_t opening = ++opening_;
  host_.open_store(std::move(request),
                   [this, alive = std::weak_ptr<bool>(alive_), opening](Result<StoreFacts> facts) {
                     if (!alive.expired() && state_ == State::opening && opening == opening_)
                       opened(std::move(facts));
                   });
}

void FeedConversation::opened(Result<StoreFacts> facts) {
  if (facts.ok()) {
    tell_opened(std::move(*facts));
    state_ = State::open;
    host_.follow();
  } else {
    state_ = State::ready;
    store_.clear();
    tell_not_opened(facts.error());
  }
  while (!held_.empty() && state_ != State::opening && state_ != State::closed) {
    const Step step = std::move(held_.front());
    held_.pop_front();
    step();
  }
}

void FeedConversation::submit(std::vector<sync::Mutation> mutations, std::size_t bytes) {
  const std::size_t count = mutations.size();
  window_.add(count, bytes);
  update_reading();
  host_.submit(std::move(mutations),
               [this, alive = std::weak_ptr<bool>(alive_), opening = opening_, count,
                bytes](Result<std::vector<sync::MutationResult>> results) {
                 if (alive.expired() || state_ == State::closed || opening != opening_)
                   return;
                 window_.remove(count, bytes);
                 update_reading();
                 submitted(std::move(results));
               });
}

void FeedConversation::submitted(Result<std::vector<sync::MutationResult>> results) {
  if (results.ok())
    return tell_results(std::move(*results));
  // Nothing was stored and nothing parks: the peer keeps the mutations and sends them again.
  tell(results.error(), true);
}

void FeedConversation::tick() {
  if (state_ == State::closed)
    return;
  const TimeMs now = host_.now();
  const bool too_late =
      state_ == State::signed_out && now - opened_at_ >= limits::kAuthSeconds * 1'000;
  const bool expired = user_.expires_at != 0 && now >= user_.expires_at;
  if (too_late || expired)
    return refuse(ErrorCode::unauthorized, kCloseSignIn);
  if (rate_paused_ && (rate_.wait_ms() == 0 || rate_.take(now)))
    rate_paused_ = false;
  update_reading();
}

void FeedConversation::update_reading() {
  if (window_.full())
    window_paused_ = true;
  if (window_paused_ && window_.relaxed())
    window_paused_ = false;
  const bool paused = window_paused_ || rate_paused_;
  if (paused == paused_)
    return;
  paused_ = paused;
  host_.pause_reading(paused);
}

void FeedConversation::bad_message(const Error& error) {
  host_.count_bad_message();
  tell_bad_message(error);
  if (!bad_.spend(host_.now()))
    close(kClosePolicy, "too many bad messages");
}

void FeedConversation::refuse(ErrorCode code, std::uint16_t close_code) {
  if (state_ == State::closed)
    return;
  tell(fail(code), false);
  close(close_code, error_name(code));
}

void FeedConversation::close(std::uint16_t code, std::string_view reason) {
  if (state_ == State::closed)
    return;
  state_ = State::closed;
  host_.leave_store();
  host_.close(code, reason);
}

}  // namespace syncstore::session
