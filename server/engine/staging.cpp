#include "server/engine/staging.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "core/base/text.hpp"

namespace syncstore::engine {
namespace {

const std::string* unique_text(const model::Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text != nullptr && !text->empty() ? text : nullptr;
}

}  // namespace

std::size_t value_bytes(const model::Value& value) {
  if (const auto* text = std::get_if<std::string>(&value))
    return text->size() + 2;
  if (const auto* list = std::get_if<model::TextList>(&value)) {
    std::size_t bytes = 2;
    for (const std::string& item : *list)
      bytes += item.size() + 2;
    return bytes;
  }
  return 8;
}

Staging::Staging(const StoreState& store, const ports::Crypto& crypto, TimeMs now)
    : store_(&store),
      crypto_(&crypto),
      log_time_(std::max(now, store.log_time())),
      log_hash_(store.log_hash()) {}

const model::Record* Staging::find(std::uint16_t collection, RecordId id) const {
  const auto found = touched_.find({collection, id});
  if (found != touched_.end())
    return found->second.record ? &*found->second.record : nullptr;
  return store_->find(collection, id);
}

bool Staging::was_removed(std::uint16_t collection, RecordId id) const {
  const auto found = touched_.find({collection, id});
  if (found != touched_.end())
    return !found->second.record;
  return store_->find(collection, id) == nullptr &&
         store_->table(collection).find_tombstone(id) != nullptr;
}

RecordId Staging::find_unique(std::uint16_t collection, std::uint16_t field,
                              std::string_view value) const {
  const auto overlay = unique_.find({collection, field});
  if (overlay != unique_.end()) {
    const auto moved = overlay->second.find(fold_case(value));
    if (moved != overlay->second.end())
      return moved->second;
  }
  return store_->table(collection).find_unique(field, value);
}

std::vector<RecordId> Staging::open_conflicts(std::uint16_t collection, RecordId record,
                                              std::uint16_t field) const {
  const ConflictKey key{collection, record, field};
  const auto changed = conflicts_.find(key);
  return changed != conflicts_.end() ? changed->second : store_->open_conflicts(key);
}

std::string Staging::author_name(std::uint32_t author) const {
  if (const ports::StoredAuthor* known = store_->author(author))
    return known->name;
  const std::size_t first = store_->authors().size() + 1;
  if (author >= first && author - first < new_authors_.size())
    return new_authors_[author - first].name;
  return {};
}

namespace {

bool touches(const sync::ChangeSet& change_set, std::uint16_t collection, RecordId id,
             std::uint16_t field) {
  for (const sync::Change& change : change_set.changes) {
    if (change.collection != collection || change.record != id)
      continue;
    if (field == kWholeRecord || change.kind != sync::ChangeKind::update)
      return true;
    for (const sync::FieldChange& changed : change.fields) {
      if (changed.field == field)
        return true;
    }
  }
  return false;
}

}  // namespace

sync::MergeView::Touch Staging::last_touch(std::uint16_t collection, RecordId id,
                                           std::uint16_t field) const {
  for (auto entry = change_sets_.rbegin(); entry != change_sets_.rend(); ++entry) {
    if (touches(**entry, collection, id, field))
      return {(*entry)->author, (*entry)->time};
  }
  for (auto entry = store_->tail().rbegin(); entry != store_->tail().rend(); ++entry) {
    if (touches(**entry, collection, id, field))
      return {(*entry)->author, (*entry)->time};
  }
  return MergeView::last_touch(collection, id, field);
}

bool Staging::is_active() const {
  const auto found = touched_.find(
      {model::kStoreInfo, model::singleton_id(*model::find_collection(model::kStoreInfo))});
  if (found == touched_.end())
    return store_->is_active();
  if (!found->second.record)
    return true;
  const int field = model::find_collection(model::kStoreInfo)->field_index("is_active");
  const auto* active =
      std::get_if<bool>(&found->second.record->values[static_cast<std::size_t>(field)]);
  return active == nullptr || *active;
}

std::uint32_t Staging::author_number(const std::string& user, const std::string& name) {
  if (user.empty())
    return 0;
  if (const std::uint32_t known = store_->author_number(user))
    return known;
  for (const ports::StoredAuthor& author : new_authors_) {
    if (author.user == user)
      return author.number;
  }
  const auto number =
      static_cast<std::uint32_t>(store_->authors().size() + new_authors_.size() + 1);
  new_authors_.push_back({number, user, name});
  return number;
}

Staging::Touched& Staging::touch(std::uint16_t collection, RecordId id) {
  const auto [place, fresh] = touched_.try_emplace(Place{collection, id});
  if (fresh) {
    if (const model::Record* record = store_->find(collection, id))
      place->second.record = *record;
  }
  return place->second;
}

void Staging::move_unique(std::uint16_t collection, RecordId id, std::uint16_t field,
                          const model::Value& before, const model::Value& after) {
  auto& overlay = unique_[{collection, field}];
  if (const std::string* text = unique_text(before)) {
    // Freed only while it is still this record's: within one mutation two records may swap their
    // keys.
    if (find_unique(collection, field, *text) == id)
      overlay[fold_case(*text)] = RecordId{};
  }
  if (const std::string* text = unique_text(after))
    overlay[fold_case(*text)] = id;
}

void Staging::move_conflict(RecordId id, const model::Record* before, const model::Record* after) {
  const auto list_of = [this](const ConflictKey& key) -> std::vector<RecordId>& {
    const auto [place, fresh] = conflicts_.try_emplace(key);
    if (fresh)
      place->second = store_->open_conflicts(key);
    return place->second;
  };
  if (before != nullptr) {
    if (const auto key = open_conflict_key(*before)) {
      auto& list = list_of(*key);
      list.erase(std::remove(list.begin(), list.end(), id), list.end());
    }
  }
  if (after != nullptr) {
    if (const auto key = open_conflict_key(*after))
      list_of(*key).push_back(id);
  }
}

void Staging::take_change(const sync::ChangeSet& change_set, sync::Change& change) {
  const model::CollectionDef& collection = *model::find_collection(change.collection);
  Touched& touched = touch(change.collection, change.record);
  const std::optional<model::Record> before =
      change.collection == model::kConflicts ? touched.record : std::nullopt;

  if (change.kind == sync::ChangeKind::insert) {
    SS_ASSERT(!touched.record);
    const auto [next, fresh] = next_row_.try_emplace(change.collection, 0);
    if (fresh)
      next->second = store_->table(change.collection).next_row();
    change.row = next->second++;
    touched.record = model::Record{};
    touched.record->id = change.record;
    touched.record->row = change.row;
    touched.record->values.resize(collection.fields.size());
    touched.replaced = true;
  }
  SS_ASSERT(touched.record);
  change.row = touched.record->row;
  for (const sync::FieldChange& field : change.fields) {
    if (collection.fields[field.field].unique) {
      move_unique(change.collection, change.record, field.field, field.old_value, field.new_value);
    }
    bytes_ += value_bytes(field.new_value) + 8;
    touched.record->values[field.field] = field.new_value;
    touched.fields.push_back(field.field);
  }
  touched.record->version = change_set.sequence;
  touched.record->changed_at = change_set.time;
  touched.record->changed_by = change_set.author;
  if (change.kind == sync::ChangeKind::remove) {
    touched.tombstone = {change.record, change.row, change_set.sequence, change_set.time,
                         change_set.author};
    touched.record.reset();
    touched.replaced = true;
  }
  if (change.collection == model::kConflicts) {
    move_conflict(change.record, before ? &*before : nullptr,
                  touched.record ? &*touched.record : nullptr);
  }
}

Sequence Staging::add(sync::ChangeSet change_set) {
  change_set.sequence = sequence() + 1;
  change_set.time = log_time_;
  for (sync::Change& change : change_set.changes)
    take_change(change_set, change);
  ByteWriter blob;
  sync::write_change_set(blob, change_set);
  ports::LogEntry entry;
  entry.sequence = change_set.sequence;
  entry.time = change_set.time;
  entry.author = change_set.author;
  entry.blob = blob.take();
  entry.hash = crypto_->sha256_pair(log_hash_, entry.blob);
  log_hash_ = entry.hash;
  log_.push_back(std::move(entry));
  change_sets_.push_back(std::make_shared<const sync::ChangeSet>(std::move(change_set)));
  return change_sets_.back()->sequence;
}

void Staging::add_receipt(ports::StoredReceipt receipt) {
  receipt.at = log_time_;
  receipt_index_.emplace(receipt.result.id, receipts_.size());
  receipts_.push_back(std::move(receipt));
}

const ports::StoredReceipt* Staging::receipt(const MutationId& id) const {
  const auto found = receipt_index_.find(id);
  return found == receipt_index_.end() ? nullptr : &receipts_[found->second];
}

ports::StoreCommit Staging::commit() const {
  ports::StoreCommit commit;
  commit.store = store_->id();
  commit.expected_sequence = store_->sequence();
  commit.new_sequence = sequence();
  commit.epoch = store_->epoch();
  commit.create_store = !store_->stored();
  for (const auto& [place, touched] : touched_) {
    if (touched.record) {
      commit.rows.push_back({place.first, *touched.record});
    } else {
      commit.removals.push_back({place.first, touched.tombstone});
    }
  }
  commit.log = log_;
  commit.receipts = receipts_;
  commit.authors = new_authors_;
  return commit;
}

}  // namespace syncstore::engine
