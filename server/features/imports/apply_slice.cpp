#include "server/features/imports/apply_slice.hpp"

#include <algorithm>

#include "core/base/limits.hpp"

namespace syncstore::imports {
namespace {

constexpr std::int64_t kRetryMs = 1'000;
constexpr std::size_t kSubmissionBytes = limits::kCommitBatchBytes / limits::kImportSubmissions;

bool took_effect(const sync::MutationResult& result) {
  return std::all_of(result.ops.begin(), result.ops.end(), [](const sync::OpOutcome& op) {
    return op.status == sync::OpStatus::applied || op.status == sync::OpStatus::already;
  });
}

bool changed_something(const sync::MutationResult& result) {
  return std::any_of(result.ops.begin(), result.ops.end(), [](const sync::OpOutcome& op) {
    return op.status == sync::OpStatus::applied;
  });
}

void count(ApplySlice::Tally& tally, FateKind planned, const sync::MutationResult& result) {
  if (!took_effect(result)) {
    ++tally.rejected;
  } else if (!changed_something(result)) {
    ++tally.unchanged;
  } else if (planned == FateKind::insert) {
    ++tally.inserted;
  } else {
    ++tally.updated;
  }
}

// Why a plan that was right met a store that is different now.
Problem refusal(const Fate& fate, const sync::MutationResult& result) {
  const auto decisive =
      std::find_if(result.ops.begin(), result.ops.end(), [](const sync::OpOutcome& op) {
        return op.status == sync::OpStatus::conflict || op.status == sync::OpStatus::refused;
      });
  if (decisive == result.ops.end()) {
    return {fate.line, {}, ErrorCode::held, std::string(error_sentence(ErrorCode::held)), {}};
  }
  std::string message =
      decisive->message.empty() ? std::string(error_sentence(decisive->code)) : decisive->message;
  if (decisive->status == sync::OpStatus::conflict) {
    message += " It changed after the file was compared; import the file again to use its value.";
  }
  return {fate.line, decisive->field, decisive->code, std::move(message), shortened(fate.key)};
}

}  // namespace

ApplySlice::ApplySlice(Setting setting, std::vector<Fate> fates)
    : setting_(std::move(setting)), fates_(std::move(fates)) {}

void ApplySlice::cut() {
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < fates_.size(); ++i) {
    if (fates_[i].mutation.empty()) {
      continue;
    }
    ByteReader in(fates_[i].mutation);
    Result<sync::Mutation> mutation = sync::read_mutation(in);
    if (!mutation.ok()) {
      worst_ = fail(ErrorCode::corrupt, "The import's file of rows is damaged. Import again.");
      parts_.clear();
      return;
    }
    if (parts_.empty() || parts_.back().mutations.size() >= limits::kImportSubmissionRows ||
        bytes > kSubmissionBytes) {
      parts_.emplace_back();
      bytes = 0;
    }
    bytes += fates_[i].mutation.size();
    parts_.back().fates.push_back(i);
    parts_.back().mutations.push_back(std::move(*mutation));
  }
}

void ApplySlice::run(std::function<void(Status)> done) {
  const auto self = shared_from_this();  // `done` may let go of it
  done_ = std::move(done);
  cut();
  waiting_ = 1;  // this call itself, so that nothing settles before everything is on its way
  for (std::size_t part = 0; part < parts_.size(); ++part) {
    ++waiting_;
    submit(part);
  }
  write_folded_rows();
  settle({});
}

void ApplySlice::write_folded_rows() {
  std::vector<ports::DocumentWrite> documents;
  for (const Fate& fate : fates_) {
    if (fate.mutation.empty() && fate.kind == FateKind::unchanged && !fate.folded.empty()) {
      documents.push_back(folded_rows_document(setting_.stored.store, fate.record, fate.folded));
    }
  }
  if (documents.empty()) {
    return;
  }
  ++waiting_;
  setting_.engine.committer().write_documents(
      std::move(documents), [self = shared_from_this()](const Status& status) {
        // They are as they were before when this fails: the product is unchanged.
        self->settle(status.ok() || status.error().code == ErrorCode::retry ? Status() : status);
      });
}

std::vector<ports::DocumentWrite> ApplySlice::documents(
    std::size_t part, const std::vector<sync::MutationResult>& results) {
  Part& now = parts_[part];
  now.tally = {};
  std::vector<ports::DocumentWrite> documents;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const Fate& fate = fates_[now.fates[i]];
    count(now.tally, fate.kind, results[i]);
    if (took_effect(results[i]) && !fate.folded.empty()) {
      documents.push_back(folded_rows_document(setting_.stored.store, fate.record, fate.folded));
    }
  }
  UnderWay stored = setting_.stored;
  const Tally sum = tally();
  stored.inserted += sum.inserted;
  stored.updated += sum.updated;
  documents.push_back(under_way_document(stored, setting_.expires_at));
  return documents;
}

void ApplySlice::submit(std::size_t part) {
  engine::Submission submission;
  submission.store = setting_.stored.store;
  submission.author = setting_.author;
  submission.origin = sync::Origin::import;
  submission.batch = setting_.batch;
  submission.priority = engine::Priority::bulk;
  submission.mutations = parts_[part].mutations;
  submission.documents = [self = shared_from_this(), part](
                             const std::vector<sync::MutationResult>& results,
                             const sync::MergeView&) { return self->documents(part, results); };
  submission.done = [self = shared_from_this(),
                     part](Result<std::vector<sync::MutationResult>> results) {
    if (!self->setting_.alive.expired()) {
      self->answered(part, results);
    }
  };
  ++parts_[part].tries;
  setting_.engine.submit(std::move(submission));
}

void ApplySlice::answered(std::size_t part,
                          const Result<std::vector<sync::MutationResult>>& results) {
  if (!results.ok()) {
    parts_[part].tally = {};
    const Error& error = results.error();
    if (error_retryable(error.code) && error.code != ErrorCode::unavailable && !gave_up_ &&
        parts_[part].tries < limits::kImportRetries) {
      setting_.scheduler.after(kRetryMs, [self = shared_from_this(), part] {
        if (!self->setting_.alive.expired()) {
          self->submit(part);
        }
      });
      return;
    }
    settle(error);
    return;
  }
  for (std::size_t i = 0; i < results->size(); ++i) {
    Fate& fate = fates_[parts_[part].fates[i]];
    const sync::MutationResult& result = (*results)[i];
    fate.mutation.clear();
    if (!took_effect(result)) {
      fate.problems.push_back(refusal(fate, result));
      fate.kind = FateKind::rejected;
    } else if (!changed_something(result)) {
      fate.kind = FateKind::unchanged;
    }
  }
  settle({});
}

void ApplySlice::settle(const Status& status) {
  if (!status.ok() && worst_.ok()) {
    worst_ = status;
  }
  if (--waiting_ == 0) {
    std::exchange(done_, {})(worst_);
  }
}

ApplySlice::Tally ApplySlice::tally() const {
  Tally sum;
  for (const Part& part : parts_) {
    sum.inserted += part.tally.inserted;
    sum.updated += part.tally.updated;
    sum.unchanged += part.tally.unchanged;
    sum.rejected += part.tally.rejected;
  }
  return sum;
}

}  // namespace syncstore::imports
