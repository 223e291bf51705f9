// FeedConversation: what both dialects of a link have in common on the server's side: its state,
// its budgets, messages held while a store opens, mutations under way, signing in, closing. A
// dialect reads and words the messages. Owns the link's state; the store, its changes and the
// socket are the host's. Sans-I/O and single-threaded; time comes from the host.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/session/feed_host.hpp"
#include "core/session/link_budget.hpp"

namespace syncstore::session {

class FeedConversation {
 public:
  enum class State : std::uint8_t { signed_out, ready, opening, open, closed };

  FeedConversation(const FeedConversation&) = delete;
  FeedConversation& operator=(const FeedConversation&) = delete;
  virtual ~FeedConversation() = default;

  void received(std::string_view message, bool text);
  // About once a second: time limits of signing in, expiry of credentials, reading again after a
  // pause.
  void tick();
  void ended() { state_ = State::closed; }
  // Ends the link, telling why.
  void refuse(ErrorCode code, std::uint16_t close_code);

  State state() const { return state_; }
  const FeedUser& user() const { return user_; }
  // No store is being opened and every mutation is answered.
  bool idle() const { return state_ != State::opening && window_.mutations() == 0; }

 protected:
  struct Manner {
    bool text = false;                     // messages are texts, not bytes
    std::size_t bytes_before_sign_in = 0;  // of one message
    bool takes_over_rate = false;          // a message over the rate is taken, the next ones wait
  };
  using Step = std::function<void()>;  // what a message asks for

  FeedConversation(FeedHost& host, std::optional<FeedUser> authorised, Manner manner);

  // Reads a message of allowed size. The step runs now, or when the store that is being opened is
  // there.
  virtual Result<Step> read(std::string_view message) = 0;
  virtual void tell(const Error& error, bool of_our_side) = 0;  // of our side: worth trying again
  virtual void tell_bad_message(const Error& error) { tell(error, false); }
  virtual void tell_opened(StoreFacts facts) = 0;
  virtual void tell_not_opened(const Error& error) = 0;
  virtual void tell_results(std::vector<sync::MutationResult> results) = 0;

  bool sign_in(Result<FeedUser> user);
  void open_store(StoreRequest request);  // user and answer are seen to here
  void submit(std::vector<sync::Mutation> mutations, std::size_t bytes);
  void bad_message(const Error& error);
  void close(std::uint16_t code, std::string_view reason);

  FeedHost& host() { return host_; }
  const FeedHost& host() const { return host_; }
  const StoreId& store() const { return store_; }  // the one asked for last

 private:
  bool within_rate();
  void opened(Result<StoreFacts> facts);
  void submitted(Result<std::vector<sync::MutationResult>> results);
  void update_reading();

  FeedHost& host_;
  const Manner manner_;
  State state_ = State::signed_out;
  FeedUser user_;
  StoreId store_;
  TimeMs opened_at_;
  std::deque<Step> held_;  // arrived while opening
  MessageRate rate_;
  MinuteBudget over_rate_{limits::kRefusedMessagesPerMinute};
  MinuteBudget bad_{limits::kBadMessagesPerMinute - 1};  // the tenth closes
  UnansweredWindow window_;
  bool rate_paused_ = false;
  bool window_paused_ = false;
  bool paused_ = false;
  std::uint64_t opening_ = 0;  // which request for a store an answer belongs to
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace syncstore::session
