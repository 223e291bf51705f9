// Demo: two stores from real catalogues (see data/README.md) and three users, for an empty data
// directory. Engine executor only.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "server/engine/engine.hpp"

namespace syncstore::demo {

struct SignIn {
  std::string name;
  std::string password;
  std::string role;
  std::string stores;  // "*" or a store id
};

// The file DIR/demo-sign-ins.json: readable by the owner only. Empty when there is none.
std::vector<SignIn> read_sign_ins(const std::string& directory);
Status write_sign_ins(const std::string& directory, const std::vector<SignIn>& sign_ins);

// Makes and fills the stores "gifts" and "games" through the ordinary commit, in bulk.
void load_stores(engine::Engine& engine, std::function<void(Status)> done);

}  // namespace syncstore::demo
