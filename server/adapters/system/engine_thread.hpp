// The engine executor: one thread that runs posted work and timers in order, and a small pool for
// slow work. Work that is posted after stop() is dropped; so is background work that has not begun.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "server/ports/scheduler.hpp"

namespace syncstore::adapters {

class EngineThread : public ports::Scheduler {
 public:
  // `background_queue`: jobs that may wait for the pool; above it background() answers false.
  explicit EngineThread(std::size_t pool_threads = 2, std::size_t background_queue = 64);
  ~EngineThread() override;  // stop()

  void post(std::function<void()> work) override;
  void after_this(std::function<void()> work) override;
  ports::TimerId after(std::int64_t delay_ms, std::function<void()> work) override;
  void cancel(ports::TimerId id) override;
  bool background(std::function<void()> work) override;

  // Runs `work` on the engine thread and waits for it; never from the engine thread itself.
  void run_and_wait(const std::function<void()>& work);
  // Ends the pool, then the engine thread, after what each is running now. Idempotent; not from its
  // own threads.
  void stop();
  // When the engine thread last began a piece of work or woke idle (monotonic ms): a health check
  // compares it with now.
  std::int64_t last_beat_ms() const;

 private:
  using Moment = std::int64_t;  // monotonic µs
  struct Timer {
    ports::TimerId id = 0;
    std::function<void()> work;
  };
  void run_engine();
  void run_pool();
  void run_due_timers();
  void end_turn();

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::function<void()>> posted_;
  bool stopping_ = false;
  std::multimap<Moment, Timer> timers_;  // engine thread only
  std::unordered_map<ports::TimerId, std::multimap<Moment, Timer>::iterator>
      timer_by_id_;  // engine thread only
  std::vector<std::function<void()>> turn_end_;  // engine thread only
  ports::TimerId next_timer_ = 1;
  std::int64_t last_beat_us_ = 0;  // guarded by mutex_

  std::mutex pool_mutex_;
  std::condition_variable pool_wake_;
  std::deque<std::function<void()>> pool_jobs_;
  std::size_t pool_limit_;
  bool pool_stopping_ = false;

  std::thread engine_;
  std::vector<std::thread> pool_;
};

}  // namespace syncstore::adapters
