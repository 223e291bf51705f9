#include "server/engine/engine.hpp"

#include "core/base/limits.hpp"
#include "core/model/validate.hpp"

namespace syncstore::engine {
namespace {

constexpr std::int64_t kIdleTurnMs = 60'000;

sync::Op insert_op(const model::CollectionDef& collection,
                   const std::vector<std::pair<std::string_view, model::Value>>& fields) {
  sync::Op op;
  op.kind = sync::OpKind::insert;
  op.collection = collection.number;
  op.record = model::singleton_id(collection);
  for (const auto& [name, value] : fields) {
    if (!model::is_absent(value))
      op.fields.push_back({static_cast<std::uint16_t>(collection.field_index(name)), value});
  }
  return op;
}

model::Value text_or_absent(const std::string& text) {
  return text.empty() ? model::Value{} : model::Value{text};
}

}  // namespace

Engine::Engine(const EnginePorts& ports)
    : ports_(ports),
      ids_(ports.random.u64()),
      stores_(ports.clock, ports.random, ports.storage),
      committer_(ports.clock, ports.scheduler, ports.storage, ports.crypto, stores_),
      hub_(ports.clock, ports.random, ports.scheduler, stores_, committer_),
      tombstones_(ports.clock, ports.storage, stores_, committer_),
      alive_(std::make_shared<bool>(true)) {}

Engine::~Engine() = default;

void Engine::set_identities(Identities* identities) { hub_.set_identities(identities); }

void Engine::start(std::function<void(Status)> done) {
  stores_.start([this, done = std::move(done)](Status status) {
    if (status.ok())
      idle_turn();
    done(std::move(status));
  });
}

void Engine::idle_turn() {
  ports_.scheduler.after(kIdleTurnMs, [this, alive = std::weak_ptr<bool>(alive_)] {
    if (alive.expired())
      return;
    if (idle_turns_++ % limits::kTombstoneLookMinutes == 0)
      tombstones_.look();
    stores_.unload_idle();
    idle_turn();
  });
}

RecordId Engine::new_record_id() { return ids_.next_record(now()); }
Uuid Engine::new_uuid() { return ids_.next_uuid(now()); }

void Engine::set_fatal_listener(std::function<void(const Error&)> listener) {
  committer_.set_fatal_listener(std::move(listener));
}

void Engine::drain(std::function<void()> done) {
  constexpr std::uint32_t kComeBackMs = 2'000;  // about how long a restart takes
  hub_.refuse_new_links();
  // What was accepted is made durable and answered on the links that asked; then they are told and
  // closed.
  committer_.drain([this, alive = std::weak_ptr<bool>(alive_), done = std::move(done)] {
    if (alive.expired())
      return;
    hub_.shut_down(kComeBackMs);
    done();
  });
}

void Engine::create_store(const NewStore& store, const Author& author,
                          std::function<void(Status)> done) {
  const auto refuse = [&](Error error) { done(std::move(error)); };
  if (!is_valid_store_id(store.id)) {
    return refuse(fail(ErrorCode::invalid,
                       "Up to 40 lower-case letters, digits and hyphens, a letter or digit first.",
                       "id"));
  }
  if (store.name.empty())
    return refuse(fail(ErrorCode::required, {}, "name"));
  const model::CollectionDef& info = *model::find_collection(model::kStoreInfo);
  const model::CollectionDef& dashboard = *model::find_collection(model::kDashboard);
  const sync::Op insert_info =
      insert_op(info, {{"name", store.name},
                       {"marketplace", text_or_absent(store.marketplace)},
                       {"currency", text_or_absent(store.currency)},
                       {"time_zone", text_or_absent(store.time_zone)},
                       {"business_type", text_or_absent(store.business_type)},
                       {"is_active", true}});
  for (const sync::FieldValue& field : insert_info.fields) {
    if (Status status = model::validate_value(info.fields[field.field], field.value);
        !status.ok()) {
      return refuse(status.error());
    }
  }
  if (stores_.begin_create(store.id) == nullptr) {
    return refuse(fail(ErrorCode::already_exists, "A store with this id exists.", "id"));
  }
  Submission submission;
  submission.store = store.id;
  submission.author = {author.user, author.name, model::Role::system};
  submission.origin = sync::Origin::job;
  sync::Mutation first;
  first.id = new_uuid();
  first.ops.push_back(insert_info);
  sync::Mutation second;
  second.id = new_uuid();
  second.ops.push_back(insert_op(dashboard, {}));
  submission.mutations = {first, second};
  // A record that merge refuses must not leave an empty store behind; the check above makes this an
  // exception.
  submission.done = [this, id = store.id,
                     done = std::move(done)](Result<std::vector<sync::MutationResult>> results) {
    stores_.finish_create(id, results.ok());
    if (!results.ok())
      return done(results.error());
    for (const sync::MutationResult& result : *results) {
      for (const sync::OpOutcome& op : result.ops) {
        if (op.status == sync::OpStatus::refused)
          return done(fail(op.code, op.message, op.field));
      }
    }
    done({});
  };
  committer_.submit(std::move(submission));
}

}  // namespace syncstore::engine
