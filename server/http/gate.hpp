// Gate: who is asking and what they may do; implemented by the accounts and stores services. All
// calls on the engine executor; answers come from memory.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "core/model/catalogue.hpp"
#include "server/ports/http.hpp"

namespace syncstore::http {

struct Principal {
  enum class Kind : std::uint8_t { anonymous, cookie, bearer };
  Kind kind = Kind::anonymous;
  std::string user_id;
  std::string user_name;
  std::string credential;  // name of the session or token (not its secret)
  std::string csrf;        // of a cookie session
  bool signed_in() const { return kind != Kind::anonymous; }
};

enum class StoreState : std::uint8_t { unknown, active, inactive };

// In place of a store's id: every store, of now and later.
inline constexpr std::string_view kAllStores = "*";

class Gate {
 public:
  virtual ~Gate() = default;
  // Anonymous when no credentials came along; unauthorized when those that came are wrong or
  // expired. Using them counts as use.
  virtual Result<Principal> authenticate(const ports::HttpRequest& request) = 0;
  // Role in a store, grants on '*' included; of "*" itself the role of that grant.
  virtual model::Role role_in(std::string_view user_id, std::string_view store) const = 0;
  virtual StoreState store_state(std::string_view store) const = 0;
};

}  // namespace syncstore::http
