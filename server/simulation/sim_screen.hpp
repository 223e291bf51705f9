// The screens of one browser in the simulated world: what its tables were told, compared with an
// oracle that knows the session's edits and the confirmed base only, and filters, sorts, slices and
// edits in its own naive way.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/json.hpp"
#include "core/session/client_session.hpp"

namespace syncstore::simulation {

// Fields of a product that the simulated people look at and change.
inline constexpr std::uint16_t kTitle = 0, kSku = 1, kImage = 3, kStatus = 4, kInventory = 8,
                               kPrice = 9;

class SimScreen {
 public:
  // The tables that are open in every tab, by their numbers. One is a table that somebody looks at:
  // its order is held until it is released.
  static constexpr std::uint64_t kHeld = 3;
  static const std::map<std::uint64_t, session::PageSpec>& tables();

  void clear();
  void take_page(std::uint64_t number, const std::string& text);
  void take_queue(std::string text) {
    queue_ = std::move(text);
    queue_read_ = false;
  }

  // Each answers what is wrong, "" = nothing. A table may stand in an order of its own while it is
  // held, and then only: `held` says whether it does.
  std::string check_page(std::uint64_t number, const session::ClientSession& session,
                         bool& held) const;
  std::uint64_t pages_told() const { return pages_told_; }
  // Records with an edit under way are shown as the base with these edits on it, the others as the
  // base has them.
  std::string check_edited(const session::ClientSession& session) const;
  std::string check_shown(const session::ClientSession& session) const;
  // An edit whose record did not come back with a restored server says so, and has what it takes to
  // insert it again.
  std::string check_lost(RecordId record);

 private:
  struct Table {
    std::string state;
    std::int64_t total = 0, page = 1, pages = 1, entered = 0;
    bool clamped = false;
    std::vector<std::string> order;
    std::map<std::string, Json> rows;
  };
  std::string check_row(const Json& row, RecordId id, const session::ClientSession& session) const;

  std::map<std::uint64_t, Table> tables_;
  std::uint64_t pages_told_ = 0;
  std::string queue_;
  bool queue_read_ = false;
  std::set<std::string> told_lost_;  // records that the outbox says are lost, with their fields
};

}  // namespace syncstore::simulation
