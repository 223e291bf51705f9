#include "server/simulation/sim_reader.hpp"

#include <algorithm>

#include "core/wire/frame_codec.hpp"
#include "server/simulation/sim_slice.hpp"

namespace syncstore::simulation {
namespace {

constexpr char kSubscribe = 3, kUnsubscribe = 4;

bool is_about_pages(std::string_view frame) {
  return !frame.empty() && (frame[0] == kSubscribe || frame[0] == kUnsubscribe);
}

}  // namespace

void note_asked(AskedPages& asked, std::string_view frame) {
  if (!is_about_pages(frame))
    return;
  const auto message = wire::decode_up(frame);
  const auto* subscribe = message.ok() ? std::get_if<wire::Subscribe>(&*message) : nullptr;
  if (subscribe == nullptr || subscribe->page_size == 0)
    return;
  session::PageSpec& spec = asked[subscribe->subscription];
  spec.collection = subscribe->collection;
  spec.filter = subscribe->filter;
  spec.sort = subscribe->sort;
  spec.page = subscribe->page;
  spec.size = subscribe->page_size;
}

void SimReader::said(std::string_view frame) {
  if (!is_about_pages(frame))
    return;
  const auto message = wire::decode_up(frame);
  if (!message.ok())
    return;
  if (const auto* subscribe = std::get_if<wire::Subscribe>(&*message)) {
    if (subscribe->page_size != 0)
      waiting_[subscribe->subscription] = {subscribe->collection, subscribe->known != 0, {}};
  } else if (const auto* unsubscribe = std::get_if<wire::Unsubscribe>(&*message)) {
    waiting_.erase(unsubscribe->subscription);
  }
}

void SimReader::heard(const wire::DownMessage& message) {
  if (const auto* change = std::get_if<wire::Change>(&message)) {
    head_ = std::max(head_, change->head);
  } else if (const auto* keepalive = std::get_if<wire::Keepalive>(&message)) {
    head_ = std::max(head_, keepalive->head);  // 0: a page lags
  } else if (const auto* page = std::get_if<wire::Page>(&message)) {
    const auto asked = waiting_.find(page->subscription);
    if (asked != waiting_.end() && answers(*page, asked->second))
      waiting_.erase(asked);
  } else if (const auto* notice = std::get_if<wire::Notice>(&message)) {
    waiting_.erase(notice->subscription);
  } else if (const auto* end = std::get_if<wire::End>(&message)) {
    // The collection is here as a whole: its pages have ended.
    for (auto asked = waiting_.begin(); asked != waiting_.end();)
      asked =
          asked->second.collection == end->collection ? waiting_.erase(asked) : std::next(asked);
  }
}

// A frame of before the question may still be on its way under the same number: it tells what
// differed from what was known then, an answer all of the page.
bool SimReader::answers(const wire::Page& page, Question& question) {
  for (const model::Record& row : page.entered)
    question.entered.insert(row.id);
  if (page.hash == 0)
    return false;  // more of it follows
  if (page.order.empty() && page.total > 0)
    return question.known;
  return std::all_of(page.order.begin(), page.order.end(),
                     [&](RecordId id) { return question.entered.count(id) != 0; });
}

std::string check_page(const wire::Page& page, const AskedPages& asked, const model::Table& now) {
  const auto spec = asked.find(page.subscription);
  if (spec == asked.end() || spec->second.collection != page.collection)
    return "a page leaves that nobody asked for";
  for (const model::Record& told : page.entered) {
    const model::Record* record = now.find(told.id);
    if (record == nullptr || record->version != told.version || record->values != told.values)
      return "a page brings a row that is not the collection's";
  }
  if (page.hash == 0)
    return {};  // more of it follows
  const Slice slice = slice_of(spec->second, now);
  std::vector<wire::PageRow> rows;
  for (const model::Record* record : slice.rows)
    rows.push_back({record->id, record->version});
  const std::uint64_t first = std::uint64_t{slice.page - 1} * spec->second.size;
  const bool same_order =
      (page.order.empty() && page.total > 0) ||
      std::equal(page.order.begin(), page.order.end(), rows.begin(), rows.end(),
                 [](RecordId id, const wire::PageRow& row) { return id == row.id; });
  if (page.total != slice.total || page.page != slice.page || !same_order ||
      page.hash != wire::page_hash(page.total, first, rows))
    return "a page leaves that is not filter, sort and slice of the collection";
  return {};
}

}  // namespace syncstore::simulation
