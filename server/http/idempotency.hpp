// Idempotency: the answers given to requests with an Idempotency-Key, for 30 days. Owns them in
// memory, bounded by number and bytes, and durably as documents. A key belongs to one user. Engine
// executor only.
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
  // Keeps the answer; `done` after it is durable, or when it could not be kept.
  void finish(const std::string& name, const HttpResponse& response, std::function<void()> done);
  void forget(const std::string& name);  // it failed in a way that may be tried again
  std::size_t size() const { return entries_.size(); }

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
  static std::string write_entry(const Entry& entry);
  static bool read_entry(const std::string& text, Entry& entry);
  void drop_oldest(ports::StorageBatch& batch);

  ports::Storage& storage_;
  const ports::Clock& clock_;
  std::unordered_map<std::string, Entry> entries_;
  std::deque<std::string> order_;  // finished ones, oldest first; may name entries that are gone
  std::size_t bytes_ = 0;
};

}  // namespace syncstore::http
