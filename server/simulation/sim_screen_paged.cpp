// Tables of a collection in page mode.
#include <algorithm>

#include "server/simulation/sim_screen.hpp"

namespace syncstore::simulation {

using model::Record;
using session::ClientSession;

bool SimScreen::is_partial(std::uint64_t number) const {
  const auto table = tables_.find(number);
  return table != tables_.end() && table->second.ready && table->second.partial;
}

std::string SimScreen::check_answer(std::uint64_t number, const ClientSession& session,
                                    const model::Table& truth, bool& held) const {
  held = false;
  const std::string name = "table " + std::to_string(number);
  const auto found = tables_.find(number);
  if (found == tables_.end() || !found->second.ready)
    return name + " has no page although the server answered";
  const Table& table = found->second;
  const session::PageSpec& spec = specs_.at(number);
  if (table.partial)
    return name + " says that the server cannot be asked";
  const Slice slice = slice_of(spec, truth);
  if (std::string wrong = check_facts(table, spec, slice); !wrong.empty())
    return name + wrong;
  const model::Table& base = session.replica().base(spec.collection);
  for (const Record* record : slice.rows) {
    const Record* known = base.find(record->id);
    if (known == nullptr || known->version != record->version || known->values != record->values)
      return name + ": a record of the page is not known as the server has it";
  }
  // Above the server's order: what was made here and is not there yet.
  std::vector<RecordId> order, above;
  bool on_top = true;
  for (const Row& row : table.rows) {
    const bool in_page = std::any_of(slice.rows.begin(), slice.rows.end(),
                                     [&](const Record* record) { return record->id == row.id; });
    (in_page ? order : above).push_back(row.id);
    on_top = on_top && (in_page || order.empty());
  }
  std::vector<RecordId> waiting;
  for (const Record* record : session.replica().pending_inserts(spec.collection)) {
    if (is_in(spec.filter, *record))
      waiting.push_back(record->id);
  }
  std::sort(above.begin(), above.end());
  held = !on_top || above != waiting ||
         !std::equal(order.begin(), order.end(), slice.rows.begin(), slice.rows.end(),
                     [](RecordId id, const Record* record) { return id == record->id; });
  const auto entered =
      std::count_if(slice.rows.begin(), slice.rows.end(), [&](const Record* record) {
        return std::find(order.begin(), order.end(), record->id) == order.end();
      });
  if (table.entered != entered) {
    return name + " counts " + std::to_string(table.entered) + " new rows for " +
           std::to_string(entered);
  }
  return check_rows(number, session);
}

}  // namespace syncstore::simulation
