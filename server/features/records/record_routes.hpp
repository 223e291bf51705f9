// The routes of records: what SS_RECORDS and SS_SINGLETON of the route table stand for. Handlers
// live as long as the Api; engine executor only.
#pragma once

#include <optional>

#include "server/features/records/record_api.hpp"
#include "server/http/api.hpp"

namespace syncstore::records {

// Routes of one collection; those that are left out are bound elsewhere or do not exist.
struct RecordRoutes {
  std::optional<http::RouteId> list;
  std::optional<http::RouteId> create;
  std::optional<http::RouteId> get;
  std::optional<http::RouteId> put;
  std::optional<http::RouteId> patch;
  std::optional<http::RouteId> remove;
};

// `records` must outlive the Api.
void bind_records(http::Api& api, RecordApi& records, std::uint16_t collection,
                  const RecordRoutes& routes);

// Binds every collection that needs nothing of its own.
void bind_plain_collections(engine::Engine& engine, ports::Storage& storage, http::Api& api);

}  // namespace syncstore::records
