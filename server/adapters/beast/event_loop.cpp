#include "server/adapters/beast/event_loop.hpp"

#include <boost/asio/post.hpp>
#include <chrono>

namespace syncstore::adapters {
namespace {
constexpr auto kTick = std::chrono::milliseconds(250);
}

std::int64_t steady_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

EventLoop::EventLoop(ports::Scheduler& engine)
    : engine_(engine),
      now_ms_(steady_ms()),
      guard_(asio::make_work_guard(context_)),
      timer_(context_) {}

EventLoop::~EventLoop() { stop(); }

void EventLoop::start() {
  asio::post(context_, [this] { tick(); });
  thread_ = std::thread([this] { context_.run(); });
}

void EventLoop::stop() {
  context_.stop();
  if (thread_.joinable())
    thread_.join();
  for_each([](Ticking& item) { item.cut(); });
}

void EventLoop::post(std::function<void()> work) { asio::post(context_, std::move(work)); }

void EventLoop::for_each(const std::function<void(Ticking&)>& visit) {
  // A visit may end connections and thereby change the set.
  const std::vector<Ticking*> items(ticking_.begin(), ticking_.end());
  for (Ticking* item : items) {
    if (ticking_.count(item) > 0)
      visit(*item);
  }
}

void EventLoop::tick() {
  now_ms_ = steady_ms();
  for_each([this](Ticking& item) { item.tick(now_ms_); });
  timer_.expires_after(kTick);
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error)
      tick();
  });
}

void EventLoop::put(std::shared_ptr<TrayReceiver> receiver, Parcel parcel) {
  bool first = false;
  {
    const std::lock_guard lock(tray_mutex_);
    first = tray_.empty();
    tray_.push_back({std::move(receiver), std::move(parcel)});
  }
  if (first)
    engine_.after_this([this] { hand_over(); });
}

void EventLoop::hand_over() {
  ++hand_overs_;
  asio::post(context_, [this] { empty_tray(); });
}

void EventLoop::empty_tray() {
  {
    const std::lock_guard lock(tray_mutex_);
    tray_in_hand_.swap(tray_);
  }
  for (Addressed& item : tray_in_hand_)
    item.receiver->take(std::move(item.parcel));
  // Flushing after all were handed over sends the messages of one turn to a link in one write.
  for (Addressed& item : tray_in_hand_)
    item.receiver->taken_all();
  tray_in_hand_.clear();
}

}  // namespace syncstore::adapters
