// A browser that comes back after 90 days: a store of 100,000 products of which 1 % changed, some
// were removed (and forgotten) and some are new; edits wait in its queue. What goes over the wire
// beside a snapshot, and how long it takes until everything is applied. Engine and session are the
// product's; storage is memory, time is virtual.
//   long_absence [RECORDING]    prints JSON; the recording is what the browser had and what it was
//   sent when it came back, for the module (absence_module.mjs)
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/limits.hpp"
#include "core/session/client_session.hpp"
#include "core/wire/frame_codec.hpp"
#include "server/adapters/memory/memory_storage.hpp"
#include "server/adapters/memory/virtual_time.hpp"
#include "server/engine/engine.hpp"

namespace syncstore {
namespace {

using session::ClientSession;
using session::EffectKind;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kProducts = 100'000;
constexpr std::size_t kChanged = 900, kRemoved = 50, kNew = 50;  // together 1 %
constexpr std::size_t kEdits = 200;
constexpr TimeMs kDayMs = 24 * 3'600'000;

double ms_since(Clock::time_point begun) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begun).count();
}

class OnePerson final : public engine::Identities {
 public:
  Result<engine::Identity> take_ticket(std::string_view) override {
    return engine::Identity{"u-1", "Ada", "c", 0};
  }
  Result<engine::Identity> verify_token(std::string_view token) override {
    return take_ticket(token);
  }
  model::Role role_of(std::string_view, const StoreId&) const override {
    return model::Role::editor;
  }
  void set_revocation_listener(std::function<void(const engine::Revocation&)>) override {}
};

struct Wire final : ports::Link {
  bool send(std::shared_ptr<const std::string> message, bool) override {
    frames.push_back(std::move(message));
    return true;
  }
  void close(std::uint16_t, std::string) override {}
  std::size_t queued_bytes() const override { return 0; }
  void pause_reading(bool) override {}
  std::deque<std::shared_ptr<const std::string>> frames;
};

struct Browser {  // what its disk has
  Bytes cache;
  std::map<std::uint64_t, Bytes> entries;
};

class Bench {
 public:
  Bench() {
    boot();
    engine_->create_store(
        {.id = "gifts", .name = "Gifts", .currency = "GBP", .time_zone = "Europe/London"},
        {"u-2", "Grace", model::Role::admin}, [](const Status&) {});
    events_.settle();
  }

  int run(const char* recording) {
    std::vector<RecordId> ids;
    std::vector<sync::Mutation> batch;
    for (std::size_t i = 0; i < kProducts; ++i) {
      ids.push_back(ids_.next_record(events_.now()));
      batch.push_back(mutation(insert(ids.back(), i)));
      if (batch.size() == 400)
        commit(batch);
    }
    commit(batch);

    Browser disk;
    std::size_t snapshot_bytes = 0, return_bytes = 0;
    {
      ClientSession session(config());
      session.start(events_.now());
      snapshot_bytes = connect(session, disk);
      edit(session, disk, ids);
      session.stop(events_.now());
      carry_out(session, disk);
    }
    events_.advance(45 * kDayMs);
    state();
    for (std::size_t i = 0; i < kRemoved; ++i)
      batch.push_back(mutation(removal(ids[i * 100 + 50])));
    commit(batch);
    events_.advance(91 * kDayMs);
    boot();  // memory does not reach back, and what is old was forgotten
    state();
    for (std::size_t i = 0; i < kChanged; ++i)
      batch.push_back(mutation(price(ids[i * 110 + 1], static_cast<std::int64_t>(i))));
    for (std::size_t i = 0; i < kNew; ++i) {
      ids.push_back(ids_.next_record(events_.now()));
      batch.push_back(mutation(insert(ids.back(), kProducts + i)));
    }
    commit(batch);
    engine_->tombstones().look();
    events_.settle();
    const std::uint64_t forgotten = engine_->tombstones().forgotten();
    boot();
    state();

    const auto restoring = Clock::now();
    ClientSession session(config());
    session.restore_cache(disk.cache);
    for (const auto& [number, bytes] : disk.entries)
      session.restore_entry(bytes);
    const double restore_ms = ms_since(restoring);
    const std::size_t waiting = session.queue().counts().waiting;
    session.start(events_.now());
    Bytes recorded = part(
                         "{\"store\":\"gifts\",\"user\":\"u-1\",\"generation\":1,\"client\":"
                         "\"09000000-0000-0000-0000-000000000000\",\"entries\":" +
                         std::to_string(disk.entries.size()) + "}") +
                     part(disk.cache);
    for (const auto& [number, bytes] : disk.entries)
      recorded += part(bytes);
    recorded_ = recording == nullptr ? nullptr : &recorded;
    return_bytes = connect(session, disk);
    if (recording != nullptr && !write_file(recording, recorded))
      return 1;
    const model::Table& base = session.replica().base(model::kProducts);
    const model::Table& truth = state().table(model::kProducts);
    const bool equal = base.digest().agrees_with(truth.digest()) && base.size() == truth.size();
    std::printf(
        "{\"products\": %zu, \"changed\": %zu, \"removed\": %zu, \"inserted\": %zu, "
        "\"forgotten\": %llu, \"snapshot_bytes\": %zu, \"return_bytes\": %zu, "
        "\"percent\": %.2f, \"restore_ms\": %.1f, \"apply_ms\": %.1f, \"server_ms\": %.1f, "
        "\"waiting_before\": %zu, \"waiting_after\": %zu, \"snapshots\": %llu, \"equal\": %s}\n",
        kProducts, kChanged, kRemoved, kNew, static_cast<unsigned long long>(forgotten),
        snapshot_bytes, return_bytes,
        100.0 * static_cast<double>(return_bytes) / static_cast<double>(snapshot_bytes), restore_ms,
        apply_ms_, server_ms_, waiting, session.queue().counts().waiting,
        static_cast<unsigned long long>(engine_->hub().counters().snapshots),
        equal ? "true" : "false");
    return equal && waiting == kEdits && session.queue().counts().waiting == kEdits ? 0 : 1;
  }

 private:
  static Bytes part(std::string_view bytes) {
    ByteWriter out;
    out.u32(static_cast<std::uint32_t>(bytes.size()));
    out.raw(bytes);
    return out.take();
  }
  static bool write_file(const char* path, const Bytes& bytes) {
    std::FILE* file = std::fopen(path, "wb");
    if (file == nullptr)
      return false;
    const bool whole = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
    return std::fclose(file) == 0 && whole;
  }
  static session::ClientConfig config() {
    session::ClientConfig config;
    config.store = "gifts";
    config.user = "u-1";
    config.client.bytes[0] = 9;
    config.generation = 1;
    config.seed = 42;
    return config;
  }
  void boot() {
    engine_.reset();
    storage_.reset();
    scheduler_ = std::make_unique<memory::VirtualScheduler>(events_);
    storage_ = std::make_unique<memory::MemoryStorage>(*scheduler_, disk_);
    engine_ = std::make_unique<engine::Engine>(
        engine::EnginePorts{clock_, random_, *scheduler_, *storage_, crypto_});
    engine_->set_identities(&people_);
    engine_->start([](const Status&) {});
    events_.settle();
  }
  engine::StoreState& state() {
    engine::StoreState* found = nullptr;
    engine_->stores().with_store(
        "gifts", [&](Result<engine::StoreState*> loaded) { found = loaded.value(); });
    events_.settle();
    return *found;
  }
  static std::uint16_t field(std::string_view name) {
    return static_cast<std::uint16_t>(model::find_collection(model::kProducts)->field_index(name));
  }
  std::string word() {
    std::string text;
    for (std::uint64_t bits = random_.u64() % 3'000 + 26; bits > 0; bits /= 26)
      text += static_cast<char>('a' + bits % 26);
    return text;
  }
  sync::Op insert(RecordId id, std::size_t number) {
    sync::Op op;
    op.kind = sync::OpKind::insert;
    op.collection = model::kProducts;
    op.record = id;
    std::string title = word();
    for (int i = 0; i < 6; ++i)
      title += ' ' + word();
    op.fields = {{field("title"), std::move(title)},
                 {field("sku"), "SKU-" + std::to_string(number)},
                 {field("status"), std::string("Active")},
                 {field("price"), static_cast<std::int64_t>(random_.u64() % 1'000 * 10'000)},
                 {field("inventory"), static_cast<std::int64_t>(random_.u64() % 500)},
                 {field("units_sold"), static_cast<std::int64_t>(random_.u64() % 900)}};
    std::sort(op.fields.begin(), op.fields.end(),
              [](const auto& a, const auto& b) { return a.field < b.field; });
    return op;
  }
  static sync::Op removal(RecordId id) {
    sync::Op op;
    op.kind = sync::OpKind::remove;
    op.collection = model::kProducts;
    op.record = id;
    return op;
  }
  static sync::Op price(RecordId id, std::int64_t to) {
    sync::Op op;
    op.collection = model::kProducts;
    op.record = id;
    op.field = field("price");
    op.from = sync::FromValue::anything();
    op.to = to * 10'000;
    return op;
  }
  sync::Mutation mutation(sync::Op op) {
    sync::Mutation made;
    made.id = ids_.next_uuid(events_.now());
    made.ops.push_back(std::move(op));
    return made;
  }
  void commit(std::vector<sync::Mutation>& batch) {
    for (std::size_t at = 0; at < batch.size(); at += limits::kMutationsPerMessage) {
      const std::size_t end = std::min(at + limits::kMutationsPerMessage, batch.size());
      engine::Submission submission;
      submission.store = "gifts";
      submission.author = {"u-2", "Grace", model::Role::admin};
      for (std::size_t i = at; i < end; ++i)
        submission.mutations.push_back(std::move(batch[i]));
      engine_->submit(std::move(submission));
      events_.settle();
    }
    batch.clear();
  }
  // What the platform does with what the session wants; frames to the server are answered.
  void carry_out(ClientSession& session, Browser& disk) {
    for (auto effects = session.take_effects(); !effects.empty();
         effects = session.take_effects()) {
      for (session::Effect& effect : effects) {
        switch (effect.kind) {
          case EffectKind::fetch_ticket:
            session.ticket("ticket", events_.now());
            break;
          case EffectKind::connect:
            connecting_ = true;
            break;
          case EffectKind::send:
            if (feed_ != nullptr)
              outgoing_.push_back(std::move(effect.bytes));
            break;
          case EffectKind::write_entry:
            disk.entries[effect.number] = std::move(effect.bytes);
            break;
          case EffectKind::commit_queue:
            session.queue_written(effect.number, events_.now());
            break;
          case EffectKind::replace_cache:
            disk.cache.clear();
            disk.cache += effect.bytes;
            session.cache_written(effect.number, true, events_.now());
            break;
          case EffectKind::append_cache:
            disk.cache += effect.bytes;
            session.cache_written(effect.number, true, events_.now());
            break;
          default:
            break;
        }
      }
    }
  }
  // Opens the socket and takes everything until the server has nothing more; answers the bytes.
  std::size_t connect(ClientSession& session, Browser& disk) {
    connecting_ = false;
    carry_out(session, disk);
    auto link = std::make_shared<Wire>();
    feed_ = engine_->hub().open(link, engine::kBinaryProtocol, std::nullopt);
    session.socket_opened(events_.now());
    apply_ms_ = server_ms_ = 0;
    std::size_t bytes = 0;
    carry_out(session, disk);
    while (!outgoing_.empty() || !link->frames.empty()) {
      const auto serving = Clock::now();
      // Only the hello: the edits stay in the queue, they are not what is measured.
      if (!outgoing_.empty())
        feed_->received(std::move(outgoing_.front()), false);
      outgoing_.clear();
      events_.settle();
      server_ms_ += ms_since(serving);
      while (!link->frames.empty()) {
        const auto frame = std::move(link->frames.front());
        link->frames.pop_front();
        bytes += frame->size();
        if (recorded_ != nullptr)
          *recorded_ += part(*frame);
        const auto applying = Clock::now();
        session.socket_message(*frame, events_.now());
        apply_ms_ += ms_since(applying);
        carry_out(session, disk);
        outgoing_.clear();
      }
    }
    for (int i = 0; i < 3; ++i) {
      events_.advance(1'500);
      session.timer(events_.now());
      carry_out(session, disk);
    }
    outgoing_.clear();
    feed_->closed();
    feed_.reset();
    events_.settle();
    return bytes;
  }
  void edit(ClientSession& session, Browser& disk, const std::vector<RecordId>& ids) {
    session.network_hint(false, events_.now());
    for (std::size_t i = 0; i < kEdits; ++i) {
      sync::Mutation made = mutation(price(ids[i * 400 + 7], 77));
      static_cast<void>(session.edit(std::move(made), "[]", events_.now()));
      carry_out(session, disk);
    }
  }

  memory::EventQueue events_;
  memory::VirtualClock clock_{events_};
  memory::SeededRandom random_{7};
  memory::PlainCrypto crypto_;
  IdSource ids_{99};
  OnePerson people_;
  std::shared_ptr<memory::MemoryDisk> disk_ = std::make_shared<memory::MemoryDisk>();
  std::unique_ptr<memory::VirtualScheduler> scheduler_;
  std::unique_ptr<memory::MemoryStorage> storage_;
  std::unique_ptr<engine::Engine> engine_;
  std::shared_ptr<ports::LinkSession> feed_;
  std::deque<std::string> outgoing_;
  bool connecting_ = false;
  double apply_ms_ = 0, server_ms_ = 0;
  Bytes* recorded_ = nullptr;
};

}  // namespace
}  // namespace syncstore

int main(int count, char** arguments) {
  return syncstore::Bench().run(count > 1 ? arguments[1] : nullptr);
}
