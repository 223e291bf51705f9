#include "server/simulation/sim_server.hpp"

#include "core/wire/frame_codec.hpp"

namespace syncstore::simulation {

SimServer::SimServer(EventQueue& events, SeededRandom& random, Report report)
    : events_(events),
      random_(random),
      report_(std::move(report)),
      clock(events),
      identities(events) {}

void SimServer::start() {
  scheduler_ = std::make_unique<memory::VirtualScheduler>(events_);
  storage_ = std::make_unique<memory::MemoryStorage>(*scheduler_, disk);
  const auto answer_ms = static_cast<std::int64_t>(random_.below(10));
  storage_->set_delays(static_cast<std::int64_t>(random_.below(30)), answer_ms);
  storage_->set_receipts_in_memory(20 + random_.below(50));
  storage_->set_log_kept(log_kept_);
  engine_ = std::make_unique<engine::Engine>(
      engine::EnginePorts{clock, random_, *scheduler_, *storage_, crypto_});
  engine_->set_identities(&identities);
  engine_->hub().set_snapshot_part_rows(part_rows_);
  engine_->hub().set_replica_limits(replica_limits_);
  engine_->set_fatal_listener([this](const Error&) { broken = true; });
  engine_->start([](Status status) { SS_ASSERT(status.ok()); });
  broken = false;
}

void SimServer::crash() {
  identities.revoke = nullptr;
  engine_.reset();
  storage_.reset();
  scheduler_.reset();
  for (const auto& socket : sockets) {
    if (const auto open = socket.lock())
      open->server_died();
  }
  sockets.clear();
}

void SimServer::restore(const memory::MemoryDisk& earlier, bool new_epoch) {
  SS_ASSERT(!up());
  disk = std::make_shared<memory::MemoryDisk>(earlier);
  if (!new_epoch)
    return;
  for (auto& [id, store] : disk->stores)
    store.epoch = random_.next() | 1;
}

Epoch SimServer::epoch() const {
  const memory::MemoryStore* store = stored();
  return store == nullptr ? 0 : store->epoch;
}

const memory::MemoryStore* SimServer::stored() const {
  const auto store = disk->stores.find(StoreId(kStore));
  return store == disk->stores.end() ? nullptr : &store->second;
}

// --- what leaves ---

ReadMessage SimServer::check_leaving(const SimSocket::Message& message, SimSocket& socket) {
  if (message != last_) {
    auto read = wire::decode_down(*message);
    last_ = message;
    last_read_ =
        read.ok() ? std::make_shared<const wire::DownMessage>(std::move(read).value()) : nullptr;
  }
  if (last_read_ == nullptr) {
    report_("3", "the server sends a frame that cannot be read");
    return nullptr;
  }
  if (const auto* welcome = std::get_if<wire::Welcome>(&*last_read_))
    socket.user = welcome->user;
  check(*last_read_, socket.user, socket.asked);
  return last_read_;
}

void SimServer::check_leaving(std::string_view frame, const std::string& user,
                              const AskedPages& asked) {
  const auto message = wire::decode_down(frame);
  if (!message.ok())
    return report_("3", "the server sends a frame that cannot be read");
  // An exchange is answered as a whole: its pages are of the moment in which they were made.
  const auto* page = std::get_if<wire::Page>(&*message);
  const engine::StoreState* state = loaded();
  if (page != nullptr && (state == nullptr || page->sequence != state->sequence()))
    return check_reader(page->collection, user);
  check(*message, user, asked);
}

void SimServer::check(const wire::DownMessage& message, const std::string& user,
                      const AskedPages& asked) {
  if (const auto* receipt = std::get_if<wire::Receipt>(&message)) {
    for (const sync::MutationResult& result : receipt->results)
      check_answer(result);
  } else if (const auto* welcome = std::get_if<wire::Welcome>(&message)) {
    for (const wire::Answer& answer : welcome->answers) {
      if (answer.known)
        check_answer(answer.result);
    }
  } else if (const auto* change = std::get_if<wire::Change>(&message)) {
    for (const sync::Delta& section : change->sections)
      check_reader(section.collection, user);
  } else if (const auto* begin = std::get_if<wire::Begin>(&message)) {
    check_reader(begin->collection, user);
  } else if (const auto* part = std::get_if<wire::Part>(&message)) {
    check_reader(part->collection, user);
  } else if (const auto* end = std::get_if<wire::End>(&message)) {
    check_reader(end->collection, user);
  } else if (const auto* page = std::get_if<wire::Page>(&message)) {
    check_reader(page->collection, user);
    check_page(*page, asked);
  } else if (const auto* repair = std::get_if<wire::Repair>(&message)) {
    check_reader(repair->collection, user);
  } else if (const auto* live = std::get_if<wire::Live>(&message)) {
    check_reader(live->collection, user);
  } else if (const auto* digests = std::get_if<wire::Check>(&message)) {
    for (const wire::Check::Entry& entry : digests->entries)
      check_reader(entry.collection, user);
  }
}

void SimServer::check_answer(const sync::MutationResult& answer) {
  const memory::MemoryStore* store = stored();
  const auto found = store == nullptr ? decltype(store->receipt_index.end()){}
                                      : store->receipt_index.find(answer.id);
  const bool there = store != nullptr && found != store->receipt_index.end();
  const bool reused = !answer.ops.empty() && answer.ops[0].code == ErrorCode::id_reused;
  if (!there || (!reused && store->receipts[found->second].result.sequence != answer.sequence)) {
    report_("1", "an answer leaves for what is not on the disk");
  }
}

engine::StoreState* SimServer::loaded() {
  engine::StoreState* state = up() ? engine_->stores().loaded(StoreId(kStore)) : nullptr;
  if (state != nullptr && page_trees_ != limits::kPageTrees) {
    engine::PageTreeBounds bounds;
    bounds.tested = bounds.unwatched = page_trees_;
    state->page_trees().set_bounds(bounds);
  }
  return state;
}

// A page leaves as it is at that moment.
void SimServer::check_page(const wire::Page& page, const AskedPages& asked) {
  const engine::StoreState* state = loaded();
  if (state == nullptr)
    return;
  ++pages_left;
  if (page.sequence > state->sequence())
    report_("4", "a page leaves that is of a later moment than the store");
  if (std::string wrong = simulation::check_page(page, asked, state->table(page.collection));
      !wrong.empty())
    report_("4", wrong);
}

void SimServer::check_reader(std::uint16_t number, const std::string& user) {
  const model::CollectionDef* collection = model::find_collection(number);
  if (collection == nullptr || identities.role_of_user(user) < collection->read)
    report_("access", "what \"" + user + "\" may not read is sent there");
}

}  // namespace syncstore::simulation
