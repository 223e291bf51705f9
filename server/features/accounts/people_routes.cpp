#include "server/features/accounts/people_routes.hpp"

#include "core/base/text.hpp"
#include "core/model/validate.hpp"
#include "server/http/answer.hpp"

namespace syncstore::accounts {

using http::ContextPtr;
using http::problem;
using ports::HttpReply;

class PeopleRoutes : public std::enable_shared_from_this<PeopleRoutes> {
 public:
  PeopleRoutes(Accounts& accounts, http::Api& api) : accounts_(accounts), api_(api) {}
  void bind();

 private:
  using Step = std::function<void(std::function<void(Status)>)>;
  Json describe(const User& user, std::string_view store) const;
  // An admin of one store may decide over a whole account only when every grant of it is in that
  // admin's own stores.
  bool may_manage_account(const http::Context& context, const User& user) const;
  const User* member(const http::Context& context) const;
  void list(const ContextPtr& context, const HttpReply& reply) const;
  void create(const ContextPtr& context, const HttpReply& reply);
  void change(const ContextPtr& context, const HttpReply& reply);
  void remove(const ContextPtr& context, const HttpReply& reply);
  static void run(std::shared_ptr<std::vector<Step>> steps, std::function<void(Status)> done);

  Accounts& accounts_;
  http::Api& api_;
};

namespace {

Result<model::Role> read_role(const Json& body) {
  SS_ASSIGN_OR_RETURN(const std::string text, read_string(body, "role"));
  const model::Role role = model::role_from_name(text);
  if (role == model::Role::none) {
    return fail(ErrorCode::invalid, "The role is admin, editor or viewer.", "role");
  }
  return role;
}

}  // namespace

Json PeopleRoutes::describe(const User& user, std::string_view store) const {
  Json json = Json::object();
  json.set("id", user.id);
  json.set("name", user.name);
  // A disabled person keeps the grant; what it would be is shown.
  User enabled = user;
  enabled.disabled = false;
  json.set("role", model::role_name(enabled.role_in(store)));
  json.set("allStores", user.grants.contains("*"));
  json.set("disabled", user.disabled);
  json.set("createdAt", model::format_iso8601(user.created_at));
  json.set("lastSeenAt",
           user.last_seen_at == 0 ? Json() : Json(model::format_iso8601(user.last_seen_at)));
  return json;
}

const User* PeopleRoutes::member(const http::Context& context) const {
  const User* user = accounts_.find_user(context.param("id"));
  if (user == nullptr) {
    return nullptr;
  }
  User enabled = *user;
  enabled.disabled = false;
  return enabled.role_in(context.store) == model::Role::none ? nullptr : user;
}

bool PeopleRoutes::may_manage_account(const http::Context& context, const User& user) const {
  for (const auto& [store, role] : user.grants) {
    if (accounts_.role_in(context.principal.user_id, store) != model::Role::admin) {
      return false;
    }
  }
  return true;
}

void PeopleRoutes::list(const ContextPtr& context, const HttpReply& reply) const {
  Json data = Json::array();
  for (const User* user : accounts_.list_users()) {
    User enabled = *user;
    enabled.disabled = false;
    if (enabled.role_in(context->store) != model::Role::none) {
      data.push(describe(*user, context->store));
    }
  }
  reply(http::success(std::move(data)));
}

void PeopleRoutes::create(const ContextPtr& context, const HttpReply& reply) {
  const Status known = only_known_members(context->body, {"name", "password", "role"});
  const Result<std::string> name = read_string(context->body, "name");
  const Result<model::Role> role = read_role(context->body);
  if (!known.ok() || !name.ok() || !role.ok()) {
    reply(problem(!known.ok() ? known.error() : !name.ok() ? name.error() : role.error()));
    return;
  }
  const auto created = [self = shared_from_this(), context, reply](Result<std::string> id) {
    const User* user = id.ok() ? self->accounts_.find_user(*id) : nullptr;
    if (user == nullptr) {
      reply(problem(id.ok() ? fail(ErrorCode::internal) : id.error()));
      return;
    }
    ports::HttpResponse response = http::success(self->describe(*user, context->store), {}, 201);
    http::set_header(response, "Location",
                     "/api/people/" + user->id + "?storeId=" + context->store);
    reply(std::move(response));
  };
  const User* existing = accounts_.find_by_name(*name);
  if (existing == nullptr) {
    const Result<std::string> password = read_string(context->body, "password");
    if (!password.ok()) {
      reply(problem(password.error()));
      return;
    }
    accounts_.add_user(NewUser{normalise_line(*name), *password, *role, context->store}, created);
    return;
  }
  // Somebody who has an account already gets access; their password stays theirs.
  User enabled = *existing;
  enabled.disabled = false;
  if (context->body.find("password") != nullptr ||
      enabled.role_in(context->store) != model::Role::none) {
    reply(problem(fail(ErrorCode::already_exists, "There is a user of this name.", "name")));
    return;
  }
  const std::string id = existing->id;
  accounts_.grant_by_id(id, context->store, *role, [created, id](const Status& status) {
    created(status.ok() ? Result<std::string>(id) : Result<std::string>(status.error()));
  });
}

// Steps one after the other; the first failure ends it.
void PeopleRoutes::run(std::shared_ptr<std::vector<Step>> steps, std::function<void(Status)> done) {
  if (steps->empty()) {
    done({});
    return;
  }
  const Step step = std::move(steps->front());
  steps->erase(steps->begin());
  step([steps, done](const Status& status) {
    if (status.ok()) {
      run(steps, done);
    } else {
      done(status);
    }
  });
}

void PeopleRoutes::change(const ContextPtr& context, const HttpReply& reply) {
  const User* user = member(*context);
  if (user == nullptr) {
    reply(problem(fail(ErrorCode::unknown_record, "There is no such person in this store.")));
    return;
  }
  if (const Status known = only_known_members(context->body, {"role", "disabled", "password"});
      !known.ok()) {
    reply(problem(known.error()));
    return;
  }
  const auto steps = std::make_shared<std::vector<Step>>();
  const std::string id = user->id;
  const auto self = shared_from_this();
  const bool account =
      context->body.find("disabled") != nullptr || context->body.find("password") != nullptr;
  if (account && !may_manage_account(*context, *user)) {
    reply(problem(
        fail(ErrorCode::forbidden,
             "This person has access to stores that are not yours: ask an admin of all stores.")));
    return;
  }
  if (context->body.find("role") != nullptr) {
    const Result<model::Role> role = read_role(context->body);
    if (!role.ok()) {
      reply(problem(role.error()));
      return;
    }
    if (!user->grants.contains(context->store)) {
      reply(problem(fail(ErrorCode::wrong_state,
                         "This role holds for all stores: change it with storeId=*.", "role")));
      return;
    }
    steps->push_back(
        [self, id, store = context->store, role = *role](std::function<void(Status)> done) {
          self->accounts_.grant_by_id(id, store, role, std::move(done));
        });
  }
  if (context->body.find("password") != nullptr) {
    const Result<std::string> password = read_string(context->body, "password");
    if (!password.ok()) {
      reply(problem(password.error()));
      return;
    }
    if (const Status valid = check_password(*password, user->name); !valid.ok()) {
      reply(problem(valid.error()));
      return;
    }
    steps->push_back([self, id, password = *password](std::function<void(Status)> done) {
      self->accounts_.change_password(id, password, {}, std::move(done));
    });
  }
  if (context->body.find("disabled") != nullptr) {
    const Result<bool> disabled = read_boolean(context->body, "disabled");
    if (!disabled.ok()) {
      reply(problem(disabled.error()));
      return;
    }
    steps->push_back([self, id, disabled = *disabled](std::function<void(Status)> done) {
      self->accounts_.set_disabled_by_id(id, disabled, std::move(done));
    });
  }
  run(steps, [self, context, reply, id](const Status& status) {
    const User* changed = self->accounts_.find_user(id);
    reply(status.ok() ? http::success(self->describe(*changed, context->store))
                      : problem(status.error()));
  });
}

void PeopleRoutes::remove(const ContextPtr& context, const HttpReply& reply) {
  const User* user = accounts_.find_user(context->param("id"));
  if (user == nullptr || !user->grants.contains(context->store)) {
    const bool everywhere = user != nullptr && user->grants.contains("*");
    reply(everywhere
              ? problem(fail(ErrorCode::wrong_state,
                             "This person has access to all stores: take it away with storeId=*."))
              : problem(fail(ErrorCode::unknown_record, "There is no such person in this store.")));
    return;
  }
  accounts_.grant_by_id(user->id, context->store, model::Role::none, [reply](const Status& status) {
    reply(status.ok() ? http::no_content() : problem(status.error()));
  });
}

void PeopleRoutes::bind() {
  using http::RouteId;
  const auto self = shared_from_this();
  api_.bind(RouteId::people_list,
            [self](const ContextPtr& c, const HttpReply& r) { self->list(c, r); });
  api_.bind(RouteId::people_create,
            [self](const ContextPtr& c, const HttpReply& r) { self->create(c, r); });
  api_.bind(RouteId::people_put,
            [self](const ContextPtr& c, const HttpReply& r) { self->change(c, r); });
  api_.bind(RouteId::people_delete,
            [self](const ContextPtr& c, const HttpReply& r) { self->remove(c, r); });
}

void bind_people_routes(Accounts& accounts, http::Api& api) {
  std::make_shared<PeopleRoutes>(accounts, api)->bind();
}

}  // namespace syncstore::accounts
