// Features: every service of the product, made in the right order over one engine. The program's
// wiring makes one of these and nothing else from server/features; the command line calls the
// services' own operations. Engine executor only.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/engine/engine.hpp"
#include "server/features/accounts/accounts.hpp"
#include "server/features/backups/backups.hpp"
#include "server/features/imports/imports.hpp"
#include "server/features/pictures/pictures.hpp"
#include "server/features/stores/stores_service.hpp"
#include "server/http/api.hpp"

namespace syncstore::features {

struct FeaturePorts {
  ports::Clock& clock;
  ports::Random& random;
  ports::Scheduler& scheduler;
  ports::Storage& storage;
  const ports::Crypto& crypto;
  ports::PictureShelf* picture_shelf = nullptr;  // nullptr: no pictures
  ports::PictureFetch* picture_fetch = nullptr;
};

struct FeatureOptions {
  std::string directory;                                     // the data directory
  std::function<bool(const std::string&)> time_zone_exists;  // empty: unchecked
  std::function<std::string()> metrics_text;  // /metrics; empty: only what features know
  // Named checks of /ready: "" = good, else what is wrong.
  std::function<std::vector<std::pair<std::string, std::string>>()> readiness;
  std::string picture_base_url;  // where browsers load pictures from; "" = from here
  backups::BackupOptions backups;
  // Reads a backup back on the worker pool; needed before Backups::start().
  std::function<Status(const std::string& path)> check_copy;
};

class Features {
 public:
  Features(engine::Engine& engine, const FeaturePorts& ports, FeatureOptions options);
  ~Features();

  // After Engine::start(). Users, stores, members, imports. The engine's identities are set here.
  void load(std::function<void(Status)> done);
  // Fills an empty directory with the demo stores and users; does nothing (ok) when there are
  // stores or users already.
  void load_demo(std::function<void(Status)> done);
  // Gives every route its handler.
  void bind(http::Api& api);
  void stop();  // running imports end at their next batch, nothing begins by itself any more

  accounts::Accounts& accounts();
  stores::StoresService& stores();
  imports::Imports& imports();
  backups::Backups& backups();
  pictures::Pictures& pictures();
  // export: the file's text. Error: unknown_store.
  void export_products(const StoreId& store, const std::string& format,
                       std::function<void(Result<std::string>)> done);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace syncstore::features
