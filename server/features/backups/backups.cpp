#include "server/features/backups/backups.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>

#include "core/base/limits.hpp"
#include "core/model/validate.hpp"

namespace syncstore::backups {
namespace {

constexpr TimeMs kMinuteMs = 60'000;

std::uint64_t size_of(const std::string& database) {
  std::uint64_t bytes = 0;
  for (const char* ending : {"", "-wal"}) {
    std::error_code error;
    const auto size = std::filesystem::file_size(database + ending, error);
    bytes += error ? 0 : size;
  }
  return bytes;
}

}  // namespace

Backups::Backups(BackupPorts ports, BackupOptions options)
    : ports_(std::move(ports)), options_(std::move(options)) {}

template <class Work, class Then>
void Backups::aside(Work work, Then then) {
  const bool accepted = ports_.scheduler.background([this, work, then] {
    auto answer = std::make_shared<decltype(work())>(work());
    ports_.scheduler.post([then, answer] { then(std::move(*answer)); });
  });
  if (!accepted)
    finish(fail(ErrorCode::unavailable, "The server is too busy for a backup."));
}

void Backups::start() {
  if (options_.schedule.every_hours <= 0)
    return;
  ended_ = false;
  started_at_ = ports_.clock.now();
  plan();
  aside([folder = options_.folder] { return list_backups(folder); },
        [this](const std::vector<BackupFile>& files) {
          state_.kept = files.size();
          if (!files.empty())
            state_.newest = files.front();
          const TimeMs overdue = ports_.clock.now() - options_.schedule.every_hours * kHourMs;
          if (files.empty() || files.front().at < overdue) {
            state_.next_at = std::min(
                state_.next_at, ports_.clock.now() + limits::kBackupOverdueMinutes * kMinuteMs);
          }
        });
  look();
}

void Backups::stop() {
  ended_ = true;
  ports_.scheduler.cancel(timer_);
}

void Backups::plan() { state_.next_at = next_moment(options_.schedule, ports_.clock.now()); }

// The wall clock decides, looked at again and again: it may be set meanwhile.
void Backups::look() {
  if (ended_)
    return;
  const TimeMs now = ports_.clock.now();
  if (state_.next_at - now > options_.schedule.every_hours * kHourMs)
    plan();  // the clock was set back
  if (!state_.running && now >= state_.next_at)
    begin();
  const TimeMs wait =
      std::clamp<TimeMs>(state_.next_at - now, 1'000, limits::kBackupLookSeconds * TimeMs{1'000});
  timer_ = ports_.scheduler.after(wait, [this] { look(); });
}

void Backups::begin() {
  state_.running = true;
  began_at_ = ports_.clock.now();
  plan();
  unchecked_ = options_.folder + "/" + backup_name(began_at_) + ".unchecked";
  aside([folder = options_.folder,
         database = options_.database] { return prepare_folder(folder, size_of(database)); },
        [this](const Status& prepared) {
          if (!prepared.ok())
            return finish(prepared);
          ports_.copy(unchecked_, [this](const Status& status) { copied(status); });
        });
}

void Backups::copied(const Status& status) {
  if (!status.ok())
    return finish(status);
  aside(
      [check = ports_.check, unchecked = unchecked_, folder = options_.folder, at = began_at_,
       config = options_.config_file, keep = options_.schedule.keep_days]() -> Status {
        const Status good = check(unchecked);
        if (!good.ok()) {
          std::error_code ignored;
          std::filesystem::remove(unchecked, ignored);
          return good;
        }
        return put_on_shelf(unchecked, folder, at, config, keep);
      },
      [this](const Status& done) { finish(done); });
}

void Backups::finish(Status status) {
  state_.running = false;
  Log* const log = options_.log;
  if (!status.ok()) {
    const Error& error = status.error();
    // Somebody's own backup is under way: that is no fault, only in the way.
    const bool in_the_way = error.code == ErrorCode::in_progress;
    const int minutes = in_the_way ? 1 : limits::kBackupRetryMinutes;
    state_.next_at = std::min(state_.next_at, ports_.clock.now() + minutes * kMinuteMs);
    if (in_the_way)
      return;
    ++state_.failed;
    state_.fault = error.detail.empty() ? std::string(error_sentence(error.code)) : error.detail;
    if (log != nullptr)
      log->error("backup_failed", {{"code", error_name(error.code)}, {"detail", state_.fault}});
    return;
  }
  ++state_.made;
  state_.fault.clear();
  aside([folder = options_.folder] { return list_backups(folder); },
        [this](const std::vector<BackupFile>& files) {
          state_.kept = files.size();
          if (!files.empty())
            state_.newest = files.front();
          if (options_.log != nullptr && state_.newest) {
            options_.log->info("backup_made",
                               {{"file", state_.newest->path},
                                {"bytes", static_cast<std::int64_t>(state_.newest->bytes)},
                                {"ms", ports_.clock.now() - began_at_},
                                {"kept", static_cast<std::int64_t>(state_.kept)}});
          }
        });
}

std::string Backups::alert() const {
  if (!state_.fault.empty())
    return "The last backup failed: " + state_.fault;
  if (ended_)
    return {};
  // Two are missing: also when a copy hangs and never answers.
  const TimeMs late = ports_.clock.now() - 2 * options_.schedule.every_hours * kHourMs;
  const TimeMs last = std::max(state_.newest ? state_.newest->at : 0, started_at_);
  return last < late ? "No backup since " + model::format_iso8601(last) + "." : std::string();
}

std::string Backups::metrics_text() const {
  const auto line = [](std::string_view name, std::string_view kind, std::string_view help,
                       std::int64_t value) {
    const std::string full = "syncstore_backup" + std::string(name);
    return "# HELP " + full + " " + std::string(help) + "\n# TYPE " + full + " " +
           std::string(kind) + "\n" + full + " " + std::to_string(value) + "\n";
  };
  return line("s_made_total", "counter", "Backups made and checked since the start.",
              static_cast<std::int64_t>(state_.made)) +
         line("s_failed_total", "counter", "Backups that failed since the start.",
              static_cast<std::int64_t>(state_.failed)) +
         line("s_kept", "gauge", "Backups in the folder.", static_cast<std::int64_t>(state_.kept)) +
         line("_last_timestamp_seconds", "gauge", "When the newest good backup was made; 0 = none.",
              state_.newest ? state_.newest->at / 1'000 : 0) +
         line("_alert", "gauge", "1 when the last backup failed or two are missing.",
              alert().empty() ? 0 : 1);
}

void Backups::list(std::function<void(std::vector<BackupFile>)> done) {
  const auto answer =
      std::make_shared<std::function<void(std::vector<BackupFile>)>>(std::move(done));
  const bool accepted = ports_.scheduler.background([this, answer] {
    auto files = std::make_shared<std::vector<BackupFile>>(list_backups(options_.folder));
    ports_.scheduler.post([answer, files] { (*answer)(std::move(*files)); });
  });
  if (!accepted)
    (*answer)({});
}

}  // namespace syncstore::backups
