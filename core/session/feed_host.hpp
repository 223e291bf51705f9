// FeedHost: what the server side of a link needs from the world it runs in. The hub implements it;
// tests may too. Everything is called on one executor. Callbacks may come at once or later, never
// after the session ended.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/wire/json_dialect.hpp"
#include "core/wire/messages.hpp"

namespace syncstore::session {

struct FeedUser {
  std::string user;  // user id text; empty = nobody yet
  std::string name;
  std::string credential;  // handle, for revocation
  TimeMs expires_at = 0;   // 0 = never
};

// A store is asked for: `hello` of the binary dialect, `selectStore` of the JSON one.
struct StoreRequest {
  StoreId store;
  FeedUser user;
  std::vector<std::uint16_t> collections;  // empty = all that the role may read
  ClientId client;                         // nil = a program
  std::uint64_t generation = 0;
  std::vector<wire::Cursor> cursors;  // binary
  Sequence head = 0;                  // last (sequence, hash) pair heard; 0 = none
  std::uint64_t head_hash = 0;
  std::vector<MutationId> unanswered;
  std::uint32_t abilities = 0;  // binary, as are the resumes
  std::vector<wire::Resume> resumes;
  std::optional<wire::JsonSince> since;  // JSON
};

// The store is open for this link. Pointers are good inside the callback only.
struct StoreFacts {
  Epoch epoch = 0;
  Sequence head = 0;
  std::uint64_t head_hash = 0;
  model::Role role = model::Role::none;
  std::vector<wire::AuthorName> authors;
  std::vector<wire::Answer> answers;  // one per unanswered id, in order
  wire::CatchUp mode = wire::CatchUp::snapshot;
  const model::Record* store_info = nullptr;
  const model::Record* dashboard = nullptr;
};

class FeedHost {
 public:
  virtual ~FeedHost() = default;
  virtual TimeMs now() const = 0;
  // Messages of the session itself: never refused, order kept, before every change that is told of
  // later.
  virtual void send(Bytes message, bool text) = 0;
  virtual void close(std::uint16_t code, std::string_view reason) = 0;
  virtual void pause_reading(bool paused) = 0;

  virtual Result<FeedUser> take_ticket(std::string_view ticket) = 0;
  virtual Result<FeedUser> verify_token(std::string_view token) = 0;
  // The link authenticated (first time or anew).
  virtual void signed_in(const FeedUser& user) = 0;

  // Leaves the former store first. Errors: unknown_store, forbidden_store, inactive_store,
  // unavailable, other_user.
  virtual void open_store(StoreRequest request, std::function<void(Result<StoreFacts>)> done) = 0;
  // After the session has told its peer about the store: catch-up and live changes may flow.
  virtual void follow() = 0;
  virtual void leave_store() = 0;

  // Errors: retry, queue_full, unavailable; nothing was changed then.
  virtual void submit(std::vector<sync::Mutation> mutations,
                      std::function<void(Result<std::vector<sync::MutationResult>>)> done) = 0;
  virtual Status subscribe(const wire::Subscribe& subscribe) = 0;
  virtual void unsubscribe(std::uint32_t subscription) = 0;
  // The peer's digest of a collection differs: what differs is sent, or all of it.
  virtual Status compare(const wire::Ranges& ranges) = 0;
  // A message that could not be used was answered; counted by the host.
  virtual void count_bad_message() = 0;
};

// Close codes of the socket.
inline constexpr std::uint16_t kCloseNormal = 1000;
inline constexpr std::uint16_t kCloseGoingAway = 1001;
inline constexpr std::uint16_t kCloseProtocol = 1002;
inline constexpr std::uint16_t kCloseWrongKind = 1003;
inline constexpr std::uint16_t kCloseBadUtf8 = 1007;
inline constexpr std::uint16_t kClosePolicy = 1008;
inline constexpr std::uint16_t kCloseTooBig = 1009;
inline constexpr std::uint16_t kCloseSignIn = 4401;
inline constexpr std::uint16_t kCloseAccess = 4403;
inline constexpr std::uint16_t kCloseTimeout = 4408;
inline constexpr std::uint16_t kCloseRate = 4429;

}  // namespace syncstore::session
