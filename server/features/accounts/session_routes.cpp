#include "server/features/accounts/session_routes.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "core/base/text.hpp"
#include "core/model/validate.hpp"
#include "server/http/answer.hpp"

namespace syncstore::accounts {

using http::ContextPtr;
using http::problem;
using ports::HttpReply;
using ports::HttpResponse;

// Handlers of one Accounts; shared by the bindings. Nested names of Accounts are reached as its
// friend.
class SessionRoutes : public std::enable_shared_from_this<SessionRoutes> {
 public:
  SessionRoutes(Accounts& accounts, http::Api& api) : accounts_(accounts), api_(api) {}
  void bind();

 private:
  Json describe(const User& user, const Credential* credential) const;
  HttpResponse signed_in(const http::Context& context, const Issued& issued) const;
  void sign_in(const ContextPtr& context, const HttpReply& reply);
  void sign_out(const ContextPtr& context, const HttpReply& reply);
  void change_password(const ContextPtr& context, const HttpReply& reply);
  void setup(const ContextPtr& context, const HttpReply& reply);
  void list_tokens(const ContextPtr& context, const HttpReply& reply);
  void create_token(const ContextPtr& context, const HttpReply& reply);
  void delete_token(const ContextPtr& context, const HttpReply& reply);

  Accounts& accounts_;
  http::Api& api_;
};

namespace {

std::string cookie(bool secure, std::string_view secret, long max_age_s) {
  return std::string(session_cookie_name(secure)) + "=" + std::string(secret) +
         "; Path=/; HttpOnly; SameSite=Lax; Max-Age=" + std::to_string(max_age_s) +
         (secure ? "; Secure" : "");
}

Json token_json(const Credential& credential) {
  Json json = Json::object();
  json.set("id", credential.id.substr(0, 16));
  json.set("label", credential.label);
  json.set("createdAt", model::format_iso8601(credential.created_at));
  json.set("usedAt", model::format_iso8601(credential.used_at));
  json.set("expiresAt", model::format_iso8601(credential.expires_at));
  return json;
}

}  // namespace

Json SessionRoutes::describe(const User& user, const Credential* credential) const {
  Json who = Json::object();
  who.set("id", user.id);
  who.set("name", user.name);
  who.set("role", model::role_name(user.role_in(http::kAllStores)));
  Json stores = Json::array();
  if (accounts_.directory_.list) {
    for (const Accounts::StoreName& store : accounts_.directory_.list()) {
      const model::Role role = user.role_in(store.id);
      if (role == model::Role::none) {
        continue;
      }
      Json entry = Json::object();
      entry.set("id", store.id);
      entry.set("name", store.name);
      entry.set("role", model::role_name(role));
      entry.set("currency", store.currency);
      entry.set("currency_symbol", store.currency_symbol);
      entry.set("is_active", store.active);
      stores.push(std::move(entry));
    }
  }
  Json data = Json::object();
  data.set("user", std::move(who));
  data.set("csrf",
           credential == nullptr || credential->csrf.empty() ? Json() : Json(credential->csrf));
  data.set("expiresAt",
           credential == nullptr ? Json() : Json(model::format_iso8601(credential->expires_at)));
  data.set("stores", std::move(stores));
  data.set("pictureBase", accounts_.picture_base());
  return data;
}

HttpResponse SessionRoutes::signed_in(const http::Context& context, const Issued& issued) const {
  const User* user = accounts_.find_user(issued.credential.user);
  HttpResponse response = http::success(describe(*user, &issued.credential));
  http::set_header(
      response, "Set-Cookie",
      cookie(context.request.secure, issued.secret, limits::kSessionAbsoluteHours * 3'600L));
  return response;
}

void SessionRoutes::sign_in(const ContextPtr& context, const HttpReply& reply) {
  if (const Status known = only_known_members(context->body, {"user", "password"}); !known.ok()) {
    reply(problem(known.error()));
    return;
  }
  const Result<std::string> name = read_string(context->body, "user");
  const Result<std::string> password = read_string(context->body, "password");
  if (!name.ok() || !password.ok()) {
    reply(problem(name.ok() ? password.error() : name.error()));
    return;
  }
  if (password->size() > limits::kPasswordMax || name->size() > limits::kPasswordMax) {
    reply(problem(fail(ErrorCode::bad_credentials)));
    return;
  }
  const std::string address = context->request.remote_address;
  if (const int wait = api_.login_wait(*name, address); wait > 0) {
    reply(http::problem_retry(
        fail(ErrorCode::rate_limited, "Too many tries. Wait before the next one."), wait));
    return;
  }
  const std::string former = context->principal.kind == http::Principal::Kind::cookie
                                 ? context->principal.credential
                                 : std::string();
  accounts_.sign_in(*name, *password,
                    [self = shared_from_this(), context, reply, former, name = *name,
                     address](Result<Issued> issued) {
                      if (!issued.ok()) {
                        reply(problem(issued.error()));
                        return;
                      }
                      self->api_.login_succeeded(name, address);
                      if (former.empty()) {
                        reply(self->signed_in(*context, *issued));
                        return;
                      }
                      // The browser's former session ends: its cookie is being replaced.
                      self->accounts_.end_credentials(
                          {former}, context->principal.user_id,
                          [self, context, reply, issued = *issued](const Status&) {
                            reply(self->signed_in(*context, issued));
                          });
                    });
}

void SessionRoutes::sign_out(const ContextPtr& context, const HttpReply& reply) {
  accounts_.end_credentials({context->principal.credential}, context->principal.user_id,
                            [context, reply](const Status& status) {
                              if (!status.ok()) {
                                reply(problem(status.error()));
                                return;
                              }
                              HttpResponse response = http::no_content();
                              http::set_header(response, "Set-Cookie",
                                               cookie(context->request.secure, "", 0));
                              reply(std::move(response));
                            });
}

void SessionRoutes::change_password(const ContextPtr& context, const HttpReply& reply) {
  const Status known = only_known_members(context->body, {"current", "password"});
  const Result<std::string> current = read_string(context->body, "current");
  const Result<std::string> password = read_string(context->body, "password");
  if (!known.ok() || !current.ok() || !password.ok()) {
    reply(problem(!known.ok()     ? known.error()
                  : !current.ok() ? current.error()
                                  : password.error()));
    return;
  }
  const User* user = accounts_.find_user(context->principal.user_id);
  const std::string address = context->request.remote_address;
  if (const int wait = api_.login_wait(user->name, address); wait > 0) {
    reply(http::problem_retry(fail(ErrorCode::rate_limited), wait));
    return;
  }
  accounts_.verify_password(
      *current, user->password,
      [self = shared_from_this(), context, reply, password = *password, name = user->name,
       address](Result<bool> right) {
        if (!right.ok() || !*right) {
          reply(problem(right.ok() ? fail(ErrorCode::bad_credentials,
                                          "The present password is wrong.", "current")
                                   : right.error()));
          return;
        }
        self->api_.login_succeeded(name, address);
        self->accounts_.change_password(
            context->principal.user_id, password, context->principal.credential,
            [reply](const Status& status) {
              reply(status.ok() ? http::no_content() : problem(status.error()));
            });
      });
}

void SessionRoutes::setup(const ContextPtr& context, const HttpReply& reply) {
  const Status known = only_known_members(context->body, {"token", "name", "user", "password"});
  const Result<std::string> token = read_string(context->body, "token");
  const Result<std::string> name =
      read_string(context->body, context->body.find("name") != nullptr ? "name" : "user");
  const Result<std::string> password = read_string(context->body, "password");
  if (!known.ok() || !token.ok() || !name.ok() || !password.ok()) {
    reply(problem(!known.ok()   ? known.error()
                  : !token.ok() ? token.error()
                  : !name.ok()  ? name.error()
                                : password.error()));
    return;
  }
  if (!accounts_.needs_setup()) {
    reply(problem(fail(ErrorCode::setup_done)));
    return;
  }
  const int wait = api_.login_wait("setup", context->request.remote_address);
  if (wait > 0) {
    reply(http::problem_retry(fail(ErrorCode::rate_limited), wait));
    return;
  }
  if (!accounts_.ports_.crypto.equal(*token, accounts_.setup_token_)) {
    reply(problem(fail(ErrorCode::bad_token)));
    return;
  }
  api_.login_succeeded("setup", context->request.remote_address);
  accounts_.add_user(NewUser{*name, *password, model::Role::admin, std::string(http::kAllStores)},
                     [self = shared_from_this(), context, reply](Result<std::string> id) {
                       const User* user = id.ok() ? self->accounts_.find_user(*id) : nullptr;
                       if (user == nullptr) {
                         reply(problem(id.ok() ? fail(ErrorCode::internal) : id.error()));
                         return;
                       }
                       const TimeMs expires = self->accounts_.ports_.clock.now() +
                                              limits::kSessionAbsoluteHours * 3'600'000LL;
                       self->accounts_.issue(Credential::Kind::session, *user, {}, expires,
                                             [self, context, reply](Result<Issued> issued) {
                                               HttpResponse response =
                                                   issued.ok() ? self->signed_in(*context, *issued)
                                                               : problem(issued.error());
                                               if (issued.ok()) {
                                                 response.status = 201;
                                               }
                                               reply(std::move(response));
                                             });
                     });
}

void SessionRoutes::list_tokens(const ContextPtr& context, const HttpReply& reply) {
  std::vector<const Credential*> tokens;
  for (const std::string& id : accounts_.credentials_of(context->principal.user_id)) {
    const Credential& credential = accounts_.credentials_.at(id);
    if (credential.kind == Credential::Kind::token) {
      tokens.push_back(&credential);
    }
  }
  std::sort(tokens.begin(), tokens.end(), [](const Credential* a, const Credential* b) {
    return a->created_at != b->created_at ? a->created_at > b->created_at : a->id < b->id;
  });
  Json list = Json::array();
  for (const Credential* token : tokens) {
    list.push(token_json(*token));
  }
  reply(http::success(std::move(list)));
}

void SessionRoutes::create_token(const ContextPtr& context, const HttpReply& reply) {
  const Status known = only_known_members(context->body, {"label", "days"});
  Result<std::string> label = context->body.find("label") == nullptr
                                  ? Result<std::string>(std::string())
                                  : read_string(context->body, "label");
  Result<std::int64_t> days = context->body.find("days") == nullptr
                                  ? Result<std::int64_t>(std::int64_t{limits::kTokenDaysDefault})
                                  : read_integer(context->body, "days");
  if (!known.ok() || !label.ok() || !days.ok()) {
    reply(problem(!known.ok() ? known.error() : !label.ok() ? label.error() : days.error()));
    return;
  }
  if (label->size() > limits::kTokenLabelBytes) {
    reply(problem(fail(ErrorCode::too_long, {}, "label")));
    return;
  }
  if (*days < 1 || *days > limits::kTokenDaysMax) {
    reply(problem(fail(ErrorCode::out_of_range, "A token lives 1 to 366 days.", "days")));
    return;
  }
  accounts_.create_token(context->principal.user_name, static_cast<int>(*days), *label,
                         [reply](Result<Issued> issued) {
                           if (!issued.ok()) {
                             reply(problem(issued.error()));
                             return;
                           }
                           Json data = token_json(issued->credential);
                           data.set("token", issued->secret);
                           reply(http::success(std::move(data), {}, 201));
                         });
}

void SessionRoutes::delete_token(const ContextPtr& context, const HttpReply& reply) {
  const std::string id(context->param("id"));
  for (const std::string& known : accounts_.credentials_of(context->principal.user_id)) {
    const Credential& credential = accounts_.credentials_.at(known);
    if (id.size() >= 16 && known.starts_with(id) && credential.kind == Credential::Kind::token) {
      accounts_.end_credentials({known}, context->principal.user_id, [reply](const Status& status) {
        reply(status.ok() ? http::no_content() : problem(status.error()));
      });
      return;
    }
  }
  reply(problem(fail(ErrorCode::unknown_record, "There is no such token.")));
}

void SessionRoutes::bind() {
  using http::RouteId;
  const auto self = shared_from_this();
  const auto to = [this, self](RouteId id, void (SessionRoutes::*handler)(const ContextPtr&,
                                                                          const HttpReply&)) {
    api_.bind(id, [self, handler](const ContextPtr& context, const HttpReply& reply) {
      ((*self).*handler)(context, reply);
    });
  };
  to(RouteId::session_create, &SessionRoutes::sign_in);
  to(RouteId::session_delete, &SessionRoutes::sign_out);
  to(RouteId::session_password, &SessionRoutes::change_password);
  to(RouteId::setup_create, &SessionRoutes::setup);
  to(RouteId::tokens_list, &SessionRoutes::list_tokens);
  to(RouteId::tokens_create, &SessionRoutes::create_token);
  to(RouteId::tokens_delete, &SessionRoutes::delete_token);
  api_.bind(RouteId::session_get, [self](const ContextPtr& context, const HttpReply& reply) {
    const User* user = self->accounts_.find_user(context->principal.user_id);
    reply(http::success(
        self->describe(*user, &self->accounts_.credentials_.at(context->principal.credential))));
  });
  api_.bind(RouteId::session_ticket, [self](const ContextPtr& context, const HttpReply& reply) {
    std::string ticket = self->accounts_.issue_ticket(context->principal);
    if (ticket.empty()) {
      reply(problem(fail(ErrorCode::unavailable)));
      return;
    }
    Json data = Json::object();
    data.set("ticket", ticket);
    data.set("expiresInSeconds", limits::kTicketSeconds);
    reply(http::success(std::move(data), {{"ticket", Json(ticket)}}));
  });
  api_.bind(RouteId::setup_get, [self](const ContextPtr&, const HttpReply& reply) {
    Json data = Json::object();
    data.set("needed", self->accounts_.needs_setup());
    reply(http::success(std::move(data)));
  });
}

void bind_session_routes(Accounts& accounts, http::Api& api) {
  std::make_shared<SessionRoutes>(accounts, api)->bind();
}

}  // namespace syncstore::accounts
