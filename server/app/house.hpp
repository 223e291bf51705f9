// House: the whole program over one data directory, without sockets: storage, engine, features,
// HTTP face, wired. The server and the command line (when no server runs) both live in one. Made
// and ended from one controlling thread; what is inside runs on the engine thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.hpp"
#include "server/adapters/crypto/crypto.hpp"
#include "server/adapters/pictures/picture_fetcher.hpp"
#include "server/adapters/pictures/picture_files.hpp"
#include "server/adapters/sqlite/sqlite_storage.hpp"
#include "server/adapters/system/clock.hpp"
#include "server/adapters/system/engine_thread.hpp"
#include "server/base/log.hpp"
#include "server/base/metrics.hpp"
#include "server/engine/engine.hpp"
#include "server/features/features.hpp"
#include "server/http/api.hpp"

namespace syncstore::app {

struct HouseOptions {
  std::string directory;
  http::ApiOptions api;
  const ports::StaticFiles* files = nullptr;
  bool demo = false;                          // fill the directory when it is empty
  std::function<std::string()> metrics_text;  // added to what features know
  std::function<bool()> draining;             // for /ready
  BackupConfig backup;
  std::string picture_base_url;
  std::size_t replica_records = limits::kReplicaRecords;  // more in a collection: told by pages
  std::string config_file;  // copied along with backups; "" = DIR/syncstore.toml
  Log* log = nullptr;       // of what happens unasked
};

class House {
 public:
  // Opens storage and loads everything that must be in memory. Errors as of SqliteStorage::open,
  // and what loading found.
  static Result<std::unique_ptr<House>> open(HouseOptions options);
  ~House();  // ends the engine thread, then everything on it, then storage

  adapters::EngineThread& scheduler() { return *scheduler_; }
  adapters::SystemClock& clock() { return clock_; }
  const adapters::NativeCrypto& crypto() const { return crypto_; }
  adapters::SqliteStorage& storage() { return *storage_; }
  engine::Engine& engine() { return *engine_; }
  features::Features& features() { return *features_; }
  http::Api& api() { return *api_; }
  const std::string& directory() const { return options_.directory; }
  // Named checks of /ready and what else an operator should act on; "" = good. Engine executor.
  std::vector<std::pair<std::string, std::string>> readiness() const;
  std::vector<std::string> alerts() const;

  // Runs an operation of the engine executor that answers with a Status, and waits for its answer.
  Status wait_for(const std::function<void(std::function<void(Status)>)>& operation);

 private:
  House() = default;
  Status build();
  Status load();
  backups::BackupOptions backup_options();

  HouseOptions options_;
  adapters::SystemClock clock_;
  adapters::SystemRandom random_;
  adapters::NativeCrypto crypto_;
  std::unique_ptr<adapters::EngineThread> scheduler_;
  std::unique_ptr<adapters::PictureFiles> picture_files_;
  std::unique_ptr<adapters::PictureFetcher> picture_fetcher_;
  std::unique_ptr<adapters::SqliteStorage> storage_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<features::Features> features_;
  std::unique_ptr<http::Api> api_;
};

}  // namespace syncstore::app
