#include "server/base/metrics.hpp"

#include <algorithm>
#include <cstdio>

namespace syncstore {
namespace {

std::string number(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.10g", value);
  return text;
}

std::string with_labels(std::string_view name, std::string_view labels,
                        std::string_view more = {}) {
  std::string out(name);
  if (labels.empty() && more.empty())
    return out;
  out += "{" + std::string(labels);
  if (!labels.empty() && !more.empty())
    out += ",";
  return out + std::string(more) + "}";
}

}  // namespace

void Histogram::observe_us(std::int64_t micros) {
  const double seconds = static_cast<double>(micros) / 1e6;
  const auto bucket = std::lower_bound(kBounds.begin(), kBounds.end(), seconds) - kBounds.begin();
  buckets_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  sum_us_.fetch_add(static_cast<std::uint64_t>(std::max<std::int64_t>(micros, 0)),
                    std::memory_order_relaxed);
}

std::uint64_t Histogram::count() const {
  std::uint64_t total = 0;
  for (const auto& bucket : buckets_)
    total += bucket.load(std::memory_order_relaxed);
  return total;
}

Counter& Metrics::counter(std::string_view name, std::string_view help, std::string_view labels) {
  const std::lock_guard lock(mutex_);
  Counter& made = counters_.emplace_back();
  Series series{std::string(name), std::string(help), std::string(labels)};
  series.counter = &made;
  series_.push_back(std::move(series));
  return made;
}

Histogram& Metrics::histogram(std::string_view name, std::string_view help,
                              std::string_view labels) {
  const std::lock_guard lock(mutex_);
  Histogram& made = histograms_.emplace_back();
  Series series{std::string(name), std::string(help), std::string(labels)};
  series.histogram = &made;
  series_.push_back(std::move(series));
  return made;
}

void Metrics::gauge(std::string_view name, std::string_view help, std::function<double()> read,
                    bool counter) {
  const std::lock_guard lock(mutex_);
  Series series{std::string(name), std::string(help), {}};
  series.read = std::move(read);
  series.read_is_counter = counter;
  series_.push_back(std::move(series));
}

void Metrics::render_histogram(std::string& out, const Series& series) {
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < series.histogram->buckets_.size(); ++i) {
    total += series.histogram->buckets_[i].load(std::memory_order_relaxed);
    const std::string bound =
        i < Histogram::kBounds.size() ? number(Histogram::kBounds[i]) : "+Inf";
    out += with_labels(series.name + "_bucket", series.labels, "le=\"" + bound + "\"") + " " +
           std::to_string(total) + "\n";
  }
  const double sum =
      static_cast<double>(series.histogram->sum_us_.load(std::memory_order_relaxed)) / 1e6;
  out += with_labels(series.name + "_sum", series.labels) + " " + number(sum) + "\n";
  out += with_labels(series.name + "_count", series.labels) + " " + std::to_string(total) + "\n";
}

std::string Metrics::render() const {
  const std::lock_guard lock(mutex_);
  std::string out;
  std::vector<std::string_view> described;
  for (const Series& first : series_) {
    // All series of one name stand together under one description, whatever the order they were
    // registered in.
    if (std::find(described.begin(), described.end(), first.name) != described.end())
      continue;
    described.push_back(first.name);
    const bool is_counter = first.counter != nullptr || first.read_is_counter;
    out += "# HELP " + first.name + " " + first.help + "\n# TYPE " + first.name + " " +
           (first.histogram != nullptr ? "histogram"
            : is_counter               ? "counter"
                                       : "gauge") +
           "\n";
    for (const Series& series : series_) {
      if (series.name != first.name)
        continue;
      if (series.histogram != nullptr) {
        render_histogram(out, series);
      } else {
        const std::string value = series.counter != nullptr
                                      ? std::to_string(series.counter->value())
                                      : number(series.read());
        out += with_labels(series.name, series.labels) + " " + value + "\n";
      }
    }
  }
  return out;
}

}  // namespace syncstore
