// The second half of an import: what was planned is carried out slice by slice.
#include "core/base/limits.hpp"
#include "server/features/imports/job.hpp"

namespace syncstore::imports {

void Job::begin_apply(std::function<void(Status)> begun) {
  view_.state = ImportState::importing;
  view_.progress = 0;
  view_.finished_at = 0;
  view_.counts.inserted = 0;
  view_.counts.updated = 0;
  const std::string name = imports_.path_of(id_);
  plan_ = std::make_unique<SpoolReader>(name);
  writer_ = std::make_unique<SpoolWriter>(name);
  if (errors_ == nullptr) {
    errors_ = std::make_unique<ErrorsFile>(name + ".errors.csv");
  }
  submit_record(
      update_import(id_, reported_, view_), {under_way_document(under_way(), document_expiry())},
      [self = shared_from_this(), begun](const Status& status) {
        if (!status.ok()) {
          begun(status);
          self->end(ImportState::failed, status.error());
          return;
        }
        self->reported_ = self->view_;
        self->reported_at_ = self->engine_.now();
        begun({});
        self->step(
            [self]() -> Status {
              // The errors are listed anew: an earlier run may have listed other ones.
              self->errors_ =
                  std::make_unique<ErrorsFile>(self->imports_.path_of(self->id_) + ".errors.csv");
              SS_TRY(self->plan_->open());
              return self->writer_->open();
            },
            [self] { self->apply_next(); });
      });
}

void Job::apply_next() {
  if (halted()) {
    return;
  }
  step(
      [this]() -> Status {
        SS_TRY(write_fates());
        std::size_t bytes = 0;
        while (fates_.size() < limits::kImportSubmissionRows * limits::kImportSubmissions &&
               bytes < limits::kCommitBatchBytes) {
          SS_ASSIGN_OR_RETURN(std::optional<Fate> fate, plan_->next());
          if (!fate) {
            break;
          }
          bytes += fate->mutation.size() + fate->folded.size();
          fates_.push_back(std::move(*fate));
        }
        if (!fates_.empty()) {
          return {};
        }
        SS_TRY(errors_->flush());
        return writer_->publish();
      },
      [this] { fates_.empty() ? applied() : apply_slice(); });
}

void Job::apply_slice() {
  plan_rows_done_ += fates_.size();
  const auto slice =
      std::make_shared<ApplySlice>(ApplySlice::Setting{engine_, scheduler_, alive_, request_.author,
                                                       batch_, under_way(), document_expiry()},
                                   std::move(fates_));
  fates_.clear();
  slice_ = slice;
  slice->run([self = shared_from_this()](const Status& status) {
    const auto carried_out = self->slice_.lock();
    const ApplySlice::Tally tally = carried_out->tally();
    Counts& counts = self->view_.counts;
    counts.inserted += tally.inserted;
    counts.updated += tally.updated;
    counts.unchanged += tally.unchanged;
    counts.rejected += tally.rejected;
    self->fates_ = std::move(carried_out->fates());
    self->slice_.reset();
    if (!status.ok()) {
      self->end(ImportState::failed, status.error());
      return;
    }
    self->view_.progress = percent(self->plan_rows_done_, self->plan_->count());
    self->report();
    self->apply_next();
  });
}

void Job::applied() {
  const std::size_t format = view_.message.find(" Format: ");
  view_.message = counts_sentence(view_.counts, true) +
                  (format == std::string::npos ? std::string() : view_.message.substr(format));
  view_.progress = 100;
  end(ImportState::done, fail(ErrorCode::none));
}

}  // namespace syncstore::imports
