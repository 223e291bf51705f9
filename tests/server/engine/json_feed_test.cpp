#include "core/base/limits.hpp"
#include "server/engine/sync_api.hpp"
#include "tests/server/engine/engine_world.hpp"

namespace syncstore::testing {
namespace {

using sync::FromValue;

// A program that keeps a copy by the JSON messages alone, as the interface tells it to.
class JsonReader {
 public:
  void take(const std::vector<Json>& messages) {
    for (const Json& message : messages)
      take_one(message);
  }
  void take_one(const Json& message) {
    const std::string type = message.find("type")->text();
    if (type == "store_switch") {
      mode = message.find("data")->find("mode")->text();
      in_bulk = true;
    }
    if (type != "bulk_update" && type != "data_update")
      return;
    const bool bulk = type == "bulk_update";
    EXPECT_EQ(bulk, in_bulk) << "data_update only after the bulk has ended";
    const std::string collection = message.find("dataType")->text();
    const Sequence base = static_cast<Sequence>(message.find("baseSequence")->integer());
    const Sequence sequence = static_cast<Sequence>(message.find("sequenceNumber")->integer());
    const bool more = message.find("more") != nullptr;
    auto& rows = data[collection];
    Sequence& last = last_of[collection];
    if (message.find("snapshot") != nullptr) {
      rows.clear();
    } else if (continued != collection) {
      EXPECT_EQ(base, last) << collection << ": a gap";
    }
    EXPECT_GE(sequence, base);
    for (const Json& op : message.find("data")->items()) {
      const std::string id = op.find("id")->text();
      if (op.find("op")->text() == "delete") {
        rows.erase(id);
        continue;
      }
      for (const auto& [name, value] : op.find("fields")->members()) {
        if (value.is(Json::Kind::null)) {
          rows[id].erase(name);
        } else {
          rows[id][name] = value.dump();
        }
      }
    }
    last = sequence;
    continued = more ? collection : "";
    if (!more) {
      EXPECT_EQ(static_cast<std::size_t>(message.find("total")->integer()), rows.size());
      if (bulk)
        in_bulk = false;
    }
    epoch = message.find("epoch")->text();
    newest = std::max(newest, sequence);
    ++messages_taken;
  }

  std::map<std::string, std::map<std::string, std::map<std::string, std::string>>> data;
  std::map<std::string, Sequence> last_of;
  std::string mode, epoch, continued;
  Sequence newest = 0;
  bool in_bulk = false;
  int messages_taken = 0;
};

class JsonFeedTest : public EngineWorld {
 protected:
  JsonFeedTest() { create_store("gifts"); }
  RecordId insert(const std::string& title) {
    const RecordId id = new_id();
    commit({product(title, id)});
    return id;
  }
  OpenLink select(const std::string& who, const std::string& types, const std::string& since = {}) {
    OpenLink open = connect(engine::kJsonProtocol);
    send_json(open, R"({"type":"auth","data":{"token":")" + who + R"("}})");
    send_json(open, R"({"type":"selectStore","storeId":"gifts","data":{"dataTypes":[)" + types +
                        "]" + since + "}}");
    return open;
  }
  std::string since(const JsonReader& reader, Sequence sequence) {
    return R"(,"since":{"epoch":")" + reader.epoch + R"(","sequenceNumber":)" +
           std::to_string(sequence) + "}";
  }
  void expect_equal(const JsonReader& reader) {
    const auto& rows = reader.data.at("products");
    const model::Table& table = state().table(model::kProducts);
    EXPECT_EQ(rows.size(), table.size());
    table.for_each([&](const model::Record& record) {
      ASSERT_EQ(rows.count(record.id.text()), 1u);
      const auto& fields = rows.at(record.id.text());
      for (std::size_t i = 0; i < record.values.size(); ++i) {
        const model::FieldDef& field = table.collection().fields[i];
        const std::string name(field.name);
        if (model::is_absent(record.values[i])) {
          EXPECT_EQ(fields.count(name), 0u) << name;
        } else {
          EXPECT_EQ(
              fields.at(name),
              model::value_to_json(field, record.values[i], model::TimeForm::milliseconds).dump());
        }
      }
    });
  }
};

TEST_F(JsonFeedTest, SelectingAStoreGivesASnapshotAndThenTheChanges) {
  for (int i = 0; i < 1'200; ++i)
    insert("P" + std::to_string(i));
  OpenLink open = select("eve", R"("products","dashboard","store_info")");
  JsonReader reader;
  const auto messages = open.link->take_json();
  EXPECT_EQ(messages.at(0).find("type")->text(), "connected");
  EXPECT_EQ(messages.at(2).find("type")->text(), "store_switch");
  EXPECT_EQ(messages.back().find("more"), nullptr);
  reader.take(messages);
  EXPECT_EQ(reader.mode, "snapshot");
  EXPECT_FALSE(reader.in_bulk);
  expect_equal(reader);
  const RecordId id = insert("New");
  commit({set(id, "price", FromValue::anything(), std::int64_t{10})});
  commit({set(id, "price", FromValue::anything(), {})});
  commit({remove(id)});
  insert("Stays");
  events.advance(600);
  reader.take(open.link->take_json());
  expect_equal(reader);
}

TEST_F(JsonFeedTest, SinceGoesOnExactlyWhereTheReaderWas) {
  const RecordId first = insert("First");
  OpenLink open = select("eve", R"("products")");
  JsonReader reader;
  reader.take(open.link->take_json());
  open.session->closed();
  const RecordId second = insert("Second");
  commit({set(first, "title", FromValue::anything(), std::string("Other"))});
  commit({remove(second)});
  OpenLink again = select("eve", R"("products")", since(reader, reader.newest));
  const auto messages = again.link->take_json();
  reader.take(messages);
  EXPECT_EQ(reader.mode, "tail");
  expect_equal(reader);
  OpenLink idle = select("eve", R"("products")", since(reader, reader.newest));
  const auto quiet = idle.link->take_json();
  EXPECT_EQ(quiet.back().find("type")->text(), "bulk_update") << "at least one";
  EXPECT_EQ(quiet.back().find("more"), nullptr);
  reader.take(quiet);
}

TEST_F(JsonFeedTest, SinceZeroIsTheBeginning) {
  const RecordId gone = insert("Gone");
  insert("Stays");
  commit({remove(gone)});
  JsonReader reader;
  reader.epoch = base32_text(state().epoch());
  OpenLink open = select("eve", R"("products")", since(reader, 0));
  reader.take(open.link->take_json());
  EXPECT_NE(reader.mode, "snapshot");
  expect_equal(reader);
}

TEST_F(JsonFeedTest, AnOldSinceIsASnapshotAndTheBeginningIsRows) {
  std::vector<RecordId> made;
  for (int i = 0; i < 20; ++i)
    made.push_back(insert("P" + std::to_string(i)));
  commit({set(made[0], "price", FromValue::anything(), std::int64_t{10})});
  OpenLink open = select("eve", R"("products")");
  JsonReader reader;
  reader.take(open.link->take_json());
  open.session->closed();
  const Sequence at = reader.newest;
  for (int i = 0; i < 600; ++i)
    commit({set(made[1], "title", FromValue::anything(), "T" + std::to_string(i))});
  commit({set(made[0], "price", FromValue::anything(), {}), remove(made[2])});
  boot();
  ASSERT_FALSE(state().tail_reaches(at));
  OpenLink again = select("eve", R"("products")", since(reader, at));
  reader.take(again.link->take_json());
  EXPECT_EQ(reader.mode, "snapshot");
  expect_equal(reader);
  JsonReader fresh;
  fresh.epoch = reader.epoch;
  OpenLink whole = select("eve", R"("products")", since(fresh, 0));
  fresh.take(whole.link->take_json());
  EXPECT_EQ(fresh.mode, "rows");
  expect_equal(fresh);
}

TEST_F(JsonFeedTest, AnotherEpochOrASequenceAheadIsASnapshot) {
  insert("P");
  JsonReader reader;
  reader.epoch = base32_text(1);
  OpenLink other = select("eve", R"("products")", since(reader, 1));
  reader.take(other.link->take_json());
  EXPECT_EQ(reader.mode, "snapshot");
  OpenLink ahead = select("eve", R"("products")", since(reader, 999));
  reader.take(ahead.link->take_json());
  EXPECT_EQ(reader.mode, "snapshot");
  expect_equal(reader);
}

TEST_F(JsonFeedTest, ChangesOfSeveralTypesSayMore) {
  OpenLink open = select("eve", R"("products","conflicts")");
  const RecordId id = insert("Mug");
  events.advance(600);
  open.link->messages.clear();
  sync::Mutation both = product("Cup", new_id());
  sync::Op late;
  late.kind = sync::OpKind::set;
  late.collection = model::kProducts;
  late.record = id;
  late.field = field("title");
  late.from = FromValue::exactly(std::string("Never so"));
  late.to = std::string("X");
  both.ops.push_back(late);
  commit({both});
  const auto messages = open.link->take_json();
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_NE(messages[0].find("more"), nullptr);
  EXPECT_EQ(messages[1].find("more"), nullptr);
  EXPECT_EQ(messages[0].find("sequenceNumber")->integer(),
            messages[1].find("sequenceNumber")->integer());
}

TEST_F(JsonFeedTest, AllReadersOfATypeGetTheSameBytes) {
  OpenLink a = select("eve", R"("products")"), b = select("vic", R"("products")");
  a.link->messages.clear();
  b.link->messages.clear();
  insert("Mug");
  ASSERT_EQ(a.link->messages.size(), 1u);
  EXPECT_EQ(a.link->messages[0].get(), b.link->messages.at(0).get());
}

TEST_F(JsonFeedTest, ASlowReaderIsCaughtUpWithoutAGap) {
  OpenLink open = select("eve", R"("products","conflicts")");
  JsonReader reader;
  reader.take(open.link->take_json());
  const RecordId id = insert("Mug");
  events.advance(600);
  reader.take(open.link->take_json());
  open.link->full = true;
  for (int i = 0; i < 40; ++i) {
    insert("P");
    commit({set(id, "title", FromValue::exactly(std::string("No")), std::string("X"))});
    events.advance(20);
  }
  open.link->full = false;
  open.session->drained();
  reader.take(open.link->take_json());
  expect_equal(reader);
  insert("After");
  events.advance(600);
  reader.take(open.link->take_json());
  expect_equal(reader);
}

TEST_F(JsonFeedTest, ASlowReaderIsToldOfTheTypesThatChangedAndOfNoOther) {
  OpenLink open = select("eve", R"("conflicts","products")");
  open.link->messages.clear();
  open.link->full = true;
  insert("Mug");
  insert("Cup");
  events.advance(600);
  open.link->full = false;
  open.session->drained();
  std::vector<std::string> types;
  for (const Json& message : open.link->take_json()) {
    if (const Json* type = message.find("dataType"))
      types.push_back(type->text());
  }
  EXPECT_EQ(types, std::vector<std::string>{"products"});
}

TEST_F(JsonFeedTest, AMutationIsAnsweredBeforeItsUpdateAndOnceForAll) {
  OpenLink a = select("eve", R"("products")"), b = select("eve", R"("products")");
  a.link->messages.clear();
  b.link->messages.clear();
  const std::string id = new_id().text();
  const std::string message = R"({"type":"mutate","storeId":"gifts","data":{"mutations":[{"id":")" +
                              ids.next_uuid(events.now()).text() +
                              R"(","ops":[{"op":"insert","dataType":"products","id":")" + id +
                              R"(","fields":{"title":"Mug","status":"Active","price":"9.5"}}]}]}})";
  send_json(a, message);
  const auto first = a.link->take_json();
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[0].find("type")->text(), "receipt");
  EXPECT_EQ(first[1].find("type")->text(), "data_update");
  EXPECT_EQ(first[1].find("userId")->text(), "u-eve");
  send_json(b, message);
  const auto second = b.link->take_json();
  EXPECT_EQ(second.back().find("data")->dump(), first[0].find("data")->dump())
      << "the stored result";
  EXPECT_EQ(state().table(model::kProducts).size(), 1u);
}

TEST_F(JsonFeedTest, ViewersMayNotWriteAndStrangersMayNotRead) {
  OpenLink viewer = select("vic", R"("products")");
  viewer.link->take_json();
  send_json(viewer, R"({"type":"mutate","storeId":"gifts","data":{"mutations":[{"id":")" +
                        ids.next_uuid(events.now()).text() +
                        R"(","ops":[{"op":"insert","dataType":"products","id":")" +
                        new_id().text() + R"(","fields":{"title":"Mug","status":"Active"}}]}]}})");
  const Json receipt = viewer.link->take_json().at(0);
  const Json& op = receipt.find("data")->items()[0].find("ops")->items()[0];
  EXPECT_EQ(op.find("status")->text(), "refused");
  EXPECT_EQ(op.find("code")->text(), "forbidden");

  for (const char* types : {R"("members")", R"("products","members")"}) {
    OpenLink nosy = select("vic", types);
    const auto refused = nosy.link->take_json();
    ASSERT_EQ(refused.size(), 3u) << types;
    EXPECT_EQ(refused[2].find("data")->find("code")->text(), "forbidden") << types;
  }

  create_store("games");
  OpenLink stranger = connect(engine::kJsonProtocol);
  send_json(stranger, R"({"type":"auth","data":{"token":"vic"}})");
  send_json(stranger, R"({"type":"selectStore","storeId":"games","data":{}})");
  send_json(stranger, R"({"type":"selectStore","storeId":"nowhere","data":{}})");
  const auto answers = stranger.link->take_json();
  EXPECT_EQ(answers.at(2).find("data")->find("code")->text(), "forbidden_store");
  EXPECT_EQ(answers.at(3).find("data")->find("code")->text(), "unknown_store");
}

// --- HTTP readings ---

TEST_F(JsonFeedTest, ChangesPolledToTheEndEqualTheStore) {
  std::vector<RecordId> made;
  for (int i = 0; i < 120; ++i) {
    made.push_back(insert("P" + std::to_string(i)));
    if (i % 5 == 4)
      commit({remove(made[static_cast<std::size_t>(i - 2)])});
    if (i % 7 == 6)
      commit({set(made[0], "title", FromValue::anything(), "T" + std::to_string(i))});
  }
  for (std::size_t limit : {1u, 7u, 500u}) {
    JsonReader reader;
    engine::ChangesRequest request{"gifts", model::Role::editor, {}, state().epoch(), 0, limit};
    bool more = true;
    while (more) {
      const auto answer = engine::changes_since(state(), request, events.now());
      ASSERT_TRUE(answer.ok());
      EXPECT_EQ(answer->from, request.since);
      const auto body = Json::parse(answer->body, 1 << 24);
      ASSERT_TRUE(body.ok());
      for (const Json& message : body->find("messages")->items()) {
        const std::string collection = message.find("dataType")->text();
        if (reader.continued != collection) {
          EXPECT_EQ(static_cast<Sequence>(message.find("baseSequence")->integer()),
                    reader.last_of[collection]);
        }
        for (const Json& op : message.find("data")->items()) {
          auto& rows = reader.data[collection];
          if (op.find("op")->text() == "delete") {
            rows.erase(op.find("id")->text());
            continue;
          }
          for (const auto& [name, value] : op.find("fields")->members()) {
            rows[op.find("id")->text()][name] = value.dump();
          }
        }
        reader.last_of[collection] =
            static_cast<Sequence>(message.find("sequenceNumber")->integer());
      }
      request.since = answer->to;
      more = answer->more;
    }
    EXPECT_EQ(request.since, state().sequence());
    expect_equal(reader);
  }
}

TEST_F(JsonFeedTest, ChangesFromRowsArriveAtTheSameState) {
  std::vector<RecordId> made;
  for (int i = 0; i < 700; ++i)
    made.push_back(insert("P" + std::to_string(i)));
  for (int i = 0; i < 50; ++i)
    commit({remove(made[static_cast<std::size_t>(i * 3)])});
  boot();
  ASSERT_FALSE(state().tail_reaches(0));
  std::map<std::string, std::string> titles;
  engine::ChangesRequest request{
      "gifts", model::Role::viewer, {model::kProducts}, state().epoch(), 0, 100};
  int pages = 0;
  for (bool more = true; more; ++pages) {
    const auto answer = engine::changes_since(state(), request, events.now()).value();
    const Json body = Json::parse(answer.body, 1 << 24).value();
    for (const Json& message : body.find("messages")->items()) {
      for (const Json& op : message.find("data")->items()) {
        if (op.find("op")->text() == "delete") {
          titles.erase(op.find("id")->text());
        } else if (const Json* title = op.find("fields")->find("title")) {
          titles[op.find("id")->text()] = title->text();
        }
      }
    }
    ASSERT_GT(answer.to, request.since);
    request.since = answer.to;
    more = answer.more;
  }
  EXPECT_GE(pages, 3);
  EXPECT_EQ(titles.size(), state().table(model::kProducts).size());
}

TEST_F(JsonFeedTest, ChangesOfAnotherEpochAreRefused) {
  engine::ChangesRequest request{"gifts", model::Role::viewer, {}, 1, 0, 100};
  EXPECT_EQ(engine::changes_since(state(), request, 0).error().code, ErrorCode::epoch_changed);
  request.epoch = state().epoch();
  request.since = 99;
  EXPECT_EQ(engine::changes_since(state(), request, 0).error().code, ErrorCode::epoch_changed);
}

TEST_F(JsonFeedTest, TheSnapshotBodyHoldsEveryRecord) {
  for (int i = 0; i < 10; ++i)
    insert("P\"" + std::to_string(i));
  const Json body = Json::parse(engine::snapshot_body(state(), model::kProducts), 1 << 20).value();
  EXPECT_EQ(body.find("data")->size(), 10u);
  EXPECT_EQ(body.find("sequenceNumber")->integer(), 12);
  const Json& first = body.find("data")->items()[0];
  const auto id = RecordId::parse(first.find("id")->text());
  ASSERT_TRUE(id);
  EXPECT_EQ(
      first.dump(),
      engine::record_json(state(), model::kProducts, *state().find(model::kProducts, *id)).dump());
}

}  // namespace
}  // namespace syncstore::testing
