#include "server/features/records/own_record.hpp"

#include "server/features/records/record_api.hpp"

namespace syncstore::records {
namespace {

struct Search {
  engine::Engine& engine;
  const http::Gate& gate;
  http::ContextPtr context;
  std::uint16_t collection;
  RecordId id;
  ports::HttpReply reply;
  std::function<void(http::ContextPtr, RecordId)> then;
  std::vector<StoreId> stores;  // still to look into
};

void found(const std::shared_ptr<Search>& search, const StoreId& store) {
  const model::Role role = search->gate.role_in(search->context->principal.user_id, store);
  if (role < search->context->route->least) {
    search->reply(http::problem(fail(ErrorCode::forbidden)));
    return;
  }
  if (search->gate.store_state(store) == http::StoreState::inactive &&
      !search->context->route->inactive_ok) {
    search->reply(http::problem(fail(ErrorCode::inactive_store)));
    return;
  }
  auto filled = std::make_shared<http::Context>(*search->context);
  filled->store = store;
  filled->role = role;
  search->then(std::move(filled), search->id);
}

void look_further(const std::shared_ptr<Search>& search) {
  if (search->stores.empty()) {
    search->reply(http::problem(fail(ErrorCode::unknown_record)));
    return;
  }
  const StoreId store = search->stores.back();
  search->stores.pop_back();
  search->engine.stores().with_store(store, [search, store](Result<engine::StoreState*> state) {
    if (state.ok() && (*state)->find(search->collection, search->id) != nullptr) {
      found(search, store);
    } else {
      look_further(search);
    }
  });
}

}  // namespace

void find_own_record(engine::Engine& engine, const http::Gate& gate,
                     const http::ContextPtr& context, std::uint16_t collection,
                     const ports::HttpReply& reply,
                     std::function<void(http::ContextPtr, RecordId)> then) {
  const std::optional<RecordId> id = record_id(*context, reply);
  if (!id) {
    return;
  }
  const auto search = std::make_shared<Search>(
      Search{engine, gate, context, collection, *id, reply, std::move(then), {}});
  const std::string* named = context->query("storeId");
  for (const StoreId& store : engine.stores().list()) {
    const bool own = gate.role_in(context->principal.user_id, store) != model::Role::none;
    if (own && (named == nullptr || *named == store)) {
      search->stores.push_back(store);
    }
  }
  look_further(search);
}

}  // namespace syncstore::records
