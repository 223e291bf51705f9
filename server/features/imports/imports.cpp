#include "server/features/imports/imports.hpp"

#include <chrono>
#include <filesystem>

#include "core/base/digest.hpp"
#include "core/base/limits.hpp"
#include "server/features/imports/import_routes.hpp"
#include "server/features/imports/job.hpp"

namespace syncstore::imports {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kDrawnIdMask = (std::uint64_t{1} << 62) - 1;  // bit 62 marks derived ids

// What a stop left half-written, and what is older than a week.
void sweep_folder(const fs::path& folder, bool with_unfinished) {
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  const auto oldest =
      fs::file_time_type::clock::now() - std::chrono::hours(24 * limits::kImportFileDays);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    const fs::path path = entries->path();
    std::error_code ignored;
    const bool unfinished = path.extension() == ".upload" || path.extension() == ".new";
    if ((with_unfinished && unfinished) || fs::last_write_time(path, ignored) < oldest) {
      fs::remove(path, ignored);
    }
  }
}

}  // namespace

Imports::Imports(engine::Engine& engine, ports::Scheduler& scheduler, const ports::Crypto& crypto,
                 const http::Gate& gate, std::string directory)
    : engine_(engine),
      scheduler_(scheduler),
      crypto_(crypto),
      gate_(gate),
      directory_(std::move(directory)),
      alive_(std::make_shared<bool>(true)) {}

Imports::~Imports() = default;

std::string Imports::path_of(RecordId id, std::string_view suffix) const {
  return directory_ + "/" + id.text() + std::string(suffix);
}

RecordId Imports::id_of_key(std::uint64_t key) {
  return key == 0 ? engine_.new_record_id() : RecordId{(key & kDrawnIdMask) | 1};
}

void Imports::load(ports::Storage& storage, std::function<void(Status)> done) {
  std::error_code error;
  fs::create_directories(directory_, error);
  if (error) {
    done(fail(ErrorCode::read_only_directory,
              "The folder " + directory_ + " cannot be made: " + error.message()));
    return;
  }
  fs::permissions(directory_, fs::perms::owner_all, error);
  sweep_folder(directory_, true);
  storage.load_documents(
      std::string(kImportDocument), [this, alive = std::weak_ptr<bool>(alive_),
                                     done](Result<std::vector<ports::Document>> found) {
        if (alive.expired()) {
          return;
        }
        if (!found.ok()) {
          done(found.error());
          return;
        }
        auto left = std::make_shared<std::vector<UnderWay>>();
        for (const ports::Document& document : *found) {
          if (const std::optional<UnderWay> under_way = read_under_way(document)) {
            left->push_back(*under_way);
          }
        }
        fail_interrupted(left, done);
      });
}

void Imports::fail_interrupted(std::shared_ptr<std::vector<UnderWay>> left,
                               std::function<void(Status)> done) {
  if (left->empty()) {
    done({});
    return;
  }
  const UnderWay under_way = left->back();
  left->pop_back();
  engine_.stores().with_store(under_way.store, [this, left, done,
                                                under_way](Result<engine::StoreState*> store) {
    const model::Record* record =
        store.ok() ? (*store)->find(model::kImports, under_way.id) : nullptr;
    engine::Submission submission;
    submission.store = under_way.store;
    submission.author = {"", "import", model::Role::system};
    submission.origin = sync::Origin::job;
    if (record == nullptr) {
      engine_.committer().write_documents(
          {ended_document(under_way.id)},
          [this, left, done](const Status&) { fail_interrupted(left, done); });
      return;
    }
    const ImportView before = import_view(*record);
    ImportView after = before;
    if (before.state == ImportState::reading || before.state == ImportState::importing) {
      const bool reading = before.state == ImportState::reading;
      after.state = ImportState::failed;
      after.finished_at = engine_.now();
      after.counts.inserted = under_way.inserted;
      after.counts.updated = under_way.updated;
      after.message =
          reading ? "The server stopped while it read the file. Nothing of the file was stored; "
                    "import it again."
                  : "The server stopped during this import. " + std::to_string(under_way.inserted) +
                        " new and " + std::to_string(under_way.updated) +
                        " changed products had been stored. Importing the file again is safe: "
                        "what is stored already counts as unchanged.";
    }
    sync::Mutation mutation;
    mutation.id = engine_.new_uuid();
    mutation.ops = update_import(under_way.id, before, after);
    submission.mutations.push_back(std::move(mutation));
    submission.documents = [id = under_way.id](const auto&, const auto&) {
      return std::vector<ports::DocumentWrite>{ended_document(id)};
    };
    // What cannot be said now (a full disk) is said at the next start: the document is still there.
    submission.done = [this, alive = std::weak_ptr<bool>(alive_), left,
                       done](const Result<std::vector<sync::MutationResult>>&) {
      if (!alive.expired()) {
        fail_interrupted(left, done);
      }
    };
    engine_.submit(std::move(submission));
  });
}

void Imports::bind(http::Api& api) { bind_imports(*this, api); }

Status Imports::check_room(const StoreId& store) const {
  if (stopping_) {
    return fail(ErrorCode::unavailable);
  }
  if (!engine_.stores().exists(store)) {
    return fail(ErrorCode::unknown_store, "There is no store \"" + store + "\".", "store");
  }
  if (jobs_.size() + uploads_ >= limits::kImportsRunning) {
    return fail(ErrorCode::queue_full,
                "Other imports are running. Try again when one of them has ended.");
  }
  return {};
}

bool Imports::take_upload() {
  if (stopping_ || jobs_.size() + uploads_ >= limits::kImportsRunning) {
    return false;
  }
  ++uploads_;
  return true;
}

void Imports::give_upload_back() { --uploads_; }

void Imports::start(std::shared_ptr<Job> job, Recorded recorded) {
  sweep();
  jobs_[job->id()] = job;
  job->begin([id = job->id(), recorded = std::move(recorded)](const Status& status) {
    if (status.ok()) {
      recorded(id);
    } else {
      recorded(status.error());
    }
  });
}

void Imports::sweep() {
  scheduler_.background([folder = directory_] { sweep_folder(folder, false); });
}

void Imports::import_file(const std::string& path, ImportRequest request, Done done) {
  if (const Status status = check_room(request.store); !status.ok()) {
    done(status.error());
    return;
  }
  const RecordId id = id_of_key(request.key);
  if (jobs_.count(id) != 0) {
    done(fail(ErrorCode::in_progress));
    return;
  }
  auto job = std::make_shared<Job>(*this, id, std::move(request), path, false);
  job->set_done(std::move(done));
  start(std::move(job), [](const Result<RecordId>&) {});
}

void Imports::import_upload(const std::string& path, ImportRequest request, Recorded recorded) {
  if (const Status status = check_room(request.store); !status.ok()) {
    std::error_code ignored;
    fs::remove(path, ignored);
    recorded(status.error());
    return;
  }
  const RecordId id = id_of_key(request.key);
  if (jobs_.count(id) != 0) {
    std::error_code ignored;
    fs::remove(path, ignored);
    recorded(id);
    return;
  }
  start(std::make_shared<Job>(*this, id, std::move(request), path, true), std::move(recorded));
}

void Imports::apply(const StoreId& store, RecordId id, const engine::Author& author,
                    std::function<void(Status)> begun) {
  if (const Status status = check_room(store); !status.ok()) {
    begun(status);
    return;
  }
  engine_.stores().with_store(store, [this, store, id, author,
                                      begun](Result<engine::StoreState*> state) {
    const model::Record* record = state.ok() ? (*state)->find(model::kImports, id) : nullptr;
    if (record == nullptr) {
      begun(fail(ErrorCode::unknown_record));
      return;
    }
    const ImportView view = import_view(*record);
    std::error_code ignored;
    if (view.state != ImportState::previewed || jobs_.count(id) != 0) {
      begun(
          fail(ErrorCode::wrong_state, "Only a previewed import can be carried out; this one is " +
                                           std::string(state_name(view.state)) + "."));
      return;
    }
    if (!fs::exists(path_of(id, ".index"), ignored)) {
      begun(fail(ErrorCode::wrong_state,
                 "The preview is too old: its rows are no longer kept. Import the file again."));
      return;
    }
    ImportRequest request;
    request.store = store;
    request.file_name = view.file_name;
    request.author = author;
    auto job = std::make_shared<Job>(*this, id, std::move(request), view);
    jobs_[id] = job;
    job->begin_apply(begun);
  });
}

void Imports::cancel(const StoreId& store, RecordId id, std::function<void(Status)> done) {
  if (const auto job = jobs_.find(id); job != jobs_.end()) {
    job->second->stop(ImportState::cancelled);
    done({});
    return;
  }
  engine_.stores().with_store(store, [this, store, id, done](Result<engine::StoreState*> state) {
    const model::Record* record = state.ok() ? (*state)->find(model::kImports, id) : nullptr;
    if (record == nullptr) {
      done(fail(ErrorCode::unknown_record));
      return;
    }
    const ImportView before = import_view(*record);
    if (before.state != ImportState::previewed) {
      done(fail(ErrorCode::wrong_state,
                "The import is " + std::string(state_name(before.state)) + " already."));
      return;
    }
    ImportView after = before;
    after.state = ImportState::cancelled;
    after.message = "Cancelled. Nothing of the file was stored.";
    after.finished_at = engine_.now();
    engine::Submission submission;
    submission.store = store;
    submission.author = {"", "import", model::Role::system};
    submission.origin = sync::Origin::job;
    sync::Mutation mutation;
    mutation.id = engine_.new_uuid();
    mutation.ops = update_import(id, before, after);
    submission.mutations.push_back(std::move(mutation));
    submission.done = [this, alive = std::weak_ptr<bool>(alive_), id,
                       done](const Result<std::vector<sync::MutationResult>>& results) {
      if (alive.expired()) {
        return;
      }
      if (!results.ok()) {
        done(results.error());
        return;
      }
      scheduler_.background([name = path_of(id)] { remove_spool(name); });
      done({});
    };
    engine_.submit(std::move(submission));
  });
}

void Imports::stop() {
  stopping_ = true;
  for (const auto& [id, job] : jobs_) {
    job->stop(ImportState::failed);
  }
}

}  // namespace syncstore::imports
