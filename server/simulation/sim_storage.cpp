#include "server/simulation/sim_storage.hpp"

#include <algorithm>

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

SimStorage::SimStorage(session::ClientConfig config, Report report)
    : config_(std::move(config)), report_(std::move(report)) {}

session::ClientConfig SimStorage::lead(std::uint64_t seed) {
  ++config_.generation;
  config_.seed = seed;
  return config_;
}

bool SimStorage::commit_queue(std::uint64_t generation, const QueueWrite& write, Epoch epoch) {
  if (generation != config_.generation)
    return false;
  for (const auto& [number, bytes] : write.entries)
    entries_[number] = bytes;
  for (const std::uint64_t number : write.erased)
    entries_.erase(number);
  check_owed(epoch);
  return true;
}

bool SimStorage::write_cache(std::uint64_t generation, bool replace, const Bytes& bytes) {
  if (generation != config_.generation)
    return false;
  if (replace)
    cache_.clear();
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
  for (const auto& [number, bytes] : entries_) {
    if (!session.restore_entry(bytes))
      report_("1", "a stored edit cannot be read");
  }
  if (!kept_.empty())
    session.restore_kept(kept_);
}

void SimStorage::note_let_go(const sync::QueueEntry& entry) {
  for (const MutationId& id : ids_of(entry))
    let_go_.insert(id);
}

void SimStorage::check_owed(Epoch epoch) {
  std::set<MutationId> there;
  for (const auto& [number, bytes] : entries_) {
    const auto entry = sync::read_entry(bytes);
    if (!entry.ok()) {
      report_("1", "a stored edit cannot be read");
      continue;
    }
    for (const MutationId& id : ids_of(*entry)) {
      there.insert(id);
      if (!(id == entry->mutation.id))
        holders_[id] = entry->mutation.id;
      if (stored_.insert(id).second)
        owed_.insert(id);
    }
  }
  std::unique_ptr<session::ClientSession> restarted;
  for (auto id = owed_.begin(); id != owed_.end();) {
    if (there.count(*id) != 0) {
      ++id;
      continue;
    }
    const MutationId now_part_of = holder(*id);
    if (const auto answer = answers_.find(now_part_of); answer != answers_.end()) {
      check_covered(answer->second, epoch, restarted);
    } else if (let_go_.count(now_part_of) == 0) {
      report_("1", user() + ": storage lost an edit that was neither answered nor let go");
    }
    id = owed_.erase(id);
  }
}

// Squashed edits are answered, and let go, under the id of what holds them.
MutationId SimStorage::holder(MutationId id) const {
  for (auto next = holders_.find(id); next != holders_.end(); next = holders_.find(id))
    id = next->second;
  return id;
}

// What a browser that starts now would show in place of the edit.
void SimStorage::check_covered(const sync::MutationResult& answer, Epoch epoch,
                               std::unique_ptr<session::ClientSession>& restarted) const {
  if (!took_effect(answer) || answer.epoch != epoch)
    return;
  if (restarted == nullptr) {
    restarted = std::make_unique<session::ClientSession>(config_);
    restarted->restore_cache(cache_);
  }
  if (restarted->epoch() != epoch || restarted->cursor(model::kProducts) < answer.sequence) {
    report_("5", user() + ": an edit of sequence " + std::to_string(answer.sequence) +
                     " was forgotten while the stored base is at " +
                     std::to_string(restarted->cursor(model::kProducts)));
  }
}

void SimStorage::check_restart(const session::ClientSession& session) const {
  for (const auto& [id, answer] : answers_) {
    if (!took_effect(answer) || answer.epoch != session.epoch() || stored_.count(id) == 0)
      continue;
    if (session.cursor(model::kProducts) < answer.sequence && session.queue().find(id) == nullptr)
      report_("5", user() + ": an answered edit is gone after a restart");
  }
}

}  // namespace syncstore::simulation
