// Which addresses of the Internet another site may have. Pure.
#pragma once

#include <sys/socket.h>

#include <string_view>

namespace syncstore::adapters {

// False for everything that is not a public unicast address: this machine, private, shared,
// link-local, documentation and benchmark networks, multicast, and IPv6 addresses that stand for
// IPv4 ones (mapped, translated, tunnelled), whose networks could be any of these.
bool is_public_address(const sockaddr& address);
// Of an address as text; false when it is none.
bool is_public_address(std::string_view text);

}  // namespace syncstore::adapters
