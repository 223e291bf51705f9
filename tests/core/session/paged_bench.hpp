// A server of pages in memory: a table of products, filtered, sorted and sliced the slow way for
// each subscription of the browser's link, told as frames that a real one sends. Holds what the
// browser asked for; merges nothing.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/core/session/client_bench.hpp"

namespace syncstore::session::testing {

class PagedServer {
 public:
  explicit PagedServer(ClientBench& bench, Sequence head = 100) : bench_(bench), head_(head) {}

  // --- its state
  model::Record& put(model::Record record) {
    sorted_at_ = 0;
    record.version = head_;
    return records_[record.id] = std::move(record);
  }
  void put_products(RowNumber count) {
    for (RowNumber row = 1; row <= count; ++row)
      put(ClientBench::product(row, "Product " + std::to_string(row), std::int64_t{row} * 10'000));
  }
  model::Record* find(RecordId id) {
    const auto found = records_.find(id);
    return found == records_.end() ? nullptr : &found->second;
  }
  // One change, of the next sequence; told by tell().
  Sequence set_price(RecordId id, std::int64_t price) {
    ++head_;
    model::Record& record = records_.at(id);
    record.values[ClientBench::field(model::kProducts, "price")] = price;
    record.version = head_;
    record.changed_by = 2;
    record.changed_at = bench_.now;
    return head_;
  }
  Sequence set_status(RecordId id, const std::string& status) {
    ++head_;
    model::Record& record = records_.at(id);
    record.values[ClientBench::field(model::kProducts, "status")] = status;
    record.version = head_;
    return head_;
  }
  Sequence insert(model::Record record) {
    ++head_;
    put(std::move(record));
    return head_;
  }
  Sequence remove(RecordId id) {
    ++head_;
    records_.erase(id);
    return head_;
  }
  Sequence head() const { return head_; }
  std::size_t size() const { return records_.size(); }
  std::size_t open() const { return open_.size(); }

  struct Slice {
    std::uint64_t total = 0;
    std::uint32_t page = 1;
    std::vector<RecordId> order;
  };
  Slice slice(const PageSpec& spec) const {
    const std::vector<view::SortKey>& keys = sorted(spec);
    Slice slice;
    slice.total = keys.size();
    const std::uint64_t pages =
        std::max<std::uint64_t>(1, (keys.size() + spec.size - 1) / spec.size);
    slice.page = static_cast<std::uint32_t>(std::min<std::uint64_t>(spec.page, pages));
    for (std::size_t i = std::size_t{slice.page - 1} * spec.size;
         i < keys.size() && slice.order.size() < spec.size; ++i)
      slice.order.push_back(keys[i].id);
    return slice;
  }

  // --- its link
  // Everything but products as snapshots, products in page mode.
  void welcome(std::vector<wire::Answer> answers = {}) {
    open_.clear();
    bench_.receive(bench_.welcome(head_, std::move(answers)));
    for (const model::CollectionDef& collection : model::collections()) {
      if (collection.read > model::Role::editor)
        continue;
      if (collection.number == model::kProducts) {
        bench_.receive(wire::Cancel{collection.number, ErrorCode::page_only});
      } else if (bench_.session().cursor(collection.number) == 0) {
        bench_.send_snapshot(collection.number, {}, head_);
      }
    }
    bench_.receive(wire::Change{head_, {}, {}});
  }
  void go_live() {
    bench_.start();
    bench_.open_socket();
    welcome();
    serve();
  }
  // Takes what the browser sent; mutations are kept for the test.
  void serve() {
    for (bool more = true; more;) {
      more = false;
      for (const wire::UpMessage& message : bench_.take_sent()) {
        more = true;
        if (const auto* subscribe = std::get_if<wire::Subscribe>(&message)) {
          ++asked;
          asked_known = subscribe->known;
          Open& open = open_[subscribe->subscription];
          open = Open{};
          open.spec = {subscribe->collection, subscribe->filter, subscribe->sort, subscribe->page,
                       subscribe->page_size};
          if (!mute)
            tell(subscribe->subscription, open);
        } else if (const auto* unsubscribe = std::get_if<wire::Unsubscribe>(&message)) {
          open_.erase(unsubscribe->subscription);
        } else if (const auto* mutate = std::get_if<wire::Mutate>(&message)) {
          mutations.insert(mutations.end(), mutate->mutations.begin(), mutate->mutations.end());
        }
      }
    }
  }
  // A cut: what differs of every page, then the head.
  void tell() {
    for (auto& [number, open] : open_)
      tell(number, open);
    bench_.receive(wire::Change{head_, {}, {}});
    serve();
  }
  void lose() {
    bench_.session().socket_closed(1006, bench_.now);
    bench_.settle();
  }

  std::vector<sync::Mutation> mutations;
  int asked = 0;
  std::uint64_t asked_known = 0;  // of the last question
  bool mute = false;              // questions are not answered until tell()
  bool spoil_hash = false;

 private:
  struct Open {
    PageSpec spec;
    bool told = false;
    std::uint64_t hash = 0;
    std::vector<RecordId> order;
    std::map<RecordId, Sequence> versions;
  };

  const std::vector<view::SortKey>& sorted(const PageSpec& spec) const {
    PageSpec all = spec;
    all.page = 1;
    if (sorted_at_ == head_ && all == sorted_spec_)
      return sorted_;
    const model::CollectionDef& collection = *model::find_collection(spec.collection);
    sorted_.clear();
    for (const auto& [id, record] : records_) {
      if (spec.collection == model::kProducts && spec.filter.matches(collection, record))
        sorted_.push_back(view::make_key(collection, spec.sort, record));
    }
    std::sort(sorted_.begin(), sorted_.end(), [&](const auto& a, const auto& b) {
      return view::key_less(a, b, spec.sort.descending);
    });
    sorted_at_ = head_;
    sorted_spec_ = std::move(all);
    return sorted_;
  }

  void tell(std::uint32_t number, Open& open) {
    const Slice slice = this->slice(open.spec);
    wire::Page page;
    page.subscription = number;
    page.collection = open.spec.collection;
    page.total = slice.total;
    page.page = slice.page;
    page.sequence = head_;
    std::vector<wire::PageRow> rows;
    std::map<RecordId, Sequence> versions;
    for (const RecordId id : slice.order) {
      const model::Record& record = records_.at(id);
      rows.push_back({id, record.version});
      versions[id] = record.version;
      const auto told = open.versions.find(id);
      if (told == open.versions.end() || told->second != record.version)
        page.entered.push_back(record);
    }
    page.hash = wire::page_hash(slice.total, std::uint64_t{slice.page - 1} * open.spec.size, rows);
    if (open.told && page.hash == open.hash)
      return;
    if (!open.told || slice.order != open.order)
      page.order = slice.order;
    open.told = true;
    open.hash = page.hash;
    open.order = slice.order;
    open.versions = std::move(versions);
    if (std::exchange(spoil_hash, false))
      page.hash ^= 2;
    bench_.receive(page);
  }

  ClientBench& bench_;
  Sequence head_;
  std::map<RecordId, model::Record> records_;
  std::map<std::uint32_t, Open> open_;
  // The last list asked for, of one head: a page is turned over thousands of records.
  mutable std::vector<view::SortKey> sorted_;
  mutable PageSpec sorted_spec_;
  mutable Sequence sorted_at_ = 0;
};

// A table on a screen: patches applied one after the other.
struct PagedScreen {
  Json facts;
  std::vector<std::string> order;
  std::map<std::string, Json> rows;

  explicit PagedScreen(std::vector<std::string>& from) : patches(from) {}
  std::vector<std::string>& patches;

  PagedScreen& look() {
    for (const std::string& text : patches) {
      const Json patch = Json::parse(text, 1 << 22).value();
      if (const Json* told = patch.find("order")) {
        order.clear();
        for (const Json& id : told->items())
          order.push_back(id.text());
      }
      if (const Json* told = patch.find("rows")) {
        for (const Json& row : told->items())
          rows[row.find("id")->text()] = row;
      }
      facts = patch;
    }
    patches.clear();
    return *this;
  }
  std::string state() const { return facts.find("state")->text(); }
  std::int64_t number(const char* name) const { return facts.find(name)->integer(); }
  bool is_partial() const { return facts.find("partial") != nullptr; }
  std::string price(const std::string& id) const {
    const Json* price = rows.at(id).find("fields")->find("price");
    return price == nullptr ? "" : price->text();
  }
};

inline std::vector<std::string> texts(const std::vector<RecordId>& ids) {
  std::vector<std::string> list;
  for (const RecordId id : ids)
    list.push_back(id.text());
  return list;
}

inline std::string open_page(int number, int page, const std::string& sort = "-price",
                             const std::string& status = "", int size = 5) {
  return R"({"cmd":"openPage","page":)" + std::to_string(number) +
         R"(,"spec":{"collection":"products","page":)" + std::to_string(page) + R"(,"size":)" +
         std::to_string(size) + R"(,"sort":")" + sort + R"(","filter":)" +
         (status.empty() ? "{}" : R"({"status":")" + status + R"("})") + R"(,"query":""}})";
}

inline std::string insert_product(const ClientBench& bench, RowNumber row, int number,
                                  const std::string& price) {
  return R"({"cmd":"edit","mutation":")" + bench.uuid(number) +
         R"(","ops":[{"op":"insert","collection":"products","id":")" + ClientBench::id(row).text() +
         R"(","fields":{"title":"Made here","status":"Active","price":")" + price + R"("}}]})";
}

inline std::string edit(const ClientBench& bench, RowNumber row, int number,
                        const std::string& op) {
  return R"({"cmd":"edit","mutation":")" + bench.uuid(number) +
         R"(","ops":[{"collection":"products","id":")" + ClientBench::id(row).text() + R"(",)" +
         op + "}]}";
}

inline std::string watch(int number, RowNumber row) {
  return R"({"cmd":"watch","watch":)" + std::to_string(number) +
         R"(,"collection":"products","id":")" + ClientBench::id(row).text() + R"("})";
}

inline std::string id(RowNumber row) { return ClientBench::id(row).text(); }

inline PageSpec by_price(std::uint32_t page, std::uint32_t size = 5) {
  PageSpec spec;
  spec.collection = model::kProducts;
  spec.sort = {ClientBench::field(model::kProducts, "price"), true};
  spec.page = page;
  spec.size = size;
  return spec;
}

// Twelve products, priced 1 to 12, and a page of five of them.
struct Paged : ::testing::Test {
  Storage storage;
  ClientBench bench{storage};
  PagedServer server{bench};
  PagedScreen screen{bench.pages[1]};

  void SetUp() override {
    server.put_products(12);
    server.go_live();
    bench.command(open_page(1, 1));
    server.serve();
    screen.look();
  }
  // As if the tab were opened anew, without a network.
  void reopen(ClientBench& again) {
    again.now = bench.now + 1'000;
    again.session().network_hint(false, again.now);
    again.start();
  }
};

}  // namespace syncstore::session::testing
