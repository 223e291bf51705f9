#include "core/base/limits.hpp"
#include "tests/server/engine/engine_world.hpp"

namespace syncstore::testing {
namespace {

using sync::FromValue;
using sync::OpStatus;

class CommitTest : public EngineWorld {
 protected:
  CommitTest() { create_store("gifts"); }
  const model::Value& value(RecordId id, std::string_view name) {
    return state().find(model::kProducts, id)->values[field(name)];
  }
};

TEST_F(CommitTest, CreatingAStoreWritesItsFirstRecords) {
  EXPECT_EQ(state().sequence(), 2u);
  ASSERT_NE(state().info(), nullptr);
  EXPECT_TRUE(state().is_active());
  EXPECT_EQ(state().table(model::kDashboard).size(), 1u);
  EXPECT_EQ(engine->stores().list(), std::vector<StoreId>{"gifts"});
  Status again;
  engine->create_store({.id = "gifts", .name = "Other", .currency = "GBP"}, {},
                       [&](Status s) { again = std::move(s); });
  events.settle();
  EXPECT_EQ(again.error().code, ErrorCode::already_exists);
}

TEST_F(CommitTest, BadStoresAreRefusedAndLeaveNothing) {
  for (const auto& [id, name] :
       std::vector<std::pair<std::string, std::string>>{{"Bad Id", "x"}, {"ok", ""}}) {
    Status status;
    engine->create_store({.id = id, .name = name, .currency = "GBP"}, {},
                         [&](Status s) { status = std::move(s); });
    events.settle();
    EXPECT_FALSE(status.ok());
    EXPECT_FALSE(engine->stores().exists(id));
  }
}

TEST_F(CommitTest, MemoryChangesOnlyAfterTheCommitIsDurable) {
  storage->set_delays(20, 10);
  const RecordId id = new_id();
  std::optional<Results> answer;
  engine->submit(submission({product("Mug", id)}, &answer));
  events.advance(25);
  EXPECT_EQ(state().find(model::kProducts, id), nullptr);
  EXPECT_EQ(state().sequence(), 2u);
  EXPECT_FALSE(answer);
  events.advance(5);
  ASSERT_TRUE(answer && answer->ok());
  EXPECT_EQ((**answer)[0].sequence, 3u);
  EXPECT_NE(state().find(model::kProducts, id), nullptr);
}

TEST_F(CommitTest, WhatWaitsTogetherIsOneTransaction) {
  storage->set_delays(10, 0);
  const auto before = engine->committer().counters().transactions;
  const RecordId first = new_id();
  commit({});
  std::vector<std::optional<Results>> answers(20);
  engine->submit(submission({product("First", first)}, &answers[0]));
  events.advance(1);  // the first is in flight
  for (std::size_t i = 1; i < answers.size(); ++i) {
    engine->submit(submission({product("P" + std::to_string(i), new_id())}, &answers[i]));
  }
  events.advance(100);
  for (const auto& answer : answers)
    ASSERT_TRUE(answer && answer->ok());
  EXPECT_EQ(engine->committer().counters().transactions - before, 2u);
  EXPECT_EQ(state().sequence(), 22u);
}

TEST_F(CommitTest, ABatchHasAtMost512Mutations) {
  std::vector<std::uint64_t> at;
  for (int i = 0; i < 6; ++i) {
    std::vector<sync::Mutation> many;
    for (int j = 0; j < 200; ++j)
      many.push_back(product("P", new_id()));
    auto made = submission(std::move(many), nullptr);
    made.done = [&](Results) { at.push_back(engine->committer().counters().transactions); };
    engine->submit(std::move(made));
  }
  events.settle();
  EXPECT_EQ(at, (std::vector<std::uint64_t>{2, 2, 3, 3, 4, 4}));
}

TEST_F(CommitTest, MoreThan512MutationsAreTooLarge) {
  std::vector<sync::Mutation> many(513, mutation({}));
  std::optional<Results> answer;
  engine->submit(submission(std::move(many), &answer));
  EXPECT_FALSE(answer) << "never from inside submit()";
  events.settle();
  EXPECT_EQ(answer->error().code, ErrorCode::too_large);
}

TEST_F(CommitTest, ManyWaitingMutationsAreRefusedAsQueueFull) {
  storage->set_delays(1'000, 0);
  std::optional<Results> last;
  for (int i = 0; i < 18; ++i) {
    std::vector<sync::Mutation> many(512, mutation({}));
    engine->submit(submission(std::move(many), &last));
  }
  events.settle();
  ASSERT_TRUE(last);
  EXPECT_EQ(last->error().code, ErrorCode::queue_full);
}

TEST_F(CommitTest, InteractiveGoesBeforeBulkAndLanesTakeTurns) {
  std::vector<std::string> order;
  const auto enqueue = [&](std::string name, engine::Priority priority, std::uint64_t lane,
                           std::size_t count) {
    std::vector<sync::Mutation> many;
    for (std::size_t i = 0; i < count; ++i)
      many.push_back(product(name, new_id()));
    auto made = submission(std::move(many), nullptr);
    made.priority = priority;
    made.lane = lane;
    made.done = [&order, name](Results) { order.push_back(name); };
    engine->submit(std::move(made));
  };
  enqueue("bulk1", engine::Priority::bulk, 1, 400);
  enqueue("bulk2", engine::Priority::bulk, 1, 400);
  enqueue("a1", engine::Priority::interactive, 2, 300);
  enqueue("a2", engine::Priority::interactive, 2, 300);
  enqueue("b1", engine::Priority::interactive, 3, 100);
  events.settle();
  EXPECT_EQ(order, (std::vector<std::string>{"a1", "b1", "a2", "bulk1", "bulk2"}));
}

TEST_F(CommitTest, TheSameIdAnswersTheStoredResult) {
  const RecordId id = new_id();
  const sync::Mutation insert = product("Mug", id);
  const auto first = commit({insert});
  const auto second = commit({insert});
  EXPECT_EQ(second[0].sequence, first[0].sequence);
  EXPECT_EQ(second[0].ops[0].status, OpStatus::applied);
  EXPECT_EQ(state().sequence(), 3u);
  boot();
  const auto after_restart = commit({insert});
  EXPECT_EQ(after_restart[0].sequence, first[0].sequence);
  EXPECT_EQ(state().sequence(), 3u);
}

TEST_F(CommitTest, TheSameIdInTheSameBatchTakesEffectOnce) {
  const sync::Mutation insert = product("Mug", new_id());
  const auto results = commit({insert, insert});
  EXPECT_EQ(results[0].sequence, 3u);
  EXPECT_EQ(results[1].sequence, 3u);
  EXPECT_EQ(results[1].ops[0].status, OpStatus::applied);
  EXPECT_EQ(state().sequence(), 3u);
  EXPECT_EQ(disk->stores.at("gifts").receipts.size(), 3u);
}

TEST_F(CommitTest, AnotherBodyUnderTheSameIdIsRefused) {
  const sync::Mutation insert = product("Mug", new_id());
  commit({insert});
  sync::Mutation other = product("Cup", new_id());
  other.id = insert.id;
  const auto results = commit({other});
  EXPECT_EQ(results[0].ops[0].status, OpStatus::refused);
  EXPECT_EQ(results[0].ops[0].code, ErrorCode::id_reused);
  EXPECT_EQ(commit({insert})[0].sequence, 3u) << "the first answer stays";
}

TEST_F(CommitTest, SomebodyElsesIdIsRefusedInsteadOfAnsweredAsIfItHadTakenEffect) {
  const sync::Mutation insert = product("Mug", new_id());
  commit({insert});
  for (int round = 0; round < 2; ++round) {
    std::optional<Results> answer;
    engine::Submission other = submission({insert}, &answer);
    other.author = {"u-eve", "eve", model::Role::editor};
    engine->submit(std::move(other));
    events.settle();
    ASSERT_TRUE(answer && answer->ok());
    EXPECT_EQ(answer->value()[0].ops[0].code, ErrorCode::id_reused);
    boot();  // stored receipts remember their author too
  }
  EXPECT_EQ(commit({insert})[0].sequence, 3u) << "its own author is answered";
}

TEST_F(CommitTest, ReceiptsOfEarlierVersionsStillAnswerTheirAuthors) {
  const sync::Mutation insert = product("Mug", new_id());
  commit({insert});
  for (ports::StoredReceipt& receipt : disk->stores.at("gifts").receipts) {
    ByteWriter bytes_alone;
    bytes_alone.u64(sync::mutation_body_hash(insert));
    if (receipt.result.id == insert.id)
      receipt.body_hash = bytes_alone.take();
  }
  boot();
  EXPECT_EQ(commit({insert})[0].sequence, 3u);
  EXPECT_EQ(state().sequence(), 3u);
}

TEST_F(CommitTest, OlderReceiptsAreLookedUpInStorage) {
  const sync::Mutation old = product("Old", new_id());
  commit({old});
  for (int i = 0; i < 5; ++i)
    commit({product("P", new_id())});
  receipts_in_memory = 2;
  boot();
  ASSERT_FALSE(state().all_receipts());
  ASSERT_EQ(state().receipt(old.id), nullptr);
  EXPECT_EQ(commit({old})[0].sequence, 3u);
  EXPECT_EQ(state().sequence(), 8u);
}

TEST_F(CommitTest, AnEditThatIsLookedUpInStorageDoesNotHoldUpOthers) {
  for (int i = 0; i < 5; ++i)
    commit({product("P", new_id())});
  const sync::Mutation known = product("Known", new_id());
  commit({known});
  receipts_in_memory = 2;
  boot();
  ASSERT_NE(state().receipt(known.id), nullptr);
  std::vector<std::string> order;
  const auto enqueue = [&](std::string name, std::uint64_t lane, const sync::Mutation& edit) {
    auto made = submission({edit}, nullptr);
    made.lane = lane;
    made.done = [&order, name](Results) { order.push_back(name); };
    engine->submit(std::move(made));
  };
  enqueue("repeated", 1, known);
  enqueue("looked up", 2, product("New", new_id()));
  enqueue("repeated again", 3, known);
  events.settle();
  EXPECT_EQ(order, (std::vector<std::string>{"repeated", "repeated again", "looked up"}));
}

TEST_F(CommitTest, AFullDiskChangesNothingAndSaysSo) {
  storage->set_fault(ErrorCode::storage_full);
  const RecordId id = new_id();
  const sync::Mutation insert = product("Mug", id, "M-1");
  std::optional<Results> answer;
  engine->submit(submission({insert}, &answer));
  events.settle();
  ASSERT_TRUE(answer && !answer->ok());
  EXPECT_EQ(answer->error().code, ErrorCode::storage_full);
  EXPECT_EQ(state().sequence(), 2u);
  EXPECT_EQ(state().receipt(insert.id), nullptr);
  storage->set_fault(std::nullopt);
  events.advance(2 * limits::kStorageProbeMs);
  const auto results = commit({insert});
  EXPECT_EQ(results[0].sequence, 3u);
  EXPECT_EQ(state().find(model::kProducts, id)->row, 1u)
      << "row numbers are used by committed batches only";
}

TEST_F(CommitTest, AFullDiskIsReadOnlyUntilAProbeFindsSpace) {
  const engine::ReadOnlyMode& mode = engine->committer().read_only();
  std::vector<bool> told;
  engine->committer().read_only().add_listener([&](bool on) { told.push_back(on); });
  storage->set_delays(10, 0);
  storage->set_fault(ErrorCode::storage_full);
  std::optional<Results> in_flight, waiting, later;
  Status documents;
  engine->submit(submission({product("Mug", new_id())}, &in_flight));
  events.advance(5);
  engine->submit(submission({product("Cup", new_id())}, &waiting));
  engine->committer().write_documents({{"kind", "key", "{}", 0, false}},
                                      [&](Status status) { documents = std::move(status); });
  events.advance(6);
  EXPECT_EQ(in_flight->error().code, ErrorCode::storage_full);
  ASSERT_TRUE(waiting) << "what waited behind it is refused with it";
  EXPECT_EQ(waiting->error().code, ErrorCode::storage_full);
  EXPECT_EQ(documents.error().code, ErrorCode::storage_full);
  EXPECT_EQ(engine->committer().counters().waiting, 0u);
  EXPECT_TRUE(mode.on());
  EXPECT_EQ(mode.since(), events.now() - 1);

  const auto tried = engine->committer().counters().transactions;
  engine->submit(submission({product("Jug", new_id())}, &later));
  events.advance(1);
  EXPECT_EQ(later->error().code, ErrorCode::storage_full);
  EXPECT_EQ(engine->committer().counters().transactions, tried) << "the disk is left alone";
  events.advance(5 * limits::kStorageProbeMs);
  EXPECT_TRUE(mode.on());

  storage->set_fault(std::nullopt);
  events.advance(limits::kStorageProbeMs + 20);
  EXPECT_FALSE(mode.on());
  EXPECT_EQ(mode.entered(), 1u);
  EXPECT_EQ(told, (std::vector<bool>{true, false}));
  storage->set_delays(0, 0);
  EXPECT_EQ(commit({product("Pot", new_id())})[0].sequence, 3u);
}

TEST_F(CommitTest, AProbeOfUnknownOutcomeStopsWriting) {
  std::optional<ErrorCode> fatal;
  engine->set_fatal_listener([&](const Error& error) { fatal = error.code; });
  storage->set_fault(ErrorCode::storage_full);
  engine->submit(submission({product("Mug", new_id())}, nullptr));
  events.settle();
  EXPECT_FALSE(fatal);
  storage->set_fault(ErrorCode::internal);
  events.advance(2 * limits::kStorageProbeMs);
  EXPECT_EQ(fatal, ErrorCode::internal);
  EXPECT_TRUE(engine->committer().stopped());
}

TEST_F(CommitTest, AnUnknownOutcomeStopsWriting) {
  std::optional<ErrorCode> fatal;
  engine->set_fatal_listener([&](const Error& error) { fatal = error.code; });
  storage->set_fault(ErrorCode::internal, true);
  const sync::Mutation insert = product("Mug", new_id());
  std::optional<Results> answer;
  engine->submit(submission({insert}, &answer));
  events.settle();
  EXPECT_EQ(answer->error().code, ErrorCode::unavailable);
  EXPECT_EQ(fatal, ErrorCode::internal);
  std::optional<Results> later;
  engine->submit(submission({product("Cup", new_id())}, &later));
  events.settle();
  EXPECT_EQ(later->error().code, ErrorCode::unavailable);
  boot();
  EXPECT_EQ(commit({insert})[0].sequence, 3u) << "it was durable: the stored answer";
}

TEST_F(CommitTest, AStoreMovedBySomebodyElseIsLoadedAgain) {
  commit({product("Mug", new_id())});
  disk->stores.at("gifts").sequence += 0;
  // Another process committed: same store, one entry further.
  ports::StorageBatch other;
  ports::StoreCommit foreign;
  foreign.store = "gifts";
  foreign.expected_sequence = 3;
  foreign.new_sequence = 4;
  foreign.epoch = state().epoch();
  sync::ChangeSet nothing;
  ByteWriter blob;
  sync::write_change_set(blob, nothing);
  foreign.log.push_back({4, events.now(), 0, blob.bytes(), crypto.sha256("foreign")});
  other.stores.push_back(foreign);
  ASSERT_TRUE(disk->apply(other).ok());
  const sync::Mutation insert = product("Cup", new_id());
  std::optional<Results> answer;
  engine->submit(submission({insert}, &answer));
  events.settle();
  EXPECT_EQ(answer->error().code, ErrorCode::retry);
  EXPECT_EQ(commit({insert})[0].sequence, 5u);
}

TEST_F(CommitTest, AnInactiveStoreTakesOnlyItsActivation) {
  sync::Op off;
  off.kind = sync::OpKind::set;
  off.collection = model::kStoreInfo;
  off.record = model::singleton_id(*model::find_collection(model::kStoreInfo));
  off.field = field("is_active", model::kStoreInfo);
  off.to = false;
  const auto results = commit({mutation({off}), product("Mug", new_id())});
  EXPECT_EQ(results[0].ops[0].status, OpStatus::applied);
  EXPECT_EQ(results[1].ops[0].code, ErrorCode::inactive_store) << "already inside the same batch";
  EXPECT_FALSE(state().is_active());
  // What the product itself has to write does not wait for it.
  std::optional<Results> own;
  auto made = submission({product("Own", new_id())}, &own);
  made.author = {{}, {}, model::Role::system};
  engine->submit(std::move(made));
  events.settle();
  ASSERT_TRUE(own && own->ok());
  EXPECT_EQ((**own)[0].ops[0].status, OpStatus::applied);
  off.to = true;
  EXPECT_EQ(commit({mutation({off})})[0].ops[0].status, OpStatus::applied);
  EXPECT_EQ(commit({product("Mug", new_id())})[0].ops[0].status, OpStatus::applied);
}

TEST_F(CommitTest, UniqueKeysHoldInsideABatch) {
  const auto results = commit({product("A", new_id(), "SKU-1"), product("B", new_id(), "sku-1")});
  EXPECT_EQ(results[0].ops[0].status, OpStatus::applied);
  EXPECT_EQ(results[1].ops[0].status, OpStatus::refused);
  EXPECT_EQ(results[1].ops[0].code, ErrorCode::duplicate_sku);
}

TEST_F(CommitTest, AConflictOfABatchIsSeenByTheNextMutation) {
  const RecordId id = new_id();
  commit({product("Mug", id)});
  const model::Value seen = std::string("Mug");
  const auto results = commit({set(id, "title", FromValue::seen(seen), std::string("Big mug")),
                               set(id, "title", FromValue::seen(seen), std::string("Small mug")),
                               set(id, "title", FromValue::seen(seen), std::string("Tiny mug"))});
  EXPECT_EQ(results[0].ops[0].status, OpStatus::applied);
  EXPECT_EQ(results[1].ops[0].status, OpStatus::conflict);
  EXPECT_EQ(results[2].ops[0].status, OpStatus::conflict);
  EXPECT_EQ(results[1].ops[0].conflict, results[2].ops[0].conflict)
      << "one per record, field and author";
  EXPECT_EQ(state().table(model::kConflicts).size(), 1u);
  EXPECT_EQ(state().open_conflicts({model::kProducts, id, field("title")}).size(), 1u);
  EXPECT_EQ(std::get<std::string>(value(id, "title")), "Big mug");
}

// Two people's first edits are stored together with the edit that disagrees with both.
TEST_F(CommitTest, AConflictNamesAuthorsWhoAreNewInTheSameTransaction) {
  const RecordId mug = new_id(), cup = new_id();
  commit({product("Mug", mug), product("Cup", cup)});
  const FromValue seen_mug = FromValue::seen(std::string("Mug"));
  const FromValue seen_cup = FromValue::seen(std::string("Cup"));
  storage->set_delays(10, 0);
  const auto before = engine->committer().counters().transactions;
  std::vector<std::optional<Results>> answers(4);
  engine->submit(submission({product("Under way", new_id())}, &answers[0]));
  events.advance(1);
  auto eve = submission({set(mug, "title", seen_mug, std::string("Big mug"))}, &answers[1]);
  eve.author = {"u-eve", "eve", model::Role::editor};
  auto bob = submission({set(cup, "title", seen_cup, std::string("Big cup"))}, &answers[2]);
  bob.author = {"u-bob", "bob", model::Role::editor};
  engine->submit(std::move(eve));
  engine->submit(std::move(bob));
  engine->submit(submission({set(mug, "title", seen_mug, std::string("Small mug")),
                             set(cup, "title", seen_cup, std::string("Small cup"))},
                            &answers[3]));
  events.advance(100);
  EXPECT_EQ(engine->committer().counters().transactions - before, 2u);
  ASSERT_TRUE(answers[3] && answers[3]->ok());
  const auto theirs = [&](std::size_t edit) {
    const sync::OpOutcome& outcome = (**answers[3]).at(edit).ops.at(0);
    EXPECT_EQ(outcome.status, OpStatus::conflict);
    const model::Record* conflict = state().find(model::kConflicts, outcome.conflict);
    return conflict == nullptr ? model::Value{}
                               : conflict->values[field("theirs_by", model::kConflicts)];
  };
  EXPECT_EQ(theirs(0), model::Value(std::string("eve")));
  EXPECT_EQ(theirs(1), model::Value(std::string("bob")));
}

TEST_F(CommitTest, RemovedIdsStayTakenAndComeBackFromStorage) {
  const RecordId id = new_id();
  commit({product("Mug", id)});
  commit({remove(id)});
  EXPECT_EQ(commit({product("Mug", id)})[0].ops[0].code, ErrorCode::id_taken);
  boot();
  EXPECT_EQ(state().find(model::kProducts, id), nullptr);
  EXPECT_EQ(commit({product("Mug", id)})[0].ops[0].code, ErrorCode::id_taken);
  const RecordId other = new_id();
  commit({product("Cup", other)});
  EXPECT_EQ(state().find(model::kProducts, other)->row, 2u) << "a row number is never reused";
}

TEST_F(CommitTest, MemoryAfterARestartEqualsMemoryBefore) {
  std::vector<RecordId> made;
  for (int i = 0; i < 30; ++i) {
    made.push_back(new_id());
    commit({product("P" + std::to_string(i), made.back(), "S" + std::to_string(i))});
  }
  commit({remove(made[3]), set(made[4], "title", FromValue::anything(), std::string("Changed"))});
  const model::Digest digest = state().table(model::kProducts).digest();
  const std::string hash = state().log_hash();
  const Sequence sequence = state().sequence();
  const Sequence last = state().table(model::kProducts).last_sequence();
  boot();
  EXPECT_EQ(state().table(model::kProducts).digest(), digest);
  EXPECT_EQ(state().log_hash(), hash);
  EXPECT_EQ(state().sequence(), sequence);
  EXPECT_EQ(state().table(model::kProducts).last_sequence(), last);
  EXPECT_TRUE(state().tail_reaches(0)) << "the newest log entries are read again";
}

TEST_F(CommitTest, TheLogIsAChain) {
  for (int i = 0; i < 5; ++i)
    commit({product("P", new_id())});
  std::string previous;
  for (const ports::LogEntry& entry : disk->stores.at("gifts").log) {
    EXPECT_EQ(entry.hash, crypto.sha256_pair(previous, entry.blob));
    previous = entry.hash;
  }
  EXPECT_EQ(previous, state().log_hash());
}

TEST_F(CommitTest, LogTimeNeverGoesBack) {
  commit({product("P", new_id())});
  const TimeMs before = state().log_time();
  clock.skew = -1'000'000;
  const RecordId id = new_id();
  commit({product("Q", id)});
  EXPECT_EQ(state().log_time(), before);
  EXPECT_EQ(state().find(model::kProducts, id)->changed_at, before);
}

TEST_F(CommitTest, GuardsAreCheckedAtMergeTime) {
  const RecordId id = new_id();
  const sync::Mutation insert = product("Mug", id);
  commit({insert});
  const auto only_version = [&](Sequence version) {
    return [id, version](const sync::MergeView& view) -> Status {
      if (view.find(model::kProducts, id)->version != version)
        return fail(ErrorCode::precondition_failed);
      return {};
    };
  };
  std::optional<Results> first, second;
  auto a = submission({set(id, "title", FromValue::anything(), std::string("A"))}, &first);
  a.guard = only_version(3);
  auto b = submission({set(id, "title", FromValue::anything(), std::string("B"))}, &second);
  b.guard = only_version(3);
  engine->submit(std::move(a));
  engine->submit(std::move(b));
  events.settle();
  EXPECT_TRUE(first->ok());
  EXPECT_EQ(second->error().code, ErrorCode::precondition_failed);
  EXPECT_EQ(std::get<std::string>(value(id, "title")), "A");
}

TEST_F(CommitTest, DocumentsRideInTheSameTransaction) {
  const RecordId id = new_id();
  std::optional<Results> answer;
  auto made = submission({product("Mug", id)}, &answer);
  made.documents = [id](const std::vector<sync::MutationResult>& results,
                        const sync::MergeView& after) {
    EXPECT_NE(after.find(model::kProducts, id), nullptr);
    ports::DocumentWrite write{"idempotency", "k1", std::to_string(results[0].sequence), 0, false};
    return std::vector<ports::DocumentWrite>{write};
  };
  const auto before = storage->commits();
  engine->submit(std::move(made));
  std::optional<Status> alone;
  engine->committer().write_documents({{"user", "u-ann", "{}", 0, false}},
                                      [&](Status s) { alone = std::move(s); });
  events.settle();
  EXPECT_EQ(storage->commits() - before, 1u);
  EXPECT_EQ(disk->documents.at({"idempotency", "k1"}).body, "3");
  EXPECT_EQ(disk->documents.count({"user", "u-ann"}), 1u);
  EXPECT_TRUE(alone && alone->ok());
}

TEST_F(CommitTest, UnknownStoresAreAnswered) {
  std::optional<Results> answer;
  auto made = submission({product("Mug", new_id())}, &answer);
  made.store = "nowhere";
  engine->submit(std::move(made));
  events.settle();
  EXPECT_EQ(answer->error().code, ErrorCode::unknown_store);
}

TEST_F(CommitTest, DrainingAnswersWhatWasAcceptedAndRefusesTheRest) {
  storage->set_delays(10, 0);
  std::optional<Results> before, after;
  bool drained = false;
  engine->submit(submission({product("Mug", new_id())}, &before));
  engine->drain([&] { drained = true; });
  engine->submit(submission({product("Cup", new_id())}, &after));
  events.settle();
  EXPECT_FALSE(drained);
  EXPECT_EQ(after->error().code, ErrorCode::unavailable);
  events.advance(20);
  EXPECT_TRUE(drained);
  EXPECT_TRUE(before->ok());
}

TEST_F(CommitTest, IdleStoresAreUnloadedAndComeBack) {
  const RecordId id = new_id();
  commit({product("Mug", id)});
  events.advance(12 * 60'000);
  EXPECT_EQ(engine->stores().loaded("gifts"), nullptr);
  EXPECT_NE(state().find(model::kProducts, id), nullptr);
}

TEST_F(CommitTest, PagesFollowCommits) {
  std::vector<RecordId> made;
  for (int i = 0; i < 60; ++i) {
    made.push_back(new_id());
    commit({product("P" + std::to_string(i), made.back())});
  }
  const view::Sort by_title{field("title"), false};
  EXPECT_EQ(state().read_page(model::kProducts, {}, by_title, 3, 25).rows.size(), 10u);
  commit({set(made[59], "title", FromValue::anything(), std::string("A first"))});
  EXPECT_EQ(state().read_page(model::kProducts, {}, by_title, 1, 25).rows[0]->id, made[59]);
  for (int i = 0; i < 10; ++i)
    commit({remove(made[static_cast<std::size_t>(i)])});
  const auto page = state().read_page(model::kProducts, {}, by_title, 3, 25);
  EXPECT_EQ(page.info.page, 2u);
  EXPECT_TRUE(page.info.clamped);
  EXPECT_EQ(page.info.total, 50u);
}

}  // namespace
}  // namespace syncstore::testing
