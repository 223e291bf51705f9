// ReadOnlyMode: whether the disk takes writes. Entered when storage answered that the disk is full;
// from then on nothing is written but a probe every kStorageProbeMs, and the first probe that finds
// space ends it. Listeners hear of both turns, in the order they joined. Engine executor only.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "server/ports/scheduler.hpp"
#include "server/ports/storage.hpp"

namespace syncstore::engine {

class ReadOnlyMode {
 public:
  // `failed`: a probe ended with unknown outcome; nothing may be written any more.
  ReadOnlyMode(ports::Clock& clock, ports::Scheduler& scheduler, ports::Storage& storage,
               std::function<void(const Error&)> failed);
  ~ReadOnlyMode();
  ReadOnlyMode(const ReadOnlyMode&) = delete;
  ReadOnlyMode& operator=(const ReadOnlyMode&) = delete;

  bool on() const { return since_ != 0; }
  TimeMs since() const { return since_; }         // 0 = off
  std::uint64_t entered() const { return entered_; }  // times since the start
  void enter();
  void add_listener(std::function<void(bool on)> listener);

 private:
  void probe_later();
  void probed(const Status& status);
  void tell(bool on);

  ports::Clock& clock_;
  ports::Scheduler& scheduler_;
  ports::Storage& storage_;
  std::function<void(const Error&)> failed_;
  std::vector<std::function<void(bool on)>> listeners_;
  TimeMs since_ = 0;
  std::uint64_t entered_ = 0;
  std::shared_ptr<bool> alive_;
};

}  // namespace syncstore::engine
