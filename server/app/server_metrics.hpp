// What GET /metrics says about process, network and storage; the engine adds its own. Each is asked
// when rendered: what is handed in must live as long as the metrics are rendered.
#pragma once

#include <cstdint>

#include "server/adapters/beast/network_server.hpp"
#include "server/adapters/sqlite/sqlite_storage.hpp"
#include "server/adapters/system/log_file.hpp"
#include "server/base/metrics.hpp"

namespace syncstore::app {

// Lines that the disk did not take; 0 when the log has no file.
std::uint64_t dropped_lines(const adapters::LogFile* log_file);

void add_process_metrics(Metrics& metrics, const adapters::LogFile* log_file);
void add_network_metrics(Metrics& metrics, adapters::NetworkServer& network);
void add_storage_metrics(Metrics& metrics, adapters::SqliteStorage& storage);

}  // namespace syncstore::app
