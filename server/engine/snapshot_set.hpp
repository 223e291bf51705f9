// SnapshotSet: one collection of one store at one sequence, as the frames that carry it, encoded
// once and shared by every link that loads it. Immutable after building; safe to share.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/sync/batch.hpp"
#include "core/wire/messages.hpp"
#include "server/engine/store_state.hpp"

namespace syncstore::engine {

using SharedMessage = std::shared_ptr<const std::string>;

struct SnapshotSet {
  std::uint16_t collection = 0;
  Sequence sequence = 0;  // the collection's last sequence that it contains
  Epoch epoch = 0;
  std::size_t bytes = 0;  // of all messages
  std::size_t rows = 0;
  wire::Begin begin;  // of a binary snapshot
  std::vector<SharedMessage>
      messages;  // binary: begin, parts, end; JSON: bulk_update messages that all say "more"
};

// Parts of at most `part_rows` rows and of about half of kPartOutputBytes, in order of row
// number.
std::shared_ptr<const SnapshotSet> build_binary_snapshot(const StoreState& store,
                                                         std::uint16_t collection,
                                                         model::Role role, std::size_t part_rows);
std::shared_ptr<const SnapshotSet> build_json_snapshot(const StoreState& store,
                                                       std::uint16_t collection, TimeMs now);

// The rows of these blocks (of kBlockRows row numbers) as they are now, as `repair` frames.
// nullptr: too many; a snapshot is cheaper.
std::shared_ptr<const SnapshotSet> build_repair(const StoreState& store, std::uint16_t collection,
                                                model::Role role,
                                                const std::vector<std::uint32_t>& blocks);

// Approximate bytes of a delta's values.
std::size_t delta_bytes(const sync::Delta& delta);
// Whether these changes (and what goes before them) are better sent as a snapshot: too many for one
// frame, or more than half of the bytes of the collection.
bool snapshot_is_cheaper(const StoreState& store, const sync::Delta& delta,
                         std::size_t bytes_before = 0);

}  // namespace syncstore::engine
