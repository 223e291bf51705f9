// The screens of one browser in the simulated world: what its tables were told, compared with an
// oracle that knows the session's edits and the confirmed base only, and filters, sorts, slices and
// edits in its own naive way.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/session/client_session.hpp"
#include "server/simulation/sim_slice.hpp"
#include "server/simulation/sim_text.hpp"

namespace syncstore::simulation {

// Fields of a product that the simulated people look at and change.
inline constexpr std::uint16_t kTitle = 0, kSku = 1, kImage = 3, kStatus = 4, kInventory = 8,
                               kPrice = 9;
// What of a row is compared.
inline constexpr std::array<std::uint16_t, 5> kLookedAt = {kTitle, kSku, kStatus, kInventory,
                                                           kPrice};

class SimScreen {
 public:
  // The tables that are always open, by their numbers. One is a table that somebody looks at: its
  // order is held until it is released. From kFree on people open, turn, sort, filter and close
  // what they like.
  static constexpr std::uint64_t kHeld = 3, kFree = 4;
  static const std::map<std::uint64_t, session::PageSpec>& tables();

  // Sequences that a server lost, the first excluded: what they were of is shown or not.
  using Spans = std::vector<std::pair<Sequence, Sequence>>;
  void note_lost(Sequence after, Sequence until) { lost_.emplace_back(after, until); }

  void clear();  // another tab: nothing was told yet
  void open(std::uint64_t number, const session::PageSpec& spec);
  void close(std::uint64_t number);
  const std::map<std::uint64_t, session::PageSpec>& specs() const { return specs_; }
  void take_page(std::uint64_t number, const std::string& text);
  void take_queue(const std::string& piece);  // a part of what an export brings

  // Each answers what is wrong, "" = nothing. A table may stand in an order of its own while it is
  // held, and then only: `held` says whether it does.
  std::string check_page(std::uint64_t number, const session::ClientSession& session,
                         bool& held) const;
  // The same of a collection in page mode that the server can be asked about: its answer, exact as
  // of `truth`, with pending edits in the rows and pending inserts above them.
  std::string check_answer(std::uint64_t number, const session::ClientSession& session,
                           const model::Table& truth, bool& held) const;
  // Each row as its record is shown, whatever the order.
  std::string check_rows(std::uint64_t number, const session::ClientSession& session) const;
  bool is_partial(std::uint64_t number) const;  // it shows what this browser knows, and says so
  std::uint64_t pages_told() const { return pages_told_; }
  // Records with an edit under way are shown as the base with these edits on it, the others as the
  // base has them.
  std::string check_edited(const session::ClientSession& session) const;
  std::string check_shown(const session::ClientSession& session) const;
  // An edit whose record did not come back with a restored server says so, and has what it takes to
  // insert it again.
  std::string check_lost(RecordId record) const;

 private:
  // What a row was told to show, read once: a row is looked at more often than it is told.
  struct Cell {
    bool told = false, is_text = false;
    std::string text;
    std::int64_t number = 0;  // money in 1/10,000
  };
  struct Row {
    RecordId id;
    bool told = false, removed = false, has_fields = false;
    std::array<Cell, kLookedAt.size()> cells;
    std::int64_t version = 0;
    std::vector<std::pair<std::uint16_t, std::string>> marks;
  };
  struct Table {
    bool ready = false;
    std::int64_t total = 0, page = 1, pages = 1, entered = 0;
    bool clamped = false, partial = false;
    std::vector<Row> rows;  // in their order
  };
  void take_order(Table& table, JsonText::Value order);
  void take_row(Table& table, JsonText::Value told);
  static std::string check_facts(const Table& table, const session::PageSpec& spec,
                                 const Slice& slice);
  static bool tells(const Cell& cell, const model::Value& value);
  std::string check_row(const Row& row, const session::ClientSession& session) const;

  std::map<std::uint64_t, session::PageSpec> specs_ = tables();
  std::map<std::uint64_t, Table> tables_;
  JsonText reader_;
  std::uint64_t pages_told_ = 0;
  Spans lost_;
  std::set<std::string> told_lost_;  // records that the outbox says are lost, with their fields
};

}  // namespace syncstore::simulation
