#include "server/adapters/system/engine_thread.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/base/result.hpp"

namespace syncstore::adapters {
namespace {

// An idle engine still wakes this often, so that a health check can tell idle from stuck.
constexpr std::int64_t kBeatUs = 500'000;

std::int64_t monotonic_us() {
  using namespace std::chrono;
  return duration_cast<microseconds>(steady_clock::now().time_since_epoch()).count();
}

// Of the thread that asks: the executor whose work it is running.
thread_local const EngineThread* running_engine = nullptr;

}  // namespace

EngineThread::EngineThread(std::size_t pool_threads, std::size_t background_queue)
    : last_beat_us_(monotonic_us()), pool_limit_(background_queue) {
  engine_ = std::thread([this] { run_engine(); });
  for (std::size_t i = 0; i < pool_threads; ++i)
    pool_.emplace_back([this] { run_pool(); });
}

EngineThread::~EngineThread() { stop(); }

void EngineThread::post(std::function<void()> work) {
  bool was_empty = false;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_)
      return;
    was_empty = posted_.empty();
    posted_.push_back(std::move(work));
  }
  if (was_empty)
    wake_.notify_one();
}

void EngineThread::after_this(std::function<void()> work) {
  if (running_engine != this)
    return post(std::move(work));
  turn_end_.push_back(std::move(work));
}

void EngineThread::end_turn() {
  while (!turn_end_.empty()) {
    for (const auto& work : std::exchange(turn_end_, {}))
      work();
  }
}

ports::TimerId EngineThread::after(std::int64_t delay_ms, std::function<void()> work) {
  const ports::TimerId id = next_timer_++;
  const Moment due = monotonic_us() + std::max<std::int64_t>(delay_ms, 0) * 1'000;
  timer_by_id_[id] = timers_.emplace(due, Timer{id, std::move(work)});
  return id;
}

void EngineThread::cancel(ports::TimerId id) {
  const auto found = timer_by_id_.find(id);
  if (found == timer_by_id_.end())
    return;
  timers_.erase(found->second);
  timer_by_id_.erase(found);
}

bool EngineThread::background(std::function<void()> work) {
  {
    const std::lock_guard lock(pool_mutex_);
    if (pool_stopping_ || pool_jobs_.size() >= pool_limit_)
      return false;
    pool_jobs_.push_back(std::move(work));
  }
  pool_wake_.notify_one();
  return true;
}

void EngineThread::run_and_wait(const std::function<void()>& work) {
  std::mutex mutex;
  std::condition_variable done;
  bool finished = false;
  post([&] {
    work();
    const std::lock_guard lock(mutex);
    finished = true;
    done.notify_one();
  });
  std::unique_lock lock(mutex);
  done.wait(lock, [&] { return finished; });
}

void EngineThread::stop() {
  {
    const std::lock_guard lock(pool_mutex_);
    pool_stopping_ = true;
    pool_jobs_.clear();
  }
  pool_wake_.notify_all();
  for (std::thread& thread : pool_) {
    if (thread.joinable())
      thread.join();
  }
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (engine_.joinable())
    engine_.join();
  // What never ran is dropped now, while the things it refers to still exist.
  posted_.clear();
  timer_by_id_.clear();
  timers_.clear();
}

std::int64_t EngineThread::last_beat_ms() const {
  const std::lock_guard lock(mutex_);
  return last_beat_us_ / 1'000;
}

void EngineThread::run_engine() {
  running_engine = this;
  std::vector<std::function<void()>> work;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      if (posted_.empty() && !stopping_) {
        const std::int64_t now = monotonic_us();
        const Moment until =
            timers_.empty() ? now + kBeatUs : std::min(now + kBeatUs, timers_.begin()->first);
        wake_.wait_for(lock, std::chrono::microseconds(std::max<std::int64_t>(until - now, 0)));
      }
      if (stopping_)
        return;
      last_beat_us_ = monotonic_us();
      work.swap(posted_);
    }
    for (auto& item : work) {
      item();
      item = nullptr;
      end_turn();
    }
    work.clear();
    run_due_timers();
  }
}

void EngineThread::run_due_timers() {
  const Moment now = monotonic_us();
  // One at a time: a timer that cancels a later one of the same moment is obeyed.
  while (!timers_.empty() && timers_.begin()->first <= now) {
    Timer timer = std::move(timers_.begin()->second);
    timer_by_id_.erase(timer.id);
    timers_.erase(timers_.begin());
    timer.work();
    end_turn();
  }
}

void EngineThread::run_pool() {
  while (true) {
    std::function<void()> job;
    {
      std::unique_lock lock(pool_mutex_);
      pool_wake_.wait(lock, [&] { return pool_stopping_ || !pool_jobs_.empty(); });
      if (pool_stopping_)
        return;
      job = std::move(pool_jobs_.front());
      pool_jobs_.pop_front();
    }
    job();
  }
}

}  // namespace syncstore::adapters
