// What the engine knows about people: who holds a credential and which role they have in a store.
// Implemented by the accounts feature, which answers from memory. Engine executor only.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/base/ids.hpp"
#include "core/base/result.hpp"
#include "core/model/catalogue.hpp"

namespace syncstore::engine {

struct Identity {
  std::string user;        // user id text, never empty
  std::string name;        // sign-in name, what screens show
  std::string credential;  // handle of the session or token behind it, for revocation; never the
                           // secret itself
  TimeMs expires_at = 0;   // of the credential; 0 = never
};

// Access that ended or changed. `credential` empty: every credential of the user.
struct Revocation {
  enum class Kind : std::uint8_t {
    signed_out,    // sockets of the credential close with 4401
    disabled,      // sockets of the user close with 4401
    store_closed,  // every socket on `store` closes with 4403, whoever holds it
    role_changed,  // sockets of the user on `store` (empty = on any) close with 4403 and come back
                   // with the new role
  };
  Kind kind = Kind::signed_out;
  std::string user;
  std::string credential;
  StoreId store;
};

class Identities {
 public:
  virtual ~Identities() = default;
  // One-time ticket of POST /api/session/ticket: the first call that knows it uses it up. Error:
  // bad_token.
  virtual Result<Identity> take_ticket(std::string_view ticket) = 0;
  // Bearer token of a program. Error: bad_token.
  virtual Result<Identity> verify_token(std::string_view token) = 0;
  // none: not a member (or disabled). Unknown stores answer as any other store the user has no
  // grant for.
  virtual model::Role role_of(std::string_view user, const StoreId& store) const = 0;
  // The engine registers one listener at start; it is called after the change is in force (and
  // durable).
  virtual void set_revocation_listener(std::function<void(const Revocation&)> listener) = 0;
};

}  // namespace syncstore::engine
