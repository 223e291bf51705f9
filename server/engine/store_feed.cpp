#include "server/engine/store_feed.hpp"

#include <algorithm>
#include <utility>

#include "core/base/limits.hpp"
#include "core/wire/frame_codec.hpp"
#include "core/wire/json_dialect.hpp"
#include "server/engine/hub.hpp"
#include "server/engine/link_feed.hpp"

namespace syncstore::engine {
namespace {

// A cached snapshot may be this many change sets behind: the exact changes since are small beside
// encoding it again.
constexpr Sequence kSnapshotLag = 1'024;

std::string single_user(const StoreState& store, const sync::Delta& delta) {
  if (delta.rows.empty())
    return {};
  const std::uint32_t author = delta.rows.front().author;
  const bool same = std::all_of(delta.rows.begin(), delta.rows.end(),
                                [&](const sync::RowDelta& row) { return row.author == author; });
  const ports::StoredAuthor* known = same ? store.author(author) : nullptr;
  return known == nullptr ? std::string() : known->user;
}

std::vector<wire::AuthorName> authors_between(const StoreState& store, std::size_t first,
                                              std::size_t last) {
  std::vector<wire::AuthorName> names;
  for (std::size_t i = first; i < last; ++i) {
    const ports::StoredAuthor& author = store.authors()[i];
    names.push_back({author.number, author.user, author.name});
  }
  return names;
}

}  // namespace

FanOut::FanOut(Hub& hub, const StoreState& store, Sequence head, std::vector<sync::Delta> deltas,
               std::size_t authors_before, std::optional<BatchId> batch)
    : hub_(hub),
      store_(store),
      head_(head),
      deltas_(std::move(deltas)),
      authors_before_(authors_before),
      authors_now_(store.authors().size()),
      batch_(batch),
      sections_(deltas_.size()) {}

SharedMessage FanOut::frame(std::uint64_t mask, Sequence head) {
  SharedMessage& frame = frames_[{mask, head}];
  if (frame != nullptr)
    return frame;
  std::vector<std::string_view> sections;
  for (std::size_t i = 0; i < deltas_.size(); ++i) {
    if ((mask >> i & 1u) == 0)
      continue;
    if (sections_[i].empty()) {
      sections_[i] = wire::encode_section(deltas_[i]);
      ++hub_.counters_.sections_encoded;
    }
    sections.push_back(sections_[i]);
  }
  ++hub_.counters_.frames_encoded;
  frame = std::make_shared<const std::string>(
      wire::encode_change(head, authors_between(store_, authors_before_, authors_now_), sections));
  return frame;
}

SharedMessage FanOut::message(std::size_t delta, bool more) {
  SharedMessage& message = messages_[{delta, more}];
  if (message != nullptr)
    return message;
  wire::DataHead head;
  head.store = store_.id();
  head.epoch = store_.epoch();
  head.total = store_.table(deltas_[delta].collection).size();
  head.user = single_user(store_, deltas_[delta]);
  head.batch = batch_;
  head.more = more;
  head.now = hub_.clock_.now();
  ++hub_.counters_.frames_encoded;
  message = std::make_shared<const std::string>(wire::render_delta(head, deltas_[delta]));
  return message;
}

SharedMessage CheckRound::frame(std::uint64_t mask) {
  SharedMessage& frame = frames_[mask];
  if (frame != nullptr)
    return frame;
  wire::Check mine;
  for (std::size_t i = 0; i < all_.entries.size(); ++i) {
    if ((mask >> i & 1u) != 0)
      mine.entries.push_back(all_.entries[i]);
  }
  frame = std::make_shared<const std::string>(wire::encode(wire::DownMessage(std::move(mine))));
  return frame;
}

StoreFeed::StoreFeed(Hub& hub, const StoreState& store)
    : hub_(hub),
      id_(store.id()),
      sequence_(store.sequence()),
      authors_sent_(store.authors().size()),
      pages_(hub, store) {
  for (const model::CollectionDef& collection : model::collections()) {
    const model::Table& table = store.table(collection.number);
    last_[collection.number] = table.last_sequence();
    if (table.size() > hub_.replica_limits_.records)
      paged_.insert(collection.number);
  }
}

StoreFeed::~StoreFeed() {
  if (fan_out_timer_ != 0)
    hub_.scheduler_.cancel(fan_out_timer_);
  if (check_timer_ != 0)
    hub_.scheduler_.cancel(check_timer_);
}

void StoreFeed::join(LinkFeed* link) {
  links_.push_back(link);
  ++following_;
}

void StoreFeed::leave(LinkFeed* link) {
  const auto place = std::find(links_.begin(), links_.end(), link);
  if (place == links_.end())
    return;
  --following_;
  if (serving_) {
    *place = nullptr;
  } else {
    links_.erase(place);
  }
}

// Links may join and leave while they are served; those that join are served the next time.
template <class Serve>
void StoreFeed::for_each_link(Serve serve) {
  const bool outermost = !std::exchange(serving_, true);
  const std::size_t count = links_.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (links_[i] != nullptr)
      serve(*links_[i]);
  }
  if (!outermost)
    return;
  serving_ = false;
  links_.erase(std::remove(links_.begin(), links_.end(), nullptr), links_.end());
}

void StoreFeed::committed(const Committed& committed) {
  since_.clear();
  for (const SharedChangeSet& change_set : committed.change_sets) {
    // A link may have opened the store between the commit and this call: its feed began with these
    // changes in.
    if (change_set->sequence <= sequence_)
      continue;
    const std::optional<BatchId> batch =
        change_set->batch.is_nil() ? std::nullopt : std::optional<BatchId>(change_set->batch);
    if (pending_.empty()) {
      pending_batch_ = batch;
      mixed_batches_ = false;
    } else if (batch != pending_batch_) {
      mixed_batches_ = true;
    }
    pending_.add(
        *change_set,
        [](void* context, std::uint16_t collection) {
          return static_cast<StoreFeed*>(context)->last_[collection];
        },
        this);
    for (const sync::Change& change : change_set->changes) {
      if (const auto blocks = blocks_.find(change.collection); blocks != blocks_.end())
        blocks->second.stale.insert(static_cast<std::uint32_t>(change.row / limits::kBlockRows));
      last_[change.collection] = change_set->sequence;
      ++pending_rows_;
      for (const sync::FieldChange& field : change.fields) {
        const auto* text = std::get_if<std::string>(&field.new_value);
        pending_bytes_ += text != nullptr ? text->size() : 8;
      }
    }
    sequence_ = change_set->sequence;
  }
  if (pending_.empty())
    return;
  choose_modes(*committed.store);
  if (pending_rows_ >= limits::kFanOutRows || pending_bytes_ >= limits::kCommitBatchBytes) {
    fan_out();
  } else {
    schedule();
  }
}

void StoreFeed::choose_modes(StoreState& store) {
  for (const model::CollectionDef& collection : model::collections()) {
    const std::size_t size = store.table(collection.number).size();
    const bool was = paged(collection.number);
    if (was ? size >= hub_.replica_limits_.back : size <= hub_.replica_limits_.records)
      continue;
    if (was)
      paged_.erase(collection.number);
    else
      paged_.insert(collection.number);
    for_each_link([&](LinkFeed& link) { link.change_mode(store, collection.number); });
  }
}

// The first change of a quiet store leaves at once; afterwards the store rests as long as the last
// fan-out took.
void StoreFeed::schedule() {
  if (fan_out_timer_ != 0)
    return;
  const std::int64_t wait_us = next_allowed_us_ - hub_.clock_.monotonic_us();
  if (wait_us <= 0)
    return fan_out();
  const std::int64_t wait_ms =
      std::min<std::int64_t>((wait_us + 999) / 1'000, limits::kBatchWindowMsMax);
  fan_out_timer_ = hub_.scheduler_.after(wait_ms, [this] {
    fan_out_timer_ = 0;
    fan_out();
  });
}

void StoreFeed::fan_out() {
  if (pending_.empty())
    return;
  if (fan_out_timer_ != 0)
    hub_.scheduler_.cancel(std::exchange(fan_out_timer_, 0));
  StoreState* store = hub_.stores_.loaded(id_);
  if (store == nullptr)
    return;
  const std::int64_t started = hub_.clock_.monotonic_us();
  FanOut out(hub_, *store, sequence_, pending_.take(), authors_sent_,
             mixed_batches_ ? std::nullopt : pending_batch_);
  pending_rows_ = 0;
  pending_bytes_ = 0;
  authors_sent_ = out.authors_now();
  ++hub_.counters_.fan_outs;
  pages_.cut(*store);
  for_each_link([&](LinkFeed& link) { link.deliver(out); });
  const std::int64_t ended = hub_.clock_.monotonic_us();
  next_allowed_us_ =
      ended + std::min<std::int64_t>(ended - started, limits::kBatchWindowMsMax * 1'000);
  if (check_timer_ == 0) {
    check_timer_ = hub_.scheduler_.after(limits::kCheckMs, [this] {
      check_timer_ = 0;
      send_checks();
    });
  }
}

CheckRound StoreFeed::check_round(const StoreState& store) const {
  wire::Check all;
  for (const model::CollectionDef& collection : model::collections()) {
    const model::Table& table = store.table(collection.number);
    all.entries.push_back({collection.number, table.last_sequence(), table.digest()});
  }
  return CheckRound(std::move(all));
}

void StoreFeed::send_checks() {
  fan_out();
  const StoreState* store = hub_.stores_.loaded(id_);
  if (store == nullptr)
    return;
  CheckRound round = check_round(*store);
  for_each_link([&](LinkFeed& link) { link.check(round); });
}

std::shared_ptr<const StoreFeed::Since> StoreFeed::section_since(const StoreState& store,
                                                                 std::uint16_t collection,
                                                                 Sequence cursor) {
  const auto key = std::make_pair(collection, cursor);
  const auto cached = since_.find(key);
  if (cached != since_.end())
    return cached->second;
  const sync::Delta delta = store.delta_since(collection, cursor);
  std::shared_ptr<Since> since;
  Bytes live;
  const bool remembers = store.remembers_removals_since(collection, cursor);
  if (!remembers)
    live = store.live_rows(collection);
  if (live.size() <= limits::kLiveBitmapBytes && !snapshot_is_cheaper(store, delta, live.size())) {
    since = std::make_shared<Since>();
    if (!remembers) {
      // Everybody who may read a collection reads all of it: one view.
      wire::Live message{collection, wire::view_number(collection, model::Role::system),
                         store.table(collection).last_sequence(), std::move(live)};
      since->live =
          std::make_shared<const std::string>(wire::encode(wire::DownMessage(std::move(message))));
    }
    since->section = wire::encode_section(delta);
    since->target = delta.target;
    ++hub_.counters_.sections_encoded;
  }
  since_.emplace(key, since);
  return since;
}

std::shared_ptr<const SnapshotSet> StoreFeed::snapshot(const StoreState& store,
                                                       std::uint16_t collection, model::Role role,
                                                       Sequence at_least) {
  auto& cached = snapshots_[collection];
  // A collection that has not moved is as good as on the first day, however far the others went on.
  const bool usable = cached != nullptr && cached->epoch == store.epoch() &&
                      cached->sequence >= at_least &&
                      (cached->sequence == store.table(collection).last_sequence() ||
                       (store.tail_reaches(cached->sequence) &&
                        store.sequence() - cached->sequence <= kSnapshotLag));
  if (!usable) {
    cached = build_binary_snapshot(store, collection, role, hub_.snapshot_part_rows_);
    ++hub_.counters_.snapshots;
  }
  return cached;
}

const std::map<std::uint32_t, std::uint64_t>& StoreFeed::block_sums(const StoreState& store,
                                                                    std::uint16_t collection) {
  const model::Table& table = store.table(collection);
  const auto [place, first] = blocks_.try_emplace(collection);
  Blocks& blocks = place->second;
  if (first) {
    for (const model::BlockSum& block : table.block_sums())
      blocks.sums.emplace(block.block, block.sum);
  }
  for (const std::uint32_t block : blocks.stale) {
    if (const std::uint64_t sum = table.block_sum(block); sum != 0) {
      blocks.sums[block] = sum;
    } else {
      blocks.sums.erase(block);
    }
  }
  blocks.stale.clear();
  return blocks.sums;
}

std::shared_ptr<const SnapshotSet> StoreFeed::repair(const StoreState& store,
                                                     const wire::Ranges& ranges, model::Role role) {
  const auto& ours = block_sums(store, ranges.collection);
  std::vector<std::uint32_t> differing;
  auto our = ours.begin();
  for (const model::BlockSum& their : ranges.blocks) {
    for (; our != ours.end() && our->first < their.block; ++our)
      differing.push_back(our->first);
    const bool both = our != ours.end() && our->first == their.block;
    if (!both || our->second != their.sum)
      differing.push_back(their.block);
    if (both)
      ++our;
  }
  for (; our != ours.end(); ++our)
    differing.push_back(our->first);
  return build_repair(store, ranges.collection, role, differing);
}

std::shared_ptr<const SnapshotSet> StoreFeed::snapshot_at(const StoreState& store,
                                                          std::uint16_t collection,
                                                          Sequence start) const {
  for (const Snapshots* all : {&snapshots_, &kept_}) {
    const auto found = all->find(collection);
    if (found != all->end() && found->second != nullptr && found->second->epoch == store.epoch() &&
        found->second->sequence == start)
      return found->second;
  }
  return nullptr;
}

std::shared_ptr<const SnapshotSet> StoreFeed::json_snapshot(const StoreState& store,
                                                            std::uint16_t collection) {
  auto& cached = json_snapshots_[collection];
  // A bulk is one state of all its data types: only the present one will do.
  if (cached == nullptr || cached->epoch != store.epoch() ||
      cached->sequence != store.table(collection).last_sequence()) {
    cached = build_json_snapshot(store, collection, hub_.clock_.now());
    ++hub_.counters_.snapshots;
  }
  return cached;
}

}  // namespace syncstore::engine
