#include "server/adapters/memory/memory_storage.hpp"

#include <algorithm>

#include "core/base/limits.hpp"

namespace syncstore::memory {

Status MemoryDisk::apply(const ports::StorageBatch& batch) {
  for (const ports::StoreCommit& commit : batch.stores) {
    const auto store = stores.find(commit.store);
    const bool there = store != stores.end();
    if (there == commit.create_store)
      return fail(ErrorCode::precondition_failed);
    if (there && store->second.sequence != commit.expected_sequence)
      return fail(ErrorCode::precondition_failed);
  }
  for (const ports::StoreCommit& commit : batch.stores) {
    MemoryStore& store = stores[commit.store];
    store.epoch = commit.epoch;
    store.sequence = commit.new_sequence;
    for (const auto& write : commit.rows) {
      store.tombstones.erase({write.collection, write.record.id});
      store.rows[{write.collection, write.record.id}] = write.record;
    }
    for (const auto& removal : commit.removals) {
      store.rows.erase({removal.collection, removal.tombstone.id});
      store.tombstones[{removal.collection, removal.tombstone.id}] = removal.tombstone;
    }
    for (const auto& removal : commit.forgotten) {
      store.tombstones.erase({removal.collection, removal.tombstone.id});
      Sequence& floor = store.tombstone_floors[removal.collection];
      floor = std::max(floor, removal.tombstone.version);
    }
    for (const ports::LogEntry& entry : commit.log) {
      SS_ASSERT(entry.sequence == store.log.size() + 1);
      store.log_time = entry.time;
      store.log.push_back(entry);
    }
    SS_ASSERT(store.log.size() == store.sequence);
    for (const ports::StoredReceipt& receipt : commit.receipts) {
      const bool fresh =
          store.receipt_index.emplace(receipt.result.id, store.receipts.size()).second;
      SS_ASSERT(fresh);  // an answer is bound to its id for good
      store.receipts.push_back(receipt);
    }
    for (const ports::StoredAuthor& author : commit.authors) {
      SS_ASSERT(author.number == store.authors.size() + 1);
      store.authors.push_back(author);
    }
  }
  for (const ports::DocumentWrite& write : batch.documents) {
    if (write.erase) {
      documents.erase({write.kind, write.key});
    } else {
      documents[{write.kind, write.key}] = {write.kind, write.key, write.body, write.expires_at};
    }
  }
  return {};
}

MemoryStorage::MemoryStorage(ports::Scheduler& scheduler, std::shared_ptr<MemoryDisk> disk)
    : scheduler_(scheduler),
      disk_(std::move(disk)),
      receipts_in_memory_(limits::kReceiptsInMemory),
      alive_(std::make_shared<bool>(true)) {}

MemoryStorage::~MemoryStorage() = default;

void MemoryStorage::set_fault(std::optional<ErrorCode> code, bool unknown_outcome) {
  fault_ = code;
  unknown_outcome_ = unknown_outcome;
}

void MemoryStorage::set_delays(std::int64_t durable_ms, std::int64_t answer_ms) {
  durable_ms_ = durable_ms;
  answer_ms_ = answer_ms;
}

void MemoryStorage::post(std::function<void()> work) {
  scheduler_.post([alive = std::weak_ptr<bool>(alive_), work = std::move(work)] {
    if (!alive.expired())
      work();
  });
}

MemoryStore* MemoryStorage::find(const StoreId& store) {
  const auto found = disk_->stores.find(store);
  return found == disk_->stores.end() ? nullptr : &found->second;
}

void MemoryStorage::commit(ports::StorageBatch batch, std::function<void(Status)> done) {
  auto shared = std::make_shared<ports::StorageBatch>(std::move(batch));
  const auto guarded = [this](std::function<void()> work) {
    return [alive = std::weak_ptr<bool>(alive_), work = std::move(work)] {
      if (!alive.expired())
        work();
    };
  };
  auto make_durable = guarded([this, shared, guarded, done = std::move(done)] {
    Status status;
    if (broken_) {
      status = fail(ErrorCode::internal, "Writing stopped after an error with unknown outcome.");
    } else if (fault_ && !unknown_outcome_) {
      status = fail(*fault_);
      broken_ = *fault_ != ErrorCode::storage_full && *fault_ != ErrorCode::retry;
    } else {
      status = disk_->apply(*shared);
      if (status.ok())
        ++commits_;
      if (fault_ && status.ok()) {
        status = fail(*fault_);
        broken_ = true;
      }
    }
    auto answer = guarded([done, status] { done(status); });
    if (answer_ms_ > 0) {
      scheduler_.after(answer_ms_, std::move(answer));
    } else {
      scheduler_.post(std::move(answer));
    }
  });
  if (durable_ms_ > 0) {
    scheduler_.after(durable_ms_, std::move(make_durable));
  } else {
    scheduler_.post(std::move(make_durable));
  }
}

void MemoryStorage::list_stores(std::function<void(Result<std::vector<ports::StoreHead>>)> done) {
  post([this, done = std::move(done)] {
    std::vector<ports::StoreHead> heads;
    for (const auto& [id, store] : disk_->stores)
      heads.push_back({id, store.epoch, store.sequence});
    done(std::move(heads));
  });
}

void MemoryStorage::load_store(
    StoreId id, std::function<void(Result<std::shared_ptr<ports::StoreImage>>)> done) {
  post([this, id = std::move(id), done = std::move(done)] {
    const MemoryStore* store = find(id);
    if (store == nullptr)
      return done(fail(ErrorCode::unknown_store));
    auto image = std::make_shared<ports::StoreImage>();
    image->store = id;
    image->epoch = store->epoch;
    image->sequence = store->sequence;
    image->log_time = store->log_time;
    if (!store->log.empty())
      image->log_hash = store->log.back().hash;
    for (const auto& [place, record] : store->rows) {
      image->rows.push_back({place.first, record});
      // Rows of before an upgrade end where its new fields begin.
      if (const auto* collection = model::find_collection(place.first))
        image->rows.back().record.values.resize(collection->fields.size());
    }
    for (const auto& [place, tombstone] : store->tombstones)
      image->tombstones.push_back({place.first, tombstone});
    image->tombstone_floors = store->tombstone_floors;
    image->authors = store->authors;
    const std::size_t count = std::min(receipts_in_memory_, store->receipts.size());
    image->receipts.assign(store->receipts.end() - static_cast<std::ptrdiff_t>(count),
                           store->receipts.end());
    image->all_receipts = count == store->receipts.size();
    done(std::move(image));
  });
}

void MemoryStorage::find_receipts(
    StoreId id, std::vector<MutationId> ids,
    std::function<void(Result<std::vector<ports::StoredReceipt>>)> done) {
  post([this, id = std::move(id), ids = std::move(ids), done = std::move(done)] {
    std::vector<ports::StoredReceipt> found;
    if (const MemoryStore* store = find(id)) {
      for (const MutationId& mutation : ids) {
        const auto place = store->receipt_index.find(mutation);
        if (place != store->receipt_index.end())
          found.push_back(store->receipts[place->second]);
      }
    }
    done(std::move(found));
  });
}

void MemoryStorage::read_log(StoreId id, Sequence from, Sequence to, std::size_t limit,
                             std::function<void(Result<std::vector<ports::LogEntry>>)> done) {
  post([this, id = std::move(id), from, to, limit, done = std::move(done)] {
    std::vector<ports::LogEntry> entries;
    if (const MemoryStore* store = find(id)) {
      const std::vector<ports::LogEntry>& log = store->log;
      const std::size_t kept = log_kept_ == 0 ? log.size() : std::min(log_kept_, log.size());
      auto entry = std::lower_bound(
          log.end() - static_cast<std::ptrdiff_t>(kept), log.end(), from,
          [](const ports::LogEntry& one, Sequence sequence) { return one.sequence < sequence; });
      for (; entry != log.end() && entry->sequence <= to && entries.size() < limit; ++entry)
        entries.push_back(*entry);
    }
    done(std::move(entries));
  });
}

void MemoryStorage::read_record_log(
    StoreId id, std::uint16_t collection, RecordId record, Sequence before, std::size_t limit,
    std::function<void(Result<std::vector<ports::LogEntry>>)> done) {
  post([this, id = std::move(id), collection, record, before, limit, done = std::move(done)] {
    std::vector<ports::LogEntry> entries;
    const MemoryStore* store = find(id);
    for (std::size_t i = store == nullptr ? 0 : store->log.size();
         i-- > 0 && entries.size() < limit;) {
      const ports::LogEntry& entry = store->log[i];
      if (before != 0 && entry.sequence >= before)
        continue;
      ByteReader in(entry.blob);
      const auto change_set = sync::read_change_set(in);
      if (!change_set.ok())
        return done(fail(ErrorCode::corrupt));
      const bool touched = std::any_of(
          change_set->changes.begin(), change_set->changes.end(), [&](const sync::Change& change) {
            return change.collection == collection && change.record == record;
          });
      if (touched)
        entries.push_back(entry);
    }
    done(std::move(entries));
  });
}

void MemoryStorage::load_documents(std::string kind,
                                   std::function<void(Result<std::vector<ports::Document>>)> done) {
  post([this, kind = std::move(kind), done = std::move(done)] {
    std::vector<ports::Document> documents;
    for (const auto& [place, document] : disk_->documents) {
      if (place.first == kind)
        documents.push_back(document);
    }
    done(std::move(documents));
  });
}

void MemoryStorage::set_epoch(StoreId id, Epoch epoch, std::function<void(Status)> done) {
  post([this, id = std::move(id), epoch, done = std::move(done)] {
    MemoryStore* store = find(id);
    if (store == nullptr)
      return done(fail(ErrorCode::unknown_store));
    store->epoch = epoch;
    done({});
  });
}

void MemoryStorage::probe(std::size_t, std::function<void(Status)> done) {
  commit({}, std::move(done));
}

void MemoryStorage::backup(std::string, std::function<void(Status)> done) {
  post([done = std::move(done)] { done(fail(ErrorCode::not_implemented)); });
}

void MemoryStorage::verify(std::function<void(Result<std::vector<std::string>>)> done) {
  post([this, done = std::move(done)] {
    std::vector<std::string> lines;
    for (const auto& [id, store] : disk_->stores) {
      bool consecutive = store.log.size() == store.sequence;
      for (std::size_t i = 0; i < store.log.size(); ++i)
        consecutive = consecutive && store.log[i].sequence == i + 1;
      lines.push_back("store " + id + ": log " + (consecutive ? "ok" : "has a gap"));
    }
    done(std::move(lines));
  });
}

}  // namespace syncstore::memory
