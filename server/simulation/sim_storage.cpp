#include "server/simulation/sim_storage.hpp"

#include <algorithm>
#include <optional>

#include "core/base/limits.hpp"

namespace syncstore::simulation {

std::vector<MutationId> ids_of(const sync::QueueEntry& entry) {
  std::vector<MutationId> ids = entry.replaced;
  ids.push_back(entry.mutation.id);
  return ids;
}

bool took_effect(const sync::MutationResult& result) {
  return result.sequence != 0 &&
         std::any_of(result.ops.begin(), result.ops.end(), [](const sync::OpOutcome& op) {
           return op.status == sync::OpStatus::applied;
         });
}

bool was_refused(const sync::OpOutcome& op) {
  return op.status == sync::OpStatus::refused || op.status == sync::OpStatus::held;
}

namespace {

// What was answered up to here is in what a session has of the products. In page mode that is no
// number: an edit becomes part of the records that are known here.
Sequence shown_through(const session::ClientSession& session) {
  return session.is_paged(model::kProducts) ? UINT64_MAX : session.cursor(model::kProducts);
}

}  // namespace

SimStorage::SimStorage(session::ClientConfig config, Report report)
    : config_(std::move(config)), report_(std::move(report)) {}

session::ClientConfig SimStorage::lead(std::uint64_t seed) {
  ++config_.generation;
  config_.seed = seed;
  for (const auto& [number, ids] : missed_)
    undone_.insert(ids.begin(), ids.end());
  missed_.clear();
  missed_holders_.clear();
  given_up_ = false;  // it begins with nothing, and appends to that
  return config_;
}

bool SimStorage::commit_queue(std::uint64_t generation, const QueueWrite& write, Epoch epoch) {
  if (generation != config_.generation)
    return false;
  std::vector<MutationId> left;
  std::optional<MutationId> fullest;  // has so many parts that it does not name all of them
  for (const auto& [number, bytes] : write.entries) {
    missed_.erase(number);
    Stored& stored = entries_[number];
    forget(stored, left);
    stored = {bytes, {}, false};
    const auto entry = sync::read_entry(bytes);
    if (!entry.ok()) {
      report_("1", "a stored edit cannot be read");
      continue;
    }
    stored.ids = ids_of(*entry);
    stored.parked = entry->state == sync::EntryState::parked;
    if (entry->replaced.size() >= limits::kQueueReplacedIds)
      fullest = entry->mutation.id;
    remember(stored, entry->mutation.id);
  }
  for (const std::uint64_t number : write.erased) {
    missed_.erase(number);
    if (const auto stored = entries_.find(number); stored != entries_.end()) {
      forget(stored->second, left);
      entries_.erase(stored);
    }
  }
  for (const MutationId& id : left) {
    if (fullest && !(id == *fullest) && present_.count(id) == 0)
      holders_.emplace(id, *fullest);
  }
  check_left(left, epoch);
  return true;
}

bool SimStorage::miss_queue(std::uint64_t generation, const QueueWrite& write) {
  if (generation != config_.generation)
    return false;
  const auto miss = [this](std::uint64_t number, const std::vector<MutationId>& ids) {
    std::vector<MutationId>& missed = missed_[number];
    missed.insert(missed.end(), ids.begin(), ids.end());
    if (const auto stored = entries_.find(number); stored != entries_.end())
      missed.insert(missed.end(), stored->second.ids.begin(), stored->second.ids.end());
  };
  for (const auto& [number, bytes] : write.entries) {
    const auto entry = sync::read_entry(bytes);
    if (!entry.ok())
      continue;
    for (const MutationId& id : entry->replaced)
      missed_holders_[id] = entry->mutation.id;
    miss(number, ids_of(*entry));
  }
  for (const std::uint64_t number : write.erased) {
    if (entries_.count(number) != 0)
      miss(number, {});
    else
      missed_.erase(number);
  }
  return true;
}

bool SimStorage::is_missed(const MutationId& id) const {
  return std::any_of(missed_.begin(), missed_.end(), [&](const auto& missed) {
    return std::find(missed.second.begin(), missed.second.end(), id) != missed.second.end();
  });
}

std::string SimStorage::check_same(const sync::OfflineQueue& queue) const {
  if (queue.entries().size() != entries_.size())
    return "storage has " + std::to_string(entries_.size()) + " entries, the queue " +
           std::to_string(queue.entries().size());
  for (const auto& [number, stored] : entries_) {
    const sync::QueueEntry* entry = queue.find(number);
    const auto read = sync::read_entry(stored.bytes);
    const bool same =
        entry != nullptr && read.ok() && ids_of(*entry) == ids_of(*read) &&
        (entry->state == read->state ||
         // Written as sent when it was about to leave: its fate is asked for.
         (entry->state == sync::EntryState::waiting && read->state == sync::EntryState::sent));
    if (!same)
      return "storage has another form of entry " + std::to_string(number) + " than the queue";
  }
  return {};
}

void SimStorage::remember(const Stored& entry, const MutationId& own) {
  for (const MutationId& id : entry.ids) {
    ++present_[id];
    if (!(id == own))
      holders_[id] = own;
    if (entry.parked)
      parked_.insert(id);
    else
      ++shown_[id];
    if (stored_.insert(id).second)
      owed_.insert(id);
  }
}

void SimStorage::forget(const Stored& entry, std::vector<MutationId>& left) {
  const auto one_less = [](std::map<MutationId, int>& count, const MutationId& id) {
    if (--count[id] == 0)
      count.erase(id);
  };
  for (const MutationId& id : entry.ids) {
    left.push_back(id);
    one_less(present_, id);
    if (!entry.parked)
      one_less(shown_, id);
  }
}

void SimStorage::anew() {
  restarted_.reset();
  followed_ = 0;
}

bool SimStorage::write_cache(std::uint64_t generation, bool replace, const Bytes& bytes) {
  if (generation != config_.generation)
    return false;
  if (replace) {
    cache_.clear();
    given_up_ = false;
    anew();
  }
  cache_ += bytes;
  return true;
}

void SimStorage::write_kept(std::uint64_t generation, const Bytes& bytes) {
  if (generation == config_.generation)
    kept_ = bytes;
}

void SimStorage::restore(session::ClientSession& session,
                         const std::function<std::size_t()>& piece) const {
  for (std::size_t at = 0; at < cache_.size();) {
    const std::size_t size = std::min(piece(), cache_.size() - at);
    session.restore_cache(std::string_view(cache_).substr(at, size));
    at += size;
  }
  for (const auto& [number, entry] : entries_) {
    if (!session.restore_entry(entry.bytes))
      report_("1", "a stored edit cannot be read");
  }
  if (!kept_.empty())
    session.restore_kept(kept_);
}

void SimStorage::note_let_go(const sync::QueueEntry& entry) {
  for (const MutationId& id : ids_of(entry))
    let_go_.insert(id);
}

// `left`: ids that stood in what a write replaced or erased. One that was taken in part stands
// twice: what took effect is owed until the base shows it, what was refused until it is let go.
void SimStorage::check_left(const std::vector<MutationId>& left, Epoch epoch) {
  for (const MutationId& id : left) {
    if (shown_.count(id) == 0 && owed_.erase(id) != 0)
      check_effect_left(id, epoch);
    if (present_.count(id) != 0 || parked_.erase(id) == 0)
      continue;
    const std::vector<MutationId> parts = parts_of(id);
    const bool let_go = std::any_of(parts.begin(), parts.end(), [this](const MutationId& part) {
      return let_go_.count(part) != 0 || is_missed(part) || was_undone(part);
    });
    if (!let_go)
      report_("5", user() + ": storage lost a refused edit that its author had not let go");
  }
}

// It may have been answered, or let go, under any of the ids that it became part of. What is not
// written yet for want of room the tab still has; with its end it is undone.
void SimStorage::check_effect_left(MutationId id, Epoch epoch) {
  bool kept = false;
  auto answer = answers_.end();
  for (const MutationId& part : parts_of(id)) {
    kept = kept || present_.count(part) != 0 || let_go_.count(part) != 0 || is_missed(part) ||
           was_undone(part);
    if (const auto found = answers_.find(part); found != answers_.end())
      answer = found;
  }
  if (answer == answers_.end()) {
    if (!kept)
      report_("1", user() + ": storage lost an edit that was neither answered nor let go");
    return;
  }
  check_covered(answer->first, answer->second, epoch);
  const auto& ops = answer->second.ops;
  if (!kept && std::any_of(ops.begin(), ops.end(), was_refused))
    report_("5", user() + ": storage lost an edit that was refused");
}

// Squashed edits are answered, and let go, under the id of what holds them.
std::vector<MutationId> SimStorage::parts_of(MutationId id) const {
  std::vector<MutationId> parts = {id};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    // What was not stored may have been given up for another.
    for (const auto* holders : {&missed_holders_, &holders_}) {
      const auto next = holders->find(parts[i]);
      if (next != holders->end() &&
          std::find(parts.begin(), parts.end(), next->second) == parts.end())
        parts.push_back(next->second);
    }
  }
  return parts;
}

// What a browser that starts now would show in place of the edit. Where the cache was given up
// after the edit was let go, that is nothing: no older state that it could be missing from. What is
// stored next is all that the tab has, or that the server has at a new tab's start.
void SimStorage::check_covered(const MutationId& id, const sync::MutationResult& answer,
                               Epoch epoch) {
  if (!took_effect(answer) || answer.epoch != epoch)
    return;
  if (given_up_) {
    excused_.insert(id);
    return;
  }
  if (restarted_ == nullptr)
    restarted_ = std::make_unique<session::ClientSession>(config_);
  restarted_->restore_cache(std::string_view(cache_).substr(followed_));
  followed_ = cache_.size();
  if (restarted_->epoch() != epoch || shown_through(*restarted_) < answer.sequence) {
    report_("5", user() + ": an edit of sequence " + std::to_string(answer.sequence) +
                     " was forgotten while the stored base is at " +
                     std::to_string(shown_through(*restarted_)));
  }
}

void SimStorage::check_restart(const session::ClientSession& session) const {
  for (const auto& [id, answer] : answers_) {
    if (!took_effect(answer) || answer.epoch != session.epoch() || stored_.count(id) == 0 ||
        excused_.count(id) != 0 || was_undone(id))  // there was no room for that answer
      continue;
    if (shown_through(session) < answer.sequence && shown_.count(id) == 0)
      report_("5", user() + ": an answered edit is gone after a restart");
  }
}

std::string SimStorage::check_whole() const {
  std::map<MutationId, int> present;
  for (const auto& [number, stored] : entries_) {
    const auto entry = sync::read_entry(stored.bytes);
    if (!entry.ok())
      return "a stored edit cannot be read";
    for (const MutationId& id : ids_of(*entry))
      ++present[id];
  }
  if (present != present_)
    return "the stored edits were not followed";
  for (const MutationId& id : owed_) {
    if (present.count(id) == 0)
      return "an owed edit is not stored";
  }
  if (restarted_ == nullptr)
    return {};
  session::ClientSession fresh(config_);
  fresh.restore_cache(std::string_view(cache_).substr(0, followed_));
  const bool same =
      fresh.epoch() == restarted_->epoch() && shown_through(fresh) == shown_through(*restarted_);
  return same ? "" : "the stored base was not followed";
}

// --- faults ---

void SimStorage::damage_cache(const std::function<std::uint64_t(std::uint64_t)>& below) {
  if (cache_.empty())
    return;
  // The last writes are gone, the first of them in part.
  cache_.resize(static_cast<std::size_t>(below(cache_.size())));
  excuse();
}

void SimStorage::flip_cache(const std::function<std::uint64_t(std::uint64_t)>& below) {
  if (cache_.empty())
    return;
  const auto at = static_cast<std::size_t>(below(cache_.size()));
  if (below(4) == 0) {
    cache_.erase(at, 1 + static_cast<std::size_t>(below(300)));
  } else {
    cache_[at] = static_cast<char>(cache_[at] ^ (1 << below(8)));
  }
  excuse();
}

void SimStorage::give_up_cache() {
  cache_.clear();
  given_up_ = true;
  excuse();
}

void SimStorage::excuse() {
  anew();
  for (const auto& [id, answer] : answers_) {
    if (shown_.count(id) == 0)
      excused_.insert(id);
  }
}

void SimStorage::void_answers() {
  for (auto& [id, answer] : answers_)
    answer.epoch = 0;
}

}  // namespace syncstore::simulation
