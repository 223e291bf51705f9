// One browser of the simulated world: tabs of which one leads, two people who take turns at it, the
// durable storage of each. Checks what a person in front of it may rely on (promises 4 and 5): the
// cursor and the own edits after every event, everything on the screens after every step.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "server/simulation/sim_screen.hpp"
#include "server/simulation/sim_tab.hpp"

namespace syncstore::simulation {

class SimClient final : public TabWatcher {
 public:
  // `users`: who may sign in here; the first one does.
  SimClient(EventQueue& events, SeededRandom& random, SimServer& server,
            std::vector<std::string> users, std::size_t queue_bytes, Report report);

  // --- tabs: the leading one holds the session; the others edit and look through it ---
  void open_tab();
  void kill_leader();  // what was not durable is gone, but for what other tabs post again
  void steal_lead();   // the leader seems to sleep: another tab leads before the old one knows
  void suspend_lead(TimeMs for_ms);  // it does sleep, another leads, and then it wakes
  void wake_lead();                  // whatever sleeps there
  bool has_tab() const { return leader_ != nullptr; }
  session::ClientSession& session() { return leader_->session(); }
  const session::ClientSession& session() const { return leader_->session(); }

  // --- people ---
  const std::string& user() const { return user_; }
  void edit_something();
  void settle_parked();  // discards or sends again what was refused
  void change_user();  // signs out, the other person signs in: what the first one has stays stored
  // Another tab signs the browser in as somebody else (or nobody) under this one's feet.
  void lose_sign_in();
  void sign_in_again();  // when somebody else is signed in, or the screen asks for it
  bool other_has_edits() const;
  void look_at_page() { release(SimScreen::kHeld); }
  // Opens a table, turns, sorts or filters one that is open, or closes it.
  void browse(SeededRandom& random);

  // --- faults ---
  SimBrowser& browser() { return browser_; }
  void set_network(bool up);
  void cut();
  void go_half_open();
  void clog(TimeMs for_ms);
  void retry_now();
  void damage_disk();  // of the browser: what is stored of the server's bytes, while no tab runs
  void flip_disk(SeededRandom& random);       // the same, anywhere in it
  void corrupt_memory(SeededRandom& random);  // a key of the base, which the screens do not know
  void other_version(int off);  // the tab's program is of another one than the server
  void reload();                // and is of the same again
  // The server has another history under the same epoch, from `after` on: what it said of it, up to
  // `until`, does not bind it.
  void other_history(Sequence after, Sequence until);

  // --- a base that may differ from the server's, until a check of digests has come and what
  // differs is mended ---
  static constexpr TimeMs kMendMs = 60'000;  // several repairs, each after its pause
  bool is_suspect() const { return suspects_.count(user_) != 0; }
  bool may_differ() const;
  void found_equal();  // every collection that is here, at its cursor

  // Promises 4 and 5, when anything happened here since the last time. The truth: what the server
  // has.
  void check(const model::Table& products, Sequence head);
  bool is_paged() const { return leader_ != nullptr && session().is_paged(model::kProducts); }
  // In page mode: everything that the screens ask for is answered, as of this head.
  bool is_at_rest(Sequence head) const;
  const SimReader& reader() const { return leader_->reader(); }
  std::string check_whole() const;
  std::size_t parked() const;
  std::uint64_t edits = 0;
  std::uint64_t answers_checked = 0, modes_changed = 0;  // tables of page mode at rest; in and out
  std::set<RecordId>
      lost_records;  // edited here, refused because a restore did not bring them back

 private:
  void told(SimTab& tab, const session::Effect& effect) override;
  void heard(SimTab& tab, const wire::DownMessage& message) override;
  void settled(SimTab& tab) override;
  void superseded(SimTab& tab) override;

  void release(std::uint64_t table);
  void post(const sync::Mutation& mutation);
  void note_answer(SimTab& tab, const sync::MutationResult& result);
  void note_epoch(Epoch epoch);
  void check_cursors();
  void check_stored();
  void suspect_again();
  void check_table(std::uint64_t number);
  void check_paged_table(std::uint64_t number, const model::Table* truth);
  std::uint64_t fingerprint(Sequence head) const;
  void check_answered();
  void report(const std::string& promise, const std::string& what) {
    browser_.report(promise, user_ + ": " + what);
  }

  SimBrowser browser_;
  std::map<std::string, std::shared_ptr<SimStorage>> storages_;
  std::vector<std::string> users_;
  std::string user_;
  std::unique_ptr<SimTab> leader_;
  std::vector<std::unique_ptr<SimTab>> asleep_;  // led once and do not know that they no longer do
  std::map<MutationId, sync::Mutation> posted_;  // by other tabs, not yet told to be queued
  SimScreen screen_;
  bool changed_ = true, was_paged_ = false;
  std::uint64_t looked_at_ = 0;
  std::map<std::uint16_t, Sequence> cursors_;  // highest of this leader's life, in this epoch
  Epoch epoch_ = 0;
  std::set<std::uint16_t> may_go_back_;  // collections, with a server that went back: once
  std::set<std::string> suspects_;       // whose base it may be
  std::set<std::string> once_suspect_;   // and whose it was, as bytes that are stored
  bool corrupt_ = false;                 // a leader's memory: its screens are not told
  // A minute until it is tried again, and the longest that nobody looks or its clock goes back.
  static constexpr TimeMs kStoredAgainMs = 300'000;
  std::uint64_t behind_ = 0;  // the tab whose storage misses something,
  TimeMs behind_since_ = 0;   // and since when there is room for it
  TimeMs checked_at_ = 0;  // when a check of digests was heard since, on a link that still stands
  struct Answered {
    sync::MutationResult result;
    std::vector<sync::Op> ops;
  };
  std::vector<Answered> answered_;  // heard just now, of edits that waited for it
  // Edits under way when another epoch came, of records that were in the base until then.
  using EditOf = std::pair<MutationId, RecordId>;
  std::set<EditOf> known_once_, may_be_lost_;  // the latter: if the session takes the welcome
  Epoch welcomed_to_ = 0;
};

}  // namespace syncstore::simulation
