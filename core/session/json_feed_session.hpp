// JsonFeedSession: the server side of one JSON link (`syncstore.v1.json`), for programs. Owns the
// link's state; the store, its changes and the socket are the host's, which also renders
// bulk_update and data_update. Sans-I/O and single-threaded; time comes from the host.
//
// clang-format off
//   state       auth              selectStore   mutate        ping  opened        refused
//   signed_out  connected: ready  unauthorized  unauthorized  pong  -             -
//   ready       connected         -> opening    wrong_state   pong  -             -
//   opening     held              held          held          held  store_switch  error: ready
//   open        connected         -> opening    taken         pong  -             -
//   closed      every message is dropped
// clang-format on
// What cannot be read or used is answered with an error; the tenth of these in a minute closes with
// 1008.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "core/session/feed_host.hpp"
#include "core/session/link_budget.hpp"

namespace syncstore::session {

class JsonFeedSession {
 public:
  enum class State : std::uint8_t { signed_out, ready, opening, open, closed };

  // Says `connected` at once. `authorised`: the upgrade request carried a bearer token.
  JsonFeedSession(FeedHost& host, std::string connection_id, std::optional<FeedUser> authorised);

  void received(std::string_view message, bool text);
  // About once a second: time limits of signing in, expiry of credentials, reading again after a
  // pause.
  void tick();
  void ended() { state_ = State::closed; }
  // Ends the link, telling why.
  void refuse(ErrorCode code, std::uint16_t close_code);

  State state() const { return state_; }
  const FeedUser& user() const { return user_; }

 private:
  void dispatch(wire::JsonClientMessage message, std::size_t bytes);
  void on_auth(const wire::JsonAuth& auth);
  void on_select(wire::JsonSelectStore select);
  void on_opened(Result<StoreFacts> facts);
  void on_mutate(wire::JsonMutate mutate, std::size_t bytes);
  void say_connected();
  void error(const Error& error);
  void bad_message(const Error& error);
  bool within_rate();
  void close(std::uint16_t code, std::string_view reason);
  void update_reading();

  FeedHost& host_;
  std::string connection_id_;
  State state_ = State::signed_out;
  FeedUser user_;
  StoreId store_;
  TimeMs opened_at_;
  std::deque<std::pair<wire::JsonClientMessage, std::size_t>> held_;  // arrived while opening
  MessageRate rate_;
  MinuteBudget over_rate_{limits::kRefusedMessagesPerMinute};
  MinuteBudget bad_{limits::kBadMessagesPerMinute - 1};  // the tenth closes
  UnansweredWindow window_;
  bool window_paused_ = false;
  std::uint64_t opening_ = 0;
  std::shared_ptr<bool> alive_;
};

}  // namespace syncstore::session
