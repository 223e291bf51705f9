#include "server/engine/socket_door.hpp"

#include <algorithm>

namespace syncstore::engine {
namespace {

constexpr std::string_view kBearer = "Bearer ";

std::string_view bearer_of(const ports::HttpRequest& request) {
  const std::string* header = request.header("authorization");
  if (header == nullptr || header->rfind(kBearer, 0) != 0)
    return {};
  return std::string_view(*header).substr(kBearer.size());
}

// The best of ours among the offered ones: the first named.
std::string choose_protocol(const ports::HttpRequest& request) {
  for (const auto& [name, value] : request.headers) {
    if (name != "sec-websocket-protocol")
      continue;
    std::size_t start = 0;
    while (start <= value.size()) {
      const std::size_t end = std::min(value.find(',', start), value.size());
      std::string_view offered = std::string_view(value).substr(start, end - start);
      while (!offered.empty() && (offered.front() == ' ' || offered.front() == '\t'))
        offered.remove_prefix(1);
      while (!offered.empty() && (offered.back() == ' ' || offered.back() == '\t'))
        offered.remove_suffix(1);
      if (offered == kBinaryProtocol || offered == kJsonProtocol)
        return std::string(offered);
      start = end + 1;
    }
  }
  return {};
}

ports::LinkAcceptor::Verdict refuse(ErrorCode code, std::string detail = {}) {
  ports::LinkAcceptor::Verdict verdict;
  verdict.status = error_http_status(code);
  verdict.response.status = verdict.status;
  verdict.response.headers.emplace_back("content-type", "application/problem+json");
  Json body = Json::object();
  body.set("type", "about:blank");
  body.set("title", std::string(error_name(code)));
  body.set("status", verdict.status);
  body.set("detail", detail.empty() ? std::string(error_sentence(code)) : std::move(detail));
  body.set("code", std::string(error_name(code)));
  body.set("success", false);
  verdict.response.body = body.dump();
  if (error_retryable(code))
    verdict.response.headers.emplace_back("retry-after", "1");
  return verdict;
}

}  // namespace

SocketDoor::SocketDoor(
    Hub& hub, Identities& identities,
    std::function<bool(const ports::HttpRequest&, std::string_view)> origin_allowed)
    : hub_(hub), identities_(identities), origin_allowed_(std::move(origin_allowed)) {}

void SocketDoor::upgrade(const ports::HttpRequest& request, std::function<void(Verdict)> answer) {
  if (request.path != "/ws")
    return answer(refuse(ErrorCode::not_found));
  if (hub_.shutting_down())
    return answer(refuse(ErrorCode::unavailable));
  const std::string* origin = request.header("origin");
  if (origin != nullptr && !origin_allowed_(request, *origin))
    return answer(refuse(ErrorCode::origin));
  Verdict verdict;
  verdict.subprotocol = choose_protocol(request);
  if (verdict.subprotocol.empty()) {
    return answer(
        refuse(ErrorCode::malformed, "Offer the subprotocol syncstore.v1 or syncstore.v1.json."));
  }
  if (request.header("authorization") != nullptr &&
      !identities_.verify_token(bearer_of(request)).ok()) {
    return answer(refuse(ErrorCode::bad_token));
  }
  answer(std::move(verdict));
}

std::shared_ptr<ports::LinkSession> SocketDoor::opened(const ports::HttpRequest& request,
                                                       std::shared_ptr<ports::Link> link,
                                                       const std::string& subprotocol) {
  std::optional<Identity> authorised;
  if (request.header("authorization") != nullptr) {
    auto identity = identities_.verify_token(bearer_of(request));
    if (identity.ok())
      authorised = std::move(*identity);
  }
  return hub_.open(std::move(link), subprotocol, std::move(authorised));
}

}  // namespace syncstore::engine
