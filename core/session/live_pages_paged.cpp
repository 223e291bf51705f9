// Pages and records of collections in page mode: the server's answers, or what is known here.
#include <algorithm>

#include "core/base/limits.hpp"
#include "core/session/live_pages.hpp"

namespace syncstore::session {

void LivePages::set_paged(std::uint16_t collection, bool paged) {
  const bool changed = paged ? paged_.insert(collection).second : paged_.erase(collection) > 0;
  if (!paged)
    totals_.erase(collection);
  if (changed)
    dirty_[collection].insert(RecordId{});
  wanted_changed_ = wanted_changed_ || changed;
}

std::uint64_t LivePages::total(std::uint16_t collection) const {
  const auto found = totals_.find(collection);
  return found == totals_.end() ? 0 : found->second;
}

void LivePages::set_reach(Reach reach, TimeMs as_of) {
  as_of_ = as_of;
  if (reach == reach_)
    return;
  reach_ = reach;
  for (const std::uint16_t collection : paged_)
    dirty_[collection].insert(RecordId{});
  wanted_changed_ = true;
}

void LivePages::answered(const PageSpec& spec) {
  for (auto& [number, page] : pages_)
    page.answered = page.answered || page.spec == spec;
  for (const auto& [number, watch] : watches_) {
    if (watch.key.collection == spec.collection && record_page(watch.key) == spec)
      decoration_changed(watch.key);
  }
}

void LivePages::for_each_wanted(const std::function<void(const PageSpec&)>& visit) const {
  if (paged_.empty())
    return;
  for (const auto& [number, page] : pages_) {
    if (is_paged(page.spec.collection))
      visit(page.spec);
  }
  // Opened last, looked at first.
  for (auto watch = watches_.rbegin(); watch != watches_.rend(); ++watch) {
    if (is_paged(watch->second.key.collection))
      visit(record_page(watch->second.key));
  }
  for (const auto& [number, page] : pages_) {
    if (!is_paged(page.spec.collection))
      continue;
    for (const RecordId id : page.elsewhere)
      visit(record_page({page.spec.collection, id}));
  }
}

void LivePages::for_each_held(std::uint16_t collection,
                              const std::function<void(RecordId)>& visit) const {
  for (const auto& [number, page] : pages_) {
    if (page.spec.collection != collection)
      continue;
    for (const view::HeldPage::Row& row : page.held.rows())
      visit(row.id);
  }
  for (const auto& [number, watch] : watches_) {
    if (watch.key.collection == collection)
      visit(watch.key.id);
  }
}

view::HeldPage::Exact LivePages::exact_page(const PageSubscriptions::Subscription& answer) const {
  view::HeldPage::Exact exact;
  exact.info = view::recalculate(answer.total, answer.page, answer.spec.size);
  exact.info.clamped = answer.spec.page > answer.page;
  exact.order = answer.order;
  return exact;
}

// What is on screen stays until another source has an answer.
void LivePages::arrange_paged(OpenPage& page) {
  const std::uint16_t collection = page.spec.collection;
  const auto alive = [&](RecordId id) { return replica_.shown(collection, id) != nullptr; };
  const PageSubscriptions::Subscription* asked = subscriptions_.find(page.spec);
  const bool answered = asked != nullptr && asked->page != 0;
  const bool fresh = answered && asked->fresh;
  const bool awaited = reach_ == Reach::live && !fresh && (asked == nullptr || !asked->refused);
  Source source = Source::known;
  if (fresh || (answered && page.shown && page.source == Source::server)) {
    source = Source::server;
  } else if (awaited && (!page.shown || page.source == Source::server)) {
    page.shown = false;
    return;
  } else if (awaited) {
    source = page.source;
  } else if (!page.shown && reach_ == Reach::connecting && replica_.shown_size(collection) == 0) {
    return;
  }
  if (source != page.source && (source == Source::server || page.source == Source::server))
    page.shown = false;
  if (source == Source::server) {
    const view::HeldPage::Exact exact = exact_page(*asked);
    if (!page.shown) {
      page.held.release(exact);
      const auto inserts = replica_.pending_inserts(collection);
      for (const model::Record* record : inserts) {
        if (page.index->ordered.rank_of(*record))
          page.held.show_on_top(record->id);
      }
    }
    page.held.recount(exact, alive);
    const auto& rows = page.held.rows();
    if (std::all_of(rows.begin(), rows.end(), [](const auto& row) { return row.removed; }) &&
        (rows.empty() || page.held.info().clamped))
      page.held.release(exact);
  } else if (!page.shown) {
    page.held.release(page.index->ordered);
  } else {
    page.held.recount(page.index->ordered, alive);
  }
  page.shown = true;
  page.source = source;

  std::vector<RecordId> elsewhere;
  for (const view::HeldPage::Row& row : page.held.rows()) {
    if (source == Source::server && !row.removed && !asked->contains(row.id) &&
        replica_.base(collection).find(row.id) != nullptr)
      elsewhere.push_back(row.id);
  }
  wanted_changed_ = wanted_changed_ || elsewhere != page.elsewhere;
  page.elsewhere = std::move(elsewhere);
}

std::string LivePages::record_text(const RowKey& key) const {
  if (replica_.shown(key.collection, key.id) != nullptr)
    return writer_.row(key, true, false);
  if (!is_paged(key.collection))
    return ready_.count(key.collection) > 0 ? "null" : "\"loading\"";
  const PageSubscriptions::Subscription* asked = subscriptions_.find(record_page(key));
  if (replica_.is_pending(key.collection, key.id) || (asked != nullptr && asked->page != 0))
    return "null";
  const bool awaited =
      reach_ == Reach::live ? asked == nullptr || !asked->refused : reach_ == Reach::connecting;
  return awaited ? "\"loading\"" : "\"unknown\"";
}

}  // namespace syncstore::session
