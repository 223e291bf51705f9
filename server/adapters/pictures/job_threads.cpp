#include "server/adapters/pictures/job_threads.hpp"

#include <utility>

namespace syncstore::adapters {

JobThreads::~JobThreads() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    jobs_.clear();
  }
  wake_.notify_all();
  for (std::thread& thread : threads_)
    thread.join();
}

bool JobThreads::add(Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (jobs_.size() >= most_)
      return false;
    jobs_.push_back(std::move(job));
  }
  if (threads_.empty()) {
    for (std::size_t i = 0; i < count_; ++i)
      threads_.emplace_back([this] { run(); });
  }
  wake_.notify_one();
  return true;
}

void JobThreads::run() {
  while (true) {
    Job job;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
      if (stopping_)
        return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    job(stopping_);
  }
}

}  // namespace syncstore::adapters
