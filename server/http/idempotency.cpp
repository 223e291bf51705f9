#include "server/http/idempotency.hpp"

#include <algorithm>

#include "core/base/json.hpp"
#include "core/base/limits.hpp"

namespace syncstore::http {
namespace {

constexpr std::string_view kKind = "idempotency";
constexpr TimeMs kDayMs = 86'400'000;
// Of an entry beside its texts: the nodes of map and order, what the heap adds to six strings.
constexpr std::size_t kEntryOverhead = 400;

std::string text_of(const HttpResponse& response, std::string_view name) {
  const std::string* value = find_header(response, name);
  return value == nullptr ? std::string() : *value;
}

}  // namespace

std::string Idempotency::write_entry(const Entry& entry) {
  Json json = Json::object();
  json.set("fingerprint", entry.fingerprint);
  json.set("status", entry.status);
  json.set("type", entry.content_type);
  json.set("location", entry.location);
  json.set("etag", entry.etag);
  json.set("body", entry.body);
  return json.dump();
}

bool Idempotency::read_entry(const std::string& text, Entry& entry) {
  const Result<Json> json = Json::parse(text, limits::kMessageBytes);
  if (!json.ok()) {
    return false;
  }
  const Result<std::string> fingerprint = read_string(*json, "fingerprint");
  const Result<std::int64_t> status = read_integer(*json, "status");
  const Result<std::string> type = read_string(*json, "type");
  const Result<std::string> location = read_string(*json, "location");
  const Result<std::string> etag = read_string(*json, "etag");
  const Result<std::string> body = read_string(*json, "body");
  if (!fingerprint.ok() || !status.ok() || !type.ok() || !location.ok() || !etag.ok() ||
      !body.ok()) {
    return false;
  }
  entry = Entry{*fingerprint, false, static_cast<int>(*status), *type, *location, *etag, *body, 0};
  return true;
}

void Idempotency::load(std::function<void(Status)> done) {
  storage_.load_documents(
      std::string(kKind), [this, done](Result<std::vector<ports::Document>> found) {
        if (!found.ok()) {
          done(found.error());
          return;
        }
        std::sort(found->begin(), found->end(),
                  [](const auto& a, const auto& b) { return a.expires_at < b.expires_at; });
        for (const ports::Document& document : *found) {
          Entry entry;
          if (read_entry(document.body, entry)) {
            entry.expires_at = document.expires_at;
            remember(*entries_.insert_or_assign(document.key, std::move(entry)).first);
          }
        }
        done({});
      });
}

std::variant<Idempotency::Run, Idempotency::Replay, Idempotency::Refuse> Idempotency::begin(
    const std::string& name, const std::string& fingerprint) {
  drop_expired();
  const auto found = entries_.find(name);
  if (found != entries_.end()) {
    const Entry& entry = found->second;
    if (entry.fingerprint != fingerprint) {
      return Refuse{fail(ErrorCode::key_reused)};
    }
    if (entry.running) {
      return Refuse{fail(ErrorCode::in_progress)};
    }
    Replay replay;
    replay.response.status = entry.status;
    replay.response.body = entry.body;
    if (!entry.content_type.empty()) {
      set_header(replay.response, "Content-Type", entry.content_type);
    }
    if (!entry.location.empty()) {
      set_header(replay.response, "Location", entry.location);
    }
    if (!entry.etag.empty()) {
      set_header(replay.response, "ETag", entry.etag);
    }
    set_header(replay.response, "Idempotent-Replay", "true");
    return replay;
  }
  Entry entry;
  entry.fingerprint = fingerprint;
  entries_[name] = std::move(entry);
  return Run{};
}

void Idempotency::finish(const std::string& name, const HttpResponse& response,
                         std::function<void()> done) {
  const auto found = entries_.find(name);
  SS_ASSERT(found != entries_.end() && found->second.running);
  Entry& entry = found->second;
  entry.running = false;
  entry.status = response.status;
  entry.content_type = text_of(response, "Content-Type");
  entry.location = text_of(response, "Location");
  entry.etag = text_of(response, "ETag");
  if (response.body.size() <= limits::kIdempotencyAnswerBytes) {
    entry.body = response.body;
  }
  entry.expires_at = clock_.now() + limits::kIdempotencyDays * kDayMs;
  ports::StorageBatch batch;
  batch.documents.push_back(
      ports::DocumentWrite{std::string(kKind), name, write_entry(entry), entry.expires_at, false});
  remember(*found);
  drop_above_bounds(batch);
  storage_.commit(std::move(batch), [done](const Status&) { done(); });
}

void Idempotency::forget(const std::string& name) { entries_.erase(name); }

std::size_t Idempotency::cost_of(const Entries::value_type& entry) {
  return kEntryOverhead + entry.first.size() + entry.second.fingerprint.size() +
         entry.second.content_type.size() + entry.second.location.size() +
         entry.second.etag.size() + entry.second.body.size();
}

void Idempotency::remember(const Entries::value_type& entry) {
  bytes_ += cost_of(entry);
  order_.push_back(&entry);
}

std::string Idempotency::drop_oldest() {
  std::string name = order_.front()->first;
  bytes_ -= cost_of(*order_.front());
  order_.pop_front();
  entries_.erase(name);
  return name;
}

// Storage forgets its documents by their time itself. A clock that was set back leaves some behind
// younger ones: they are replayed until those have gone.
void Idempotency::drop_expired() {
  while (!order_.empty() && order_.front()->second.expires_at <= clock_.now())
    drop_oldest();
}

void Idempotency::drop_above_bounds(ports::StorageBatch& batch) {
  while (order_.size() > limits::kIdempotencyEntries || bytes_ > limits::kIdempotencyBytes) {
    batch.documents.push_back(ports::DocumentWrite{std::string(kKind), drop_oldest(), {}, 0, true});
  }
}

}  // namespace syncstore::http
