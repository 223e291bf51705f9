#include "core/session/json_feed_session.hpp"

#include "core/base/limits.hpp"
#include "core/base/text.hpp"

namespace syncstore::session {
namespace {

template <class... F>
struct Cases : F... {
  using F::operator()...;
};
template <class... F>
Cases(F...) -> Cases<F...>;

}  // namespace

JsonFeedSession::JsonFeedSession(FeedHost& host, std::string connection_id,
                                 std::optional<FeedUser> authorised)
    : host_(host),
      connection_id_(std::move(connection_id)),
      opened_at_(host.now()),
      alive_(std::make_shared<bool>(true)) {
  if (authorised) {
    user_ = std::move(*authorised);
    state_ = State::ready;
  }
  say_connected();
}

void JsonFeedSession::say_connected() {
  wire::ConnectedInfo info;
  info.authenticated = state_ != State::signed_out;
  info.connection_id = connection_id_;
  info.user_id = user_.user;
  host_.send(wire::render_connected(info, host_.now()), true);
}

void JsonFeedSession::received(std::string_view message, bool text) {
  if (state_ == State::closed)
    return;
  if (!text)
    return close(kCloseWrongKind, "text messages only");
  const std::size_t most =
      state_ == State::signed_out ? limits::kMessageBytesBeforeAuth : limits::kMessageBytes;
  if (message.size() > most)
    return close(kCloseTooBig, "message too large");
  if (!is_valid_utf8(message))
    return close(kCloseBadUtf8, "not UTF-8");
  if (!within_rate())
    return;
  auto parsed = wire::parse_client_message(message);
  if (!parsed.ok())
    return bad_message(parsed.error());
  if (state_ == State::opening) {
    if (held_.size() >= limits::kHeldMessages)
      return close(kClosePolicy, "too many messages before store_switch");
    held_.emplace_back(std::move(*parsed), message.size());
    return;
  }
  dispatch(std::move(*parsed), message.size());
}

// A message over the rate is answered, not taken; a program that goes on regardless is closed.
bool JsonFeedSession::within_rate() {
  if (rate_.take(host_.now()))
    return true;
  if (over_rate_.spend(host_.now())) {
    error(fail(ErrorCode::rate_limited));
  } else {
    close(kCloseRate, "too many messages");
  }
  return false;
}

void JsonFeedSession::dispatch(wire::JsonClientMessage message, std::size_t bytes) {
  std::visit(Cases{
                 [&](wire::JsonAuth& auth) { on_auth(auth); },
                 [&](wire::JsonSelectStore& select) {
                   if (state_ == State::signed_out)
                     return bad_message(fail(ErrorCode::unauthorized));
                   on_select(std::move(select));
                 },
                 [&](wire::JsonMutate& mutate) {
                   if (state_ == State::signed_out)
                     return bad_message(fail(ErrorCode::unauthorized));
                   if (state_ != State::open || mutate.store != store_) {
                     return bad_message(
                         fail(ErrorCode::wrong_state, "Select this store first.", "storeId"));
                   }
                   on_mutate(std::move(mutate), bytes);
                 },
                 [&](wire::JsonPing& ping) {
                   host_.send(wire::render_pong(ping.data, host_.now()), true);
                 },
             },
             message);
}

void JsonFeedSession::on_auth(const wire::JsonAuth& auth) {
  auto user = auth.ticket.empty() ? host_.verify_token(auth.token) : host_.take_ticket(auth.ticket);
  if (!user.ok())
    return refuse(ErrorCode::unauthorized, kCloseSignIn);
  if (!user_.user.empty() && user_.user != user->user)
    return refuse(ErrorCode::other_user, kCloseSignIn);
  user_ = std::move(*user);
  if (state_ == State::signed_out)
    state_ = State::ready;
  host_.signed_in(user_);
  say_connected();
}

void JsonFeedSession::on_select(wire::JsonSelectStore select) {
  state_ = State::opening;
  store_ = select.store;
  window_ = {};
  update_reading();
  StoreRequest request;
  request.store = std::move(select.store);
  request.user = user_;
  request.collections = std::move(select.collections);
  request.since = select.since;
  const std::uint64_t opening = ++opening_;
  host_.open_store(std::move(request),
                   [this, alive = std::weak_ptr<bool>(alive_), opening](Result<StoreFacts> facts) {
                     if (!alive.expired() && state_ == State::opening && opening == opening_) {
                       on_opened(std::move(facts));
                     }
                   });
}

void JsonFeedSession::on_opened(Result<StoreFacts> facts) {
  if (facts.ok()) {
    host_.send(wire::render_store_switch(store_, facts->epoch, facts->head, facts->store_info,
                                         facts->dashboard, facts->role, facts->mode, host_.now()),
               true);
    state_ = State::open;
    host_.follow();
  } else {
    state_ = State::ready;
    store_.clear();
    error(facts.error());
  }
  while (!held_.empty() && state_ != State::opening && state_ != State::closed) {
    auto [message, bytes] = std::move(held_.front());
    held_.pop_front();
    dispatch(std::move(message), bytes);
  }
}

void JsonFeedSession::on_mutate(wire::JsonMutate mutate, std::size_t bytes) {
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
                   host_.send(wire::render_receipt(store_, *results, host_.now()), true);
                   return;
                 }
                 Error answer = results.error();
                 if (answer.code == ErrorCode::storage_full)
                   answer.code = ErrorCode::retry;
                 error(answer);
               });
}

void JsonFeedSession::tick() {
  if (state_ == State::closed)
    return;
  const TimeMs now = host_.now();
  const bool too_late =
      state_ == State::signed_out && now - opened_at_ >= limits::kAuthSeconds * 1'000;
  const bool expired = user_.expires_at != 0 && now >= user_.expires_at;
  if (too_late || expired)
    refuse(ErrorCode::unauthorized, kCloseSignIn);
}

void JsonFeedSession::update_reading() {
  const bool paused = window_paused_ ? !window_.relaxed() : window_.full();
  if (paused == window_paused_)
    return;
  window_paused_ = paused;
  host_.pause_reading(paused);
}

void JsonFeedSession::error(const Error& error) {
  host_.send(wire::render_error(error, host_.now()), true);
}

void JsonFeedSession::bad_message(const Error& reason) {
  host_.count_bad_message();
  error(reason);
  if (!bad_.spend(host_.now()))
    close(kClosePolicy, "too many bad messages");
}

void JsonFeedSession::refuse(ErrorCode code, std::uint16_t close_code) {
  if (state_ == State::closed)
    return;
  error(fail(code));
  close(close_code, error_name(code));
}

void JsonFeedSession::close(std::uint16_t code, std::string_view reason) {
  if (state_ == State::closed)
    return;
  state_ = State::closed;
  host_.leave_store();
  host_.close(code, reason);
}

}  // namespace syncstore::session
