// One browser of the simulated world: a client session, its durable storage (which survives the
// tab), its socket and its clock. Checks on every event what a person in front of it may rely on
// (promises 4 and 5).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/session/client_session.hpp"
#include "tests/simulation/sim_server.hpp"

namespace syncstore::simulation {

class SimClient {
 public:
  using Report = std::function<void(const std::string& promise, const std::string& what)>;

  SimClient(EventQueue& events, SeededRandom& random, SimServer& server, std::string user,
            std::size_t queue_bytes, Report report);
  ~SimClient();

  void open_tab();
  void kill_tab();  // what was not durable is gone
  bool has_tab() const { return session_ != nullptr; }
  session::ClientSession& session() { return *session_; }
  const std::string& user() const { return user_; }

  void edit_something();  // a person's edit of what the screen shows
  void settle_parked();   // discards or sends again what was refused
  void set_network(bool up);
  bool network() const { return network_; }
  void cut() {
    if (socket_)
      socket_->cut();
  }
  void go_half_open() {
    if (socket_)
      socket_->go_half_open();
  }
  void retry_now();
  void check_pages();  // promise 4, after showing the exact page

  TimeMs skew = 0;            // this browser's clock
  bool storage_full = false;  // writes of the queue fail
  std::vector<sync::MutationResult>
      acknowledged;  // answers that reached this browser since they were last checked
  std::uint64_t edits = 0;

 private:
  struct Disk {
    std::map<std::uint64_t, Bytes> entries;
    Bytes cache;
    Bytes kept;
  };
  struct ShownPage {
    std::uint64_t total = 0;
    std::uint32_t page = 1, pages = 1, size = 0;
    std::string state;
    std::vector<std::string> order;
  };

  TimeMs now() const { return events_.now() + skew; }
  void call(const std::function<void(session::ClientSession&)>& work);
  void perform(const session::Effect& effect);
  void later(TimeMs delay, std::function<void()> work);  // dies with the tab
  void fetch_ticket();
  void connect();
  void exchange(const Bytes& body);
  void note_answers(std::string_view frame);
  void take_page(std::uint64_t number, const std::string& text);
  void check_promises();
  void open_pages();
  std::vector<RecordId> shown_products() const;

  EventQueue& events_;
  SeededRandom& random_;
  SimServer& server_;
  std::string user_;
  std::size_t queue_bytes_;
  Report report_;
  ClientId client_;
  std::uint64_t generation_ = 0;
  Disk disk_;
  std::unique_ptr<session::ClientSession> session_;
  std::shared_ptr<bool> tab_alive_;
  std::shared_ptr<SimSocket> socket_;
  std::map<std::uint64_t, Bytes> writing_;  // of the transaction being put together
  std::set<std::uint64_t> erasing_;
  std::uint64_t timer_ = 0;
  bool network_ = true;
  bool started_ = false;
  std::map<std::uint64_t, session::PageSpec> specs_;
  std::map<std::uint64_t, ShownPage> pages_;
  std::map<std::uint16_t, Sequence> cursors_;  // highest of this tab's life, in this epoch
  Epoch epoch_ = 0;
};

}  // namespace syncstore::simulation
