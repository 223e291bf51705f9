// Polling: where sockets do not come through, hello and waiting edits go up by HTTP and what a
// socket would have brought comes back as the answer.
#include "core/base/limits.hpp"
#include "core/session/client_session.hpp"
#include "core/wire/frame_codec.hpp"

namespace syncstore::session {
namespace {

constexpr std::size_t kPagesPerExchange = 37;  // 40 frames with hello, edits and one to spare

}  // namespace

void ClientSession::begin_exchange(TimeMs) {
  if (exchange_running_ || exchange_after_ != 0)
    return;
  // Edits wait until somebody has answered: the first exchange only asks, and what cannot have left
  // is not called sent.
  const std::size_t under_way = queue_.counts().sent;
  if (state_ == ConnectionState::polling && under_way < limits::kUnansweredMutations)
    queue_.take_sendable(limits::kUnansweredMutations - under_way, limits::kUnansweredBytes);
  const std::uint64_t write = write_queue();
  if (write != 0) {
    exchange_after_ = write;
  } else {
    launch_exchange();
  }
}

void ClientSession::launch_exchange() {
  exchange_after_ = 0;
  exchange_running_ = true;
  Bytes body;
  wire::append_frame(body, wire::encode(make_hello()));
  wire::Mutate mutate;
  std::size_t bytes = 0;
  for (const std::uint64_t number : queue_.in_state(sync::EntryState::sent)) {
    const sync::QueueEntry& entry = *queue_.find(number);
    if (bytes > limits::kUnansweredBytes || mutate.mutations.size() >= limits::kMutationsPerMessage)
      break;
    bytes += entry.bytes;
    mutate.mutations.push_back(entry.mutation);
  }
  if (!mutate.mutations.empty())
    wire::append_frame(body, wire::encode(mutate));
  for (const Bytes& question : subscriptions_.ask_once(kPagesPerExchange))
    wire::append_frame(body, question);
  emit(EffectKind::exchange, 0, {}, std::move(body));
}

void ClientSession::exchange_answered(std::string_view frames, TimeMs now) {
  const bool awaited = exchange_running_;
  exchange_running_ = false;
  // A socket that came up meanwhile has told everything, and later: the answer is of the past. One
  // that has said hello is answered from the cursors of that moment: what this answer reached would
  // go back.
  if (awaited && attempt_ == Attempt::hello) {
    step(ConnectionEvent::poll_answered, now);
  } else if (awaited && in_network_trouble(state_)) {
    bool good = false;
    const std::size_t under_way = queue_.counts().sent;
    if (const auto split = wire::split_frames(frames); split.ok()) {
      good = true;
      for (const std::string_view frame : *split) {
        auto message = wire::decode_down(frame);
        if (!message.ok()) {
          good = good && message.error().code == ErrorCode::unknown_type;
          continue;
        }
        if (const auto* welcome = std::get_if<wire::Welcome>(&*message)) {
          if (welcome->user != config_.user) {
            step(ConnectionEvent::unauthorized, now);
            break;
          }
          if (last_error_ && last_error_->code == ErrorCode::storage_full)
            last_error_.reset();  // told again below while it holds
          take_welcome(*welcome, now);
        } else if (const auto* notice = std::get_if<wire::Notice>(&*message)) {
          last_error_ = fail(notice->code, notice->message);
          if (notice->code == ErrorCode::needs_update) {
            step(ConnectionEvent::outdated, now);
            break;
          }
        } else {
          receive(frame, *message, now);
        }
      }
    }
    pause_incoming();
    const bool first = state_ != ConnectionState::polling;
    if (in_network_trouble(state_))
      step(good ? ConnectionEvent::poll_answered : ConnectionEvent::poll_failed, now);
    // More goes at once: what waited for somebody to answer, and what waited for these answers.
    if (state_ == ConnectionState::polling && queue_.counts().waiting > 0 &&
        (first || queue_.counts().sent < under_way)) {
      begin_exchange(now);
    }
  }
  finish(now);
}

void ClientSession::exchange_failed(int http_status, TimeMs now) {
  const bool awaited = exchange_running_;
  exchange_running_ = false;
  if (awaited && http_status == 401) {
    step(ConnectionEvent::unauthorized, now);
  } else if (awaited && http_status == 426) {
    step(ConnectionEvent::outdated, now);
  } else if (awaited) {
    step(ConnectionEvent::poll_failed, now);
  }
  finish(now);
}

}  // namespace syncstore::session
