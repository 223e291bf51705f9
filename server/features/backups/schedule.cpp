#include "server/features/backups/schedule.hpp"

namespace syncstore::backups {

TimeMs next_moment(const Schedule& schedule, TimeMs now) {
  const TimeMs every = schedule.every_hours * kHourMs;
  const TimeMs begin = schedule.minute_of_day * TimeMs{60'000};
  const TimeMs since = now - begin;
  // Rounded towards the past for times before the beginning as well.
  const TimeMs passed = since >= 0 ? since / every : -((-since + every - 1) / every);
  return begin + (passed + 1) * every;
}

}  // namespace syncstore::backups
