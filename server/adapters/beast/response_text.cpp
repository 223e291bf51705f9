#include "server/adapters/beast/response_text.hpp"

#include <array>
#include <ctime>

#include "core/base/json.hpp"

namespace syncstore::adapters {
namespace {

std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 40> text{};
  const std::size_t size =
      std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), size};
}

std::string without_line_breaks(std::string_view text) {
  std::string out(text);
  std::erase_if(out, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
  return out;
}

}  // namespace

bool bodiless(int status) { return status == 204 || status == 304 || status < 200; }

std::size_t body_size(const ports::HttpResponse& response) {
  return response.shared_body ? response.shared_body->size() : response.body.size();
}

std::string response_head(const ports::HttpResponse& response, AfterResponse after) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  head += status_phrase(response.status);
  head += "\r\nDate: " + http_date() + "\r\n";
  for (const auto& [name, value] : response.headers)
    head += without_line_breaks(name) + ": " + without_line_breaks(value) + "\r\n";
  if (!bodiless(response.status))
    head += "Content-Length: " + std::to_string(body_size(response)) + "\r\n";
  if (after == AfterResponse::close)
    head += "Connection: close\r\n";
  if (after == AfterResponse::keep_old)
    head += "Connection: keep-alive\r\n";
  head += "\r\n";
  return head;
}

ports::HttpResponse refusal_response(const GateRefusal& refusal) {
  const std::string detail =
      refusal.detail.empty() ? std::string(error_sentence(refusal.code)) : refusal.detail;
  Json body = Json::object();
  body.set("type", "about:blank")
      .set("title", status_phrase(refusal.status))
      .set("status", refusal.status)
      .set("detail", detail)
      .set("code", error_name(refusal.code))
      .set("success", false);
  ports::HttpResponse response;
  response.status = refusal.status;
  response.headers = {{"Content-Type", "application/problem+json"},
                      {"Cache-Control", "no-store"},
                      {"X-Content-Type-Options", "nosniff"}};
  if (refusal.status == 405)
    response.headers.emplace_back("Allow", kAllowedMethods);
  response.body = body.dump();
  response.close = true;
  return response;
}

std::string_view status_phrase(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 101:
      return "Switching Protocols";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 426:
      return "Upgrade Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    case 507:
      return "Insufficient Storage";
    default:
      return "Status";
  }
}

}  // namespace syncstore::adapters
