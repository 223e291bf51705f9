#include "server/http/rate_limit.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/limits.hpp"

namespace syncstore::http {
namespace {

constexpr double kMinuteUs = 60.0 * 1'000'000.0;

}  // namespace

double RateLimit::tokens_now(const Bucket& bucket, std::int64_t now_us) const {
  const double passed = static_cast<double>(std::max<std::int64_t>(0, now_us - bucket.at_us));
  return std::min<double>(per_minute_, bucket.tokens + passed * per_minute_ / kMinuteUs);
}

int RateLimit::take(std::string_view name, std::int64_t now_us) {
  if (off()) {
    return 0;
  }
  forget_full(now_us);
  const auto [place, is_new] = buckets_.try_emplace(std::string(name));
  Bucket& bucket = place->second;
  bucket.tokens = is_new ? per_minute_ : tokens_now(bucket, now_us);
  bucket.at_us = now_us;
  if (bucket.tokens >= 1) {
    bucket.tokens -= 1;
    return 0;
  }
  return wait_seconds(name, now_us);
}

int RateLimit::wait_seconds(std::string_view name, std::int64_t now_us) const {
  const auto found = buckets_.find(std::string(name));
  if (off() || found == buckets_.end()) {
    return 0;
  }
  const double missing = 1 - tokens_now(found->second, now_us);
  return missing <= 0 ? 0 : std::max(1, static_cast<int>(std::ceil(missing * 60.0 / per_minute_)));
}

void RateLimit::give_back(std::string_view name, std::int64_t now_us) {
  const auto found = buckets_.find(std::string(name));
  if (found != buckets_.end()) {
    found->second.tokens = std::min<double>(per_minute_, tokens_now(found->second, now_us) + 1);
    found->second.at_us = now_us;
  }
}

void RateLimit::forget_full(std::int64_t now_us) {
  const bool crowded = buckets_.size() >= limits::kRateNames;
  if (!crowded && now_us - swept_at_us_ < 60'000'000) {
    return;
  }
  swept_at_us_ = now_us;
  std::erase_if(buckets_,
                [&](const auto& entry) { return tokens_now(entry.second, now_us) >= per_minute_; });
  // A flood of invented names: forgetting all is kinder than growing without bound, and each name
  // starts with one minute's worth.
  if (buckets_.size() >= limits::kRateNames) {
    buckets_.clear();
  }
}

}  // namespace syncstore::http
