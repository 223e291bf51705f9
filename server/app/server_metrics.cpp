#include "server/app/server_metrics.hpp"

#include <atomic>
#include <string_view>

#include "server/adapters/system/process_memory.hpp"

namespace syncstore::app {
namespace {

constexpr bool kNeverFalls = true;

}  // namespace

std::uint64_t dropped_lines(const adapters::LogFile* log_file) {
  return log_file != nullptr ? log_file->dropped() : 0;
}

void add_process_metrics(Metrics& metrics, const adapters::LogFile* log_file) {
  metrics.gauge(
      "syncstore_log_lines_dropped_total", "Log lines that the disk did not take.",
      [log_file] { return static_cast<double>(dropped_lines(log_file)); }, kNeverFalls);
  metrics.gauge("syncstore_memory_resident_bytes", "Memory that the process holds.", [] {
    return static_cast<double>(adapters::process_memory().resident_bytes);
  });
  metrics.gauge("syncstore_memory_largest_bytes", "The most it held since its start.", [] {
    return static_cast<double>(adapters::process_memory().largest_bytes);
  });
}

void add_network_metrics(Metrics& metrics, adapters::NetworkServer& network) {
  const adapters::NetworkCounters& counters = network.counters();
  const auto count = [&metrics](std::string_view name, std::string_view help,
                                const std::atomic<std::uint64_t>& value) {
    metrics.gauge(
        name, help, [&value] { return static_cast<double>(value.load()); }, kNeverFalls);
  };
  count("syncstore_connections_accepted_total", "Connections accepted.", counters.accepted);
  count("syncstore_connections_turned_away_total", "Connections refused over a cap.",
        counters.turned_away);
  count("syncstore_http_refused_total", "Requests that the gate refused.", counters.gate_refusals);
  count("syncstore_socket_messages_received_total", "WebSocket messages received.",
        counters.messages_in);
  count("syncstore_socket_messages_sent_total", "WebSocket messages queued for sending.",
        counters.messages_out);
  count("syncstore_socket_sent_bytes_total", "Bytes of WebSocket messages queued for sending.",
        counters.bytes_out);
  count("syncstore_socket_sends_refused_total",
        "Messages refused because a link's queue was full.", counters.sends_refused);
  metrics.gauge("syncstore_connections", "Open connections.",
                [&counters] { return static_cast<double>(counters.connections.load()); });
  metrics.gauge(
      "syncstore_socket_hand_overs_total",
      "Times the engine handed messages to a socket loop: one per loop and piece of work.",
      [&network] { return static_cast<double>(network.hand_overs()); }, kNeverFalls);
  metrics.gauge("syncstore_socket_loops", "Event loops of sockets.", [&network] {
    return static_cast<double>(network.connections_by_loop().size());
  });
  metrics.gauge("syncstore_socket_links", "Open WebSocket links.",
                [&counters] { return static_cast<double>(counters.links.load()); });
}

void add_storage_metrics(Metrics& metrics, adapters::SqliteStorage& storage) {
  metrics.gauge(
      "syncstore_storage_transactions_total", "Transactions made durable.",
      [&storage] { return static_cast<double>(storage.figures().transactions); }, kNeverFalls);
  metrics.gauge(
      "syncstore_storage_batches_total", "Batches written in them.",
      [&storage] { return static_cast<double>(storage.figures().batches); }, kNeverFalls);
  metrics.gauge(
      "syncstore_storage_commit_seconds_total", "Time spent making transactions durable.",
      [&storage] { return static_cast<double>(storage.figures().commit_us) / 1e6; }, kNeverFalls);
  metrics.gauge("syncstore_storage_queue", "Batches that wait for the writer.",
                [&storage] { return static_cast<double>(storage.figures().queue_depth); });
}

}  // namespace syncstore::app
