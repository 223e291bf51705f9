#include "server/features/records/record_routes.hpp"

namespace syncstore::records {

using http::ContextPtr;
using http::RouteId;
using ports::HttpReply;

namespace {

using OneRecord = void (RecordApi::*)(const ContextPtr&, std::uint16_t, RecordId, const HttpReply&);

void bind_one(http::Api& api, RecordApi& records, std::uint16_t collection,
              std::optional<RouteId> route, OneRecord what) {
  if (!route) {
    return;
  }
  const model::CollectionDef& definition = *model::find_collection(collection);
  const bool single = definition.key == model::KeyRule::singleton;
  const RecordId only = single ? model::singleton_id(definition) : RecordId{};
  api.bind(*route, [&records, collection, single, only, what](const ContextPtr& context,
                                                              const HttpReply& reply) {
    const std::optional<RecordId> id = single ? only : record_id(*context, reply);
    if (id) {
      (records.*what)(context, collection, *id, reply);
    }
  });
}

}  // namespace

void bind_records(http::Api& api, RecordApi& records, std::uint16_t collection,
                  const RecordRoutes& routes) {
  if (routes.list) {
    api.bind(*routes.list, [&records, collection](const ContextPtr& c, const HttpReply& r) {
      records.list(c, collection, r);
    });
  }
  if (routes.create) {
    api.bind(*routes.create, [&records, collection](const ContextPtr& c, const HttpReply& r) {
      records.create(c, collection, r);
    });
  }
  bind_one(api, records, collection, routes.get, &RecordApi::get);
  bind_one(api, records, collection, routes.put, &RecordApi::edit);
  bind_one(api, records, collection, routes.patch, &RecordApi::edit);
  bind_one(api, records, collection, routes.remove, &RecordApi::remove);
}

void bind_plain_collections(engine::Engine& engine, ports::Storage& storage, http::Api& api) {
  // The others refer to it; the route of a collection's products holds it.
  const auto records = std::make_shared<RecordApi>(engine, storage);
  const auto bind = [&api, &records](std::uint16_t collection, const RecordRoutes& routes) {
    bind_records(api, *records, collection, routes);
  };
#define SS_PLAIN(number, name)                                       \
  bind(model::number, RecordRoutes{.list = RouteId::name##_list,     \
                                   .create = RouteId::name##_create, \
                                   .get = RouteId::name##_get,       \
                                   .put = RouteId::name##_put,       \
                                   .patch = RouteId::name##_patch,   \
                                   .remove = RouteId::name##_delete});
  SS_PLAIN(kSales, sales)
  SS_PLAIN(kVocData, voc_data)
  SS_PLAIN(kCategories, categories)
  SS_PLAIN(kProductCollections, collections)
  SS_PLAIN(kProductVariants, product_variants)
  SS_PLAIN(kPlatformOverrides, platform_overrides)
  SS_PLAIN(kSavedViews, saved_views)
  SS_PLAIN(kLayouts, layouts)
#undef SS_PLAIN
  bind(model::kImages, RecordRoutes{.list = RouteId::images_list,
                                    .get = RouteId::images_get,
                                    .put = RouteId::images_put,
                                    .patch = RouteId::images_patch,
                                    .remove = RouteId::images_delete});
  bind(model::kAccountHealth, RecordRoutes{.get = RouteId::account_health_get,
                                           .put = RouteId::account_health_put,
                                           .patch = RouteId::account_health_patch});
  bind(model::kLegalEntity, RecordRoutes{.get = RouteId::legal_entity_get,
                                         .put = RouteId::legal_entity_put,
                                         .patch = RouteId::legal_entity_patch});
  api.bind(RouteId::collections_products,
           [records](const ContextPtr& context, const HttpReply& reply) {
             const std::optional<RecordId> id = record_id(*context, reply);
             if (!id) {
               return;
             }
             const int field = model::find_collection(model::kProducts)->field_index("collections");
             view::Filter filter;
             filter.conditions.push_back(view::Condition{static_cast<std::uint16_t>(field),
                                                         view::Comparison::contains, id->text()});
             records->list_within(context, model::kProductCollections, *id, model::kProducts, reply,
                                  std::move(filter));
           });
}

}  // namespace syncstore::records
