#include "server/features/products/products.hpp"

#include "core/base/limits.hpp"
#include "server/features/records/record_routes.hpp"

namespace syncstore::products {

using http::ContextPtr;
using http::problem;
using ports::HttpReply;

namespace {

const model::CollectionDef& collection() { return *model::find_collection(model::kProducts); }

class ProductRoutes : public std::enable_shared_from_this<ProductRoutes> {
 public:
  ProductRoutes(engine::Engine& engine, ports::Storage& storage) : records_(engine, storage) {}
  void bind(http::Api& api);

 private:
  void list(const ContextPtr& context, const HttpReply& reply);
  void adjust(const ContextPtr& context, const HttpReply& reply);

  records::RecordApi records_;
};

// What `platform` and `status` ask for beside the fields' own parameters.
Result<view::Filter> read_filter(const http::Context& context) {
  view::Filter filter;
  if (const std::string* platform = context.query("platform");
      platform != nullptr && !platform->empty()) {
    const int index = collection().field_index(*platform + "_id");
    if (index < 0) {
      return fail(ErrorCode::invalid, "The platform is shopify, amazon, shopee or tiktok_shop.",
                  "platform");
    }
    filter.conditions.push_back(view::Condition{static_cast<std::uint16_t>(index),
                                                view::Comparison::present, model::Value()});
  }
  return filter;
}

void ProductRoutes::list(const ContextPtr& context, const HttpReply& reply) {
  const Result<view::Filter> filter = read_filter(*context);
  if (!filter.ok()) {
    reply(problem(filter.error()));
    return;
  }
  records_.list(context, model::kProducts, reply, *filter);
}

Result<sync::Op> read_adjustment(const http::Context& context, RecordId id) {
  SS_TRY(only_known_members(context.body, {"amount", "min", "reason"}));
  SS_ASSIGN_OR_RETURN(const std::int64_t amount, read_integer(context.body, "amount"));
  sync::Op op;
  op.kind = sync::OpKind::add;
  op.collection = model::kProducts;
  op.record = id;
  op.field = static_cast<std::uint16_t>(collection().field_index("inventory"));
  op.amount = amount;
  if (amount > limits::kCountMax || amount < -limits::kCountMax) {
    return fail(ErrorCode::out_of_range, {}, "amount");
  }
  if (context.body.find("min") != nullptr) {
    SS_ASSIGN_OR_RETURN(const std::int64_t min, read_integer(context.body, "min"));
    op.min = min;
  }
  if (context.body.find("reason") != nullptr) {
    SS_ASSIGN_OR_RETURN(const std::string reason, read_string(context.body, "reason"));
    if (reason.size() > limits::kLineBytes) {
      return fail(ErrorCode::too_long, {}, "reason");
    }
  }
  return op;
}

void ProductRoutes::adjust(const ContextPtr& context, const HttpReply& reply) {
  const std::optional<RecordId> id = records::record_id(*context, reply);
  if (!id) {
    return;
  }
  Result<sync::Op> op = read_adjustment(*context, *id);
  if (!op.ok()) {
    reply(problem(op.error()));
    return;
  }
  records_.engine().stores().with_store(
      context->store, [self = shared_from_this(), context, reply, id = *id,
                       op = *op](Result<engine::StoreState*> state) {
        if (!state.ok()) {
          reply(problem(state.error()));
          return;
        }
        const model::Table& table = (*state)->table(model::kProducts);
        if (table.find(id) == nullptr && table.find_tombstone(id) == nullptr) {
          reply(problem(fail(ErrorCode::unknown_record)));
          return;
        }
        sync::Mutation mutation;
        mutation.id = context->mutation;
        mutation.mode = sync::Mode::all;
        mutation.ops.push_back(op);
        self->records_.submit(
            context, std::move(mutation), reply,
            [id](const engine::StoreState& store, const sync::MutationResult& result) {
              const model::Record* record = store.find(model::kProducts, id);
              return record == nullptr
                         ? problem(fail(ErrorCode::record_removed))
                         : records::record_answer(
                               store, model::kProducts, *record,
                               result.sequence != 0 ? result.sequence : store.sequence());
            },
            records::match_guard(*context, model::kProducts, id));
      });
}

void ProductRoutes::bind(http::Api& api) {
  using http::RouteId;
  const auto self = shared_from_this();
  api.bind(RouteId::products_list,
           [self](const ContextPtr& c, const HttpReply& r) { self->list(c, r); });
  api.bind(RouteId::products_adjust,
           [self](const ContextPtr& c, const HttpReply& r) { self->adjust(c, r); });
  records::bind_records(api, self->records_, model::kProducts,
                        records::RecordRoutes{.create = RouteId::products_create,
                                              .get = RouteId::products_get,
                                              .put = RouteId::products_put,
                                              .patch = RouteId::products_patch,
                                              .remove = RouteId::products_delete});
}

}  // namespace

void bind_products(engine::Engine& engine, ports::Storage& storage, http::Api& api) {
  std::make_shared<ProductRoutes>(engine, storage)->bind(api);
}

}  // namespace syncstore::products
