// OpMerger: decides one operation at a time against a stage and changes the stage when the
// operation takes effect. Conflicts are collected as disagreements, so that a mutation that changes
// nothing can still open them. Internal to merge.
#pragma once

#include <string>
#include <vector>

#include "core/sync/conflict_record.hpp"
#include "core/sync/merge_stage.hpp"

namespace syncstore::sync {

inline OpOutcome outcome(OpStatus status) {
  OpOutcome made;
  made.status = status;
  return made;
}

inline OpOutcome refuse(ErrorCode code, std::string_view field = {}, std::string message = {}) {
  OpOutcome made = outcome(OpStatus::refused);
  made.code = code;
  made.field = field;
  made.message = std::move(message);
  return made;
}

inline OpOutcome refuse(const Error& error) {
  return refuse(error.code, error.field, error.detail);
}

class OpMerger {
 public:
  OpMerger(MergeStage& stage, const MergeContext& context) : stage_(stage), context_(context) {}

  // `index`: the op's place in its mutation. Requires nothing of the op; whatever is wrong with it
  // is refused.
  OpOutcome run(const Op& op, std::size_t index);
  // What this mutation disagrees about so far, in order.
  const std::vector<Disagreement>& disagreements() const { return disagreements_; }
  // Writes a conflict record into the stage; returns its id.
  static RecordId open(MergeStage& stage, const Disagreement& about, std::size_t index);

 private:
  OpOutcome set(const model::CollectionDef& collection, const Op& op);
  OpOutcome set_counter(const model::CollectionDef& collection, const Op& op,
                        const model::Record& record);
  OpOutcome create_by_set(const model::CollectionDef& collection, const Op& op);
  OpOutcome add(const model::CollectionDef& collection, const Op& op);
  OpOutcome add_amount(const model::CollectionDef& collection, const Op& op,
                       const model::Record& record, std::int64_t amount);
  OpOutcome change_list(const model::CollectionDef& collection, const Op& op);
  OpOutcome insert(const model::CollectionDef& collection, const Op& op);
  // Two people made the record of one natural key: the later one's values merge into it.
  OpOutcome insert_into(const model::CollectionDef& collection, const Op& op);
  OpOutcome remove(const model::CollectionDef& collection, const Op& op);

  OpOutcome take(const model::CollectionDef& collection, const Op& op, model::Value value);
  void close_conflicts(const model::CollectionDef& collection, const Op& op,
                       const model::Value& value);
  OpOutcome missing(const model::CollectionDef& collection, const Op& op);
  OpOutcome same_field(const model::CollectionDef& collection, const Op& op,
                       const model::Record& record);
  OpOutcome disagree(Disagreement about, const Op& op, std::uint16_t touched_field, ErrorCode code);
  // Whether this author may write the field at all; code none = yes. Else forbidden, retired, or
  // unknown_field: a newer client's.
  Error writable(const model::CollectionDef& collection, std::uint16_t index) const;
  bool may(model::Role needed) const { return context_.role >= needed; }
  bool is_fact() const;

  MergeStage& stage_;
  const MergeContext& context_;
  std::vector<Disagreement> disagreements_;
  std::size_t index_ = 0;
};

}  // namespace syncstore::sync
