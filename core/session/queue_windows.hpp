// QueueWindows: what the screens that list waiting edits look at: so many entries of one state from
// some place on. Owns what each was last told, so that only what differs crosses to the page.
// EntryWriter: one entry as JSON text. Totals are told with the status; here they are those of the
// state that is listed. Single-threaded; a window is bounded by kQueueWindow.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/session/client_effects.hpp"
#include "core/session/row_writer.hpp"

namespace syncstore::session {

class EntryWriter {
 public:
  EntryWriter(const sync::Replica& replica, const std::map<RowKey, model::Record>& kept)
      : replica_(replica), kept_(kept) {}

  // `kept` stands in for records that are not there any more.
  void append(std::string& out, const sync::QueueEntry& entry) const;
  // {"entries":[…],"next":N}: entries that are not answered yet after this number, at most
  // kQueueWindow, and the number to go on with (0 = these were the last).
  std::string after(const sync::OfflineQueue& queue, std::uint64_t number) const;

 private:
  const sync::Replica& replica_;
  const std::map<RowKey, model::Record>& kept_;
};

class QueueWindows {
 public:
  // A window that is open under the number already is moved. Error: queue_full (kOpenPages).
  Status open(std::uint64_t window, sync::EntryState state, std::size_t from, std::size_t size);
  void close(std::uint64_t window) { windows_.erase(window); }
  bool empty() const { return windows_.empty(); }

  // Tells every window what differs since the last time: {"from","total","order"?,"entries"?}.
  void tell(const sync::OfflineQueue& queue, const EntryWriter& writer,
            std::vector<Effect>& effects);

 private:
  struct Window {
    sync::EntryState state = sync::EntryState::waiting;
    std::size_t from = 0, size = 0;
    bool told = false;
    std::size_t told_from = 0, told_total = 0;
    std::vector<std::uint64_t> order;              // told
    std::map<std::uint64_t, std::string> entries;  // told, of `order`
  };
  std::map<std::uint64_t, Window> windows_;
};

// "waiting", "sent", "acked", "parked"; nothing else is one.
std::string_view entry_state_name(sync::EntryState state);
std::optional<sync::EntryState> entry_state_of(std::string_view name);

}  // namespace syncstore::session
