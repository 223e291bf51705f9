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
    1'000;  // a busy disk: soon enough to be unnoticed, late enough not to hammer

// A full disk says itself when there is space again; this is for when that word is lost.
std::uint32_t retry_after_ms(ErrorCode code) {
  return code == ErrorCode::storage_full ? limits::kStorageFullRetryMs : kRetryAfterMs;
}

}  // namespace

FeedSession::FeedSession(FeedHost& host, std::optional<FeedUser> authorised)
    : FeedConversation(
          host, std::move(authorised),
          {.text = false, .bytes_before_sign_in = limits::kHelloBytes, .takes_over_rate = true}) {}

Result<FeedConversation::Step> FeedSession::read(std::string_view message) {
  auto decoded = wire::decode_up(message);
  if (!decoded.ok())
    return decoded.error();
  return Step([this, decoded = std::move(*decoded), bytes = message.size()]() mutable {
    dispatch(std::move(decoded), bytes);
  });
}

bool FeedSession::in_store() {
  if (state() == State::open)
    return true;
  tell(fail(state() == State::signed_out ? ErrorCode::unauthorized : ErrorCode::wrong_state,
            "Send hello first."),
       false);
  return false;
}

void FeedSession::dispatch(wire::UpMessage message, std::size_t bytes) {
  std::visit(
      Cases{
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
              host().unsubscribe(unsubscribe.subscription);
          },
          // The host tells the new expiry with a keepalive once the link follows a store.
          [&](wire::Credentials& credentials) { sign_in(host().take_ticket(credentials.ticket)); },
          [&](wire::Ping& ping) { send(wire::Pong{ping.value}); },
          [&](wire::Ranges& ranges) {
            if (!in_store())
              return;
            if (Status status = host().compare(ranges); !status.ok())
              tell(status.error(), false);
          },
      },
      message);
}

void FeedSession::on_hello(wire::Hello hello) {
  if (hello.protocol != wire::kProtocol)
    return refuse(ErrorCode::needs_update, kCloseProtocol);
  if (!hello.ticket.empty()) {
    if (!sign_in(host().take_ticket(hello.ticket)))
      return;
  } else if (state() == State::signed_out) {
    return refuse(ErrorCode::unauthorized, kCloseSignIn);
  }
  // Somebody else's browser data must not meet this session: nothing was read yet.
  if (!hello.user.empty() && hello.user != user().user)
    return refuse(ErrorCode::other_user, kCloseSignIn);
  StoreRequest request;
  request.store = std::move(hello.store);
  request.collections = std::move(hello.collections);
  request.client = hello.client;
  request.generation = hello.generation;
  request.cursors = std::move(hello.cursors);
  request.head = hello.head;
  request.head_hash = hello.head_hash;
  request.unanswered = std::move(hello.unanswered);
  request.abilities = hello.abilities;
  request.resumes = std::move(hello.resumes);
  open_store(std::move(request));
}

void FeedSession::tell_opened(StoreFacts facts) {
  wire::Welcome welcome;
  welcome.epoch = facts.epoch;
  welcome.head = facts.head;
  welcome.head_hash = facts.head_hash;
  welcome.now = host().now();
  welcome.user = user().user;
  welcome.user_name = user().name;
  welcome.role = facts.role;
  welcome.store = store();
  welcome.expires_in_s = expires_in_s();
  welcome.authors = std::move(facts.authors);
  welcome.answers = std::move(facts.answers);
  send(welcome);
}

void FeedSession::tell_not_opened(const Error& error) {
  if (error.code == ErrorCode::other_user)
    return refuse(ErrorCode::other_user, kCloseSignIn);
  tell(error, error_retryable(error.code));
}

void FeedSession::on_mutate(wire::Mutate mutate, std::size_t bytes) {
  if (!mutate.mutations.empty())  // more than kMutationsPerMessage do not decode
    submit(std::move(mutate.mutations), bytes);
}

void FeedSession::on_subscribe(const wire::Subscribe& subscribe) {
  const bool page = subscribe.page_size != 0;
  Status status = subscribe.problem != ErrorCode::none ? fail(subscribe.problem)
                  : page && subscribe.subscription == 0
                      ? fail(ErrorCode::out_of_range, "Page subscriptions are numbered from 1.")
                      : host().subscribe(subscribe);
  if (status.ok())
    return;
  if (!page)
    return tell(status.error(), false);
  host().unsubscribe(subscribe.subscription);
  send(wire::Notice{status.error().code, status.error().detail, 0, subscribe.subscription});
}

std::uint32_t FeedSession::expires_in_s() const {
  if (user().expires_at == 0)
    return 0;
  const TimeMs left = std::max<TimeMs>(0, user().expires_at - host().now());
  return static_cast<std::uint32_t>(std::min<TimeMs>(left / 1'000, UINT32_MAX));
}

// --- how this dialect says it ---

void FeedSession::send(const wire::DownMessage& message) {
  host().send(wire::encode(message), false);
}

void FeedSession::tell(const Error& error, bool of_our_side) {
  send(wire::Notice{error.code, error.detail, of_our_side ? retry_after_ms(error.code) : 0});
}

void FeedSession::tell_bad_message(const Error& error) {
  // Kinds of a later version are skipped; everything else is told.
  if (error.code != ErrorCode::unknown_type)
    tell(error, false);
}

void FeedSession::tell_results(std::vector<sync::MutationResult> results) {
  send(wire::Receipt{std::move(results)});
}

}  // namespace syncstore::session
