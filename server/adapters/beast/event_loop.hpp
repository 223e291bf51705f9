// One thread with an io_context: everything a connection does with its socket happens here. Also
// the two things connections share: the second hand that drives every deadline, and the tray in
// which other threads put outgoing messages.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_set>
#include <vector>

namespace syncstore::adapters {

namespace asio = boost::asio;

// Something with deadlines. Registered while it lives; ticks come about four times a second on the
// loop thread.
class Ticking {
 public:
  virtual ~Ticking() = default;
  virtual void tick(std::int64_t now_ms) = 0;
  virtual void leave(std::int64_t in_ms) = 0;  // the server is going away
};

// A receiver of messages from other threads.
class TrayReceiver {
 public:
  virtual ~TrayReceiver() = default;
  virtual void take(std::shared_ptr<const std::string> message, bool text) = 0;  // loop thread
  virtual void taken_all() = 0;  // after the last of a turn
};

class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  asio::io_context& context() { return context_; }
  void start();
  void stop();  // ends the thread; what is still posted is destroyed with the loop
  void post(std::function<void()> work);

  void add(Ticking* item) { ticking_.insert(item); }    // loop thread
  void remove(Ticking* item) { ticking_.erase(item); }  // loop thread
  std::size_t size() const { return ticking_.size(); }
  void for_each(const std::function<void(Ticking&)>& visit);

  // A shared object that is always destroyed on the loop thread, whoever drops it last.
  template <class T, class... Args>
  std::shared_ptr<T> make(Args&&... args) {
    return std::shared_ptr<T>(new T(std::forward<Args>(args)...), [this](T* object) {
      asio::post(context_, [owned = std::shared_ptr<T>(object)] {});
    });
  }

  // Thread-safe. Messages of one sender keep their order; one post per turn, however many messages.
  void put(std::shared_ptr<TrayReceiver> receiver, std::shared_ptr<const std::string> message,
           bool text);

  std::int64_t now_ms() const { return now_ms_; }  // as of the last tick or now(); loop thread

 private:
  struct Parcel {
    std::shared_ptr<TrayReceiver> receiver;
    std::shared_ptr<const std::string> message;
    bool text = false;
  };
  void tick();
  void empty_tray();

  std::unordered_set<Ticking*> ticking_;
  std::int64_t now_ms_ = 0;
  std::mutex tray_mutex_;
  // Behind what is above: work that never ran is destroyed with the context and may still look at
  // it.
  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard_;
  asio::steady_timer timer_;
  std::vector<Parcel> tray_;
  std::vector<Parcel> tray_in_hand_;
  std::thread thread_;
};

std::int64_t steady_ms();

}  // namespace syncstore::adapters
