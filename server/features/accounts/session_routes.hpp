#pragma once

#include "server/features/accounts/accounts.hpp"

namespace syncstore::accounts {

// Sign-in, sign-out, first-run setup, own password, own tokens, tickets.
void bind_session_routes(Accounts& accounts, http::Api& api);

}  // namespace syncstore::accounts
