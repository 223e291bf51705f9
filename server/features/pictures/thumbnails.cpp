#include "server/features/pictures/thumbnails.hpp"

#include "core/base/limits.hpp"

namespace syncstore::pictures {
namespace {

// The products whose first picture these changes may have made another one.
void note_products(const engine::StoreState& store, const sync::ChangeSet& change_set,
                   std::unordered_set<RecordId, RecordIdHash>& products) {
  const model::CollectionDef& images = *model::find_collection(model::kImages);
  for (const sync::Change& change : change_set.changes) {
    // A product that comes back has its pictures already; only rollback brings one back. A new one
    // has none: an import does not look through all pictures for each of its commits.
    if (change.collection == model::kProducts && change.kind == sync::ChangeKind::insert &&
        change_set.origin == sync::Origin::rollback) {
      products.insert(change.record);
    }
    if (change.collection != model::kImages) {
      continue;
    }
    if (const model::Record* record = store.find(model::kImages, change.record)) {
      products.insert(product_of(record->values));
      continue;
    }
    std::vector<model::Value> before(images.fields.size());
    for (const sync::FieldChange& field : change.fields) {
      before[field.field] = field.old_value;
    }
    products.insert(product_of(before));
  }
}

}  // namespace

Thumbnails::Thumbnails(engine::Engine& engine) : engine_(engine) {
  engine_.committer().add_listener(
      [this, alive = std::weak_ptr<bool>(alive_)](const engine::Committed& committed) {
        if (!alive.expired()) {
          follow(committed);
        }
      });
}

void Thumbnails::follow(const engine::Committed& committed) {
  const engine::StoreState& store = *committed.store;
  std::unordered_set<RecordId, RecordIdHash> products;
  for (const engine::SharedChangeSet& change_set : committed.change_sets) {
    note_products(store, *change_set, products);
  }
  if (!products.empty()) {
    submit(store.id(), wrong_thumbnails(store, &products));
  }
}

void Thumbnails::mend(const engine::StoreState& store) {
  if (store.is_active()) {
    submit(store.id(), wrong_thumbnails(store, nullptr));
  }
}

void Thumbnails::submit(const StoreId& store,
                        const std::unordered_map<RecordId, std::string, RecordIdHash>& wrong) {
  engine::Submission submission;
  for (auto each = wrong.begin(); each != wrong.end();) {
    sync::Mutation mutation;
    mutation.id = engine_.new_uuid();
    mutation.ops.push_back(set_thumbnail(each->first, each->second));
    submission.mutations.push_back(std::move(mutation));
    ++each;
    if (each != wrong.end() && submission.mutations.size() < limits::kMutationsPerMessage) {
      continue;
    }
    submission.store = store;
    submission.author = {"", "", model::Role::system};
    submission.origin = sync::Origin::rule;
    // Not stored now: the next look finds it.
    submission.done = [](const Result<std::vector<sync::MutationResult>>&) {};
    engine_.submit(std::move(submission));
    submission = {};
  }
}

}  // namespace syncstore::pictures
