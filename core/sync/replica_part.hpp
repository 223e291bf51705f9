// One collection of a replica: base, snapshot in progress, overlay records and the entries behind
// them. Internal to Replica.
#pragma once

#include <unordered_map>
#include <unordered_set>

#include "core/sync/replica.hpp"

namespace syncstore::sync {

struct Replica::Part {
  struct Overlay {
    std::vector<std::uint64_t> entries;  // ascending
    std::optional<model::Record> shown;
  };

  explicit Part(const model::CollectionDef& definition)
      : collection(&definition), base(std::make_unique<model::Table>(definition)) {}

  const model::Record* shown(RecordId id) const {
    const auto place = overlay.find(id);
    if (place == overlay.end())
      return base->find(id);
    return place->second.shown ? &*place->second.shown : nullptr;
  }

  const model::CollectionDef* collection;
  std::unique_ptr<model::Table> base;
  std::unique_ptr<model::Table> building;  // a snapshot in progress
  std::unique_ptr<model::Table> paused;    // one that waits for its next part
  Sequence position = 0;
  std::unordered_map<RecordId, Overlay, RecordIdHash> overlay;
  std::unordered_set<RecordId, RecordIdHash> noted;  // in touched_, once there are many
};

}  // namespace syncstore::sync
