// The connection of one store as a total table: every state x every event -> next state and what to
// do. Pure data; the client session carries the actions out.
#pragma once

#include <cstdint>
#include <string_view>

namespace syncstore::session {

enum class ConnectionState : std::uint8_t {
  idle,           // not started, or stopped
  connecting,     // first attempt since the start or since signing in
  connected,      // welcomed by the server
  reconnecting,   // lost; the next attempt runs or is timed
  polling,        // the socket fails, HTTP answers
  offline,        // neither answers, or the browser says that there is no network
  needs_sign_in,  // credentials gone; queue and cache are kept
  needs_update,   // this build is too old for the server
};
inline constexpr int kConnectionStates = 8;
std::string_view connection_state_name(ConnectionState state);

// Whether the server cannot be reached by a socket now: what waits may go by polling.
inline bool in_network_trouble(ConnectionState state) {
  return state == ConnectionState::reconnecting || state == ConnectionState::polling ||
         state == ConnectionState::offline;
}

enum class ConnectionEvent : std::uint8_t {
  start,
  welcomed,        // hello was answered
  attempt_failed,  // ticket or socket failed before a welcome
  lost,            // the socket closed after a welcome, or went silent
  retry_due,       // the backoff's timer
  poll_due,        // the polling timer
  poll_answered,
  poll_failed,
  went_online,  // hints of the browser
  went_offline,
  retry_now,     // a person pressed the button
  unauthorized,  // session gone, other user, access taken
  outdated,      // needs_update
  signed_in,
  stop,
};
inline constexpr int kConnectionEvents = 15;
std::string_view connection_event_name(ConnectionEvent event);

// What to do on entering; several may be set.
enum ConnectionAction : std::uint8_t {
  kNothing = 0,
  kAttempt = 1,        // fetch a ticket and connect, unless an attempt runs
  kScheduleRetry = 2,  // by the backoff; counts a failure and may ask for polling
  kPoll = 4,           // one exchange over HTTP, unless one runs
  kSchedulePoll = 8,
  kClose = 16,  // close the socket, forget attempt and timers
  kResetBackoff = 32,
};

struct Transition {
  ConnectionState next;
  std::uint8_t actions;
};

Transition transition(ConnectionState state, ConnectionEvent event);

}  // namespace syncstore::session
