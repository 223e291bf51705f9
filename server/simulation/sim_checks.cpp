// What is promised, after every step and at the end.
#include <algorithm>

#include "server/simulation/sim_world.hpp"

namespace syncstore::simulation {
namespace {

// A few timers and messages per client and commit; a leak makes thousands.
constexpr std::size_t kEventsMax = 20'000;
constexpr std::size_t kInboxMax = 256;

}  // namespace

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
    client->check(oracle_.table(model::kProducts), oracle_.sequence());
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
  const engine::StoreState* state = server_.loaded();
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
    std::string differs;
    for (const model::CollectionDef& collection : model::collections()) {
      const Sequence cursor = client->session().cursor(collection.number);
      if (cursor == 0)
        continue;
      const auto found = client->session().replica().base(collection.number).digest().combined();
      if (oracle_.digest_at(collection.number, cursor) != found)
        differs = std::string(collection.name) + " at " + std::to_string(cursor);
    }
    if (differs.empty()) {
      if (client->session().caught_up())
        client->found_equal();
    } else if (!client->may_differ()) {
      report("3", client->user() + ": " + differs + " is not the server's");
    }
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
      if (session.is_paged(collection.number))
        continue;
      if (!(session.replica().base(collection.number).digest() == truth.digest()))
        report("3", client->user() + ": " + std::string(collection.name) +
                        " at rest is not the server's");
      if (session.cursor(collection.number) != truth.last_sequence()) {
        report("6", client->user() + ": " + std::string(collection.name) + " stands at " +
                        std::to_string(session.cursor(collection.number)) + " of " +
                        std::to_string(truth.last_sequence()));
      }
    }
    check_mode(*client);
  }
}

// Between the two limits a collection may be told either way.
void World::check_mode(SimClient& client) {
  const engine::ReplicaLimits& limits = server_.replica_limits();
  for (const model::CollectionDef& collection : model::collections()) {
    const std::size_t size = oracle_.table(collection.number).size();
    const bool paged = client.session().is_paged(collection.number);
    if (paged ? size < limits.back : size > limits.records) {
      report("4", client.user() + ": " + std::string(collection.name) + " with " +
                      std::to_string(size) + " records is " + (paged ? "" : "not ") +
                      "told page by page");
    }
  }
}

// Before they are looked at: who looks asks for more.
void World::check_pages_rest() {
  for (const auto& client : clients_) {
    if (client->is_paged() && !client->is_at_rest(oracle_.sequence()))
      report("6", client->user() + ": " + std::to_string(client->reader().waiting()) +
                      " pages are not answered, told " + std::to_string(client->reader().head()) +
                      " of " + std::to_string(oracle_.sequence()));
  }
}

}  // namespace syncstore::simulation
