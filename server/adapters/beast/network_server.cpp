#include "server/adapters/beast/network_server.hpp"

#include <algorithm>
#include <csignal>
#include <mutex>
#include <thread>

#include "server/adapters/beast/connection.hpp"
#include "server/adapters/beast/connection_places.hpp"
#include "server/adapters/beast/http_connection.hpp"
#include "server/adapters/beast/listener.hpp"
#include "server/adapters/beast/tls_context.hpp"
#include "server/adapters/beast/turn_away.hpp"

namespace syncstore::adapters {
namespace {

std::size_t loop_count(const NetworkOptions& options) {
  const std::size_t wanted =
      options.loops != 0 ? options.loops : std::size_t{std::thread::hardware_concurrency()};
  return std::clamp<std::size_t>(wanted, 1, limits::kSocketLoops);
}

}  // namespace

// One loop and what its connections share. Order matters: connections that die with the loop still
// use what stands above it.
struct LoopRoom {
  LoopRoom(const ConnectionContext& given, ports::Scheduler& engine)
      : context(given), loop(engine) {
    context.loop = &loop;
  }
  ConnectionContext context;
  std::atomic<std::int64_t> open{0};
  TurnAway turn_away;
  EventLoop loop;
};

struct NetworkServer::Parts {
  Parts(NetworkOptions given, ports::Scheduler& engine, ports::HttpHandler& http,
        ports::LinkAcceptor& links, ProxyRules trusted)
      : options(std::move(given)),
        proxies(std::move(trusted)),
        places(options.connections, options.connections_per_address) {
    std::vector<EventLoop*> loops;
    for (std::size_t i = 0; i < loop_count(options); ++i) {
      rooms.push_back(std::make_unique<LoopRoom>(
          ConnectionContext{nullptr, engine, http, links, options, counters, proxies, {}, false},
          engine));
      LoopRoom& room = *rooms.back();
      room.context.on_closed = [this, &room](const std::string& address) {
        --room.open;
        free_place(address);
      };
      if (!options.tls_certificate_file.empty())
        room.turn_away.set_silent();
      loops.push_back(&room.loop);
    }
    Listener::Calls calls;
    calls.choose = [this] { return emptiest(); };
    calls.accepted = [this](TcpSocket socket, std::size_t loop) {
      take_in(std::move(socket), *rooms[loop]);
    };
    calls.no_descriptor = [this](TcpSocket socket, std::size_t loop, std::function<void()> done) {
      turn_away(std::move(socket), *rooms[loop], std::move(done));
    };
    calls.descriptors_short = [this] {
      if (options.on_descriptors_short)
        options.on_descriptors_short();
    };
    listener = std::make_unique<Listener>(std::move(loops), std::move(calls));
  }

  ~Parts() {
    // The listener's loop first: what it was accepting belongs to the others.
    listener.reset();
    for (auto& room : rooms)
      room.reset();
  }

  std::size_t emptiest() const {
    std::size_t best = 0;
    for (std::size_t i = 1; i < rooms.size(); ++i) {
      if (rooms[i]->open < rooms[best]->open)
        best = i;
    }
    return best;
  }

  // On the listener's thread; from then on everything is on the room's.
  void take_in(TcpSocket socket, LoopRoom& room) {
    error_code error;
    const auto endpoint = socket.remote_endpoint(error);
    if (error)
      return;
    auto address = endpoint.address();
    if (address.is_v6() && address.to_v6().is_v4_mapped())
      address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    std::string peer = address.to_string();
    const bool bounded = (options.count_loopback || !is_loopback(peer)) && !proxies.trusted(peer);
    if (!places.take(peer, bounded))
      return turn_away(std::move(socket), room, {});
    ++room.open;
    ++counters.accepted;
    ++counters.connections;
    asio::post(room.loop.context(),
               [this, &room, socket = std::move(socket), peer = std::move(peer)]() mutable {
                 welcome(std::move(socket), room, peer);
               });
  }

  void welcome(TcpSocket socket, LoopRoom& room, const std::string& peer) {
    TlsContext context_of_peer;
    {
      const std::lock_guard lock(tls_mutex);
      context_of_peer = tls;
    }
    auto peer_socket = std::make_shared<PeerSocket>(std::move(socket), context_of_peer.get());
    const auto connection =
        room.loop.make<HttpConnection>(room.context, std::move(peer_socket), peer);
    connection->start();
    if (room.context.draining)
      connection->leave(0);
  }

  void turn_away(TcpSocket socket, LoopRoom& room, std::function<void()> done) {
    ++counters.turned_away;
    asio::post(room.loop.context(),
               [&room, socket = std::move(socket), done = std::move(done)]() mutable {
                 room.turn_away.tell(std::move(socket), std::move(done));
               });
  }

  void free_place(const std::string& address) {
    --counters.connections;
    places.give_back(address);
  }

  NetworkOptions options;
  ProxyRules proxies;
  NetworkCounters counters;
  ConnectionPlaces places;
  std::mutex tls_mutex;
  TlsContext tls;
  std::vector<std::unique_ptr<LoopRoom>> rooms;
  std::unique_ptr<Listener> listener;
};

NetworkServer::NetworkServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
NetworkServer::~NetworkServer() { stop(); }

Result<std::unique_ptr<NetworkServer>> NetworkServer::start(NetworkOptions options,
                                                            ports::Scheduler& engine,
                                                            ports::HttpHandler& http,
                                                            ports::LinkAcceptor& links) {
  // A peer that went away must not end the process: OpenSSL writes to sockets without MSG_NOSIGNAL.
  std::signal(SIGPIPE, SIG_IGN);
  SS_ASSIGN_OR_RETURN(ProxyRules proxies, ProxyRules::parse(options.trusted_proxies));
  auto parts = std::make_unique<Parts>(std::move(options), engine, http, links, std::move(proxies));
  if (!parts->options.tls_certificate_file.empty()) {
    SS_ASSIGN_OR_RETURN(parts->tls, make_tls_context(parts->options.tls_certificate_file,
                                                     parts->options.tls_key_file));
  }
  SS_TRY(parts->listener->open(parts->options.address, parts->options.port));
  parts->rooms.front()->loop.post([raw = parts.get()] { raw->listener->accept(); });
  for (const auto& room : parts->rooms)
    room->loop.start();
  return std::unique_ptr<NetworkServer>(new NetworkServer(std::move(parts)));
}

std::uint16_t NetworkServer::port() const { return parts_->listener->port(); }
const NetworkCounters& NetworkServer::counters() const { return parts_->counters; }
std::size_t NetworkServer::open_connections() const { return parts_->places.taken(); }

std::vector<std::size_t> NetworkServer::connections_by_loop() const {
  std::vector<std::size_t> counts;
  for (const auto& room : parts_->rooms)
    counts.push_back(static_cast<std::size_t>(std::max<std::int64_t>(room->open, 0)));
  return counts;
}

std::uint64_t NetworkServer::hand_overs() const {
  std::uint64_t sum = 0;
  for (const auto& room : parts_->rooms)
    sum += room->loop.hand_overs();
  return sum;
}

void NetworkServer::begin_drain(int spread_ms) {
  parts_->rooms.front()->loop.post([parts = parts_.get(), spread_ms] {
    parts->listener->close();
    const auto loops = static_cast<std::int64_t>(parts->rooms.size());
    for (std::int64_t first = 0; first < loops; ++first) {
      LoopRoom& room = *parts->rooms[static_cast<std::size_t>(first)];
      // Few links leave at once, many over the whole time: they all come back, and should not come
      // back together.
      room.loop.post([&room, first, loops, spread_ms] {
        room.context.draining = true;
        const auto count = static_cast<std::int64_t>(room.loop.size()) * loops;
        const std::int64_t spread = std::min<std::int64_t>(spread_ms, count * 2);
        std::int64_t position = first;
        room.loop.for_each([&](Ticking& item) {
          item.leave(position * spread / count);
          position += loops;
        });
      });
    }
  });
}

void NetworkServer::stop() {
  if (parts_ == nullptr)
    return;
  for (const auto& room : parts_->rooms)
    room->loop.stop();
}

Status NetworkServer::reload_certificate() {
  if (parts_->options.tls_certificate_file.empty())
    return {};
  SS_ASSIGN_OR_RETURN(TlsContext fresh, make_tls_context(parts_->options.tls_certificate_file,
                                                         parts_->options.tls_key_file));
  const std::lock_guard lock(parts_->tls_mutex);
  parts_->tls = std::move(fresh);
  return {};
}

}  // namespace syncstore::adapters
