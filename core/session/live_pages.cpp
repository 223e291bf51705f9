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
  return {};
}

void LivePages::close(std::uint64_t number) {
  const auto found = pages_.find(number);
  if (found == pages_.end())
    return;
  drop(found->second.index);
  pages_.erase(found);
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
}

void LivePages::unwatch(std::uint64_t number) { watches_.erase(number); }

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
    if (page.dirty || dirty_.count(page.spec.collection) > 0)
      tell(number, page, effects);
    page.dirty = false;
  }
  for (auto& [number, watch] : watches_) {
    const auto dirty = dirty_.find(watch.key.collection);
    if (dirty == dirty_.end())
      continue;
    if (dirty->second.count(watch.key.id) == 0 && dirty->second.count(RecordId{}) == 0)
      continue;
    std::string text;
    if (replica_.shown(watch.key.collection, watch.key.id) != nullptr) {
      text = writer_.row(watch.key, true, false);
    } else {
      text = ready_.count(watch.key.collection) > 0 ? "null" : "\"loading\"";
    }
    if (text == watch.told)
      continue;
    watch.told = text;
    effects.push_back({EffectKind::record, number, std::move(text), {}});
  }
  dirty_.clear();
}

void LivePages::tell(std::uint64_t number, OpenPage& page, std::vector<Effect>& effects) {
  const std::uint16_t collection = page.spec.collection;
  const auto alive = [&](RecordId id) { return replica_.shown(collection, id) != nullptr; };
  const bool ready = ready_.count(collection) > 0;
  if (!page.shown && ready) {
    page.held.release(page.index->ordered);
    page.shown = true;
  } else if (page.shown) {
    page.held.recount(page.index->ordered, alive);
    const auto& rows = page.held.rows();
    const bool nothing_left =
        std::all_of(rows.begin(), rows.end(), [](const auto& row) { return row.removed; });
    // Nobody reads an empty table or a page that is gone: what belongs there is shown at once.
    if (nothing_left && (rows.empty() || page.held.info().clamped))
      page.held.release(page.index->ordered);
  }
  const view::PageInfo info =
      page.shown ? page.held.info() : view::PageInfo{0, page.spec.page, 1, page.spec.size, false};
  std::string facts =
      std::string("{\"state\":\"") + (page.shown ? "ready" : "loading") +
      "\",\"total\":" + std::to_string(info.total) + ",\"page\":" + std::to_string(info.page) +
      ",\"pages\":" + std::to_string(info.pages) + ",\"size\":" + std::to_string(info.size) +
      ",\"clamped\":" + (info.clamped ? "true" : "false") +
      ",\"entered\":" + std::to_string(page.shown ? page.held.entered() : 0) +
      ",\"moved\":" + std::to_string(page.shown ? page.held.moved() : 0);
  std::string order;
  std::string rows;
  std::unordered_map<RecordId, std::string, RecordIdHash> now_told;
  const auto dirty = dirty_.find(collection);
  const bool all = dirty != dirty_.end() && dirty->second.count(RecordId{}) > 0;
  if (page.shown) {
    for (const view::HeldPage::Row& row : page.held.rows()) {
      order += order.empty() ? "\"" : ",\"";
      order += row.id.text() + '"';
      const auto before = page.told_rows.find(row.id);
      const bool look = all || page.dirty || before == page.told_rows.end() ||
                        (dirty != dirty_.end() && dirty->second.count(row.id) > 0);
      std::string text =
          look ? writer_.row({collection, row.id}, row.placed, row.removed) : before->second;
      if (look && (before == page.told_rows.end() || before->second != text)) {
        if (!rows.empty())
          rows += ',';
        rows += text;
      }
      now_told[row.id] = std::move(text);
    }
  }
  if (page.told && facts == page.told_facts && order == page.told_order && rows.empty())
    return;
  std::string patch = facts;
  if (!page.told || order != page.told_order)
    patch += ",\"order\":[" + order + ']';
  if (!rows.empty())
    patch += ",\"rows\":[" + rows + ']';
  patch += '}';
  page.told = true;
  page.told_facts = std::move(facts);
  page.told_order = std::move(order);
  page.told_rows = std::move(now_told);
  effects.push_back({EffectKind::page, number, std::move(patch), {}});
}

}  // namespace syncstore::session
