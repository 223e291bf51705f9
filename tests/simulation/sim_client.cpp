#include "tests/simulation/sim_client.hpp"

#include <algorithm>

#include "core/base/json.hpp"
#include "core/wire/frame_codec.hpp"

namespace syncstore::simulation {
namespace {

using session::ClientSession;
using session::Effect;
using session::EffectKind;

constexpr std::uint16_t kTitle = 0, kStatus = 4, kInventory = 8, kPrice = 9;

sync::Op op_on(sync::OpKind kind, RecordId record) {
  sync::Op op;
  op.kind = kind;
  op.collection = model::kProducts;
  op.record = record;
  return op;
}

std::string first_difference(const std::vector<std::string>& shown,
                             const std::vector<std::string>& exact) {
  for (std::size_t i = 0; i < std::min(shown.size(), exact.size()); ++i) {
    if (shown[i] != exact[i])
      return ", row " + std::to_string(i) + " is " + shown[i] + " for " + exact[i];
  }
  return {};
}

}  // namespace

SimClient::SimClient(EventQueue& events, SeededRandom& random, SimServer& server, std::string user,
                     std::size_t queue_bytes, Report report)
    : events_(events),
      random_(random),
      server_(server),
      user_(std::move(user)),
      queue_bytes_(queue_bytes),
      report_(std::move(report)) {
  IdSource ids(random_.next());
  client_ = ids.next_uuid(events_.now());
}

SimClient::~SimClient() = default;

void SimClient::open_tab() {
  if (session_ != nullptr)
    return;
  tab_alive_ = std::make_shared<bool>(true);
  session_ = std::make_unique<ClientSession>(
      session::ClientConfig{StoreId(kStore), user_, client_, ++generation_, random_.next()});
  cursors_.clear();
  pages_.clear();
  call([&](ClientSession& session) {
    // Read in pieces that are cut anywhere, as a database's blobs are.
    for (std::size_t at = 0; at < disk_.cache.size();) {
      const std::size_t size =
          std::min<std::size_t>(1 + random_.below(4'000), disk_.cache.size() - at);
      session.restore_cache(std::string_view(disk_.cache).substr(at, size));
      at += size;
    }
    for (const auto& [number, bytes] : disk_.entries) {
      if (!session.restore_entry(bytes))
        report_("1", "a stored edit cannot be read");
    }
    if (!disk_.kept.empty())
      session.restore_kept(disk_.kept);
  });
  open_pages();
  started_ = true;
  call([&](ClientSession& session) { session.start(now()); });
}

void SimClient::open_pages() {
  const model::CollectionDef& products = *model::find_collection(model::kProducts);
  specs_[1] = {model::kProducts, {}, view::parse_sort(products, "title").value(), 1, 10};
  specs_[2] = {model::kProducts, {}, view::parse_sort(products, "-inventory").value(), 2, 7};
  view::Filter active;
  active.conditions.push_back({kStatus, view::Comparison::equal, std::string("Active")});
  specs_[3] = {model::kProducts, active, view::parse_sort(products, "-price").value(), 1, 25};
  for (const auto& [number, spec] : specs_) {
    call([&, page = number](ClientSession& session) {
      SS_ASSERT(session.open_page(page, specs_[page], now()).ok());
    });
  }
}

void SimClient::kill_tab() {
  if (session_ == nullptr)
    return;
  if (socket_)
    socket_->close_by_client();
  socket_.reset();
  if (timer_ != 0)
    events_.cancel(std::exchange(timer_, 0));
  tab_alive_.reset();
  session_.reset();
  started_ = false;
  writing_.clear();
  erasing_.clear();
}

void SimClient::later(TimeMs delay, std::function<void()> work) {
  events_.at(events_.now() + delay,
             [alive = std::weak_ptr<bool>(tab_alive_), work = std::move(work)] {
               if (!alive.expired())
                 work();
             });
}

void SimClient::call(const std::function<void(ClientSession&)>& work) {
  if (session_ == nullptr)
    return;
  work(*session_);
  for (const Effect& effect : session_->take_effects())
    perform(effect);
  check_promises();
}

void SimClient::perform(const Effect& effect) {
  const auto storage_delay = [&] { return static_cast<TimeMs>(1 + random_.below(25)); };
  switch (effect.kind) {
    case EffectKind::fetch_ticket:
      return fetch_ticket();
    case EffectKind::connect:
      return connect();
    case EffectKind::send:
      if (socket_)
        socket_->send_up(effect.bytes);
      return;
    case EffectKind::close:
      if (socket_)
        std::exchange(socket_, nullptr)->close_by_client();
      return;
    case EffectKind::exchange:
      return exchange(effect.bytes);
    case EffectKind::set_timer:
      if (timer_ != 0)
        events_.cancel(std::exchange(timer_, 0));
      if (effect.number != 0) {
        timer_ = events_.at(static_cast<TimeMs>(effect.number) - skew, [this] {
          timer_ = 0;
          call([&](ClientSession& session) { session.timer(now()); });
        });
      }
      return;
    case EffectKind::write_entry:
      writing_[effect.number] = effect.bytes;
      return;
    case EffectKind::erase_entry:
      erasing_.insert(effect.number);
      return;
    case EffectKind::commit_queue:
      return later(storage_delay(),
                   [this, write = effect.number, entries = std::exchange(writing_, {}),
                    erased = std::exchange(erasing_, {})] {
                     const bool ok = !storage_full;
                     if (ok) {
                       for (const auto& [number, bytes] : entries)
                         disk_.entries[number] = bytes;
                       for (std::uint64_t number : erased)
                         disk_.entries.erase(number);
                     }
                     call([&](ClientSession& session) { session.queue_written(write, ok, now()); });
                   });
    case EffectKind::append_cache:
    case EffectKind::replace_cache:
      return later(storage_delay(), [this, effect] {
        if (effect.kind == EffectKind::replace_cache)
          disk_.cache.clear();
        disk_.cache += effect.bytes;
        call([&](ClientSession& session) { session.cache_written(effect.number, true, now()); });
      });
    case EffectKind::write_kept:
      disk_.kept = effect.bytes;
      return;
    case EffectKind::page:
      return take_page(effect.number, effect.text);
    case EffectKind::answered:
    case EffectKind::status:
    case EffectKind::record:
    case EffectKind::queue:
    case EffectKind::queued:
    case EffectKind::rejected:
      return;
  }
}

// --- network ---

void SimClient::fetch_ticket() {
  later(static_cast<TimeMs>(2 + random_.below(60)), [this] {
    const bool reachable = network_ && server_.up();
    call([&](ClientSession& session) {
      if (reachable) {
        session.ticket(user_, now());
      } else {
        session.ticket_failed(0, now());
      }
    });
  });
}

void SimClient::connect() {
  later(static_cast<TimeMs>(2 + random_.below(60)), [this] {
    if (!network_ || !server_.up()) {
      return call([&](ClientSession& session) { session.socket_closed(1006, now()); });
    }
    auto alive = std::weak_ptr<bool>(tab_alive_);
    auto own = std::make_shared<std::weak_ptr<SimSocket>>();
    const auto current = [this, alive, own] {
      return !alive.expired() && socket_ != nullptr && socket_ == own->lock();
    };
    SimSocket::ClientEnd end;
    end.message = [this, current](std::string message) {
      if (!current())
        return;
      note_answers(message);
      call([&](ClientSession& session) { session.socket_message(message, now()); });
    };
    end.closed = [this, current](std::uint16_t code) {
      if (!current())
        return;
      socket_.reset();
      call([&](ClientSession& session) { session.socket_closed(code, now()); });
    };
    auto socket = std::make_shared<SimSocket>(events_, random_, queue_bytes_, std::move(end));
    *own = socket;
    socket_ = socket;
    socket->attach(server_.engine().hub().open(socket, engine::kBinaryProtocol, std::nullopt));
    server_.sockets.push_back(socket);
    call([&](ClientSession& session) { session.socket_opened(now()); });
  });
}

// A request may be lost on its way, be repeated by something in between, or lose its answer.
void SimClient::exchange(const Bytes& body) {
  const auto answer = [this, alive = std::weak_ptr<bool>(tab_alive_)](Result<Bytes> frames) {
    events_.at(events_.now() + 1 + static_cast<TimeMs>(random_.below(80)),
               [this, alive, frames = std::move(frames), lost = random_.chance(25)] {
                 if (alive.expired())
                   return;
                 call([&](ClientSession& session) {
                   if (frames.ok() && !lost && network_) {
                     const auto split = wire::split_frames(*frames);
                     for (const std::string_view frame : *split)
                       note_answers(frame);
                     session.exchange_answered(*frames, now());
                   } else {
                     session.exchange_failed(0, now());
                   }
                 });
               });
  };
  events_.at(events_.now() + 1 + static_cast<TimeMs>(random_.below(80)),
             [this, body, answer, alive = std::weak_ptr<bool>(tab_alive_)] {
               if (!network_ || !server_.up())
                 return answer(fail(ErrorCode::unavailable));
               const engine::Identity identity{user_, user_, "c", 0};
               if (random_.chance(20))
                 engine::exchange(server_.engine(), identity, body, [](Result<Bytes>) {});
               // The server may die before it answers: then nothing comes back, and the request
               // fails after a while.
               auto answered = std::make_shared<bool>(false);
               engine::exchange(server_.engine(), identity, body,
                                [answer, answered](Result<Bytes> frames) {
                                  if (!std::exchange(*answered, true))
                                    answer(std::move(frames));
                                });
               events_.at(events_.now() + 20'000, [answer, answered] {
                 if (!std::exchange(*answered, true))
                   answer(fail(ErrorCode::unavailable));
               });
             });
}

void SimClient::note_answers(std::string_view frame) {
  const auto message = wire::decode_down(frame);
  if (!message.ok())
    return report_("3", "the server sent a frame that cannot be read");
  if (const auto* receipt = std::get_if<wire::Receipt>(&*message)) {
    for (const sync::MutationResult& result : receipt->results)
      acknowledged.push_back(result);
  } else if (const auto* welcome = std::get_if<wire::Welcome>(&*message)) {
    for (const wire::Answer& answer : welcome->answers) {
      if (answer.known)
        acknowledged.push_back(answer.result);
    }
  }
}

void SimClient::set_network(bool up) {
  network_ = up;
  if (!up)
    cut();
  if (random_.chance(50))
    call([&](ClientSession& session) { session.network_hint(up, now()); });
}

void SimClient::retry_now() {
  call([&](ClientSession& session) { session.retry_now(now()); });
}

// --- people ---

std::vector<RecordId> SimClient::shown_products() const {
  std::vector<RecordId> ids;
  session_->replica().for_each_shown(
      model::kProducts, [&](const model::Record& record) { ids.push_back(record.id); });
  std::sort(ids.begin(), ids.end());
  return ids;
}

void SimClient::edit_something() {
  if (session_ == nullptr || !session_->caught_up())
    return;
  const std::vector<RecordId> ids = shown_products();
  sync::Mutation mutation;
  mutation.id = session_->ids().next_uuid(now());
  const std::uint64_t dice = random_.below(100);
  if (ids.empty() || (dice < 15 && ids.size() < 40)) {
    sync::Op op = op_on(sync::OpKind::insert, session_->ids().next_record(now()));
    op.fields = {{kTitle, "Product " + std::to_string(random_.below(20))},
                 {kStatus, std::string("Active")},
                 {kInventory, static_cast<std::int64_t>(random_.below(50))}};
    if (random_.chance(30))
      op.fields.insert(op.fields.begin() + 1, {1, "SKU-" + std::to_string(random_.below(12))});
    mutation.ops.push_back(op);
  } else {
    const RecordId id = ids[random_.below(ids.size())];
    const model::Record& record = *session_->replica().shown(model::kProducts, id);
    if (dice < 22) {
      sync::Op op = op_on(sync::OpKind::remove, id);
      op.seen.push_back({kTitle, sync::FromValue::seen(record.values[kTitle])});
      mutation.ops.push_back(op);
    } else if (dice < 45) {
      sync::Op op = op_on(sync::OpKind::add, id);
      op.field = kInventory;
      op.amount = static_cast<std::int64_t>(random_.below(9)) - 4;
      mutation.ops.push_back(op);
    } else {
      const std::size_t count = 1 + random_.below(3);
      std::set<std::uint16_t> used;
      for (std::size_t i = 0; i < count; ++i) {
        const std::uint16_t fields[] = {kTitle, kPrice, kStatus, 1};
        const std::uint16_t field = fields[random_.below(4)];
        if (!used.insert(field).second)
          continue;
        sync::Op op = op_on(sync::OpKind::set, id);
        op.field = field;
        op.from = sync::FromValue::seen(record.values[field]);
        if (field == kTitle)
          op.to =
              "Title " + std::to_string(random_.below(30)) + std::string(random_.below(40), 'x');
        if (field == kPrice)
          op.to = static_cast<std::int64_t>(random_.below(100'000));
        if (field == kStatus)
          op.to = std::string(random_.chance(50) ? "Active" : "Inactive");
        if (field == 1)
          op.to = "SKU-" + std::to_string(random_.below(12));
        mutation.ops.push_back(op);
      }
      mutation.mode = random_.chance(30) ? sync::Mode::all : sync::Mode::each;
    }
  }
  ++edits;
  call([&](ClientSession& session) { (void)session.edit(std::move(mutation), "[]", now()).ok(); });
}

void SimClient::settle_parked() {
  if (session_ == nullptr)
    return;
  for (const sync::QueueEntry& entry : session_->queue().entries()) {
    if (entry.state != sync::EntryState::parked)
      continue;
    const std::uint64_t number = entry.number;
    const bool again = random_.chance(40);
    call([&](ClientSession& session) {
      if (again) {
        (void)session.send_again(number, {}, now()).ok();
      } else {
        (void)session.discard(number, now()).ok();
      }
    });
    return;
  }
}

// --- promises ---

void SimClient::take_page(std::uint64_t number, const std::string& text) {
  const auto patch = Json::parse(text, 1 << 22);
  if (!patch.ok())
    return report_("4", "a page that is not JSON");
  ShownPage& page = pages_[number];
  page.state = patch->find("state")->text();
  page.total = static_cast<std::uint64_t>(patch->find("total")->integer());
  page.page = static_cast<std::uint32_t>(patch->find("page")->integer());
  page.pages = static_cast<std::uint32_t>(patch->find("pages")->integer());
  if (const Json* order = patch->find("order")) {
    page.order.clear();
    for (const Json& id : order->items())
      page.order.push_back(id.text());
  }
}

void SimClient::check_pages() {
  for (const auto& [number, spec] : specs_) {
    if (session_ == nullptr)
      return;
    call([&, page = number](ClientSession& session) { session.release_page(page, now()); });
    const ShownPage& page = pages_[number];
    if (page.state != "ready")
      continue;
    const model::CollectionDef& collection = *model::find_collection(spec.collection);
    std::vector<view::SortKey> keys;
    session_->replica().for_each_shown(spec.collection, [&](const model::Record& record) {
      if (spec.filter.matches(collection, record))
        keys.push_back(view::make_key(collection, spec.sort, record));
    });
    std::sort(keys.begin(), keys.end(), [&](const view::SortKey& a, const view::SortKey& b) {
      return view::key_less(a, b, spec.sort.descending);
    });
    const std::size_t pages = std::max<std::size_t>(1, (keys.size() + spec.size - 1) / spec.size);
    const std::size_t wanted = std::min<std::size_t>(spec.page, pages);
    std::vector<std::string> order;
    for (std::size_t i = (wanted - 1) * spec.size; i < std::min(keys.size(), wanted * spec.size);
         ++i) {
      order.push_back(keys[i].id.text());
    }
    if (page.total != keys.size() || page.pages != pages || page.page != wanted ||
        page.order != order) {
      report_("4", user_ + ": page " + std::to_string(number) +
                       " differs from filter, sort and slice: total " + std::to_string(page.total) +
                       " is " + std::to_string(keys.size()) + ", rows " +
                       std::to_string(page.order.size()) + " is " + std::to_string(order.size()) +
                       first_difference(page.order, order));
    }
  }
}

void SimClient::check_promises() {
  if (!started_)
    return;
  if (session_->epoch() != epoch_) {
    epoch_ = session_->epoch();
    cursors_.clear();
  }
  for (const model::CollectionDef& collection : model::collections()) {
    const Sequence cursor = session_->cursor(collection.number);
    Sequence& highest = cursors_[collection.number];
    if (cursor != 0 && cursor < highest) {
      report_("5", user_ + ": " + std::string(collection.name) + " went back from " +
                       std::to_string(highest) + " to " + std::to_string(cursor));
    }
    highest = std::max(highest, cursor);
  }
  // The newest unanswered value of a field is what its author sees, as long as the record is there.
  std::map<std::pair<RecordId, std::uint16_t>, model::Value> wanted;
  std::set<RecordId> removed;
  for (const sync::QueueEntry& entry : session_->queue().entries()) {
    if (entry.state != sync::EntryState::waiting && entry.state != sync::EntryState::sent)
      continue;
    for (const sync::Op& op : entry.mutation.ops) {
      if (op.collection != model::kProducts)
        continue;
      if (op.kind == sync::OpKind::set)
        wanted[{op.record, op.field}] = op.to;
      if (op.kind == sync::OpKind::remove)
        removed.insert(op.record);
    }
  }
  for (const auto& [place, value] : wanted) {
    const model::Record* shown = session_->replica().shown(model::kProducts, place.first);
    if (shown == nullptr)
      continue;
    if (removed.count(place.first) != 0) {
      report_("5", user_ + ": a record that was removed here is shown");
    } else if (shown->values[place.second] != value) {
      report_("5", user_ + ": an unanswered edit of field " + std::to_string(place.second) +
                       " is not shown");
    }
  }
}

}  // namespace syncstore::simulation
