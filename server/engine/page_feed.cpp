#include "server/engine/page_feed.hpp"

#include <algorithm>
#include <utility>

#include "core/base/limits.hpp"
#include "core/wire/frame_codec.hpp"
#include "server/engine/hub.hpp"
#include "server/engine/link_feed.hpp"

namespace syncstore::engine {
namespace {

// Pages whose frames are kept for the next reader: those of a restart come together.
constexpr std::size_t kEncodedPages = 16;

}  // namespace

// --- frames of a page ---

// Rows that do not fit into one frame go ahead in frames that say nothing else.
void LivePage::encode(const StoreState& store, bool all, std::optional<Encoded>& into) const {
  const model::Table& table = store.table(collection());
  const auto& rows = watch_->rows();
  wire::Page page;
  page.collection = collection();
  page.total = watch_->info().total;
  page.page = watch_->info().page;
  page.sequence = sequence_;
  into.emplace();
  std::size_t bytes = 0;
  for (const wire::PageRow& row : rows) {
    const model::Record* record = table.find(row.id);
    const bool known =
        !all && std::find(told_rows_.begin(), told_rows_.end(), row) != told_rows_.end();
    if (record == nullptr || known)
      continue;
    const std::size_t more = wire::approximate_row_bytes(*record);
    if (bytes + more > limits::kPartOutputBytes / 2 && !page.entered.empty()) {
      into->bodies.push_back(wire::encode_page_body(page));
      page.entered.clear();
      bytes = 0;
    }
    bytes += more;
    page.entered.push_back(*record);
  }
  const bool same_order =
      !all && std::equal(rows.begin(), rows.end(), told_rows_.begin(), told_rows_.end(),
                         [](const auto& a, const auto& b) { return a.id == b.id; });
  if (!same_order) {
    for (const wire::PageRow& row : rows)
      page.order.push_back(row.id);
  }
  page.hash = hash_;
  into->bodies.push_back(wire::encode_page_body(page));
}

SharedPageFrames LivePage::frames(std::optional<Encoded>& encoded, std::uint32_t number) {
  SharedPageFrames& frames = encoded->frames[number];
  if (frames != nullptr)
    return frames;
  auto made = std::make_shared<PageFrames>();
  made->hash = hash_;
  for (const Bytes& body : encoded->bodies) {
    made->messages.push_back(std::make_shared<const std::string>(wire::encode_page(number, body)));
    ++hub_.counters_.page_frames_encoded;
  }
  frames = std::move(made);
  return frames;
}

SharedPageFrames LivePage::whole(const StoreState& store, std::uint32_t number) {
  if (!lags())
    sequence_ = std::max(sequence_, store.sequence());
  if (!whole_ || whole_sequence_ != sequence_) {
    encode(store, true, whole_);
    whole_sequence_ = sequence_;
  }
  return frames(whole_, number);
}

SharedPageFrames LivePage::difference(const StoreState& store, std::uint32_t number) {
  if (!difference_)
    encode(store, false, difference_);
  return frames(difference_, number);
}

SharedPageFrames LivePage::unchanged(std::uint32_t number) const {
  wire::Page page;
  page.subscription = number;
  page.collection = collection();
  page.total = watch_->info().total;
  page.page = watch_->info().page;
  page.sequence = sequence_;
  page.hash = hash_;
  auto made = std::make_shared<PageFrames>();
  made->hash = hash_;
  made->messages.push_back(std::make_shared<const std::string>(wire::encode(page)));
  return made;
}

// --- pages of a store ---

SharedPageFrames PageFeed::whole(const StoreState& store, LivePage& page, std::uint32_t number) {
  if (!page.whole_) {
    encoded_.push_back(page.weak_from_this());
    if (encoded_.size() > kEncodedPages) {
      if (const auto oldest = encoded_.front().lock(); oldest != nullptr && oldest.get() != &page)
        oldest->whole_.reset();
      encoded_.pop_front();
    }
  }
  return page.whole(store, number);
}

PageFeed::PageFeed(Hub& hub, const StoreState& store) : hub_(hub), id_(store.id()) {}

PageFeed::~PageFeed() {
  if (scan_timer_ != 0)
    hub_.scheduler_.cancel(scan_timer_);
}

std::shared_ptr<LivePage> PageFeed::open(StoreState& store, const wire::Subscribe& subscribe,
                                         LinkFeed* link) {
  const model::Table& table = store.table(subscribe.collection);
  auto watch = store.page_trees().watch(table.collection(), subscribe.filter, subscribe.sort,
                                        subscribe.page, subscribe.page_size);
  auto& known = pages_[watch->number()];
  std::shared_ptr<LivePage> page = known.lock();
  if (page == nullptr) {
    page = std::make_shared<LivePage>(hub_, std::move(watch));
    known = page;
  }
  // Also when that is a scan: nobody waits for the first sight of a page.
  if (page->watch_->touched())
    read(store, *page);
  if (page->readers_.empty()) {
    page->told_hash_ = page->hash_;
    page->told_rows_ = page->watch_->rows();
    dirty_.erase(page->watch_->number());
  }
  page->readers_.push_back({link, subscribe.subscription});
  ++hub_.counters_.page_subscriptions;
  return page;
}

void PageFeed::leave(const std::shared_ptr<LivePage>& page, LinkFeed* link, std::uint32_t number) {
  auto& readers = page->readers_;
  const auto same = [&](const auto& reader) {
    return reader.link == link && reader.number == number;
  };
  const auto place = std::find_if(readers.begin(), readers.end(), same);
  if (place == readers.end())
    return;
  readers.erase(place);
  --hub_.counters_.page_subscriptions;
  if (!readers.empty())
    return;
  dirty_.erase(page->watch_->number());
  pages_.erase(page->watch_->number());
}

// Reads a page, and with a scan all touched pages of the same filter and sort.
void PageFeed::read(StoreState& store, LivePage& page) {
  PageTrees& trees = store.page_trees();
  const std::uint64_t scans = trees.counters().scans;
  const std::uint64_t builds = trees.counters().builds;
  const std::int64_t started = hub_.clock_.monotonic_us();
  const auto watches = trees.read(*page.watch_, store.table(page.collection()));
  const std::int64_t ended = hub_.clock_.monotonic_us();
  hub_.counters_.page_scans += trees.counters().scans - scans;
  if (trees.counters().builds != builds)
    scans_rest_until_us_ = ended + (ended - started);
  for (const PageWatch* watch : watches) {
    const auto found = pages_.find(watch->number());
    const auto read = found != pages_.end() ? found->second.lock() : nullptr;
    if (read == nullptr)
      continue;
    read->hash_ = wire::page_hash(watch->info().total, watch->first_rank(), watch->rows());
    read->sequence_ = store.sequence();
    read->scanned_at_us_ = ended;
    read->lags_ = false;
    read->whole_.reset();
    read->difference_.reset();
    if (read->hash_ != read->told_hash_)
      dirty_[watch->number()] = read.get();
  }
}

std::int64_t PageFeed::scan_allowed_us(const LivePage& page) const {
  return std::max(page.scanned_at_us_ + std::int64_t{limits::kPageScanMs} * 1'000,
                  scans_rest_until_us_);
}

void PageFeed::refresh(StoreState& store, LivePage& page) {
  if (!page.watch_->touched())
    return;
  if (page.watch_->has_tree() || scan_allowed_us(page) <= hub_.clock_.monotonic_us())
    return read(store, page);
  page.lags_ = true;
  dirty_[page.watch_->number()] = &page;
  schedule_scan();
}

void PageFeed::cut(StoreState& store) {
  for (const PageWatch* watch : store.page_trees().take_touched()) {
    const auto found = pages_.find(watch->number());
    if (const auto page = found != pages_.end() ? found->second.lock() : nullptr)
      dirty_[watch->number()] = page.get();
  }
  const auto pages = dirty();
  // First all of them: the scan of one may bring others up to date.
  for (const auto& page : pages)
    refresh(store, *page);
  for (const auto& page : pages) {
    if (!page->lags())
      tell(store, *page);
  }
}

std::vector<std::shared_ptr<LivePage>> PageFeed::dirty() const {
  std::vector<std::shared_ptr<LivePage>> pages;
  for (const auto& [number, page] : dirty_)
    pages.push_back(page->shared_from_this());
  return pages;
}

void PageFeed::tell(const StoreState& store, LivePage& page) {
  dirty_.erase(page.watch_->number());
  // Also when it is as at the last cut: a reader may have been told what it was in between. Telling
  // may end a link: of those that are still there, each once.
  const auto readers = page.readers_;
  for (const LivePage::Reader& reader : readers) {
    const bool there =
        std::any_of(page.readers_.begin(), page.readers_.end(), [&](const auto& other) {
          return other.link == reader.link && other.number == reader.number;
        });
    if (there)
      reader.link->tell_page(store, reader.number, page);
  }
  page.told_hash_ = page.hash_;
  page.told_rows_ = page.watch_->rows();
  page.difference_.reset();
  page.whole_.reset();
}

// --- pages without a tree ---

void PageFeed::schedule_scan() {
  if (scan_timer_ != 0)
    return;
  std::optional<std::int64_t> next;
  for (const auto& [number, page] : dirty_) {
    if (page->lags())
      next = std::min(next.value_or(INT64_MAX), scan_allowed_us(*page));
  }
  if (!next)
    return;
  const std::int64_t wait_us = std::max<std::int64_t>(0, *next - hub_.clock_.monotonic_us());
  scan_timer_ = hub_.scheduler_.after((wait_us + 999) / 1'000, [this] {
    scan_timer_ = 0;
    scan_turn();
  });
}

std::shared_ptr<LivePage> PageFeed::read_not_told() const {
  for (const auto& [number, page] : dirty_) {
    if (!page->lags() && !page->watch_->touched())
      return page->shared_from_this();
  }
  return nullptr;
}

// One scan, of the page that waits longest. Whoever looks at a page that lags no more learns of it
// and of the head that they may know now.
void PageFeed::scan_turn() {
  StoreState* store = hub_.stores_.loaded(id_);
  if (store == nullptr)
    return;
  std::shared_ptr<LivePage> oldest;
  for (const auto& [number, page] : dirty_) {
    if (page->lags() && (oldest == nullptr || page->scanned_at_us_ < oldest->scanned_at_us_))
      oldest = page->shared_from_this();
  }
  if (oldest != nullptr && scan_allowed_us(*oldest) <= hub_.clock_.monotonic_us())
    read(*store, *oldest);
  // Their links read other pages on the way, whose readers are owed the same.
  while (const auto page = read_not_told()) {
    tell(*store, *page);
    const auto readers = page->readers_;
    for (const LivePage::Reader& reader : readers) {
      const auto& now = page->readers_;
      if (std::any_of(now.begin(), now.end(),
                      [&](const auto& other) { return other.link == reader.link; }))
        reader.link->announce_head();
    }
  }
  schedule_scan();
}

}  // namespace syncstore::engine
