// StoresService: the stores as people know them: name, currency, active or not. Owns a summary per
// store, kept true by listening to commits, so that access checks never wait for a store to load.
// Engine executor only.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "server/engine/engine.hpp"
#include "server/http/api.hpp"
#include "server/http/gate.hpp"

namespace syncstore::stores {

struct StoreSummary {
  StoreId id;
  std::string name;
  std::string currency;
  std::string currency_symbol;
  bool active = true;
  Json info;  // the store_info record as HTTP shows it
};

class StoresService {
 public:
  // `time_zone_exists` empty: every well-formed name is taken.
  StoresService(engine::Engine& engine, const http::Gate& gate,
                std::function<bool(const std::string&)> time_zone_exists);
  ~StoresService();

  void load(std::function<void(Status)> done);
  void bind(http::Api& api, ports::Storage& storage);
  // After a store was made; the accounts fill in its members.
  void set_created_listener(std::function<void(const StoreId&)> listener);

  // Errors: invalid (which field), already_exists, retry.
  void create(engine::NewStore store, const engine::Author& author,
              std::function<void(Status)> done);
  std::vector<StoreSummary> list() const;  // ascending by id
  http::StoreState state(std::string_view id) const;

 private:
  void summarise(const engine::StoreState& store);
  void load_rest(std::shared_ptr<std::vector<StoreId>> ids, std::function<void(Status)> done);
  void handle_list(const http::ContextPtr& context, const ports::HttpReply& reply) const;
  void handle_create(const http::ContextPtr& context, const ports::HttpReply& reply);

  engine::Engine& engine_;
  const http::Gate& gate_;
  std::function<bool(const std::string&)> time_zone_exists_;
  std::map<StoreId, StoreSummary, std::less<>> summaries_;
  std::function<void(const StoreId&)> created_;
  std::shared_ptr<bool> alive_;
};

}  // namespace syncstore::stores
