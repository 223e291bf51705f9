// PageSubscriptions: what screens look at in collections that are not here as a whole, as the
// server keeps it shown: one subscription for each distinct page and each single record. Owns their
// numbers, when each was asked for, and of each answer the facts and the order; the rows stand in
// the replica's base. Invariant: after reconcile() there is one for each wanted page and none
// besides. Single-threaded; bounded by kPageSubscriptions.
#pragma once

#include <memory>
#include <vector>

#include "core/base/byte_io.hpp"
#include "core/session/row_writer.hpp"
#include "core/view/filter.hpp"
#include "core/wire/messages.hpp"

namespace syncstore::session {

struct PageSpec {
  std::uint16_t collection = 0;
  view::Filter filter;
  view::Sort sort;
  std::uint32_t page = 1;
  std::uint32_t size = 25;
  friend bool operator==(const PageSpec& a, const PageSpec& b) {
    return a.collection == b.collection && a.filter == b.filter && a.sort == b.sort &&
           a.page == b.page && a.size == b.size;
  }
};

// The page that shows one record, or nothing when it does not exist.
PageSpec record_page(const RowKey& key);

class PageSubscriptions {
 public:
  struct Subscription {
    PageSpec spec;
    std::uint32_t number = 0;
    TimeMs asked_at = 0;   // on this link; 0 = not
    bool fresh = false;    // answered since
    bool doubted = false;  // the answer and what is here differ
    bool refused = false;  // on this link
    // The answer, also of a former link; page 0 = none yet.
    std::uint32_t page = 0;
    std::uint64_t total = 0;
    std::uint64_t hash = 0;
    std::vector<RecordId> order;
    bool contains(RecordId id) const;
    void forget_answer();
  };

  // Three steps: begin(), want() for each page that somebody looks at, the first come first; then
  // reconcile() asks for what is wanted and not asked for, ends what is not wanted any more and
  // answers the frames to send. While the link is not `live` nothing is asked.
  void begin();
  void want(const PageSpec& spec);
  std::vector<Bytes> reconcile(bool live, TimeMs now);
  // For an exchange: asks for all of them, as far as `most` frames go.
  std::vector<Bytes> ask_once(std::size_t most) const;
  // What ends those that were asked for on this link.
  std::vector<Bytes> end(std::uint16_t collection) const;
  void lost();  // the link is gone: answers stay, nothing is asked for any more
  // What was answered is not known any more (0 = of all collections): asked for anew.
  void forget(std::uint16_t collection = 0);
  void doubt();        // all of them anew; what was answered stays until then
  TimeMs due() const;  // when one is to be asked for again, 0 = none

  const Subscription* find(const PageSpec& spec) const;
  Subscription* find(std::uint32_t number);
  // The oldest that waits for its answer; nullptr = none.
  Subscription* first_unanswered();
  using List = std::vector<std::unique_ptr<Subscription>>;
  const List& all() const { return subscriptions_; }

 private:
  bool is_due(const Subscription& one, TimeMs now) const;
  std::uint32_t free_number(const PageSpec& spec) const;

  List subscriptions_;
  List former_;  // between begin() and reconcile(): not wanted again yet
};

}  // namespace syncstore::session
