// The leading tab of a browser in the simulated world: one client session, its socket, its timer
// and its transactions, all of which die with it. Does what the session's effects ask for, with the
// delays and faults of the browser around it.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "server/simulation/sim_reader.hpp"
#include "server/simulation/sim_server.hpp"
#include "server/simulation/sim_storage.hpp"

namespace syncstore::simulation {

// What the tabs of one browser have in common.
struct SimBrowser {
  EventQueue& events;
  SeededRandom& random;
  SimServer& server;
  Report report;
  std::size_t queue_bytes;
  TimeMs skew = 0;  // this browser's clock
  bool network = true;
  bool storage_full = false;    // writes fail
  bool gives_up_cache = false;  // and the cache goes to make room
  int versions_off = 0;         // its program is older or newer than the server's
  std::string signed_in;        // whose cookie it holds, "" = nobody's
  std::function<void(const std::string& frame)> leaving = {};  // every message up
  std::uint64_t tabs = 0;                                      // so many ever led here

  TimeMs now() const { return events.now() + skew; }
};

class SimTab;

class TabWatcher {
 public:
  virtual ~TabWatcher() = default;
  virtual void told(SimTab& tab, const session::Effect& effect) = 0;      // of screens
  virtual void heard(SimTab& tab, const wire::DownMessage& message) = 0;  // before the session does
  virtual void settled(SimTab& tab) = 0;     // an event and its effects are over
  virtual void superseded(SimTab& tab) = 0;  // another tab leads: this one is to end
};

class SimTab {
 public:
  SimTab(SimBrowser& browser, std::shared_ptr<SimStorage> storage, TabWatcher& watcher);
  ~SimTab();
  SimTab(const SimTab&) = delete;
  SimTab& operator=(const SimTab&) = delete;

  void start();
  // Every event and command of the session goes through here.
  void call(const std::function<void(session::ClientSession&)>& work);
  session::ClientSession& session() { return *session_; }
  const session::ClientSession& session() const { return *session_; }
  SimStorage& storage() { return *storage_; }
  // Of this tab alone among all of its browser: memory of one that is gone is used again.
  std::uint64_t number() const { return number_; }
  SimSocket* socket() { return socket_.get(); }
  bool is_writing() const { return queue_writes_ != 0; }  // of the queue
  bool is_asleep() const { return asleep_; }
  const SimReader& reader() const { return reader_; }  // of the pages of its link
  bool has_polled() const { return polled_; }
  // Nothing reaches a sleeping tab; what came for it meanwhile comes when it wakes, in its order.
  void sleep() { asleep_ = true; }
  void wake();

 private:
  void perform(const session::Effect& effect);
  void commit_queue(std::uint64_t write);
  void write_cache(const session::Effect& effect);
  void later(TimeMs delay, std::function<void()> work);  // dies with the tab
  void stored(std::function<void()> work);  // as transactions of a database: one after the other
  void fetch_ticket();
  void connect();
  Bytes spoken(const Bytes& frame) const;
  void exchange(const Bytes& body);
  void exchange_over(const Result<Bytes>& frames, bool lost);
  void hear(const ReadMessage& message);
  void reach(std::function<void()> work);  // now, or when it wakes

  SimBrowser& browser_;
  std::shared_ptr<SimStorage> storage_;
  TabWatcher& watcher_;
  std::uint64_t number_ = 0;
  std::uint64_t generation_ = 0;
  std::unique_ptr<session::ClientSession> session_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::shared_ptr<SimSocket> socket_;
  SimReader reader_;
  bool polled_ = false;
  QueueWrite writing_;    // the transaction being put together
  int queue_writes_ = 0;  // transactions under way
  TimeMs stored_at_ = 0;  // the last one under way
  std::uint64_t timer_ = 0;
  bool asleep_ = false;
  std::deque<std::function<void()>> missed_;
};

}  // namespace syncstore::simulation
