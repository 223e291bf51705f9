// What the durable log says, applied naively: the truth that servers and clients are compared with.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/model/table.hpp"
#include "server/adapters/memory/memory_storage.hpp"
#include "server/adapters/memory/virtual_time.hpp"

namespace syncstore::simulation {

class Oracle {
 public:
  Oracle();
  // Takes the log's new entries. Answers what is wrong with them ("" = nothing).
  std::string follow(const memory::MemoryStore& store);
  // Of a collection after this sequence, which changed it; nothing for others.
  std::optional<std::uint64_t> digest_at(std::uint16_t collection, Sequence sequence) const;
  const model::Table& table(std::uint16_t collection) const { return tables_.at(collection); }
  std::vector<RecordId> products() const;  // ascending
  Sequence sequence() const { return sequence_; }

 private:
  std::string take(const ports::LogEntry& entry, const memory::MemoryStore& store);

  std::map<std::uint16_t, model::Table> tables_;
  std::map<std::pair<std::uint16_t, Sequence>, std::uint64_t> digests_;
  std::map<MutationId, Sequence> mutations_;
  std::string hash_;
  Sequence sequence_ = 0;
  memory::PlainCrypto crypto_;
};

}  // namespace syncstore::simulation
