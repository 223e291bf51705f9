// How answers look on the wire: the head of a response and the problem+json of a refusal. Pure but
// for the date; any thread.
#pragma once

#include <string>
#include <string_view>

#include "server/adapters/beast/request_gate.hpp"
#include "server/ports/http.hpp"

namespace syncstore::adapters {

std::string_view status_phrase(int status);
// For Allow: what the gate lets pass.
inline constexpr std::string_view kAllowedMethods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
// The HTTP answer to a refusal, as problem+json; always closes.
ports::HttpResponse refusal_response(const GateRefusal& refusal);

enum class AfterResponse : std::uint8_t { keep, keep_old, close };  // keep_old: HTTP/1.0
// Statuses that never have a body.
bool bodiless(int status);
std::size_t body_size(const ports::HttpResponse& response);
// Status line and header lines with the empty line behind them.
std::string response_head(const ports::HttpResponse& response, AfterResponse after);

}  // namespace syncstore::adapters
