// Demo: two stores from real catalogues (see data/README.md) and three users, for an empty data directory. Engine executor only.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "server/engine/engine.hpp"
#include "server/features/accounts/accounts.hpp"

namespace syncstore::demo {

struct SignIn {
  std::string name;
  std::string password;
  std::string role;
  std::string stores;  // "*" or store ids, comma-separated
};

// The file DIR/demo-sign-ins.json: readable by the owner only. Empty when there is none.
std::vector<SignIn> read_sign_ins(const std::string& directory);

}  // namespace syncstore::demo
