#include "server/features/accounts/user.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "core/base/text.hpp"
#include "server/features/accounts/common_passwords.hpp"

namespace syncstore::accounts {
namespace {

constexpr std::size_t kNameBytes = 64;

}  // namespace

model::Role User::role_in(std::string_view store) const {
  if (disabled) {
    return model::Role::none;
  }
  model::Role role = model::Role::none;
  for (const auto& [granted, with] : grants) {
    if (granted == store || granted == "*") {
      role = std::max(role, with);
    }
  }
  return role;
}

Json to_json(const User& user) {
  Json grants = Json::object();
  for (const auto& [store, role] : user.grants) {
    grants.set(store, model::role_name(role));
  }
  Json json = Json::object();
  json.set("id", user.id);
  json.set("name", user.name);
  json.set("password", user.password);
  json.set("disabled", user.disabled);
  json.set("createdAt", user.created_at);
  json.set("lastSeenAt", user.last_seen_at);
  json.set("grants", std::move(grants));
  return json;
}

Result<User> user_from_json(const Json& json) {
  User user;
  SS_ASSIGN_OR_RETURN(user.id, read_string(json, "id"));
  SS_ASSIGN_OR_RETURN(user.name, read_string(json, "name"));
  SS_ASSIGN_OR_RETURN(user.password, read_string(json, "password"));
  SS_ASSIGN_OR_RETURN(user.disabled, read_boolean(json, "disabled"));
  SS_ASSIGN_OR_RETURN(user.created_at, read_integer(json, "createdAt"));
  SS_ASSIGN_OR_RETURN(user.last_seen_at, read_integer(json, "lastSeenAt"));
  const Json* grants = json.find("grants");
  if (grants == nullptr || !grants->is(Json::Kind::object)) {
    return fail(ErrorCode::corrupt, "A user without grants.", "grants");
  }
  for (const auto& [store, role] : grants->members()) {
    user.grants[store] = model::role_from_name(role.text());
  }
  return user;
}

Json to_json(const Credential& credential) {
  Json json = Json::object();
  json.set("kind", credential.kind == Credential::Kind::session ? "session" : "token");
  json.set("user", credential.user);
  json.set("csrf", credential.csrf);
  json.set("label", credential.label);
  json.set("createdAt", credential.created_at);
  json.set("usedAt", credential.used_at);
  return json;
}

Result<Credential> credential_from_json(const Json& json) {
  Credential credential;
  SS_ASSIGN_OR_RETURN(const std::string kind, read_string(json, "kind"));
  credential.kind = kind == "token" ? Credential::Kind::token : Credential::Kind::session;
  SS_ASSIGN_OR_RETURN(credential.user, read_string(json, "user"));
  SS_ASSIGN_OR_RETURN(credential.csrf, read_string(json, "csrf"));
  SS_ASSIGN_OR_RETURN(credential.label, read_string(json, "label"));
  SS_ASSIGN_OR_RETURN(credential.created_at, read_integer(json, "createdAt"));
  SS_ASSIGN_OR_RETURN(credential.used_at, read_integer(json, "usedAt"));
  return credential;
}

Status check_user_name(std::string_view name) {
  if (name.empty()) {
    return fail(ErrorCode::required, "A name is needed.", "name");
  }
  if (name.size() > kNameBytes) {
    return fail(ErrorCode::too_long, "A name has at most 64 bytes.", "name");
  }
  if (!is_valid_utf8(name)) {
    return fail(ErrorCode::invalid_utf8, {}, "name");
  }
  if (normalise_line(name) != name || name.find_first_of("/:*") != std::string_view::npos) {
    return fail(ErrorCode::invalid, "A name has no blanks at its ends and none of / : *.", "name");
  }
  return {};
}

Status check_password(std::string_view password, std::string_view name) {
  if (password.size() < limits::kPasswordMin) {
    return fail(ErrorCode::weak_password, "Use at least 10 characters.", "password");
  }
  if (password.size() > limits::kPasswordMax) {
    return fail(ErrorCode::too_long, "A password has at most 256 bytes.", "password");
  }
  if (!is_valid_utf8(password)) {
    return fail(ErrorCode::invalid_utf8, {}, "password");
  }
  const std::string folded = fold_case(password);
  const bool one_character = folded.find_first_not_of(folded.front()) == std::string::npos;
  if (one_character || is_common_password(folded) || (!name.empty() && folded == fold_case(name))) {
    return fail(ErrorCode::weak_password, "This password is among the first that are guessed.",
                "password");
  }
  return {};
}

}  // namespace syncstore::accounts
