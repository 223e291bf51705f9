// RateLimit: token buckets by name. Owns one bucket per name seen lately; full buckets are
// forgotten, so the map holds only names that asked within the last refill time and never more than
// `kRateNames`. Single-threaded; time comes from the caller.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace syncstore::http {

class RateLimit {
 public:
  // `per_minute` 0 = no limit. A bucket holds one minute's worth.
  explicit RateLimit(int per_minute) : per_minute_(per_minute) {}

  // 0 = taken; else seconds until one is there.
  int take(std::string_view name, std::int64_t now_us);
  // Seconds until take() would succeed, without taking.
  int wait_seconds(std::string_view name, std::int64_t now_us) const;
  void give_back(std::string_view name, std::int64_t now_us);
  std::size_t size() const { return buckets_.size(); }
  bool off() const { return per_minute_ <= 0; }

 private:
  struct Bucket {
    double tokens = 0;
    std::int64_t at_us = 0;
  };
  double tokens_now(const Bucket& bucket, std::int64_t now_us) const;
  void forget_full(std::int64_t now_us);

  int per_minute_;
  std::unordered_map<std::string, Bucket> buckets_;
  std::int64_t swept_at_us_ = 0;
};

}  // namespace syncstore::http
