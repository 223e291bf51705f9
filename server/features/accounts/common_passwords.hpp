// Passwords long enough for the rule and yet among the first that are guessed.
#pragma once

#include <string_view>

namespace syncstore::accounts {

bool is_common_password(std::string_view folded);

}  // namespace syncstore::accounts
