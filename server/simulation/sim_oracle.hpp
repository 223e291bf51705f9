// What the durable log says, applied naively: the truth that servers and clients are compared with.
// Follows the receipts in the order of their commits, each with its entry of the log, and has the
// model of merging judge them one by one.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/model/table.hpp"
#include "server/adapters/memory/memory_storage.hpp"
#include "server/adapters/memory/virtual_time.hpp"
#include "server/simulation/sim_model.hpp"

namespace syncstore::simulation {

// Of a collection after each sequence that changed it.
using Digests = std::map<std::uint16_t, std::map<Sequence, std::uint64_t>>;

// Nothing where that sequence did not change the collection.
std::optional<std::uint64_t> digest_in(const Digests& digests, std::uint16_t collection,
                                       Sequence sequence);

class Oracle {
 public:
  Oracle();
  // Takes what is new. Answers what is wrong with it ("" = nothing).
  std::string follow(const memory::MemoryStore& store);
  // The disk has another history from now on: it is followed from its beginning.
  void begin_anew();
  std::optional<std::uint64_t> digest_at(std::uint16_t collection, Sequence sequence) const {
    return digest_in(digests_, collection, sequence);
  }
  const Digests& digests() const { return digests_; }
  const model::Table& table(std::uint16_t collection) const { return tables_.at(collection); }
  std::vector<RecordId> products() const;  // ascending
  Sequence sequence() const { return sequence_; }
  MergeModel& model() { return model_; }
  // Everything once more from nothing: the incremental checks are compared with it.
  std::string check_whole(const memory::MemoryStore& store) const;

 private:
  std::string take(const memory::MemoryStore& store, const ports::LogEntry& entry,
                   const ports::StoredReceipt& receipt);
  std::string judge(const memory::MemoryStore& store, const ports::StoredReceipt& receipt,
                    const std::vector<sync::Change>& changes);
  std::string check_keys(const sync::ChangeSet& change_set);
  std::string check_stock(RecordId product) const;

  Tables tables_;
  Digests digests_;
  std::map<MutationId, Sequence> mutations_;
  std::map<std::string, RecordId> keys_;  // folded SKU -> its one product
  std::string hash_;
  Sequence sequence_ = 0;
  std::size_t receipts_ = 0;
  MergeModel model_;
  memory::PlainCrypto crypto_;
};

}  // namespace syncstore::simulation
