// One thread with an io_context: everything a connection does with its socket happens here. Also
// the two things connections share: the second hand that drives every deadline, and the tray in
// which the engine puts what goes out, handed over once per turn of the engine.
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
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include "server/ports/scheduler.hpp"

namespace syncstore::adapters {

namespace asio = boost::asio;

// Something with deadlines. Registered while it lives; ticks come about four times a second on the
// loop thread.
class Ticking {
 public:
  virtual ~Ticking() = default;
  virtual void tick(std::int64_t now_ms) = 0;
  virtual void leave(std::int64_t in_ms) = 0;  // the server is going away
  virtual void cut() = 0;                      // the loop has ended: nothing will come any more
};

// What a connection is given by another thread. `message` is shared by all that receive the same.
struct Parcel {
  enum class Kind : std::uint8_t { binary, text, close, look };
  Kind kind = Kind::look;        // look: nothing but a reason to look at the queue again
  std::uint16_t close_code = 0;  // of close; the message is the reason
  std::shared_ptr<const std::string> message;
};

// A receiver of parcels; both calls on the loop thread.
class TrayReceiver {
 public:
  virtual ~TrayReceiver() = default;
  virtual void take(Parcel parcel) = 0;
  virtual void taken_all() = 0;  // after the last of a turn
};

class EventLoop {
 public:
  explicit EventLoop(ports::Scheduler& engine);
  ~EventLoop();
  asio::io_context& context() { return context_; }
  void start();
  // Ends the thread, then cuts what is still open; what is still posted is destroyed with the loop.
  void stop();
  void post(std::function<void()> work);

  void add(Ticking* item) { ticking_.insert(item); }    // loop thread
  void remove(Ticking* item) { ticking_.erase(item); }  // loop thread
  std::size_t size() const { return ticking_.size(); }  // loop thread
  void for_each(const std::function<void(Ticking&)>& visit);

  // A shared object that is always destroyed on the loop thread, whoever drops it last.
  template <class T, class... Args>
  std::shared_ptr<T> make(Args&&... args) {
    return std::shared_ptr<T>(new T(std::forward<Args>(args)...), [this](T* object) {
      asio::post(context_, [owned = std::shared_ptr<T>(object)] {});
    });
  }

  // Thread-safe; order is kept. Parcels that the engine puts during one piece of its work reach the
  // loop together: one post, however many parcels and receivers.
  void put(std::shared_ptr<TrayReceiver> receiver, Parcel parcel);
  // How often parcels were handed over.
  std::uint64_t hand_overs() const { return hand_overs_; }

  std::int64_t now_ms() const { return now_ms_; }  // as of the last tick or now(); loop thread

 private:
  struct Addressed {
    std::shared_ptr<TrayReceiver> receiver;
    Parcel parcel;
  };
  void tick();
  void hand_over();
  void empty_tray();

  ports::Scheduler& engine_;
  std::unordered_set<Ticking*> ticking_;
  std::int64_t now_ms_ = 0;
  std::mutex tray_mutex_;
  std::atomic<std::uint64_t> hand_overs_{0};
  // Behind what is above: work that never ran is destroyed with the context and may still look at
  // it.
  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard_;
  asio::steady_timer timer_;
  std::vector<Addressed> tray_;
  std::vector<Addressed> tray_in_hand_;
  std::thread thread_;
};

std::int64_t steady_ms();

}  // namespace syncstore::adapters
