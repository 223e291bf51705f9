#include "tests/simulation/sim_world.hpp"

#include <algorithm>

#include "core/base/digest.hpp"
#include "core/base/limits.hpp"

namespace syncstore::simulation {
namespace {

constexpr std::size_t kReportsKept = 8;
// Comparing pages sorts everything that is shown: the dearest check, and what it finds stays wrong
// until the next one.
constexpr std::uint64_t kPageCheckEvery = 4;
// Longest backoff, silence and ping limits several times over: what is not through by then is
// stuck.
constexpr TimeMs kQuietMs = 15 * 60'000;
constexpr TimeMs kSilenceMs = limits::kSilenceMs + limits::kPongMs + 5'000;

}  // namespace

// --- oracle ---

Oracle::Oracle() {
  for (const model::CollectionDef& collection : model::collections()) {
    tables_.emplace(collection.number, model::Table(collection));
  }
}

std::string Oracle::follow(const memory::MemoryStore& store) {
  for (; sequence_ < store.log.size(); ++sequence_) {
    const ports::LogEntry& entry = store.log[sequence_];
    if (entry.sequence != sequence_ + 1)
      return "the log has a gap";
    if (entry.hash != crypto_.sha256_pair(hash_, entry.blob))
      return "the chain of hashes is broken";
    hash_ = entry.hash;
    ByteReader in(entry.blob);
    auto change_set = sync::read_change_set(in);
    if (!change_set.ok())
      return "an entry of the log cannot be read";
    change_set->sequence = entry.sequence;
    if (!mutations_.emplace(change_set->mutation, entry.sequence).second)
      return "a mutation took effect twice";
    if (store.receipt_index.count(change_set->mutation) == 0)
      return "an effect without its receipt";
    for (auto& [number, table] : tables_) {
      const bool touched = std::any_of(
          change_set->changes.begin(), change_set->changes.end(),
          [&, n = number](const sync::Change& change) { return change.collection == n; });
      if (!touched)
        continue;
      sync::apply_changes(table, *change_set);
      digests_[{number, entry.sequence}] = table.digest().combined();
    }
  }
  return {};
}

std::optional<std::uint64_t> Oracle::digest_at(std::uint16_t collection, Sequence sequence) const {
  const auto found = digests_.find({collection, sequence});
  return found == digests_.end() ? std::nullopt : std::optional<std::uint64_t>(found->second);
}

// --- world ---

World::World(const WorldOptions& options)
    : options_(options), random_(options.seed), server_(events_, random_) {}

void World::report(const std::string& promise, const std::string& what) {
  if (result_.broken.size() < kReportsKept)
    result_.broken.push_back("promise " + promise + ": " + what);
}

void World::advance(TimeMs ms) {
  const TimeMs until = events_.now() + ms;
  while (!events_.empty() && events_.next_time() <= until) {
    events_.step();
    ++result_.events;
  }
  events_.advance(until - events_.now());
}

void World::prepare() {
  server_.identities.roles = {{"u-ann", model::Role::admin}};
  start_server();
  bool created = false;
  server_.engine().create_store(
      {.id = StoreId(kStore), .name = "Gifts", .currency = "GBP", .time_zone = "UTC"},
      {"u-ann", "ann", model::Role::admin}, [&](Status status) { created = status.ok(); });
  advance(200);
  SS_ASSERT(created);
  for (int i = 0; i < options_.clients; ++i) {
    const std::string user = "u-" + std::to_string(i);
    server_.identities.roles[user] = i == 0 ? model::Role::admin : model::Role::editor;
    // Small queues make slow links common.
    const std::size_t queue_bytes = random_.chance(40) ? 400 : 1'048'576;
    auto client = std::make_unique<SimClient>(
        events_, random_, server_, user, queue_bytes,
        [this](const std::string& promise, const std::string& what) { report(promise, what); });
    if (random_.chance(30))
      client->skew = static_cast<TimeMs>(random_.below(2'000'000)) - 1'000'000;
    client->open_tab();
    clients_.push_back(std::move(client));
  }
  advance(2'000);
}

void World::start_server() {
  if (!server_.up())
    server_.start();
}

void World::crash_server() {
  if (!server_.up())
    return;
  ++result_.crashes;
  server_.crash();
}

// Programs, imports and other rooms write through the same door.
void World::server_edits() {
  if (!server_.up())
    return;
  engine::Submission submission;
  submission.store = StoreId(kStore);
  submission.author = {"u-job", "job", model::Role::admin};
  const bool bulk = random_.chance(30);
  submission.origin = bulk ? sync::Origin::import : sync::Origin::api;
  submission.priority = bulk ? engine::Priority::bulk : engine::Priority::interactive;
  const std::size_t count = bulk ? 5 + random_.below(30) : 1;
  std::vector<RecordId> ids;
  oracle_.table(model::kProducts).for_each([&](const model::Record& record) {
    ids.push_back(record.id);
  });
  std::sort(ids.begin(), ids.end());
  for (std::size_t i = 0; i < count; ++i) {
    sync::Op op;
    op.collection = model::kProducts;
    if (ids.empty() || random_.chance(20)) {
      op.kind = sync::OpKind::insert;
      op.record = ids_.next_record(events_.now());
      op.fields = {{0, "Job " + std::to_string(random_.below(50))}, {4, std::string("Active")}};
    } else {
      op.kind = random_.chance(10) ? sync::OpKind::remove : sync::OpKind::set;
      op.record = ids[random_.below(ids.size())];
      op.field = random_.chance(50) ? 0 : 9;
      if (op.field == 0) {
        op.to = "Job title " + std::to_string(random_.below(40));
      } else {
        op.to = static_cast<std::int64_t>(random_.below(90'000));
      }
    }
    sync::Mutation mutation;
    mutation.id = ids_.next_uuid(events_.now());
    mutation.ops.push_back(op);
    submission.mutations.push_back(std::move(mutation));
  }
  server_.engine().submit(std::move(submission));
}

void World::change_role() {
  const std::string user = some_client().user();
  if (user == "u-0")
    return;
  auto& role = server_.identities.roles[user];
  role = role == model::Role::editor ? model::Role::viewer : model::Role::editor;
  if (server_.identities.revoke) {
    server_.identities.revoke({engine::Revocation::Kind::role_changed, user, {}, StoreId(kStore)});
  }
}

void World::act() {
  const std::uint64_t dice = random_.below(100);
  if (dice < 52)
    return some_client().edit_something();
  if (dice < 64)
    return server_edits();
  if (dice < 70) {
    ++result_.cuts;
    return some_client().cut();
  }
  if (dice < 72)
    return some_client().go_half_open();
  if (dice < 76) {
    SimClient& client = some_client();
    return client.set_network(!client.network());
  }
  if (dice < 80) {
    SimClient& client = some_client();
    client.kill_tab();
    advance(static_cast<TimeMs>(random_.below(3'000)));
    return client.open_tab();
  }
  if (dice < 84) {
    crash_server();
    advance(static_cast<TimeMs>(random_.below(random_.chance(20) ? 200'000 : 2'000)));
    return start_server();
  }
  if (dice < 87 && server_.up()) {
    const bool unknown = random_.chance(20);
    server_.storage().set_fault(unknown ? ErrorCode::internal : ErrorCode::storage_full,
                                random_.chance(50) && unknown);
    advance(static_cast<TimeMs>(random_.below(1'500)));
    if (server_.up())
      server_.storage().set_fault(std::nullopt);
    return;
  }
  if (dice < 88)
    return change_role();
  if (dice < 91)
    return some_client().settle_parked();
  if (dice < 93)
    return some_client().retry_now();
  if (dice < 94) {
    SimClient& client = some_client();
    client.storage_full = !client.storage_full;
    return;
  }
  if (dice < 95) {
    server_.clock.skew += static_cast<TimeMs>(random_.below(200'000)) - 100'000;
    return;
  }
  advance(static_cast<TimeMs>(random_.below(random_.chance(10) ? 120'000 : 4'000)));
}

WorldResult World::run() {
  const TimeMs began = events_.now();
  prepare();
  for (int step = 0; step < options_.steps && result_.broken.empty(); ++step) {
    act();
    advance(static_cast<TimeMs>(random_.below(300)));
    if (server_.broken) {
      crash_server();
      start_server();
    }
    check();
  }
  if (result_.broken.empty()) {
    quiesce();
    checks_ = kPageCheckEvery - 1;
    check();
    check_end();
  }
  result_.took = events_.now() - began;
  ByteWriter outcome;
  if (const auto* store = server_.stored()) {
    for (const ports::LogEntry& entry : store->log)
      outcome.raw(entry.hash);
  }
  for (const auto& client : clients_) {
    result_.edits += client->edits;
    if (!client->has_tab())
      continue;
    for (const model::CollectionDef& collection : model::collections()) {
      outcome.u64(client->session().cursor(collection.number));
      outcome.u64(client->session().replica().base(collection.number).digest().combined());
    }
  }
  outcome.u64(static_cast<std::uint64_t>(result_.took));
  outcome.u64(result_.events);
  result_.change_sets = oracle_.sequence();
  result_.conflicts = oracle_.table(model::kConflicts).size();
  result_.digest = xxh64(outcome.bytes());
  return result_;
}

void World::check() {
  ++checks_;
  const memory::MemoryStore* store = server_.stored();
  if (store == nullptr)
    return;
  // 1 and 2: the log is whole, an effect has its receipt and happens once.
  const std::string wrong = oracle_.follow(*store);
  if (!wrong.empty())
    return report("2", wrong);
  for (const auto& client : clients_) {
    for (const sync::MutationResult& answer : client->acknowledged) {
      const auto stored = store->receipt_index.find(answer.id);
      const bool reused = !answer.ops.empty() && answer.ops[0].code == ErrorCode::id_reused;
      if (stored == store->receipt_index.end() ||
          (!reused && store->receipts[stored->second].result.sequence != answer.sequence)) {
        report("1", client->user() + " was answered for what is not stored");
      }
    }
    client->acknowledged.clear();
  }
  // The server's own memory is never ahead of the disk, and equal to the log at its sequence.
  if (server_.up()) {
    if (const engine::StoreState* state = server_.engine().stores().loaded(StoreId(kStore))) {
      if (state->sequence() > store->sequence)
        report("1", "memory is ahead of the disk");
      for (const model::CollectionDef& collection : model::collections()) {
        const model::Table& table = state->table(collection.number);
        const auto expected = oracle_.digest_at(collection.number, table.last_sequence());
        if (table.last_sequence() != 0 && expected != table.digest().combined()) {
          report("3", "the server's memory of " + std::string(collection.name) +
                          " is not what its log says");
        }
      }
    }
  }
  // 3: at the same cursor everybody has the same bytes.
  for (const auto& client : clients_) {
    if (!client->has_tab() || client->session().epoch() != store->epoch)
      continue;
    for (const model::CollectionDef& collection : model::collections()) {
      const Sequence cursor = client->session().cursor(collection.number);
      if (cursor == 0)
        continue;
      const auto expected = oracle_.digest_at(collection.number, cursor);
      if (expected != client->session().replica().base(collection.number).digest().combined()) {
        report("3", client->user() + ": " + std::string(collection.name) + " at " +
                        std::to_string(cursor) + " is not the server's");
      }
    }
    if (checks_ % kPageCheckEvery == 0)
      client->check_pages();
  }
}

void World::quiesce() {
  start_server();
  server_.storage().set_fault(std::nullopt);
  for (const auto& client : clients_) {
    if (!client->network())
      client->set_network(true);
    client->storage_full = false;
    client->open_tab();
  }
  for (auto& [user, role] : server_.identities.roles) {
    if (role == model::Role::viewer) {
      role = model::Role::editor;
      server_.identities.revoke(
          {engine::Revocation::Kind::role_changed, user, {}, StoreId(kStore)});
    }
  }
  advance(kSilenceMs);  // so long a dead socket may look alive
  for (TimeMs waited = 0; waited < kQuietMs; waited += 5'000) {
    advance(5'000);
    if (server_.broken) {
      crash_server();
      start_server();
    }
    const bool done = std::all_of(clients_.begin(), clients_.end(), [](const auto& client) {
      return client->session().queue().counts().waiting == 0 && client->session().caught_up() &&
             client->session().state() == session::ConnectionState::connected;
    });
    if (done)
      break;
  }
  advance(5'000);
}

void World::check_end() {
  for (const auto& client : clients_) {
    const session::ClientSession& session = client->session();
    if (session.queue().counts().waiting != 0) {
      report("6", client->user() + ": " + std::to_string(session.queue().counts().waiting) +
                      " edits are stuck");
    }
    if (!session.caught_up())
      report("6", client->user() + " does not catch up");
    for (const model::CollectionDef& collection : model::collections()) {
      if (server_.identities.roles[client->user()] < collection.read)
        continue;
      const model::Table& truth = oracle_.table(collection.number);
      if (session.cursor(collection.number) != truth.last_sequence()) {
        report("6", client->user() + ": " + std::string(collection.name) + " stands at " +
                        std::to_string(session.cursor(collection.number)) + " of " +
                        std::to_string(truth.last_sequence()));
      }
    }
  }
}

}  // namespace syncstore::simulation
