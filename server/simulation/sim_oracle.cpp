#include "server/simulation/sim_oracle.hpp"

#include <algorithm>

#include "core/sync/change_set.hpp"

namespace syncstore::simulation {

Oracle::Oracle() {
  for (const model::CollectionDef& collection : model::collections()) {
    tables_.emplace(collection.number, model::Table(collection));
  }
}

std::string Oracle::follow(const memory::MemoryStore& store) {
  if (store.log.size() < sequence_)
    return "the log lost its end";
  while (sequence_ < store.log.size()) {
    std::string wrong = take(store.log[sequence_], store);
    if (!wrong.empty())
      return wrong;
    ++sequence_;
  }
  return store.sequence == sequence_ ? "" : "the head is not the log's end";
}

std::string Oracle::take(const ports::LogEntry& entry, const memory::MemoryStore& store) {
  if (entry.sequence != sequence_ + 1)
    return "the log has a gap";
  if (entry.hash != crypto_.sha256_pair(hash_, entry.blob))
    return "the chain of hashes is broken";
  hash_ = entry.hash;
  ByteReader in(entry.blob);
  auto change_set = sync::read_change_set(in);
  if (!change_set.ok())
    return "an entry of the log cannot be read";
  change_set->sequence = entry.sequence;
  if (!mutations_.emplace(change_set->mutation, entry.sequence).second)
    return "a mutation took effect twice";
  const auto receipt = store.receipt_index.find(change_set->mutation);
  if (receipt == store.receipt_index.end() ||
      store.receipts[receipt->second].result.sequence != entry.sequence)
    return "an effect without its receipt";
  for (auto& [number, table] : tables_) {
    const bool touched =
        std::any_of(change_set->changes.begin(), change_set->changes.end(),
                    [&, n = number](const sync::Change& change) { return change.collection == n; });
    if (!touched)
      continue;
    sync::apply_changes(table, *change_set);
    digests_[{number, entry.sequence}] = table.digest().combined();
  }
  return {};
}

std::optional<std::uint64_t> Oracle::digest_at(std::uint16_t collection, Sequence sequence) const {
  const auto found = digests_.find({collection, sequence});
  return found == digests_.end() ? std::nullopt : std::optional<std::uint64_t>(found->second);
}

std::vector<RecordId> Oracle::products() const {
  std::vector<RecordId> ids;
  table(model::kProducts).for_each([&](const model::Record& record) { ids.push_back(record.id); });
  std::sort(ids.begin(), ids.end());
  return ids;
}

}  // namespace syncstore::simulation
