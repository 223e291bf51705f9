// The deterministic world that tests of the engine run in, under the name they know it by.
#pragma once

#include "server/adapters/memory/virtual_time.hpp"

namespace syncstore::testing {

using memory::EventQueue;
using memory::PlainCrypto;
using memory::SeededRandom;
using memory::VirtualClock;
using memory::VirtualScheduler;

}  // namespace syncstore::testing
