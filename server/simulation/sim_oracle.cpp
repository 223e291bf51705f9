#include "server/simulation/sim_oracle.hpp"

#include <algorithm>
#include <set>

#include "server/simulation/sim_screen.hpp"

namespace syncstore::simulation {
namespace {

std::string key_of(const model::Record* product) {
  const auto* sku = product == nullptr ? nullptr : std::get_if<std::string>(&product->values[kSku]);
  std::string key = sku == nullptr ? "" : *sku;
  for (char& c : key)  // simulated people write ASCII
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return key;
}

}  // namespace

Oracle::Oracle() { begin_anew(); }

void Oracle::begin_anew() {
  tables_.clear();
  for (const model::CollectionDef& collection : model::collections())
    tables_.emplace(collection.number, model::Table(collection));
  digests_.clear();
  mutations_.clear();
  keys_.clear();
  hash_.clear();
  sequence_ = 0;
  receipts_ = 0;
  model_.forget_history();
}

std::string Oracle::follow(const memory::MemoryStore& store) {
  if (store.log.size() < sequence_ || store.receipts.size() < receipts_)
    return "the log lost its end";
  for (; receipts_ < store.receipts.size(); ++receipts_) {
    const ports::StoredReceipt& receipt = store.receipts[receipts_];
    const Sequence sequence = receipt.result.sequence;
    if (sequence != 0 && (sequence != sequence_ + 1 || sequence_ >= store.log.size()))
      return "a receipt names another entry than the log's next";
    std::string wrong = sequence == 0 ? judge(store, receipt, {})
                                      : take(store, store.log[sequence_], receipt);
    if (!wrong.empty())
      return wrong;
  }
  if (store.log.size() != sequence_)
    return "an effect without its receipt";
  return store.sequence == sequence_ ? "" : "the head is not the log's end";
}

// When the server forgot an old removal no receipt tells: those that it does not know now it may
// have known then. A later removal of the same product is another one.
std::string Oracle::judge(const memory::MemoryStore& store, const ports::StoredReceipt& receipt,
                          const std::vector<sync::Change>& changes) {
  const std::string wrong = model_.judge(receipt, changes, tables_);
  if (wrong.empty())
    return {};
  std::set<RecordId> forgotten;
  tables_.at(model::kProducts).for_each_tombstone([&](const model::Tombstone& tombstone) {
    const auto known = store.tombstones.find({model::kProducts, tombstone.id});
    if (known == store.tombstones.end() || known->second.version != tombstone.version)
      forgotten.insert(tombstone.id);
  });
  return forgotten.empty() ? wrong : model_.judge(receipt, changes, tables_, forgotten);
}

std::string Oracle::take(const memory::MemoryStore& store, const ports::LogEntry& entry,
                         const ports::StoredReceipt& receipt) {
  if (entry.sequence != sequence_ + 1)
    return "the log has a gap";
  if (entry.hash != crypto_.sha256_pair(hash_, entry.blob))
    return "the chain of hashes is broken";
  ByteReader in(entry.blob);
  auto change_set = sync::read_change_set(in);
  if (!change_set.ok())
    return "an entry of the log cannot be read";
  if (!(change_set->mutation == receipt.result.id))
    return "a receipt names another entry than its own";
  change_set->sequence = entry.sequence;
  if (!mutations_.emplace(change_set->mutation, entry.sequence).second)
    return "a mutation took effect twice";
  if (std::string wrong = judge(store, receipt, change_set->changes); !wrong.empty())
    return wrong;
  hash_ = entry.hash;
  ++sequence_;
  for (auto& [number, table] : tables_) {
    const bool touched =
        std::any_of(change_set->changes.begin(), change_set->changes.end(),
                    [&, n = number](const sync::Change& change) { return change.collection == n; });
    if (!touched)
      continue;
    sync::apply_changes(table, *change_set);
    digests_[number][entry.sequence] = table.digest().combined();
  }
  return check_keys(*change_set);
}

// Each key has one product, each product its stock; incrementally over what the change set touched.
std::string Oracle::check_keys(const sync::ChangeSet& change_set) {
  for (const sync::Change& change : change_set.changes) {
    if (change.collection != model::kProducts)
      continue;
    for (auto key = keys_.begin(); key != keys_.end();)
      key = key->second == change.record ? keys_.erase(key) : std::next(key);
  }
  for (const sync::Change& change : change_set.changes) {
    if (change.collection != model::kProducts)
      continue;
    if (std::string wrong = check_stock(change.record); !wrong.empty())
      return wrong;
    const std::string key = key_of(table(model::kProducts).find(change.record));
    if (!key.empty() && !keys_.emplace(key, change.record).second)
      return "two products have one SKU";
  }
  return {};
}

// What there is of a product is what there was, and every amount that was answered as taken.
std::string Oracle::check_stock(RecordId product) const {
  const model::Record* record = table(model::kProducts).find(product);
  const auto stock = model_.stock().find(product);
  if (record == nullptr || stock == model_.stock().end())
    return {};
  const auto* count = std::get_if<std::int64_t>(&record->values[kInventory]);
  const bool same = stock->second == (count == nullptr ? 0 : *count);
  return same ? "" : "stock is not its initial count and what was added";
}

std::string Oracle::check_whole(const memory::MemoryStore& store) const {
  std::map<std::uint16_t, model::Table> rows;
  for (const model::CollectionDef& collection : model::collections())
    rows.emplace(collection.number, model::Table(collection));
  for (const auto& [place, record] : store.rows)
    rows.at(place.first).put(record);
  for (const auto& [number, table] : tables_) {
    if (!(rows.at(number).digest() == table.digest()))
      return "the stored rows are not what the log says";
  }
  std::set<std::string> keys;
  std::string wrong;
  table(model::kProducts).for_each([&](const model::Record& product) {
    const std::string key = key_of(&product);
    if (!key.empty() && !keys.insert(key).second)
      wrong = "two products have one SKU";
    if (std::string stock = check_stock(product.id); !stock.empty())
      wrong = std::move(stock);
  });
  if (keys.size() != keys_.size())
    wrong = "the keys were not followed";
  return wrong;
}

std::optional<std::uint64_t> digest_in(const Digests& digests, std::uint16_t collection,
                                       Sequence sequence) {
  const auto of = digests.find(collection);
  if (of == digests.end())
    return std::nullopt;
  const auto found = of->second.find(sequence);
  return found == of->second.end() ? std::nullopt : std::optional<std::uint64_t>(found->second);
}

std::vector<RecordId> Oracle::products() const {
  std::vector<RecordId> ids;
  table(model::kProducts).for_each([&](const model::Record& record) { ids.push_back(record.id); });
  std::sort(ids.begin(), ids.end());
  return ids;
}

}  // namespace syncstore::simulation
