// Every cell of the connection's table, written down a second time: what a reader of the
// specification expects to happen.
#include "core/session/connection_table.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "core/base/limits.hpp"
#include "core/session/backoff.hpp"

namespace syncstore::session {
namespace {

using S = ConnectionState;
using E = ConnectionEvent;

struct Cell {
  S next;
  int actions;
};

// Cells that are not named here must leave the state as it is and do nothing.
const std::map<std::pair<S, E>, Cell> kExpected = {
    {{S::idle, E::start}, {S::connecting, kAttempt}},

    {{S::connecting, E::welcomed}, {S::connected, kResetBackoff}},
    {{S::connecting, E::attempt_failed}, {S::reconnecting, kScheduleRetry}},
    {{S::connecting, E::lost}, {S::reconnecting, kScheduleRetry}},
    {{S::connecting, E::retry_due}, {S::connecting, kAttempt}},
    {{S::connecting, E::went_offline}, {S::offline, kClose | kScheduleRetry}},
    {{S::connecting, E::unauthorized}, {S::needs_sign_in, kClose | kResetBackoff}},
    {{S::connecting, E::outdated}, {S::needs_update, kClose}},
    {{S::connecting, E::stop}, {S::idle, kClose | kResetBackoff}},

    {{S::connected, E::lost}, {S::reconnecting, kScheduleRetry}},
    {{S::connected, E::went_offline}, {S::offline, kClose | kScheduleRetry}},
    {{S::connected, E::unauthorized}, {S::needs_sign_in, kClose | kResetBackoff}},
    {{S::connected, E::outdated}, {S::needs_update, kClose}},
    {{S::connected, E::stop}, {S::idle, kClose | kResetBackoff}},

    {{S::reconnecting, E::welcomed}, {S::connected, kResetBackoff}},
    {{S::reconnecting, E::attempt_failed}, {S::reconnecting, kScheduleRetry}},
    {{S::reconnecting, E::lost}, {S::reconnecting, kScheduleRetry}},
    {{S::reconnecting, E::retry_due}, {S::reconnecting, kAttempt}},
    {{S::reconnecting, E::poll_due}, {S::reconnecting, kPoll}},
    {{S::reconnecting, E::poll_answered}, {S::polling, kSchedulePoll}},
    {{S::reconnecting, E::poll_failed}, {S::offline, kSchedulePoll}},
    {{S::reconnecting, E::went_online}, {S::reconnecting, kResetBackoff | kAttempt}},
    {{S::reconnecting, E::went_offline}, {S::offline, kClose | kScheduleRetry}},
    {{S::reconnecting, E::retry_now}, {S::reconnecting, kResetBackoff | kAttempt}},
    {{S::reconnecting, E::unauthorized}, {S::needs_sign_in, kClose | kResetBackoff}},
    {{S::reconnecting, E::outdated}, {S::needs_update, kClose}},
    {{S::reconnecting, E::signed_in}, {S::reconnecting, kResetBackoff | kAttempt}},
    {{S::reconnecting, E::stop}, {S::idle, kClose | kResetBackoff}},

    {{S::polling, E::welcomed}, {S::connected, kResetBackoff}},
    {{S::polling, E::attempt_failed}, {S::polling, kScheduleRetry}},
    {{S::polling, E::lost}, {S::polling, kScheduleRetry}},
    {{S::polling, E::retry_due}, {S::polling, kAttempt}},
    {{S::polling, E::poll_due}, {S::polling, kPoll}},
    {{S::polling, E::poll_answered}, {S::polling, kSchedulePoll}},
    {{S::polling, E::poll_failed}, {S::offline, kSchedulePoll}},
    {{S::polling, E::went_online}, {S::polling, kAttempt}},
    {{S::polling, E::went_offline}, {S::offline, kClose | kScheduleRetry}},
    {{S::polling, E::retry_now}, {S::polling, kAttempt}},
    {{S::polling, E::unauthorized}, {S::needs_sign_in, kClose | kResetBackoff}},
    {{S::polling, E::outdated}, {S::needs_update, kClose}},
    {{S::polling, E::signed_in}, {S::polling, kAttempt}},
    {{S::polling, E::stop}, {S::idle, kClose | kResetBackoff}},

    {{S::offline, E::welcomed}, {S::connected, kResetBackoff}},
    {{S::offline, E::attempt_failed}, {S::offline, kScheduleRetry}},
    {{S::offline, E::lost}, {S::offline, kScheduleRetry}},
    {{S::offline, E::retry_due}, {S::offline, kAttempt}},
    {{S::offline, E::poll_due}, {S::offline, kPoll}},
    {{S::offline, E::poll_answered}, {S::polling, kSchedulePoll}},
    {{S::offline, E::poll_failed}, {S::offline, kSchedulePoll}},
    {{S::offline, E::went_online}, {S::reconnecting, kResetBackoff | kAttempt}},
    {{S::offline, E::retry_now}, {S::offline, kResetBackoff | kAttempt}},
    {{S::offline, E::unauthorized}, {S::needs_sign_in, kClose | kResetBackoff}},
    {{S::offline, E::outdated}, {S::needs_update, kClose}},
    {{S::offline, E::signed_in}, {S::reconnecting, kResetBackoff | kAttempt}},
    {{S::offline, E::stop}, {S::idle, kClose | kResetBackoff}},

    {{S::needs_sign_in, E::retry_now}, {S::connecting, kAttempt}},
    {{S::needs_sign_in, E::signed_in}, {S::connecting, kAttempt}},
    {{S::needs_sign_in, E::outdated}, {S::needs_update, kClose}},
    {{S::needs_sign_in, E::stop}, {S::idle, kClose | kResetBackoff}},

    {{S::needs_update, E::stop}, {S::idle, kClose | kResetBackoff}},
};

TEST(ConnectionTable, EveryCell) {
  for (int state = 0; state < kConnectionStates; ++state) {
    for (int event = 0; event < kConnectionEvents; ++event) {
      const auto from = static_cast<S>(state);
      const auto what = static_cast<E>(event);
      const auto expected = kExpected.find({from, what});
      const Cell cell = expected == kExpected.end() ? Cell{from, kNothing} : expected->second;
      const Transition found = transition(from, what);
      const std::string name = std::string(connection_state_name(from)) + " x " +
                               std::string(connection_event_name(what));
      EXPECT_EQ(connection_state_name(found.next), connection_state_name(cell.next)) << name;
      EXPECT_EQ(int{found.actions}, cell.actions) << name;
    }
  }
}

// Whatever happened before: when the network is there and answers, a welcome leads back to work,
// except where a person is needed.
TEST(ConnectionTable, NoStateButTwoIsADeadEnd) {
  for (int state = 1; state < kConnectionStates; ++state) {
    const auto from = static_cast<S>(state);
    if (from == S::connected || from == S::needs_sign_in || from == S::needs_update)
      continue;
    EXPECT_EQ(transition(from, E::welcomed).next, S::connected) << connection_state_name(from);
    EXPECT_NE(transition(from, E::retry_due).actions & kAttempt, 0) << connection_state_name(from);
    EXPECT_NE(transition(from, E::attempt_failed).actions & kScheduleRetry, 0)
        << connection_state_name(from);
  }
}

TEST(Backoff, GrowsByHalfUpToThirtySecondsAndJitters) {
  Backoff backoff;
  std::int64_t longest = 0;
  for (int i = 0; i < 20; ++i) {
    Backoff same = backoff;
    const std::int64_t full = backoff.next_ms(0);
    const std::int64_t half = same.next_ms(static_cast<std::uint64_t>(full / 2));
    EXPECT_GE(full, longest);
    EXPECT_LE(full, limits::kBackoffMaxMs);
    EXPECT_EQ(half, full - full / 2);
    longest = full;
  }
  EXPECT_EQ(longest, limits::kBackoffMaxMs);
  EXPECT_EQ(backoff.failures(), 20);
  backoff.reset();
  EXPECT_EQ(backoff.next_ms(0), limits::kBackoffFirstMs);
  EXPECT_EQ(backoff.next_ms(0), limits::kBackoffFirstMs * 3 / 2);
}

}  // namespace
}  // namespace syncstore::session
