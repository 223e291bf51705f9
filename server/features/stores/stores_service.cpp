#include "server/features/stores/stores_service.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "server/engine/sync_api.hpp"
#include "server/features/records/record_api.hpp"

namespace syncstore::stores {

using http::ContextPtr;
using http::problem;
using ports::HttpReply;

namespace {

std::string text_of(const model::Record& info, std::string_view field) {
  const model::CollectionDef& collection = *model::find_collection(model::kStoreInfo);
  const auto* text = std::get_if<std::string>(
      &info.values[static_cast<std::size_t>(collection.field_index(field))]);
  return text == nullptr ? std::string() : *text;
}

bool touches_info(const engine::Committed& committed) {
  for (const auto& change_set : committed.change_sets) {
    for (const sync::Change& change : change_set->changes) {
      if (change.collection == model::kStoreInfo) {
        return true;
      }
    }
  }
  return false;
}

bool is_currency(std::string_view text) {
  return text.size() == 3 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

// An IANA name by its form: "Europe/London", "UTC", "America/Argentina/Salta".
bool is_zone_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && text.front() != '/' &&
         text.find("..") == std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '/' || c == '_' || c == '-' || c == '+';
         });
}

// A store is named by its slug; its record's id is of no use to anybody outside.
Json store_json(const engine::StoreState& store, const model::Record& info) {
  Json json = engine::record_json(store, model::kStoreInfo, info);
  json.set("id", store.id());
  return json;
}

Json with_role(Json store, model::Role role) {
  store.set("role", model::role_name(role));
  return store;
}

struct NewStoreBody {
  engine::NewStore store;
  std::vector<Error> errors;
};

NewStoreBody read_new_store(const Json& body) {
  NewStoreBody result;
  const auto read = [&](std::string_view name, std::string& into, bool required) {
    if (body.find(name) == nullptr && !required) {
      return;
    }
    Result<std::string> text = read_string(body, name);
    if (text.ok()) {
      into = normalise_line(*text);
    } else {
      result.errors.push_back(text.error());
    }
  };
  if (const Status known = only_known_members(
          body, {"id", "name", "currency", "timeZone", "marketplace", "businessType"});
      !known.ok()) {
    result.errors.push_back(known.error());
  }
  read("id", result.store.id, true);
  read("name", result.store.name, true);
  read("currency", result.store.currency, true);
  read("timeZone", result.store.time_zone, true);
  read("marketplace", result.store.marketplace, false);
  read("businessType", result.store.business_type, false);
  return result;
}

}  // namespace

StoresService::StoresService(engine::Engine& engine, const http::Gate& gate,
                             std::function<bool(const std::string&)> time_zone_exists)
    : engine_(engine),
      gate_(gate),
      time_zone_exists_(std::move(time_zone_exists)),
      alive_(std::make_shared<bool>(true)) {
  engine_.committer().add_listener([this, alive = alive_](const engine::Committed& committed) {
    if (*alive && committed.store->id() != kInstallationStore && touches_info(committed)) {
      summarise(*committed.store);
    }
  });
}

StoresService::~StoresService() { *alive_ = false; }

void StoresService::set_created_listener(std::function<void(const StoreId&)> listener) {
  created_ = std::move(listener);
}

void StoresService::load(std::function<void(Status)> done) {
  load_rest(std::make_shared<std::vector<StoreId>>(engine_.stores().list()), std::move(done));
}

void StoresService::load_rest(std::shared_ptr<std::vector<StoreId>> ids,
                              std::function<void(Status)> done) {
  if (ids->empty()) {
    done({});
    return;
  }
  const StoreId id = ids->back();
  ids->pop_back();
  engine_.stores().with_store(id,
                              [this, alive = alive_, ids, done](Result<engine::StoreState*> state) {
                                if (!*alive) {
                                  return;
                                }
                                if (!state.ok()) {
                                  done(state.error());
                                  return;
                                }
                                summarise(**state);
                                load_rest(ids, done);
                              });
}

void StoresService::summarise(const engine::StoreState& store) {
  const model::Record* info = store.info();
  if (info == nullptr) {
    return;
  }
  StoreSummary& summary = summaries_[store.id()];
  if (summary.active && !store.is_active() && !summary.id.empty()) {
    engine::Revocation closed;
    closed.kind = engine::Revocation::Kind::store_closed;
    closed.store = store.id();
    engine_.hub().revoke(closed);
  }
  summary.id = store.id();
  summary.name = text_of(*info, "name");
  summary.currency = text_of(*info, "currency");
  summary.currency_symbol = text_of(*info, "currency_symbol");
  summary.active = store.is_active();
  summary.info = store_json(store, *info);
}

std::vector<StoreSummary> StoresService::list() const {
  std::vector<StoreSummary> all;
  all.reserve(summaries_.size());
  for (const auto& [id, summary] : summaries_) {
    all.push_back(summary);
  }
  return all;
}

http::StoreState StoresService::state(std::string_view id) const {
  const auto found = summaries_.find(id);
  if (found == summaries_.end()) {
    return http::StoreState::unknown;
  }
  return found->second.active ? http::StoreState::active : http::StoreState::inactive;
}

void StoresService::create(engine::NewStore store, const engine::Author& author,
                           std::function<void(Status)> done) {
  Status valid;
  if (!is_valid_store_id(store.id) || store.id == kInstallationStore) {
    valid = fail(ErrorCode::invalid,
                 "An id has 1 to 40 of a-z, 0-9 and -, and begins with a letter or digit.", "id");
  } else if (store.name.empty()) {
    valid = fail(ErrorCode::required, {}, "name");
  } else if (!is_currency(store.currency)) {
    valid = fail(ErrorCode::invalid, "A currency is three capital letters, for example GBP.",
                 "currency");
  } else if (!is_zone_name(store.time_zone) ||
             (time_zone_exists_ && !time_zone_exists_(store.time_zone))) {
    valid = fail(ErrorCode::invalid, "There is no such time zone. Write it like Europe/London.",
                 "timeZone");
  } else if (summaries_.contains(store.id)) {
    valid = fail(ErrorCode::already_exists, "There is a store with this id.", "id");
  }
  if (!valid.ok()) {
    done(valid);
    return;
  }
  const StoreId id = store.id;
  engine_.create_store(store, author, [this, alive = alive_, id, done](const Status& status) {
    if (!*alive) {
      return;
    }
    if (!status.ok()) {
      done(status);
      return;
    }
    engine_.stores().with_store(id, [this, id, done](Result<engine::StoreState*> state) {
      if (state.ok()) {
        summarise(**state);
      }
      if (created_) {
        created_(id);
      }
      done(state.ok() ? Status() : Status(state.error()));
    });
  });
}

void StoresService::handle_list(const ContextPtr& context, const HttpReply& reply) const {
  Json data = Json::array();
  for (const auto& [id, summary] : summaries_) {
    const model::Role role = gate_.role_in(context->principal.user_id, id);
    if (role != model::Role::none) {
      data.push(with_role(summary.info, role));
    }
  }
  reply(http::success(std::move(data)));
}

void StoresService::handle_create(const ContextPtr& context, const HttpReply& reply) {
  NewStoreBody body = read_new_store(context->body);
  if (!body.errors.empty()) {
    reply(http::problem_of_fields(body.errors));
    return;
  }
  const StoreId id = body.store.id;
  create(std::move(body.store), records::author_of(*context),
         [this, context, id, reply](const Status& status) {
           const auto found = summaries_.find(id);
           if (!status.ok() || found == summaries_.end()) {
             reply(problem(status.ok() ? fail(ErrorCode::internal) : status.error()));
             return;
           }
           ports::HttpResponse response =
               http::success(with_role(found->second.info, model::Role::admin), {}, 201);
           http::set_header(response, "Location", "/api/stores/" + id);
           reply(std::move(response));
         });
}

void StoresService::bind(http::Api& api, ports::Storage& storage) {
  using http::RouteId;
  const auto records = std::make_shared<records::RecordApi>(engine_, storage, store_json);
  const RecordId id = model::singleton_id(*model::find_collection(model::kStoreInfo));
  api.bind(RouteId::stores_list,
           [this](const ContextPtr& c, const HttpReply& r) { handle_list(c, r); });
  api.bind(RouteId::stores_create,
           [this](const ContextPtr& c, const HttpReply& r) { handle_create(c, r); });
  api.bind(RouteId::stores_get, [records, id](const ContextPtr& context, const HttpReply& reply) {
    records->get(context, model::kStoreInfo, id, reply);
  });
  for (const RouteId route : {RouteId::stores_put, RouteId::stores_patch}) {
    api.bind(route, [records, id](const ContextPtr& context, const HttpReply& reply) {
      records->edit(context, model::kStoreInfo, id, reply);
    });
  }
}

}  // namespace syncstore::stores
