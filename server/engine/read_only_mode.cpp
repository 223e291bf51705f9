#include "server/engine/read_only_mode.hpp"

#include <algorithm>

#include "core/base/limits.hpp"

namespace syncstore::engine {

ReadOnlyMode::ReadOnlyMode(ports::Clock& clock, ports::Scheduler& scheduler,
                           ports::Storage& storage, std::function<void(const Error&)> failed)
    : clock_(clock),
      scheduler_(scheduler),
      storage_(storage),
      failed_(std::move(failed)),
      alive_(std::make_shared<bool>(true)) {}

ReadOnlyMode::~ReadOnlyMode() = default;

void ReadOnlyMode::add_listener(std::function<void(bool on)> listener) {
  listeners_.push_back(std::move(listener));
}

void ReadOnlyMode::enter() {
  if (on())
    return;
  since_ = std::max<TimeMs>(1, clock_.now());
  ++entered_;
  tell(true);
  probe_later();
}

void ReadOnlyMode::probe_later() {
  scheduler_.after(limits::kStorageProbeMs, [this, alive = std::weak_ptr<bool>(alive_)] {
    if (alive.expired())
      return;
    storage_.probe(limits::kStorageProbeBytes, [this, alive](const Status& status) {
      if (!alive.expired())
        probed(status);
    });
  });
}

void ReadOnlyMode::probed(const Status& status) {
  if (status.ok()) {
    since_ = 0;
    return tell(false);
  }
  const ErrorCode code = status.error().code;
  if (code == ErrorCode::storage_full || code == ErrorCode::retry)
    return probe_later();
  failed_(status.error());
}

void ReadOnlyMode::tell(bool on) {
  for (const auto& listener : listeners_)
    listener(on);
}

}  // namespace syncstore::engine
