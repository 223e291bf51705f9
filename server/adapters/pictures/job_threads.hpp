// A few threads for work that blocks: waiting for another process or another site. Bounded in both
// directions. Jobs that have not begun are dropped at the end; a running one is asked to stop.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace syncstore::adapters {

class JobThreads {
 public:
  // A job ends soon once the flag is set.
  using Job = std::function<void(const std::atomic<bool>& stopping)>;
  JobThreads(std::size_t threads, std::size_t waiting) : count_(threads), most_(waiting) {}
  ~JobThreads();
  JobThreads(const JobThreads&) = delete;
  JobThreads& operator=(const JobThreads&) = delete;

  // False when `waiting` jobs wait already. Threads begin with the first job. One thread only.
  bool add(Job job);

 private:
  void run();

  std::size_t count_;
  std::size_t most_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> jobs_;
  std::atomic<bool> stopping_{false};
  std::vector<std::thread> threads_;
};

}  // namespace syncstore::adapters
