#include <algorithm>

#include "tests/contract/storage_contract.hpp"

namespace syncstore::test {

MutationId StoreScript::mutation_of(Sequence sequence) const {
  MutationId id;
  for (std::size_t i = 0; i < 8; ++i)
    id.bytes[15 - i] = static_cast<std::uint8_t>(sequence >> (8 * i));
  for (std::size_t i = 0; i < store_.size() && i < 8; ++i)
    id.bytes[i] = static_cast<std::uint8_t>(store_[i]);
  return id;
}

model::Record product(RecordId id, RowNumber row, Sequence version, const std::string& title,
                      std::int64_t stock) {
  const model::CollectionDef& collection = *model::find_collection(model::kProducts);
  model::Record record;
  record.id = id;
  record.row = row;
  record.version = version;
  record.changed_at = kScriptTime + static_cast<TimeMs>(version);
  record.changed_by = 1;
  record.values.resize(collection.fields.size());
  record.values[static_cast<std::size_t>(collection.field_index("title"))] = title;
  record.values[static_cast<std::size_t>(collection.field_index("inventory"))] = stock;
  return record;
}

ports::StoreCommit StoreScript::next(sync::ChangeSet change_set) {
  ports::StoreCommit commit;
  commit.store = store_;
  commit.epoch = epoch_;
  commit.expected_sequence = sequence_;
  commit.create_store = sequence_ == 0;
  commit.new_sequence = ++sequence_;
  change_set.time = kScriptTime + static_cast<TimeMs>(sequence_);
  change_set.author = 1;
  change_set.mutation = mutation_of(sequence_);
  ByteWriter blob;
  sync::write_change_set(blob, change_set);
  ports::LogEntry entry{sequence_, change_set.time, 1, blob.take(), {}};
  log_hash_ = crypto_.sha256_pair(log_hash_, entry.blob);
  entry.hash = log_hash_;
  commit.log.push_back(std::move(entry));
  sync::MutationResult result;
  result.id = change_set.mutation;
  result.epoch = epoch_;
  result.sequence = sequence_;
  result.ops.emplace_back();
  commit.receipts.push_back({std::move(result), "12345678", change_set.time});
  if (commit.create_store)
    commit.authors.push_back({1, "user", "Ann"});
  return commit;
}

ports::StoreCommit StoreScript::set_product(RecordId id, RowNumber row, const std::string& title,
                                            std::int64_t stock) {
  sync::ChangeSet change_set;
  sync::Change change;
  change.collection = model::kProducts;
  change.record = id;
  change.row = row;
  change.kind = present_.insert(id.value).second ? sync::ChangeKind::insert
                                                 : sync::ChangeKind::update;
  const model::CollectionDef& collection = *model::find_collection(model::kProducts);
  const auto field = [&](const char* name, model::Value value) {
    change.fields.push_back(
        {static_cast<std::uint16_t>(collection.field_index(name)), {}, std::move(value)});
  };
  field("title", title);
  field("inventory", stock);
  std::sort(change.fields.begin(), change.fields.end(),
            [](const auto& a, const auto& b) { return a.field < b.field; });
  change_set.changes.push_back(std::move(change));
  ports::StoreCommit commit = next(std::move(change_set));
  commit.rows.push_back({model::kProducts, product(id, row, sequence_, title, stock)});
  return commit;
}

ports::StoreCommit StoreScript::remove_product(RecordId id, RowNumber row) {
  sync::ChangeSet change_set;
  sync::Change change;
  change.collection = model::kProducts;
  change.record = id;
  change.row = row;
  change.kind = sync::ChangeKind::remove;
  present_.erase(id.value);
  change_set.changes.push_back(std::move(change));
  ports::StoreCommit commit = next(std::move(change_set));
  commit.removals.push_back(
      {model::kProducts, {id, row, sequence_, kScriptTime + static_cast<TimeMs>(sequence_), 1}});
  return commit;
}

ports::StoreCommit StoreScript::join(ports::StoreCommit first, ports::StoreCommit second) {
  const auto move_all = [](auto& from, auto& to) {
    for (auto& item : from)
      to.push_back(std::move(item));
  };
  move_all(second.rows, first.rows);
  move_all(second.removals, first.removals);
  move_all(second.log, first.log);
  move_all(second.receipts, first.receipts);
  move_all(second.authors, first.authors);
  first.new_sequence = second.new_sequence;
  return first;
}

ports::StorageBatch batch_of(ports::StoreCommit commit) {
  ports::StorageBatch batch;
  batch.stores.push_back(std::move(commit));
  return batch;
}

}  // namespace syncstore::test
