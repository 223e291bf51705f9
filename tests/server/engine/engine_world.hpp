// An engine with in-memory storage, people and links, for unit tests.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/json.hpp"
#include "core/wire/frame_codec.hpp"
#include "server/adapters/memory/memory_storage.hpp"
#include "server/engine/engine.hpp"
#include "tests/server/engine/virtual_time.hpp"

namespace syncstore::testing {

// People with roles per store; a ticket or token is "NAME" or "NAME:CREDENTIAL".
class FakeIdentities final : public engine::Identities {
 public:
  Result<engine::Identity> take_ticket(std::string_view ticket) override {
    return verify_token(ticket);
  }
  Result<engine::Identity> verify_token(std::string_view token) override {
    const std::string name(token.substr(0, token.find(':')));
    if (people.count(name) == 0)
      return fail(ErrorCode::bad_token);
    engine::Identity identity{"u-" + name, name, std::string(token), expires_at};
    return identity;
  }
  model::Role role_of(std::string_view user, const StoreId& store) const override {
    if (user.size() < 2)
      return model::Role::none;
    const auto person = people.find(std::string(user.substr(2)));
    if (person == people.end())
      return model::Role::none;
    const auto grant = person->second.find(store);
    if (grant != person->second.end())
      return grant->second;
    const auto all = person->second.find("*");
    return all != person->second.end() ? all->second : model::Role::none;
  }
  void set_revocation_listener(std::function<void(const engine::Revocation&)> listener) override {
    revoke = std::move(listener);
  }
  std::map<std::string, std::map<StoreId, model::Role>> people;
  TimeMs expires_at = 0;
  std::function<void(const engine::Revocation&)> revoke;
};

// One side of a socket: collects what arrives; can be made to refuse as a full queue does.
class TestLink final : public ports::Link {
 public:
  bool send(std::shared_ptr<const std::string> message, bool text) override {
    if (full)
      return false;
    if (room && *room == 0)
      return false;
    if (room)
      --*room;
    messages.push_back(std::move(message));
    texts.push_back(text);
    return true;
  }
  void close(std::uint16_t code, std::string reason) override {
    if (close_code == 0)
      close_code = code, close_reason = std::move(reason);
  }
  std::size_t queued_bytes() const override { return 0; }
  void pause_reading(bool now_paused) override { paused = now_paused; }

  std::vector<wire::DownMessage> take() {
    std::vector<wire::DownMessage> decoded;
    for (const auto& message : messages) {
      auto one = wire::decode_down(*message);
      EXPECT_TRUE(one.ok());
      if (one.ok())
        decoded.push_back(std::move(*one));
    }
    messages.clear();
    texts.clear();
    return decoded;
  }
  std::vector<Json> take_json() {
    std::vector<Json> parsed;
    for (const auto& message : messages) {
      auto one = Json::parse(*message, 64 * 1'048'576);
      EXPECT_TRUE(one.ok()) << *message;
      if (one.ok())
        parsed.push_back(std::move(*one));
    }
    messages.clear();
    texts.clear();
    return parsed;
  }

  std::vector<std::shared_ptr<const std::string>> messages;
  std::vector<bool> texts;
  bool full = false;
  std::optional<int> room;  // accepts so many more
  bool paused = false;
  std::uint16_t close_code = 0;
  std::string close_reason;
};

template <class T>
std::vector<T> all_of(const std::vector<wire::DownMessage>& messages) {
  std::vector<T> found;
  for (const wire::DownMessage& message : messages) {
    if (const T* one = std::get_if<T>(&message))
      found.push_back(*one);
  }
  return found;
}

struct OpenLink {
  std::shared_ptr<TestLink> link;
  std::shared_ptr<ports::LinkSession> session;
};

class EngineWorld : public ::testing::Test {
 protected:
  EngineWorld() {
    identities.people["ann"]["*"] = model::Role::admin;
    identities.people["eve"]["gifts"] = model::Role::editor;
    identities.people["vic"]["gifts"] = model::Role::viewer;
    boot();
  }

  void boot() {
    engine.reset();
    storage.reset();
    scheduler = std::make_unique<VirtualScheduler>(events);
    storage = std::make_unique<memory::MemoryStorage>(*scheduler, disk);
    if (receipts_in_memory)
      storage->set_receipts_in_memory(*receipts_in_memory);
    engine = std::make_unique<engine::Engine>(
        engine::EnginePorts{clock, random, *scheduler, *storage, crypto});
    engine->set_identities(&identities);
    bool started = false;
    engine->start([&](Status status) { started = status.ok(); });
    events.settle();
    ASSERT_TRUE(started);
  }
  void create_store(const StoreId& id) {
    Status created = fail(ErrorCode::internal);
    engine->create_store(
        {.id = id, .name = "Gifts", .currency = "GBP", .time_zone = "Europe/London"},
        {"u-ann", "ann", model::Role::admin}, [&](Status status) { created = std::move(status); });
    events.settle();
    ASSERT_TRUE(created.ok()) << created.error().detail << " " << created.error().field;
  }
  engine::StoreState& state(const StoreId& id = "gifts") {
    engine::StoreState* found = nullptr;
    engine->stores().with_store(
        id, [&](Result<engine::StoreState*> loaded) { found = loaded.value(); });
    events.settle();
    return *found;
  }

  // --- mutations ---
  static std::uint16_t field(std::string_view name, std::uint16_t collection = model::kProducts) {
    return static_cast<std::uint16_t>(model::find_collection(collection)->field_index(name));
  }
  sync::Mutation product(const std::string& title, RecordId id, const std::string& sku = {}) {
    sync::Op op;
    op.kind = sync::OpKind::insert;
    op.collection = model::kProducts;
    op.record = id;
    op.fields.push_back({field("title"), title});
    if (!sku.empty())
      op.fields.push_back({field("sku"), sku});
    op.fields.push_back({field("status"), std::string("Active")});
    return mutation({op});
  }
  sync::Mutation set(RecordId id, std::string_view name, sync::FromValue from, model::Value to) {
    sync::Op op;
    op.kind = sync::OpKind::set;
    op.collection = model::kProducts;
    op.record = id;
    op.field = field(name);
    op.from = std::move(from);
    op.to = std::move(to);
    return mutation({op});
  }
  sync::Mutation remove(RecordId id) {
    sync::Op op;
    op.kind = sync::OpKind::remove;
    op.collection = model::kProducts;
    op.record = id;
    return mutation({op});
  }
  sync::Mutation mutation(std::vector<sync::Op> ops) {
    sync::Mutation made;
    made.id = ids.next_uuid(events.now());
    made.ops = std::move(ops);
    return made;
  }
  RecordId new_id() { return ids.next_record(events.now()); }

  using Results = Result<std::vector<sync::MutationResult>>;
  engine::Submission submission(std::vector<sync::Mutation> mutations,
                                std::optional<Results>* answer) {
    engine::Submission made;
    made.store = "gifts";
    made.author = {"u-ann", "ann", model::Role::admin};
    made.mutations = std::move(mutations);
    if (answer != nullptr)
      made.done = [answer](Results results) { *answer = std::move(results); };
    return made;
  }
  // Submits and waits for the answer.
  std::vector<sync::MutationResult> commit(std::vector<sync::Mutation> mutations) {
    std::optional<Results> answer;
    engine->submit(submission(std::move(mutations), &answer));
    events.settle();
    EXPECT_TRUE(answer && answer->ok());
    return answer && answer->ok() ? **answer : std::vector<sync::MutationResult>{};
  }

  // --- links ---
  OpenLink connect(std::string_view protocol = engine::kBinaryProtocol) {
    OpenLink open;
    open.link = std::make_shared<TestLink>();
    open.session = engine->hub().open(open.link, protocol, std::nullopt);
    return open;
  }
  void send(OpenLink& open, const wire::UpMessage& message) {
    open.session->received(wire::encode(message), false);
    events.settle();
  }
  void send_json(OpenLink& open, const std::string& text) {
    open.session->received(text, true);
    events.settle();
  }
  wire::Hello hello(const std::string& who,
                    std::vector<std::uint16_t> collections = {model::kProducts}) {
    wire::Hello made;
    made.ticket = who;
    made.store = "gifts";
    made.collections = std::move(collections);
    return made;
  }
  // A link that follows the store.
  OpenLink follow(const std::string& who,
                  std::vector<std::uint16_t> collections = {model::kProducts}) {
    OpenLink open = connect();
    send(open, hello(who, std::move(collections)));
    return open;
  }

  EventQueue events;
  VirtualClock clock{events};
  SeededRandom random{7};
  PlainCrypto crypto;
  IdSource ids{99};
  FakeIdentities identities;
  std::shared_ptr<memory::MemoryDisk> disk = std::make_shared<memory::MemoryDisk>();
  std::optional<std::size_t> receipts_in_memory;
  std::unique_ptr<VirtualScheduler> scheduler;
  std::unique_ptr<memory::MemoryStorage> storage;
  std::unique_ptr<engine::Engine> engine;
};

}  // namespace syncstore::testing
