#include "tests/contract/storage_contract.hpp"

#include <algorithm>

namespace syncstore::test {
namespace {
constexpr RecordId kMug{101};
constexpr RecordId kCup{102};
}  // namespace

void StorageContract::SetUp() {
  engine_ = std::make_unique<adapters::EngineThread>(1, 4);
  data_ = GetParam().make();
  storage_ = data_->open(*engine_);
  ASSERT_NE(storage_, nullptr);
}

void StorageContract::TearDown() {
  engine_->stop();
  storage_.reset();
}

void StorageContract::reopen() {
  storage_.reset();
  storage_ = data_->open(*engine_);
  ASSERT_NE(storage_, nullptr);
}

Status StorageContract::commit(ports::StorageBatch batch) {
  return await<Status>([&](auto done) { storage_->commit(std::move(batch), std::move(done)); });
}

std::shared_ptr<ports::StoreImage> StorageContract::load(const StoreId& store) {
  auto image = await<Result<std::shared_ptr<ports::StoreImage>>>(
      [&](auto done) { storage_->load_store(store, std::move(done)); });
  return image.ok() ? *image : nullptr;
}

TEST_P(StorageContract, AProbeSaysWhetherThereIsSpaceAndChangesNothing) {
  StoreScript gifts("gifts");
  ASSERT_TRUE(commit(gifts.set_product(RecordId{101}, 1, "Mug", 5)).ok());
  EXPECT_TRUE(await<Status>([&](auto done) { storage_->probe(65'536, done); }).ok());
  EXPECT_EQ(load("gifts")->sequence, 1u);
  ASSERT_TRUE(commit(gifts.set_product(RecordId{101}, 1, "Cup", 5)).ok());
  reopen();
  EXPECT_EQ(load("gifts")->sequence, 2u);
}

TEST_P(StorageContract, KeepsWhatWasCommittedOverAReopening) {
  StoreScript gifts("gifts");
  ASSERT_TRUE(commit(gifts.set_product(kMug, 1, "Mug", 5)).ok());
  ASSERT_TRUE(commit(gifts.set_product(kCup, 2, "Cup", 0)).ok());
  ASSERT_TRUE(commit(gifts.set_product(kMug, 1, "Red mug", 4)).ok());
  for (int turn = 0; turn < 2; ++turn) {
    const auto image = load("gifts");
    ASSERT_NE(image, nullptr);
    EXPECT_EQ(image->epoch, 77u);
    EXPECT_EQ(image->sequence, 3u);
    EXPECT_EQ(image->log_hash, gifts.log_hash());
    EXPECT_EQ(image->log_time, kScriptTime + 3);
    ASSERT_EQ(image->rows.size(), 2u);
    EXPECT_EQ(image->rows[0].record.values, product(kMug, 1, 3, "Red mug", 4).values);
    EXPECT_EQ(image->rows[0].record.version, 3u);
    EXPECT_EQ(image->rows[0].record.changed_at, kScriptTime + 3);
    EXPECT_EQ(image->rows[0].record.changed_by, 1u);
    EXPECT_EQ(image->rows[1].record.row, 2u);
    ASSERT_EQ(image->receipts.size(), 3u);
    EXPECT_EQ(image->receipts[2].result.id, gifts.mutation_of(3));
    EXPECT_EQ(image->receipts[2].result.sequence, 3u);
    EXPECT_EQ(image->receipts[2].body_hash, "12345678");
    EXPECT_TRUE(image->all_receipts);
    ASSERT_EQ(image->authors.size(), 1u);
    EXPECT_EQ(image->authors[0].name, "Ann");
    reopen();
  }
}

TEST_P(StorageContract, KeepsEveryKindOfValueExactly) {
  StoreScript gifts("gifts");
  ports::StoreCommit commit_of_all = gifts.set_product(kMug, 1, "x", 1);
  commit_of_all.rows.clear();
  for (const model::CollectionDef& collection : model::collections()) {
    for (const int variant : {0, 1}) {
      model::Record record;
      record.id = RecordId{static_cast<std::uint64_t>(collection.number) << 40 |
                           static_cast<std::uint64_t>(variant + 1)};
      record.row = static_cast<RowNumber>(variant + 1);
      record.version = 1;
      for (const model::FieldDef& field : collection.fields) {
        if (variant == 0) {
          record.values.emplace_back();
          continue;
        }
        switch (field.kind) {
          case model::FieldKind::flag:
            record.values.emplace_back(true);
            break;
          case model::FieldKind::money:
          case model::FieldKind::decimal:
          case model::FieldKind::count:
          case model::FieldKind::time:
            record.values.emplace_back(std::int64_t{-9'007'199'254'740'991});
            break;
          case model::FieldKind::list:
            record.values.emplace_back(model::TextList{"a \"b\"", "\xC3\xA9\\", "z\n"});
            break;
          default:
            record.values.emplace_back(std::string("\xF0\x9F\x8E\x81 'quoted' \"text\" \\ %_;--"));
            break;
        }
      }
      commit_of_all.rows.push_back({collection.number, std::move(record)});
    }
  }
  const auto written = commit_of_all.rows;
  ASSERT_TRUE(commit(std::move(commit_of_all)).ok());
  reopen();
  const auto image = load("gifts");
  ASSERT_NE(image, nullptr);
  ASSERT_EQ(image->rows.size(), written.size());
  for (const auto& row : written) {
    const auto found = std::find_if(image->rows.begin(), image->rows.end(), [&](const auto& each) {
      return each.collection == row.collection && each.record.id == row.record.id;
    });
    ASSERT_NE(found, image->rows.end());
    EXPECT_EQ(found->record.values, row.record.values) << row.collection;
  }
}

TEST_P(StorageContract, KeepsRemovalsAndLiftsThemWhenTheRecordReturns) {
  StoreScript gifts("gifts");
  ASSERT_TRUE(commit(gifts.set_product(kMug, 1, "Mug", 5)).ok());
  ASSERT_TRUE(commit(gifts.remove_product(kMug, 1)).ok());
  reopen();
  auto image = load("gifts");
  EXPECT_TRUE(image->rows.empty());
  ASSERT_EQ(image->tombstones.size(), 1u);
  EXPECT_EQ(image->tombstones[0].tombstone.id, kMug);
  EXPECT_EQ(image->tombstones[0].tombstone.version, 2u);
  EXPECT_EQ(image->tombstones[0].tombstone.row, 1u);
  ASSERT_TRUE(commit(gifts.set_product(kMug, 1, "Back", 5)).ok());
  image = load("gifts");
  EXPECT_EQ(image->rows.size(), 1u);
  EXPECT_TRUE(image->tombstones.empty());
}

TEST_P(StorageContract, ForgetsRemovalsAndRemembersUpToWhere) {
  StoreScript gifts("gifts");
  ASSERT_TRUE(commit(gifts.set_product(kMug, 1, "Mug", 5)).ok());
  ASSERT_TRUE(commit(gifts.set_product(kCup, 2, "Cup", 5)).ok());
  ASSERT_TRUE(commit(gifts.remove_product(kMug, 1)).ok());
  ASSERT_TRUE(commit(gifts.remove_product(kCup, 2)).ok());
  auto image = load("gifts");
  EXPECT_TRUE(image->tombstone_floors.empty());
  ASSERT_EQ(image->tombstones.size(), 2u);
  ports::StoreCommit forget;
  forget.store = "gifts";
  forget.epoch = image->epoch;
  forget.expected_sequence = forget.new_sequence = image->sequence;
  for (const auto& removal : image->tombstones) {
    if (removal.tombstone.id == kMug)
      forget.forgotten.push_back(removal);
  }
  ports::StoreCommit late = forget;
  late.expected_sequence = late.new_sequence = image->sequence - 1;
  EXPECT_FALSE(commit(std::move(late)).ok());
  ASSERT_TRUE(commit(std::move(forget)).ok());
  reopen();
  image = load("gifts");
  EXPECT_EQ(image->sequence, 4u);
  ASSERT_EQ(image->tombstones.size(), 1u);
  EXPECT_EQ(image->tombstones[0].tombstone.id, kCup);
  ASSERT_EQ(image->tombstone_floors.size(), 1u);
  EXPECT_EQ(image->tombstone_floors[model::kProducts], 3u);
  // The floor never sinks, and the log goes on.
  ASSERT_TRUE(commit(gifts.set_product(kMug, 3, "Back", 5)).ok());
  EXPECT_EQ(load("gifts")->tombstone_floors[model::kProducts], 3u);
}

TEST_P(StorageContract, RefusesAStoreThatSomebodyElseMoved) {
  StoreScript gifts("gifts");
  StoreScript other("gifts");
  ASSERT_TRUE(commit(gifts.set_product(kMug, 1, "Mug", 5)).ok());
  Status twice = commit(other.set_product(kCup, 1, "Cup", 5));  // creates what exists
  ASSERT_FALSE(twice.ok());
  EXPECT_EQ(twice.error().code, ErrorCode::precondition_failed);
  ASSERT_TRUE(commit(gifts.set_product(kMug, 1, "Mug 2", 5)).ok());
  twice = commit(other.set_product(kCup, 1, "Cup", 5));  // expects 1, stands at 2
  ASSERT_FALSE(twice.ok());
  EXPECT_EQ(twice.error().code, ErrorCode::precondition_failed);
  StoreScript nowhere("nowhere");
  static_cast<void>(nowhere.set_product(kMug, 1, "", 0));
  EXPECT_FALSE(commit(nowhere.set_product(kMug, 1, "", 0)).ok());
  const auto image = load("gifts");
  EXPECT_EQ(image->sequence, 2u);
  EXPECT_EQ(image->rows.size(), 1u);
  EXPECT_EQ(load("nowhere"), nullptr);
  EXPECT_TRUE(commit(gifts.set_product(kMug, 1, "Mug 3", 5)).ok());  // a refusal stops nothing
}

TEST_P(StorageContract, ABatchOfSeveralStoresAndDocumentsIsAllOrNothing) {
  StoreScript gifts("gifts");
  StoreScript games("games");
  ASSERT_TRUE(commit(gifts.set_product(kMug, 1, "Mug", 5)).ok());
  ports::StorageBatch batch;
  batch.stores.push_back(gifts.set_product(kMug, 1, "Mug 2", 5));
  ports::StoreCommit wrong = games.set_product(kCup, 1, "Cup", 5);
  wrong.create_store = false;
  batch.stores.push_back(wrong);
  batch.documents.push_back({"user", "a", "{}", 0, false});
  EXPECT_EQ(commit(batch).error().code, ErrorCode::precondition_failed);
  EXPECT_EQ(load("gifts")->sequence, 1u);
  const auto load_users = [&] {
    return *await<Result<std::vector<ports::Document>>>(
        [&](auto done) { storage_->load_documents("user", std::move(done)); });
  };
  EXPECT_TRUE(load_users().empty());
  batch.stores[1].create_store = true;
  EXPECT_TRUE(commit(batch).ok());
  EXPECT_EQ(load("gifts")->sequence, 2u);
  EXPECT_EQ(load("games")->sequence, 1u);
  EXPECT_EQ(load_users().size(), 1u);
}

TEST_P(StorageContract, BatchesThatWaitTogetherStandOrFallAlone) {
  StoreScript gifts("gifts");
  StoreScript stale("gifts");
  StoreScript games("games");
  static_cast<void>(stale.set_product(kMug, 1, "", 0));
  std::mutex mutex;
  std::condition_variable wake;
  std::vector<std::pair<int, bool>> answers;
  const auto put = [&](int number, ports::StoreCommit store_commit) {
    storage_->commit(batch_of(std::move(store_commit)), [&, number](Status status) {
      const std::lock_guard lock(mutex);
      answers.emplace_back(number, status.ok());
      wake.notify_one();
    });
  };
  for (int i = 0; i < 30; i += 3) {
    put(i, gifts.set_product(kMug, 1, "Mug " + std::to_string(i), i));
    ports::StoreCommit old = stale.set_product(kCup, 9, "stale", 0);
    old.expected_sequence = 1'000'000;
    put(i + 1, std::move(old));
    put(i + 2, games.set_product(kCup, 1, "Cup " + std::to_string(i), i));
  }
  std::unique_lock lock(mutex);
  wake.wait(lock, [&] { return answers.size() == 30; });
  for (int i = 0; i < 30; ++i) {
    EXPECT_EQ(answers[static_cast<std::size_t>(i)].first, i);  // in the order of the calls
    EXPECT_EQ(answers[static_cast<std::size_t>(i)].second, i % 3 != 1);
  }
  lock.unlock();
  EXPECT_EQ(load("gifts")->sequence, 10u);
  EXPECT_EQ(load("games")->sequence, 10u);
}

TEST_P(StorageContract, ListsStores) {
  StoreScript gifts("gifts", 5);
  StoreScript games("games", 0xFFFF'FFFF'FFFF'FFFFull);  // an epoch uses all 64 bits
  ASSERT_TRUE(commit(gifts.set_product(kMug, 1, "Mug", 5)).ok());
  ASSERT_TRUE(commit(games.set_product(kMug, 1, "Mug", 5)).ok());
  const auto heads = await<Result<std::vector<ports::StoreHead>>>(
      [&](auto done) { storage_->list_stores(std::move(done)); });
  ASSERT_TRUE(heads.ok());
  ASSERT_EQ(heads->size(), 2u);
  EXPECT_EQ((*heads)[0].store, "games");
  EXPECT_EQ((*heads)[0].epoch, 0xFFFF'FFFF'FFFF'FFFFull);
  EXPECT_EQ((*heads)[1].sequence, 1u);
}

TEST_P(StorageContract, ReadsRangesOfTheLogAndTheHistoryOfARecord) {
  StoreScript gifts("gifts");
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(commit(gifts.set_product(i % 2 == 0 ? kMug : kCup, i % 2 == 0 ? 1 : 2,
                                         std::to_string(i), i))
                    .ok());
  }
  using Entries = Result<std::vector<ports::LogEntry>>;
  const auto range = [&](Sequence from, Sequence to, std::size_t limit) {
    std::vector<Sequence> found;
    const auto entries = await<Entries>(
        [&](auto done) { storage_->read_log("gifts", from, to, limit, std::move(done)); });
    for (const auto& entry : *entries)
      found.push_back(entry.sequence);
    return found;
  };
  EXPECT_EQ(range(3, 5, 100), (std::vector<Sequence>{3, 4, 5}));
  EXPECT_EQ(range(8, ~0ull, 2), (std::vector<Sequence>{8, 9}));
  EXPECT_EQ(range(11, 20, 5), (std::vector<Sequence>{}));
  const auto history = [&](RecordId id, Sequence before, std::size_t limit) {
    std::vector<Sequence> found;
    const auto entries = await<Entries>([&](auto done) {
      storage_->read_record_log("gifts", model::kProducts, id, before, limit, std::move(done));
    });
    for (const auto& entry : *entries)
      found.push_back(entry.sequence);
    return found;
  };
  EXPECT_EQ(history(kMug, 0, 100), (std::vector<Sequence>{9, 7, 5, 3, 1}));
  EXPECT_EQ(history(kMug, 7, 2), (std::vector<Sequence>{5, 3}));
  EXPECT_EQ(history(RecordId{999}, 0, 2), (std::vector<Sequence>{}));
}

TEST_P(StorageContract, FindsTheHistoryOfARecordAnywhereInALongLog) {
  constexpr Sequence kEntries = 5000;
  // The mug is touched seldom and unevenly; everything between is about the cup.
  const std::vector<Sequence> mug = {2, 1023, 1024, 1025, 2047, 2048, 4096, 4999};
  StoreScript gifts("gifts");
  ports::StoreCommit joined;
  for (Sequence at = 1; at <= kEntries; ++at) {
    const bool is_mug = std::count(mug.begin(), mug.end(), at) != 0;
    auto next = gifts.set_product(is_mug ? kMug : kCup, is_mug ? 1 : 2, std::to_string(at), 0);
    joined = joined.log.empty() ? std::move(next)
                                : StoreScript::join(std::move(joined), std::move(next));
    if (joined.log.size() == 500) {
      ASSERT_TRUE(commit(std::move(joined)).ok());
      joined = {};
    }
  }
  for (Sequence before : {Sequence{0}, Sequence{5001}, Sequence{4999}, Sequence{2048},
                          Sequence{1024}, Sequence{1023}, Sequence{3}, Sequence{2}, Sequence{1}}) {
    for (std::size_t limit : {1u, 3u, 100u}) {
      std::vector<Sequence> expected;
      for (auto at = mug.rbegin(); at != mug.rend() && expected.size() < limit; ++at) {
        if (before == 0 || *at < before)
          expected.push_back(*at);
      }
      std::vector<Sequence> found;
      const auto entries = await<Result<std::vector<ports::LogEntry>>>([&](auto done) {
        storage_->read_record_log("gifts", model::kProducts, kMug, before, limit, std::move(done));
      });
      ASSERT_TRUE(entries.ok());
      for (const auto& entry : *entries)
        found.push_back(entry.sequence);
      EXPECT_EQ(found, expected) << "before " << before << ", at most " << limit;
    }
  }
}

TEST_P(StorageContract, FindsReceiptsById) {
  StoreScript gifts("gifts");
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(commit(gifts.set_product(kMug, 1, std::to_string(i), i)).ok());
  const auto found = await<Result<std::vector<ports::StoredReceipt>>>([&](auto done) {
    storage_->find_receipts("gifts", {gifts.mutation_of(4), gifts.mutation_of(999)},
                            std::move(done));
  });
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ((*found)[0].result.sequence, 4u);
  EXPECT_EQ((*found)[0].result.ops.size(), 1u);
}

TEST_P(StorageContract, KeepsReplacesAndErasesDocuments) {
  const auto write = [&](std::string key, std::string body, bool erase) {
    ports::StorageBatch batch;
    batch.documents.push_back({"token", std::move(key), std::move(body), 0, erase});
    ASSERT_TRUE(commit(std::move(batch)).ok());
  };
  write("a", "1", false);
  write("b", "2", false);
  write("a", "3", false);
  write("b", "", true);
  write("never", "", true);
  reopen();
  const auto tokens = await<Result<std::vector<ports::Document>>>(
      [&](auto done) { storage_->load_documents("token", std::move(done)); });
  ASSERT_EQ(tokens->size(), 1u);
  EXPECT_EQ((*tokens)[0].key, "a");
  EXPECT_EQ((*tokens)[0].body, "3");
  const auto others = await<Result<std::vector<ports::Document>>>(
      [&](auto done) { storage_->load_documents("other", std::move(done)); });
  EXPECT_TRUE(others->empty());
}

TEST_P(StorageContract, RenewsAnEpochWithoutMovingTheStore) {
  StoreScript gifts("gifts", 5);
  ASSERT_TRUE(commit(gifts.set_product(kMug, 1, "Mug", 5)).ok());
  EXPECT_TRUE(
      await<Status>([&](auto done) { storage_->set_epoch("gifts", 6, std::move(done)); }).ok());
  reopen();
  EXPECT_EQ(load("gifts")->epoch, 6u);
  EXPECT_EQ(load("gifts")->sequence, 1u);
  EXPECT_FALSE(
      await<Status>([&](auto done) { storage_->set_epoch("nowhere", 6, std::move(done)); }).ok());
}

TEST_P(StorageContract, JoinsManyChangeSetsInOneCommit) {
  StoreScript gifts("gifts");
  ports::StoreCommit joined = gifts.set_product(kMug, 1, "0", 0);
  for (int i = 1; i < 512; ++i) {
    joined = StoreScript::join(
        std::move(joined), gifts.set_product(RecordId{100u + static_cast<unsigned>(i)},
                                             static_cast<RowNumber>(i + 1), std::to_string(i), i));
  }
  ASSERT_TRUE(commit(std::move(joined)).ok());
  const auto image = load("gifts");
  EXPECT_EQ(image->sequence, 512u);
  EXPECT_EQ(image->receipts.size(), 512u);
  EXPECT_EQ(image->log_hash, gifts.log_hash());
}

TEST_P(StorageContract, VerifiesWhatItKeeps) {
  StoreScript gifts("gifts");
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(commit(gifts.set_product(kMug, 1, std::to_string(i), i)).ok());
  const auto lines = await<Result<std::vector<std::string>>>(
      [&](auto done) { storage_->verify(std::move(done)); });
  ASSERT_TRUE(lines.ok()) << lines.error().detail;
  EXPECT_FALSE(lines->empty());
}

TEST_P(StorageContract, LoadingAnUnknownStoreSaysSo) {
  const auto image = await<Result<std::shared_ptr<ports::StoreImage>>>(
      [&](auto done) { storage_->load_store("nowhere", std::move(done)); });
  ASSERT_FALSE(image.ok());
  EXPECT_EQ(image.error().code, ErrorCode::unknown_store);
}

}  // namespace syncstore::test
