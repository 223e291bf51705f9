// Planner: decides what becomes of each product of a file against the store as it is now, and makes
// the mutation that carries it out. The same rules as merge: what a plan accepts is refused later
// only when the store has moved. Owns the keys of the file so far. Engine executor only.
#pragma once

#include <functional>

#include "server/engine/store_state.hpp"
#include "server/features/imports/fate.hpp"
#include "server/features/imports/seen_keys.hpp"
#include "server/ports/crypto.hpp"

namespace syncstore::imports {

class Planner {
 public:
  Planner(const ports::Crypto& crypto, BatchId batch, std::function<RecordId()> new_record_id)
      : crypto_(crypto), batch_(batch), new_record_id_(std::move(new_record_id)) {}

  Fate plan(const engine::StoreState& store, ParsedProduct product);
  std::uint64_t planned() const { return number_; }

 private:
  const model::Record* find_record(const model::Table& table, ParsedProduct& product) const;
  void check_seen(const ParsedProduct& product, const model::Record* record, Fate& fate);
  void plan_insert(const model::Table& table, const ParsedProduct& product, Fate& fate);
  void plan_update(const model::Table& table, const ParsedProduct& product,
                   const model::Record& record, Fate& fate);
  void check_unique(const model::Table& table, const model::Record& wanted, Fate& fate) const;
  MutationId mutation_id() const;  // of the product being planned

  const ports::Crypto& crypto_;
  BatchId batch_;
  std::function<RecordId()> new_record_id_;
  SeenKeys seen_;
  std::uint64_t number_ = 0;
};

}  // namespace syncstore::imports
