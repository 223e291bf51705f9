#include "server/app/house.hpp"

#include <sys/statvfs.h>

#include <condition_variable>
#include <mutex>
#include <optional>

#include "core/base/limits.hpp"
#include "server/adapters/sqlite/copy_check.hpp"
#include "server/adapters/system/time_zones.hpp"

namespace syncstore::app {
namespace {
constexpr std::size_t kPoolThreads =
    2;  // Argon2 and parsing beside the engine, on as few as two cores
constexpr std::uint64_t kLeastDiskPercent = 5;  // below it /ready warns before the disk is full
}  // namespace

Result<std::unique_ptr<House>> House::open(HouseOptions options) {
  std::unique_ptr<House> house(new House());
  house->options_ = std::move(options);
  SS_TRY(house->build());
  SS_TRY(house->load());
  return house;
}

Status House::build() {
  scheduler_ = std::make_unique<adapters::EngineThread>(kPoolThreads, limits::kHashQueue);
  SS_ASSIGN_OR_RETURN(storage_, adapters::SqliteStorage::open({.directory = options_.directory},
                                                              *scheduler_, clock_, crypto_));
  SS_ASSIGN_OR_RETURN(picture_files_, adapters::PictureFiles::open(options_.directory + "/pictures",
                                                                   *scheduler_, crypto_));
  picture_fetcher_ = std::make_unique<adapters::PictureFetcher>(*scheduler_);
  scheduler_->run_and_wait([this] {
    engine_ = std::make_unique<engine::Engine>(
        engine::EnginePorts{clock_, random_, *scheduler_, *storage_, crypto_});
    engine_->hub().set_replica_limits(
        {options_.replica_records, options_.replica_records - options_.replica_records / 10});
    features::FeatureOptions feature_options;
    feature_options.directory = options_.directory;
    feature_options.time_zone_exists = adapters::time_zone_exists;
    feature_options.metrics_text = options_.metrics_text;
    feature_options.readiness = [this] { return readiness(); };
    feature_options.picture_base_url = options_.picture_base_url;
    feature_options.backups = backup_options();
    feature_options.check_copy = [this](const std::string& path) -> Status {
      const auto lines = adapters::check_copy(path, crypto_);
      return lines.ok() ? Status() : Status(lines.error());
    };
    features_ = std::make_unique<features::Features>(
        *engine_,
        features::FeaturePorts{clock_, random_, *scheduler_, *storage_, crypto_,
                               picture_files_.get(), picture_fetcher_.get()},
        std::move(feature_options));
    api_ = std::make_unique<http::Api>(
        options_.api,
        http::ApiPorts{features_->accounts(), *storage_, crypto_, clock_, random_, options_.files});
    features_->bind(*api_);
  });
  return {};
}

backups::BackupOptions House::backup_options() {
  const BackupConfig& config = options_.backup;
  backups::BackupOptions options;
  options.schedule = {config.every_hours, config.minute_of_day, config.keep_days};
  options.folder = config.directory.empty() ? options_.directory + "/backups" : config.directory;
  options.database = options_.directory + "/syncstore.db";
  options.config_file =
      options_.config_file.empty() ? options_.directory + "/syncstore.toml" : options_.config_file;
  options.log = options_.log;
  return options;
}

Status House::load() {
  SS_TRY(wait_for([this](auto done) { engine_->start(std::move(done)); }));
  SS_TRY(wait_for([this](auto done) { features_->load(std::move(done)); }));
  SS_TRY(wait_for([this](auto done) { api_->load(std::move(done)); }));
  if (!options_.demo)
    return {};
  return wait_for([this](auto done) { features_->load_demo(std::move(done)); });
}

House::~House() {
  if (scheduler_ == nullptr)
    return;
  if (features_ != nullptr)
    scheduler_->run_and_wait([this] { features_->stop(); });
  scheduler_->stop();
  api_.reset();
  features_.reset();
  engine_.reset();
  storage_.reset();
}

Status House::wait_for(const std::function<void(std::function<void(Status)>)>& operation) {
  struct Shared {
    std::mutex mutex;
    std::condition_variable wake;
    std::optional<Status> status;
  };
  const auto shared = std::make_shared<Shared>();
  scheduler_->post([shared, operation] {
    operation([shared](Status status) {
      const std::lock_guard lock(shared->mutex);
      shared->status = std::move(status);
      shared->wake.notify_one();
    });
  });
  std::unique_lock lock(shared->mutex);
  shared->wake.wait(lock, [&] { return shared->status.has_value(); });
  return *shared->status;
}

std::vector<std::pair<std::string, std::string>> House::readiness() const {
  std::vector<std::pair<std::string, std::string>> checks;
  checks.emplace_back("storage",
                      storage_->figures().stopped ? "writing stopped after an error" : "");
  struct statvfs disk {};
  const bool known = ::statvfs(options_.directory.c_str(), &disk) == 0 && disk.f_blocks > 0;
  const bool low = known && disk.f_bavail * 100 / disk.f_blocks < kLeastDiskPercent;
  checks.emplace_back("disk", low ? "less than 5 % of the disk is free" : "");
  checks.emplace_back("draining",
                      options_.draining && options_.draining() ? "the server is stopping" : "");
  return checks;
}

std::vector<std::string> House::alerts() const {
  std::vector<std::string> alerts;
  if (engine_->committer().read_only().on())
    alerts.push_back("writing: " + std::string(error_sentence(ErrorCode::storage_full)));
  for (const auto& [name, wrong] : readiness()) {
    if (!wrong.empty())
      alerts.push_back(name + ": " + wrong);
  }
  if (const std::string alert = features_->backups().alert(); !alert.empty())
    alerts.push_back("backup: " + alert);
  return alerts;
}

}  // namespace syncstore::app
