#include "server/features/sync/sync_routes.hpp"

#include "core/base/limits.hpp"
#include "server/engine/sync_api.hpp"
#include "server/http/answer.hpp"

namespace syncstore::sync_routes {

using http::ContextPtr;
using http::problem;
using ports::HttpReply;
using ports::HttpResponse;

namespace {

// ?dataTypes=products,dashboard or ?dataType=products; empty = everything that the role may read.
Result<std::vector<std::uint16_t>> read_collections(const http::Context& context) {
  std::vector<std::uint16_t> collections;
  const std::string* names = context.query("dataTypes");
  if (names == nullptr) {
    names = context.query("dataType");
  }
  if (names == nullptr) {
    return collections;
  }
  std::string_view rest = *names;
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    const std::string_view name = rest.substr(0, comma);
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    const model::CollectionDef* collection = model::find_collection(name);
    if (collection == nullptr) {
      return fail(ErrorCode::unknown_collection, {}, "dataType");
    }
    if (context.role < collection->read) {
      return fail(ErrorCode::forbidden, "Your role may not read this data type.", "dataType");
    }
    collections.push_back(collection->number);
  }
  return collections;
}

Result<engine::ChangesRequest> read_request(const http::Context& context) {
  engine::ChangesRequest request;
  request.store = context.store;
  request.role = context.role;
  SS_ASSIGN_OR_RETURN(request.collections, read_collections(context));
  SS_ASSIGN_OR_RETURN(request.since, http::query_number(context, "since", 0, 0, limits::kCountMax));
  SS_ASSIGN_OR_RETURN(request.limit,
                      http::query_number(context, "limit", 500, 1, limits::kChangesLimitMax));
  const std::string* epoch = context.query("epoch");
  if (epoch == nullptr) {
    return fail(ErrorCode::required, "Send the epoch that `since` belongs to.", "epoch");
  }
  // What is not an epoch's text is no epoch of ours: answered as another one, 409 with the present.
  request.epoch = base32_parse(*epoch).value_or(0);
  return request;
}

HttpResponse changes(const http::Context& context, const engine::StoreState& store, TimeMs now) {
  const Result<engine::ChangesRequest> request = read_request(context);
  if (!request.ok()) {
    return problem(request.error());
  }
  const std::string tag =
      "\"" + base32_text(store.epoch()) + "-" + std::to_string(store.sequence()) + "\"";
  const std::string* known = context.header("if-none-match");
  if (known != nullptr && http::etag_matches(*known, tag) && request->epoch == store.epoch() &&
      request->since == store.sequence()) {
    return http::not_modified(tag);
  }
  Result<engine::ChangesAnswer> answer = engine::changes_since(store, *request, now);
  if (!answer.ok()) {
    if (answer.error().code == ErrorCode::epoch_changed) {
      return http::problem_with(answer.error(), {{"epoch", Json(base32_text(store.epoch()))},
                                                 {"to", Json(store.sequence())}});
    }
    return problem(answer.error());
  }
  HttpResponse response = http::json_text(std::move(answer->body));
  if (!answer->more) {
    http::set_header(response, "ETag", tag);
  }
  return response;
}

HttpResponse snapshot(const http::Context& context, const engine::StoreState& store) {
  const std::string* name = context.query("dataType");
  if (name == nullptr) {
    return problem(
        fail(ErrorCode::required, "Name one data type: ?dataType=products.", "dataType"));
  }
  const Result<std::vector<std::uint16_t>> collections = read_collections(context);
  if (!collections.ok() || collections->size() != 1) {
    return problem(collections.ok() ? fail(ErrorCode::invalid, "Name one data type.", "dataType")
                                    : collections.error());
  }
  const std::string tag =
      "\"" + base32_text(store.epoch()) + "-" + std::to_string(store.sequence()) + "\"";
  const std::string* known = context.header("if-none-match");
  if (known != nullptr && http::etag_matches(*known, tag)) {
    return http::not_modified(tag);
  }
  HttpResponse response = http::json_text(engine::snapshot_body(store, collections->front()));
  http::set_header(response, "ETag", tag);
  return response;
}

}  // namespace

void bind_sync(engine::Engine& engine, http::Api& api) {
  using http::RouteId;
  api.bind(RouteId::sync_changes, [&engine](const ContextPtr& context, const HttpReply& reply) {
    engine.stores().with_store(
        context->store, [&engine, context, reply](Result<engine::StoreState*> state) {
          reply(state.ok() ? changes(*context, **state, engine.now()) : problem(state.error()));
        });
  });
  api.bind(RouteId::sync_snapshot, [&engine](const ContextPtr& context, const HttpReply& reply) {
    engine.stores().with_store(context->store, [context, reply](Result<engine::StoreState*> state) {
      reply(state.ok() ? snapshot(*context, **state) : problem(state.error()));
    });
  });
  api.bind(RouteId::sync_exchange, [&engine](const ContextPtr& context, const HttpReply& reply) {
    const engine::Identity identity{context->principal.user_id, context->principal.user_name,
                                    context->principal.credential, 0};
    engine::exchange(engine, identity, context->request.body, [reply](Result<Bytes> frames) {
      if (!frames.ok()) {
        reply(problem(frames.error()));
        return;
      }
      HttpResponse response;
      response.headers.emplace_back("Content-Type", "application/octet-stream");
      response.body = std::move(*frames);
      reply(std::move(response));
    });
  });
}

}  // namespace syncstore::sync_routes
