#include "server/features/history/history.hpp"

#include "core/base/limits.hpp"
#include "core/model/validate.hpp"
#include "server/http/answer.hpp"

namespace syncstore::history {

using http::ContextPtr;
using http::problem;
using ports::HttpReply;

namespace {

struct Query {
  const model::CollectionDef* collection = nullptr;
  RecordId record;
  Sequence before = 0;
  std::size_t limit = 50;
};

Result<Query> read_query(const http::Context& context) {
  Query query;
  const std::string* type = context.query("dataType");
  query.collection = model::find_collection(type == nullptr ? std::string_view("products")
                                                            : std::string_view(*type));
  if (query.collection == nullptr) {
    return fail(ErrorCode::unknown_collection, {}, "dataType");
  }
  if (context.role < query.collection->read) {
    return fail(ErrorCode::forbidden, "Your role may not read this data type.", "dataType");
  }
  const std::string* id = context.query("id");
  const bool singleton = query.collection->key == model::KeyRule::singleton;
  // A store's own record goes by the store's id everywhere over HTTP.
  if (singleton && (id == nullptr || *id == context.store)) {
    query.record = model::singleton_id(*query.collection);
  } else if (id == nullptr) {
    return fail(ErrorCode::required, "Name the record: ?id=ID.", "id");
  } else if (const std::optional<RecordId> parsed = RecordId::parse(*id); parsed && *parsed) {
    query.record = *parsed;
  } else {
    return fail(ErrorCode::unknown_record);
  }
  SS_ASSIGN_OR_RETURN(query.before, http::query_number(context, "before", 0, 1, limits::kCountMax));
  SS_ASSIGN_OR_RETURN(query.limit,
                      http::query_number(context, "limit", 50, 1, limits::kPageSizeMax));
  return query;
}

std::string_view kind_name(sync::ChangeKind kind) {
  return kind == sync::ChangeKind::insert   ? "insert"
         : kind == sync::ChangeKind::remove ? "remove"
                                            : "update";
}

Json change_json(const engine::StoreState& store, const Query& query, const ports::LogEntry& entry,
                 const sync::ChangeSet& change_set, const sync::Change& change) {
  const ports::StoredAuthor* author = store.author(entry.author);
  Json json = Json::object();
  json.set("sequence", entry.sequence);
  json.set("at", model::format_iso8601(entry.time));
  json.set("by", author == nullptr ? Json() : Json(author->name));
  json.set("userId", author == nullptr || author->user.empty() ? Json() : Json(author->user));
  json.set("origin", sync::origin_name(change_set.origin));
  json.set("mutationId", change_set.mutation.text());
  json.set("batchId", change_set.batch.is_nil() ? Json() : Json(change_set.batch.text()));
  json.set("kind", kind_name(change.kind));
  Json fields = Json::array();
  for (const sync::FieldChange& touched : change.fields) {
    const model::FieldDef& field = query.collection->fields[touched.field];
    Json item = Json::object();
    item.set("field", field.name);
    item.set("old", model::value_to_json(field, touched.old_value, model::TimeForm::iso8601));
    item.set("new", model::value_to_json(field, touched.new_value, model::TimeForm::iso8601));
    fields.push(std::move(item));
  }
  json.set("changes", std::move(fields));
  return json;
}

void answer(engine::Engine& engine, const ContextPtr& context, const Query& query,
            const std::vector<ports::LogEntry>& entries, const HttpReply& reply) {
  engine.stores().with_store(context->store, [&](Result<engine::StoreState*> state) {
    if (!state.ok()) {
      reply(problem(state.error()));
      return;
    }
    const model::Table& table = (*state)->table(query.collection->number);
    if (entries.empty() && query.before == 0 && table.find(query.record) == nullptr) {
      reply(problem(fail(ErrorCode::unknown_record)));
      return;
    }
    Json data = Json::array();
    for (const ports::LogEntry& entry : entries) {
      ByteReader in(entry.blob);
      const Result<sync::ChangeSet> change_set = sync::read_change_set(in);
      if (!change_set.ok()) {
        reply(problem(change_set.error()));
        return;
      }
      for (const sync::Change& change : change_set->changes) {
        if (change.collection == query.collection->number && change.record == query.record) {
          data.push(change_json(**state, query, entry, *change_set, change));
        }
      }
    }
    const Json next = entries.size() == query.limit ? Json(entries.back().sequence) : Json();
    reply(http::success(std::move(data), {{"next", next}}));
  });
}

}  // namespace

void bind_history(engine::Engine& engine, ports::Storage& storage, http::Api& api) {
  api.bind(http::RouteId::history_get, [&engine, &storage](const ContextPtr& context,
                                                           const HttpReply& reply) {
    const Result<Query> query = read_query(*context);
    if (!query.ok()) {
      reply(problem(query.error()));
      return;
    }
    storage.read_record_log(
        context->store, query->collection->number, query->record, query->before, query->limit,
        [&engine, context, query = *query, reply](Result<std::vector<ports::LogEntry>> entries) {
          if (!entries.ok()) {
            reply(problem(entries.error()));
            return;
          }
          answer(engine, context, query, *entries, reply);
        });
  });
}

}  // namespace syncstore::history
