#include "server/features/features.hpp"

#include "server/engine/sync_api.hpp"
#include "server/features/conflicts/conflicts.hpp"
#include "server/features/dashboard/dashboard.hpp"
#include "server/features/history/history.hpp"
#include "server/features/products/products.hpp"
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
        stores(engine, accounts, options.time_zone_exists) {}

  engine::Engine& engine;
  FeaturePorts ports;
  FeatureOptions options;
  accounts::Accounts accounts;
  stores::StoresService stores;
};

Features::Features(engine::Engine& engine, const FeaturePorts& ports, FeatureOptions options)
    : parts_(std::make_unique<Parts>(engine, ports, std::move(options))) {
  Parts& parts = *parts_;
  parts.accounts.set_store_directory(accounts::Accounts::StoreDirectory{
      [&parts](std::string_view id) { return parts.stores.state(id); },
      [&parts] {
        std::vector<accounts::Accounts::StoreName> names;
        for (const stores::StoreSummary& store : parts.stores.list()) {
          names.push_back({store.id, store.name, store.active});
        }
        return names;
      }});
  parts.stores.set_created_listener(
      [&parts](const StoreId&) { parts.accounts.reconcile_members([](const Status&) {}); });
  engine.set_identities(&parts.accounts);
}

Features::~Features() = default;

void Features::load(std::function<void(Status)> done) {
  Parts& parts = *parts_;
  parts.stores.load([&parts, done](const Status& stores) {
    if (!stores.ok()) {
      done(stores);
      return;
    }
    parts.accounts.load([&parts, done](const Status& accounts) {
      if (!accounts.ok()) {
        done(accounts);
        return;
      }
      parts.accounts.reconcile_members(done);
    });
  });
}

void Features::bind(http::Api& api) {
  Parts& parts = *parts_;
  parts.accounts.bind(api);
  parts.stores.bind(api, parts.ports.storage);
  products::bind_products(parts.engine, parts.ports.storage, api);
  dashboard::bind_dashboard(parts.engine, parts.ports.storage, api);
  conflicts::bind_conflicts(parts.engine, parts.ports.storage, parts.accounts, api);
  history::bind_history(parts.engine, parts.ports.storage, api);
  sync_routes::bind_sync(parts.engine, api);
  status::StatusOptions options;
  options.metrics_text = parts.options.metrics_text;
  options.readiness = parts.options.readiness;
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

}  // namespace syncstore::features
