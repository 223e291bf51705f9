// One browser that edits, loses its connection, crashes and comes back, and one colleague on the
// server. After every step what is shown equals base + pending edits computed from scratch, and the
// index that follows the listener equals a fresh one; at the end everything drains and both ends
// are equal. The whole client session is simulated elsewhere; this drives queue and replica alone.
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <random>

#include "core/sync/intent.hpp"
#include "core/sync/replica.hpp"
#include "core/view/ordered_index.hpp"
#include "tests/core/sync/test_store.hpp"

namespace syncstore::sync {
namespace {

using model::kProducts;

const model::CollectionDef& products() { return *model::find_collection(kProducts); }

// The server with receipts: a mutation takes effect once, however often it comes.
class World {
 public:
  explicit World(std::uint32_t seed) : random_(seed) {
    for (std::uint64_t id = 1; id <= 4; ++id) {
      server_.add_product(id, {{"title", text("t")}, {"inventory", number(100)}});
    }
    start_client();
  }

  void step() {
    switch (below(12)) {
      case 0:
      case 1:
      case 2:
        edit();
        break;
      case 3:
        colleague();
        break;
      case 4:
        persist();
        break;
      case 5:
        persist();
        send();
        break;
      case 6:
        serve();
        break;
      case 7:
        serve();
        receive();
        break;
      case 8:
        receive();
        break;
      case 9:
        outbox();
        break;
      case 10:
        if (below(4) == 0)
          disconnect();
        break;
      default:
        if (below(6) == 0)
          crash();
        break;
    }
    follow_queue(*replica_, *queue_);
    check();
  }

  void drain() {
    for (int i = 0; i < 400 && (queue_->counts().waiting > 0 || !up_.empty() || !down_.empty());
         ++i) {
      persist();
      send();
      serve();
      receive();
      follow_queue(*replica_, *queue_);
      check();
    }
    pull();
    receive();
    persist();
    follow_queue(*replica_, *queue_);
    check();
    ASSERT_EQ(queue_->counts().waiting, 0u);
    for (const QueueEntry& entry : queue_->entries())
      ASSERT_EQ(entry.state, EntryState::parked);
    ASSERT_EQ(replica_->base(kProducts).digest(), server_.table(kProducts).digest());
    replica_->for_each_shown(kProducts, [this](const model::Record& record) {
      ASSERT_EQ(record.values, server_.find(kProducts, record.id)->values);
    });
    ASSERT_EQ(replica_->shown_size(kProducts), server_.table(kProducts).size());
  }

  // Every amount that was applied counted once.
  void check_amounts() {
    std::map<std::uint64_t, std::int64_t> expected;
    for (const auto& [id, amount] : applied_)
      expected[id] += amount;
    server_.table(kProducts).for_each([&expected](const model::Record& record) {
      if (record.id.value > 4)
        return;
      ASSERT_EQ(record.values[product("inventory")], number(100 + expected[record.id.value]));
    });
  }

 private:
  struct Down {
    std::vector<MutationResult> receipts;
    std::vector<Delta> sections;
    Sequence head = 0;
  };

  std::size_t below(std::size_t n) { return random_() % n; }
  std::function<MutationId()> new_id() {
    return [this] { return mutation_id(++ids_); };
  }

  void start_client() {
    queue_ = std::make_unique<OfflineQueue>();
    replica_ = std::make_unique<Replica>(std::vector<std::uint16_t>{kProducts});
    index_ = std::make_unique<view::OrderedIndex>(
        products(), view::Filter{}, view::Sort{static_cast<int>(product("title")), false});
    replica_->set_listener([this](std::uint16_t, RecordId id, const model::Record* before,
                                  const model::Record* after) {
      if (id) {
        index_->update(before, after);
        return;
      }
      index_->build([this](const std::function<void(const model::Record&)>& visit) {
        replica_->for_each_shown(kProducts, visit);
      });
    });
    for (const auto& [n, bytes] : disk_)
      queue_->restore(*read_entry(bytes));
    // The cached base.
    replica_->begin_snapshot(kProducts);
    ASSERT_TRUE(replica_->add_snapshot_rows(kProducts, cached_rows_).ok());
    ASSERT_TRUE(replica_->end_snapshot(kProducts, cached_last_).ok());
    replica_->reach(cached_head_);
    follow_queue(*replica_, *queue_);
    reconnect();
  }

  // hello and welcome: the fate of what was sent, then catch-up.
  void reconnect() {
    up_.clear();
    down_.clear();
    sent_head_ = replica_->position(kProducts);
    const Sequence last = replica_->base(kProducts).last_sequence();
    for (const MutationId& id : queue_->unanswered()) {
      const auto known = receipts_.find(id);
      if (known == receipts_.end()) {
        queue_->not_received(id);
      } else {
        queue_->answer(known->second);
      }
    }
    follow_queue(*replica_, *queue_);
    pull_since(last);
  }

  void disconnect() { reconnect(); }

  void crash() { start_client(); }

  void edit() {
    const RecordId id{1 + below(6)};
    const model::Record* record = replica_->shown(kProducts, id);
    Mutation mutation = mutation_of({}, below(5) == 0 ? Mode::all : Mode::each, ++ids_);
    if (record == nullptr) {
      mutation.ops.push_back(insert_op(RecordId{id.value <= 4 ? 100 + below(20) : id.value},
                                       {{"title", text("new")}}));
    } else if (below(9) == 0 && id.value > 4) {
      mutation.ops.push_back(remove_op(id, {{"title", record->values[product("title")]}}));
    } else if (below(3) == 0) {
      mutation.ops.push_back(add_op(id, "inventory", static_cast<std::int64_t>(below(80)) - 40));
    } else {
      static const std::vector<std::string_view> fields{"title", "category", "sku"};
      const std::size_t count = 1 + below(2);
      for (std::size_t i = 0; i < count; ++i) {
        const std::string_view field = fields[below(fields.size())];
        mutation.ops.push_back(set_op(id, field, record->values[product(field)], word()));
      }
    }
    ASSERT_TRUE(queue_->add(mutation, 1, new_id()).ok());
    // A tab that was not told asks again.
    ASSERT_TRUE(below(4) != 0 || queue_->add(mutation, 1, new_id()).ok());
  }

  model::Value word() {
    return text(std::string(1, static_cast<char>('a' + below(5))) + (below(12) == 0 ? " " : ""));
  }

  void colleague() {
    const RecordId id{1 + below(6)};
    const model::Record* record = server_.find(kProducts, id);
    if (record == nullptr)
      return;
    server_.run(mutation_of({set_op(id, "title", record->values[0],
                                    text(std::string(1, static_cast<char>('v' + below(3)))))},
                            Mode::each, ++ids_),
                kBen);
    pull();
  }

  void persist() {
    // A torn write: some of what is dirty is not written this time.
    for (const std::uint64_t number : queue_->take_dirty()) {
      if (below(5) == 0) {
        queue_->mark_unstored(number);
        queue_->write_again(number);
        continue;
      }
      disk_[number] = write_entry(*queue_->find(number));
      queue_->mark_durable(number);
    }
    for (const std::uint64_t number : queue_->take_erased())
      disk_.erase(number);
    cached_rows_.clear();
    replica_->base(kProducts).for_each(
        [this](const model::Record& record) { cached_rows_.push_back(record); });
    cached_last_ = replica_->base(kProducts).last_sequence();
    cached_head_ = replica_->position(kProducts);
    queue_->settle(7, cached_head_);
  }

  void send() {
    const std::vector<const QueueEntry*> leaving = queue_->take_sendable(1 + below(3), 10'000);
    std::vector<Mutation> mutations;
    for (const QueueEntry* entry : leaving)
      mutations.push_back(entry->mutation);
    // Marked sent durably before the bytes leave.
    for (const std::uint64_t number : queue_->take_dirty()) {
      disk_[number] = write_entry(*queue_->find(number));
      queue_->mark_durable(number);
    }
    for (Mutation& mutation : mutations)
      up_.push_back(std::move(mutation));
  }

  void serve() {
    if (up_.empty())
      return;
    const Mutation mutation = up_.front();
    up_.pop_front();
    Down message;
    const auto known = receipts_.find(mutation.id);
    if (known != receipts_.end()) {
      ASSERT_EQ(bodies_.at(mutation.id),
                mutation_body_hash(mutation));  // an id is bound to its bytes
      message.receipts.push_back(known->second);
    } else {
      const MutationResult result = server_.run(mutation, kAda);
      receipts_.emplace(mutation.id, result);
      bodies_.emplace(mutation.id, mutation_body_hash(mutation));
      for (std::size_t i = 0; i < mutation.ops.size(); ++i) {
        const Op& op = mutation.ops[i];
        if (op.kind == OpKind::add && result.ops[i].status == OpStatus::applied) {
          applied_.emplace_back(op.record.value, op.amount);
        }
      }
      message.receipts.push_back(result);
    }
    message.head = sent_head_;
    down_.push_back(message);
    if (below(2) == 0)
      pull();
  }

  // A frame with everything since the last one.
  void pull() { pull_since(sent_last_); }
  void pull_since(Sequence last) {
    Coalescer coalescer;
    for (const ChangeSet& set : server_.log()) {
      if (set.sequence > sent_head_) {
        coalescer.add(
            set, [](void* context, std::uint16_t) { return *static_cast<Sequence*>(context); },
            &last);
      }
    }
    Down message;
    message.sections = coalescer.take();
    message.head = sent_head_ = server_.sequence();
    sent_last_ = server_.table(kProducts).last_sequence();
    down_.push_back(std::move(message));
  }

  void receive() {
    while (!down_.empty()) {
      const Down message = std::move(down_.front());
      down_.pop_front();
      for (const MutationResult& result : message.receipts)
        queue_->answer(result);
      follow_queue(*replica_, *queue_);
      for (const Delta& delta : message.sections) {
        if (delta.collection == kProducts) {
          ASSERT_EQ(delta.base, replica_->base(kProducts).last_sequence());
        }
      }
      ASSERT_TRUE(replica_->apply(message.sections, message.head).ok());
      check();
    }
  }

  void outbox() {
    for (const QueueEntry& entry : queue_->entries()) {
      if (entry.state != EntryState::parked)
        continue;
      if (below(2) == 0) {
        queue_->discard(entry.number);
      } else {
        Mutation changed = entry.mutation;
        for (Op& op : changed.ops) {
          if (op.kind == OpKind::set)
            op.to = text("fixed");
        }
        ASSERT_TRUE(queue_->send_again(entry.number, changed, new_id()).ok());
      }
      return;
    }
  }

  void check() {
    std::map<std::uint64_t, model::Record> expected;
    replica_->base(kProducts).for_each(
        [&expected](const model::Record& record) { expected[record.id.value] = record; });
    for (const QueueEntry& entry : queue_->entries()) {
      if (entry.state == EntryState::parked)
        continue;
      if (entry.state == EntryState::acked &&
          entry.result.sequence <= replica_->position(kProducts))
        continue;
      for (const Op& op : entry.mutation.ops) {
        std::optional<model::Record> record;
        if (const auto at = expected.find(op.record.value); at != expected.end())
          record = at->second;
        apply_intent(products(), record, op);
        expected.erase(op.record.value);
        if (record)
          expected.emplace(op.record.value, *record);
      }
    }
    std::size_t shown = 0;
    replica_->for_each_shown(kProducts, [&](const model::Record& record) {
      ++shown;
      const auto at = expected.find(record.id.value);
      ASSERT_NE(at, expected.end()) << record.id.value;
      ASSERT_EQ(record.values, at->second.values);
    });
    ASSERT_EQ(shown, expected.size());
    ASSERT_EQ(replica_->shown_size(kProducts), expected.size());

    view::OrderedIndex fresh(products(), index_->filter(), index_->sort());
    fresh.build([&](const std::function<void(const model::Record&)>& visit) {
      for (const auto& [id, record] : expected)
        visit(record);
    });
    std::vector<RecordId> now;
    std::vector<RecordId> wanted;
    index_->collect(0, index_->size(), now);
    fresh.collect(0, fresh.size(), wanted);
    ASSERT_EQ(now, wanted);
  }

  std::mt19937 random_;
  TestStore server_;
  std::map<MutationId, MutationResult> receipts_;
  std::map<MutationId, std::uint64_t> bodies_;
  std::vector<std::pair<std::uint64_t, std::int64_t>> applied_;
  std::deque<Mutation> up_;
  std::deque<Down> down_;
  Sequence sent_head_ = 0;
  Sequence sent_last_ = 0;
  std::map<std::uint64_t, Bytes> disk_;
  std::vector<model::Record> cached_rows_;
  Sequence cached_last_ = 0;
  Sequence cached_head_ = 0;
  std::unique_ptr<OfflineQueue> queue_;
  std::unique_ptr<Replica> replica_;
  std::unique_ptr<view::OrderedIndex> index_;
  std::uint64_t ids_ = 10'000;
};

TEST(EditWorld, ShownIsBasePlusPendingAndEverythingDrains) {
  for (std::uint32_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    World world(seed);
    for (int i = 0; i < 150; ++i) {
      SCOPED_TRACE(testing::Message() << "step " << i);
      world.step();
      if (testing::Test::HasFatalFailure())
        return;
    }
    world.drain();
    if (testing::Test::HasFatalFailure())
      return;
    world.check_amounts();
    if (testing::Test::HasFatalFailure())
      return;
  }
}

}  // namespace
}  // namespace syncstore::sync
