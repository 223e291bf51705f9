#include "core/session/live_pages.hpp"

#include <algorithm>

#include "core/base/limits.hpp"

namespace syncstore::session {

LivePages::Index* LivePages::acquire(const PageSpec& spec) {
  for (const auto& index : indexes_) {
    if (index->collection == spec.collection && index->ordered.filter() == spec.filter &&
        index->ordered.sort() == spec.sort) {
      ++index->users;
      return index.get();
    }
  }
  indexes_.push_back(std::make_unique<Index>(spec));
  rebuild(*indexes_.back());
  return indexes_.back().get();
}

void LivePages::drop(Index* index) {
  if (--index->users > 0)
    return;
  indexes_.erase(std::find_if(indexes_.begin(), indexes_.end(),
                              [&](const auto& candidate) { return candidate.get() == index; }));
}

void LivePages::rebuild(Index& index) {
  index.ordered.build([&](const std::function<void(const model::Record&)>& visit) {
    replica_.for_each_shown(index.collection, visit);
  });
}

Status LivePages::open(std::uint64_t number, PageSpec spec) {
  if (spec.size < 1 || spec.size > limits::kPageSizeMax)
    return fail(ErrorCode::out_of_range, "1 to 200 rows", "size");
  if (pages_.size() >= limits::kOpenPages && pages_.count(number) == 0) {
    return fail(ErrorCode::queue_full, "too many open tables");
  }
  const auto found = pages_.find(number);
  if (found != pages_.end() && found->second.spec == spec)
    return {};
  Index* index = acquire(spec);  // before the old one is dropped: turning a page keeps its index
  if (found != pages_.end())
    drop(found->second.index);
  OpenPage& page = pages_[number];
  page.spec = spec;
  page.index = index;
  page.held.go_to(spec.page, spec.size);
  page.shown = false;
  page.dirty = true;
  wanted_changed_ = true;
  return {};
}

void LivePages::close(std::uint64_t number) {
  const auto found = pages_.find(number);
  if (found == pages_.end())
    return;
  drop(found->second.index);
  pages_.erase(found);
  wanted_changed_ = true;
}

void LivePages::release(std::uint64_t number) {
  const auto found = pages_.find(number);
  if (found == pages_.end())
    return;
  found->second.shown = false;
  found->second.dirty = true;
}

void LivePages::watch(std::uint64_t number, RowKey key) {
  watches_[number] = {key, {}};
  decoration_changed(key);
  wanted_changed_ = true;
}

void LivePages::unwatch(std::uint64_t number) {
  watches_.erase(number);
  wanted_changed_ = true;
}

void LivePages::shown_changed(std::uint16_t collection, RecordId id, const model::Record* before,
                              const model::Record* after) {
  dirty_[collection].insert(id);
  for (const auto& index : indexes_) {
    if (index->collection != collection)
      continue;
    if (id) {
      index->ordered.update(before, after);
    } else {
      rebuild(*index);
    }
  }
}

void LivePages::set_ready(std::uint16_t collection, bool ready) {
  const bool changed = ready ? ready_.insert(collection).second : ready_.erase(collection) > 0;
  if (changed)
    dirty_[collection].insert(RecordId{});
}

void LivePages::show_on_top(const RowKey& key) {
  for (auto& [number, page] : pages_) {
    if (page.spec.collection != key.collection || !page.shown)
      continue;
    page.held.show_on_top(key.id);
    page.dirty = true;
  }
}

void LivePages::flush(std::vector<Effect>& effects) {
  for (auto& [number, page] : pages_) {
    const auto changed = dirty_.find(page.spec.collection);
    if (page.dirty || page.answered || changed != dirty_.end())
      tell(number, page, changed == dirty_.end() ? nullptr : &changed->second, effects);
    page.dirty = page.answered = false;
  }
  for (auto& [number, watch] : watches_) {
    const auto dirty = dirty_.find(watch.key.collection);
    if (dirty == dirty_.end())
      continue;
    if (dirty->second.count(watch.key.id) == 0 && dirty->second.count(RecordId{}) == 0)
      continue;
    std::string text = record_text(watch.key);
    if (text == watch.told)
      continue;
    watch.told = text;
    effects.push_back({EffectKind::record, number, std::move(text), {}});
  }
  dirty_.clear();
}

LivePages::OpenPage::Facts LivePages::arrange(OpenPage& page) {
  const std::uint16_t collection = page.spec.collection;
  const auto alive = [&](RecordId id) { return replica_.shown(collection, id) != nullptr; };
  if (is_paged(collection)) {
    arrange_paged(page);
  } else {
    // What came from the server before is released once it is all here.
    if (page.source != Source::replica)
      page.shown = false;
    page.source = Source::replica;
    if (!page.shown && ready_.count(collection) > 0) {
      page.held.release(page.index->ordered);
      page.shown = true;
    } else if (page.shown) {
      page.held.recount(page.index->ordered, alive);
    }
  }
  const auto& rows = page.held.rows();
  const bool nothing_left =
      std::all_of(rows.begin(), rows.end(), [](const auto& row) { return row.removed; });
  // Nobody reads an empty table or a page that is gone: what belongs there is shown at once.
  if (page.shown && page.source != Source::server && nothing_left &&
      (rows.empty() || page.held.info().clamped))
    page.held.release(page.index->ordered);
  OpenPage::Facts facts;
  if (!page.shown) {
    facts.info = view::PageInfo{0, page.spec.page, 1, page.spec.size, false};
    return facts;
  }
  facts = {true, page.held.info(), page.held.entered(), page.held.moved(), false, 0, 0};
  if (page.source == Source::known || (page.source == Source::server && reach_ == Reach::away)) {
    facts.partial = true;
    facts.known = replica_.shown_size(collection);
    facts.total = total(collection);
  }
  return facts;
}

// The rows whose text differs from what the screen has. The text of a row is made anew only when
// its record changed or it came into the page: it depends on nothing else.
std::string LivePages::tell_rows(OpenPage& page, const Changed* changed) const {
  const bool all = page.dirty || (changed != nullptr && changed->count(RecordId{}) > 0);
  std::string rows;
  for (const view::HeldPage::Row& row : page.held.rows()) {
    const bool look = all || (changed != nullptr && changed->count(row.id) > 0) ||
                      page.told_rows.count(row.id) == 0;
    if (!look)
      continue;
    std::string text = writer_.row({page.spec.collection, row.id}, row.placed, row.removed);
    std::string& told = page.told_rows[row.id];
    if (text == told)
      continue;
    if (!rows.empty())
      rows += ',';
    rows += text;
    told = std::move(text);
  }
  return rows;
}

void LivePages::tell(std::uint64_t number, OpenPage& page, const Changed* changed,
                     std::vector<Effect>& effects) {
  const OpenPage::Facts facts = arrange(page);
  const OpenPage::Facts& told = page.told_facts;
  const bool same_facts = page.told && facts == told;
  static const std::vector<view::HeldPage::Row> kNoRows;
  const auto& shown = page.shown ? page.held.rows() : kNoRows;
  const bool same_order =
      page.told &&
      std::equal(shown.begin(), shown.end(), page.told_order.begin(), page.told_order.end(),
                 [](const auto& row, RecordId id) { return row.id == id; });
  const std::string rows = page.shown ? tell_rows(page, changed) : std::string();
  if (same_facts && same_order && rows.empty())
    return;
  std::string patch = std::string("{\"state\":\"") + (facts.ready ? "ready" : "loading") +
                      "\",\"total\":" + std::to_string(facts.info.total) +
                      ",\"page\":" + std::to_string(facts.info.page) +
                      ",\"pages\":" + std::to_string(facts.info.pages) +
                      ",\"size\":" + std::to_string(facts.info.size) +
                      ",\"clamped\":" + (facts.info.clamped ? "true" : "false") +
                      ",\"entered\":" + std::to_string(facts.entered) +
                      ",\"moved\":" + std::to_string(facts.moved);
  if (facts.partial) {
    patch += ",\"partial\":{\"known\":" + std::to_string(facts.known) +
             ",\"total\":" + std::to_string(facts.total) + ",\"asOf\":" + std::to_string(as_of_) +
             '}';
  }
  if (!same_order) {
    page.told_order.clear();
    std::unordered_map<RecordId, std::string, RecordIdHash> kept;
    patch += ",\"order\":[";
    for (const view::HeldPage::Row& row : shown) {
      patch += page.told_order.empty() ? "\"" : ",\"";
      patch += row.id.text() + '"';
      page.told_order.push_back(row.id);
      kept[row.id] = std::move(page.told_rows[row.id]);
    }
    patch += ']';
    page.told_rows = std::move(kept);
  }
  if (!rows.empty())
    patch += ",\"rows\":[" + rows + ']';
  patch += '}';
  page.told = true;
  page.told_facts = facts;
  effects.push_back({EffectKind::page, number, std::move(patch), {}});
}

}  // namespace syncstore::session
