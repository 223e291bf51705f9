// Idempotency: the answers given to requests with an Idempotency-Key, for kIdempotencyDays. Owns
// them in memory, bounded by number and bytes, and durably as documents; the oldest go first, in
// both places. A key belongs to one user. Engine executor only.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>

#include "server/http/answer.hpp"
#include "server/ports/scheduler.hpp"
#include "server/ports/storage.hpp"

namespace syncstore::http {

class Idempotency {
 public:
  Idempotency(ports::Storage& storage, const ports::Clock& clock)
      : storage_(storage), clock_(clock) {}

  // Once at start, before the first request.
  void load(std::function<void(Status)> done);

  struct Run {};  // first time: run it, then finish() or forget()
  struct Replay {
    HttpResponse response;
  };
  struct Refuse {
    Error error;  // key_reused, in_progress
  };
  // `name` identifies user and key; `fingerprint` method, target and body.
  std::variant<Run, Replay, Refuse> begin(const std::string& name, const std::string& fingerprint);
  // Keeps the answer of a begun run; `done` after it is durable, or when it could not be kept.
  void finish(const std::string& name, const HttpResponse& response, std::function<void()> done);
  void forget(const std::string& name);  // it failed in a way that may be tried again
  std::size_t size() const { return entries_.size(); }
  std::size_t bytes() const { return bytes_; }  // of the finished, keys and nodes included

 private:
  struct Entry {
    std::string fingerprint;
    bool running = true;
    int status = 0;
    std::string content_type;
    std::string location;
    std::string etag;
    std::string body;
    TimeMs expires_at = 0;
  };
  using Entries = std::unordered_map<std::string, Entry>;
  static std::string write_entry(const Entry& entry);
  static bool read_entry(const std::string& text, Entry& entry);
  static std::size_t cost_of(const Entries::value_type& entry);
  void remember(const Entries::value_type& entry);
  std::string drop_oldest();  // its name
  void drop_expired();
  void drop_above_bounds(ports::StorageBatch& batch);

  ports::Storage& storage_;
  const ports::Clock& clock_;
  Entries entries_;
  std::deque<const Entries::value_type*> order_;  // exactly the finished ones, oldest first
  std::size_t bytes_ = 0;                         // their costs
};

}  // namespace syncstore::http
