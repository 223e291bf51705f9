#include "server/simulation/sim_world.hpp"

#include <algorithm>

#include "core/base/digest.hpp"
#include "core/base/limits.hpp"
#include "core/wire/frame_codec.hpp"
#include "server/simulation/sim_edits.hpp"

namespace syncstore::simulation {
namespace {

constexpr std::size_t kReportsKept = 8;
// Longest backoff, silence and ping limits several times over: what is not through by then is
// stuck.
constexpr TimeMs kQuietMs = 15 * 60'000;
// A few timers and messages per client and commit; a leak makes thousands.
constexpr std::size_t kEventsMax = 20'000;
constexpr std::size_t kInboxMax = 256;
constexpr TimeMs kSilenceMs = limits::kSilenceMs + limits::kPongMs + 5'000;

}  // namespace

World::World(const WorldOptions& options)
    : options_(options),
      random_(options.seed),
      server_(events_, random_, [this](const std::string& promise, const std::string& what) {
        report(promise, what);
      }) {
  // Every fourth seed knows all faults, the others some: few that meet often, none that hides
  // another.
  const std::uint64_t drawn = random_.next();
  if (drawn % 4 != 0)
    faults_ = FaultSet(static_cast<std::uint32_t>(drawn >> 8) & ((1u << FaultSet::kCount) - 1));
  faults_ = faults_.both(options.faults);
}

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

void World::step_events(std::uint64_t count) {
  for (; count > 0 && !events_.empty(); --count, ++result_.events)
    events_.step();
}

// What an edit is, is known from what its author sent.
void World::note_up(const std::string& frame) {
  const auto message = wire::decode_up(frame);
  const auto* mutate = message.ok() ? std::get_if<wire::Mutate>(&*message) : nullptr;
  if (mutate == nullptr)
    return;
  for (const sync::Mutation& mutation : mutate->mutations)
    oracle_.model().note(mutation);
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
    client->browser().leaving = [this](const std::string& frame) { note_up(frame); };
    if (random_.chance(30) && may(Fault::browser_clock))
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
// again: the truth begins anew with what was restored. Under the same epoch it is a directory that
// was copied, or a disk that lied about its syncs: whoever has seen more must notice by himself.
void World::restore_server(bool new_epoch) {
  if (!backup_) {
    backup_ = *server_.disk;
    return;
  }
  const Epoch epoch = server_.epoch();
  if (!new_epoch && backup_->stores.at(StoreId(kStore)).epoch != epoch)
    return backup_.reset();
  crash_server();
  // What had left before arrives before.
  advance(1'000 + static_cast<TimeMs>(random_.below(5'000)));
  server_.restore(*backup_, new_epoch);
  backup_.reset();
  if (new_epoch) {
    left_histories_.clear();
    ++result_.restores;
  } else {
    left_histories_.push_back(oracle_.digests());
    for (const auto& client : clients_)
      client->other_history(epoch);
    ++result_.copies;
  }
  oracle_.begin_anew();
  start_server();
}

void World::fail_disk() {
  if (!server_.up())
    return;
  const bool unknown = random_.chance(30);
  if (!may(unknown ? Fault::disk_unknown : Fault::disk_full))
    return;
  server_.storage().set_fault(unknown ? ErrorCode::internal : ErrorCode::storage_full,
                              random_.chance(50) && unknown);
  advance(static_cast<TimeMs>(random_.below(1'500)));
  if (server_.up())
    server_.storage().set_fault(std::nullopt);
}

void World::slow_disk() {
  if (!server_.up() || !may(Fault::disk_slow))
    return;
  const bool slow = random_.chance(40);
  server_.storage().set_delays(static_cast<std::int64_t>(random_.below(slow ? 4'000 : 30)),
                               static_cast<std::int64_t>(random_.below(slow ? 300 : 10)));
}

// Several browsers at once, each back in its own time.
void World::part_network() {
  for (const auto& client : clients_) {
    if (random_.chance(40))
      continue;
    client->set_network(false);
    events_.at(events_.now() + static_cast<TimeMs>(random_.below(60'000)),
               [browser = client.get()] {
                 if (!browser->browser().network)
                   browser->set_network(true);
               });
  }
}

void World::end_credentials() {
  const std::string user = some_client().user();
  server_.identities.life = random_.chance(50) ? 150'000 : 8'000;
  if (server_.identities.revoke && random_.chance(50)) {
    server_.identities.revoke(
        {engine::Revocation::Kind::signed_out, user, "c-" + user, StoreId(kStore)});
  }
}

// Programs, imports and other rooms write through the same door.
void World::server_edits() {
  if (!server_.up())
    return;
  engine::Submission submission;
  submission.store = StoreId(kStore);
  submission.author = {"u-job", "job", model::Role::admin};
  const bool bulk = random_.chance(15) && may(Fault::bulk);
  submission.origin = bulk ? sync::Origin::import : sync::Origin::api;
  submission.priority = bulk ? engine::Priority::bulk : engine::Priority::interactive;
  submission.mutations = edits_of_program(oracle_.products(), bulk ? 5 + random_.below(30) : 1,
                                          ids_, random_, events_.now());
  for (const sync::Mutation& mutation : submission.mutations)
    oracle_.model().note(mutation);
  // Some say everything twice.
  if (random_.chance(15)) {
    const auto once = submission.mutations;
    submission.mutations.insert(submission.mutations.end(), once.begin(), once.end());
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
  const std::uint64_t dice = random_.below(120);
  if (dice < 62)
    return act_of_people(dice);
  if (dice < 82)
    return act_of_browsers(dice - 62);
  if (dice < 90)
    return act_on_links(dice - 82);
  if (dice < 113)
    return act_of_server(dice - 90);
  advance(static_cast<TimeMs>(random_.below(random_.chance(10) ? 120'000 : 4'000)));
}

void World::act_of_people(std::uint64_t dice) {
  SimClient& client = some_client();
  // Who sees much that was refused, tidies.
  if (dice < 48)
    return client.parked() > 3 && dice < 24 ? client.settle_parked() : client.edit_something();
  if (dice < 54)
    return client.settle_parked();
  if (dice < 58)
    return client.look_at_page();
  if (!may(Fault::sign_in))
    return;
  if (dice < 60)
    return client.change_user();
  return client.browser().signed_in == client.user() ? client.lose_sign_in()
                                                     : client.sign_in_again();
}

void World::act_of_browsers(std::uint64_t dice) {
  SimClient& client = some_client();
  if (dice < 4)
    return may(Fault::offline) ? client.set_network(!client.browser().network) : void();
  if (dice < 8) {
    if (!may(Fault::kill_tab))
      return;
    step_events(random_.below(20));
    client.kill_leader();
    advance(static_cast<TimeMs>(random_.below(3'000)));
    return client.open_tab();
  }
  if (dice < 10)
    return may(Fault::suspend) ? client.steal_lead() : void();
  if (dice < 12) {
    return may(Fault::suspend) ? client.suspend_lead(static_cast<TimeMs>(random_.below(90'000)))
                               : void();
  }
  if (dice < 14)
    return client.retry_now();
  if (dice < 15) {
    client.browser().storage_full = may(Fault::browser_disk) && !client.browser().storage_full;
    return;
  }
  if (dice < 16)
    return may(Fault::browser_damage) ? client.damage_disk() : void();
  if (dice < 17) {
    if (may(Fault::browser_clock))
      client.browser().skew += static_cast<TimeMs>(random_.below(400'000)) - 200'000;
    return;
  }
  client.sign_in_again();
}

void World::act_on_links(std::uint64_t dice) {
  SimClient& client = some_client();
  if (dice < 4) {
    result_.cuts += may(Fault::cut);
    return may(Fault::cut) ? client.cut() : void();
  }
  if (dice < 6)
    return may(Fault::half_open) ? client.go_half_open() : void();
  if (dice < 7)
    return may(Fault::clog) ? client.clog(static_cast<TimeMs>(random_.below(40'000))) : void();
  return may(Fault::partition) ? part_network() : void();
}

void World::act_of_server(std::uint64_t dice) {
  if (dice < 12)
    return server_edits();
  if (dice < 15) {
    if (!may(Fault::crash))
      return;
    step_events(random_.below(20));
    crash_server();
    advance(static_cast<TimeMs>(random_.below(random_.chance(20) ? 200'000 : 2'000)));
    return start_server();
  }
  if (dice < 17)
    return fail_disk();
  if (dice < 18)
    return slow_disk();
  if (dice < 19)
    return may(Fault::role) ? change_role() : void();
  if (dice < 20)
    return may(Fault::expiry) ? end_credentials() : void();
  if (dice < 21)
    return may(Fault::restore) && random_.chance(50) ? restore_server(true) : void();
  if (dice < 22)
    return may(Fault::copied) && random_.chance(50) ? restore_server(false) : void();
  if (may(Fault::server_clock))
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
    ++result_.steps;
    if (step % options_.whole_every == options_.whole_every - 1)
      check_whole();
  }
  if (result_.broken.empty())
    quiesce();
  if (result_.broken.empty())
    check_whole();
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
  result_.judged = oracle_.model().judged();
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
  check_memory();
  for (const auto& client : clients_)
    client->check();
}

// Nothing grows without bound: neither what waits for a link nor what waits for its time.
void World::check_memory() {
  if (events_.size() > kEventsMax)
    report("memory", "timers and messages pile up");
  for (const auto& weak : server_.sockets) {
    const auto socket = weak.lock();
    if (socket != nullptr && socket->inbox_messages() > kInboxMax)
      report("memory", "a link is read faster than it is answered");
  }
}

// What is followed step by step, from nothing.
void World::check_whole() {
  const memory::MemoryStore* store = server_.stored();
  if (store == nullptr || !result_.broken.empty())
    return;
  if (std::string wrong = oracle_.check_whole(*store); !wrong.empty())
    report("1", wrong);
  Oracle again;
  again.model() = oracle_.model();
  again.model().forget_history();
  if (std::string wrong = again.follow(*store); !wrong.empty())
    report("2", "from the beginning: " + wrong);
  for (const model::CollectionDef& collection : model::collections()) {
    if (!(again.table(collection.number).digest() == oracle_.table(collection.number).digest()))
      report("3", "the log was not followed");
  }
  for (const auto& client : clients_) {
    if (std::string wrong = client->check_whole(); !wrong.empty())
      report("5", wrong);
  }
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
      const auto found = client->session().replica().base(collection.number).digest().combined();
      if (oracle_.digest_at(collection.number, cursor) == found)
        continue;
      // A base of what the server had before it went back: until the next welcome.
      const bool left =
          std::any_of(left_histories_.begin(), left_histories_.end(), [&](const Digests& history) {
            return digest_in(history, collection.number, cursor) == found;
          });
      // On a base of a history that the server has left, sections of the new one may have come: the
      // next check of digests repairs it, which at rest has come.
      if (!left && left_histories_.empty()) {
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
  server_.storage().set_delays(5, 5);
  server_.identities.life = 150'000;
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
    client->wake_lead();
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
    if (!left_histories_.empty()) {
      server_edits();  // a change brings the check of digests
      advance(60'000);
    }
    advance(5'000);
    left_histories_.clear();
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
      if (!(session.replica().base(collection.number).digest() == truth.digest()))
        report("3", client->user() + ": " + std::string(collection.name) +
                        " at rest is not the server's");
      if (session.cursor(collection.number) != truth.last_sequence()) {
        report("6", client->user() + ": " + std::string(collection.name) + " stands at " +
                        std::to_string(session.cursor(collection.number)) + " of " +
                        std::to_string(truth.last_sequence()));
      }
    }
  }
}

}  // namespace syncstore::simulation
