// Tells systemd how far the server is: one datagram to the socket that NOTIFY_SOCKET names, as
// sd_notify(3) describes it. Without that variable nothing happens.
#pragma once

#include <string_view>

namespace syncstore::app {

// For example "READY=1". What cannot be told is not worth stopping for.
void tell_supervisor(std::string_view state);

}  // namespace syncstore::app
