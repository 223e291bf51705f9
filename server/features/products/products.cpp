#include "server/features/products/products.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "server/features/products/list.hpp"

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
  void create(const ContextPtr& context, const HttpReply& reply);
  void adjust(const ContextPtr& context, const HttpReply& reply);

  records::RecordApi records_;
};

void ProductRoutes::list(const ContextPtr& context, const HttpReply& reply) {
  records_.engine().stores().with_store(
      context->store, [context, reply](Result<engine::StoreState*> state) {
        reply(state.ok() ? list_products(*context, **state) : problem(state.error()));
      });
}

// The record's id: asked for, or made from the Idempotency-Key so that a repetition means the same
// record, or drawn.
Result<RecordId> new_id(const http::Context& context, engine::Engine& engine) {
  if (context.body.find("id") != nullptr) {
    SS_ASSIGN_OR_RETURN(const std::string text, read_string(context.body, "id"));
    const std::optional<RecordId> id = RecordId::parse(text);
    if (!id || !*id) {
      return fail(ErrorCode::invalid, "An id has 13 characters of Crockford's base32.", "id");
    }
    return *id;
  }
  return context.keyed ? derive_record_id(model::kProducts, "key:" + context.mutation.text())
                       : engine.new_record_id();
}

void ProductRoutes::create(const ContextPtr& context, const HttpReply& reply) {
  records::BodyFields fields = records::read_body_fields(collection(), context->body, {"id"});
  const Result<RecordId> id = new_id(*context, records_.engine());
  if (!id.ok()) {
    fields.errors.push_back(id.error());
  }
  sync::Op insert;
  insert.kind = sync::OpKind::insert;
  insert.collection = model::kProducts;
  model::Record record = model::make_record(collection(), id.ok() ? *id : RecordId{});
  for (sync::FieldValue& value : fields.values) {
    record.values[value.field] = std::move(value.value);
  }
  for (std::size_t i = 0; i < record.values.size(); ++i) {
    const model::FieldDef& field = collection().fields[i];
    const bool refused =
        std::any_of(fields.errors.begin(), fields.errors.end(),
                    [&field](const Error& error) { return error.field == field.name; });
    if (!model::is_absent(record.values[i])) {
      insert.fields.push_back(
          sync::FieldValue{static_cast<std::uint16_t>(i), std::move(record.values[i])});
    } else if (field.required && !refused) {
      fields.errors.push_back(fail(ErrorCode::required, {}, std::string(field.name)));
    }
  }
  if (!fields.errors.empty()) {
    reply(http::problem_of_fields(fields.errors));
    return;
  }
  insert.record = *id;
  sync::Mutation mutation;
  mutation.id = context->mutation;
  mutation.mode = sync::Mode::all;
  mutation.ops.push_back(std::move(insert));
  records_.submit(
      context, std::move(mutation), reply,
      [id = *id, context](const engine::StoreState& store, const sync::MutationResult& result) {
        const model::Record* made = store.find(model::kProducts, id);
        if (made == nullptr) {
          return problem(fail(ErrorCode::record_removed));
        }
        ports::HttpResponse response =
            records::record_answer(store, model::kProducts, *made, result.sequence, 201);
        http::set_header(response, "Location",
                         "/api/products/" + id.text() + "?storeId=" + context->store);
        return response;
      });
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
  api.bind(RouteId::products_create,
           [self](const ContextPtr& c, const HttpReply& r) { self->create(c, r); });
  api.bind(RouteId::products_adjust,
           [self](const ContextPtr& c, const HttpReply& r) { self->adjust(c, r); });
  using OneRecord =
      void (records::RecordApi::*)(const ContextPtr&, std::uint16_t, RecordId, const HttpReply&);
  const auto one = [&api, self](RouteId id, OneRecord what) {
    api.bind(id, [self, what](const ContextPtr& context, const HttpReply& reply) {
      if (const std::optional<RecordId> record = records::record_id(*context, reply)) {
        (self->records_.*what)(context, model::kProducts, *record, reply);
      }
    });
  };
  one(RouteId::products_get, &records::RecordApi::get);
  one(RouteId::products_put, &records::RecordApi::edit);
  one(RouteId::products_patch, &records::RecordApi::edit);
  one(RouteId::products_delete, &records::RecordApi::remove);
}

}  // namespace

void bind_products(engine::Engine& engine, ports::Storage& storage, http::Api& api) {
  std::make_shared<ProductRoutes>(engine, storage)->bind(api);
}

}  // namespace syncstore::products
