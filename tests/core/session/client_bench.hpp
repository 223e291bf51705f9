// A browser and a server made of frames for tests of the client session: the browser's storage is
// maps, its timer a number, the server's side is written by the test. Everything runs in the order
// in which it is called.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "core/base/json.hpp"
#include "core/base/limits.hpp"
#include "core/session/client_commands.hpp"
#include "core/session/client_session.hpp"
#include "core/wire/frame_codec.hpp"

namespace syncstore::session::testing {

struct Storage {  // what survives a tab
  std::map<std::uint64_t, Bytes> entries;
  Bytes cache;
  Bytes kept;
};

class ClientBench {
 public:
  explicit ClientBench(Storage& storage) : ClientBench(storage, config()) {}
  ClientBench(Storage& storage, ClientConfig who) : storage_(storage), session_(std::move(who)) {
    session_.restore_kept(storage.kept);
    session_.restore_cache(storage.cache);
    for (const auto& [number, bytes] : storage.entries)
      EXPECT_TRUE(session_.restore_entry(bytes));
  }

  ClientSession* operator->() { return &session_; }
  ClientSession& session() { return session_; }

  // --- carrying out effects
  // -----------------------------------------------------------------------------------------
  void settle() {
    for (auto effects = session_.take_effects(); !effects.empty();
         effects = session_.take_effects()) {
      for (Effect& effect : effects)
        carry_out(effect);
    }
  }

  void command(const std::string& json) {
    const auto done = run_command(session_, json, now);
    EXPECT_TRUE(done.ok()) << done.error().detail << " " << json;
    settle();
  }

  // --- the connection's usual way
  // -----------------------------------------------------------------------------------
  void start() {
    session_.start(now);
    settle();
  }
  void open_socket() {
    ASSERT_GT(tickets_asked, 0);
    session_.ticket("ticket", now);
    settle();
    session_.socket_opened(now);
    settle();
  }
  void receive(const wire::DownMessage& message) {
    session_.socket_message(wire::encode(message), now);
    settle();
  }
  void tick(TimeMs ms) {
    now += ms;
    while (timer_at != 0 && timer_at <= now) {
      timer_at = 0;
      session_.timer(now);
      settle();
    }
  }

  // --- the server's words
  // -------------------------------------------------------------------------------------------
  wire::Welcome welcome(Sequence head, std::vector<wire::Answer> answers = {}) const {
    wire::Welcome message;
    message.epoch = epoch;
    message.head = head;
    message.head_hash = head * 1'000;
    message.user = "u-1";
    message.user_name = "Ada";
    message.role = model::Role::editor;
    message.store = "gifts";
    message.now = now;
    message.authors = {{1, "u-1", "Ada"}, {2, "u-2", "Grace"}};
    message.answers = std::move(answers);
    return message;
  }
  static std::uint16_t field(std::uint16_t collection, std::string_view name) {
    return static_cast<std::uint16_t>(model::find_collection(collection)->field_index(name));
  }
  static RecordId id(RowNumber row) { return RecordId{1'000u + row}; }
  static model::Record product(RowNumber row, const std::string& title, std::int64_t price) {
    model::Record record = model::make_record(*model::find_collection(model::kProducts), id(row));
    record.row = row;
    record.version = row;
    record.values[field(model::kProducts, "title")] = title;
    record.values[field(model::kProducts, "status")] = std::string("Active");
    record.values[field(model::kProducts, "price")] = price;
    record.values[field(model::kProducts, "inventory")] = std::int64_t{10};
    return record;
  }
  void send_snapshot(std::uint16_t collection, std::vector<model::Record> rows, Sequence target) {
    model::Table table(*model::find_collection(collection));
    for (const model::Record& row : rows)
      table.put(row);
    receive(wire::Begin{collection, 7, target, rows.size(), 1});
    wire::Part part;
    part.collection = collection;
    part.rows = std::move(rows);
    receive(part);
    receive(wire::End{collection, target, table.digest()});
  }
  // A store with products 1..count priced 1..count; every other collection is empty.
  void send_store(RowNumber count, Sequence target) {
    std::vector<model::Record> rows;
    for (RowNumber row = 1; row <= count; ++row) {
      rows.push_back(product(row, "Product " + std::to_string(row), std::int64_t{row} * 10'000));
    }
    for (const model::CollectionDef& collection : model::collections()) {
      if (collection.read > model::Role::editor)
        continue;
      send_snapshot(collection.number,
                    collection.number == model::kProducts ? rows : std::vector<model::Record>{},
                    target);
    }
  }
  static sync::Delta price(RowNumber row, std::int64_t value, Sequence base, Sequence target,
                           std::uint32_t author = 2) {
    sync::Delta delta;
    delta.collection = model::kProducts;
    delta.base = base;
    delta.target = target;
    sync::RowDelta change;
    change.row = row;
    change.version = target;
    change.time = 1'795'000'000'000;
    change.author = author;
    change.fields = {{field(model::kProducts, "price"), value}};
    delta.rows = {change};
    return delta;
  }
  wire::Receipt receipt(const MutationId& id_of_mutation, Sequence sequence,
                        std::vector<sync::OpStatus> statuses = {sync::OpStatus::applied}) const {
    return wire::Receipt{{result(id_of_mutation, sequence, std::move(statuses))}};
  }
  sync::MutationResult result(const MutationId& id_of_mutation, Sequence sequence,
                              std::vector<sync::OpStatus> statuses = {
                                  sync::OpStatus::applied}) const {
    sync::MutationResult answer;
    answer.id = id_of_mutation;
    answer.epoch = epoch;
    answer.sequence = sequence;
    for (const sync::OpStatus one : statuses) {
      sync::OpOutcome outcome;
      outcome.status = one;
      if (one == sync::OpStatus::refused)
        outcome.code = ErrorCode::duplicate_sku;
      answer.ops.push_back(outcome);
    }
    return answer;
  }
  void go_live(RowNumber count = 5, Sequence head = 10) {
    start();
    open_socket();
    receive(welcome(head));
    send_store(count, head);
  }

  // --- looking
  // ---------------------------------------------------------------------------------------------
  std::vector<wire::UpMessage> take_sent() {
    std::vector<wire::UpMessage> messages;
    for (const Bytes& frame : sent) {
      auto message = wire::decode_up(frame);
      EXPECT_TRUE(message.ok());
      if (message.ok())
        messages.push_back(std::move(*message));
    }
    sent.clear();
    return messages;
  }
  // The mutations of all mutate frames sent since the last look.
  std::vector<sync::Mutation> take_mutations() {
    std::vector<sync::Mutation> mutations;
    for (const wire::UpMessage& message : take_sent()) {
      if (const auto* mutate = std::get_if<wire::Mutate>(&message)) {
        mutations.insert(mutations.end(), mutate->mutations.begin(), mutate->mutations.end());
      }
    }
    return mutations;
  }
  std::int64_t shown_price(RowNumber row) {
    const model::Record* record = session_.replica().shown(model::kProducts, id(row));
    if (record == nullptr)
      return -1;
    return std::get<std::int64_t>(record->values[field(model::kProducts, "price")]);
  }
  std::string uuid(int number) const {
    std::string text = std::to_string(number);
    return "018f2a10-0000-7000-8000-" + std::string(12 - text.size(), '0') + text;
  }
  void set_price(RowNumber row, const std::string& to, int number) {
    command(R"({"cmd":"edit","mutation":")" + uuid(number) +
            R"(","ops":[{"op":"set","collection":"products","id":")" + id(row).text() +
            R"(","field":"price","to":")" + to + R"("}]})");
  }
  // What an export of the queue brings, its first piece.
  std::string queue() {
    session_.read_queue(1, 0, now);
    settle();
    return read;
  }
  static ClientConfig config() {
    ClientConfig config;
    config.store = "gifts";
    config.user = "u-1";
    config.client.bytes[0] = 9;
    config.generation = 1;
    config.seed = 42;
    return config;
  }
  Json status_json() const { return *Json::parse(status, 100'000); }
  std::string connection() const { return status_json().find("connection")->text(); }

  TimeMs now = 1'795'000'000'000;
  TimeMs timer_at = 0;
  Epoch epoch = 0xE1;
  int tickets_asked = 0;
  int connects = 0;
  std::vector<Bytes> sent;
  std::vector<Bytes> exchanges;
  std::vector<std::uint64_t> closed;
  std::string status = "{}";
  int statuses_told = 0;
  std::string read;                                           // piece of the queue
  std::map<std::uint64_t, std::vector<std::string>> windows;  // patches
  std::map<std::uint64_t, std::vector<std::string>> pages;    // patches
  std::map<std::uint64_t, std::vector<std::string>> records;
  std::vector<std::string> queued, answered, rejected;
  bool hold_queue_writes = false;  // the browser is slow to store
  bool hold_cache_writes = false;
  bool fail_queue_writes = false;
  bool fail_cache_writes = false;
  std::vector<std::uint64_t> held_queue_writes, held_cache_writes;

 private:
  void carry_out(Effect& effect) {
    switch (effect.kind) {
      case EffectKind::fetch_ticket:
        ++tickets_asked;
        break;
      case EffectKind::connect:
        ++connects;
        break;
      case EffectKind::send:
        sent.push_back(std::move(effect.bytes));
        break;
      case EffectKind::close:
        closed.push_back(effect.number);
        break;
      case EffectKind::exchange:
        exchanges.push_back(std::move(effect.bytes));
        break;
      case EffectKind::set_timer:
        timer_at = static_cast<TimeMs>(effect.number);
        break;
      case EffectKind::write_entry:
        staged_[effect.number] = std::move(effect.bytes);
        break;
      case EffectKind::erase_entry:
        staged_[effect.number].clear();
        break;
      case EffectKind::commit_queue:
        if (hold_queue_writes) {
          held_queue_writes.push_back(effect.number);
        } else {
          commit(effect.number);
        }
        break;
      case EffectKind::append_cache:
      case EffectKind::replace_cache:
        if (fail_cache_writes) {
          session_.cache_written(effect.number, false, now);
          break;
        }
        if (effect.kind == EffectKind::replace_cache)
          storage_.cache.clear();
        storage_.cache += effect.bytes;
        if (hold_cache_writes) {
          held_cache_writes.push_back(effect.number);
        } else {
          session_.cache_written(effect.number, true, now);
        }
        break;
      case EffectKind::write_kept:
        storage_.kept = std::move(effect.bytes);
        break;
      case EffectKind::status:
        status = std::move(effect.text);
        ++statuses_told;
        break;
      case EffectKind::page:
        pages[effect.number].push_back(std::move(effect.text));
        break;
      case EffectKind::record:
        records[effect.number].push_back(std::move(effect.text));
        break;
      case EffectKind::queue:
        windows[effect.number].push_back(std::move(effect.text));
        break;
      case EffectKind::queue_read:
        read = std::move(effect.text);
        break;
      case EffectKind::queued:
        queued.push_back(std::move(effect.text));
        break;
      case EffectKind::answered:
        answered.push_back(std::move(effect.text));
        break;
      case EffectKind::rejected:
        rejected.push_back(std::move(effect.text));
        break;
    }
  }

 public:
  void commit(std::uint64_t write) {
    if (!fail_queue_writes) {
      for (auto& [number, bytes] : staged_) {
        if (bytes.empty()) {
          storage_.entries.erase(number);
        } else {
          storage_.entries[number] = bytes;
        }
      }
    }
    staged_.clear();
    if (fail_queue_writes) {
      session_.queue_failed(write, now);
    } else {
      session_.queue_written(write, now);
    }
  }
  void commit_held() {
    const auto writes = std::move(held_queue_writes);
    held_queue_writes.clear();
    for (const std::uint64_t write : writes)
      commit(write);
    settle();
  }

 private:
  Storage& storage_;
  ClientSession session_;
  std::map<std::uint64_t, Bytes> staged_;
};

inline MutationId mutation_id(const ClientBench& bench, int number) {
  return *Uuid::parse(bench.uuid(number));
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace syncstore::session::testing
