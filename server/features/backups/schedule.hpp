// When backups are due. Pure.
#pragma once

#include "core/base/ids.hpp"

namespace syncstore::backups {

struct Schedule {
  int every_hours = 24;        // 0 = none
  int minute_of_day = 3 * 60;  // UTC; where the row of moments begins
  int keep_days = 30;
};

constexpr TimeMs kHourMs = 3'600'000;

// The first moment of the schedule after `now`; every_hours > 0.
TimeMs next_moment(const Schedule& schedule, TimeMs now);

}  // namespace syncstore::backups
