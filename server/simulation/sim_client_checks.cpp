// What stands on the screens of a browser, after every step in which anything happened there.
#include <utility>

#include "core/base/digest.hpp"
#include "server/simulation/sim_client.hpp"

namespace syncstore::simulation {

using session::ClientSession;

void SimClient::check(const model::Table& products, Sequence head) {
  check_stored();
  if (leader_ == nullptr)
    return;
  const bool was_paged = std::exchange(was_paged_, is_paged());
  modes_changed += was_paged != was_paged_;
  // In page mode what is to be shown is the server's, which goes on without this browser.
  if ((!changed_ && !is_paged()) || corrupt_)
    return;
  changed_ = false;
  // Everything below follows from these: what they leave as it was is not looked at again.
  const std::uint64_t now = fingerprint(head);
  if (std::exchange(looked_at_, now) == now)
    return;
  const model::Table* truth = is_at_rest(head) && !may_differ() ? &products : nullptr;
  for (const auto& [number, spec] : screen_.specs()) {
    if (is_paged())
      check_paged_table(number, truth);
    else
      check_table(number);
  }
  if (const std::string wrong = screen_.check_shown(session()); !wrong.empty())
    report("5", wrong);
  for (const sync::QueueEntry& entry : session().queue().entries()) {
    for (std::size_t i = 0; i < entry.result.ops.size() && i < entry.mutation.ops.size(); ++i) {
      const RecordId record = entry.mutation.ops[i].record;
      if (entry.state != sync::EntryState::parked ||
          entry.result.ops[i].code != ErrorCode::unknown_record ||
          known_once_.count({entry.mutation.id, record}) == 0 ||
          leader_->storage().was_undone(entry.mutation.id) ||
          session().replica().shown(model::kProducts, record) != nullptr)
        continue;
      lost_records.insert(record);
      leader_->call([&, before = entry.number - 1](ClientSession& session) {
        session.read_queue(1, before, browser_.now());
      });
      if (const std::string wrong = screen_.check_lost(record); !wrong.empty())
        report("5", wrong);
    }
  }
}

// A held table keeps its order until somebody wants to see the exact one.
void SimClient::check_table(std::uint64_t number) {
  bool held = false;
  std::string wrong = screen_.check_page(number, session(), held);
  if (wrong.empty() && held && (number != SimScreen::kHeld || browser_.random.chance(25))) {
    release(number);
    wrong = screen_.check_page(number, session(), held);
    if (wrong.empty() && held)
      wrong = "table " + std::to_string(number) + " differs from filter, sort and slice";
  }
  if (!wrong.empty())
    report("4", wrong);
}

// While the server is asked, rows are exact and the order is its own; at rest all of it is, and
// what is shown without the server is filter, sort and slice of what is known.
void SimClient::check_paged_table(std::uint64_t number, const model::Table* truth) {
  bool held = false;
  const auto check = [&] {
    return truth == nullptr ? screen_.check_rows(number, session())
                            : screen_.check_answer(number, session(), *truth, held);
  };
  std::string wrong = check();
  answers_checked += truth != nullptr;
  // What a poll answered stays the server's answer when the next ones fail.
  const bool away = truth == nullptr && screen_.is_partial(number) && !leader_->has_polled();
  if (wrong.empty() && (held || away) &&
      ((held && number != SimScreen::kHeld) || browser_.random.chance(25))) {
    release(number);
    // A table that shows what is known may be asked for again by this.
    if (!away)
      wrong = check();
    else if (screen_.is_partial(number))
      wrong = screen_.check_page(number, session(), held);
    if (wrong.empty() && held)
      wrong = "table " + std::to_string(number) + " differs from what the server answered";
  }
  if (!wrong.empty())
    report("4", wrong);
}

// A link whose server is gone may have told the same head of another history.
bool SimClient::is_at_rest(Sequence head) const {
  return is_paged() && session().state() == session::ConnectionState::connected &&
         leader_->socket() != nullptr && leader_->socket()->is_served() &&
         leader_->reader().is_at_rest(head);
}

std::uint64_t SimClient::fingerprint(Sequence head) const {
  const ClientSession& of = session();
  ByteWriter facts;
  facts.u64(of.replica().base(model::kProducts).digest().combined());
  facts.u64(of.cursor(model::kProducts));
  facts.u64(of.epoch());
  facts.u64(screen_.pages_told());
  facts.u64(static_cast<std::uint64_t>(of.state()));
  facts.u64(of.replica().is_loading(model::kProducts) ? 1 : 0);
  facts.u64(is_at_rest(head) ? head : is_paged() ? 1 : 0);
  for (const sync::QueueEntry& entry : of.queue().entries()) {
    facts.u64(entry.number);
    facts.u64(static_cast<std::uint64_t>(entry.state));
    facts.u64(UuidHash{}(entry.mutation.id));
  }
  return xxh64(facts.bytes());
}

}  // namespace syncstore::simulation
