#include "server/simulation/sim_world.hpp"

#include <algorithm>

#include "core/base/digest.hpp"
#include "core/base/limits.hpp"
#include "core/wire/frame_codec.hpp"

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
      rare_(options.seed * 3 + 1),
      readers_(options.seed * 5 + 2),
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
void World::note_up(const std::string& user, const std::string& frame) {
  const auto message = wire::decode_up(frame);
  const auto* mutate = message.ok() ? std::get_if<wire::Mutate>(&*message) : nullptr;
  if (mutate == nullptr)
    return;
  for (const sync::Mutation& mutation : mutate->mutations)
    oracle_.model().note(mutation, user);
}

void World::prepare() {
  if (may(Fault::parts))
    server_.set_part_rows(static_cast<std::size_t>(1 + rare_.below(6)));
  if (may(Fault::paged)) {
    const auto records = static_cast<std::size_t>(4 + readers_.below(17));
    const auto trees = static_cast<std::size_t>(readers_.below(8));
    server_.set_replica_limits({records, records - 2}, trees);
  }
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
    client->browser().leaving = [this, of = client.get()](const std::string& frame) {
      note_up(of->user(), frame);
    };
    if (random_.chance(30) && may(Fault::browser_clock))
      client->browser().skew = static_cast<TimeMs>(random_.below(2'000'000)) - 1'000'000;
    client->open_tab();
    clients_.push_back(std::move(client));
  }
  advance(2'000);
}

WorldResult World::run() {
  const TimeMs began = events_.now();
  prepare();
  for (int step = 0; step < options_.steps && result_.broken.empty(); ++step) {
    act();
    act_rarely();
    act_of_readers();
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
    result_.answers_checked += client->answers_checked;
    result_.modes_changed += client->modes_changed;
    if (!client->has_tab())
      continue;
    for (const model::CollectionDef& collection : model::collections()) {
      outcome.u64(client->session().cursor(collection.number));
      outcome.u64(client->session().replica().base(collection.number).digest().combined());
    }
  }
  outcome.u64(static_cast<std::uint64_t>(result_.took));
  outcome.u64(result_.events);
  result_.pages_left = server_.pages_left;
  result_.judged = oracle_.model().judged();
  result_.change_sets = oracle_.sequence();
  result_.conflicts = oracle_.table(model::kConflicts).size();
  result_.digest = xxh64(outcome.bytes());
}

bool World::is_quiet() const {
  return std::all_of(clients_.begin(), clients_.end(), [&](const auto& client) {
    return client->session().queue().counts().waiting == 0 && client->session().caught_up() &&
           client->session().state() == session::ConnectionState::connected &&
           (!client->is_paged() || client->is_at_rest(server_.stored()->sequence));
  });
}

// 6: faults stop, and what waits drains: first of the people who sit there, then of those who have
// left something behind.
void World::quiesce() {
  start_server();
  server_.storage().set_fault(std::nullopt);
  server_.storage().set_delays(5, 5);
  server_.identities.life = 150'000;
  server_.identities.far = server_.clock.skew;  // by its own clock: nobody is turned away at once
  for (auto& [user, role] : server_.identities.roles) {
    if (role != model::Role::viewer)
      continue;
    role = model::Role::editor;
    server_.identities.revoke({engine::Revocation::Kind::role_changed, user, {}, StoreId(kStore)});
  }
  for (const auto& client : clients_) {
    if (!client->browser().network)
      client->set_network(true);
    client->browser().storage_full = client->browser().gives_up_cache = false;
    if (client->browser().versions_off != 0)
      client->reload();
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
    advance(5'000);
    const bool any_differs = std::any_of(clients_.begin(), clients_.end(),
                                         [](const auto& client) { return client->is_suspect(); });
    if (any_differs) {
      server_edits();  // a change brings the check of digests
      advance(SimClient::kMendMs);
    }
    if (std::string wrong = oracle_.follow(*server_.stored()); !wrong.empty())
      report("2", wrong);
    check_pages_rest();
    check();
    check_end();
  }
}

}  // namespace syncstore::simulation
