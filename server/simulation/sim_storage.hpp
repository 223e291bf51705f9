// What one browser keeps of one user on disk: entries of the queue, received bytes, kept records.
// It survives the tabs. Checks on every write what storage must never lose: an edit that was stored
// stays until it is answered or let go by its author, and an answered one until the stored base
// shows it. The checks follow what a write changed; check_whole() does them from nothing.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/session/client_session.hpp"

namespace syncstore::simulation {

using Report = std::function<void(const std::string& promise, const std::string& what)>;

struct QueueWrite {
  std::map<std::uint64_t, Bytes> entries;
  std::set<std::uint64_t> erased;
};

class SimStorage {
 public:
  SimStorage(session::ClientConfig config, Report report);

  const std::string& user() const { return config_.user; }
  // A tab takes the lead: what older leaders write from now on is refused.
  session::ClientConfig lead(std::uint64_t seed);
  // False: a newer leader. `epoch`: of the server at this moment.
  bool commit_queue(std::uint64_t generation, const QueueWrite& write, Epoch epoch);
  // There was no room, which the screens say: what is stored of these edits is of the past until
  // the tab writes it again. Nothing is promised of what the tab's end takes before. False: as
  // above.
  bool miss_queue(std::uint64_t generation, const QueueWrite& write);
  bool is_behind() const { return !missed_.empty(); }  // of the leading tab
  // Whether a tab's end took something of it that storage had no room for.
  bool was_undone(const MutationId& id) const { return undone_.count(id) != 0; }
  // What differs of the stored entries from those of the leading tab, which has no write under way.
  std::string check_same(const sync::OfflineQueue& queue) const;
  bool write_cache(std::uint64_t generation, bool replace, const Bytes& bytes);
  // Whether an append would stand behind what it follows.
  bool has_whole_cache() const { return !given_up_; }
  void write_kept(std::uint64_t generation, const Bytes& bytes);
  // Gives a session that has not started what is stored; `piece` answers the size of the next piece
  // of the cache.
  void restore(session::ClientSession& session, const std::function<std::size_t()>& piece) const;

  // What a tab of this user heard, and what its person gave up.
  void note_answer(const sync::MutationResult& result) { answers_[result.id] = result; }
  void note_let_go(const sync::QueueEntry& entry);
  void note_rejected(const MutationId& id) { let_go_.insert(id); }  // its author was told
  // A session that has just been restored shows every stored edit that was answered in its epoch.
  void check_restart(const session::ClientSession& session) const;
  bool has_edits() const { return !entries_.empty(); }
  std::string check_whole() const;

  // --- faults ---
  // Stored bytes of the received frames are cut off anywhere; a session notices and fetches them
  // again. Until then edits that had left the queue for these bytes need not show: no copy of them
  // is here. What still stands in the queue must go on doing so.
  void damage_cache(const std::function<std::uint64_t(std::uint64_t)>& below);
  // Anywhere in them a bit differs, or a piece is missing. Nothing of it is shown as if it were the
  // server's.
  void flip_cache(const std::function<std::uint64_t(std::uint64_t)>& below);
  void give_up_cache();  // to make room for an edit: until it is written anew, nothing is taken
  // The server has another history under the same epoch: what it answered before is void.
  void void_answers();

 private:
  struct Stored {
    Bytes bytes;
    std::vector<MutationId> ids;
    bool parked = false;
  };
  void remember(const Stored& entry, const MutationId& own);
  void forget(const Stored& entry, std::vector<MutationId>& left);
  void check_left(const std::vector<MutationId>& left, Epoch epoch);
  void check_effect_left(MutationId id, Epoch epoch);
  // Itself and all that it became part of.
  std::vector<MutationId> parts_of(MutationId id) const;
  bool is_missed(const MutationId& id) const;
  void check_covered(const MutationId& id, const sync::MutationResult& answer, Epoch epoch);
  void anew();
  void excuse();  // what is gone with the bytes of the cache

  session::ClientConfig config_;
  Report report_;
  std::map<std::uint64_t, Stored> entries_;
  std::map<MutationId, int> present_;  // ids in the entries
  std::map<MutationId, int> shown_;    // of these, in entries that are not parked
  Bytes cache_;
  // What a browser that started now would have: follows the cache.
  std::unique_ptr<session::ClientSession> restarted_;
  std::size_t followed_ = 0;
  bool given_up_ = false;
  Bytes kept_;
  std::map<MutationId, sync::MutationResult> answers_;
  std::map<MutationId, MutationId> holders_;  // of squashed edits: what they became part of
  std::set<MutationId> let_go_;
  std::set<MutationId> stored_;   // every id that was ever stored
  std::set<MutationId> owed_;     // of these, not settled, parked or let go yet
  std::set<MutationId> parked_;   // to be kept until their author lets them go
  // Entries whose last write found no room, with the ids that stood in them or were to.
  std::map<std::uint64_t, std::vector<MutationId>> missed_;
  std::map<MutationId, MutationId> missed_holders_;
  std::set<MutationId> undone_;
  std::set<MutationId> excused_;  // answered and settled, and gone with damaged bytes
};

// What stands in a queue under these ids: the edit's own and those squashed into it.
std::vector<MutationId> ids_of(const sync::QueueEntry& entry);
bool took_effect(const sync::MutationResult& result);  // some op was applied
bool was_refused(const sync::OpOutcome& op);           // or held: it is for its author to decide

}  // namespace syncstore::simulation
