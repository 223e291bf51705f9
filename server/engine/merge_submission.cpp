#include "server/engine/merge_submission.hpp"

#include <algorithm>

#include "core/base/digest.hpp"

namespace syncstore::engine {
namespace {

std::string body_hash_bytes(std::uint64_t hash) {
  ByteWriter out;
  out.u64(hash);
  return out.take();
}

// An id is bound to its bytes and to who said them: somebody else's mutation under the same id must
// never be answered as if it had taken effect.
std::string receipt_hash(const sync::Mutation& mutation, const Author& author) {
  ByteWriter bound;
  bound.u64(sync::mutation_body_hash(mutation));
  bound.raw(author.user);
  return body_hash_bytes(xxh64(bound.bytes()));
}

// Receipts of earlier versions were bound to the bytes alone; their authors may still ask.
bool is_of(const ports::StoredReceipt& stored, const std::string& hash,
           const sync::Mutation& mutation) {
  return stored.body_hash == hash ||
         stored.body_hash == body_hash_bytes(sync::mutation_body_hash(mutation));
}

sync::MutationResult refuse_all(const sync::Mutation& mutation, Epoch epoch, ErrorCode code) {
  sync::MutationResult result;
  result.id = mutation.id;
  result.epoch = epoch;
  sync::OpOutcome refused;
  refused.status = sync::OpStatus::refused;
  refused.code = code;
  result.ops.assign(mutation.ops.size(), refused);
  return result;
}

// Turning a deactivated store on again must stay possible.
bool allowed_while_inactive(const sync::Mutation& mutation, model::Role role) {
  if (role == model::Role::system)
    return true;
  if (role != model::Role::admin)
    return false;
  return std::all_of(mutation.ops.begin(), mutation.ops.end(),
                     [](const sync::Op& op) { return op.collection == model::kStoreInfo; });
}

const ports::StoredReceipt* find_receipt(const Waiting& waiting, const MutationId& id,
                                         const Staging& staging) {
  if (const ports::StoredReceipt* staged = staging.receipt(id))
    return staged;
  if (const ports::StoredReceipt* stored = staging.store().receipt(id))
    return stored;
  const auto older = std::find_if(waiting.older.begin(), waiting.older.end(),
                                  [&](const auto& receipt) { return receipt.result.id == id; });
  return older == waiting.older.end() ? nullptr : &*older;
}

sync::MutationResult merge_new(const Submission& submission, const sync::Mutation& mutation,
                               Staging& staging, MergeCounts& counts) {
  sync::MergeContext context;
  context.role = submission.author.role;
  context.author = staging.author_number(submission.author.user, submission.author.name);
  context.author_name = submission.author.name;
  context.author_user = submission.author.user;
  context.now = staging.log_time();
  context.origin = submission.origin;
  sync::MergeOutcome outcome = sync::merge(staging, mutation, context);
  sync::MutationResult result;
  result.id = mutation.id;
  result.epoch = staging.store().epoch();
  result.ops = std::move(outcome.ops);
  if (outcome.changes.empty())
    return result;
  ++counts.change_sets;
  sync::ChangeSet change_set;
  change_set.author = context.author;
  change_set.origin = submission.origin;
  change_set.batch = submission.batch;
  change_set.mutation = mutation.id;
  change_set.changes = std::move(outcome.changes);
  result.sequence = staging.add(std::move(change_set));
  return result;
}

sync::MutationResult merge_one(const Waiting& waiting, const sync::Mutation& mutation,
                               Staging& staging, MergeCounts& counts) {
  ++counts.mutations;
  const Submission& submission = waiting.submission;
  const Epoch epoch = staging.store().epoch();
  const std::string hash = receipt_hash(mutation, submission.author);
  if (const ports::StoredReceipt* stored = find_receipt(waiting, mutation.id, staging)) {
    ++counts.replays;
    return is_of(*stored, hash, mutation) ? stored->result
                                          : refuse_all(mutation, epoch, ErrorCode::id_reused);
  }
  const bool closed =
      !staging.is_active() && !allowed_while_inactive(mutation, submission.author.role);
  sync::MutationResult result = closed ? refuse_all(mutation, epoch, ErrorCode::inactive_store)
                                       : merge_new(submission, mutation, staging, counts);
  staging.add_receipt({result, hash, 0});
  return result;
}

}  // namespace

Result<std::vector<sync::MutationResult>> merge_submission(
    const Waiting& waiting, Staging& staging, std::vector<ports::DocumentWrite>& documents,
    MergeCounts& counts) {
  const Submission& submission = waiting.submission;
  if (submission.guard) {
    if (Status status = submission.guard(staging); !status.ok())
      return status.error();
  }
  std::vector<sync::MutationResult> results;
  results.reserve(submission.mutations.size());
  for (const sync::Mutation& mutation : submission.mutations)
    results.push_back(merge_one(waiting, mutation, staging, counts));
  if (submission.documents) {
    for (ports::DocumentWrite& document : submission.documents(results, staging))
      documents.push_back(std::move(document));
  }
  return results;
}

}  // namespace syncstore::engine
