// FeedSession: the server side of one binary link (`syncstore.v1`). Owns the link's state; the
// store, its changes and the socket are the host's. Sans-I/O and single-threaded; time comes from
// the host.
//
// clang-format off
//   state       hello       mutate, subscribe     credentials  ping  opened         refused
//   signed_out  -> opening  notice(unauthorized)  -> ready     pong  -              -
//   ready       -> opening  notice(wrong_state)   renews       pong  -              -
//   opening     held        held                  held         held  welcome, open  notice, ready
//   open        -> opening  taken                 renews       pong  -              -
//   closed      every message is dropped
// clang-format on
// A message that cannot be decoded is answered with a notice in every state and counts as bad; of
// unknown kinds the count alone.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "core/session/feed_host.hpp"
#include "core/session/link_budget.hpp"

namespace syncstore::session {

class FeedSession {
 public:
  enum class State : std::uint8_t { signed_out, ready, opening, open, closed };

  // `authorised`: the upgrade request carried a bearer token.
  FeedSession(FeedHost& host, std::optional<FeedUser> authorised);

  void received(std::string_view message, bool text);
  // About once a second: time limits of signing in, expiry of credentials, reading again after a
  // pause.
  void tick();
  void ended() { state_ = State::closed; }
  // Ends the link, telling why.
  void refuse(ErrorCode code, std::uint16_t close_code);

  State state() const { return state_; }
  const FeedUser& user() const { return user_; }
  std::uint32_t expires_in_s() const;
  // No store is being opened and every mutation is answered.
  bool idle() const { return state_ != State::opening && window_.mutations() == 0; }

 private:
  void dispatch(wire::UpMessage message, std::size_t bytes);
  void on_hello(wire::Hello hello);
  void on_opened(Result<StoreFacts> facts);
  void on_mutate(wire::Mutate mutate, std::size_t bytes);
  void on_subscribe(const wire::Subscribe& subscribe);
  void on_credentials(const wire::Credentials& credentials);
  bool sign_in(std::string_view ticket);
  void send(const wire::DownMessage& message);
  void notice(ErrorCode code, std::string message = {}, std::uint32_t retry_after_ms = 0);
  void bad_message(const Error& error);
  bool within_rate();
  void close(std::uint16_t code, std::string_view reason);
  void update_reading();

  FeedHost& host_;
  State state_ = State::signed_out;
  FeedUser user_;
  StoreId store_;
  TimeMs opened_at_;
  std::deque<std::pair<wire::UpMessage, std::size_t>> held_;  // arrived while opening
  MessageRate rate_;
  MinuteBudget over_rate_{limits::kRefusedMessagesPerMinute};
  MinuteBudget bad_{limits::kBadMessagesPerMinute - 1};  // the tenth closes
  UnansweredWindow window_;
  bool rate_paused_ = false;
  bool window_paused_ = false;
  bool paused_ = false;
  std::uint64_t opening_ = 0;  // which hello an answer belongs to
  std::shared_ptr<bool> alive_;
};

}  // namespace syncstore::session
