#include "server/features/features.hpp"

#include "server/engine/sync_api.hpp"
#include "server/features/conflicts/conflicts.hpp"
#include "server/features/dashboard/dashboard.hpp"
#include "server/features/demo/demo.hpp"
#include "server/features/history/history.hpp"
#include "server/features/imports/exports.hpp"
#include "server/features/products/products.hpp"
#include "server/features/records/record_routes.hpp"
#include "server/features/status/status.hpp"
#include "server/features/sync/sync_routes.hpp"

namespace syncstore::features {

struct Features::Parts {
  Parts(engine::Engine& the_engine, const FeaturePorts& the_ports, FeatureOptions the_options)
      : engine(the_engine),
        ports(the_ports),
        options(std::move(the_options)),
        accounts(engine, accounts::AccountPorts{ports.clock, ports.random, ports.scheduler,
                                                ports.storage, ports.crypto}),
        stores(engine, accounts, options.time_zone_exists),
        imports(engine, ports.scheduler, ports.crypto, accounts, options.directory + "/imports"),
        backups(backups::BackupPorts{ports.clock, ports.scheduler,
                                     [&storage = ports.storage](const std::string& path,
                                                                std::function<void(Status)> done) {
                                       storage.backup(path, std::move(done));
                                     },
                                     options.check_copy},
                options.backups),
        pictures(engine,
                 pictures::PicturePorts{ports.scheduler, ports.storage, ports.picture_shelf,
                                        ports.picture_fetch},
                 options.picture_base_url) {}

  engine::Engine& engine;
  FeaturePorts ports;
  FeatureOptions options;
  accounts::Accounts accounts;
  stores::StoresService stores;
  imports::Imports imports;
  backups::Backups backups;
  pictures::Pictures pictures;
  bool demo = false;  // the directory was filled with demo data
};

Features::Features(engine::Engine& engine, const FeaturePorts& ports, FeatureOptions options)
    : parts_(std::make_unique<Parts>(engine, ports, std::move(options))) {
  Parts& parts = *parts_;
  parts.accounts.set_store_directory(accounts::Accounts::StoreDirectory{
      [&parts](std::string_view id) { return parts.stores.state(id); },
      [&parts] {
        std::vector<accounts::Accounts::StoreName> names;
        for (const stores::StoreSummary& store : parts.stores.list()) {
          names.push_back(
              {store.id, store.name, store.currency, store.currency_symbol, store.active});
        }
        return names;
      }});
  parts.stores.set_created_listener(
      [&parts](const StoreId&) { parts.accounts.reconcile_members([](const Status&) {}); });
  parts.accounts.set_picture_base(parts.options.picture_base_url);
  engine.set_identities(&parts.accounts);
}

Features::~Features() = default;

void Features::load(std::function<void(Status)> done) {
  Parts& parts = *parts_;
  parts.demo = !demo::read_sign_ins(parts.options.directory).empty();
  const auto then = [done](const std::function<void()>& next) {
    return [next, done](const Status& status) {
      if (status.ok()) {
        next();
      } else {
        done(status);
      }
    };
  };
  const auto members = [&parts, done] { parts.accounts.reconcile_members(done); };
  const auto imports = [&parts, then, members] {
    parts.imports.load(parts.ports.storage, then(members));
  };
  const auto accounts = [&parts, then, imports] { parts.accounts.load(then(imports)); };
  parts.stores.load(then(accounts));
}

namespace {

// One after the other: their members records are made in that order.
void add_demo_users(accounts::Accounts& accounts, std::shared_ptr<std::vector<demo::SignIn>> left,
                    std::function<void(Status)> done) {
  if (left->empty()) {
    done({});
    return;
  }
  const demo::SignIn next = left->front();
  left->erase(left->begin());
  accounts.add_user(
      accounts::NewUser{next.name, next.password, model::role_from_name(next.role), next.stores},
      [&accounts, left, done](const Result<std::string>& id) {
        if (id.ok()) {
          add_demo_users(accounts, left, done);
        } else {
          done(id.error());
        }
      });
}

std::string new_password(ports::Random& random) {
  std::string password = base32_text(random.u64()) + base32_text(random.u64()).substr(0, 5);
  for (char& c : password) {
    c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }
  return password;
}

}  // namespace

void Features::load_demo(std::function<void(Status)> done) {
  Parts& parts = *parts_;
  if (!parts.stores.list().empty() || !parts.accounts.list_users().empty()) {
    done({});
    return;
  }
  demo::load_stores(parts.engine, [&parts, done](const Status& loaded) {
    if (!loaded.ok()) {
      done(loaded);
      return;
    }
    auto sign_ins = std::make_shared<std::vector<demo::SignIn>>();
    for (const std::string role : {"admin", "editor", "viewer"}) {
      sign_ins->push_back(demo::SignIn{role, new_password(parts.ports.random), role, "*"});
    }
    // Written before the first user exists: nobody is made whose password is nowhere.
    if (const Status written = demo::write_sign_ins(parts.options.directory, *sign_ins);
        !written.ok()) {
      done(written);
      return;
    }
    parts.demo = true;
    parts.stores.load([&parts, sign_ins, done](const Status& stores) {
      if (stores.ok()) {
        add_demo_users(parts.accounts, sign_ins, done);
      } else {
        done(stores);
      }
    });
  });
}

void Features::bind(http::Api& api) {
  Parts& parts = *parts_;
  parts.accounts.bind(api);
  parts.stores.bind(api, parts.ports.storage);
  products::bind_products(parts.engine, parts.ports.storage, api);
  records::bind_plain_collections(parts.engine, parts.ports.storage, api);
  dashboard::bind_dashboard(parts.engine, parts.ports.storage, api);
  conflicts::bind_conflicts(parts.engine, parts.ports.storage, parts.accounts, api);
  history::bind_history(parts.engine, parts.ports.storage, api);
  sync_routes::bind_sync(parts.engine, api);
  parts.imports.bind(api);
  parts.pictures.bind(api);
  status::StatusOptions options;
  options.metrics_text = [&parts] {
    return parts.backups.metrics_text() +
           (parts.options.metrics_text ? parts.options.metrics_text() : std::string());
  };
  options.readiness = parts.options.readiness;
  options.demo = [&parts] { return parts.demo; };
  options.own_stores = [&parts](const std::string& user) {
    Json list = Json::array();
    for (const stores::StoreSummary& store : parts.stores.list()) {
      if (parts.accounts.role_in(user, store.id) != model::Role::none) {
        Json entry = Json::object();
        entry.set("id", store.id);
        entry.set("is_active", store.active);
        if (const engine::StoreState* state = parts.engine.stores().loaded(store.id)) {
          entry.set("epoch", base32_text(state->epoch()));
          entry.set("sequenceNumber", state->sequence());
        }
        list.push(std::move(entry));
      }
    }
    return list;
  };
  status::bind_status(parts.engine, std::move(options), api);
}

accounts::Accounts& Features::accounts() { return parts_->accounts; }
stores::StoresService& Features::stores() { return parts_->stores; }
imports::Imports& Features::imports() { return parts_->imports; }

backups::Backups& Features::backups() { return parts_->backups; }
pictures::Pictures& Features::pictures() { return parts_->pictures; }

void Features::stop() {
  parts_->imports.stop();
  parts_->backups.stop();
  parts_->pictures.stop();
}

void Features::export_products(const StoreId& store, const std::string& format,
                               std::function<void(Result<std::string>)> done) {
  if (format != "csv" && format != "json") {
    done(fail(ErrorCode::invalid, "The format is csv or json.", "format"));
    return;
  }
  const auto wanted = format == "csv" ? imports::ExportFormat::csv : imports::ExportFormat::json;
  parts_->engine.stores().with_store(store, [wanted, done](Result<engine::StoreState*> state) {
    if (state.ok()) {
      done(imports::export_products(**state, wanted));
    } else {
      done(state.error());
    }
  });
}

}  // namespace syncstore::features
