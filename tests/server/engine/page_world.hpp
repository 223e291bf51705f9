// Links with page subscriptions: an engine in which few records are many, and a reader that puts
// its pages together from the frames and checks each.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/base/digest.hpp"
#include "tests/server/engine/engine_world.hpp"
#include "tests/server/engine/page_oracle.hpp"

namespace syncstore::testing {

// The pages of one link as its peer puts them together.
class PageReader {
 public:
  struct Open {
    PageSpec spec;
    bool answered = false;
    ShownPage shown;
    Sequence sequence = 0;
    std::map<RecordId, model::Record> rows;
    int frames = 0;
  };

  void take(const std::vector<wire::DownMessage>& messages) {
    for (const wire::DownMessage& message : messages) {
      if (const auto* page = std::get_if<wire::Page>(&message)) {
        take_page(*page);
      } else if (const auto* change = std::get_if<wire::Change>(&message)) {
        EXPECT_GE(change->head, head);
        head = change->head;
        for (const sync::Delta& section : change->sections)
          ++sections[section.collection];
        if (at_head)
          at_head(head);
      } else if (const auto* cancel = std::get_if<wire::Cancel>(&message)) {
        cancels.push_back(*cancel);
      } else if (const auto* begin = std::get_if<wire::Begin>(&message)) {
        snapshots.push_back(begin->collection);
      } else if (const auto* notice = std::get_if<wire::Notice>(&message)) {
        notices.push_back(*notice);
      }
    }
  }

  std::map<std::uint32_t, Open> pages;
  Sequence head = 0;
  std::function<void(Sequence)> at_head;
  std::function<void(const Open&)> at_page;
  std::map<std::uint16_t, int> sections;
  std::vector<std::uint16_t> snapshots;
  std::vector<wire::Cancel> cancels;
  std::vector<wire::Notice> notices;
  int unknown = 0;

 private:
  void take_page(const wire::Page& page) {
    const auto found = pages.find(page.subscription);
    if (found == pages.end()) {
      ++unknown;
      return;
    }
    Open& open = found->second;
    ++open.frames;
    for (const model::Record& row : page.entered)
      open.rows[row.id] = row;
    if (page.hash == 0) {
      EXPECT_TRUE(page.order.empty());
      return;
    }
    EXPECT_GE(page.sequence, open.sequence) << "never back";
    open.sequence = page.sequence;
    if (!page.order.empty() || page.total == 0) {
      open.shown.rows.clear();
      for (const RecordId id : page.order)
        open.shown.rows.push_back({id, 0});
    } else {
      EXPECT_TRUE(open.answered) << "an order that was never told";
    }
    open.answered = true;
    open.shown.total = page.total;
    open.shown.page = page.page;
    ByteWriter bytes;
    bytes.u64(page.total);
    bytes.u64(std::uint64_t{page.page - 1} * open.spec.size);
    std::map<RecordId, model::Record> kept;
    for (wire::PageRow& row : open.shown.rows) {
      const auto known = open.rows.find(row.id);
      ASSERT_NE(known, open.rows.end()) << "a row that was never told";
      row.version = known->second.version;
      bytes.u64(row.id.value);
      bytes.u64(row.version);
      kept.insert(*known);
    }
    open.rows = std::move(kept);
    EXPECT_EQ(xxh64(bytes.bytes()), page.hash);
    if (at_page)
      at_page(open);
  }
};

class PageWorld : public EngineWorld {
 protected:
  PageWorld() {
    create_store("gifts");
    engine->hub().set_replica_limits({.records = 20, .back = 18});
  }

  std::vector<RecordId> fill(int count) {
    std::vector<RecordId> made;
    std::vector<sync::Mutation> mutations;
    for (int i = 0; i < count; ++i) {
      made.push_back(new_id());
      mutations.push_back(product("Mug " + std::to_string(i), made.back()));
    }
    commit(std::move(mutations));
    events.advance(1'000);
    return made;
  }
  OpenLink follow_pages(const std::string& who,
                        std::vector<std::uint16_t> collections = {model::kProducts}) {
    OpenLink open = connect();
    wire::Hello asked = hello(who, std::move(collections));
    asked.abilities = wire::kReadsLive | wire::kReadsPages;
    send(open, asked);
    return open;
  }
  static wire::Subscribe subscription(std::uint32_t number, const PageSpec& spec) {
    wire::Subscribe subscribe;
    subscribe.subscription = number;
    subscribe.collection = model::kProducts;
    subscribe.filter = spec.filter;
    subscribe.sort = spec.sort;
    subscribe.page = spec.page;
    subscribe.page_size = spec.size;
    return subscribe;
  }
  void subscribe(OpenLink& open, PageReader& reader, std::uint32_t number, const PageSpec& spec) {
    reader.pages[number] = {};
    reader.pages[number].spec = spec;
    send(open, subscription(number, spec));
  }
  const model::Table& products() { return state().table(model::kProducts); }
  PageSpec by_title(std::uint32_t page = 1, std::uint32_t size = 5) {
    PageSpec spec;
    spec.sort.field = field("title");
    spec.page = page;
    spec.size = size;
    return spec;
  }
  void expect_exact(const PageReader& reader) {
    for (const auto& [number, open] : reader.pages) {
      EXPECT_TRUE(open.answered);
      EXPECT_EQ(open.shown, plain_page(products(), open.spec)) << number;
      for (const auto& row : open.shown.rows)
        EXPECT_EQ(open.rows.at(row.id).values, products().find(row.id)->values);
    }
  }
  const engine::HubCounters& counters() { return engine->hub().counters(); }
};

}  // namespace syncstore::testing
