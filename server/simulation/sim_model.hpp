// What should become of a mutation, worked out once more and naively from the rules of
// core/sync/README.md: one record after the other, plain maps, no staging. Knows products only: the
// one collection that simulated people and programs write. Compared with every stored receipt and
// every entry of the log.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/table.hpp"
#include "core/sync/change_set.hpp"
#include "server/ports/storage.hpp"

namespace syncstore::simulation {

using Tables = std::map<std::uint16_t, model::Table>;

class MergeModel {
 public:
  // A mutation as it left its author. A browser whose storage refuses may say another one under the
  // same id after its end: the receipt names by its hash which one counted.
  void note(const sync::Mutation& mutation, std::string_view author);
  // `changes`: of the log's entry, empty where the receipt has no sequence. `before`: the state
  // that the mutation met; of these products it had forgotten that they were there once.
  std::string judge(const ports::StoredReceipt& receipt, const std::vector<sync::Change>& changes,
                    const Tables& before, const std::set<RecordId>& forgotten = {});
  // Stock of a product by its initial count and every amount that was answered as applied.
  const std::map<RecordId, std::int64_t>& stock() const { return stock_; }
  // Another history begins: what is known of the mutations stays.
  void forget_history() { stock_.clear(); }
  std::uint64_t judged() const { return judged_; }

 private:
  struct Case;
  std::string judge_as(const sync::Mutation& mutation, const sync::MutationResult& result,
                       const std::vector<sync::Change>& changes, const Tables& before,
                       const std::set<RecordId>& forgotten);
  void settle_stock(const Case& made);

  struct Form {
    std::string hash;  // as receipts are bound to it
    sync::Mutation mutation;
  };
  std::map<MutationId, std::vector<Form>> mutations_;  // all that left
  std::map<RecordId, std::int64_t> stock_;
  std::uint64_t judged_ = 0;
};

}  // namespace syncstore::simulation
