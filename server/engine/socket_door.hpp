// SocketDoor: who may open a WebSocket. Checks path, Origin, subprotocol and an Authorization
// header, then hands the link to the hub. Engine executor only.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "server/engine/hub.hpp"
#include "server/ports/link.hpp"

namespace syncstore::engine {

class SocketDoor final : public ports::LinkAcceptor {
 public:
  // `origin_allowed(request, origin)`: own or configured origin. Asked only when the header is
  // present.
  SocketDoor(Hub& hub, Identities& identities,
             std::function<bool(const ports::HttpRequest&, std::string_view)> origin_allowed);

  void upgrade(const ports::HttpRequest& request, std::function<void(Verdict)> answer) override;
  std::shared_ptr<ports::LinkSession> opened(const ports::HttpRequest& request,
                                             std::shared_ptr<ports::Link> link,
                                             const std::string& subprotocol) override;

 private:
  Hub& hub_;
  Identities& identities_;
  std::function<bool(const ports::HttpRequest&, std::string_view)> origin_allowed_;
};

}  // namespace syncstore::engine
