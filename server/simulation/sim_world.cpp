#include "server/simulation/sim_world.hpp"

#include <algorithm>

#include "core/base/digest.hpp"
#include "core/base/limits.hpp"
#include "server/simulation/sim_edits.hpp"

namespace syncstore::simulation {
namespace {

constexpr std::size_t kReportsKept = 8;
// Longest backoff, silence and ping limits several times over: what is not through by then is
// stuck.
constexpr TimeMs kQuietMs = 15 * 60'000;
constexpr TimeMs kSilenceMs = limits::kSilenceMs + limits::kPongMs + 5'000;

}  // namespace

World::World(const WorldOptions& options)
    : options_(options),
      random_(options.seed),
      server_(events_, random_, [this](const std::string& promise, const std::string& what) {
        report(promise, what);
      }) {}

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
    const std::string user = "u-" + std::to_string(i), other = "v-" + std::to_string(i);
    server_.identities.roles[user] = i == 0 ? model::Role::admin : model::Role::editor;
    server_.identities.roles[other] = model::Role::editor;
    // Small queues make slow links common.
    const std::size_t queue_bytes = random_.chance(40) ? 400 : 1'048'576;
    auto client = std::make_unique<SimClient>(
        events_, random_, server_, std::vector<std::string>{user, other}, queue_bytes,
        [this](const std::string& promise, const std::string& what) { report(promise, what); });
    if (random_.chance(30))
      client->browser().skew = static_cast<TimeMs>(random_.below(2'000'000)) - 1'000'000;
    client->open_tab();
    clients_.push_back(std::move(client));
  }
  advance(2'000);
}

// --- what happens ---

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

void World::restart_when_broken() {
  if (!server_.broken)
    return;
  crash_server();
  start_server();
}

// What is newer than the backup is lost, and every edit of it that somebody still has may happen
// again: the truth begins anew with what was restored.
void World::restore_server() {
  if (!backup_) {
    backup_ = *server_.disk;
    return;
  }
  crash_server();
  advance(static_cast<TimeMs>(random_.below(5'000)));
  server_.restore(*backup_);
  backup_.reset();
  oracle_ = Oracle();
  ++result_.restores;
  start_server();
}

void World::fail_disk() {
  if (!server_.up())
    return;
  const bool unknown = random_.chance(20);
  server_.storage().set_fault(unknown ? ErrorCode::internal : ErrorCode::storage_full,
                              random_.chance(50) && unknown);
  advance(static_cast<TimeMs>(random_.below(1'500)));
  if (server_.up())
    server_.storage().set_fault(std::nullopt);
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
  submission.mutations = edits_of_program(oracle_.products(), bulk ? 5 + random_.below(30) : 1,
                                          ids_, random_, events_.now());
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
  const std::uint64_t dice = random_.below(110);
  if (dice < 55)
    return act_of_people(dice);
  if (dice < 79)
    return act_of_browsers(dice - 55);
  if (dice < 101)
    return act_of_server(dice - 79);
  advance(static_cast<TimeMs>(random_.below(random_.chance(10) ? 120'000 : 4'000)));
}

void World::act_of_people(std::uint64_t dice) {
  SimClient& client = some_client();
  if (dice < 48)
    return client.edit_something();
  if (dice < 51)
    return client.settle_parked();
  if (dice < 53)
    return client.look_at_page();
  if (dice < 54)
    return client.change_user();
  return client.browser().signed_in == client.user() ? client.lose_sign_in()
                                                     : client.sign_in_again();
}

void World::act_of_browsers(std::uint64_t dice) {
  SimClient& client = some_client();
  if (dice < 6) {
    ++result_.cuts;
    return client.cut();
  }
  if (dice < 8)
    return client.go_half_open();
  if (dice < 12)
    return client.set_network(!client.browser().network);
  if (dice < 16) {
    client.kill_leader();
    advance(static_cast<TimeMs>(random_.below(3'000)));
    return client.open_tab();
  }
  if (dice < 19)
    return client.steal_lead();
  if (dice < 21)
    return client.retry_now();
  if (dice < 22) {
    client.browser().storage_full = !client.browser().storage_full;
    return;
  }
  client.sign_in_again();
}

void World::act_of_server(std::uint64_t dice) {
  if (dice < 12)
    return server_edits();
  if (dice < 16) {
    crash_server();
    advance(static_cast<TimeMs>(random_.below(random_.chance(20) ? 200'000 : 2'000)));
    return start_server();
  }
  if (dice < 18)
    return fail_disk();
  if (dice < 19)
    return change_role();
  if (dice < 21)
    return restore_server();
  server_.clock.skew += static_cast<TimeMs>(random_.below(200'000)) - 100'000;
}

WorldResult World::run() {
  const TimeMs began = events_.now();
  prepare();
  for (int step = 0; step < options_.steps && result_.broken.empty(); ++step) {
    act();
    advance(static_cast<TimeMs>(random_.below(300)));
    restart_when_broken();
    check();
  }
  if (result_.broken.empty())
    quiesce();
  result_.took = events_.now() - began;
  sum_up();
  return result_;
}

void World::sum_up() {
  ByteWriter outcome;
  if (const auto* store = server_.stored()) {
    for (const ports::LogEntry& entry : store->log)
      outcome.raw(entry.hash);
  }
  for (const auto& client : clients_) {
    result_.edits += client->edits;
    result_.lost_records += client->lost_records.size();
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
}

// --- what is promised ---

void World::check() {
  const memory::MemoryStore* store = server_.stored();
  if (store == nullptr)
    return;
  // 1 and 2: the log is whole, an effect has its receipt and happens once. That every answer names
  // what is stored is checked when it leaves the server.
  const std::string wrong = oracle_.follow(*store);
  if (!wrong.empty())
    return report("2", wrong);
  check_server(*store);
  check_convergence(*store);
  for (const auto& client : clients_)
    client->check();
}

// The server's own memory is never ahead of the disk, and equal to the log at its sequence.
void World::check_server(const memory::MemoryStore& store) {
  const engine::StoreState* state =
      server_.up() ? server_.engine().stores().loaded(StoreId(kStore)) : nullptr;
  if (state == nullptr)
    return;
  if (state->sequence() > store.sequence)
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

// 3: at the same cursor everybody has the same bytes.
void World::check_convergence(const memory::MemoryStore& store) {
  for (const auto& client : clients_) {
    if (!client->has_tab() || client->session().epoch() != store.epoch)
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
  }
}

bool World::is_quiet() const {
  return std::all_of(clients_.begin(), clients_.end(), [](const auto& client) {
    return client->session().queue().counts().waiting == 0 && client->session().caught_up() &&
           client->session().state() == session::ConnectionState::connected;
  });
}

// 6: faults stop, and what waits drains: first of the people who sit there, then of those who have
// left something behind.
void World::quiesce() {
  start_server();
  server_.storage().set_fault(std::nullopt);
  for (auto& [user, role] : server_.identities.roles) {
    if (role != model::Role::viewer)
      continue;
    role = model::Role::editor;
    server_.identities.revoke({engine::Revocation::Kind::role_changed, user, {}, StoreId(kStore)});
  }
  for (const auto& client : clients_) {
    if (!client->browser().network)
      client->set_network(true);
    client->browser().storage_full = false;
    client->open_tab();
    client->sign_in_again();
  }
  for (const bool others : {false, true}) {
    bool any = !others;
    for (const auto& client : clients_) {
      if (others && client->other_has_edits()) {
        client->change_user();
        any = true;
      }
    }
    if (!any)
      break;
    advance(kSilenceMs);  // so long a dead socket may look alive
    for (TimeMs waited = 0; waited < kQuietMs && !is_quiet(); waited += 5'000) {
      advance(5'000);
      restart_when_broken();
      for (const auto& client : clients_)
        client->sign_in_again();
    }
    advance(5'000);
    check();
    check_end();
  }
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
