#include "server/features/dashboard/dashboard.hpp"

namespace syncstore::dashboard {

void bind_dashboard(engine::Engine& engine, ports::Storage& storage, http::Api& api) {
  using http::ContextPtr;
  using ports::HttpReply;
  const auto records = std::make_shared<records::RecordApi>(engine, storage);
  const RecordId id = model::singleton_id(*model::find_collection(model::kDashboard));
  api.bind(http::RouteId::dashboard_get,
           [records, id](const ContextPtr& context, const HttpReply& reply) {
             records->get(context, model::kDashboard, id, reply);
           });
  for (const http::RouteId route : {http::RouteId::dashboard_put, http::RouteId::dashboard_patch}) {
    api.bind(route, [records, id](const ContextPtr& context, const HttpReply& reply) {
      records->edit(context, model::kDashboard, id, reply);
    });
  }
}

}  // namespace syncstore::dashboard
