// RecordApi: reading and editing one record over HTTP, the same for every collection: entity tags,
// Base-Version, conflicts. One edit is one mutation of mode "all". Stateless; engine executor only.
#pragma once

#include "core/view/filter.hpp"
#include "server/engine/engine.hpp"
#include "server/features/records/body_fields.hpp"
#include "server/http/answer.hpp"
#include "server/http/context.hpp"

namespace syncstore::records {

class RecordApi {
 public:
  // How a record of the collection is shown; empty: engine::record_json.
  using Render = std::function<Json(const engine::StoreState&, const model::Record&)>;
  RecordApi(engine::Engine& engine, ports::Storage& storage, Render render = {})
      : engine_(engine), storage_(storage), render_(std::move(render)) {}

  void get(const http::ContextPtr& context, std::uint16_t collection, RecordId id,
           const ports::HttpReply& reply);
  // The route's list, narrowed by `filter`.
  void list(const http::ContextPtr& context, std::uint16_t collection,
            const ports::HttpReply& reply, view::Filter filter = {});
  // As list; 404 unless the record that owns the listed ones is there.
  void list_within(const http::ContextPtr& context, std::uint16_t owner_collection, RecordId owner,
                   std::uint16_t collection, const ports::HttpReply& reply, view::Filter filter);
  // POST: 201 with the record. The id is the body's, derived from the key fields, or drawn.
  void create(const http::ContextPtr& context, std::uint16_t collection,
              const ports::HttpReply& reply);
  // PUT and PATCH: the fields in the body. The one record of a singleton comes into being by it.
  void edit(const http::ContextPtr& context, std::uint16_t collection, RecordId id,
            const ports::HttpReply& reply);
  void remove(const http::ContextPtr& context, std::uint16_t collection, RecordId id,
              const ports::HttpReply& reply);
  // One mutation as the asking person; answers `answer` for a result that is not an error, else a
  // problem.
  void submit(
      const http::ContextPtr& context, sync::Mutation mutation, const ports::HttpReply& reply,
      std::function<ports::HttpResponse(const engine::StoreState&, const sync::MutationResult&)>
          answer,
      std::function<Status(const sync::MergeView&)> guard = {},
      sync::Origin origin = sync::Origin::api);

  engine::Engine& engine() { return engine_; }
  ports::Storage& storage() { return storage_; }

 private:
  void build_edit(const http::ContextPtr& context, std::uint16_t collection, RecordId id,
                  const std::vector<sync::FieldValue>& values,
                  const std::vector<model::Value>* base, const ports::HttpReply& reply);

  ports::HttpResponse show(const engine::StoreState& store, std::uint16_t collection,
                           const model::Record& record, Sequence sequence) const;

  engine::Engine& engine_;
  ports::Storage& storage_;
  Render render_;
};

engine::Author author_of(const http::Context& context);
std::string version_tag(const model::Record& record);
// Header Base-Version; nullopt when absent. Error: invalid.
Result<std::optional<Sequence>> base_version(const http::Context& context);
// If-Match as a guard at merge time; empty when the header is absent.
std::function<Status(const sync::MergeView&)> match_guard(const http::Context& context,
                                                          std::uint16_t collection, RecordId id);
// The problem that a mutation's outcome amounts to, or nullopt when everything is applied or
// already so.
std::optional<ports::HttpResponse> problem_of_result(const http::Context& context,
                                                     const engine::StoreState& store,
                                                     const sync::MutationResult& result);
ports::HttpResponse record_answer(const engine::StoreState& store, std::uint16_t collection,
                                  const model::Record& record, Sequence sequence, int status = 200);
// The record's id in the path: a problem 404 when it is none.
std::optional<RecordId> record_id(const http::Context& context, const ports::HttpReply& reply);

}  // namespace syncstore::records
