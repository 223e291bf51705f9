// LivePages: what the screens of this browser look at: pages (filter + sort + page number, held
// order) and single records. Owns the ordered indexes, shared by pages of equal filter and sort,
// and what each screen was last told, so that only rows that differ cross to the page. Invariant:
// after flush() every screen has been told its exact state. Single-threaded.
//
// A page of a collection that is here as a whole shows filter + sort + slice of what is shown. Of a
// collection in page mode it shows the server's answer (order, total, number) with pending edits in
// the rows and pending inserts above them; while the server cannot be asked, the same of the
// records that are known here, and says so (`partial`).
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "core/session/client_effects.hpp"
#include "core/session/page_subscriptions.hpp"
#include "core/session/row_writer.hpp"
#include "core/view/held_page.hpp"

namespace syncstore::session {

class LivePages {
 public:
  LivePages(const sync::Replica& replica, const RowWriter& writer,
            const PageSubscriptions& subscriptions)
      : replica_(replica), writer_(writer), subscriptions_(subscriptions) {}

  // A page that is open under the number already is turned. Errors: queue_full (kOpenPages),
  // out_of_range (size).
  Status open(std::uint64_t page, PageSpec spec);
  void close(std::uint64_t page);
  void release(std::uint64_t page);  // show the exact page
  void watch(std::uint64_t watch, RowKey key);
  void unwatch(std::uint64_t watch);

  // What is shown of a record changed (as Replica's listener tells it; id 0 = everything of the
  // collection may differ).
  void shown_changed(std::uint16_t collection, RecordId id, const model::Record* before,
                     const model::Record* after);
  // Something beside the values changed: a mark, a conflict, an author.
  void decoration_changed(const RowKey& key) { dirty_[key.collection].insert(key.id); }
  // The collection has a base now (or lost it): screens leave or enter their loading state.
  void set_ready(std::uint16_t collection, bool ready);
  // Page mode of a collection begins or ends. `total`: how many records the server has, once told.
  void set_paged(std::uint16_t collection, bool paged);
  bool is_paged(std::uint16_t collection) const { return paged_.count(collection) > 0; }
  void set_total(std::uint16_t collection, std::uint64_t total) { totals_[collection] = total; }
  std::uint64_t total(std::uint16_t collection) const;
  // How far the server is, and of when it is what is known here.
  enum class Reach : std::uint8_t { away, connecting, polling, live };
  void set_reach(Reach reach, TimeMs as_of);
  // A subscription was answered, or refused.
  void answered(const PageSpec& spec);
  // What the server has to be asked for, most wanted first; changed since the last call?
  void for_each_wanted(const std::function<void(const PageSpec&)>& visit) const;
  bool take_wanted_changed() { return std::exchange(wanted_changed_, false); }
  // Ids of rows that screens hold.
  void for_each_held(std::uint16_t collection, const std::function<void(RecordId)>& visit) const;
  // A record made here stands on top of the pages of its collection until they are released.
  void show_on_top(const RowKey& key);

  // Tells every screen what differs since the last time.
  void flush(std::vector<Effect>& effects);
  std::size_t index_count() const { return indexes_.size(); }
  std::size_t page_count() const { return pages_.size(); }

 private:
  struct Index {
    explicit Index(const PageSpec& spec)
        : collection(spec.collection),
          ordered(*model::find_collection(spec.collection), spec.filter, spec.sort) {}
    std::uint16_t collection;
    view::OrderedIndex ordered;
    std::size_t users = 1;
  };
  enum class Source : std::uint8_t { replica, server, known };
  struct OpenPage {
    PageSpec spec;
    Source source = Source::replica;  // of what is shown
    bool answered = false;            // by the server, since the last flush
    std::vector<RecordId> elsewhere;  // held rows that left the server's page: asked for singly
    Index* index = nullptr;
    view::HeldPage held{1, 25};
    bool shown = false;  // released at least once
    bool dirty = true;
    struct Facts {
      bool ready = false;
      view::PageInfo info;
      std::uint32_t entered = 0, moved = 0;
      bool partial = false;
      std::uint64_t known = 0, total = 0;  // of a partial one
      friend bool operator==(const Facts& a, const Facts& b) {
        return a.ready == b.ready && a.info == b.info && a.entered == b.entered &&
               a.moved == b.moved && a.partial == b.partial && a.known == b.known &&
               a.total == b.total;
      }
    };
    bool told = false;
    Facts told_facts;
    std::vector<RecordId> told_order;
    std::unordered_map<RecordId, std::string, RecordIdHash> told_rows;  // of told_order
  };
  using Changed = std::set<RecordId>;  // id 0 = all of the collection
  struct Watch {
    RowKey key;
    std::string told;
  };

  Index* acquire(const PageSpec& spec);
  void drop(Index* index);
  void rebuild(Index& index);
  OpenPage::Facts arrange(OpenPage& page);
  void arrange_paged(OpenPage& page);
  view::HeldPage::Exact exact_page(const PageSubscriptions::Subscription& answer) const;
  std::string record_text(const RowKey& key) const;
  std::string tell_rows(OpenPage& page, const Changed* changed) const;
  void tell(std::uint64_t number, OpenPage& page, const Changed* changed,
            std::vector<Effect>& effects);

  const sync::Replica& replica_;
  const RowWriter& writer_;
  const PageSubscriptions& subscriptions_;
  std::vector<std::unique_ptr<Index>> indexes_;
  std::map<std::uint64_t, OpenPage> pages_;
  std::map<std::uint64_t, Watch> watches_;
  std::set<std::uint16_t> ready_;
  std::map<std::uint16_t, Changed> dirty_;
  std::set<std::uint16_t> paged_;
  std::map<std::uint16_t, std::uint64_t> totals_;
  Reach reach_ = Reach::away;
  TimeMs as_of_ = 0;
  bool wanted_changed_ = false;
};

}  // namespace syncstore::session
