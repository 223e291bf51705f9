// What should become of a mutation, worked out once more and naively from the rules of
// core/sync/README.md: one record after the other, plain maps, no staging. Knows products only: the
// one collection that simulated people and programs write. Compared with every stored receipt and
// every entry of the log.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/model/table.hpp"
#include "core/sync/change_set.hpp"

namespace syncstore::simulation {

using Tables = std::map<std::uint16_t, model::Table>;

class MergeModel {
 public:
  // A mutation as it left its author. One that the server said it never had may leave again with
  // what its author has seen meanwhile: whichever arrives counts.
  void note(const sync::Mutation& mutation);
  // `changes`: of the log's entry, empty where the receipt has no sequence. `before`: the state
  // that the mutation met.
  std::string judge(const sync::MutationResult& result, const std::vector<sync::Change>& changes,
                    const Tables& before);
  // Stock of a product by its initial count and every amount that was answered as applied.
  const std::map<RecordId, std::int64_t>& stock() const { return stock_; }
  // Another history begins: what is known of the mutations stays.
  void forget_history() { stock_.clear(); }
  std::uint64_t judged() const { return judged_; }

 private:
  struct Case;
  std::string judge_as(const sync::Mutation& mutation, const sync::MutationResult& result,
                       const std::vector<sync::Change>& changes, const Tables& before);
  void settle_stock(const Case& made);

  std::map<MutationId, std::vector<sync::Mutation>> mutations_;  // all forms that left
  std::map<RecordId, std::int64_t> stock_;
  std::uint64_t judged_ = 0;
};

}  // namespace syncstore::simulation
