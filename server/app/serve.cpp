#include "server/app/serve.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <iostream>

#include "core/base/limits.hpp"
#include "core/model/validate.hpp"
#include "server/adapters/beast/network_server.hpp"
#include "server/adapters/crypto/local_certificate.hpp"
#include "server/adapters/system/file_cache.hpp"
#include "server/adapters/system/log_file.hpp"
#include "server/adapters/system/process_memory.hpp"
#include "server/app/admin_commands.hpp"
#include "server/app/admin_socket.hpp"
#include "server/app/config_file.hpp"
#include "server/app/house.hpp"
#include "server/app/process.hpp"
#include "server/app/server_metrics.hpp"
#include "server/app/supervisor.hpp"
#include "server/engine/socket_door.hpp"
#include "server/features/demo/demo.hpp"

namespace syncstore::app {
namespace {

constexpr int kLinkSpreadMs = 8'000;  // many links leave over this time
constexpr std::int64_t kDrainMs =
    14'000;  // together with what follows below the 15 s that supervisors allow
constexpr std::int64_t kEngineDrainMs = 5'000;

int exit_code_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::address_in_use:
      return kExitAddress;
    case ErrorCode::directory_locked:
    case ErrorCode::read_only_directory:
    case ErrorCode::newer_schema:
    case ErrorCode::corrupt:
    case ErrorCode::storage_full:
      return kExitDirectory;
    case ErrorCode::invalid:
      return kExitUsage;
    default:
      return kExitFailed;
  }
}

int report(const Error& error) {
  const std::string detail = error.detail.empty() ? "" : " " + error.detail;
  std::cerr << "syncstore: " << error_sentence(error.code) << detail << "\n";
  return exit_code_of(error);
}

class Server {
 public:
  // `log_file` nullptr: the log goes to standard error.
  Server(ServerConfig config, int signals, adapters::LogFile* log_file)
      : config_(std::move(config)),
        signals_(signals),
        failed_(::eventfd(0, EFD_CLOEXEC)),
        log_file_(log_file),
        log_(
            config_.log, [this] { return clock_.now(); }, line_writer(log_file)) {}

  ~Server() {
    admin_.reset();
    if (network_ != nullptr)
      network_->stop();
    house_.reset();  // releases what it holds of links, whose last home is the network's loop
    door_.reset();
    network_.reset();
    ::close(failed_);
  }

  int run() {
    const Status opened = open();
    if (!opened.ok())
      return report(opened.error());
    announce();
    const bool orderly = wait_for_signal();
    if (!orderly)
      return kExitFailed;
    drain();
    log_.info("stopped");
    return kExitOk;
  }

 private:
  static std::function<void(std::string_view)> line_writer(adapters::LogFile* file) {
    if (file == nullptr)
      return {};
    return [file](std::string_view line) { file->write(line); };
  }

  Status open() {
    files_ = adapters::FileCache::load(web_folder(config_), crypto_);
    HouseOptions options;
    options.directory = config_.data;
    options.api.public_url = config_.public_url;
    options.api.allowed_origins = config_.allowed_origins;
    options.api.requests_per_minute = config_.rate_limit;
    options.files = files_.get();
    options.demo = config_.demo;
    options.metrics_text = [this] { return metrics_.render(); };
    options.draining = [this] { return draining_.load(); };
    options.backup = config_.backup;
    options.picture_base_url = config_.picture_base_url;
    options.replica_records = static_cast<std::size_t>(config_.replica_records);
    options.config_file = config_.config_file;
    options.log = &log_;
    SS_ASSIGN_OR_RETURN(house_, House::open(std::move(options)));
    SS_TRY(open_network());
    add_process_metrics(metrics_, log_file_);
    add_network_metrics(metrics_, *network_);
    add_storage_metrics(metrics_, house_->storage());
    commands_ = std::make_unique<AdminCommands>(*house_, [this](Json& facts) {
      facts.set("url", url_)
          .set("startedAt", model::format_iso8601(started_at_))
          .set("uptimeSeconds", (clock_.now() - started_at_) / 1'000)
          .set("memoryBytes",
               static_cast<std::int64_t>(adapters::process_memory().resident_bytes))
          .set("connections", static_cast<std::int64_t>(network_->open_connections()))
          .set("links", static_cast<std::int64_t>(house_->engine().hub().links()))
          .set("logLinesDropped", static_cast<std::int64_t>(dropped_lines(log_file_)));
    });
    house_->scheduler().run_and_wait([this] {
      house_->features().backups().start();
      house_->features().pictures().start();
    });
    SS_ASSIGN_OR_RETURN(
        admin_, AdminSocket::open(config_.data, house_->scheduler(),
                                  [this](const Json& request, std::function<void(Json)> reply) {
                                    commands_->run(request, reply);
                                  }));
    return {};
  }

  Status open_network() {
    adapters::NetworkOptions options;
    options.address = config_.listen_address;
    options.port = config_.listen_port;
    options.trusted_proxies = config_.trusted_proxies;
    options.tls_certificate_file = config_.tls_certificate;
    options.tls_key_file = config_.tls_key;
    const std::size_t descriptors = raise_file_limit();
    options.connections = connections_within(descriptors);
    if (options.connections < limits::kConnections) {
      log_.warn("few_descriptors", {{"descriptors", static_cast<std::int64_t>(descriptors)},
                                    {"connections", static_cast<std::int64_t>(options.connections)},
                                    {"wanted", static_cast<std::int64_t>(limits::kConnections)}});
    }
    options.on_descriptors_short = [this, descriptors] {
      log_.error("descriptors_exhausted",
                 {{"descriptors", static_cast<std::int64_t>(descriptors)}});
    };
    if (config_.tls == TlsMode::local) {
      SS_ASSIGN_OR_RETURN(const adapters::LocalCertificate local,
                          adapters::local_certificate(config_.data));
      options.tls_certificate_file = local.certificate_file;
      options.tls_key_file = local.key_file;
      log_.info("local_certificate",
                {{"file", local.certificate_file}, {"sha256", local.fingerprint}});
    }
    options.on_request = [this](const adapters::RequestRecord& record) {
      log_.info("request", {{"method", record.method},
                            {"path", record.path},
                            {"status", std::int64_t{record.status}},
                            {"bytes", static_cast<std::int64_t>(record.sent_bytes)},
                            {"us", record.micros},
                            {"from", record.remote_address}});
    };
    house_->scheduler().run_and_wait([this] {
      house_->engine().committer().read_only().add_listener([this](bool on) {
        if (on) {
          log_.error("read_only", {{"code", error_name(ErrorCode::storage_full)},
                                   {"detail", error_sentence(ErrorCode::storage_full)}});
        } else {
          log_.info("writing_again");
        }
      });
      house_->engine().hub().set_resync_listener([this](const StoreId& store,
                                                        std::string_view collection,
                                                        const std::string& user) {
        log_.warn("resync", {{"store", store}, {"collection", collection}, {"user", user}});
      });
      door_ = std::make_unique<engine::SocketDoor>(
          house_->engine().hub(), house_->features().accounts(),
          [this](const ports::HttpRequest& request, std::string_view) {
            return house_->api().origin_allowed(request);
          });
      house_->engine().set_fatal_listener([this](const Error& error) {
        log_.error("storage_failed", {{"code", error_name(error.code)}, {"detail", error.detail}});
        const std::uint64_t one = 1;
        static_cast<void>(!::write(failed_, &one, sizeof one));
      });
    });
    SS_ASSIGN_OR_RETURN(network_,
                        adapters::NetworkServer::start(std::move(options), house_->scheduler(),
                                                       house_->api(), *door_));
    const bool v6 = config_.listen_address.find(':') != std::string::npos;
    url_ = std::string(config_.tls == TlsMode::off ? "http" : "https") + "://" +
           (v6 ? "[" + config_.listen_address + "]" : config_.listen_address) + ":" +
           std::to_string(network_->port());
    return {};
  }

  void announce() {
    std::string setup;
    house_->scheduler().run_and_wait([&] {
      accounts::Accounts& accounts = house_->features().accounts();
      if (accounts.needs_setup())
        setup = accounts.setup_token();
    });
    const std::string& base = config_.public_url.empty() ? url_ : config_.public_url;
    Json line = Json::object();
    line.set("event", "listening").set("url", url_);
    line.set("setupUrl", setup.empty() ? Json() : Json(base + "/setup?token=" + setup));
    std::cout << line.dump() << "\n";
    if (config_.print_sign_ins) {
      std::cout << "ADDRESS " << base << "\n";
      if (!setup.empty())
        std::cout << "SETUP " << base << "/setup?token=" << setup << "\n";
      for (const demo::SignIn& sign_in : demo::read_sign_ins(config_.data)) {
        std::cout << "SIGN-IN " << sign_in.name << " " << sign_in.password << " " << sign_in.role
                  << " " << sign_in.stores << "\n";
      }
    }
    std::cout.flush();
    tell_supervisor("READY=1");
    log_.info("listening", {{"url", url_}, {"version", SYNCSTORE_VERSION}, {"data", config_.data}});
  }

  // false: storage failed and the process must start again.
  bool wait_for_signal() {
    while (true) {
      pollfd waits[2]{{signals_, POLLIN, 0}, {failed_, POLLIN, 0}};
      if (::poll(waits, 2, -1) < 0)
        continue;
      if ((waits[1].revents & POLLIN) != 0)
        return false;
      signalfd_siginfo info{};
      if (::read(signals_, &info, sizeof info) != static_cast<ssize_t>(sizeof info))
        continue;
      if (info.ssi_signo != SIGHUP)
        return true;
      if (log_file_ != nullptr)
        log_file_->reopen();
      const Status reloaded = network_->reload_certificate();
      log_.info("certificate_reloaded",
                {{"result", reloaded.ok() ? "ok" : reloaded.error().detail}});
    }
  }

  // Refuse new work, finish what is under way, send everybody off, then end.
  void drain() {
    tell_supervisor("STOPPING=1");
    log_.info("draining",
              {{"connections", static_cast<std::int64_t>(network_->open_connections())}});
    draining_ = true;
    house_->scheduler().run_and_wait([this] { house_->api().set_draining(true); });
    struct Finished {
      std::atomic<bool> engine{false};
    };
    const auto finished = std::make_shared<Finished>();
    house_->scheduler().post([this, finished] {
      house_->features().stop();
      house_->engine().drain([finished] { finished->engine = true; });
    });
    network_->begin_drain(kLinkSpreadMs);
    const std::int64_t began = adapters::SystemClock().monotonic_us() / 1'000;
    while (true) {
      const std::int64_t passed = adapters::SystemClock().monotonic_us() / 1'000 - began;
      const bool engine_done = finished->engine || passed > kEngineDrainMs;
      if ((engine_done && network_->open_connections() == 0) || passed > kDrainMs)
        return;
      pollfd none{signals_, POLLIN, 0};
      if (::poll(&none, 1, 20) > 0)
        return;  // asked again: at once
    }
  }

  ServerConfig config_;
  int signals_;
  int failed_;
  adapters::SystemClock clock_;
  TimeMs started_at_ = clock_.now();
  adapters::NativeCrypto crypto_;
  adapters::LogFile* log_file_;
  Log log_;
  Metrics metrics_;
  std::atomic<bool> draining_{false};
  std::unique_ptr<adapters::FileCache> files_;
  std::unique_ptr<House> house_;
  std::unique_ptr<engine::SocketDoor> door_;
  std::unique_ptr<adapters::NetworkServer> network_;
  std::unique_ptr<AdminCommands> commands_;
  std::unique_ptr<AdminSocket> admin_;
  std::string url_;
};

}  // namespace

int serve(const CommandLine& line, const char* const* environment) {
  std::vector<std::string> faults;
  const ConfigLayers layers = read_layers(line.flags, environment, faults);
  ServerConfig config = read_config(layers, faults);
  if (!faults.empty()) {
    for (const std::string& fault : faults)
      std::cerr << "syncstore: " << fault << "\n";
    return kExitUsage;
  }
  const adapters::SystemClock clock;
  std::unique_ptr<adapters::LogFile> log_file;
  if (const LogFileConfig& wanted = config.log_file; !wanted.path.empty()) {
    auto opened = adapters::LogFile::open({wanted.path, wanted.bytes, wanted.files}, clock);
    if (!opened.ok())
      return report(opened.error());
    log_file = std::move(opened).value();
  }
  const int signals = catch_signals();
  int code = kExitOk;
  {
    Server server(std::move(config), signals, log_file.get());
    code = server.run();
  }
  ::close(signals);
  return code;
}

}  // namespace syncstore::app
