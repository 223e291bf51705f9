// What is no route: static files, the application's page, preflights, wrong methods; and the
// headers of every answer.
#include <algorithm>

#include "core/base/text.hpp"
#include "server/http/api.hpp"

namespace syncstore::http {
namespace {

// The WebAssembly core needs 'wasm-unsafe-eval'; product pictures may be anywhere on https. Widths
// that people drag are set by script on the element, which needs no inline styles.
constexpr std::string_view kPolicy =
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; "
    "style-src 'self'; img-src 'self' https:; font-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'";

std::string origin_of_url(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) {
    return {};
  }
  return fold_case(url.substr(0, url.find('/', scheme + 3)));
}

// "http://host:80" and "http://host" are the same origin.
std::string without_default_port(std::string origin) {
  if (origin.starts_with("http://") && origin.ends_with(":80")) {
    origin.resize(origin.size() - 3);
  } else if (origin.starts_with("https://") && origin.ends_with(":443")) {
    origin.resize(origin.size() - 4);
  }
  return origin;
}

bool has_extension(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  const std::size_t slash = path.rfind('/');
  return dot != std::string_view::npos && (slash == std::string_view::npos || dot > slash);
}

}  // namespace

void add_security_headers(HttpResponse& response, bool secure, bool is_api) {
  const auto add = [&response](std::string_view name, std::string_view value) {
    if (find_header(response, name) == nullptr) {
      response.headers.emplace_back(name, value);
    }
  };
  add("Content-Security-Policy", kPolicy);
  add("X-Content-Type-Options", "nosniff");
  add("X-Frame-Options", "DENY");
  add("Referrer-Policy", "no-referrer");
  add("Cross-Origin-Opener-Policy", "same-origin");
  add("Cross-Origin-Embedder-Policy", "credentialless");
  add("Cross-Origin-Resource-Policy", "same-origin");
  add("Permissions-Policy", "camera=(), microphone=(), geolocation=()");
  if (secure) {
    add("Strict-Transport-Security", "max-age=31536000");
  }
  // no-cache lets a client keep an answer with an ETag and ask whether it still holds.
  const bool has_etag = find_header(response, "ETag") != nullptr;
  add("Cache-Control", is_api && !has_etag ? "no-store" : "private, no-cache");
}

bool Api::is_allowed_foreign(std::string_view origin) const {
  const std::string given = without_default_port(fold_case(origin));
  return std::any_of(options_.allowed_origins.begin(), options_.allowed_origins.end(),
                     [&given](const std::string& allowed) {
                       return without_default_port(origin_of_url(allowed)) == given;
                     });
}

bool Api::is_for_secure_public_url(const ports::HttpRequest& request) const {
  const std::string* host = request.header("host");
  return host != nullptr && options_.public_url.starts_with("https://") &&
         without_default_port("https://" + fold_case(*host)) ==
             without_default_port(origin_of_url(options_.public_url));
}

bool Api::origin_allowed(const ports::HttpRequest& request) const {
  const std::string* origin = request.header("origin");
  if (origin == nullptr) {
    // A browser that leaves Origin out still says where the request comes from.
    const std::string* site = request.header("sec-fetch-site");
    return site == nullptr || *site == "same-origin" || *site == "none" || *site == "same-site";
  }
  const std::string given = without_default_port(fold_case(*origin));
  if (const std::string* host = request.header("host")) {
    const std::string own = (request.secure ? "https://" : "http://") + fold_case(*host);
    if (given == without_default_port(own)) {
      return true;
    }
  }
  if (!options_.public_url.empty() &&
      given == without_default_port(origin_of_url(options_.public_url))) {
    return true;
  }
  return is_allowed_foreign(*origin);
}

bool Api::check_origin(const Context& context, HttpResponse& refusal) const {
  if (is_unsafe(context.request.method) && !origin_allowed(context.request)) {
    refusal = problem(fail(ErrorCode::origin));
    return false;
  }
  return true;
}

HttpResponse Api::preflight(const ports::HttpRequest& request, const std::string& allow) const {
  HttpResponse response = no_content();
  set_header(response, "Allow", allow + ", OPTIONS");
  const std::string* origin = request.header("origin");
  if (origin != nullptr && is_allowed_foreign(*origin)) {
    set_header(response, "Access-Control-Allow-Methods", allow);
    set_header(
        response, "Access-Control-Allow-Headers",
        "Authorization, Content-Type, X-CSRF-Token, Idempotency-Key, Base-Version, If-Match, "
        "If-None-Match");
    set_header(response, "Access-Control-Max-Age", "600");
  }
  return response;
}

void Api::answer_unrouted(const ports::HttpRequest& request, const std::string& allow,
                          ports::HttpReply reply) const {
  if (!allow.empty()) {
    if (request.method == "OPTIONS") {
      reply(preflight(request, allow));
      return;
    }
    HttpResponse response = problem(fail(ErrorCode::method_not_allowed));
    set_header(response, "Allow", allow + ", OPTIONS");
    reply(std::move(response));
    return;
  }
  if (request.path == "/api" || request.path.starts_with("/api/")) {
    reply(problem(fail(ErrorCode::not_found)));
    return;
  }
  if (request.method == "OPTIONS") {
    reply(preflight(request, "GET, HEAD"));
    return;
  }
  if (request.method != "GET" && request.method != "HEAD") {
    HttpResponse response = problem(fail(ErrorCode::method_not_allowed));
    set_header(response, "Allow", "GET, HEAD, OPTIONS");
    reply(std::move(response));
    return;
  }
  reply(static_answer(request));
}

HttpResponse Api::static_answer(const ports::HttpRequest& request) const {
  const std::string* accepted = request.header("accept-encoding");
  const std::string_view encodings = accepted == nullptr ? std::string_view{} : *accepted;
  std::optional<ports::StaticFile> file;
  if (ports_.files != nullptr) {
    file = ports_.files->find(request.path, encodings);
    // Every address without an extension is a screen of the application.
    if (!file && !has_extension(request.path)) {
      file = ports_.files->find("/index.html", encodings);
    }
  }
  if (!file) {
    return problem(fail(ErrorCode::not_found));
  }
  const std::string caching = file->immutable ? "public, max-age=31536000, immutable" : "no-cache";
  const std::string* known = request.header("if-none-match");
  if (known != nullptr && etag_matches(*known, file->etag)) {
    HttpResponse response = not_modified(file->etag);
    set_header(response, "Cache-Control", caching);
    return response;
  }
  HttpResponse response;
  response.shared_body = file->body;
  response.headers.emplace_back("Content-Type", file->content_type);
  if (!file->content_encoding.empty()) {
    response.headers.emplace_back("Content-Encoding", file->content_encoding);
  }
  response.headers.emplace_back("ETag", file->etag);
  response.headers.emplace_back("Cache-Control", caching);
  return response;
}

}  // namespace syncstore::http
