#include "server/features/conflicts/conflicts.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "core/model/validate.hpp"
#include "core/sync/conflict_record.hpp"
#include "server/engine/sync_api.hpp"
#include "server/features/records/own_record.hpp"

namespace syncstore::conflicts {

using http::ContextPtr;
using http::problem;
using ports::HttpReply;
using ports::HttpResponse;

namespace {

enum class Choice : std::uint8_t { mine, theirs, value };

std::string text_at(const model::Record& conflict, std::uint16_t field) {
  const auto* text = std::get_if<std::string>(&conflict.values[field]);
  return text == nullptr ? std::string() : *text;
}

// The conflict's own part of the decision; stands before the record's, so that nothing closes it
// under another name.
std::vector<sync::Op> closing_ops(RecordId conflict, std::string_view resolution) {
  const sync::ConflictFields& fields = sync::conflict_fields();
  sync::Op status;
  status.kind = sync::OpKind::set;
  status.collection = model::kConflicts;
  status.record = conflict;
  status.field = fields.status;
  status.from = sync::FromValue::exactly(std::string("open"));
  status.to = std::string("resolved");
  sync::Op how = status;
  how.field = fields.resolution;
  how.from = sync::FromValue::anything();
  how.to = std::string(resolution);
  return {status, how};
}

Result<model::Value> offered_value(const model::FieldDef& field, const std::string& json_text) {
  SS_ASSIGN_OR_RETURN(const Json json, Json::parse(json_text, limits::kMessageBytes));
  return model::value_from_json(field, json);
}

class ConflictRoutes : public std::enable_shared_from_this<ConflictRoutes> {
 public:
  ConflictRoutes(engine::Engine& engine, ports::Storage& storage, const http::Gate& gate)
      : records_(engine, storage), gate_(gate) {}
  void bind(http::Api& api);

 private:
  static HttpResponse list(const http::Context& context, const engine::StoreState& store);
  void resolve(const ContextPtr& context, RecordId id, const HttpReply& reply);
  void decide(const ContextPtr& context, const model::Record& conflict, engine::StoreState& store,
              Choice choice, const HttpReply& reply);
  void bring_back(const ContextPtr& context, const sync::ConflictPlace& place, RecordId conflict,
                  std::vector<sync::FieldValue> offered, const HttpReply& reply);
  void submit(const ContextPtr& context, RecordId conflict, std::vector<sync::Op> ops,
              sync::Origin origin, const HttpReply& reply);

  records::RecordApi records_;
  const http::Gate& gate_;
};

HttpResponse ConflictRoutes::list(const http::Context& context, const engine::StoreState& store) {
  const std::string* status = context.query("status");
  const std::string wanted = status == nullptr ? "open" : *status;
  if (wanted != "open" && wanted != "resolved" && wanted != "all") {
    return problem(fail(ErrorCode::invalid, "The status is open, resolved or all.", "status"));
  }
  const Result<std::uint64_t> size =
      http::query_number(context, "size", limits::kPageSizeMax, 1, limits::kPageSizeMax);
  if (!size.ok()) {
    return problem(size.error());
  }
  std::vector<const model::Record*> found;
  const sync::ConflictFields& fields = sync::conflict_fields();
  store.table(model::kConflicts).for_each([&](const model::Record& record) {
    if (wanted == "all" || text_at(record, fields.status) == wanted) {
      found.push_back(&record);
    }
  });
  std::sort(found.begin(), found.end(), [](const model::Record* a, const model::Record* b) {
    return a->version != b->version ? a->version > b->version : a->id < b->id;
  });
  Json data = Json::array();
  for (std::size_t i = 0; i < found.size() && i < *size; ++i) {
    data.push(engine::record_json(store, model::kConflicts, *found[i]));
  }
  return http::success(std::move(data), {{"total", Json(static_cast<std::uint64_t>(found.size()))},
                                         {"epoch", Json(base32_text(store.epoch()))},
                                         {"sequenceNumber", Json(store.sequence())}});
}

void ConflictRoutes::submit(const ContextPtr& context, RecordId conflict, std::vector<sync::Op> ops,
                            sync::Origin origin, const HttpReply& reply) {
  sync::Mutation mutation;
  mutation.id = context->mutation;
  mutation.mode = sync::Mode::all;
  mutation.ops = std::move(ops);
  records_.submit(
      context, std::move(mutation), reply,
      [conflict](const engine::StoreState& store, const sync::MutationResult& result) {
        const model::Record* record = store.find(model::kConflicts, conflict);
        return record == nullptr
                   ? problem(fail(ErrorCode::unknown_record))
                   : records::record_answer(store, model::kConflicts, *record, result.sequence);
      },
      [conflict](const sync::MergeView& view) -> Status {
        const model::Record* record = view.find(model::kConflicts, conflict);
        if (record == nullptr || !sync::is_open_conflict(*record)) {
          return fail(ErrorCode::already_resolved);
        }
        return {};
      },
      origin);
}

void ConflictRoutes::resolve(const ContextPtr& context, RecordId id, const HttpReply& reply) {
  if (const Status known = only_known_members(context->body, {"choice", "value"}); !known.ok()) {
    reply(problem(known.error()));
    return;
  }
  const Result<std::string> text = read_string(context->body, "choice");
  if (!text.ok() || (*text != "mine" && *text != "theirs" && *text != "value")) {
    reply(problem(text.ok()
                      ? fail(ErrorCode::invalid, "The choice is mine, theirs or value.", "choice")
                      : text.error()));
    return;
  }
  const Choice choice = *text == "mine"     ? Choice::mine
                        : *text == "theirs" ? Choice::theirs
                                            : Choice::value;
  if ((choice == Choice::value) != (context->body.find("value") != nullptr)) {
    reply(problem(
        choice == Choice::value
            ? fail(ErrorCode::required, "Send the value that shall stand.", "value")
            : fail(ErrorCode::invalid, "A value goes with the choice \"value\" only.", "value")));
    return;
  }
  records_.engine().stores().with_store(context->store, [self = shared_from_this(), context, id,
                                                         choice,
                                                         reply](Result<engine::StoreState*> state) {
    const model::Record* conflict = state.ok() ? (*state)->find(model::kConflicts, id) : nullptr;
    if (conflict == nullptr) {
      reply(problem(state.ok() ? fail(ErrorCode::unknown_record) : state.error()));
      return;
    }
    // A keyed repetition is answered from the stored receipt, whatever became of the conflict
    // since.
    if (!sync::is_open_conflict(*conflict) && !context->keyed) {
      reply(problem(fail(ErrorCode::already_resolved)));
      return;
    }
    self->decide(context, *conflict, **state, choice, reply);
  });
}

void ConflictRoutes::decide(const ContextPtr& context, const model::Record& conflict,
                            engine::StoreState& store, Choice choice, const HttpReply& reply) {
  const sync::ConflictFields& fields = sync::conflict_fields();
  const std::string kind = text_at(conflict, fields.kind);
  const std::string_view name = choice == Choice::mine     ? "mine"
                                : choice == Choice::theirs ? "theirs"
                                                           : "value";
  std::vector<sync::Op> ops = closing_ops(conflict.id, name);
  if (choice == Choice::theirs) {
    submit(context, conflict.id, std::move(ops), sync::Origin::api, reply);
    return;
  }
  const std::optional<sync::ConflictPlace> place = sync::conflict_place(conflict);
  const int index =
      place
          ? model::find_collection(place->collection)->field_index(text_at(conflict, fields.field))
          : -1;
  if (!place || (index < 0 && (kind != "changed_since" || choice == Choice::value))) {
    reply(problem(fail(ErrorCode::wrong_state, "This conflict can only be decided for theirs.")));
    return;
  }
  if (kind == "changed_since") {
    sync::Op remove;
    remove.kind = sync::OpKind::remove;
    remove.collection = place->collection;
    remove.record = place->record;
    ops.push_back(std::move(remove));
    submit(context, conflict.id, std::move(ops), sync::Origin::api, reply);
    return;
  }
  const auto field_index = static_cast<std::uint16_t>(index);
  const model::FieldDef& field = model::find_collection(place->collection)->fields[field_index];
  Result<model::Value> value = choice == Choice::mine
                                   ? offered_value(field, text_at(conflict, fields.mine))
                                   : model::value_from_json(field, *context->body.find("value"));
  if (!value.ok()) {
    Error error = value.error();
    error.field = "value";
    reply(problem(error));
    return;
  }
  model::Value normal = model::normalise_value(field, std::move(*value));
  const model::Record* record = store.find(place->collection, place->record);
  if (record == nullptr) {
    bring_back(context, *place, conflict.id, {sync::FieldValue{field_index, std::move(normal)}},
               reply);
    return;
  }
  sync::Op set;
  set.kind = sync::OpKind::set;
  set.collection = place->collection;
  set.record = place->record;
  set.field = field_index;
  set.from = sync::FromValue::exactly(record->values[field_index]);
  set.to = std::move(normal);
  ops.push_back(std::move(set));
  submit(context, conflict.id, std::move(ops), sync::Origin::api, reply);
}

// The record was removed: it comes back as it was when it went, with the offered value.
void ConflictRoutes::bring_back(const ContextPtr& context, const sync::ConflictPlace& place,
                                RecordId conflict, std::vector<sync::FieldValue> offered,
                                const HttpReply& reply) {
  records_.storage().read_record_log(
      context->store, place.collection, place.record, 0, 1,
      [self = shared_from_this(), context, place, conflict, offered,
       reply](Result<std::vector<ports::LogEntry>> entries) {
        if (!entries.ok() || entries->empty()) {
          reply(problem(entries.ok() ? fail(ErrorCode::record_lost) : entries.error()));
          return;
        }
        ByteReader in(entries->front().blob);
        const Result<sync::ChangeSet> change_set = sync::read_change_set(in);
        if (!change_set.ok()) {
          reply(problem(change_set.error()));
          return;
        }
        sync::Op insert;
        insert.kind = sync::OpKind::insert;
        insert.collection = place.collection;
        insert.record = place.record;
        for (const sync::Change& change : change_set->changes) {
          if (change.record != place.record || change.kind != sync::ChangeKind::remove) {
            continue;
          }
          for (const sync::FieldChange& field : change.fields) {
            const bool replaced =
                std::any_of(offered.begin(), offered.end(),
                            [&field](const auto& value) { return value.field == field.field; });
            if (!replaced) {
              insert.fields.push_back(sync::FieldValue{field.field, field.old_value});
            }
          }
        }
        insert.fields.insert(insert.fields.end(), offered.begin(), offered.end());
        std::erase_if(insert.fields,
                      [](const auto& value) { return model::is_absent(value.value); });
        std::vector<sync::Op> ops = closing_ops(conflict, "mine");
        ops.push_back(std::move(insert));
        self->submit(context, conflict, std::move(ops), sync::Origin::rollback, reply);
      });
}

void ConflictRoutes::bind(http::Api& api) {
  const auto self = shared_from_this();
  api.bind(http::RouteId::conflicts_list,
           [self](const ContextPtr& context, const HttpReply& reply) {
             self->records_.engine().stores().with_store(
                 context->store, [context, reply](Result<engine::StoreState*> state) {
                   reply(state.ok() ? list(*context, **state) : problem(state.error()));
                 });
           });
  api.bind(
      http::RouteId::conflicts_resolve, [self](const ContextPtr& context, const HttpReply& reply) {
        records::find_own_record(
            self->records_.engine(), self->gate_, context, model::kConflicts, reply,
            [self, reply](const ContextPtr& own, RecordId id) { self->resolve(own, id, reply); });
      });
}

}  // namespace

void bind_conflicts(engine::Engine& engine, ports::Storage& storage, const http::Gate& gate,
                    http::Api& api) {
  std::make_shared<ConflictRoutes>(engine, storage, gate)->bind(api);
}

}  // namespace syncstore::conflicts
