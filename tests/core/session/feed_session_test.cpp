#include <gtest/gtest.h>

#include "core/base/limits.hpp"
#include "core/session/feed_session.hpp"
#include "core/session/json_feed_session.hpp"
#include "core/wire/frame_codec.hpp"

namespace syncstore::session {
namespace {

// A host that notes what it is asked and answers when the test says so.
struct FakeHost final : FeedHost {
  TimeMs now() const override { return time; }
  void send(Bytes message, bool) override { sent.push_back(std::move(message)); }
  void close(std::uint16_t code, std::string_view) override { closed = code; }
  void pause_reading(bool pause) override { paused = pause; }
  Result<FeedUser> take_ticket(std::string_view ticket) override { return verify_token(ticket); }
  Result<FeedUser> verify_token(std::string_view token) override {
    if (token == "bad")
      return fail(ErrorCode::bad_token);
    return FeedUser{"u-" + std::string(token), std::string(token), "credential", expires_at};
  }
  void signed_in(const FeedUser&) override { ++sign_ins; }
  void open_store(StoreRequest asked, std::function<void(Result<StoreFacts>)> done) override {
    request = std::move(asked);
    opened = std::move(done);
  }
  void follow() override { ++follows; }
  void leave_store() override { ++leaves; }
  void submit(std::vector<sync::Mutation> taken,
              std::function<void(Result<std::vector<sync::MutationResult>>)> done) override {
    mutations += taken.size();
    answers.push_back(std::move(done));
  }
  Status subscribe(const wire::Subscribe& subscribe) override {
    if (subscribe.collection == model::kMembers)
      return fail(ErrorCode::forbidden);
    return {};
  }
  void unsubscribe(std::uint32_t subscription) override { ended.push_back(subscription); }
  Status compare(const wire::Ranges& ranges) override {
    if (ranges.collection == model::kMembers)
      return fail(ErrorCode::forbidden);
    ++compared;
    return {};
  }
  void count_bad_message() override { ++bad; }

  template <class T>
  std::vector<T> take() {
    std::vector<T> found;
    for (const Bytes& frame : sent) {
      auto message = wire::decode_down(frame);
      if (message.ok() && std::holds_alternative<T>(*message))
        found.push_back(std::get<T>(*message));
    }
    sent.clear();
    return found;
  }
  Json json() {
    if (sent.empty())
      return {};
    Json last = Json::parse(sent.back(), 1 << 20).value();
    sent.clear();
    return last;
  }

  TimeMs time = 1'000'000;
  TimeMs expires_at = 0;
  std::vector<Bytes> sent;
  std::optional<std::uint16_t> closed;
  bool paused = false;
  int sign_ins = 0, follows = 0, leaves = 0, bad = 0, compared = 0;
  std::vector<std::uint32_t> ended;  // page subscriptions
  std::size_t mutations = 0;
  StoreRequest request;
  std::function<void(Result<StoreFacts>)> opened;
  std::vector<std::function<void(Result<std::vector<sync::MutationResult>>)>> answers;
};

wire::Hello hello(std::string ticket) {
  wire::Hello made;
  made.ticket = std::move(ticket);
  made.store = "gifts";
  return made;
}

sync::Mutation mutation(std::uint64_t seed) {
  sync::Mutation made;
  IdSource ids(seed);
  made.id = ids.next_uuid(1'800'000'000'000);
  sync::Op op;
  op.collection = model::kProducts;
  op.record = ids.next_record(1'800'000'000'000);
  op.kind = sync::OpKind::remove;
  made.ops.push_back(op);
  return made;
}

class FeedSessionTest : public ::testing::Test {
 protected:
  void up(const wire::UpMessage& message) { session.received(wire::encode(message), false); }
  void open() {
    up(hello("eve"));
    StoreFacts facts;
    facts.role = model::Role::editor;
    facts.epoch = 7;
    host.opened(std::move(facts));
    host.sent.clear();
  }
  FakeHost host;
  FeedSession session{host, std::nullopt};
};

TEST_F(FeedSessionTest, HelloOpensAndWelcomeComesBeforeTheFeed) {
  wire::Hello made = hello("eve");
  made.unanswered.push_back(mutation(1).id);
  up(made);
  EXPECT_EQ(session.state(), FeedSession::State::opening);
  EXPECT_EQ(host.request.unanswered.size(), 1u);
  EXPECT_EQ(host.follows, 0);
  StoreFacts facts;
  facts.head = 5;
  facts.answers.resize(1);
  host.opened(std::move(facts));
  const auto welcome = host.take<wire::Welcome>();
  ASSERT_EQ(welcome.size(), 1u);
  EXPECT_EQ(welcome[0].user, "u-eve");
  EXPECT_EQ(welcome[0].answers.size(), 1u);
  EXPECT_EQ(host.follows, 1);
  EXPECT_EQ(session.state(), FeedSession::State::open);
}

// Every state x every message, as the table in the header says.
TEST_F(FeedSessionTest, TheTransitionTableIsTotal) {
  const std::vector<wire::UpMessage> messages = {hello("eve"),
                                                 wire::Mutate{{mutation(1)}},
                                                 wire::Subscribe{1, model::kProducts, {}, {}, 1, 0},
                                                 wire::Unsubscribe{1},
                                                 wire::Credentials{"eve"},
                                                 wire::Ping{3}};
  using S = FeedSession::State;
  const auto run = [&](S from, const wire::UpMessage& message) {
    FakeHost own;
    FeedSession fresh(own, from == S::signed_out
                               ? std::nullopt
                               : std::optional<FeedUser>(FeedUser{"u-eve", "eve", "c", 0}));
    if (from == S::opening || from == S::open)
      fresh.received(wire::encode(wire::UpMessage(hello(""))), false);
    if (from == S::open)
      own.opened(StoreFacts{});
    if (from == S::closed)
      fresh.ended();
    own.sent.clear();
    EXPECT_EQ(fresh.state(), from);
    fresh.received(wire::encode(message), false);
    std::string told;
    for (const Bytes& frame : own.sent) {
      auto down = wire::decode_down(frame).value();
      if (const auto* notice = std::get_if<wire::Notice>(&down))
        told += std::string(error_name(notice->code)) + " ";
      if (std::holds_alternative<wire::Pong>(down))
        told += "pong ";
    }
    return std::make_pair(fresh.state(), told);
  };
  struct Row {
    S from;
    std::vector<std::pair<S, std::string>> cells;
  };
  const std::vector<Row> table = {
      {S::signed_out,
       {{S::opening, ""},
        {S::signed_out, "unauthorized "},
        {S::signed_out, "unauthorized "},
        {S::signed_out, "unauthorized "},
        {S::ready, ""},
        {S::signed_out, "pong "}}},
      {S::ready,
       {{S::opening, ""},
        {S::ready, "wrong_state "},
        {S::ready, "wrong_state "},
        {S::ready, "wrong_state "},
        {S::ready, ""},
        {S::ready, "pong "}}},
      {S::opening,
       {{S::opening, ""},
        {S::opening, ""},
        {S::opening, ""},
        {S::opening, ""},
        {S::opening, ""},
        {S::opening, ""}}},
      {S::open,
       {{S::opening, ""},
        {S::open, ""},
        {S::open, ""},
        {S::open, ""},
        {S::open, ""},
        {S::open, "pong "}}},
      {S::closed,
       {{S::closed, ""},
        {S::closed, ""},
        {S::closed, ""},
        {S::closed, ""},
        {S::closed, ""},
        {S::closed, ""}}},
  };
  for (const Row& row : table) {
    for (std::size_t i = 0; i < messages.size(); ++i) {
      EXPECT_EQ(run(row.from, messages[i]), row.cells[i])
          << "state " << int(row.from) << " message " << i;
    }
  }
}

TEST_F(FeedSessionTest, MessagesDuringOpeningAreHeldInOrder) {
  up(hello("eve"));
  up(wire::Mutate{{mutation(1)}});
  up(wire::Ping{9});
  EXPECT_EQ(host.mutations, 0u);
  host.opened(StoreFacts{});
  EXPECT_EQ(host.mutations, 1u);
  EXPECT_EQ(host.take<wire::Pong>().size(), 1u);
}

TEST_F(FeedSessionTest, TooManyMessagesDuringOpeningClose) {
  up(hello("eve"));
  for (std::size_t i = 0; i < limits::kHeldMessages + 1; ++i) {
    host.time += 1'000;
    up(wire::Ping{i});
  }
  EXPECT_EQ(host.closed, kClosePolicy);
}

TEST_F(FeedSessionTest, ARefusedStoreLeavesTheLinkUsable) {
  up(hello("eve"));
  host.opened(fail(ErrorCode::forbidden_store));
  EXPECT_EQ(host.take<wire::Notice>().at(0).code, ErrorCode::forbidden_store);
  EXPECT_EQ(session.state(), FeedSession::State::ready);
  up(hello(""));
  EXPECT_EQ(session.state(), FeedSession::State::opening);
}

TEST_F(FeedSessionTest, BadTicketsOtherUsersAndOtherProtocolsAreClosed) {
  up(hello("bad"));
  EXPECT_EQ(host.closed, kCloseSignIn);
  EXPECT_EQ(host.take<wire::Notice>().at(0).code, ErrorCode::unauthorized);

  FakeHost second;
  FeedSession other(second, std::nullopt);
  wire::Hello foreign = hello("eve");
  foreign.user = "u-ann";
  other.received(wire::encode(wire::UpMessage(foreign)), false);
  EXPECT_EQ(second.take<wire::Notice>().at(0).code, ErrorCode::other_user);
  EXPECT_EQ(second.closed, kCloseSignIn);
  EXPECT_FALSE(second.opened) << "nothing was read";

  FakeHost third;
  FeedSession newer(third, std::nullopt);
  wire::Hello future = hello("eve");
  future.protocol = 9;
  newer.received(wire::encode(wire::UpMessage(future)), false);
  EXPECT_EQ(third.take<wire::Notice>().at(0).code, ErrorCode::needs_update);
  EXPECT_EQ(third.closed, kCloseProtocol);

  FakeHost fourth;
  FeedSession nobody(fourth, std::nullopt);
  nobody.received(wire::encode(wire::UpMessage(hello(""))), false);
  EXPECT_EQ(fourth.closed, kCloseSignIn);
}

TEST_F(FeedSessionTest, CredentialsAreRenewedInPlaceForTheSameUserOnly) {
  host.expires_at = host.time + 60'000;
  open();
  host.expires_at = host.time + 600'000;
  up(wire::Credentials{"eve"});
  EXPECT_EQ(session.state(), FeedSession::State::open);
  EXPECT_EQ(session.expires_in_s(), 600u);
  up(wire::Credentials{"ann"});
  EXPECT_EQ(host.closed, kCloseSignIn);
}

TEST_F(FeedSessionTest, ExpiryAndSilenceBeforeSigningInClose) {
  host.expires_at = host.time + 60'000;
  open();
  host.time += 59'000;
  session.tick();
  EXPECT_FALSE(host.closed);
  host.time += 1'000;
  session.tick();
  EXPECT_EQ(host.closed, kCloseSignIn);

  FakeHost silent;
  FeedSession waiting(silent, std::nullopt);
  silent.time += 9'000;
  waiting.tick();
  EXPECT_FALSE(silent.closed);
  silent.time += 1'000;
  waiting.tick();
  EXPECT_EQ(silent.closed, kCloseSignIn);
}

TEST_F(FeedSessionTest, TheUnansweredWindowStopsReading) {
  open();
  std::vector<sync::Mutation> many;
  for (std::uint64_t i = 0; i < 300; ++i)
    many.push_back(mutation(i + 1));
  up(wire::Mutate{many});
  EXPECT_FALSE(host.paused);
  up(wire::Mutate{many});
  EXPECT_TRUE(host.paused);
  host.answers[0](std::vector<sync::MutationResult>(300));
  EXPECT_TRUE(host.paused) << "half of the window first";
  host.answers[1](std::vector<sync::MutationResult>(300));
  EXPECT_FALSE(host.paused);
  EXPECT_EQ(host.take<wire::Receipt>().size(), 2u);
}

TEST_F(FeedSessionTest, WhatCouldNotBeStoredIsAskedForAgain) {
  open();
  up(wire::Mutate{{mutation(1)}});
  host.answers[0](fail(ErrorCode::storage_full));
  const auto notices = host.take<wire::Notice>();
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_EQ(notices[0].code, ErrorCode::storage_full);
  EXPECT_GT(notices[0].retry_after_ms, 0u);
}

TEST_F(FeedSessionTest, AnAnswerOfAFormerStoreIsDropped) {
  open();
  up(wire::Mutate{{mutation(1)}});
  up(hello(""));
  host.opened(StoreFacts{});
  host.sent.clear();
  host.answers[0](std::vector<sync::MutationResult>(1));
  EXPECT_TRUE(host.sent.empty());
}

TEST_F(FeedSessionTest, AboveTheRateTheSocketIsNotRead) {
  open();
  for (int i = 0; i < 60; ++i)
    up(wire::Ping{1});
  EXPECT_TRUE(host.paused);
  EXPECT_FALSE(host.closed);
  host.time += 2'000;
  session.tick();
  EXPECT_FALSE(host.paused);
  for (int i = 0; i < 200 && !host.closed; ++i)
    up(wire::Ping{1});
  EXPECT_EQ(host.closed, kCloseRate);
}

TEST_F(FeedSessionTest, MalformedFramesAreCountedAndThenClose) {
  open();
  const Bytes good = wire::encode(wire::UpMessage(wire::Mutate{{mutation(1)}}));
  int refused = 0;
  for (std::size_t length = 0; length < good.size() && !host.closed; ++length) {
    host.time += 100;
    session.received(good.substr(0, length), false);
    ++refused;
  }
  EXPECT_EQ(host.closed, kClosePolicy);
  EXPECT_EQ(refused, limits::kBadMessagesPerMinute);
  EXPECT_EQ(host.mutations, 0u);
  EXPECT_EQ(host.take<wire::Notice>().size(),
            static_cast<std::size_t>(limits::kBadMessagesPerMinute));
}

TEST_F(FeedSessionTest, AMessageHoldsAsManyMutationsAsOneBatchAndNotOneMore) {
  open();
  std::vector<sync::Mutation> many;
  while (many.size() < limits::kMutationsPerMessage)
    many.push_back(mutation(many.size() + 1));
  up(wire::Mutate{many});
  EXPECT_EQ(host.mutations, limits::kMutationsPerMessage);
  EXPECT_EQ(host.bad, 0);
  many.push_back(mutation(many.size() + 1));
  up(wire::Mutate{many});
  EXPECT_EQ(host.mutations, limits::kMutationsPerMessage) << "none of the second message";
  EXPECT_EQ(host.bad, 1);
  const auto notices = host.take<wire::Notice>();
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_EQ(notices[0].code, ErrorCode::malformed);
  EXPECT_FALSE(host.closed);
}

TEST_F(FeedSessionTest, UnknownKindsAreSkipped) {
  open();
  session.received(std::string("\x3f\x01\x02", 3), false);
  EXPECT_TRUE(host.sent.empty());
  EXPECT_EQ(host.bad, 1);
  EXPECT_EQ(session.state(), FeedSession::State::open);
}

TEST_F(FeedSessionTest, WrongKindAndTooBigClose) {
  session.received("{}", true);
  EXPECT_EQ(host.closed, kCloseWrongKind);
  FakeHost big;
  FeedSession unknown(big, std::nullopt);
  unknown.received(std::string(limits::kHelloBytes + 1, 'x'), false);
  EXPECT_EQ(big.closed, kCloseTooBig);
}

TEST_F(FeedSessionTest, ASubscriptionThatIsNotAllowedIsAnswered) {
  open();
  up(wire::Subscribe{1, model::kMembers, {}, {}, 1, 0});
  EXPECT_EQ(host.take<wire::Notice>().at(0).code, ErrorCode::forbidden);
}

// A page that cannot be served is refused by its number; it does not count as a bad message.
TEST_F(FeedSessionTest, APageThatCannotBeServedIsRefusedByItsNumber) {
  open();
  wire::Subscribe page{7, model::kMembers, {}, {}, 1, 25};
  up(page);
  auto notices = host.take<wire::Notice>();
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_EQ(notices[0].code, ErrorCode::forbidden);
  EXPECT_EQ(notices[0].subscription, 7u);
  page.collection = model::kProducts;
  page.page_size = limits::kPageSizeMax + 1;
  for (int i = 0; i < 2 * limits::kBadMessagesPerMinute; ++i)
    up(page);
  notices = host.take<wire::Notice>();
  ASSERT_EQ(notices.size(), std::size_t{2 * limits::kBadMessagesPerMinute});
  EXPECT_EQ(notices[0].code, ErrorCode::out_of_range);
  EXPECT_EQ(notices[0].subscription, 7u);
  page.page_size = 25;
  page.subscription = 0;
  up(page);
  EXPECT_EQ(host.take<wire::Notice>().at(0).code, ErrorCode::out_of_range);
  page.subscription = 8;
  up(page);
  EXPECT_TRUE(host.take<wire::Notice>().empty());
  EXPECT_EQ(host.ended.front(), 7u);  // whatever was open under that number
  EXPECT_EQ(host.bad, 0);
  EXPECT_EQ(session.state(), FeedSession::State::open);
}

// --- JSON ---

class JsonFeedSessionTest : public ::testing::Test {
 protected:
  JsonFeedSessionTest() { session = std::make_unique<JsonFeedSession>(host, "c1", std::nullopt); }
  std::string code_of(const std::string& text) {
    host.sent.clear();
    session->received(text, true);
    const Json answer = host.json();
    const Json* data = answer.find("data");
    if (data == nullptr || answer.find("type")->text() != "error")
      return {};
    return data->find("code")->text();
  }
  void sign_in() {
    session->received(R"({"type":"auth","data":{"token":"eve"}})", true);
    host.sent.clear();
  }
  void select() {
    session->received(
        R"({"type":"selectStore","storeId":"gifts","data":{"dataTypes":["products"]}})", true);
    StoreFacts facts;
    facts.role = model::Role::editor;
    host.opened(std::move(facts));
  }
  static std::string mutate(const std::string& store) {
    return R"({"type":"mutate","storeId":")" + store + R"(","data":{"mutations":[{"id":")" +
           mutation(1).id.text() + R"(","ops":[{"op":"remove","dataType":"products","id":")" +
           mutation(1).ops[0].record.text() + R"("}]}]}})";
  }
  FakeHost host;
  std::unique_ptr<JsonFeedSession> session;
};

TEST_F(JsonFeedSessionTest, ConnectedAuthSelectMutate) {
  Json connected = host.json();
  EXPECT_EQ(connected.find("type")->text(), "connected");
  EXPECT_FALSE(connected.find("data")->find("authenticated")->boolean());
  session->received(R"({"type":"auth","data":{"ticket":"eve"}})", true);
  connected = host.json();
  EXPECT_TRUE(connected.find("data")->find("authenticated")->boolean());
  EXPECT_EQ(connected.find("data")->find("userId")->text(), "u-eve");
  select();
  EXPECT_EQ(host.json().find("type")->text(), "store_switch");
  EXPECT_EQ(host.follows, 1);
  session->received(mutate("gifts"), true);
  EXPECT_EQ(host.mutations, 1u);
  sync::MutationResult result;
  result.ops.resize(1);
  host.answers[0](std::vector<sync::MutationResult>{result});
  EXPECT_EQ(host.json().find("type")->text(), "receipt");
}

TEST_F(JsonFeedSessionTest, AnUpgradeWithATokenIsConnectedAtOnce) {
  FakeHost own;
  JsonFeedSession ready(own, "c2", FeedUser{"u-eve", "eve", "c", 0});
  EXPECT_TRUE(own.json().find("data")->find("authenticated")->boolean());
}

TEST_F(JsonFeedSessionTest, NothingIsAnsweredBeforeAuth) {
  EXPECT_EQ(code_of(R"({"type":"selectStore","storeId":"gifts","data":{}})"), "unauthorized");
  EXPECT_EQ(code_of(mutate("gifts")), "unauthorized");
  EXPECT_FALSE(host.opened);
  session->received(R"({"type":"auth","data":{"token":"bad"}})", true);
  EXPECT_EQ(host.json().find("data")->find("code")->text(), "unauthorized");
  EXPECT_EQ(host.closed, kCloseSignIn);
}

TEST_F(JsonFeedSessionTest, RefusedStoresLeaveTheSocketOnNoStore) {
  sign_in();
  for (ErrorCode code :
       {ErrorCode::unknown_store, ErrorCode::forbidden_store, ErrorCode::inactive_store}) {
    session->received(R"({"type":"selectStore","storeId":"gifts","data":{}})", true);
    host.opened(fail(code));
    EXPECT_EQ(host.json().find("data")->find("code")->text(), error_name(code));
    EXPECT_EQ(code_of(mutate("gifts")), "wrong_state");
  }
}

TEST_F(JsonFeedSessionTest, MutationsGoToTheSelectedStoreOnly) {
  sign_in();
  select();
  EXPECT_EQ(code_of(mutate("games")), "wrong_state");
  EXPECT_EQ(host.mutations, 0u);
}

TEST_F(JsonFeedSessionTest, MalformedMessagesAreAnsweredAndThenClosed) {
  sign_in();
  const std::vector<std::pair<std::string, std::string>> inputs = {
      {"", "malformed"},
      {"{", "malformed"},
      {"[]", "wrong_type"},
      {R"({"type":"nonsense"})", "unknown_type"},
      {R"({"type":"ping","data":1,"extra":1})", "unknown_field"},
      {R"({"type":"selectStore","storeId":7,"data":{}})", "wrong_type"},
      {R"({"type":"selectStore","storeId":"gifts","data":{"dataTypes":["nothing"]}})",
       "unknown_collection"},
      {R"({"type":"mutate","storeId":"gifts","data":{"mutations":"all"}})", "wrong_type"},
      {R"({"type":"ping","data":)" + std::string(70, '[') + std::string(70, ']') + "}",
       "malformed"},
      {R"({"type":"auth","type":"auth","data":{"token":"eve"}})", "malformed"},
  };
  for (const auto& [text, code] : inputs) {
    EXPECT_FALSE(host.closed) << text;
    EXPECT_EQ(code_of(text), code) << text;
  }
  EXPECT_EQ(host.closed, kClosePolicy) << "the tenth within a minute";
}

TEST_F(JsonFeedSessionTest, KindsSizesAndEncodings) {
  session->received("\x01\x02", false);
  EXPECT_EQ(host.closed, kCloseWrongKind);
  FakeHost big;
  JsonFeedSession unknown(big, "c", std::nullopt);
  unknown.received(std::string(limits::kMessageBytesBeforeAuth + 1, ' '), true);
  EXPECT_EQ(big.closed, kCloseTooBig);
  FakeHost latin;
  JsonFeedSession wrong(latin, "c", std::nullopt);
  wrong.received("{\"type\":\"ping\",\"data\":\"\xe9\"}", true);
  EXPECT_EQ(latin.closed, kCloseBadUtf8);
}

TEST_F(JsonFeedSessionTest, PingComesBackUnchanged) {
  session->received(R"({"type":"ping","data":{"a":[1,"x",null]}})", true);
  const Json pong = host.json();
  EXPECT_EQ(pong.find("type")->text(), "pong");
  EXPECT_EQ(pong.find("data")->dump(), R"({"a":[1,"x",null]})");
}

TEST_F(JsonFeedSessionTest, AboveTheRateMessagesAreRefusedAndThenClosed) {
  sign_in();
  int refused = 0;
  for (int i = 0; i < 200 && !host.closed; ++i) {
    if (code_of(R"({"type":"ping","data":1})") == "rate_limited")
      ++refused;
  }
  EXPECT_EQ(refused, limits::kRefusedMessagesPerMinute);
  EXPECT_EQ(host.closed, kCloseRate);
}

TEST_F(JsonFeedSessionTest, WhatCouldNotBeStoredIsSaid) {
  sign_in();
  select();
  session->received(mutate("gifts"), true);
  host.sent.clear();
  host.answers[0](fail(ErrorCode::storage_full));
  EXPECT_EQ(host.json().find("data")->find("code")->text(), "retry");
}

TEST_F(JsonFeedSessionTest, SilenceBeforeAuthCloses) {
  host.time += 10'000;
  session->tick();
  EXPECT_EQ(host.closed, kCloseSignIn);
}

}  // namespace
}  // namespace syncstore::session
