// Link port: one WebSocket as the engine sees it. The engine owns the session; the adapter owns the
// socket.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "server/ports/http.hpp"

namespace syncstore::ports {

// Sends to one peer. Thread-safe; order of send() calls is kept; a whole message each. Never
// blocks: the adapter bounds its queue by kLinkQueueBytes and answers false above it (the engine
// then switches the link to "latest state" and is told by drained()).
class Link {
 public:
  virtual ~Link() = default;
  virtual bool send(std::shared_ptr<const std::string> message, bool text) = 0;
  virtual void close(std::uint16_t code,
                     std::string reason) = 0;  // after what is queued; idempotent
  virtual std::size_t queued_bytes() const = 0;
  virtual void pause_reading(bool paused) = 0;  // backpressure
};

// The engine's side of one link; all calls on the engine executor, none after closed().
class LinkSession {
 public:
  virtual ~LinkSession() = default;
  virtual void received(std::string message, bool text) = 0;
  virtual void drained() = 0;  // queue fell below a quarter after a refused send
  virtual void closed() = 0;
};

class LinkAcceptor {
 public:
  virtual ~LinkAcceptor() = default;
  struct Verdict {
    int status = 101;         // else an HTTP error, body in `response`
    std::string subprotocol;  // to answer
    HttpResponse response;
  };
  // Upgrade asked for: check Origin, subprotocol, credentials, limits. On the engine executor.
  virtual void upgrade(const HttpRequest& request, std::function<void(Verdict)> answer) = 0;
  // The socket is open; the acceptor makes the session. `request` is the upgrade request.
  virtual std::shared_ptr<LinkSession> opened(const HttpRequest& request,
                                              std::shared_ptr<Link> link,
                                              const std::string& subprotocol) = 0;
};

}  // namespace syncstore::ports
