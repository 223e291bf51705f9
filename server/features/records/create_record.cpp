// Making a record over HTTP: RecordApi::create.
#include <algorithm>

#include "core/sync/mutation.hpp"
#include "server/features/records/record_api.hpp"

namespace syncstore::records {

using http::problem;
using ports::HttpReply;

namespace {

// The record's id: asked for, derived from its key, made from the Idempotency-Key so that a
// repetition means the same record, or drawn.
Result<RecordId> new_id(const http::Context& context, const model::CollectionDef& collection,
                        const std::vector<sync::FieldValue>& fields, engine::Engine& engine) {
  if (context.body.find("id") != nullptr) {
    SS_ASSIGN_OR_RETURN(const std::string text, read_string(context.body, "id"));
    const std::optional<RecordId> id = RecordId::parse(text);
    if (!id || !*id) {
      return fail(ErrorCode::invalid, "An id has 13 characters of Crockford's base32.", "id");
    }
    return *id;
  }
  if (!collection.key_fields.empty()) {
    return sync::natural_record(collection, fields);
  }
  return context.keyed ? derive_record_id(collection.number, "key:" + context.mutation.text())
                       : engine.new_record_id();
}

// What the body leaves out: defaults of the catalogue, and the owner, who is whoever asks. What is
// needed and missing joins `fields.errors`.
void fill_in(const http::Context& context, const model::CollectionDef& collection,
             BodyFields& fields) {
  model::Record record = model::make_record(collection, RecordId{});
  for (sync::FieldValue& value : fields.values) {
    record.values[value.field] = std::move(value.value);
  }
  fields.values.clear();
  for (std::size_t i = 0; i < record.values.size(); ++i) {
    const model::FieldDef& field = collection.fields[i];
    if (model::is_absent(record.values[i]) && field.name == collection.owner_field) {
      record.values[i] = context.principal.user_id;
    }
    const bool refused =
        std::any_of(fields.errors.begin(), fields.errors.end(),
                    [&field](const Error& error) { return error.field == field.name; });
    const bool writable = field.write != model::Role::system;
    if (!model::is_absent(record.values[i]) && writable) {
      fields.values.push_back(
          sync::FieldValue{static_cast<std::uint16_t>(i), std::move(record.values[i])});
    } else if (model::is_absent(record.values[i]) && field.required && writable && !refused) {
      fields.errors.push_back(fail(ErrorCode::required, {}, std::string(field.name)));
    }
  }
}

}  // namespace

void RecordApi::create(const http::ContextPtr& context, std::uint16_t collection,
                       const HttpReply& reply) {
  const model::CollectionDef& definition = *model::find_collection(collection);
  BodyFields fields = read_body_fields(definition, context->body, {"id"});
  fill_in(*context, definition, fields);
  const Result<RecordId> id = new_id(*context, definition, fields.values, engine_);
  if (!id.ok() && fields.errors.empty()) {
    fields.errors.push_back(id.error());
  }
  if (!fields.errors.empty()) {
    reply(http::problem_of_fields(fields.errors));
    return;
  }
  sync::Op insert;
  insert.kind = sync::OpKind::insert;
  insert.collection = collection;
  insert.record = *id;
  insert.fields = std::move(fields.values);
  sync::Mutation mutation;
  mutation.id = context->mutation;
  mutation.mode = sync::Mode::all;
  mutation.ops.push_back(std::move(insert));
  submit(context, std::move(mutation), reply,
         [id = *id, collection, context](const engine::StoreState& store,
                                         const sync::MutationResult& result) {
           const model::Record* made = store.find(collection, id);
           if (made == nullptr) {
             return problem(fail(ErrorCode::record_removed));
           }
           ports::HttpResponse response =
               record_answer(store, collection, *made,
                             result.sequence != 0 ? result.sequence : store.sequence(), 201);
           http::set_header(response, "Location",
                            "/api/" + std::string(model::find_collection(collection)->name) + "/" +
                                id.text() + "?storeId=" + context->store);
           return response;
         });
}

}  // namespace syncstore::records
