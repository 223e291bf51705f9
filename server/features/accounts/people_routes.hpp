#pragma once

#include "server/features/accounts/accounts.hpp"

namespace syncstore::accounts {

// Who has access to a store, and which; admins only.
void bind_people_routes(Accounts& accounts, http::Api& api);

}  // namespace syncstore::accounts
