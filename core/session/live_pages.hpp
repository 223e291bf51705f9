// LivePages: what the screens of this browser look at: pages (filter + sort + page number, held
// order) and single records. Owns the ordered indexes, shared by pages of equal filter and sort,
// and what each screen was last told, so that only rows that differ cross to the page. Invariant:
// after flush() every screen has been told its exact state. Single-threaded.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>

#include "core/session/client_effects.hpp"
#include "core/session/row_writer.hpp"
#include "core/view/held_page.hpp"

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

class LivePages {
 public:
  LivePages(const sync::Replica& replica, const RowWriter& writer)
      : replica_(replica), writer_(writer) {}

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
  struct OpenPage {
    PageSpec spec;
    Index* index = nullptr;
    view::HeldPage held{1, 25};
    bool shown = false;  // released at least once
    bool dirty = true;
    struct Facts {
      bool ready = false;
      view::PageInfo info;
      std::uint32_t entered = 0, moved = 0;
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
  OpenPage::Facts arrange(OpenPage& page) const;
  std::string tell_rows(OpenPage& page, const Changed* changed) const;
  void tell(std::uint64_t number, OpenPage& page, const Changed* changed,
            std::vector<Effect>& effects);

  const sync::Replica& replica_;
  const RowWriter& writer_;
  std::vector<std::unique_ptr<Index>> indexes_;
  std::map<std::uint64_t, OpenPage> pages_;
  std::map<std::uint64_t, Watch> watches_;
  std::set<std::uint16_t> ready_;
  std::map<std::uint16_t, Changed> dirty_;
};

}  // namespace syncstore::session
