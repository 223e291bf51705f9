// What accounts keep: users, and the credentials they hold. Plain values; their durable form is
// JSON documents.
#pragma once

#include <map>
#include <string>

#include "core/base/json.hpp"
#include "core/model/catalogue.hpp"

namespace syncstore::accounts {

struct User {
  std::string id;        // 13 characters, permanent
  std::string name;      // sign-in name; unique after fold_case
  std::string password;  // Argon2id, encoded; never leaves accounts
  bool disabled = false;
  TimeMs created_at = 0;
  TimeMs last_seen_at = 0;                    // of the last sign-in; 0 = never
  std::map<std::string, model::Role> grants;  // by store id, "*" = every store

  // The larger of the grants on this store and on "*"; none when disabled.
  model::Role role_in(std::string_view store) const;
};

// A session of a browser or a bearer token of a program. Known by the SHA-256 of its secret only.
struct Credential {
  enum class Kind : std::uint8_t { session, token };
  Kind kind = Kind::session;
  std::string id;  // hexadecimal SHA-256 of the secret; names it in revocations
  std::string user;
  std::string csrf;   // of sessions
  std::string label;  // of tokens
  TimeMs created_at = 0;
  TimeMs used_at = 0;     // to the hour
  TimeMs expires_at = 0;  // absolute
};

Json to_json(const User& user);
Result<User> user_from_json(const Json& json);
Json to_json(const Credential& credential);
Result<Credential> credential_from_json(const Json& json);

// 1 to 64 bytes, normal, no control characters, no '/' or ':'. Errors: required, too_long, invalid.
Status check_user_name(std::string_view name);
// Length and the list of common passwords (which also refuses the own name). Error: weak_password.
Status check_password(std::string_view password, std::string_view name);

}  // namespace syncstore::accounts
