#include "core/view/counted_list.hpp"

#include <algorithm>

#include "core/base/text.hpp"

namespace syncstore::view {
namespace {

constexpr std::size_t kHeadBytes = 8;

std::uint64_t head_of(const std::string& text) {
  std::uint64_t head = 0;
  for (std::size_t i = 0; i < kHeadBytes; ++i) {
    head = head << 8 | (i < text.size() ? static_cast<unsigned char>(text[i]) : 0u);
  }
  return head;
}

// Lists are not sortable fields, but a total order over every value keeps the index safe whatever
// it is given.
std::string joined(const model::TextList& list) {
  std::string text;
  for (const std::string& item : list)
    text += item + '\x01';
  return text;
}

void pack_text(PackedKey& key, std::string text) {
  key.head = head_of(text);
  // A zero byte would read as the padding of a shorter text.
  if (text.size() > kHeadBytes || text.find('\0') != std::string::npos) {
    key.rest = std::make_unique<std::string>(std::move(text));
  }
}

}  // namespace

PackedKey PackedKey::pack(const Sort& sort, const model::Record& record) {
  PackedKey key;
  key.id = record.id.value;
  const auto field = static_cast<std::size_t>(sort.field);
  if (sort.field < 0 || field >= record.values.size())
    return key;
  const model::Value& value = record.values[field];
  key.kind = static_cast<std::uint8_t>(value.index());
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    key.head = static_cast<std::uint64_t>(*number) ^ (std::uint64_t{1} << 63);
  } else if (const auto* flag = std::get_if<bool>(&value)) {
    key.head = *flag ? 1 : 0;
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    pack_text(key, fold_case(*text));
  } else if (const auto* list = std::get_if<model::TextList>(&value)) {
    pack_text(key, joined(*list));
  }
  return key;
}

bool PackedKey::before(const PackedKey& other) const {
  if (kind != other.kind)
    return kind < other.kind;
  if (head != other.head)
    return head < other.head;
  if (rest || other.rest) {
    // Without `rest` a text is its head alone and therefore a prefix of every other text with that
    // head.
    if (!rest)
      return true;
    if (!other.rest)
      return false;
    const int order = rest->compare(*other.rest);
    if (order != 0)
      return order < 0;
  }
  return id < other.id;
}

void CountedList::build(std::vector<PackedKey> keys) {
  std::sort(keys.begin(), keys.end(),
            [](const PackedKey& a, const PackedKey& b) { return a.before(b); });
  size_ = keys.size();
  blocks_.clear();
  // Three quarters full: the next inserts split nothing.
  const std::size_t fill = kBlockKeys * 3 / 4;
  for (std::size_t start = 0; start < keys.size(); start += fill) {
    const std::size_t end = std::min(start + fill, keys.size());
    Block block;
    block.reserve(kBlockKeys);
    std::move(keys.begin() + static_cast<std::ptrdiff_t>(start),
              keys.begin() + static_cast<std::ptrdiff_t>(end), std::back_inserter(block));
    blocks_.push_back(std::move(block));
  }
  recount();
}

std::size_t CountedList::block_for(const PackedKey& key) const {
  const auto after = std::upper_bound(
      blocks_.begin(), blocks_.end(), key,
      [](const PackedKey& k, const Block& block) { return k.before(block.front()); });
  return after == blocks_.begin() ? 0 : static_cast<std::size_t>(after - blocks_.begin()) - 1;
}

bool CountedList::insert(PackedKey key) {
  if (blocks_.empty()) {
    blocks_.emplace_back().push_back(std::move(key));
    size_ = 1;
    recount();
    return true;
  }
  const std::size_t at = block_for(key);
  Block& block = blocks_[at];
  const auto place =
      std::lower_bound(block.begin(), block.end(), key,
                       [](const PackedKey& a, const PackedKey& b) { return a.before(b); });
  if (place != block.end() && !key.before(*place))
    return false;
  block.insert(place, std::move(key));
  ++size_;
  if (block.size() <= kBlockKeys) {
    count(at, 1);
    return true;
  }
  const auto middle = block.begin() + static_cast<std::ptrdiff_t>(block.size() / 2);
  Block upper(std::make_move_iterator(middle), std::make_move_iterator(block.end()));
  block.erase(middle, block.end());
  blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(at) + 1, std::move(upper));
  recount();
  return true;
}

bool CountedList::erase(const PackedKey& key) {
  if (blocks_.empty())
    return false;
  const std::size_t at = block_for(key);
  Block& block = blocks_[at];
  const auto place =
      std::lower_bound(block.begin(), block.end(), key,
                       [](const PackedKey& a, const PackedKey& b) { return a.before(b); });
  if (place == block.end() || key.before(*place))
    return false;
  block.erase(place);
  --size_;
  if (block.empty()) {
    blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(at));
    recount();
  } else if (block.size() < kBlockKeys / 4 && at + 1 < blocks_.size() &&
             block.size() + blocks_[at + 1].size() <= kBlockKeys / 2) {
    Block& next = blocks_[at + 1];
    std::move(next.begin(), next.end(), std::back_inserter(block));
    blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(at) + 1);
    recount();
  } else {
    count(at, -1);
  }
  return true;
}

void CountedList::recount() {
  fenwick_.assign(blocks_.size() + 1, 0);
  for (std::size_t i = 1; i <= blocks_.size(); ++i) {
    fenwick_[i] += static_cast<std::uint32_t>(blocks_[i - 1].size());
    const std::size_t parent = i + (i & (~i + 1));
    if (parent <= blocks_.size())
      fenwick_[parent] += fenwick_[i];
  }
}

void CountedList::count(std::size_t block, int difference) {
  for (std::size_t i = block + 1; i < fenwick_.size(); i += i & (~i + 1)) {
    fenwick_[i] = static_cast<std::uint32_t>(static_cast<std::int64_t>(fenwick_[i]) + difference);
  }
}

std::size_t CountedList::counted_before(std::size_t block) const {
  std::size_t sum = 0;
  for (std::size_t i = block; i > 0; i -= i & (~i + 1))
    sum += fenwick_[i];
  return sum;
}

CountedList::Place CountedList::place_of(std::size_t rank) const {
  std::size_t step = 1;
  while (step * 2 < fenwick_.size())
    step *= 2;
  Place place{0, rank};
  for (; step > 0; step /= 2) {
    const std::size_t next = place.block + step;
    if (next < fenwick_.size() && fenwick_[next] <= place.offset) {
      place.block = next;
      place.offset -= fenwick_[next];
    }
  }
  return place;
}

RecordId CountedList::at(std::size_t rank) const {
  SS_ASSERT(rank < size_);
  const Place place = place_of(rank);
  return RecordId{blocks_[place.block][place.offset].id};
}

std::size_t CountedList::rank(const PackedKey& key, bool& found) const {
  found = false;
  if (blocks_.empty())
    return 0;
  const std::size_t at = block_for(key);
  const Block& block = blocks_[at];
  const auto place =
      std::lower_bound(block.begin(), block.end(), key,
                       [](const PackedKey& a, const PackedKey& b) { return a.before(b); });
  found = place != block.end() && !key.before(*place);
  return counted_before(at) + static_cast<std::size_t>(place - block.begin());
}

void CountedList::collect(std::size_t first, std::size_t count, bool backwards,
                          std::vector<RecordId>& out) const {
  if (first >= size_)
    return;
  count = std::min(count, size_ - first);
  const std::size_t start = out.size();
  out.reserve(start + count);
  Place place = place_of(first);
  while (count > 0) {
    const Block& block = blocks_[place.block];
    const std::size_t end = std::min(block.size(), place.offset + count);
    count -= end - place.offset;
    for (std::size_t i = place.offset; i < end; ++i)
      out.push_back(RecordId{block[i].id});
    ++place.block;
    place.offset = 0;
  }
  if (backwards)
    std::reverse(out.begin() + static_cast<std::ptrdiff_t>(start), out.end());
}

std::size_t CountedList::bytes() const {
  std::size_t sum = fenwick_.capacity() * sizeof(std::uint32_t);
  for (const Block& block : blocks_) {
    sum += sizeof(Block) + block.capacity() * sizeof(PackedKey);
    for (const PackedKey& key : block) {
      if (key.rest)
        sum += sizeof(std::string) + key.rest->capacity();
    }
  }
  return sum;
}

}  // namespace syncstore::view
