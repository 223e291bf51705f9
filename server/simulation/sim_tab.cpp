#include "server/simulation/sim_tab.hpp"

#include <algorithm>
#include <utility>

#include "core/wire/frame_codec.hpp"

namespace syncstore::simulation {

using session::ClientSession;
using session::Effect;
using session::EffectKind;

SimTab::SimTab(SimBrowser& browser, std::shared_ptr<SimStorage> storage, TabWatcher& watcher)
    : browser_(browser), storage_(std::move(storage)), watcher_(watcher), number_(++browser.tabs) {
  const session::ClientConfig config = storage_->lead(browser_.random.next());
  generation_ = config.generation;
  session_ = std::make_unique<ClientSession>(config);
  // Read in pieces that are cut anywhere, as a database's blobs are.
  storage_->restore(*session_, [this] { return 1 + browser_.random.below(4'000); });
  storage_->check_restart(*session_);
}

SimTab::~SimTab() {
  if (socket_)
    socket_->close_by_client();
  if (timer_ != 0)
    browser_.events.cancel(timer_);
}

void SimTab::start() {
  call([&](ClientSession& session) { session.start(browser_.now()); });
}

void SimTab::later(TimeMs delay, std::function<void()> work) {
  browser_.events.at(browser_.events.now() + delay,
                     [this, alive = std::weak_ptr<bool>(alive_), work = std::move(work)]() mutable {
                       if (!alive.expired())
                         reach(std::move(work));
                     });
}

void SimTab::reach(std::function<void()> work) {
  if (asleep_) {
    missed_.push_back(std::move(work));
  } else {
    work();
  }
}

void SimTab::wake() {
  asleep_ = false;
  const std::weak_ptr<bool> alive = alive_;
  while (!alive.expired() && !asleep_ && !missed_.empty()) {
    const auto work = std::move(missed_.front());
    missed_.pop_front();
    work();
  }
}

void SimTab::call(const std::function<void(ClientSession&)>& work) {
  work(*session_);
  for (const Effect& effect : session_->take_effects())
    perform(effect);
  watcher_.settled(*this);
}

void SimTab::perform(const Effect& effect) {
  switch (effect.kind) {
    case EffectKind::fetch_ticket:
      return fetch_ticket();
    case EffectKind::connect:
      return connect();
    case EffectKind::send:
      if (socket_) {
        browser_.leaving(effect.bytes);
        reader_.said(effect.bytes);
        socket_->send_up(spoken(effect.bytes));
      }
      return;
    case EffectKind::close:
      if (socket_)
        std::exchange(socket_, nullptr)->close_by_client();
      return;
    case EffectKind::exchange:
      return exchange(effect.bytes);
    case EffectKind::set_timer:
      if (timer_ != 0)
        browser_.events.cancel(std::exchange(timer_, 0));
      if (effect.number != 0) {
        timer_ = browser_.events.at(static_cast<TimeMs>(effect.number) - browser_.skew, [this] {
          timer_ = 0;
          reach([this] { call([&](ClientSession& session) { session.timer(browser_.now()); }); });
        });
      }
      return;
    case EffectKind::write_entry:
      writing_.entries[effect.number] = effect.bytes;
      return;
    case EffectKind::erase_entry:
      writing_.erased.insert(effect.number);
      return;
    case EffectKind::commit_queue:
      return commit_queue(effect.number);
    case EffectKind::append_cache:
    case EffectKind::replace_cache:
      return write_cache(effect);
    case EffectKind::write_kept:
      return storage_->write_kept(generation_, effect.bytes);
    default:
      return watcher_.told(*this, effect);
  }
}

// As the program of another version says it.
Bytes SimTab::spoken(const Bytes& frame) const {
  if (browser_.versions_off == 0)
    return frame;
  auto message = wire::decode_up(frame);
  auto* hello = message.ok() ? std::get_if<wire::Hello>(&*message) : nullptr;
  if (hello == nullptr)
    return frame;
  hello->protocol = static_cast<std::uint16_t>(wire::kProtocol + browser_.versions_off);
  return wire::encode(*message);
}

// --- storage ---

void SimTab::stored(std::function<void()> work) {
  const TimeMs now = browser_.events.now();
  stored_at_ = std::max(stored_at_, now + 1 + static_cast<TimeMs>(browser_.random.below(25)));
  later(stored_at_ - now, std::move(work));
}

void SimTab::commit_queue(std::uint64_t write) {
  ++queue_writes_;
  stored([this, write, work = std::exchange(writing_, {})] {
    const bool full = browser_.storage_full;
    --queue_writes_;
    const bool leads =
        full ? storage_->miss_queue(generation_, work)
             : storage_->commit_queue(generation_, work, browser_.server.epoch());
    if (!leads)
      return watcher_.superseded(*this);
    if (full && browser_.gives_up_cache)
      storage_->give_up_cache();
    call([&](ClientSession& session) {
      if (full)
        session.queue_failed(write, browser_.now());
      else
        session.queue_written(write, browser_.now());
    });
  });
}

void SimTab::write_cache(const Effect& effect) {
  stored([this, effect] {
    const bool replace = effect.kind == EffectKind::replace_cache;
    const bool room = !browser_.storage_full && (replace || storage_->has_whole_cache());
    if (room && !storage_->write_cache(generation_, replace, effect.bytes))
      return watcher_.superseded(*this);
    call([&](ClientSession& session) {
      session.cache_written(effect.number, room, browser_.now());
    });
  });
}

// --- network ---

void SimTab::fetch_ticket() {
  later(2 + static_cast<TimeMs>(browser_.random.below(60)), [this] {
    const bool reachable = browser_.network && browser_.server.up();
    const std::string user = browser_.signed_in;
    call([&](ClientSession& session) {
      if (!reachable) {
        session.ticket_failed(0, browser_.now());
      } else if (user.empty()) {
        session.ticket_failed(401, browser_.now());
      } else {
        session.ticket(user, browser_.now());
      }
    });
  });
}

void SimTab::connect() {
  later(2 + static_cast<TimeMs>(browser_.random.below(60)), [this] {
    if (!browser_.network || !browser_.server.up())
      return call([&](ClientSession& session) { session.socket_closed(1006, browser_.now()); });
    auto own = std::make_shared<std::weak_ptr<SimSocket>>();
    const auto current = [this, alive = std::weak_ptr<bool>(alive_), own] {
      return !alive.expired() && socket_ != nullptr && socket_ == own->lock();
    };
    SimSocket::ClientEnd end;
    end.leaving = [&server = browser_.server, own](const SimSocket::Message& message) {
      return server.check_leaving(message, *own->lock());
    };
    end.message = [this, current](const SimSocket::Message& message, const ReadMessage& read) {
      if (!current())
        return;
      reach([this, current, message, read] {
        if (!current())
          return;
        if (read != nullptr)
          reader_.heard(*read);
        hear(read);
        call([&](ClientSession& session) { session.socket_message(*message, browser_.now()); });
      });
    };
    end.closed = [this, current](std::uint16_t code) {
      if (!current())
        return;
      reach([this, current, code] {
        if (!current())
          return;
        socket_.reset();
        call([&](ClientSession& session) { session.socket_closed(code, browser_.now()); });
      });
    };
    auto socket = std::make_shared<SimSocket>(browser_.events, browser_.random,
                                              browser_.queue_bytes, std::move(end));
    *own = socket;
    socket_ = socket;
    reader_.begin();
    socket->attach(
        browser_.server.engine().hub().open(socket, engine::kBinaryProtocol, std::nullopt));
    browser_.server.sockets.push_back(socket);
    call([&](ClientSession& session) { session.socket_opened(browser_.now()); });
  });
}

// A request may be lost on its way, be repeated by something in between, or lose its answer. The
// server may die before it answers: then the request fails after a while.
void SimTab::exchange(const Bytes& body) {
  SimBrowser& browser = browser_;
  const auto said = wire::split_frames(body);
  Bytes spoken_body;
  AskedPages asked;
  for (const std::string_view frame : *said) {
    browser.leaving(std::string(frame));
    note_asked(asked, frame);
    wire::append_frame(spoken_body, spoken(std::string(frame)));
  }
  const auto delay = [&browser] { return 1 + static_cast<TimeMs>(browser.random.below(80)); };
  auto answered = std::make_shared<bool>(false);
  const auto answer = [this, &browser, delay, answered, user = browser.signed_in, asked,
                       alive = std::weak_ptr<bool>(alive_)](Result<Bytes> frames) {
    if (std::exchange(*answered, true))
      return;
    if (frames.ok()) {
      const auto split = wire::split_frames(*frames);
      for (const std::string_view frame : *split)
        browser.server.check_leaving(frame, user, asked);
    }
    const bool lost = browser.random.chance(25);
    browser.events.at(browser.events.now() + delay(),
                      [this, alive, frames = std::move(frames), lost] {
                        if (!alive.expired())
                          reach([this, frames, lost] { exchange_over(frames, lost); });
                      });
  };
  browser.events.at(browser.events.now() + delay(), [&browser, body = std::move(spoken_body),
                                                     answer, user = browser.signed_in] {
    if (!browser.network || !browser.server.up())
      return answer(fail(ErrorCode::unavailable));
    if (user.empty())
      return answer(fail(ErrorCode::unauthorized));
    const engine::Identity identity{user, user, "c", 0};
    if (browser.random.chance(20))
      engine::exchange(browser.server.engine(), identity, body, [](Result<Bytes>) {});
    engine::exchange(browser.server.engine(), identity, body, answer);
    browser.events.at(browser.events.now() + 20'000,
                      [answer] { answer(fail(ErrorCode::unavailable)); });
  });
}

void SimTab::exchange_over(const Result<Bytes>& frames, bool lost) {
  if (frames.ok() && !lost && browser_.network) {
    polled_ = true;
    const auto split = wire::split_frames(*frames);
    for (const std::string_view frame : *split) {
      auto read = wire::decode_down(frame);
      hear(read.ok() ? std::make_shared<const wire::DownMessage>(std::move(read).value())
                     : nullptr);
    }
    return call(
        [&](ClientSession& session) { session.exchange_answered(*frames, browser_.now()); });
  }
  const bool known = !frames.ok() && frames.error().code == ErrorCode::unauthorized;
  call([&](ClientSession& session) {
    session.exchange_failed(known && !lost ? 401 : 0, browser_.now());
  });
}

void SimTab::hear(const ReadMessage& message) {
  if (message == nullptr)
    return browser_.report("3", "the server sent a frame that cannot be read");
  watcher_.heard(*this, *message);
}

}  // namespace syncstore::simulation
