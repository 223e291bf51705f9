// Metrics: counters, histograms and gauges in Prometheus' text format. Registered at start, then
// counted from any thread without a lock; never labelled with people, records or anything else
// without bound.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace syncstore {

class Counter {
 public:
  void add(std::uint64_t amount = 1) { value_.fetch_add(amount, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// Of seconds, over bounds of the OpenTelemetry convention for request durations.
class Histogram {
 public:
  static constexpr std::array<double, 14> kBounds{0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25,
                                                  0.5,   0.75, 1,     2.5,  5,     7.5, 10};
  void observe_us(std::int64_t micros);
  std::uint64_t count() const;

 private:
  friend class Metrics;
  std::array<std::atomic<std::uint64_t>, kBounds.size() + 1> buckets_{};
  std::atomic<std::uint64_t> sum_us_{0};
};

class Metrics {
 public:
  // `labels` as in the text format, for example method="GET"; "" for none. References stay valid as
  // long as this lives.
  Counter& counter(std::string_view name, std::string_view help, std::string_view labels = {});
  Histogram& histogram(std::string_view name, std::string_view help, std::string_view labels = {});
  // Asked when rendered; `counter` says that it never falls.
  void gauge(std::string_view name, std::string_view help, std::function<double()> read,
             bool counter = false);

  std::string render() const;

 private:
  struct Series {
    std::string name, help, labels;
    Counter* counter = nullptr;
    Histogram* histogram = nullptr;
    std::function<double()> read;
    bool read_is_counter = false;
  };
  static void render_histogram(std::string& out, const Series& series);

  mutable std::mutex mutex_;
  std::deque<Counter> counters_;
  std::deque<Histogram> histograms_;
  std::vector<Series> series_;
};

}  // namespace syncstore
