// The members collections: who has access to a store, as records that screens show live.
#include <algorithm>

#include "core/base/limits.hpp"
#include "server/features/accounts/accounts.hpp"

namespace syncstore::accounts {
namespace {

// Field indexes of the collection; looked up once.
struct MemberFields {
  const model::CollectionDef& collection = *model::find_collection(model::kMembers);
  int name = collection.field_index("name");
  int role = collection.field_index("role");
  int all_stores = collection.field_index("all_stores");
  int is_active = collection.field_index("is_active");
};

using Wanted = std::vector<sync::FieldValue>;

sync::FieldValue field(int index, model::Value value) {
  return sync::FieldValue{static_cast<std::uint16_t>(index), std::move(value)};
}

}  // namespace

void Accounts::reconcile_members(std::function<void(Status)> done) {
  reconcile_rest(std::make_shared<std::vector<StoreId>>(engine_.stores().list()),
                 std::make_shared<Status>(), std::move(done));
}

void Accounts::reconcile_rest(std::shared_ptr<std::vector<StoreId>> stores,
                              std::shared_ptr<Status> worst, std::function<void(Status)> done) {
  if (stores->empty()) {
    done(*worst);
    return;
  }
  const StoreId store = stores->back();
  stores->pop_back();
  reconcile_store(store, [this, alive = alive_, stores, worst, done](const Status& status) {
    if (!*alive) {
      return;
    }
    if (!status.ok() && worst->ok()) {
      *worst = status;
    }
    reconcile_rest(stores, worst, done);
  });
}

void Accounts::reconcile_store(const StoreId& store, std::function<void(Status)> done) {
  engine_.stores().with_store(store, [this, store, done](Result<engine::StoreState*> state) {
    if (!state.ok()) {
      done(state.error());
      return;
    }
    static const MemberFields fields;
    const model::Table& table = (*state)->table(model::kMembers);
    std::vector<sync::Mutation> mutations;
    for (const auto& [id, user] : users_) {
      const RecordId record_id = derive_record_id(model::kMembers, id);
      const model::Record* record = table.find(record_id);
      const model::Role role = user.role_in(store);
      if (record == nullptr && role == model::Role::none) {
        continue;
      }
      Wanted wanted;
      wanted.push_back(field(fields.name, user.name));
      if (role != model::Role::none) {
        wanted.push_back(field(fields.role, std::string(model::role_name(role))));
      }
      wanted.push_back(field(fields.all_stores, user.grants.contains("*")));
      wanted.push_back(field(fields.is_active, role != model::Role::none));
      sync::Mutation mutation;
      mutation.id = engine_.new_uuid();
      mutation.mode = sync::Mode::all;
      if (record == nullptr) {
        sync::Op insert;
        insert.kind = sync::OpKind::insert;
        insert.collection = model::kMembers;
        insert.record = record_id;
        insert.fields = std::move(wanted);
        mutation.ops.push_back(std::move(insert));
      } else {
        for (sync::FieldValue& value : wanted) {
          if (record->values[value.field] == value.value) {
            continue;
          }
          sync::Op set;
          set.kind = sync::OpKind::set;
          set.collection = model::kMembers;
          set.record = record_id;
          set.field = value.field;
          set.from = sync::FromValue::anything();
          set.to = std::move(value.value);
          mutation.ops.push_back(std::move(set));
        }
      }
      if (!mutation.ops.empty()) {
        mutations.push_back(std::move(mutation));
      }
    }
    submit_members(store, std::make_shared<std::vector<sync::Mutation>>(std::move(mutations)),
                   done);
  });
}

void Accounts::submit_members(const StoreId& store,
                              std::shared_ptr<std::vector<sync::Mutation>> mutations,
                              std::function<void(Status)> done) {
  if (mutations->empty()) {
    done({});
    return;
  }
  engine::Submission submission;
  submission.store = store;
  submission.author = engine::Author{{}, "SyncStore", model::Role::system};
  submission.origin = sync::Origin::job;
  submission.priority = engine::Priority::bulk;
  const std::size_t count = std::min(mutations->size(), limits::kCommitBatchMutations);
  submission.mutations.assign(
      std::make_move_iterator(mutations->end() - static_cast<std::ptrdiff_t>(count)),
      std::make_move_iterator(mutations->end()));
  mutations->resize(mutations->size() - count);
  submission.done = [this, alive = alive_, store, mutations,
                     done](Result<std::vector<sync::MutationResult>> results) {
    if (!*alive) {
      return;
    }
    if (!results.ok()) {
      done(results.error());
      return;
    }
    submit_members(store, mutations, done);
  };
  engine_.submit(std::move(submission));
}

}  // namespace syncstore::accounts
