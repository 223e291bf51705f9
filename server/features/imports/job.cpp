#include "server/features/imports/job.hpp"

#include <algorithm>
#include <filesystem>

#include "core/base/limits.hpp"

namespace syncstore::imports {
namespace {

constexpr std::int64_t kPoolRetryMs = 50;  // the worker pool's queue was full
constexpr std::int64_t kDayMs = 86'400'000;

engine::Author system_author() { return {"", "import", model::Role::system}; }

std::string currency_of(const engine::StoreState& store) {
  const model::Record* info = store.info();
  const int field = model::find_collection(model::kStoreInfo)->field_index("currency");
  const auto* text = info == nullptr
                         ? nullptr
                         : std::get_if<std::string>(&info->values[static_cast<std::size_t>(field)]);
  return text == nullptr ? std::string() : *text;
}

std::string sentence(const Error& error) {
  return error.detail.empty() ? std::string(error_sentence(error.code)) : error.detail;
}

}  // namespace

std::uint64_t percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 100 : std::min<std::uint64_t>(100, part * 100 / whole);
}

BatchId batch_of(const ports::Crypto& crypto, RecordId id) {
  const std::string digest = crypto.sha256("import/" + id.text());
  BatchId batch;
  std::copy_n(digest.begin(), batch.bytes.size(), batch.bytes.begin());
  // Time first, as in every id here: the record's own.
  constexpr std::uint64_t kEpochMs = 1'577'836'800'000;  // 2020-01-01 UTC
  const std::uint64_t time = (id.value >> 22 & 0x1FF'FFFF'FFFFull) + kEpochMs;
  for (int i = 0; i < 6; ++i) {
    batch.bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(time >> (40 - 8 * i));
  }
  batch.bytes[6] = static_cast<std::uint8_t>((batch.bytes[6] & 0x0F) | 0x70);
  batch.bytes[8] = static_cast<std::uint8_t>((batch.bytes[8] & 0x3F) | 0x80);
  return batch;
}

Job::Job(Imports& imports, RecordId id, ImportRequest request, std::string source, bool owns_source)
    : imports_(imports),
      engine_(imports.engine()),
      scheduler_(imports.scheduler()),
      alive_(imports.alive_),
      id_(id),
      batch_(batch_of(imports.crypto(), id)),
      request_(std::move(request)),
      source_(std::move(source)),
      owns_source_(owns_source) {
  view_.file_name = request_.file_name;
  view_.dry_run = request_.dry_run;
  view_.started_by = request_.author.name;
  view_.started_at = engine_.now();
}

Job::Job(Imports& imports, RecordId id, ImportRequest request, ImportView previewed)
    : Job(imports, id, std::move(request), {}, false) {
  view_ = std::move(previewed);
  reported_ = view_;
}

void Job::step(std::function<Status()> work, std::function<void()> next) {
  const auto self = shared_from_this();
  const bool taken = scheduler_.background([self, work, next] {
    const Status status = work();
    self->scheduler_.post([self, status, next] {
      if (self->alive_.expired()) {
        return;
      }
      if (status.ok()) {
        next();
      } else {
        self->end(ImportState::failed, status.error());
      }
    });
  });
  if (!taken) {
    scheduler_.after(kPoolRetryMs, [self, work, next] {
      if (!self->alive_.expired()) {
        self->step(work, next);
      }
    });
  }
}

bool Job::halted() {
  if (!told_to_stop_) {
    return false;
  }
  const bool failed = *told_to_stop_ == ImportState::failed;
  end(*told_to_stop_, fail(failed ? ErrorCode::unavailable : ErrorCode::none,
                           failed ? "The server stopped during this import." : "Cancelled."));
  return true;
}

void Job::stop(ImportState as) {
  told_to_stop_ = as;
  if (const auto slice = slice_.lock()) {
    slice->give_up();
  }
}

UnderWay Job::under_way() const {
  UnderWay stored;
  stored.id = id_;
  stored.store = request_.store;
  if (view_.state == ImportState::importing) {
    stored.inserted = view_.counts.inserted;
    stored.updated = view_.counts.updated;
  }
  return stored;
}

TimeMs Job::document_expiry() const { return engine_.now() + limits::kImportRecordDays * kDayMs; }

void Job::submit_record(std::vector<sync::Op> ops, std::vector<ports::DocumentWrite> documents,
                        std::function<void(Status)> done) {
  engine::Submission submission;
  submission.store = request_.store;
  submission.author = system_author();
  submission.origin = sync::Origin::job;
  submission.batch = batch_;
  if (!ops.empty()) {
    sync::Mutation mutation;
    mutation.id = engine_.new_uuid();
    mutation.ops = std::move(ops);
    submission.mutations.push_back(std::move(mutation));
  }
  submission.documents = [documents = std::move(documents)](const auto&, const auto&) {
    return documents;
  };
  submission.done = [self = shared_from_this(),
                     done = std::move(done)](Result<std::vector<sync::MutationResult>> results) {
    if (self->alive_.expired()) {
      return;
    }
    if (!results.ok()) {
      done(results.error());
      return;
    }
    for (const sync::MutationResult& result : *results) {
      for (const sync::OpOutcome& op : result.ops) {
        if (op.status == sync::OpStatus::refused || op.status == sync::OpStatus::held) {
          done(fail(op.code, op.message, op.field));
          return;
        }
      }
    }
    done({});
  };
  engine_.submit(std::move(submission));
}

void Job::begin(std::function<void(Status)> recorded) {
  submit_record({insert_import(id_, view_)}, {under_way_document(under_way(), document_expiry())},
                [self = shared_from_this(), recorded](const Status& status) {
                  recorded(status);
                  if (!status.ok()) {
                    self->why_ = status.error();
                    self->view_.state = ImportState::failed;
                    self->finish();
                    return;
                  }
                  self->reported_ = self->view_;
                  self->open_file();
                });
}

void Job::open_file() {
  const auto self = shared_from_this();
  engine_.stores().with_store(request_.store, [self](Result<engine::StoreState*> store) {
    if (self->alive_.expired()) {
      return;
    }
    if (!store.ok()) {
      self->end(ImportState::failed, store.error());
      return;
    }
    self->reader_ = std::make_unique<ProductReader>(self->source_, currency_of(**store));
    self->planner_ =
        std::make_unique<Planner>(self->imports_.crypto(), self->batch_,
                                  [&engine = self->engine_] { return engine.new_record_id(); });
    const std::string name = self->imports_.path_of(self->id_);
    self->writer_ = std::make_unique<SpoolWriter>(name);
    self->errors_ = std::make_unique<ErrorsFile>(name + ".errors.csv");
    self->step(
        [self]() -> Status {
          SS_TRY(self->reader_->open());
          return self->writer_->open();
        },
        [self] { self->plan_next(); });
  });
}

// On the pool.
Status Job::write_fates() {
  for (const Fate& fate : fates_) {
    SS_TRY(writer_->append(fate));
    if (fate.kind == FateKind::rejected) {
      SS_TRY(errors_->add(fate));
    }
  }
  fates_.clear();
  return {};
}

void Job::plan_next() {
  if (halted()) {
    return;
  }
  step(
      [this]() -> Status {
        SS_TRY(write_fates());
        SS_ASSIGN_OR_RETURN(chunk_, reader_->next_chunk());
        if (!chunk_.empty()) {
          return {};
        }
        SS_TRY(errors_->flush());
        return writer_->publish();
      },
      [this] { chunk_.empty() ? planned() : plan_chunk(); });
}

void Job::plan_chunk() {
  if (planner_->planned() + chunk_.size() > limits::kImportProducts) {
    end(ImportState::failed,
        fail(ErrorCode::too_large, "A file may hold at most " +
                                       std::to_string(limits::kImportProducts) +
                                       " products. Part it into several."));
    return;
  }
  const auto self = shared_from_this();
  engine_.stores().with_store(request_.store, [self](Result<engine::StoreState*> store) {
    if (self->alive_.expired()) {
      return;
    }
    if (!store.ok()) {
      self->end(ImportState::failed, store.error());
      return;
    }
    Counts& counts = self->view_.counts;
    for (ParsedProduct& product : self->chunk_) {
      Fate fate = self->planner_->plan(**store, std::move(product));
      ++counts.read;
      counts.inserted += fate.kind == FateKind::insert ? 1u : 0u;
      counts.updated += fate.kind == FateKind::update ? 1u : 0u;
      counts.unchanged += fate.kind == FateKind::unchanged ? 1u : 0u;
      counts.rejected += fate.kind == FateKind::rejected ? 1u : 0u;
      counts.warnings += fate.warnings.empty() ? 0u : 1u;
      self->fates_.push_back(std::move(fate));
    }
    self->chunk_.clear();
    self->view_.progress = percent(self->reader_->bytes_read(), self->reader_->bytes_total());
    self->report();
    self->plan_next();
  });
}

void Job::planned() {
  const std::vector<std::string> notes = reader_->notes();
  view_.counts.warnings += notes.size();
  view_.message = counts_sentence(view_.counts, false) + " Format: " + reader_->format() + ".";
  for (const std::string& note : notes) {
    view_.message += " " + note;
  }
  reader_.reset();
  planner_.reset();
  writer_.reset();
  if (request_.dry_run) {
    view_.progress = 100;
    end(ImportState::previewed, fail(ErrorCode::none));
    return;
  }
  begin_apply([](const Status&) {});
}

void Job::report() {
  if (reporting_ || engine_.now() - reported_at_ < limits::kImportProgressMs) {
    return;
  }
  std::vector<sync::Op> ops = update_import(id_, reported_, view_);
  if (ops.empty()) {
    return;
  }
  reporting_ = true;
  reported_at_ = engine_.now();
  submit_record(std::move(ops), {},
                [self = shared_from_this(), sent = view_](const Status& status) {
                  self->reporting_ = false;
                  if (status.ok()) {
                    self->reported_ = sent;
                  }
                  if (self->finished_) {
                    self->finish();
                  }
                });
}

std::string Job::stored_so_far() const {
  if (view_.state != ImportState::importing) {
    return " Nothing of the file was stored.";
  }
  return " " + std::to_string(view_.counts.inserted) + " new and " +
         std::to_string(view_.counts.updated) +
         " changed products had been stored. Importing the file again is safe: what is stored "
         "already counts as unchanged.";
}

void Job::end(ImportState state, const Error& why) {
  why_ = why;
  if (state == ImportState::failed || state == ImportState::cancelled) {
    view_.message = sentence(why) + stored_so_far();
  }
  view_.state = state;
  view_.finished_at = engine_.now();
  finished_ = true;
  if (!reporting_) {
    finish();
  }
}

// The last report, then everybody is told. A record that cannot be written any more (draining, full
// disk) is put right at the next start.
void Job::finish() {
  finished_ = false;
  const auto self = shared_from_this();
  const auto tell = [self](const Status&) {
    const std::string name = self->imports_.path_of(self->id_);
    const std::string source = self->owns_source_ ? self->source_ : std::string();
    const ImportState state = self->view_.state;
    const bool keeps = state != ImportState::cancelled;
    // Objects that hold files end with the pool's step, where files are touched.
    self->step(
        [self, name, source, keeps]() -> Status {
          self->reader_.reset();
          self->writer_.reset();
          self->plan_.reset();
          self->errors_.reset();
          std::error_code ignored;
          if (!source.empty()) {
            std::filesystem::remove(source, ignored);
          }
          if (!keeps) {
            remove_spool(name);
          }
          return {};
        },
        [self, name, state] {
          std::error_code ignored;
          Outcome outcome;
          outcome.id = self->id_;
          outcome.state = std::string(state_name(state));
          outcome.message = self->view_.message;
          outcome.counts = self->view_.counts;
          if (self->view_.counts.rejected > 0 &&
              std::filesystem::exists(name + ".errors.csv", ignored)) {
            outcome.errors_csv = name + ".errors.csv";
          }
          self->imports_.ended(self->id_);
          if (!self->done_) {
            return;
          }
          if (state == ImportState::failed) {
            self->done_(fail(self->why_.code, self->view_.message, self->why_.field));
          } else {
            self->done_(std::move(outcome));
          }
        });
  };
  std::vector<sync::Op> ops = update_import(id_, reported_, view_);
  submit_record(std::move(ops), {ended_document(id_)}, tell);
}

}  // namespace syncstore::imports
