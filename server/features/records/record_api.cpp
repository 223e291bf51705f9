#include "server/features/records/record_api.hpp"

#include <charconv>

#include "core/model/validate.hpp"
#include "server/engine/sync_api.hpp"
#include "server/features/records/record_list.hpp"
#include "server/features/records/values_at.hpp"

namespace syncstore::records {

using http::problem;
using ports::HttpReply;
using ports::HttpResponse;

namespace {

Json conflict_value(const model::Record& conflict, std::string_view name) {
  const model::CollectionDef& collection = *model::find_collection(model::kConflicts);
  const auto index = static_cast<std::size_t>(collection.field_index(name));
  return model::value_to_json(collection.fields[index], conflict.values[index],
                              model::TimeForm::iso8601);
}

// One entry of errors[] per conflict: what was seen, what is offered, what is there, who put it
// there and when.
Json conflict_entry(const model::Record& conflict, ErrorCode code) {
  Json entry = Json::object();
  entry.set("field", conflict_value(conflict, "field"));
  entry.set("code", error_name(code));
  entry.set("message", error_sentence(code));
  entry.set("base", conflict_value(conflict, "base"));
  entry.set("yours", conflict_value(conflict, "mine"));
  entry.set("theirs", conflict_value(conflict, "theirs"));
  entry.set("theirsBy", conflict_value(conflict, "theirs_by"));
  entry.set("theirsAt", conflict_value(conflict, "theirs_at"));
  entry.set("conflictId", conflict.id.text());
  return entry;
}

bool is_singleton(std::uint16_t collection) {
  return model::find_collection(collection)->key == model::KeyRule::singleton;
}

HttpResponse conflict_problem(const engine::StoreState& store, const sync::MutationResult& result) {
  Json errors = Json::array();
  RecordId first;
  ErrorCode code = ErrorCode::conflict;
  for (const sync::OpOutcome& op : result.ops) {
    if (op.status != sync::OpStatus::conflict) {
      continue;
    }
    if (!first) {
      first = op.conflict;
      code = op.code == ErrorCode::none ? ErrorCode::conflict : op.code;
    }
    const ErrorCode own = op.code == ErrorCode::none ? ErrorCode::conflict : op.code;
    if (const model::Record* conflict = store.find(model::kConflicts, op.conflict)) {
      errors.push(conflict_entry(*conflict, own));
    }
  }
  return http::problem_with(fail(code),
                            {{"conflictId", Json(first.text())}, {"errors", std::move(errors)}});
}

}  // namespace

engine::Author author_of(const http::Context& context) {
  return engine::Author{context.principal.user_id, context.principal.user_name, context.role};
}

std::string version_tag(const model::Record& record) {
  return "\"" + std::to_string(record.version) + "\"";
}

Result<std::optional<Sequence>> base_version(const http::Context& context) {
  const std::string* text = context.header("base-version");
  if (text == nullptr) {
    return std::optional<Sequence>{};
  }
  std::string_view digits = *text;
  if (digits.size() >= 2 && digits.front() == '"' && digits.back() == '"') {
    digits = digits.substr(1, digits.size() - 2);  // an ETag, as it was read
  }
  Sequence version = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, version);
  if (error != std::errc{} || stop != end || digits.empty()) {
    return fail(ErrorCode::invalid, "Base-Version is the version of the record as it was read.",
                "Base-Version");
  }
  return std::optional<Sequence>{version};
}

std::function<Status(const sync::MergeView&)> match_guard(const http::Context& context,
                                                          std::uint16_t collection, RecordId id) {
  const std::string* wanted = context.header("if-match");
  if (wanted == nullptr) {
    return {};
  }
  return [tags = *wanted, collection, id](const sync::MergeView& view) -> Status {
    const model::Record* record = view.find(collection, id);
    if (record == nullptr || !http::etag_matches(tags, version_tag(*record))) {
      return fail(ErrorCode::precondition_failed);
    }
    return {};
  };
}

std::optional<HttpResponse> problem_of_result(const http::Context& context,
                                              const engine::StoreState& store,
                                              const sync::MutationResult& result) {
  std::vector<Error> refused;
  bool conflict = false;
  for (const sync::OpOutcome& op : result.ops) {
    if (op.status == sync::OpStatus::refused) {
      if (op.code == ErrorCode::id_reused && context.keyed) {
        return problem(fail(ErrorCode::key_reused));
      }
      refused.push_back(fail(op.code, op.message, op.field));
    }
    conflict = conflict || op.status == sync::OpStatus::conflict;
  }
  if (!refused.empty()) {
    return http::problem_of_fields(refused);
  }
  if (conflict) {
    return conflict_problem(store, result);
  }
  return std::nullopt;
}

HttpResponse record_answer(const engine::StoreState& store, std::uint16_t collection,
                           const model::Record& record, Sequence sequence, int status) {
  HttpResponse response = http::success(engine::record_json(store, collection, record),
                                        {{"sequenceNumber", Json(sequence)}}, status);
  http::set_header(response, "ETag", version_tag(record));
  return response;
}

std::optional<RecordId> record_id(const http::Context& context, const HttpReply& reply) {
  const std::optional<RecordId> id = RecordId::parse(context.param("id"));
  if (!id || !*id) {
    reply(problem(fail(ErrorCode::unknown_record)));
    return std::nullopt;
  }
  return id;
}

HttpResponse RecordApi::show(const engine::StoreState& store, std::uint16_t collection,
                             const model::Record& record, Sequence sequence) const {
  if (!render_) {
    return record_answer(store, collection, record, sequence);
  }
  HttpResponse response =
      http::success(render_(store, record), {{"sequenceNumber", Json(sequence)}});
  http::set_header(response, "ETag", version_tag(record));
  return response;
}

void RecordApi::get(const http::ContextPtr& context, std::uint16_t collection, RecordId id,
                    const HttpReply& reply) {
  engine_.stores().with_store(context->store, [this, context, collection, id,
                                               reply](Result<engine::StoreState*> state) {
    if (!state.ok()) {
      reply(problem(state.error()));
      return;
    }
    const model::Record* record = (*state)->find(collection, id);
    if (record == nullptr && is_singleton(collection)) {
      const model::CollectionDef& definition = *model::find_collection(collection);
      reply(show(**state, collection, model::make_record(definition, id), (*state)->sequence()));
      return;
    }
    if (record == nullptr) {
      reply(problem(fail(ErrorCode::unknown_record)));
      return;
    }
    const std::string* known = context->header("if-none-match");
    if (known != nullptr && http::etag_matches(*known, version_tag(*record))) {
      reply(http::not_modified(version_tag(*record)));
      return;
    }
    reply(show(**state, collection, *record, (*state)->sequence()));
  });
}

void RecordApi::list(const http::ContextPtr& context, std::uint16_t collection,
                     const HttpReply& reply, view::Filter filter) {
  engine_.stores().with_store(context->store, [context, collection, reply,
                                               filter](Result<engine::StoreState*> state) {
    reply(state.ok() ? list_records(*context, **state, *model::find_collection(collection), filter)
                     : problem(state.error()));
  });
}

void RecordApi::list_within(const http::ContextPtr& context, std::uint16_t owner_collection,
                            RecordId owner, std::uint16_t collection, const HttpReply& reply,
                            view::Filter filter) {
  engine_.stores().with_store(context->store, [context, owner_collection, owner, collection, reply,
                                               filter](Result<engine::StoreState*> state) {
    if (!state.ok()) {
      reply(problem(state.error()));
    } else if ((*state)->find(owner_collection, owner) == nullptr) {
      reply(problem(fail(ErrorCode::unknown_record)));
    } else {
      reply(list_records(*context, **state, *model::find_collection(collection), filter));
    }
  });
}

void RecordApi::submit(
    const http::ContextPtr& context, sync::Mutation mutation, const HttpReply& reply,
    std::function<HttpResponse(const engine::StoreState&, const sync::MutationResult&)> answer,
    std::function<Status(const sync::MergeView&)> guard, sync::Origin origin) {
  engine::Submission submission;
  submission.store = context->store;
  submission.author = author_of(*context);
  submission.origin = origin;
  submission.guard = std::move(guard);
  submission.mutations.push_back(std::move(mutation));
  submission.done = [this, context, reply,
                     answer](Result<std::vector<sync::MutationResult>> results) {
    if (!results.ok()) {
      reply(problem(results.error()));
      return;
    }
    engine_.stores().with_store(context->store, [context, reply, answer, result = results->front()](
                                                    Result<engine::StoreState*> state) {
      if (!state.ok()) {
        reply(problem(state.error()));
        return;
      }
      if (std::optional<HttpResponse> refused = problem_of_result(*context, **state, result)) {
        reply(std::move(*refused));
        return;
      }
      reply(answer(**state, result));
    });
  };
  engine_.submit(std::move(submission));
}

void RecordApi::edit(const http::ContextPtr& context, std::uint16_t collection, RecordId id,
                     const HttpReply& reply) {
  const model::CollectionDef& definition = *model::find_collection(collection);
  const auto fields = std::make_shared<BodyFields>(read_body_fields(definition, context->body));
  if (!fields->errors.empty()) {
    reply(http::problem_of_fields(fields->errors));
    return;
  }
  const Result<std::optional<Sequence>> base = base_version(*context);
  if (!base.ok()) {
    reply(problem(base.error()));
    return;
  }
  engine_.stores().with_store(context->store, [this, context, collection, id, reply, fields,
                                               base = *base](Result<engine::StoreState*> state) {
    if (!state.ok()) {
      reply(problem(state.error()));
      return;
    }
    const model::Table& table = (*state)->table(collection);
    const bool is_new = table.find(id) == nullptr && table.find_tombstone(id) == nullptr;
    if (is_new && !is_singleton(collection)) {
      reply(problem(fail(ErrorCode::unknown_record)));
      return;
    }
    if (!base || is_new) {
      build_edit(context, collection, id, fields->values, nullptr, reply);
      return;
    }
    values_at(
        engine_, storage_, context->store, collection, id, *base,
        [this, context, collection, id, reply, fields](Result<std::vector<model::Value>> values) {
          if (!values.ok()) {
            reply(problem(values.error()));
            return;
          }
          build_edit(context, collection, id, fields->values, &*values, reply);
        });
  });
}

void RecordApi::build_edit(const http::ContextPtr& context, std::uint16_t collection, RecordId id,
                           const std::vector<sync::FieldValue>& values,
                           const std::vector<model::Value>* base, const HttpReply& reply) {
  const model::CollectionDef& definition = *model::find_collection(collection);
  sync::Mutation mutation;
  mutation.id = context->mutation;
  mutation.mode = sync::Mode::all;
  for (const sync::FieldValue& value : values) {
    const model::FieldDef& field = definition.fields[value.field];
    sync::Op op;
    op.collection = collection;
    op.record = id;
    op.field = value.field;
    if (field.policy == model::MergePolicy::counter) {
      if (base == nullptr) {
        reply(problem(fail(ErrorCode::needs_base, {}, std::string(field.name))));
        return;
      }
      // Between two known amounts the difference counts; filling in an unknown stock, or clearing
      // it, is a plain value.
      const auto* wanted = std::get_if<std::int64_t>(&value.value);
      const auto* seen = std::get_if<std::int64_t>(&(*base)[value.field]);
      if (wanted != nullptr && seen != nullptr) {
        op.kind = sync::OpKind::add;
        op.amount = *wanted - *seen;
        if (op.amount == 0) {
          continue;
        }
      } else {
        op.kind = sync::OpKind::set;
        op.from = sync::FromValue::exactly((*base)[value.field]);
        op.to = value.value;
      }
    } else {
      op.kind = sync::OpKind::set;
      op.from = base == nullptr ? sync::FromValue::anything()
                                : sync::FromValue::exactly((*base)[value.field]);
      op.to = value.value;
    }
    mutation.ops.push_back(std::move(op));
  }
  const auto answer = [this, collection, id](const engine::StoreState& store,
                                             const sync::MutationResult& result) {
    const model::Record* record = store.find(collection, id);
    return record == nullptr ? problem(fail(ErrorCode::record_removed))
                             : show(store, collection, *record,
                                    result.sequence != 0 ? result.sequence : store.sequence());
  };
  if (mutation.ops.empty()) {
    engine_.stores().with_store(context->store, [context, collection, id, reply,
                                                 answer](Result<engine::StoreState*> state) {
      if (!state.ok()) {
        reply(problem(state.error()));
        return;
      }
      const std::string* tags = context->header("if-match");
      const model::Record* record = (*state)->find(collection, id);
      if (tags != nullptr &&
          (record == nullptr || !http::etag_matches(*tags, version_tag(*record)))) {
        reply(problem(fail(ErrorCode::precondition_failed)));
        return;
      }
      reply(answer(**state, sync::MutationResult{}));
    });
    return;
  }
  submit(context, std::move(mutation), reply, answer, match_guard(*context, collection, id));
}

void RecordApi::remove(const http::ContextPtr& context, std::uint16_t collection, RecordId id,
                       const HttpReply& reply) {
  engine_.stores().with_store(context->store, [this, context, collection, id,
                                               reply](Result<engine::StoreState*> state) {
    if (!state.ok()) {
      reply(problem(state.error()));
      return;
    }
    const model::Table& table = (*state)->table(collection);
    if (table.find(id) == nullptr) {
      reply(table.find_tombstone(id) != nullptr ? http::no_content()
                                                : problem(fail(ErrorCode::unknown_record)));
      return;
    }
    sync::Mutation mutation;
    mutation.id = context->mutation;
    mutation.mode = sync::Mode::all;
    sync::Op op;
    op.kind = sync::OpKind::remove;
    op.collection = collection;
    op.record = id;
    mutation.ops.push_back(std::move(op));
    submit(
        context, std::move(mutation), reply,
        [](const engine::StoreState&, const sync::MutationResult&) { return http::no_content(); },
        match_guard(*context, collection, id));
  });
}

}  // namespace syncstore::records
