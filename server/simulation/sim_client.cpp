#include "server/simulation/sim_client.hpp"

#include <algorithm>
#include <utility>

#include "core/base/digest.hpp"
#include "server/simulation/sim_edits.hpp"

namespace syncstore::simulation {

using session::ClientSession;
using session::Effect;
using session::EffectKind;

namespace {

bool touches_same(const sync::QueueEntry& a, const sync::QueueEntry& b) {
  return std::all_of(a.mutation.ops.begin(), a.mutation.ops.end(), [&](const sync::Op& op) {
    return std::any_of(b.mutation.ops.begin(), b.mutation.ops.end(), [&](const sync::Op& other) {
      return op.collection == other.collection && op.record == other.record;
    });
  });
}

}  // namespace

SimClient::SimClient(EventQueue& events, SeededRandom& random, SimServer& server,
                     std::vector<std::string> users, std::size_t queue_bytes, Report report)
    : browser_{.events = events,
               .random = random,
               .server = server,
               .report = std::move(report),
               .queue_bytes = queue_bytes},
      users_(std::move(users)),
      user_(users_.front()) {
  IdSource ids(random.next());
  for (const std::string& user : users_) {
    session::ClientConfig config;
    config.store = StoreId(kStore);
    config.user = user;
    config.client = ids.next_uuid(events.now());
    storages_[user] = std::make_shared<SimStorage>(std::move(config), browser_.report);
  }
  browser_.signed_in = user_;
}

// --- tabs ---

void SimClient::open_tab() {
  if (leader_ != nullptr)
    return;
  suspect_again();
  leader_ = std::make_unique<SimTab>(browser_, storages_.at(user_), *this);
  cursors_.clear();
  answered_.clear();
  corrupt_ = false;
  checked_at_ = 0;
  epoch_ = 0;
  screen_.clear();
  for (const auto& [number, spec] : screen_.specs()) {
    leader_->call([&, table = number](ClientSession& session) {
      SS_ASSERT(session.open_page(table, screen_.specs().at(table), browser_.now()).ok());
    });
  }
  leader_->start();
  const auto again = posted_;
  for (const auto& [id, mutation] : again)
    post(mutation);
}

void SimClient::kill_leader() { leader_.reset(); }

void SimClient::steal_lead() {
  if (leader_ == nullptr)
    return open_tab();
  asleep_.push_back(std::move(leader_));
  open_tab();
}

void SimClient::suspend_lead(TimeMs for_ms) {
  if (leader_ == nullptr)
    return open_tab();
  const std::uint64_t sleeper = leader_->number();
  leader_->sleep();
  const bool another = browser_.random.chance(70);
  if (another)
    steal_lead();
  browser_.events.at(browser_.events.now() + for_ms, [this, sleeper] {
    if (leader_ != nullptr && leader_->number() == sleeper)
      return leader_->wake();
    const auto found = std::find_if(asleep_.begin(), asleep_.end(),
                                    [&](const auto& tab) { return tab->number() == sleeper; });
    if (found != asleep_.end())
      (*found)->wake();
  });
}

void SimClient::wake_lead() {
  if (leader_ != nullptr)
    leader_->wake();
}

void SimClient::superseded(SimTab& tab) {
  // It stands in the middle of an event of its own.
  browser_.events.at(browser_.events.now(), [this, gone = tab.number()] {
    asleep_.erase(std::remove_if(asleep_.begin(), asleep_.end(),
                                 [&](const auto& asleep) { return asleep->number() == gone; }),
                  asleep_.end());
  });
}

void SimClient::told(SimTab& tab, const Effect& effect) {
  if (&tab != leader_.get())
    return;
  if (effect.kind == EffectKind::page) {
    screen_.take_page(effect.number, effect.text);
  } else if (effect.kind == EffectKind::queue_read) {
    screen_.take_queue(effect.text);
  } else if (effect.kind == EffectKind::queued) {
    JsonText told;
    SS_ASSERT(told.read(effect.text));
    posted_.erase(*MutationId::parse(told.root()["mutation"].raw()));
  } else if (effect.kind == EffectKind::rejected) {
    JsonText told;
    SS_ASSERT(told.read(effect.text));
    const MutationId id = *MutationId::parse(told.root()["mutation"].raw());
    posted_.erase(id);
    tab.storage().note_rejected(id);
  }
}

// --- people ---

// A tab that does not hear in time that its edit is queued posts it again.
void SimClient::post(const sync::Mutation& mutation) {
  const MutationId id = mutation.id;
  const int times = browser_.random.chance(10) ? 2 : 1;
  for (int i = 0; i < times; ++i) {
    leader_->call([&](ClientSession& session) {
      if (!session.edit(mutation, "[]", browser_.now()).ok())
        posted_.erase(id);
    });
  }
}

void SimClient::edit_something() {
  if (leader_ == nullptr || !session().caught_up())
    return;
  ++edits;
  const sync::Mutation mutation = edit_of_person(session(), browser_.random, browser_.now());
  if (browser_.random.chance(50))
    posted_[mutation.id] = mutation;  // by a tab that outlives the leader
  post(mutation);
}

void SimClient::settle_parked() {
  if (leader_ == nullptr)
    return;
  const auto& entries = session().queue().entries();
  const auto parked = std::find_if(entries.begin(), entries.end(), [](const auto& entry) {
    return entry.state == sync::EntryState::parked;
  });
  if (parked == entries.end())
    return;
  const sync::QueueEntry chosen = *parked;
  // With a discarded insert go the edits of its record.
  for (const sync::QueueEntry& entry : entries) {
    if (entry.number == chosen.number || (sync::is_unsent(entry) && touches_same(entry, chosen)))
      leader_->storage().note_let_go(entry);
  }
  const bool again = browser_.random.chance(40);
  leader_->call([&](ClientSession& session) {
    if (again) {
      (void)session.send_again(chosen.number, {}, browser_.now()).ok();
    } else {
      (void)session.discard(chosen.number, browser_.now()).ok();
    }
  });
}

void SimClient::change_user() {
  leader_.reset();
  asleep_.clear();
  posted_.clear();
  known_once_.clear();
  user_ = user_ == users_.front() ? users_.back() : users_.front();
  browser_.signed_in = user_;
  open_tab();
}

void SimClient::lose_sign_in() {
  const std::string& other = user_ == users_.front() ? users_.back() : users_.front();
  browser_.signed_in = browser_.random.chance(50) ? other : std::string();
  cut();
}

void SimClient::sign_in_again() {
  const bool asked =
      leader_ != nullptr && session().state() == session::ConnectionState::needs_sign_in;
  if (std::exchange(browser_.signed_in, user_) == user_ && !asked)
    return;
  if (leader_ != nullptr)
    leader_->call([&](ClientSession& session) { session.signed_in(browser_.now()); });
}

std::size_t SimClient::parked() const {
  return leader_ == nullptr ? 0 : session().queue().counts().parked;
}

std::string SimClient::check_whole() const {
  for (const auto& [user, storage] : storages_) {
    if (std::string wrong = storage->check_whole(); !wrong.empty())
      return user + ": " + wrong;
  }
  if (leader_ == nullptr || leader_->is_writing() || leader_->storage().is_behind())
    return {};
  std::string differs = leader_->storage().check_same(session().queue());
  return differs.empty() ? "" : user_ + ": " + differs;
}

bool SimClient::other_has_edits() const {
  return std::any_of(storages_.begin(), storages_.end(), [&](const auto& storage) {
    return storage.first != user_ && storage.second->has_edits();
  });
}

void SimClient::release(std::uint64_t table) {
  if (leader_ != nullptr) {
    leader_->call([&](ClientSession& session) { session.release_page(table, browser_.now()); });
  }
}

void SimClient::browse(SeededRandom& random) {
  if (leader_ == nullptr)
    return;
  const std::uint64_t number = SimScreen::kFree + random.below(2);
  if (random.chance(20)) {
    screen_.close(number);
    return leader_->call(
        [&](ClientSession& session) { session.close_page(number, browser_.now()); });
  }
  const session::PageSpec spec = page_of_person(random);
  screen_.open(number, spec);
  leader_->call([&](ClientSession& session) {
    SS_ASSERT(session.open_page(number, spec, browser_.now()).ok());
  });
}

// --- faults ---

void SimClient::set_network(bool up) {
  browser_.network = up;
  if (!up)
    cut();
  if (leader_ != nullptr && browser_.random.chance(50))
    leader_->call([&](ClientSession& session) { session.network_hint(up, browser_.now()); });
}

void SimClient::cut() {
  if (leader_ != nullptr && leader_->socket() != nullptr)
    leader_->socket()->cut();
}

void SimClient::go_half_open() {
  if (leader_ == nullptr || leader_->socket() == nullptr)
    return;
  const std::uint64_t dice = browser_.random.below(4);
  leader_->socket()->go_half_open(dice != 0, dice != 1);
}

void SimClient::clog(TimeMs for_ms) {
  if (leader_ != nullptr && leader_->socket() != nullptr)
    leader_->socket()->clog(browser_.random.chance(70), for_ms);
}

void SimClient::damage_disk() {
  kill_leader();
  storages_.at(user_)->damage_cache(
      [this](std::uint64_t bound) { return browser_.random.below(bound); });
  open_tab();
}

void SimClient::flip_disk(SeededRandom& random) {
  kill_leader();
  storages_.at(user_)->flip_cache([&](std::uint64_t bound) { return random.below(bound); });
  open_tab();
}

// Stored is what once differed, and then what mended it: where the latter was damaged, found no
// room or was not written yet, a new tab begins with the former.
void SimClient::suspect_again() {
  if (once_suspect_.count(user_) == 0)
    return;
  suspects_.insert(user_);
  for (const model::CollectionDef& collection : model::collections())
    may_go_back_.insert(collection.number);
}

void SimClient::corrupt_memory(SeededRandom& random) {
  if (leader_ == nullptr || !session().caught_up() ||
      session().replica().is_loading(model::kProducts) || is_paged())
    return;
  // The session hands out its base to read; what writes here is no part of the program.
  auto& base = const_cast<model::Table&>(session().replica().base(model::kProducts));
  std::vector<RecordId> ids;
  base.for_each([&](const model::Record& record) { ids.push_back(record.id); });
  if (ids.empty())
    return;
  std::sort(ids.begin(), ids.end());
  model::Record record = *base.find(ids[static_cast<std::size_t>(random.below(ids.size()))]);
  // No key of a table: what the pages have built from it is no part of the base.
  record.values[kImage] = "https://wrong.example/" + std::to_string(random.below(1'000));
  base.put(std::move(record));
  suspects_.insert(user_);
  checked_at_ = 0;
  corrupt_ = true;
}

void SimClient::other_version(int off) {
  browser_.versions_off = off;
  cut();
}

void SimClient::reload() {
  browser_.versions_off = 0;
  kill_leader();
  open_tab();
}

void SimClient::other_history(Sequence after, Sequence until) {
  screen_.note_lost(after, until);
  for (const model::CollectionDef& collection : model::collections())
    may_go_back_.insert(collection.number);
  suspects_.insert(users_.begin(), users_.end());
  checked_at_ = 0;
  for (auto& [user, storage] : storages_)
    storage->void_answers();
}

bool SimClient::may_differ() const {
  return is_suspect() && (checked_at_ == 0 || browser_.events.now() < checked_at_ + kMendMs);
}

void SimClient::found_equal() {
  if (checked_at_ == 0)
    return;
  if (suspects_.erase(user_) != 0)
    once_suspect_.insert(user_);
  corrupt_ = false;
}

void SimClient::retry_now() {
  if (leader_ != nullptr)
    leader_->call([&](ClientSession& session) { session.retry_now(browser_.now()); });
}

// --- what is heard ---

void SimClient::heard(SimTab& tab, const wire::DownMessage& message) {
  if (const auto* receipt = std::get_if<wire::Receipt>(&message)) {
    for (const sync::MutationResult& result : receipt->results)
      note_answer(tab, result);
  } else if (const auto* welcome = std::get_if<wire::Welcome>(&message)) {
    if (welcome->user != tab.storage().user())
      report("5", "what belongs to somebody else was sent here");
    if (&tab == leader_.get() && welcome->epoch != session().epoch())
      note_epoch(welcome->epoch);
    for (const wire::Answer& answer : welcome->answers) {
      if (answer.known)
        note_answer(tab, answer.result);
    }
  } else if (const auto* check = std::get_if<wire::Check>(&message)) {
    const bool of_now =
        &tab == leader_.get() &&
        std::any_of(check->entries.begin(), check->entries.end(), [&](const auto& entry) {
          return entry.collection == model::kProducts &&
                 entry.sequence == session().cursor(model::kProducts);
        });
    if (of_now && checked_at_ == 0)
      checked_at_ = browser_.events.now();
  }
}

void SimClient::note_epoch(Epoch epoch) {
  welcomed_to_ = epoch;
  may_be_lost_.clear();
  for (const sync::QueueEntry& entry : session().queue().entries()) {
    for (const sync::Op& op : entry.mutation.ops) {
      if (sync::is_unanswered(entry) &&
          session().replica().base(op.collection).find(op.record) != nullptr)
        may_be_lost_.insert({entry.mutation.id, op.record});
    }
  }
}

void SimClient::note_answer(SimTab& tab, const sync::MutationResult& result) {
  const sync::QueueEntry* entry = tab.session().queue().find(result.id);
  if (&tab != leader_.get())
    return;
  if (entry != nullptr && entry->mutation.id == result.id && sync::is_unanswered(*entry)) {
    answered_.push_back({result, entry->mutation.ops});
  } else if (entry != nullptr && !(entry->mutation.id == result.id)) {
    // Of an entry that storage had kept when there was no room to write that it became another.
    tab.storage().note_answer(result);
  }
}

// --- checks ---

void SimClient::settled(SimTab& tab) {
  if (&tab != leader_.get())
    return;
  changed_ = true;
  if (session().state() != session::ConnectionState::connected)
    checked_at_ = 0;
  if (welcomed_to_ != 0 && session().epoch() == welcomed_to_)
    known_once_.merge(may_be_lost_);
  welcomed_to_ = 0;
  check_cursors();
  check_answered();
  if (corrupt_)
    return;
  const std::string wrong = screen_.check_edited(session());
  if (!wrong.empty())
    report("5", wrong);
}

// Within an epoch and a tab's life nothing goes back.
void SimClient::check_cursors() {
  if (session().epoch() != epoch_) {
    if (epoch_ != 0)  // else a new tab, whose stored bytes know of nothing
      may_go_back_.clear();
    epoch_ = session().epoch();
    cursors_.clear();
  }
  for (const model::CollectionDef& collection : model::collections()) {
    const Sequence cursor = session().cursor(collection.number);
    Sequence& highest = cursors_[collection.number];
    // A server that went back takes each collection back with it, once.
    if (cursor != 0 && cursor < highest && may_go_back_.erase(collection.number) != 0)
      highest = cursor;
    if (cursor != 0 && cursor < highest) {
      report("5", std::string(collection.name) + " went back from " + std::to_string(highest) +
                      " to " + std::to_string(cursor));
    }
    highest = std::max(highest, cursor);
  }
}

// What was answered counts when the session took it: one of the past, by a request that was
// overtaken, it leaves alone. What was refused stays visible until its author decides.
void SimClient::check_answered() {
  for (const Answered& answered : std::exchange(answered_, {})) {
    const MutationId id = answered.result.id;
    const sync::QueueEntry* entry = session().queue().find(id);
    if (entry != nullptr && sync::is_unanswered(*entry))
      continue;
    leader_->storage().note_answer(answered.result);
    for (std::size_t i = 0; i < answered.ops.size() && i < answered.result.ops.size(); ++i) {
      if (!was_refused(answered.result.ops[i]))
        continue;
      const RecordId record = answered.ops[i].record;
      const auto& entries = session().queue().entries();
      const bool parked = std::any_of(entries.begin(), entries.end(), [&](const auto& other) {
        return other.state == sync::EntryState::parked && other.mutation.id == id &&
               std::any_of(other.mutation.ops.begin(), other.mutation.ops.end(),
                           [&](const sync::Op& op) { return op.record == record; });
      });
      if (!parked)
        report("5", "a refused edit is not kept for its author");
    }
  }
}

// What found no room is written when there is some: the queue has no other copy.
void SimClient::check_stored() {
  const TimeMs now = browser_.events.now();
  if (leader_ == nullptr || leader_->is_asleep() || browser_.storage_full ||
      !leader_->storage().is_behind() || leader_->number() != behind_) {
    behind_ = leader_ == nullptr ? 0 : leader_->number();
    behind_since_ = now;
  } else if (now >= behind_since_ + kStoredAgainMs) {
    report("5", "what storage had no room for is not written though there is room");
  }
}

}  // namespace syncstore::simulation
