#include "server/http/api.hpp"

#include <algorithm>

#include "core/base/digest.hpp"
#include "core/base/limits.hpp"
#include "core/base/text.hpp"
#include "server/http/checked_sink.hpp"
#include "server/http/hex.hpp"

namespace syncstore::http {
namespace {

std::uint64_t seed_of(ports::Random& random) {
  const std::string bytes = random.bytes(8);
  return xxh64(bytes);
}

bool is_json_type(std::string_view type) {
  const std::string folded = fold_case(type.substr(0, type.find(';')));
  const std::string trimmed = normalise_line(folded);
  return trimmed == "application/json" || trimmed == "text/json" || trimmed.ends_with("+json");
}

// Any array or object of it; the parser bounds how deep they lie.
bool is_too_wide(const Json& json) {
  return json.size() > limits::kJsonItems ||
         std::any_of(json.items().begin(), json.items().end(), is_too_wide) ||
         std::any_of(json.members().begin(), json.members().end(),
                     [](const auto& member) { return is_too_wide(member.second); });
}

// Nothing that comes in is unpacked: what a few bytes would become cannot be bounded by what came.
bool check_coding(const Context& context, HttpResponse& refusal) {
  const std::string* coding = context.header("content-encoding");
  if (context.route->body == BodyKind::none || coding == nullptr || coding->empty() ||
      fold_case(*coding) == "identity") {
    return true;
  }
  refusal = problem(
      fail(ErrorCode::unsupported_media, "Send the body as it is, without Content-Encoding."));
  return false;
}

}  // namespace

Api::Api(ApiOptions options, ApiPorts ports)
    : options_(std::move(options)),
      ports_(ports),
      idempotency_(ports.storage, ports.clock),
      requests_(options_.requests_per_minute),
      logins_(options_.requests_per_minute > 0 ? limits::kLoginsPerMinute : 0),
      ids_(seed_of(ports.random)),
      handlers_(routes().size()),
      file_handlers_(routes().size()) {}

void Api::bind(RouteId id, Handler handler) {
  handlers_[static_cast<std::size_t>(id)] = std::move(handler);
}

void Api::bind_file(RouteId id, FileHandler handler) {
  file_handlers_[static_cast<std::size_t>(id)] = std::move(handler);
}

std::vector<std::string_view> Api::unbound() const {
  std::vector<std::string_view> names;
  for (const Route& candidate : routes()) {
    const auto index = static_cast<std::size_t>(candidate.id);
    const bool bound = candidate.body == BodyKind::file ? static_cast<bool>(file_handlers_[index])
                                                        : static_cast<bool>(handlers_[index]);
    if (!bound) {
      names.push_back(candidate.name);
    }
  }
  return names;
}

ports::HttpReply Api::finishing(const ports::HttpRequest& request, std::string_view route_name,
                                ports::HttpReply reply) const {
  const std::string* origin = request.header("origin");
  const bool foreign = origin != nullptr && is_allowed_foreign(*origin);
  return [this, reply = std::move(reply), route_name, method = request.method,
          secure = request.secure, is_api = request.path.starts_with("/api/"),
          cors = foreign ? *origin : std::string(),
          start = ports_.clock.monotonic_us()](HttpResponse response) {
    add_security_headers(response, secure, is_api);
    if (!cors.empty()) {
      set_header(response, "Access-Control-Allow-Origin", cors);
      set_header(response, "Access-Control-Allow-Credentials", "true");
      set_header(response, "Access-Control-Expose-Headers",
                 "ETag, Location, Retry-After, Idempotent-Replay");
      set_header(response, "Cross-Origin-Resource-Policy", "cross-origin");
    }
    set_header(response, "Vary",
               cors.empty() ? "Accept-Encoding, Cookie" : "Accept-Encoding, Cookie, Origin");
    if (observer_) {
      observer_(Answered{route_name, method, response.status, ports_.clock.monotonic_us() - start});
    }
    reply(std::move(response));
  };
}

void Api::handle(ports::HttpRequest request, ports::HttpReply reply) {
  request.secure = request.secure || is_for_secure_public_url(request);
  const RouteMatch match = match_route(request.method, request.path);
  if (match.route == nullptr) {
    ports::HttpReply finish =
        finishing(request, match.allow.empty() ? "static" : "none", std::move(reply));
    answer_unrouted(request, match.allow, std::move(finish));
    return;
  }
  ports::HttpReply finish = finishing(request, match.route->name, std::move(reply));
  HttpResponse refusal;
  std::shared_ptr<Context> context = check(std::move(request), refusal);
  if (context == nullptr || !check_body(*context, refusal)) {
    finish(std::move(refusal));
    return;
  }
  run(std::move(context), std::move(finish));
}

void Api::run(std::shared_ptr<Context> context, ports::HttpReply reply) {
  const Handler& handler = handlers_[static_cast<std::size_t>(context->route->id)];
  if (!handler && context->route->body == BodyKind::file) {
    // Only a request without a body gets this far: begin_body takes the others.
    reply(problem(fail(ErrorCode::unsupported_file,
                       "The file is empty. Send the file as the body of the request.")));
    return;
  }
  if (!handler) {
    reply(problem(fail(ErrorCode::not_implemented)));
    return;
  }
  if (!context->keyed) {
    handler(std::move(context), std::move(reply));
    return;
  }
  const std::string fingerprint =
      base32_text(xxh64(context->request.method + "\n" + context->request.target)) +
      hex_text(ports_.crypto.sha256(context->request.body));
  run_keyed(
      fingerprint, *context,
      [handler, context](ports::HttpReply answer) { handler(context, std::move(answer)); },
      std::move(reply));
}

void Api::run_keyed(const std::string& fingerprint, const Context& context,
                    const std::function<void(ports::HttpReply)>& work, ports::HttpReply reply) {
  const std::string name = key_name(context);
  auto verdict = idempotency_.begin(name, fingerprint);
  if (auto* replay = std::get_if<Idempotency::Replay>(&verdict)) {
    reply(std::move(replay->response));
    return;
  }
  if (auto* refuse = std::get_if<Idempotency::Refuse>(&verdict)) {
    reply(problem(refuse->error));
    return;
  }
  work([this, name, reply = std::move(reply)](HttpResponse response) {
    // Only what was decided is kept: an overloaded or failing server may be asked again.
    if (response.status >= 500 || response.status == 429) {
      idempotency_.forget(name);
      reply(std::move(response));
      return;
    }
    auto kept = std::make_shared<HttpResponse>(std::move(response));
    idempotency_.finish(name, *kept, [kept, reply] { reply(std::move(*kept)); });
  });
}

void Api::begin_body(const ports::HttpRequest& head, SinkAnswer answer) {
  const RouteMatch match = match_route(head.method, head.path);
  if (match.route == nullptr || match.route->body != BodyKind::file) {
    answer(nullptr, false, {});
    return;
  }
  HttpResponse refusal;
  ports::HttpRequest request = head;
  request.secure = request.secure || is_for_secure_public_url(request);
  std::shared_ptr<Context> context = check(std::move(request), refusal);
  const FileHandler& handler = file_handlers_[static_cast<std::size_t>(match.route->id)];
  if (context != nullptr && !handler) {
    refusal = problem(fail(ErrorCode::not_implemented));
    context = nullptr;
  }
  if (context == nullptr) {
    add_security_headers(refusal, head.secure, true);
    answer(nullptr, true, std::move(refusal));
    return;
  }
  handler(context, [this, context, answer = std::move(answer)](
                       std::shared_ptr<ports::BodySink> sink, bool refused, HttpResponse response) {
    if (sink != nullptr) {
      sink = std::make_shared<CheckedSink>(*this, context, std::move(sink));
    }
    add_security_headers(response, context->request.secure, true);
    answer(std::move(sink), refused, std::move(response));
  });
}

std::string Api::key_name(const Context& context) const {
  return context.principal.user_id + ":" + *context.header("idempotency-key");
}

std::shared_ptr<Context> Api::check(ports::HttpRequest request, HttpResponse& refusal) {
  auto context = std::make_shared<Context>();
  RouteMatch match = match_route(request.method, request.path);
  context->request = std::move(request);
  context->route = match.route;
  context->params = std::move(match.params);
  if (draining_ && context->route->rate != RateClass::none) {
    refusal = problem_retry(fail(ErrorCode::unavailable), 5);
    refusal.close = true;
    return nullptr;
  }
  Result<Principal> principal = ports_.gate.authenticate(context->request);
  if (principal.ok()) {
    context->principal = std::move(*principal);
  } else if (context->route->scope != Scope::open) {
    // Wrong credentials are counted by address: they name nobody.
    if (check_rate(*context, refusal)) {
      refusal = problem(principal.error());
    }
    return nullptr;
  }
  if (!check_rate(*context, refusal) || !check_origin(*context, refusal) ||
      !check_access(*context, refusal) || !check_key(*context, refusal) ||
      !check_coding(*context, refusal)) {
    return nullptr;
  }
  return context;
}

bool Api::check_rate(Context& context, HttpResponse& refusal) {
  if (context.route->rate == RateClass::none) {
    return true;
  }
  const std::string name = context.principal.signed_in()
                               ? "user:" + context.principal.user_id
                               : "address:" + context.request.remote_address;
  const int wait = requests_.take(name, ports_.clock.monotonic_us());
  if (wait > 0) {
    refusal = problem_retry(fail(ErrorCode::rate_limited), wait);
    return false;
  }
  return true;
}

int Api::login_wait(std::string_view user, std::string_view address) {
  const std::int64_t now = ports_.clock.monotonic_us();
  const std::string by_name = "name:" + fold_case(user);
  const std::string by_address = "address:" + std::string(address);
  const int wait =
      std::max(logins_.wait_seconds(by_name, now), logins_.wait_seconds(by_address, now));
  if (wait == 0) {
    logins_.take(by_name, now);
    logins_.take(by_address, now);
  }
  return wait;
}

void Api::login_succeeded(std::string_view user, std::string_view address) {
  const std::int64_t now = ports_.clock.monotonic_us();
  logins_.give_back("name:" + fold_case(user), now);
  logins_.give_back("address:" + std::string(address), now);
}

bool Api::check_access(Context& context, HttpResponse& refusal) const {
  const Route& asked = *context.route;
  if (asked.scope == Scope::open) {
    return true;
  }
  if (!context.principal.signed_in()) {
    refusal = problem(fail(ErrorCode::unauthorized));
    return false;
  }
  if (context.principal.kind == Principal::Kind::cookie && is_unsafe(context.request.method)) {
    const std::string* token = context.header("x-csrf-token");
    if (token == nullptr || !ports_.crypto.equal(*token, context.principal.csrf)) {
      refusal = problem(fail(ErrorCode::csrf));
      return false;
    }
  }
  if (asked.scope == Scope::session || asked.scope == Scope::own) {
    return true;
  }
  if (asked.scope == Scope::all) {
    context.role = ports_.gate.role_in(context.principal.user_id, kAllStores);
    if (context.role < asked.least) {
      refusal = problem(fail(ErrorCode::forbidden));
      return false;
    }
    return true;
  }
  const std::string* named = context.query("storeId");
  context.store = std::string(context.param("store"));
  if (context.store.empty() && named != nullptr) {
    context.store = *named;
  }
  if (context.store.empty()) {
    refusal = problem(fail(ErrorCode::required, "Name the store: ?storeId=ID.", "storeId"));
    return false;
  }
  const bool everywhere = asked.scope == Scope::people && context.store == kAllStores;
  const StoreState state = everywhere ? StoreState::active : ports_.gate.store_state(context.store);
  if (state == StoreState::unknown) {
    refusal = problem(fail(ErrorCode::unknown_store));
    return false;
  }
  context.role = ports_.gate.role_in(context.principal.user_id, context.store);
  if (context.role == model::Role::none) {
    refusal = problem(fail(ErrorCode::forbidden_store));
    return false;
  }
  if (context.role < asked.least) {
    refusal = problem(fail(ErrorCode::forbidden));
    return false;
  }
  if (state == StoreState::inactive && !asked.inactive_ok) {
    refusal = problem(fail(ErrorCode::inactive_store));
    return false;
  }
  return true;
}

bool Api::check_body(Context& context, HttpResponse& refusal) const {
  if (context.route->body != BodyKind::json) {
    return true;
  }
  const std::string* type = context.header("content-type");
  if (type != nullptr && !is_json_type(*type)) {
    refusal =
        problem(fail(ErrorCode::unsupported_media, "Send JSON: Content-Type: application/json."));
    return false;
  }
  Result<Json> body = Json::parse(context.request.body, limits::kMessageBytes);
  if (!body.ok()) {
    refusal = problem(body.error());
    return false;
  }
  if (is_too_wide(*body)) {
    refusal = problem(
        fail(ErrorCode::too_large, "The JSON has an array or object of more than 10,000 entries."));
    return false;
  }
  if (!body->is(Json::Kind::object)) {
    refusal = problem(fail(ErrorCode::wrong_type, "Send a JSON object.", "body"));
    return false;
  }
  context.body = std::move(*body);
  return true;
}

bool Api::check_key(Context& context, HttpResponse& refusal) {
  const std::string* key = context.header("idempotency-key");
  if (key != nullptr && context.route->id == RouteId::tokens_create) {
    // The answer holds a secret and is never kept: repeating it would make a second token.
    refusal = problem(fail(ErrorCode::invalid,
                           "A new token is shown once and cannot be repeated. Send this request "
                           "without an Idempotency-Key.",
                           "Idempotency-Key"));
    return false;
  }
  if (key == nullptr || !is_unsafe(context.request.method) || !context.route->idempotent) {
    context.mutation = ids_.next_uuid(ports_.clock.now());
    return true;
  }
  const bool printable =
      std::all_of(key->begin(), key->end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (key->empty() || key->size() > limits::kIdempotencyKeyBytes || !printable) {
    refusal = problem(fail(ErrorCode::invalid,
                           "An Idempotency-Key has 1 to 64 printable ASCII characters.",
                           "Idempotency-Key"));
    return false;
  }
  context.keyed = true;
  if (const std::optional<Uuid> id = Uuid::parse(*key); id && !id->is_nil()) {
    context.mutation = *id;
    return true;
  }
  const std::string digest = ports_.crypto.sha256(key_name(context));
  std::copy_n(digest.begin(), context.mutation.bytes.size(), context.mutation.bytes.begin());
  return true;
}

}  // namespace syncstore::http
