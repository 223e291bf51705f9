// Api: the HTTP face of the server. Owns the bindings of the route table to handlers, and every
// check before a handler runs: routing, credentials, rate limits, Origin, CSRF token, store and
// role, content type, JSON, Idempotency-Key. After it, the headers that every answer carries.
// Everything that is no route is a static file or the application's page. Engine executor only.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/http/context.hpp"
#include "server/http/idempotency.hpp"
#include "server/http/rate_limit.hpp"
#include "server/ports/crypto.hpp"
#include "server/ports/static_files.hpp"

namespace syncstore::http {

struct ApiOptions {
  std::string public_url;  // "" = the Host header decides what is our own origin
  std::vector<std::string> allowed_origins;
  int requests_per_minute = 100;  // per user; 0 = no limits at all, sign-in tries included
};

// What the observer hears of each answered request (metrics, log).
struct Answered {
  std::string_view route;  // name of the route, "static" or "none"
  std::string_view method;
  int status = 0;
  std::int64_t took_us = 0;
};

struct ApiPorts {
  Gate& gate;
  ports::Storage& storage;
  const ports::Crypto& crypto;
  const ports::Clock& clock;
  ports::Random& random;
  const ports::StaticFiles* files = nullptr;  // nullptr: no web application
};

class Api : public ports::HttpHandler {
 public:
  Api(ApiOptions options, ApiPorts ports);

  void bind(RouteId id, Handler handler);
  void bind_file(RouteId id, FileHandler handler);
  std::vector<std::string_view> unbound()
      const;  // names of routes without a handler: none in a complete server
  void load(std::function<void(Status)> done) { idempotency_.load(std::move(done)); }
  void set_observer(std::function<void(const Answered&)> observer) {
    observer_ = std::move(observer);
  }
  // While draining every request but health and ready is answered 503.
  void set_draining(bool draining) { draining_ = draining; }

  void handle(ports::HttpRequest request, ports::HttpReply reply) override;
  void begin_body(const ports::HttpRequest& head, SinkAnswer answer) override;

  // Whether a browser page of the Origin in this request may act here; true when there is no
  // Origin. For the socket's upgrade too.
  bool origin_allowed(const ports::HttpRequest& request) const;
  // Sign-in tries per name and per address: seconds to wait, 0 = may try (and is counted until
  // login_succeeded).
  int login_wait(std::string_view user, std::string_view address);
  void login_succeeded(std::string_view user, std::string_view address);

 private:
  struct Checked;
  ports::HttpReply finishing(const ports::HttpRequest& request, std::string_view route,
                             ports::HttpReply reply) const;
  // Fills the context or answers with a problem.
  std::shared_ptr<Context> check(ports::HttpRequest request, HttpResponse& refusal);
  bool check_rate(Context& context, HttpResponse& refusal);
  bool check_origin(const Context& context, HttpResponse& refusal) const;
  bool check_access(Context& context, HttpResponse& refusal) const;
  bool check_body(Context& context, HttpResponse& refusal) const;
  bool check_key(Context& context, HttpResponse& refusal);
  void run(std::shared_ptr<Context> context, ports::HttpReply reply);
  void run_keyed(const std::string& fingerprint, const Context& context,
                 const std::function<void(ports::HttpReply)>& work, ports::HttpReply reply);
  void answer_unrouted(const ports::HttpRequest& request, const std::string& allow,
                       ports::HttpReply reply) const;
  HttpResponse static_answer(const ports::HttpRequest& request) const;
  HttpResponse preflight(const ports::HttpRequest& request, const std::string& allow) const;
  std::string key_name(const Context& context) const;
  bool is_allowed_foreign(std::string_view origin) const;
  // A proxy that ends TLS may leave out X-Forwarded-Proto: the public address says it as well.
  bool is_for_secure_public_url(const ports::HttpRequest& request) const;

  friend class CheckedSink;

  ApiOptions options_;
  ApiPorts ports_;
  Idempotency idempotency_;
  RateLimit requests_;
  RateLimit logins_;
  IdSource ids_;
  std::vector<Handler> handlers_;
  std::vector<FileHandler> file_handlers_;
  std::function<void(const Answered&)> observer_;
  bool draining_ = false;
};

// The headers that every answer of the program carries, also those the adapter makes itself.
void add_security_headers(HttpResponse& response, bool secure, bool is_api);

}  // namespace syncstore::http
