#include "server/http/idempotency.hpp"

#include <algorithm>

#include "core/base/json.hpp"
#include "core/base/limits.hpp"

namespace syncstore::http {
namespace {

constexpr std::string_view kKind = "idempotency";
constexpr TimeMs kDayMs = 86'400'000;

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
            bytes_ += entry.body.size();
            order_.push_back(document.key);
            entries_[document.key] = std::move(entry);
          }
        }
        done({});
      });
}

std::variant<Idempotency::Run, Idempotency::Replay, Idempotency::Refuse> Idempotency::begin(
    const std::string& name, const std::string& fingerprint) {
  const auto found = entries_.find(name);
  if (found != entries_.end() && !found->second.running &&
      found->second.expires_at <= clock_.now()) {
    bytes_ -= found->second.body.size();
    entries_.erase(found);
  } else if (found != entries_.end()) {
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
  Entry& entry = entries_[name];
  entry.running = false;
  entry.status = response.status;
  entry.content_type = text_of(response, "Content-Type");
  entry.location = text_of(response, "Location");
  entry.etag = text_of(response, "ETag");
  if (response.body.size() <= limits::kIdempotencyAnswerBytes) {
    entry.body = response.body;
  }
  entry.expires_at = clock_.now() + limits::kIdempotencyDays * kDayMs;
  bytes_ += entry.body.size();
  order_.push_back(name);

  ports::StorageBatch batch;
  batch.documents.push_back(
      ports::DocumentWrite{std::string(kKind), name, write_entry(entry), entry.expires_at, false});
  drop_oldest(batch);
  storage_.commit(std::move(batch), [done](const Status&) { done(); });
}

void Idempotency::drop_oldest(ports::StorageBatch& batch) {
  while (!order_.empty() &&
         (order_.size() > limits::kIdempotencyEntries || bytes_ > limits::kIdempotencyBytes)) {
    const std::string name = std::move(order_.front());
    order_.pop_front();
    const auto found = entries_.find(name);
    if (found != entries_.end() && !found->second.running) {
      bytes_ -= found->second.body.size();
      entries_.erase(found);
      batch.documents.push_back(ports::DocumentWrite{std::string(kKind), name, {}, 0, true});
    }
  }
}

void Idempotency::forget(const std::string& name) { entries_.erase(name); }

}  // namespace syncstore::http
