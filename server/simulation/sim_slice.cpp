#include "server/simulation/sim_slice.hpp"

#include <algorithm>
#include <sstream>

namespace syncstore::simulation {
namespace {

using model::Record;
using model::Value;
using view::Comparison;

// Below 0, 0 or above it; of values of one kind.
int compare(const Value& a, const Value& b) {
  if (const auto* text = std::get_if<std::string>(&a)) {
    const int order = folded(*text).compare(folded(std::get<std::string>(b)));
    return order < 0 ? -1 : order > 0;
  }
  if (const auto* number = std::get_if<std::int64_t>(&a)) {
    const auto other = std::get<std::int64_t>(b);
    return *number < other ? -1 : *number > other;
  }
  return 0;
}

bool holds(const view::Condition& condition, const Record& record) {
  if (condition.field == view::kRecordId) {
    return static_cast<std::uint64_t>(std::get<std::int64_t>(condition.value)) == record.id.value;
  }
  const Value& value = record.values[condition.field];
  const bool absent = model::is_absent(value);
  switch (condition.comparison) {
    case Comparison::equal:
      return value == condition.value;
    case Comparison::not_equal:
      return !(value == condition.value);
    case Comparison::absent:
      return absent;
    case Comparison::present:
      return !absent;
    case Comparison::at_least:
      return !absent && compare(value, condition.value) >= 0;
    case Comparison::at_most:
      return !absent && compare(value, condition.value) <= 0;
    case Comparison::contains: {
      const auto* list = std::get_if<model::TextList>(&value);
      return list != nullptr && std::count(list->begin(), list->end(),
                                           std::get<std::string>(condition.value)) > 0;
    }
  }
  return false;
}

// Absent values first, then by value, then by id.
bool before(const Record* a, const Record* b, int field) {
  if (field >= 0) {
    const Value& left = a->values[static_cast<std::size_t>(field)];
    const Value& right = b->values[static_cast<std::size_t>(field)];
    if (model::is_absent(left) != model::is_absent(right))
      return model::is_absent(left);
    if (const int order = model::is_absent(left) ? 0 : compare(left, right); order != 0)
      return order < 0;
  }
  return a->id < b->id;
}

}  // namespace

std::string folded(std::string text) {
  for (char& c : text)
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

bool is_in(const view::Filter& filter, const Record& record) {
  for (const view::Condition& condition : filter.conditions) {
    if (!holds(condition, record))
      return false;
  }
  std::istringstream words(folded(filter.query));
  for (std::string word; words >> word;) {
    const auto& fields = model::find_collection(model::kProducts)->fields;
    bool found = false;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const auto* text = std::get_if<std::string>(&record.values[i]);
      found = found || (fields[i].searchable && text != nullptr &&
                        folded(*text).find(word) != std::string::npos);
    }
    if (!found)
      return false;
  }
  return true;
}

Slice slice_of(
    const session::PageSpec& spec,
    const std::function<void(const std::function<void(const Record&)>& visit)>& records) {
  Slice slice;
  std::vector<const Record*> matches;
  records([&](const Record& record) {
    if (is_in(spec.filter, record))
      matches.push_back(&record);
  });
  std::sort(matches.begin(), matches.end(), [&](const Record* a, const Record* b) {
    return spec.sort.descending ? before(b, a, spec.sort.field) : before(a, b, spec.sort.field);
  });
  slice.total = matches.size();
  slice.pages = std::max<std::size_t>(1, (matches.size() + spec.size - 1) / spec.size);
  slice.page = std::min<std::size_t>(spec.page, slice.pages);
  for (std::size_t i = (slice.page - 1) * spec.size;
       i < matches.size() && slice.rows.size() < spec.size; ++i)
    slice.rows.push_back(matches[i]);
  return slice;
}

Slice slice_of(const session::PageSpec& spec, const model::Table& table) {
  return slice_of(spec, [&](const auto& visit) { table.for_each(visit); });
}

}  // namespace syncstore::simulation
