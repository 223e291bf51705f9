#include "server/engine/store_state.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "server/engine/staging.hpp"

namespace syncstore::engine {
namespace {

std::size_t slot_of(std::uint16_t collection) {
  const auto all = model::collections();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].number == collection)
      return i;
  }
  SS_ASSERT(false && "unknown collection");
}

const std::string& text_of(const model::Record& record, std::string_view field) {
  static const std::string kNone;
  const int index = model::find_collection(model::kConflicts)->field_index(field);
  const auto* text = std::get_if<std::string>(&record.values[static_cast<std::size_t>(index)]);
  return text != nullptr ? *text : kNone;
}

bool touches(const sync::ChangeSet& change_set, std::uint16_t collection) {
  return std::any_of(change_set.changes.begin(), change_set.changes.end(),
                     [&](const sync::Change& change) { return change.collection == collection; });
}

}  // namespace

std::optional<ConflictKey> open_conflict_key(const model::Record& conflict) {
  if (text_of(conflict, "status") != "open")
    return std::nullopt;
  const model::CollectionDef* about = model::find_collection(text_of(conflict, "data_type"));
  const auto record = RecordId::parse(text_of(conflict, "record"));
  if (about == nullptr || !record)
    return std::nullopt;
  ConflictKey key{about->number, *record, kWholeRecord};
  const std::string& field = text_of(conflict, "field");
  if (!field.empty()) {
    const int index = about->field_index(field);
    if (index < 0)
      return std::nullopt;
    key.field = static_cast<std::uint16_t>(index);
  }
  return key;
}

StoreState::StoreState(StoreId id, Epoch epoch) : id_(std::move(id)), epoch_(epoch) {
  tables_.reserve(model::collections().size());
  for (const model::CollectionDef& collection : model::collections())
    tables_.emplace_back(collection);
}

StoreState::~StoreState() = default;

Result<std::unique_ptr<StoreState>> StoreState::from_image(const ports::StoreImage& image) {
  auto state = std::make_unique<StoreState>(image.store, image.epoch);
  state->stored_ = true;
  state->sequence_ = image.sequence;
  state->tombstone_floors_ = image.tombstone_floors;
  state->log_hash_ = image.log_hash;
  state->log_time_ = image.log_time;
  state->authors_ = image.authors;
  std::sort(state->authors_.begin(), state->authors_.end(),
            [](const auto& a, const auto& b) { return a.number < b.number; });
  for (std::size_t i = 0; i < state->authors_.size(); ++i) {
    if (state->authors_[i].number != i + 1)
      return fail(ErrorCode::corrupt, "The list of authors has a gap.");
    state->author_by_user_.emplace(state->authors_[i].user, state->authors_[i].number);
  }
  const auto advance = [](model::Table& table, Sequence version, RowNumber row) {
    if (version > table.last_sequence())
      table.set_last_sequence(version);
    table.reserve_rows_through(row);
  };
  for (const auto& write : image.rows) {
    if (model::find_collection(write.collection) == nullptr)
      continue;  // of a newer version's making
    model::Table& table = state->tables_[slot_of(write.collection)];
    if (table.find(write.record.id) != nullptr || table.find_row(write.record.row) != nullptr) {
      return fail(ErrorCode::corrupt, "Two rows share an id or a number.");
    }
    table.put(write.record);
    advance(table, write.record.version, write.record.row);
    if (write.collection == model::kConflicts)
      state->index_conflict(nullptr, &write.record);
  }
  for (const auto& removal : image.tombstones) {
    if (model::find_collection(removal.collection) == nullptr)
      continue;
    model::Table& table = state->tables_[slot_of(removal.collection)];
    if (table.find(removal.tombstone.id) != nullptr) {
      return fail(ErrorCode::corrupt, "A removed record is still there.");
    }
    table.bury(removal.tombstone);
    advance(table, removal.tombstone.version, removal.tombstone.row);
  }
  state->all_receipts_ = image.all_receipts;
  for (const ports::StoredReceipt& receipt : image.receipts)
    state->remember_receipt(receipt);
  return state;
}

std::uint64_t StoreState::short_hash(std::string_view log_hash) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8 && i < log_hash.size(); ++i) {
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(log_hash[i])) << (8 * i);
  }
  return value;
}

std::optional<std::uint64_t> StoreState::hash_at(Sequence sequence) const {
  if (sequence == sequence_)
    return head_hash();
  if (sequence == 0)
    return 0;
  if (sequence > sequence_ || sequence_ - sequence >= tail_.size())
    return std::nullopt;
  return tail_hashes_[tail_.size() - 1 - (sequence_ - sequence)];
}

const model::Table& StoreState::table(std::uint16_t collection) const {
  return tables_[slot_of(collection)];
}

const model::Record* StoreState::info() const {
  return find(model::kStoreInfo, model::singleton_id(*model::find_collection(model::kStoreInfo)));
}

bool StoreState::is_active() const {
  const model::Record* record = info();
  if (record == nullptr)
    return true;
  const int field = model::find_collection(model::kStoreInfo)->field_index("is_active");
  const auto* active = std::get_if<bool>(&record->values[static_cast<std::size_t>(field)]);
  return active == nullptr || *active;
}

const ports::StoredAuthor* StoreState::author(std::uint32_t number) const {
  return number >= 1 && number <= authors_.size() ? &authors_[number - 1] : nullptr;
}

std::uint32_t StoreState::author_number(std::string_view user) const {
  const auto found = author_by_user_.find(std::string(user));
  return found == author_by_user_.end() ? 0 : found->second;
}

const ports::StoredReceipt* StoreState::receipt(const MutationId& id) const {
  const auto found = receipts_.find(id);
  return found == receipts_.end() ? nullptr : &found->second;
}

std::vector<RecordId> StoreState::open_conflicts(const ConflictKey& key) const {
  const auto found = open_conflicts_.find(key);
  return found == open_conflicts_.end() ? std::vector<RecordId>{} : found->second;
}

PageRows StoreState::read_page(std::uint16_t collection, const view::Filter& filter,
                               const view::Sort& sort, std::uint32_t page, std::uint32_t size) {
  return trees_.read(table(collection), filter, sort, page, size);
}

bool StoreState::tail_reaches(Sequence after) const {
  return after >= sequence_ || sequence_ - after <= tail_.size();
}

sync::Delta StoreState::delta_since(std::uint16_t collection, Sequence cursor) const {
  const model::Table& source = table(collection);
  sync::Delta delta;
  delta.collection = collection;
  delta.base = cursor;
  delta.target = std::max(cursor, source.last_sequence());
  if (cursor >= source.last_sequence())
    return delta;
  if (!tail_reaches(cursor))
    return rows_since(collection, cursor);
  sync::Coalescer coalescer;
  const auto first = tail_.size() - static_cast<std::size_t>(sequence_ - cursor);
  for (std::size_t i = first; i < tail_.size(); ++i) {
    if (!touches(*tail_[i], collection))
      continue;
    coalescer.add(
        *tail_[i], [](void*, std::uint16_t) -> Sequence { return 0; }, nullptr);
  }
  for (sync::Delta& part : coalescer.take()) {
    if (part.collection == collection)
      delta.rows = std::move(part.rows);
  }
  return delta;
}

sync::Delta StoreState::rows_since(std::uint16_t collection, Sequence cursor) const {
  const model::Table& source = table(collection);
  sync::Delta delta;
  delta.collection = collection;
  delta.base = cursor;
  delta.target = source.last_sequence();
  std::vector<sync::RowDelta> rows;
  source.for_each_tombstone([&](const model::Tombstone& tombstone) {
    if (tombstone.version <= cursor)
      return;
    sync::RowDelta row;
    row.id = tombstone.id;
    row.row = tombstone.row;
    row.kind = sync::ChangeKind::remove;
    row.version = tombstone.version;
    row.time = tombstone.at;
    row.author = tombstone.by;
    delta.rows.push_back(std::move(row));
  });
  source.for_each([&](const model::Record& record) {
    if (record.version <= cursor)
      return;
    sync::RowDelta row;
    row.id = record.id;
    row.row = record.row;
    row.kind = sync::ChangeKind::insert;
    row.version = record.version;
    row.time = record.changed_at;
    row.author = record.changed_by;
    for (std::size_t i = 0; i < record.values.size(); ++i) {
      if (model::is_absent(record.values[i]))
        continue;
      row.fields.push_back({static_cast<std::uint16_t>(i), record.values[i]});
    }
    rows.push_back(std::move(row));
  });
  const auto by_row = [](const sync::RowDelta& a, const sync::RowDelta& b) {
    return a.row < b.row;
  };
  std::sort(delta.rows.begin(), delta.rows.end(), by_row);
  std::sort(rows.begin(), rows.end(), by_row);
  for (sync::RowDelta& row : rows)
    delta.rows.push_back(std::move(row));
  return delta;
}

Bytes StoreState::live_rows(std::uint16_t collection) const {
  Bytes bitmap;
  table(collection).for_each([&](const model::Record& record) {
    if (record.row / 8 >= bitmap.size())
      bitmap.resize(record.row / 8 + 1);
    char& byte = bitmap[record.row / 8];
    byte = static_cast<char>(static_cast<unsigned char>(byte) | 1u << (record.row % 8));
  });
  return bitmap;
}

std::vector<ports::StoreCommit::RowRemoval> StoreState::old_tombstones(TimeMs time,
                                                                       std::size_t limit) const {
  std::vector<ports::StoreCommit::RowRemoval> old;
  for (const model::Table& table : tables_) {
    table.for_each_tombstone([&](const model::Tombstone& tombstone) {
      const bool says_where =
          tombstone.version == table.last_sequence() || tombstone.row + 1 == table.next_row();
      if (old.size() < limit && tombstone.at < time && !says_where)
        old.push_back({table.collection().number, tombstone});
    });
  }
  return old;
}

Sequence StoreState::tombstone_floor(std::uint16_t collection) const {
  const auto found = tombstone_floors_.find(collection);
  return found == tombstone_floors_.end() ? 0 : found->second;
}

void StoreState::forget_tombstones(const std::vector<ports::StoreCommit::RowRemoval>& removals) {
  for (const auto& removal : removals) {
    Sequence& floor = tombstone_floors_[removal.collection];
    floor = std::max(floor, removal.tombstone.version);
    model::Table& table = tables_[slot_of(removal.collection)];
    const model::Tombstone* there = table.find_tombstone(removal.tombstone.id);
    if (there != nullptr && there->version == removal.tombstone.version)
      table.forget_tombstone(removal.tombstone.id);
  }
}

Sequence StoreState::collection_sequence_at(std::uint16_t collection, Sequence at) const {
  const model::Table& source = table(collection);
  if (at >= source.last_sequence())
    return source.last_sequence();
  for (auto entry = tail_.rbegin(); entry != tail_.rend(); ++entry) {
    if ((*entry)->sequence <= at && touches(**entry, collection))
      return (*entry)->sequence;
  }
  Sequence newest = 0;
  source.for_each([&](const model::Record& record) {
    if (record.version <= at)
      newest = std::max(newest, record.version);
  });
  source.for_each_tombstone([&](const model::Tombstone& tombstone) {
    if (tombstone.version <= at)
      newest = std::max(newest, tombstone.version);
  });
  return newest;
}

void StoreState::prime_tail(const std::vector<ports::LogEntry>& entries) {
  if (!tail_.empty() || entries.empty() || entries.back().sequence != sequence_ ||
      entries.back().hash != log_hash_) {
    return;
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].sequence + (entries.size() - 1 - i) != sequence_)
      return;
    ByteReader in(entries[i].blob);
    auto change_set = sync::read_change_set(in);
    if (!change_set.ok()) {
      // An entry of another version: what follows it is still consecutive.
      tail_.clear(), tail_hashes_.clear(), tail_sizes_.clear();
      tail_bytes_ = 0;
      continue;
    }
    change_set->sequence = entries[i].sequence;
    remember_tail(std::make_shared<const sync::ChangeSet>(std::move(*change_set)),
                  short_hash(entries[i].hash), entries[i].blob.size());
  }
}

void StoreState::remember_tail(SharedChangeSet change_set, std::uint64_t hash, std::size_t bytes) {
  tail_.push_back(std::move(change_set));
  tail_hashes_.push_back(hash);
  tail_sizes_.push_back(bytes);
  tail_bytes_ += bytes;
  while (tail_.size() > limits::kTailChangeSets ||
         (tail_bytes_ > limits::kTailBytes && tail_.size() > 1)) {
    tail_bytes_ -= tail_sizes_.front();
    tail_.pop_front();
    tail_hashes_.pop_front();
    tail_sizes_.pop_front();
  }
}

void StoreState::remember_receipt(ports::StoredReceipt receipt) {
  const MutationId id = receipt.result.id;
  if (receipts_.emplace(id, std::move(receipt)).second)
    receipt_order_.push_back(id);
  while (receipt_order_.size() > limits::kReceiptsInMemory) {
    receipts_.erase(receipt_order_.front());
    receipt_order_.pop_front();
    all_receipts_ = false;
  }
}

void StoreState::index_conflict(const model::Record* before, const model::Record* after) {
  if (before != nullptr) {
    if (const auto key = open_conflict_key(*before)) {
      auto& list = open_conflicts_[*key];
      list.erase(std::remove(list.begin(), list.end(), before->id), list.end());
      if (list.empty())
        open_conflicts_.erase(*key);
    }
  }
  if (after != nullptr) {
    if (const auto key = open_conflict_key(*after))
      open_conflicts_[*key].push_back(after->id);
  }
}

void StoreState::apply(Staging&& staging) {
  for (auto& [place, touched] : staging.touched_) {
    model::Table& table = tables_[slot_of(place.first)];
    const bool conflict = place.first == model::kConflicts;
    const model::Record* present = table.find(place.second);
    const bool fields_only = touched.record && present != nullptr && !touched.replaced;
    std::optional<model::Record> before;
    if (present != nullptr && (conflict || trees_.follows(place.first)))
      before = *present;
    if (!touched.record) {
      table.bury(touched.tombstone);
    } else if (!fields_only) {
      table.put(std::move(*touched.record));
    } else {
      std::sort(touched.fields.begin(), touched.fields.end());
      touched.fields.erase(std::unique(touched.fields.begin(), touched.fields.end()),
                           touched.fields.end());
      for (std::uint16_t field : touched.fields) {
        table.set_value(place.second, field, std::move(touched.record->values[field]));
      }
      table.touch(place.second, touched.record->version, touched.record->changed_at,
                  touched.record->changed_by);
    }
    const model::Record* after = table.find(place.second);
    if (conflict)
      index_conflict(before ? &*before : nullptr, after);
    trees_.update(place.first, before ? &*before : nullptr, after,
                  fields_only ? &touched.fields : nullptr);
  }
  for (ports::StoredAuthor& author : staging.new_authors_) {
    author_by_user_.emplace(author.user, author.number);
    authors_.push_back(std::move(author));
  }
  for (std::size_t i = 0; i < staging.change_sets_.size(); ++i) {
    remember_tail(staging.change_sets_[i], short_hash(staging.log_[i].hash),
                  staging.log_[i].blob.size());
  }
  sequence_ += staging.change_sets_.size();
  log_hash_ = staging.log_hash_;
  if (!staging.change_sets_.empty())
    log_time_ = staging.log_time_;
  stored_ = true;
  for (ports::StoredReceipt& receipt : staging.receipts_)
    remember_receipt(std::move(receipt));
}

}  // namespace syncstore::engine
