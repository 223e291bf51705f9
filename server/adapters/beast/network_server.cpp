#include "server/adapters/beast/network_server.hpp"

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <mutex>
#include <unordered_map>

#include "server/adapters/beast/connection.hpp"
#include "server/adapters/beast/http_connection.hpp"
#include "server/adapters/beast/tls_context.hpp"

namespace syncstore::adapters {
namespace {

using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
constexpr int kBacklog = 1'024;
constexpr auto kAcceptPause =
    std::chrono::milliseconds(100);  // out of descriptors: some will be closed meanwhile

}  // namespace

// Order matters: connections that die with the loop still use what stands above it.
struct NetworkServer::Parts {
  Parts(NetworkOptions given, ports::Scheduler& engine, ports::HttpHandler& http,
        ports::LinkAcceptor& links, ProxyRules proxies)
      : options(std::move(given)),
        context{loop, engine, http, links, options, counters, std::move(proxies), {}, false},
        acceptor(loop.context()),
        accept_timer(loop.context()) {
    context.on_closed = [this](const std::string& address) {
      --counters.connections;
      const auto found = per_address.find(address);
      if (found != per_address.end() && --found->second == 0)
        per_address.erase(found);
    };
  }

  void accept() {
    acceptor.async_accept(loop.context().get_executor(),
                          [this](error_code error, TcpSocket socket) {
                            if (error == asio::error::operation_aborted || !acceptor.is_open())
                              return;
                            if (error) {
                              accept_timer.expires_after(kAcceptPause);
                              accept_timer.async_wait([this](error_code stopped) {
                                if (!stopped)
                                  accept();
                              });
                              return;
                            }
                            welcome(std::move(socket));
                            accept();
                          });
  }

  void welcome(TcpSocket socket) {
    error_code error;
    const auto endpoint = socket.remote_endpoint(error);
    if (error)
      return;
    auto address = endpoint.address();
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
      address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    }
    const std::string peer = address.to_string();
    const bool counted = !is_loopback(peer) && !context.proxies.trusted(peer);
    auto& of_address = per_address[peer];
    if (counters.connections >= static_cast<std::int64_t>(options.connections) ||
        (counted && of_address >= options.connections_per_address)) {
      if (of_address == 0)
        per_address.erase(peer);
      ++counters.turned_away;
      return;  // closes
    }
    ++of_address;
    ++counters.accepted;
    ++counters.connections;
    TlsContext context_of_peer;
    {
      const std::lock_guard lock(tls_mutex);
      context_of_peer = tls;
    }
    auto peer_socket = std::make_shared<PeerSocket>(std::move(socket), context_of_peer.get());
    loop.make<HttpConnection>(context, std::move(peer_socket), peer)->start();
  }

  NetworkOptions options;
  NetworkCounters counters;
  std::unordered_map<std::string, std::size_t> per_address;  // loop thread
  std::mutex tls_mutex;
  TlsContext tls;
  ConnectionContext context;
  EventLoop loop;
  Acceptor acceptor;
  asio::steady_timer accept_timer;
  std::uint16_t port = 0;
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
  error_code error;
  const auto address = asio::ip::make_address(parts->options.address, error);
  if (error)
    return fail(ErrorCode::invalid, "\"" + parts->options.address + "\" is not an address.",
                "listen");
  const asio::ip::tcp::endpoint endpoint(address, parts->options.port);
  Acceptor& acceptor = parts->acceptor;
  acceptor.open(endpoint.protocol(), error);
  if (!error)
    acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error)
    acceptor.bind(endpoint, error);
  if (!error)
    acceptor.listen(kBacklog, error);
  if (error) {
    const std::string where = parts->options.address + ":" + std::to_string(parts->options.port);
    if (error == asio::error::address_in_use || error == asio::error::access_denied) {
      return fail(ErrorCode::address_in_use,
                  where + ": " + error.message() + ". Choose another with --listen.", "listen");
    }
    return fail(ErrorCode::invalid, where + ": " + error.message(), "listen");
  }
  parts->port = acceptor.local_endpoint().port();
  parts->loop.post([raw = parts.get()] { raw->accept(); });
  parts->loop.start();
  return std::unique_ptr<NetworkServer>(new NetworkServer(std::move(parts)));
}

std::uint16_t NetworkServer::port() const { return parts_->port; }
const NetworkCounters& NetworkServer::counters() const { return parts_->counters; }
std::size_t NetworkServer::open_connections() const {
  return static_cast<std::size_t>(std::max<std::int64_t>(parts_->counters.connections, 0));
}

void NetworkServer::begin_drain(int spread_ms) {
  parts_->loop.post([parts = parts_.get(), spread_ms] {
    error_code ignored;
    parts->acceptor.close(ignored);
    parts->context.draining = true;
    // Few links leave at once, many over the whole time: they all come back, and should not come
    // back together.
    std::int64_t position = 0;
    const auto count = static_cast<std::int64_t>(parts->loop.size());
    const std::int64_t spread = std::min<std::int64_t>(spread_ms, count * 2);
    parts->loop.for_each([&](Ticking& item) { item.leave(position++ * spread / count); });
  });
}

void NetworkServer::stop() {
  if (parts_ != nullptr)
    parts_->loop.stop();
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
