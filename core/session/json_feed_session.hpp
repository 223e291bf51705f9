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

#include <string>

#include "core/session/feed_conversation.hpp"

namespace syncstore::session {

class JsonFeedSession final : public FeedConversation {
 public:
  // Says `connected` at once. `authorised`: the upgrade request carried a bearer token.
  JsonFeedSession(FeedHost& host, std::string connection_id, std::optional<FeedUser> authorised);

 private:
  Result<Step> read(std::string_view message) override;
  void tell(const Error& error, bool of_our_side) override;
  void tell_opened(StoreFacts facts) override;
  void tell_not_opened(const Error& error) override { tell(error, false); }
  void tell_results(std::vector<sync::MutationResult> results) override;

  void dispatch(wire::JsonClientMessage message, std::size_t bytes);
  void on_auth(const wire::JsonAuth& auth);
  void on_select(wire::JsonSelectStore select);
  void on_mutate(wire::JsonMutate mutate, std::size_t bytes);
  void say_connected();

  std::string connection_id_;
};

}  // namespace syncstore::session
