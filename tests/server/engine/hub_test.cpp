#include "server/engine/sync_api.hpp"
#include "tests/server/engine/binary_reader.hpp"
#include "tests/server/engine/engine_world.hpp"

namespace syncstore::testing {
namespace {

using sync::FromValue;

class HubTest : public EngineWorld {
 protected:
  HubTest() { create_store("gifts"); }
  RecordId insert(const std::string& title) {
    const RecordId id = new_id();
    commit({product(title, id)});
    return id;
  }
};

TEST_F(HubTest, AnEditReachesEveryLinkAsTheSameBytes) {
  OpenLink a = follow("eve"), b = follow("vic");
  a.link->messages.clear();
  b.link->messages.clear();
  const auto sections = engine->hub().counters().sections_encoded;
  insert("Mug");
  ASSERT_EQ(a.link->messages.size(), 1u);
  ASSERT_EQ(b.link->messages.size(), 1u);
  EXPECT_EQ(a.link->messages[0].get(), b.link->messages[0].get()) << "encoded once";
  EXPECT_EQ(engine->hub().counters().sections_encoded - sections, 1u);
}

TEST_F(HubTest, WelcomeThenSnapshotThenExactChanges) {
  for (int i = 0; i < 30; ++i)
    insert("P" + std::to_string(i));
  OpenLink open = follow("eve", {model::kProducts, model::kDashboard});
  BinaryReader reader({model::kProducts, model::kDashboard});
  auto messages = open.link->take();
  ASSERT_TRUE(std::holds_alternative<wire::Welcome>(messages.at(0)));
  reader.take(messages);
  EXPECT_EQ(reader.snapshots, 2);
  EXPECT_EQ(reader.welcome.role, model::Role::editor);
  EXPECT_EQ(reader.welcome.head, 32u);
  EXPECT_EQ(reader.table().digest(), state().table(model::kProducts).digest());
  const RecordId id = insert("New");
  commit({set(id, "price", FromValue::anything(), std::int64_t{95'000})});
  commit({remove(id)});
  events.advance(10);
  reader.take(open.link->take());
  EXPECT_EQ(reader.table().digest(), state().table(model::kProducts).digest());
  EXPECT_EQ(reader.head, state().sequence());
}

TEST_F(HubTest, ACursorIsCaughtUpWithExactChangesInsteadOfASnapshot) {
  const RecordId id = insert("Mug");
  OpenLink first = follow("eve");
  BinaryReader reader({model::kProducts});
  reader.take(first.link->take());
  first.session->closed();
  commit({set(id, "title", FromValue::anything(), std::string("Cup"))});
  insert("Plate");
  wire::Hello again = hello("eve");
  again.cursors.push_back({model::kProducts, state().epoch(),
                           wire::view_number(model::kProducts, model::Role::editor),
                           reader.table().last_sequence()});
  again.head = reader.welcome.head;
  again.head_hash = reader.welcome.head_hash;
  OpenLink second = connect();
  send(second, again);
  const auto messages = second.link->take();
  EXPECT_TRUE(all_of<wire::Begin>(messages).empty());
  reader.take(messages);
  EXPECT_EQ(reader.table().digest(), state().table(model::kProducts).digest());
}

TEST_F(HubTest, OldCursorsAreCaughtUpFromRowsAndRemovals) {
  std::vector<RecordId> made;
  for (int i = 0; i < 700; ++i)
    made.push_back(insert("P" + std::to_string(i)));
  OpenLink first = follow("eve");
  BinaryReader reader({model::kProducts});
  reader.take(first.link->take());
  first.session->closed();
  const Sequence cursor = reader.table().last_sequence();
  for (int i = 0; i < 600; ++i) {
    commit({set(made[0], "title", FromValue::anything(), "T" + std::to_string(i))});
  }
  commit({remove(made[1])});
  const RecordId late = insert("Late");
  boot();  // memory now reaches back only as far as the newest log entries
  ASSERT_FALSE(state().tail_reaches(cursor));
  wire::Hello again = hello("eve");
  again.cursors.push_back({model::kProducts, state().epoch(),
                           wire::view_number(model::kProducts, model::Role::editor), cursor});
  OpenLink second = connect();
  send(second, again);
  const auto messages = second.link->take();
  EXPECT_TRUE(all_of<wire::Begin>(messages).empty());
  reader.take(messages);
  EXPECT_NE(reader.table().find(late), nullptr);
  EXPECT_EQ(reader.table().digest(), state().table(model::kProducts).digest());
}

TEST_F(HubTest, TheFirstChangeLeavesAtOnceAndLaterOnesWaitAsLongAsItTook) {
  OpenLink open = follow("eve");
  const RecordId id = insert("Mug");
  open.link->messages.clear();
  events.advance(1'000);
  open.link->messages.clear();
  // The clock says that serving the links takes 40 ms.
  struct SlowLink final : ports::Link {
    explicit SlowLink(VirtualClock& c) : clock(c) {}
    bool send(std::shared_ptr<const std::string>, bool) override {
      clock.work_us += 40'000;
      return true;
    }
    void close(std::uint16_t, std::string) override {}
    std::size_t queued_bytes() const override { return 0; }
    void pause_reading(bool) override {}
    VirtualClock& clock;
  };
  auto slow = std::make_shared<SlowLink>(clock);
  auto session = engine->hub().open(slow, engine::kBinaryProtocol, std::nullopt);
  session->received(wire::encode(wire::UpMessage(hello("vic"))), false);
  events.settle();
  open.link->messages.clear();
  commit({set(id, "title", FromValue::anything(), std::string("A"))});
  EXPECT_EQ(open.link->messages.size(), 1u) << "at once";
  for (int i = 0; i < 10; ++i)
    commit({set(id, "title", FromValue::anything(), "B" + std::to_string(i))});
  EXPECT_EQ(open.link->messages.size(), 1u) << "the rest waits";
  events.advance(41);
  ASSERT_EQ(open.link->messages.size(), 2u) << "and leaves as one frame";
  const auto changes = all_of<wire::Change>(open.link->take());
  ASSERT_EQ(changes[1].sections.size(), 1u);
  EXPECT_EQ(changes[1].sections[0].rows.size(), 1u);
}

TEST_F(HubTest, NoChangeWaitsLongerThanTheWindow) {
  OpenLink open = follow("eve");
  const RecordId id = insert("Mug");
  events.advance(1'000);
  struct VerySlow final : ports::Link {
    explicit VerySlow(VirtualClock& c) : clock(c) {}
    bool send(std::shared_ptr<const std::string>, bool) override {
      clock.work_us += 5'000'000;
      return true;
    }
    void close(std::uint16_t, std::string) override {}
    std::size_t queued_bytes() const override { return 0; }
    void pause_reading(bool) override {}
    VirtualClock& clock;
  };
  auto session =
      engine->hub().open(std::make_shared<VerySlow>(clock), engine::kBinaryProtocol, std::nullopt);
  session->received(wire::encode(wire::UpMessage(hello("vic"))), false);
  events.settle();
  commit({set(id, "title", FromValue::anything(), std::string("A"))});
  open.link->messages.clear();
  commit({set(id, "title", FromValue::anything(), std::string("B"))});
  EXPECT_TRUE(all_of<wire::Change>(open.link->take()).empty());
  events.advance(500);
  EXPECT_EQ(all_of<wire::Change>(open.link->take()).size(), 1u);
}

TEST_F(HubTest, ReceiptsComeBeforeTheFrameThatTheyName) {
  OpenLink open = follow("eve");
  open.link->messages.clear();
  send(open, wire::Mutate{{product("Mug", new_id())}});
  const auto messages = open.link->take();
  ASSERT_EQ(messages.size(), 2u);
  const auto* receipt = std::get_if<wire::Receipt>(&messages[0]);
  const auto* change = std::get_if<wire::Change>(&messages[1]);
  ASSERT_TRUE(receipt != nullptr && change != nullptr);
  EXPECT_EQ(receipt->results[0].sequence, change->head);
  EXPECT_EQ(change->new_authors.size(), 1u);
}

TEST_F(HubTest, ASlowLinkGetsTheStateSinceItsCursor) {
  const RecordId id = insert("Mug");
  OpenLink slow = follow("eve"), quick = follow("vic");
  BinaryReader reader({model::kProducts});
  reader.take(slow.link->take());
  quick.link->messages.clear();
  slow.link->full = true;
  for (int i = 0; i < 50; ++i) {
    commit({set(id, "title", FromValue::anything(), "T" + std::to_string(i))});
    insert("P" + std::to_string(i));
    events.advance(5);
  }
  EXPECT_TRUE(slow.link->messages.empty());
  EXPECT_GE(quick.link->messages.size(), 50u) << "nobody else waits";
  slow.link->full = false;
  slow.session->drained();
  const auto messages = slow.link->take();
  EXPECT_EQ(all_of<wire::Change>(messages).size(), 1u);
  reader.take(messages);
  EXPECT_EQ(reader.table().digest(), state().table(model::kProducts).digest());
  insert("After");
  reader.take(slow.link->take());
  EXPECT_EQ(reader.table().digest(), state().table(model::kProducts).digest());
}

TEST_F(HubTest, AReceiptOfASlowLinkIsKeptAndStillComesFirst) {
  OpenLink slow = follow("eve");
  slow.link->messages.clear();
  slow.link->full = true;
  send(slow, wire::Mutate{{product("Mug", new_id())}});
  slow.link->full = false;
  slow.session->drained();
  const auto messages = slow.link->take();
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<wire::Receipt>(messages[0]));
  EXPECT_TRUE(std::holds_alternative<wire::Change>(messages[1]));
}

TEST_F(HubTest, ASnapshotGoesOnWhereTheLinkBecameFull) {
  std::vector<sync::Mutation> many;
  const auto load = [&] {
    commit(std::move(many));
    many.clear();
  };
  for (int i = 0; i < 9'000; ++i) {
    many.push_back(product("P" + std::to_string(i), new_id()));
    if (many.size() == 512)
      load();
  }
  load();
  OpenLink open = connect();
  open.link->room = 3;  // welcome, begin, one part
  send(open, hello("eve"));
  EXPECT_EQ(open.link->messages.size(), 3u);
  BinaryReader reader({model::kProducts});
  reader.take(open.link->take());
  const RecordId id = insert("Meanwhile");
  commit({remove(id)});
  insert("Stays");
  events.advance(600);
  while (reader.table().digest() != state().table(model::kProducts).digest()) {
    open.link->room = 1;
    open.session->drained();
    const auto messages = open.link->take();
    ASSERT_EQ(messages.size(), 1u) << "it must go on";
    reader.take(messages);
  }
  EXPECT_EQ(reader.snapshots, 1);
  EXPECT_EQ(reader.table().size(), 9'001u);
}

TEST_F(HubTest, SnapshotsAreEncodedOnceForAll) {
  for (int i = 0; i < 20; ++i)
    insert("P");
  const auto before = engine->hub().counters().snapshots;
  std::vector<OpenLink> links;
  for (int i = 0; i < 10; ++i) {
    links.push_back(follow(i % 2 == 0 ? "eve" : "vic"));
    insert("While they come");
  }
  EXPECT_EQ(engine->hub().counters().snapshots - before, 1u);
  for (OpenLink& open : links) {
    BinaryReader reader({model::kProducts});
    events.advance(10);
    reader.take(open.link->take());
    EXPECT_EQ(reader.table().digest(), state().table(model::kProducts).digest());
  }
}

TEST_F(HubTest, DigestsAreSentOnceASecondAfterChanges) {
  OpenLink open = follow("eve");
  BinaryReader reader({model::kProducts});
  for (int i = 0; i < 20; ++i) {
    insert("P");
    events.advance(40);
  }
  events.advance(2'000);
  reader.take(open.link->take());
  EXPECT_EQ(reader.checks, 1);
  events.advance(10'000);
  EXPECT_TRUE(all_of<wire::Check>(open.link->take()).empty());
}

TEST_F(HubTest, ABrowserWithADifferenceGetsTheCollectionAnewAndItIsCounted) {
  insert("Mug");
  std::string told;
  engine->hub().set_resync_listener(
      [&](const StoreId& store, std::string_view collection, const std::string& user) {
        told += store + "/" + std::string(collection) + "/" + user;
      });
  OpenLink open = follow("eve");
  BinaryReader reader({model::kProducts});
  reader.take(open.link->take());
  EXPECT_EQ(engine->hub().counters().resyncs, 0u);
  send(open, wire::Subscribe{1, model::kProducts, {}, {}, 1, 0});
  reader.take(open.link->take());
  EXPECT_EQ(reader.snapshots, 2);
  EXPECT_EQ(engine->hub().counters().resyncs, 1u);
  EXPECT_EQ(told, "gifts/products/u-eve");
}

TEST_F(HubTest, KeepalivesCarryHeadAndHash) {
  insert("Mug");
  OpenLink open = follow("eve");
  open.link->messages.clear();
  events.advance(31'000);
  const auto keepalives = all_of<wire::Keepalive>(open.link->take());
  ASSERT_EQ(keepalives.size(), 1u);
  EXPECT_EQ(keepalives[0].head, state().sequence());
  EXPECT_EQ(keepalives[0].head_hash, state().head_hash());
}

TEST_F(HubTest, NobodyGetsWhatTheirRoleMayNotRead) {
  OpenLink viewer = follow("vic", {});
  const auto begins = all_of<wire::Begin>(viewer.link->take());
  for (const wire::Begin& begin : begins) {
    EXPECT_LE(model::find_collection(begin.collection)->read, model::Role::viewer);
  }
  const auto all = model::collections();
  const auto readable = std::count_if(all.begin(), all.end(), [](const auto& collection) {
    return collection.read <= model::Role::viewer;
  });
  EXPECT_EQ(begins.size(), static_cast<std::size_t>(readable));
  const RecordId id = insert("Mug");
  viewer.link->messages.clear();
  commit({set(id, "title", FromValue::seen(std::string("Other")), std::string("X"))});
  ASSERT_EQ(state().table(model::kConflicts).size(), 1u);
  for (const wire::Change& change : all_of<wire::Change>(viewer.link->take())) {
    EXPECT_TRUE(change.sections.empty()) << "a conflict is not for viewers";
    EXPECT_EQ(change.head, state().sequence()) << "but they know how far they are";
  }
}

TEST_F(HubTest, AccessThatEndsClosesTheLinksAtOnce) {
  OpenLink a = follow("eve:one"), b = follow("eve:two"), c = follow("vic");
  identities.revoke({engine::Revocation::Kind::signed_out, "u-eve", "eve:one", {}});
  EXPECT_EQ(a.link->close_code, 4401);
  EXPECT_EQ(b.link->close_code, 0);
  identities.people["eve"].clear();
  identities.revoke({engine::Revocation::Kind::role_changed, "u-eve", {}, "gifts"});
  EXPECT_EQ(b.link->close_code, 4403);
  EXPECT_EQ(c.link->close_code, 0);
  b.link->messages.clear();
  insert("Mug");
  EXPECT_TRUE(b.link->messages.empty()) << "not a byte afterwards";
  identities.revoke({engine::Revocation::Kind::disabled, "u-vic", {}, {}});
  EXPECT_EQ(c.link->close_code, 4401);
}

// As before the accounts are there at a start, and after they are gone at an end.
TEST_F(HubTest, NobodyComesInWhileThereAreNoAccounts) {
  engine->set_identities(nullptr);
  OpenLink early = follow("eve");
  EXPECT_EQ(early.link->close_code, session::kCloseSignIn);
  EXPECT_TRUE(all_of<wire::Welcome>(early.link->take()).empty());
  engine->set_identities(&identities);
  OpenLink late = follow("eve");
  EXPECT_EQ(late.link->close_code, 0);
  EXPECT_EQ(all_of<wire::Welcome>(late.link->take()).size(), 1u);
}

TEST_F(HubTest, AnOlderTabOfTheSameClientIsClosed) {
  wire::Hello first = hello("eve");
  first.client = ids.next_uuid(1);
  first.generation = 3;
  OpenLink old = connect();
  send(old, first);
  wire::Hello second = first;
  second.generation = 4;
  OpenLink lead = connect();
  send(lead, second);
  EXPECT_EQ(old.link->close_code, 1000);
  EXPECT_EQ(lead.link->close_code, 0);
  OpenLink late = connect();
  send(late, first);
  EXPECT_EQ(all_of<wire::Notice>(late.link->take()).at(0).code, ErrorCode::wrong_state);
  EXPECT_EQ(lead.link->close_code, 0);
}

TEST_F(HubTest, WelcomeAnswersWhatTheClientDoesNotKnow) {
  wire::Hello first = hello("eve");
  first.client = ids.next_uuid(1);
  first.generation = 1;
  OpenLink old = connect();
  send(old, first);
  storage->set_delays(50, 50);
  const sync::Mutation stored = product("Stored", new_id());
  const sync::Mutation never = product("Never", new_id());
  old.session->received(wire::encode(wire::UpMessage(wire::Mutate{{stored}})), false);
  events.advance(10);  // in flight
  const sync::Mutation waiting = product("Waiting", new_id());
  old.session->received(wire::encode(wire::UpMessage(wire::Mutate{{waiting}})), false);
  events.advance(10);
  wire::Hello second = first;
  second.generation = 2;
  second.unanswered = {stored.id, waiting.id, never.id};
  OpenLink lead = connect();
  lead.session->received(wire::encode(wire::UpMessage(second)), false);
  events.advance(1);
  EXPECT_TRUE(lead.link->messages.empty()) << "not before the fate of what is in flight is known";
  events.advance(1'000);
  const auto messages = lead.link->take();
  const auto& answers = std::get<wire::Welcome>(messages.at(0)).answers;
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_TRUE(answers[0].known);
  EXPECT_EQ(answers[0].result.sequence, 3u);
  EXPECT_FALSE(answers[1].known) << "unmerged mutations of an older link are dropped";
  EXPECT_FALSE(answers[2].known);
  EXPECT_EQ(state().table(model::kProducts).size(), 1u);
}

TEST_F(HubTest, AClientAheadOfTheServerMeansANewEpoch) {
  insert("Mug");
  const Epoch before = state().epoch();
  OpenLink other = follow("vic");
  wire::Hello ahead = hello("eve");
  ahead.head = 100;
  ahead.head_hash = 5;
  ahead.cursors.push_back(
      {model::kProducts, before, wire::view_number(model::kProducts, model::Role::editor), 99});
  OpenLink open = connect();
  send(open, ahead);
  const auto messages = open.link->take();
  EXPECT_NE(std::get<wire::Welcome>(messages.at(0)).epoch, before);
  EXPECT_EQ(all_of<wire::Begin>(messages).size(), 1u);
  EXPECT_EQ(disk->stores.at("gifts").epoch, state().epoch());
  EXPECT_EQ(other.link->close_code, 1000) << "everybody comes back to the new epoch";
}

// Between two keepalives the changes go on: the last pair is then older than what the client has.
TEST_F(HubTest, ACursorAheadOfTheServerMeansANewEpochThoughThePairIsKnown) {
  insert("Mug");
  const Epoch before = state().epoch();
  wire::Hello ahead = hello("eve");
  ahead.head = state().sequence();
  ahead.head_hash = state().head_hash();
  ahead.cursors.push_back({model::kProducts, before,
                           wire::view_number(model::kProducts, model::Role::editor),
                           state().sequence() + 1});
  OpenLink open = connect();
  send(open, ahead);
  const auto messages = open.link->take();
  EXPECT_NE(std::get<wire::Welcome>(messages.at(0)).epoch, before);
  EXPECT_EQ(all_of<wire::Begin>(messages).size(), 1u);
}

TEST_F(HubTest, WhoeverStandsWhereTheServerStandsGoesOnInItsEpoch) {
  insert("Mug");
  OpenLink other = follow("vic");
  const Epoch before = state().epoch();
  wire::Hello again = hello("eve");
  again.head = state().sequence();
  again.head_hash = state().head_hash();
  again.cursors.push_back({model::kProducts, before,
                           wire::view_number(model::kProducts, model::Role::editor),
                           state().sequence()});
  OpenLink open = connect();
  send(open, again);
  const auto messages = open.link->take();
  EXPECT_EQ(std::get<wire::Welcome>(messages.at(0)).epoch, before);
  EXPECT_TRUE(all_of<wire::Begin>(messages).empty()) << "what it has is the present state";
  EXPECT_EQ(state().epoch(), before);
  EXPECT_EQ(other.link->close_code, 0);
}

TEST_F(HubTest, AHashThatTheLogDoesNotHaveMeansASnapshot) {
  insert("Mug");
  wire::Hello copied = hello("eve");
  copied.head = 3;
  copied.head_hash = state().head_hash() + 1;
  copied.cursors.push_back({model::kProducts, state().epoch(),
                            wire::view_number(model::kProducts, model::Role::editor), 3});
  OpenLink open = connect();
  send(open, copied);
  EXPECT_EQ(all_of<wire::Begin>(open.link->take()).size(), 1u);
}

TEST_F(HubTest, ShuttingDownTellsAndCloses) {
  OpenLink binary = follow("eve");
  OpenLink json = connect(engine::kJsonProtocol);
  json.link->messages.clear();
  binary.link->messages.clear();
  storage->set_delays(20, 0);
  binary.session->received(wire::encode(wire::UpMessage(wire::Mutate{{product("Last", new_id())}})),
                           false);
  bool drained = false;
  engine->drain([&] { drained = true; });
  events.settle();
  EXPECT_FALSE(drained);
  EXPECT_EQ(binary.link->close_code, 0);
  events.advance(30);
  EXPECT_TRUE(drained);
  EXPECT_EQ(binary.link->close_code, 1001);
  EXPECT_EQ(json.link->close_code, 1001);
  const auto last = binary.link->take();
  EXPECT_EQ(all_of<wire::Receipt>(last).size(), 1u) << "what was accepted is answered";
  EXPECT_EQ(all_of<wire::Notice>(last).at(0).code, ErrorCode::unavailable);
  const auto told = json.link->take_json();
  EXPECT_EQ(told.at(0).find("type")->text(), "connection_status");
}

TEST_F(HubTest, AFullDiskIsToldToEveryLinkAndSoIsItsEnd) {
  OpenLink author = follow("ann");
  OpenLink reader = follow("vic");
  OpenLink program = connect(engine::kJsonProtocol);
  send_json(program, R"({"type":"auth","data":{"token":"eve"}})");
  send_json(program,
            R"({"type":"selectStore","storeId":"gifts","data":{"dataTypes":["products"]}})");
  for (OpenLink* each : {&author, &reader, &program})
    each->link->messages.clear();
  storage->set_fault(ErrorCode::storage_full);
  send(author, wire::Mutate{{product("Mug", new_id())}});
  const auto refused = all_of<wire::Notice>(author.link->take());
  ASSERT_EQ(refused.size(), 2u) << "the state, and the answer to the edit";
  EXPECT_EQ(refused[1].code, ErrorCode::storage_full);
  const auto told = all_of<wire::Notice>(reader.link->take());
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].code, ErrorCode::storage_full);
  EXPECT_GT(told[0].retry_after_ms, 0u);
  EXPECT_EQ(program.link->take_json().at(0).find("data")->find("status")->text(), "degraded");

  OpenLink late = follow("vic");
  const auto greeted = late.link->take();
  EXPECT_EQ(all_of<wire::Welcome>(greeted).size(), 1u) << "reading goes on";
  EXPECT_EQ(all_of<wire::Notice>(greeted).at(0).code, ErrorCode::storage_full);

  storage->set_fault(std::nullopt);
  events.advance(2'000);
  EXPECT_EQ(all_of<wire::Notice>(reader.link->take()).at(0).code, ErrorCode::none);
  EXPECT_EQ(program.link->take_json().at(0).find("data")->find("status")->text(), "connected");
  EXPECT_EQ(author.link->close_code, 0);
  send(author, wire::Mutate{{product("Mug", new_id())}});
  EXPECT_EQ(all_of<wire::Receipt>(author.link->take()).size(), 1u);
}

TEST_F(HubTest, AnExchangeWhoseAccessIsTakenAnswersTheNoticeAlone) {
  const RecordId id = new_id();
  Bytes body;
  wire::append_frame(body, wire::encode(wire::UpMessage(hello(""))));
  wire::append_frame(body, wire::encode(wire::UpMessage(wire::Mutate{{product("Mug", id)}})));
  storage->set_delays(50, 50);  // the answer waits for the edit, everything else is gathered
  std::optional<Result<Bytes>> answer;
  engine::exchange(*engine, {"u-eve", "eve", "c", 0}, body,
                   [&](Result<Bytes> got) { answer = std::move(got); });
  events.advance(20);
  ASSERT_FALSE(answer.has_value());
  identities.revoke({engine::Revocation::Kind::role_changed, "u-eve", {}, "gifts"});
  events.settle();
  ASSERT_TRUE(answer && answer->ok());
  const auto frames = wire::split_frames(**answer);
  ASSERT_TRUE(frames.ok());
  ASSERT_EQ(frames->size(), 1u);
  const auto message = wire::decode_down(frames->front());
  ASSERT_TRUE(message.ok());
  EXPECT_EQ(std::get<wire::Notice>(*message).code, ErrorCode::forbidden_store);
}

TEST_F(HubTest, AnExchangeAnswersLikeASocket) {
  const RecordId id = new_id();
  Bytes body;
  wire::Hello first = hello("");
  first.ticket = "ignored";
  first.user = "u-eve";
  wire::append_frame(body, wire::encode(wire::UpMessage(first)));
  const sync::Mutation insert_one = product("Mug", id);
  wire::append_frame(body, wire::encode(wire::UpMessage(wire::Mutate{{insert_one}})));
  const auto run = [&](const std::string& bytes) {
    std::optional<Result<Bytes>> answer;
    engine::exchange(*engine, {"u-eve", "eve", "c", 0}, bytes,
                     [&](Result<Bytes> got) { answer = std::move(got); });
    events.settle();
    EXPECT_TRUE(answer);
    return *answer;
  };
  storage->set_delays(0, 0);
  const auto answer = run(body);
  ASSERT_TRUE(answer.ok());
  const auto frames = wire::split_frames(*answer);
  ASSERT_TRUE(frames.ok());
  std::vector<wire::DownMessage> messages;
  for (const auto frame : *frames)
    messages.push_back(wire::decode_down(frame).value());
  ASSERT_TRUE(std::holds_alternative<wire::Welcome>(messages.at(0)));
  ASSERT_EQ(all_of<wire::Receipt>(messages).size(), 1u);
  BinaryReader reader({model::kProducts});
  reader.take(messages);
  EXPECT_NE(reader.table().find(id), nullptr);
  EXPECT_EQ(run("\x05\x01").error().code, ErrorCode::malformed);
  EXPECT_FALSE(run("").ok());
  EXPECT_EQ(engine->hub().links(), 0u);
  Bytes foreign;
  first.user = "u-vic";
  wire::append_frame(foreign, wire::encode(wire::UpMessage(first)));
  EXPECT_EQ(run(foreign).error().code, ErrorCode::other_user);
}

}  // namespace
}  // namespace syncstore::testing
