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
    : FeedConversation(host, std::move(authorised),
                       {.text = true,
                        .bytes_before_sign_in = limits::kMessageBytesBeforeAuth,
                        .takes_over_rate = false}),
      connection_id_(std::move(connection_id)) {
  say_connected();
}

void JsonFeedSession::say_connected() {
  wire::ConnectedInfo info;
  info.authenticated = state() != State::signed_out;
  info.connection_id = connection_id_;
  info.user_id = user().user;
  host().send(wire::render_connected(info, host().now()), true);
}

Result<FeedConversation::Step> JsonFeedSession::read(std::string_view message) {
  if (!is_valid_utf8(message)) {
    close(kCloseBadUtf8, "not UTF-8");
    return Step([] {});
  }
  auto parsed = wire::parse_client_message(message);
  if (!parsed.ok())
    return parsed.error();
  return Step([this, parsed = std::move(*parsed), bytes = message.size()]() mutable {
    dispatch(std::move(parsed), bytes);
  });
}

void JsonFeedSession::dispatch(wire::JsonClientMessage message, std::size_t bytes) {
  std::visit(Cases{
                 [&](wire::JsonAuth& auth) { on_auth(auth); },
                 [&](wire::JsonSelectStore& select) { on_select(std::move(select)); },
                 [&](wire::JsonMutate& mutate) { on_mutate(std::move(mutate), bytes); },
                 [&](wire::JsonPing& ping) {
                   host().send(wire::render_pong(ping.data, host().now()), true);
                 },
             },
             message);
}

void JsonFeedSession::on_auth(const wire::JsonAuth& auth) {
  if (sign_in(auth.ticket.empty() ? host().verify_token(auth.token)
                                  : host().take_ticket(auth.ticket)))
    say_connected();
}

void JsonFeedSession::on_select(wire::JsonSelectStore select) {
  if (state() == State::signed_out)
    return bad_message(fail(ErrorCode::unauthorized));
  StoreRequest request;
  request.store = std::move(select.store);
  request.collections = std::move(select.collections);
  request.since = select.since;
  open_store(std::move(request));
}

void JsonFeedSession::on_mutate(wire::JsonMutate mutate, std::size_t bytes) {
  if (state() == State::signed_out)
    return bad_message(fail(ErrorCode::unauthorized));
  if (state() != State::open || mutate.store != store())
    return bad_message(fail(ErrorCode::wrong_state, "Select this store first.", "storeId"));
  submit(std::move(mutate.mutations), bytes);
}

// --- how this dialect says it ---

void JsonFeedSession::tell(const Error& error, bool of_our_side) {
  Error told = error;
  if (of_our_side && told.code == ErrorCode::storage_full) {
    // Programs know one word for "send it again"; why stands in the sentence.
    told = fail(ErrorCode::retry, std::string(error_sentence(ErrorCode::storage_full)));
  }
  host().send(wire::render_error(told, host().now()), true);
}

void JsonFeedSession::tell_opened(StoreFacts facts) {
  host().send(wire::render_store_switch(store(), facts.epoch, facts.head, facts.store_info,
                                        facts.dashboard, facts.role, facts.mode, host().now()),
              true);
}

void JsonFeedSession::tell_results(std::vector<sync::MutationResult> results) {
  host().send(wire::render_receipt(store(), results, host().now()), true);
}

}  // namespace syncstore::session
