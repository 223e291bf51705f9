#include "server/features/records/values_at.hpp"

#include "core/base/limits.hpp"

namespace syncstore::records {
namespace {

using Values = std::vector<model::Value>;
using Done = std::function<void(Result<Values>)>;

// The oldest change after the version says what each field held before: going from new to old, the
// last word wins.
void undo(const sync::ChangeSet& change_set, std::uint16_t collection, RecordId record,
          Values& values) {
  for (const sync::Change& change : change_set.changes) {
    if (change.collection != collection || change.record != record) {
      continue;
    }
    if (change.kind == sync::ChangeKind::insert) {
      values.assign(values.size(), model::Value{});
      continue;
    }
    for (const sync::FieldChange& field : change.fields) {
      if (field.field < values.size()) {
        values[field.field] = field.old_value;
      }
    }
  }
}

struct Reading {
  engine::Engine& engine;
  ports::Storage& storage;
  StoreId store;
  std::uint16_t collection;
  RecordId record;
  Sequence version;
  std::size_t left = limits::kBaseVersionChanges;
  Done done;
  std::vector<sync::ChangeSet> newer;  // newest first, all after `version`
};

void finish(const std::shared_ptr<Reading>& reading) {
  reading->engine.stores().with_store(reading->store, [reading](Result<engine::StoreState*> state) {
    if (!state.ok()) {
      reading->done(state.error());
      return;
    }
    const model::Record* now = (*state)->find(reading->collection, reading->record);
    Values values(model::find_collection(reading->collection)->fields.size());
    if (now != nullptr) {
      values = now->values;
    }
    for (const sync::ChangeSet& change_set : reading->newer) {
      undo(change_set, reading->collection, reading->record, values);
    }
    reading->done(std::move(values));
  });
}

void read_on(const std::shared_ptr<Reading>& reading, Sequence before) {
  const std::size_t limit = std::min<std::size_t>(reading->left, 500);
  reading->storage.read_record_log(
      reading->store, reading->collection, reading->record, before, limit,
      [reading, limit](Result<std::vector<ports::LogEntry>> entries) {
        if (!entries.ok()) {
          reading->done(entries.error());
          return;
        }
        for (const ports::LogEntry& entry : *entries) {
          if (entry.sequence <= reading->version) {
            finish(reading);
            return;
          }
          ByteReader in(entry.blob);
          Result<sync::ChangeSet> change_set = sync::read_change_set(in);
          if (!change_set.ok()) {
            reading->done(change_set.error());
            return;
          }
          reading->newer.push_back(std::move(*change_set));
        }
        reading->left -= entries->size();
        if (entries->size() < limit) {
          finish(reading);
        } else if (reading->left == 0) {
          reading->done(fail(ErrorCode::too_large,
                             "The base version is too long ago. Read the record again."));
        } else {
          read_on(reading, entries->back().sequence);
        }
      });
}

}  // namespace

void values_at(engine::Engine& engine, ports::Storage& storage, const StoreId& store,
               std::uint16_t collection, RecordId record, Sequence version, Done done) {
  engine.stores().with_store(store, [&engine, &storage, store, collection, record, version,
                                     done](Result<engine::StoreState*> state) {
    if (!state.ok()) {
      done(state.error());
      return;
    }
    const engine::StoreState& now = **state;
    if (version > now.sequence()) {
      done(fail(ErrorCode::out_of_range, "This version is ahead of the store.", "Base-Version"));
      return;
    }
    const model::Record* found = now.find(collection, record);
    if (found != nullptr && found->version <= version) {
      done(found->values);
      return;
    }
    if (now.tail_reaches(version)) {
      Values values(model::find_collection(collection)->fields.size());
      if (found != nullptr) {
        values = found->values;
      }
      for (auto entry = now.tail().rbegin();
           entry != now.tail().rend() && (*entry)->sequence > version; ++entry) {
        undo(**entry, collection, record, values);
      }
      done(std::move(values));
      return;
    }
    const auto reading = std::make_shared<Reading>(Reading{engine,
                                                           storage,
                                                           store,
                                                           collection,
                                                           record,
                                                           version,
                                                           limits::kBaseVersionChanges,
                                                           done,
                                                           {}});
    read_on(reading, 0);
  });
}

}  // namespace syncstore::records
