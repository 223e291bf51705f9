#include "core/session/feed_session.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "core/wire/frame_codec.hpp"

namespace syncstore::session {
namespace {

template <class... F>
struct Cases : F... {
  using F::operator()...;
};
template <class... F>
Cases(F...) -> Cases<F...>;

constexpr std::uint32_t kRetryAfterMs =
    1'000;  // a full or busy disk: soon enough to be unnoticed, late enough not to hammer

}  // namespace

FeedSession::FeedSession(FeedHost& host, std::optional<FeedUser> authorised)
    : host_(host), opened_at_(host.now()), alive_(std::make_shared<bool>(true)) {
  if (authorised) {
    user_ = std::move(*authorised);
    state_ = State::ready;
  }
}

void FeedSession::received(std::string_view message, bool text) {
  if (state_ == State::closed)
    return;
  if (text)
    return close(kCloseWrongKind, "binary frames only");
  const std::size_t most =
      state_ == State::signed_out ? limits::kHelloBytes : limits::kMessageBytes;
  if (message.size() > most)
    return close(kCloseTooBig, "message too large");
  if (!within_rate())
    return;
  auto decoded = wire::decode_up(message);
  if (!decoded.ok())
    return bad_message(decoded.error());
  if (state_ == State::opening) {
    if (held_.size() >= limits::kHeldMessages)
      return close(kClosePolicy, "too many messages before welcome");
    held_.emplace_back(std::move(*decoded), message.size());
    return;
  }
  dispatch(std::move(*decoded), message.size());
}

// Over the rate the socket is simply not read for a while; a peer that has sent ahead far beyond
// that is closed.
bool FeedSession::within_rate() {
  if (rate_.take(host_.now()))
    return true;
  if (!over_rate_.spend(host_.now())) {
    refuse(ErrorCode::rate_limited, kCloseRate);
    return false;
  }
  rate_paused_ = true;
  update_reading();
  return true;
}

void FeedSession::dispatch(wire::UpMessage message, std::size_t bytes) {
  const auto in_store = [this] {
    if (state_ == State::open)
      return true;
    notice(state_ == State::signed_out ? ErrorCode::unauthorized : ErrorCode::wrong_state,
           "Send hello first.");
    return false;
  };
  std::visit(Cases{
                 [&](wire::Hello& hello) { on_hello(std::move(hello)); },
                 [&](wire::Mutate& mutate) {
                   if (in_store())
                     on_mutate(std::move(mutate), bytes);
                 },
                 [&](wire::Subscribe& subscribe) {
                   if (in_store())
                     on_subscribe(subscribe);
                 },
                 [&](wire::Unsubscribe& unsubscribe) {
                   if (in_store())
                     host_.unsubscribe(unsubscribe.subscription);
                 },
                 [&](wire::Credentials& credentials) { on_credentials(credentials); },
                 [&](wire::Ping& ping) { send(wire::Pong{ping.value}); },
             },
             message);
}

bool FeedSession::sign_in(std::string_view ticket) {
  auto user = host_.take_ticket(ticket);
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

void FeedSession::on_hello(wire::Hello hello) {
  if (hello.protocol != wire::kProtocol)
    return refuse(ErrorCode::needs_update, kCloseProtocol);
  if (!hello.ticket.empty()) {
    if (!sign_in(hello.ticket))
      return;
  } else if (state_ == State::signed_out) {
    return refuse(ErrorCode::unauthorized, kCloseSignIn);
  }
  // Somebody else's browser data must not meet this session: nothing was read yet.
  if (!hello.user.empty() && hello.user != user_.user)
    return refuse(ErrorCode::other_user, kCloseSignIn);
  state_ = State::opening;
  store_ = hello.store;
  window_ = {};
  update_reading();
  StoreRequest request;
  request.store = std::move(hello.store);
  request.user = user_;
  request.collections = std::move(hello.collections);
  request.client = hello.client;
  request.generation = hello.generation;
  request.cursors = std::move(hello.cursors);
  request.head = hello.head;
  request.head_hash = hello.head_hash;
  request.unanswered = std::move(hello.unanswered);
  const std::uint64_t opening = ++opening_;
  host_.open_store(std::move(request),
                   [this, alive = std::weak_ptr<bool>(alive_), opening](Result<StoreFacts> facts) {
                     if (!alive.expired() && state_ == State::opening && opening == opening_) {
                       on_opened(std::move(facts));
                     }
                   });
}

void FeedSession::on_opened(Result<StoreFacts> facts) {
  if (facts.ok()) {
    wire::Welcome welcome;
    welcome.epoch = facts->epoch;
    welcome.head = facts->head;
    welcome.head_hash = facts->head_hash;
    welcome.now = host_.now();
    welcome.user = user_.user;
    welcome.user_name = user_.name;
    welcome.role = facts->role;
    welcome.store = store_;
    welcome.expires_in_s = expires_in_s();
    welcome.authors = std::move(facts->authors);
    welcome.answers = std::move(facts->answers);
    send(welcome);
    state_ = State::open;
    host_.follow();
  } else {
    state_ = State::ready;
    if (facts.error().code == ErrorCode::other_user)
      return refuse(ErrorCode::other_user, kCloseSignIn);
    notice(facts.error().code, facts.error().detail,
           error_retryable(facts.error().code) ? kRetryAfterMs : 0);
  }
  while (!held_.empty() && state_ != State::opening && state_ != State::closed) {
    auto [message, bytes] = std::move(held_.front());
    held_.pop_front();
    dispatch(std::move(message), bytes);
  }
}

void FeedSession::on_mutate(wire::Mutate mutate, std::size_t bytes) {
  if (mutate.mutations.empty())
    return;
  if (mutate.mutations.size() > limits::kMutationsPerMessage) {
    return bad_message(fail(ErrorCode::too_large, "At most 512 mutations in one message."));
  }
  const std::size_t count = mutate.mutations.size();
  window_.add(count, bytes);
  update_reading();
  const std::uint64_t opening = opening_;
  host_.submit(std::move(mutate.mutations),
               [this, alive = std::weak_ptr<bool>(alive_), opening, count,
                bytes](Result<std::vector<sync::MutationResult>> results) {
                 if (alive.expired() || state_ == State::closed || opening != opening_)
                   return;
                 window_.remove(count, bytes);
                 update_reading();
                 if (results.ok()) {
                   send(wire::Receipt{std::move(*results)});
                   return;
                 }
                 // Nothing was stored and nothing parks: the peer keeps the mutations and sends
                 // them again.
                 const ErrorCode code = results.error().code;
                 notice(code == ErrorCode::storage_full ? ErrorCode::retry : code,
                        results.error().detail, kRetryAfterMs);
               });
}

void FeedSession::on_subscribe(const wire::Subscribe& subscribe) {
  if (Status status = host_.subscribe(subscribe); !status.ok()) {
    notice(status.error().code, status.error().detail);
  }
}

// The host tells the new expiry with a keepalive once the link follows a store.
void FeedSession::on_credentials(const wire::Credentials& credentials) {
  sign_in(credentials.ticket);
}

std::uint32_t FeedSession::expires_in_s() const {
  if (user_.expires_at == 0)
    return 0;
  const TimeMs left = std::max<TimeMs>(0, user_.expires_at - host_.now());
  return static_cast<std::uint32_t>(std::min<TimeMs>(left / 1'000, UINT32_MAX));
}

void FeedSession::tick() {
  if (state_ == State::closed)
    return;
  const TimeMs now = host_.now();
  if (state_ == State::signed_out && now - opened_at_ >= limits::kAuthSeconds * 1'000) {
    return refuse(ErrorCode::unauthorized, kCloseSignIn);
  }
  if (user_.expires_at != 0 && now >= user_.expires_at)
    return refuse(ErrorCode::unauthorized, kCloseSignIn);
  if (rate_paused_ && rate_.wait_ms() == 0)
    rate_paused_ = false;
  if (rate_paused_ && rate_.take(now))
    rate_paused_ = false;
  update_reading();
}

void FeedSession::update_reading() {
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

void FeedSession::bad_message(const Error& error) {
  host_.count_bad_message();
  // Kinds of a later version are skipped; everything else is told.
  if (error.code != ErrorCode::unknown_type)
    notice(error.code, error.detail);
  if (!bad_.spend(host_.now()))
    close(kClosePolicy, "too many bad messages");
}

void FeedSession::send(const wire::DownMessage& message) {
  host_.send(wire::encode(message), false);
}

void FeedSession::notice(ErrorCode code, std::string message, std::uint32_t retry_after_ms) {
  send(wire::Notice{code, std::move(message), retry_after_ms});
}

void FeedSession::refuse(ErrorCode code, std::uint16_t close_code) {
  if (state_ == State::closed)
    return;
  notice(code);
  close(close_code, error_name(code));
}

void FeedSession::close(std::uint16_t code, std::string_view reason) {
  if (state_ == State::closed)
    return;
  state_ = State::closed;
  host_.leave_store();
  host_.close(code, reason);
}

}  // namespace syncstore::session
