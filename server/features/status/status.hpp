// What the program says about itself: health, readiness, metrics, status, its own description.
// Engine executor only.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/base/json.hpp"
#include "server/engine/engine.hpp"
#include "server/http/api.hpp"

namespace syncstore::status {

struct StatusOptions {
  std::function<std::string()> metrics_text;
  std::function<std::vector<std::pair<std::string, std::string>>()> readiness;  // "" = good
  std::function<Json(const std::string& user)>
      own_stores;  // id, sequence, epoch, sync_status of each
  std::function<bool()> demo;
};

// Counts and times of answered requests by route and status class.
class RequestMetrics {
 public:
  void note(const http::Answered& answered);
  std::string text() const;

 private:
  struct Series {
    std::uint64_t count = 0;
    std::uint64_t took_us = 0;
    std::vector<std::uint64_t> buckets;
  };
  std::map<std::string, Series>
      series_;  // 'route="x",method="GET",status="2xx"'; bounded by the route table
};

void bind_status(engine::Engine& engine, StatusOptions options, http::Api& api);

}  // namespace syncstore::status
