#include "core/session/connection_table.hpp"

namespace syncstore::session {
namespace {

using S = ConnectionState;

constexpr Transition kStay[kConnectionStates] = {
    {S::idle, kNothing},          {S::connecting, kNothing},   {S::connected, kNothing},
    {S::reconnecting, kNothing},  {S::polling, kNothing},      {S::offline, kNothing},
    {S::needs_sign_in, kNothing}, {S::needs_update, kNothing},
};

// One row per state; columns in the order of ConnectionEvent. `stay(S)` = the event means nothing
// there.
constexpr Transition stay(S state) { return kStay[static_cast<int>(state)]; }

constexpr Transition kWelcome{S::connected, kResetBackoff};
constexpr Transition kFail{S::reconnecting, kScheduleRetry};
constexpr Transition kSignIn{S::needs_sign_in, kClose | kResetBackoff};
constexpr Transition kUpdate{S::needs_update, kClose};
constexpr Transition kStop{S::idle, kClose | kResetBackoff};
constexpr Transition kNetworkGone{S::offline, kClose | kScheduleRetry};
constexpr Transition kTryAgain{S::reconnecting, kResetBackoff | kAttempt};

constexpr Transition kTable[kConnectionStates][kConnectionEvents] = {
    // idle
    {{S::connecting, kAttempt},
     stay(S::idle),
     stay(S::idle),
     stay(S::idle),
     stay(S::idle),
     stay(S::idle),
     stay(S::idle),
     stay(S::idle),
     stay(S::idle),
     stay(S::idle),
     stay(S::idle),
     stay(S::idle),
     stay(S::idle),
     stay(S::idle),
     stay(S::idle)},
    // connecting
    {stay(S::connecting),
     kWelcome,
     kFail,
     kFail,
     {S::connecting, kAttempt},
     stay(S::connecting),
     stay(S::connecting),
     stay(S::connecting),
     stay(S::connecting),
     kNetworkGone,
     stay(S::connecting),
     kSignIn,
     kUpdate,
     stay(S::connecting),
     kStop},
    // connected: an answer of an exchange that was under way no longer matters
    {stay(S::connected), stay(S::connected), stay(S::connected), kFail, stay(S::connected),
     stay(S::connected), stay(S::connected), stay(S::connected), stay(S::connected), kNetworkGone,
     stay(S::connected), kSignIn, kUpdate, stay(S::connected), kStop},
    // reconnecting
    {stay(S::reconnecting),
     kWelcome,
     kFail,
     kFail,
     {S::reconnecting, kAttempt},
     {S::reconnecting, kPoll},
     {S::polling, kSchedulePoll},
     {S::offline, kSchedulePoll},
     kTryAgain,
     kNetworkGone,
     kTryAgain,
     kSignIn,
     kUpdate,
     kTryAgain,
     kStop},
    // polling
    {stay(S::polling),
     kWelcome,
     {S::polling, kScheduleRetry},
     {S::polling, kScheduleRetry},
     {S::polling, kAttempt},
     {S::polling, kPoll},
     {S::polling, kSchedulePoll},
     {S::offline, kSchedulePoll},
     {S::polling, kAttempt},
     kNetworkGone,
     {S::polling, kAttempt},
     kSignIn,
     kUpdate,
     {S::polling, kAttempt},
     kStop},
    // offline: the browser's word is a hint, so attempts go on
    {stay(S::offline),
     kWelcome,
     {S::offline, kScheduleRetry},
     {S::offline, kScheduleRetry},
     {S::offline, kAttempt},
     {S::offline, kPoll},
     {S::polling, kSchedulePoll},
     {S::offline, kSchedulePoll},
     kTryAgain,
     stay(S::offline),
     {S::offline, kResetBackoff | kAttempt},
     kSignIn,
     kUpdate,
     kTryAgain,
     kStop},
    // needs_sign_in: a retry looks whether the session is back (another tab may have signed in)
    {stay(S::needs_sign_in),
     stay(S::needs_sign_in),
     stay(S::needs_sign_in),
     stay(S::needs_sign_in),
     stay(S::needs_sign_in),
     stay(S::needs_sign_in),
     stay(S::needs_sign_in),
     stay(S::needs_sign_in),
     stay(S::needs_sign_in),
     stay(S::needs_sign_in),
     {S::connecting, kAttempt},
     stay(S::needs_sign_in),
     kUpdate,
     {S::connecting, kAttempt},
     kStop},
    // needs_update: only a newer build helps
    {stay(S::needs_update), stay(S::needs_update), stay(S::needs_update), stay(S::needs_update),
     stay(S::needs_update), stay(S::needs_update), stay(S::needs_update), stay(S::needs_update),
     stay(S::needs_update), stay(S::needs_update), stay(S::needs_update), stay(S::needs_update),
     stay(S::needs_update), stay(S::needs_update), kStop},
};

}  // namespace

std::string_view connection_state_name(ConnectionState state) {
  static constexpr std::string_view kNames[kConnectionStates] = {
      "idle",    "connecting", "connected",     "reconnecting",
      "polling", "offline",    "needs_sign_in", "needs_update"};
  return kNames[static_cast<int>(state)];
}

std::string_view connection_event_name(ConnectionEvent event) {
  static constexpr std::string_view kNames[kConnectionEvents] = {
      "start",     "welcomed",      "attempt_failed", "lost",        "retry_due",
      "poll_due",  "poll_answered", "poll_failed",    "went_online", "went_offline",
      "retry_now", "unauthorized",  "outdated",       "signed_in",   "stop"};
  return kNames[static_cast<int>(event)];
}

Transition transition(ConnectionState state, ConnectionEvent event) {
  return kTable[static_cast<int>(state)][static_cast<int>(event)];
}

}  // namespace syncstore::session
