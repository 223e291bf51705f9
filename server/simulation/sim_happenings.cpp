// What happens in the world: what people and programs do, and what fails under them.
#include <algorithm>

#include "server/simulation/sim_edits.hpp"
#include "server/simulation/sim_world.hpp"

namespace syncstore::simulation {

void World::start_server() {
  if (server_.up())
    return;
  if (may(Fault::trimmed))
    server_.set_log_kept(static_cast<std::size_t>(1 + readers_.below(60)));
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
  const Sequence head = server_.stored()->sequence;
  server_.restore(*backup_, new_epoch);
  backup_.reset();
  ++(new_epoch ? result_.restores : result_.copies);
  for (const auto& client : clients_) {
    if (!new_epoch)
      client->other_history(server_.stored()->sequence, head);
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
  const auto answer_ms = static_cast<std::int64_t>(random_.below(slow ? 300 : 10));
  server_.storage().set_delays(static_cast<std::int64_t>(random_.below(slow ? 4'000 : 30)),
                               answer_ms);
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
    oracle_.model().note(mutation, submission.author.user);
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

// People look at other things than those that all of them have open. What a server had of its log
// beyond some entries is gone: who stands before them comes back by rows or by a snapshot.
void World::act_of_readers() {
  if (readers_.below(250) == 0 && may(Fault::trimmed)) {
    crash_server();
    start_server();
  }
  if (!readers_.chance(8))
    return;
  clients_[static_cast<std::size_t>(readers_.below(clients_.size()))]->browse(readers_);
}

void World::act_rarely() {
  if (!rare_.chance(6))
    return;
  SimClient& client = *clients_[static_cast<std::size_t>(rare_.below(clients_.size()))];
  SimBrowser& browser = client.browser();
  const std::uint64_t dice = rare_.below(20);
  if (dice < 4)
    return may(Fault::bit_flip) ? client.flip_disk(rare_) : void();
  if (dice < 7) {
    if (may(Fault::cache_full))
      browser.storage_full = browser.gives_up_cache = !browser.gives_up_cache;
    return;
  }
  if (dice < 11)
    return may(Fault::memory) ? client.corrupt_memory(rare_) : void();
  if (dice < 17) {
    if (!may(Fault::upgrade))
      return;
    // Older than the server, or newer: what it has is kept, and goes on after the reload.
    if (browser.versions_off != 0)
      return client.reload();
    return client.other_version(rare_.chance(50) ? 1 : -1);
  }
  if (dice < 18 && may(Fault::far_clock))
    go_far();
}

// Nothing that was removed is remembered one by one any more, and whoever comes back is told what
// lives. The server looks for what is old after its start.
void World::go_far() {
  constexpr TimeMs kFarMs = TimeMs{91} * 24 * 3'600'000;
  server_.clock.skew += kFarMs;
  server_.identities.far += kFarMs;
  crash_server();
  start_server();
  advance(70'000);
}

}  // namespace syncstore::simulation
