// FeedSession: the server side of one binary link (`syncstore.v1`). Owns the link's state; the
// store, its changes and the socket are the host's. Sans-I/O and single-threaded; time comes from
// the host.
//
// clang-format off
//   state       hello       mutate, subscribe, ranges
//                                                 credentials  ping  opened         refused
//   signed_out  -> opening  notice(unauthorized)  -> ready     pong  -              -
//   ready       -> opening  notice(wrong_state)   renews       pong  -              -
//   opening     held        held                  held         held  welcome, open  notice, ready
//   open        -> opening  taken                 renews       pong  -              -
//   closed      every message is dropped
// clang-format on
// A message that cannot be decoded is answered with a notice in every state and counts as bad; of
// unknown kinds the count alone.
#pragma once

#include "core/session/feed_conversation.hpp"

namespace syncstore::session {

class FeedSession final : public FeedConversation {
 public:
  // `authorised`: the upgrade request carried a bearer token.
  FeedSession(FeedHost& host, std::optional<FeedUser> authorised);

  std::uint32_t expires_in_s() const;

 private:
  Result<Step> read(std::string_view message) override;
  void tell(const Error& error, bool of_our_side) override;
  void tell_bad_message(const Error& error) override;
  void tell_opened(StoreFacts facts) override;
  void tell_not_opened(const Error& error) override;
  void tell_results(std::vector<sync::MutationResult> results) override;

  void dispatch(wire::UpMessage message, std::size_t bytes);
  bool in_store();
  void on_hello(wire::Hello hello);
  void on_mutate(wire::Mutate mutate, std::size_t bytes);
  void on_subscribe(const wire::Subscribe& subscribe);
  void send(const wire::DownMessage& message);
};

}  // namespace syncstore::session
