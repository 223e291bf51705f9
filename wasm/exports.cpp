// The module's surface: bytes in through one input buffer, bytes out through one output buffer,
// sessions by handle. No logic.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/session/client_commands.hpp"
#include "core/session/client_events.hpp"

namespace {

using syncstore::session::ClientSession;

std::string input;
std::string output;
std::vector<std::unique_ptr<ClientSession>> sessions(1);  // handle 0 is none

std::string_view argument(std::uint32_t size) { return std::string_view(input).substr(0, size); }
syncstore::TimeMs time_of(double now) { return static_cast<syncstore::TimeMs>(now); }

}  // namespace

extern "C" {

// Room for an argument of `size` bytes; good until the next call of this function.
char* ss_input(std::uint32_t size) { return input.resize(size), input.data(); }

// Handle of a new session from the configuration in the input; 0 = not readable.
std::uint32_t ss_open(std::uint32_t size) {
  auto session = syncstore::session::open_session(argument(size));
  if (session == nullptr)
    return 0;
  sessions.push_back(std::move(session));
  return static_cast<std::uint32_t>(sessions.size() - 1);
}

void ss_close(std::uint32_t handle) { sessions[handle].reset(); }

// One event (core/session/client_events.hpp), its bytes in the input; 1 = understood.
std::uint32_t ss_event(std::uint32_t handle, std::uint32_t event, double number, std::uint32_t size,
                       double now) {
  return syncstore::session::run_event(*sessions[handle], event, static_cast<std::uint64_t>(number),
                                       argument(size), time_of(now))
             ? 1
             : 0;
}

// One command of a screen as JSON in the input; answers 0, or the size of the error in the output.
std::uint32_t ss_command(std::uint32_t handle, std::uint32_t size, double now) {
  const auto status =
      syncstore::session::run_command(*sessions[handle], argument(size), time_of(now));
  output = status.ok() ? std::string() : syncstore::session::error_json(status.error());
  return static_cast<std::uint32_t>(output.size());
}

// What the session asks for since the last time, packed; answers its size in the output.
std::uint32_t ss_effects(std::uint32_t handle) {
  output = syncstore::session::pack_effects(sessions[handle]->take_effects());
  return static_cast<std::uint32_t>(output.size());
}

const char* ss_output() { return output.data(); }

}  // extern "C"
