// PageTrees: the counted trees behind the lists and watched pages of one store, and which watched
// pages a change can touch. Equal (collection, filter, sort) share a tree. Invariants: a tree
// equals filter + sort of its collection after every update; a watched page that is not `touched`
// shows what a filter, sort and slice of the collection would show now.
//
// What a change costs: a look by record id (is it shown?), by value in the conditions that say
// `equal` (only trees that want that value), and a test of the remaining trees that read a changed
// field. Of a tree that moved only the pages between the two ranks are touched, all of them when
// the total changed.
//
// Bounds: kPageTreeBytes altogether; kPageTrees that nobody watches (the least recently used goes
// first); kPageTrees watched ones that changes do not find by a value, so that each costs a test
// per change. A watched page beyond that has no tree: reading it is a scan of the collection, with
// the same answer. Engine executor only.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/limits.hpp"
#include "core/model/table.hpp"
#include "core/view/ordered_index.hpp"
#include "core/view/page.hpp"
#include "core/wire/messages.hpp"

namespace syncstore::engine {

struct PageRows {
  view::PageInfo info;
  std::vector<const model::Record*> rows;
};

class PageTrees;
struct PageTree;  // internal to page_trees.cpp

// One page that is watched, shared by all who watch the same. What it shows is as of its last
// reading.
class PageWatch {
 public:
  PageWatch(PageTrees& trees, PageTree& tree, std::uint64_t number, std::uint32_t page,
            std::uint32_t size);
  ~PageWatch();
  PageWatch(const PageWatch&) = delete;
  PageWatch& operator=(const PageWatch&) = delete;

  std::uint64_t number() const { return number_; }  // ascending as they were made
  std::uint16_t collection() const { return collection_; }
  const view::PageInfo& info() const { return info_; }
  const std::vector<wire::PageRow>& rows() const { return rows_; }
  std::uint64_t first_rank() const { return std::uint64_t{info_.page - 1} * info_.size; }
  bool touched() const { return touched_; }  // may show something else by now
  bool has_tree() const;                     // reading it is no scan

 private:
  friend class PageTrees;
  PageTrees* trees_;  // nullptr: the store left memory
  PageTree* tree_;
  std::uint64_t number_;
  std::uint16_t collection_;
  std::uint32_t wanted_page_;
  std::uint32_t size_;
  view::PageInfo info_;
  std::vector<wire::PageRow> rows_;
  bool touched_ = true;
  bool read_ = false;
};

struct PageTreeCounters {
  std::uint64_t builds = 0;   // trees made, scans among them
  std::uint64_t scans = 0;    // made for one reading and dropped
  std::uint64_t updates = 0;  // of a tree, or a test against the filter of one, by a change
  std::uint64_t touched = 0;  // pages that a change may have affected
};

struct PageTreeBounds {
  std::size_t bytes = limits::kPageTreeBytes;
  std::size_t unwatched = limits::kPageTrees;
  std::size_t tested = limits::kPageTrees;
};

class PageTrees {
 public:
  PageTrees();
  ~PageTrees();

  // The page of a list.
  PageRows read(const model::Table& table, const view::Filter& filter, const view::Sort& sort,
                std::uint32_t page, std::uint32_t size);

  // Equal pages are one watch; it ends with its last holder. Not read yet when it is new.
  std::shared_ptr<PageWatch> watch(const model::CollectionDef& collection,
                                   const view::Filter& filter, const view::Sort& sort,
                                   std::uint32_t page, std::uint32_t size);
  // Makes these pages show what is; of a page without a tree all touched pages of that filter and
  // sort, which share the scan. Answers the pages that were read.
  std::vector<PageWatch*> read(PageWatch& watch, const model::Table& table);
  // Pages touched since the last call, in the order in which they were.
  std::vector<PageWatch*> take_touched();

  // A record changed: before and after as the collection had it, nullptr = not there. `fields`: the
  // indexes that changed, ascending; nullptr = not known.
  void update(std::uint16_t collection, const model::Record* before, const model::Record* after,
              const std::vector<std::uint16_t>* fields);
  bool follows(std::uint16_t collection) const;  // else updates need no `before`

  void set_bounds(const PageTreeBounds& bounds) { bounds_ = bounds; }
  const PageTreeCounters& counters() const { return counters_; }
  std::size_t bytes() const { return bytes_; }
  std::size_t trees() const { return trees_.size(); }

 private:
  friend class PageWatch;
  // Where a change of one collection looks.
  struct Places {
    std::size_t trees = 0;
    std::vector<PageTree*> tested;
    std::map<std::uint16_t, std::map<model::Value, std::vector<PageTree*>>> by_value;
    std::unordered_map<RecordId, std::vector<PageTree*>, RecordIdHash> by_id;
    std::unordered_map<RecordId, std::vector<PageWatch*>, RecordIdHash> shown;
  };
  PageTree& tree(const model::CollectionDef& collection, const view::Filter& filter,
                 const view::Sort& sort);
  void place(PageTree& tree, bool add);
  void build(PageTree& tree, const model::Table& table);
  void drop_index(PageTree& tree);
  void use(PageTree& tree);
  void erase(PageTree& tree);
  void trim(PageTree* keep);
  void count_tested(PageTree& tree);
  void measure(PageTree& tree);
  void update_tree(PageTree& tree, const model::Record* before, const model::Record* after);
  void touch(PageWatch& watch);
  void touch_all(PageTree& tree);
  void touch_ranks(PageTree& tree, std::size_t first, std::size_t last);
  void show(PageWatch& watch, const view::OrderedIndex& index, const model::Table& table);
  void forget(PageWatch& watch);

  std::map<std::string, std::unique_ptr<PageTree>> trees_;  // by filter and sort, as bytes
  std::map<std::uint16_t, Places> places_;
  std::list<PageTree*> unwatched_;  // most recently used first
  std::vector<PageWatch*> touched_;
  std::vector<PageTree*> grown_;  // to be measured anew
  PageTreeBounds bounds_;
  PageTreeCounters counters_;
  std::size_t bytes_ = 0;
  std::size_t tested_ = 0;  // watched trees in memory whose filter is tested against every change
  std::uint64_t next_watch_ = 1;
  std::uint64_t next_build_ = 1;
};

}  // namespace syncstore::engine
