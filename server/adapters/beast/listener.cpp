#include "server/adapters/beast/listener.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <utility>

namespace syncstore::adapters {
namespace {

constexpr int kBacklog = 1'024;
constexpr auto kPause = std::chrono::milliseconds(100);  // some connections will end meanwhile
constexpr std::int64_t kTellMs = 60'000;

bool means_too_many_files(error_code error) {
  return error == boost::system::errc::too_many_files_open ||
         error == boost::system::errc::too_many_files_open_in_system;
}

}  // namespace

Listener::Listener(std::vector<EventLoop*> loops, Calls calls)
    : loops_(std::move(loops)),
      calls_(std::move(calls)),
      acceptor_(loops_.front()->context()),
      pause_(loops_.front()->context()) {}

Listener::~Listener() { drop_reserve(); }

Status Listener::open(const std::string& address, std::uint16_t port) {
  error_code error;
  const auto parsed = asio::ip::make_address(address, error);
  if (error)
    return fail(ErrorCode::invalid, "\"" + address + "\" is not an address.", "listen");
  const asio::ip::tcp::endpoint endpoint(parsed, port);
  acceptor_.open(endpoint.protocol(), error);
  if (!error)
    acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  if (!error)
    acceptor_.bind(endpoint, error);
  if (!error)
    acceptor_.listen(kBacklog, error);
  if (error) {
    const std::string where = address + ":" + std::to_string(port);
    if (error == asio::error::address_in_use || error == asio::error::access_denied) {
      return fail(ErrorCode::address_in_use,
                  where + ": " + error.message() + ". Choose another with --listen.", "listen");
    }
    return fail(ErrorCode::invalid, where + ": " + error.message(), "listen");
  }
  port_ = acceptor_.local_endpoint().port();
  hold_reserve();
  return {};
}

void Listener::accept() {
  const std::size_t target = calls_.choose();
  acceptor_.async_accept(loops_[target]->context().get_executor(),
                         [this, target](error_code error, TcpSocket socket) {
                           on_accepted(error, std::move(socket), target);
                         });
}

void Listener::on_accepted(error_code error, TcpSocket socket, std::size_t target) {
  if (error == asio::error::operation_aborted || !acceptor_.is_open())
    return;
  if (means_too_many_files(error))
    return out_of_descriptors();
  if (error)
    return pause();
  if (!std::exchange(last_place_, false)) {
    calls_.accepted(std::move(socket), target);
    return accept();
  }
  // One at a time: the others wait in the backlog meanwhile.
  calls_.no_descriptor(std::move(socket), target, [this] {
    loops_.front()->post([this] {
      hold_reserve();
      accept();
    });
  });
}

void Listener::out_of_descriptors() {
  const std::int64_t now = steady_ms();
  if (calls_.descriptors_short && (told_ms_ == 0 || now - told_ms_ > kTellMs)) {
    told_ms_ = now;
    calls_.descriptors_short();
  }
  // Given up already and taken by somebody else: nothing can be accepted for now.
  if (reserve_ < 0)
    return pause();
  drop_reserve();
  last_place_ = true;
  accept();
}

void Listener::pause() {
  last_place_ = false;
  pause_.expires_after(kPause);
  pause_.async_wait([this](error_code stopped) {
    if (stopped || !acceptor_.is_open())
      return;
    hold_reserve();
    accept();
  });
}

void Listener::close() {
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

void Listener::hold_reserve() {
  if (reserve_ < 0)
    reserve_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

void Listener::drop_reserve() {
  if (reserve_ >= 0)
    ::close(std::exchange(reserve_, -1));
}

}  // namespace syncstore::adapters
