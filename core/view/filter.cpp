#include "core/view/filter.hpp"

#include <algorithm>
#include <tuple>

#include "core/base/text.hpp"

namespace syncstore::view {
namespace {

const model::Value kAbsent;

const model::Value& field_of(const model::Record& record, std::size_t field) {
  return field < record.values.size() ? record.values[field] : kAbsent;
}

std::vector<std::string> folded_words(std::string_view query) {
  const std::string folded = fold_case(query);
  std::vector<std::string> words;
  std::size_t start = 0;
  while (start < folded.size()) {
    const std::size_t end = std::min(folded.find(' ', start), folded.size());
    if (end > start)
      words.push_back(folded.substr(start, end - start));
    start = end + 1;
  }
  return words;
}

}  // namespace

bool operator==(const Filter& a, const Filter& b) {
  return a.query == b.query &&
         std::equal(a.conditions.begin(), a.conditions.end(), b.conditions.begin(),
                    b.conditions.end(), [](const Condition& x, const Condition& y) {
                      return x.field == y.field && x.comparison == y.comparison &&
                             x.value == y.value;
                    });
}

bool Filter::matches(const model::CollectionDef& collection, const model::Record& record) const {
  return Matcher(collection, *this).matches(record);
}

Matcher::Matcher(const model::CollectionDef& collection, Filter filter)
    : filter_(std::move(filter)), words_(folded_words(filter_.query)) {
  for (std::size_t i = 0; i < collection.fields.size(); ++i) {
    if (collection.fields[i].searchable && !collection.fields[i].retired)
      searchable_.push_back(static_cast<std::uint16_t>(i));
  }
  for (const Condition& condition : filter_.conditions) {
    const auto* text = std::get_if<std::string>(&condition.value);
    folded_values_.push_back(text ? fold_case(*text) : std::string());
  }
}

bool Matcher::matches(const model::Record& record) const {
  for (const Condition& condition : filter_.conditions) {
    if (!holds(condition, record))
      return false;
  }
  return found(record);
}

bool Matcher::holds(const Condition& condition, const model::Record& record) const {
  if (condition.field == kRecordId) {
    const auto* id = std::get_if<std::int64_t>(&condition.value);
    return condition.comparison == Comparison::equal && id != nullptr &&
           static_cast<std::uint64_t>(*id) == record.id.value;
  }
  const model::Value& value = field_of(record, condition.field);
  switch (condition.comparison) {
    case Comparison::equal:
      return value == condition.value;
    case Comparison::not_equal:
      return value != condition.value;
    case Comparison::absent:
      return model::is_absent(value);
    case Comparison::present:
      return !model::is_absent(value);
    case Comparison::contains: {
      const auto* list = std::get_if<model::TextList>(&value);
      const auto* item = std::get_if<std::string>(&condition.value);
      return list != nullptr && item != nullptr &&
             std::binary_search(list->begin(), list->end(), *item);
    }
    case Comparison::at_least:
    case Comparison::at_most:
      break;
  }
  if (model::is_absent(value) || value.index() != condition.value.index())
    return false;
  const bool at_least = condition.comparison == Comparison::at_least;
  if (const auto* text = std::get_if<std::string>(&value)) {
    const auto place = static_cast<std::size_t>(&condition - filter_.conditions.data());
    const int order = fold_case(*text).compare(folded_values_[place]);
    return at_least ? order >= 0 : order <= 0;
  }
  return at_least ? !(value < condition.value) : !(condition.value < value);
}

bool Matcher::found(const model::Record& record) const {
  if (words_.empty())
    return true;
  std::vector<std::string> texts;
  texts.reserve(searchable_.size());
  for (const std::uint16_t field : searchable_) {
    const model::Value& value = field_of(record, field);
    if (const auto* text = std::get_if<std::string>(&value))
      texts.push_back(fold_case(*text));
    if (const auto* list = std::get_if<model::TextList>(&value)) {
      for (const std::string& item : *list)
        texts.push_back(fold_case(item));
    }
  }
  return std::all_of(words_.begin(), words_.end(), [&texts](const std::string& word) {
    return std::any_of(texts.begin(), texts.end(), [&word](const std::string& text) {
      return text.find(word) != std::string::npos;
    });
  });
}

bool Matcher::same_inputs(const model::Record& a, const model::Record& b) const {
  for (const Condition& condition : filter_.conditions) {
    if (field_of(a, condition.field) != field_of(b, condition.field))
      return false;
  }
  if (words_.empty())
    return true;
  return std::all_of(searchable_.begin(), searchable_.end(),
                     [&](std::uint16_t field) { return field_of(a, field) == field_of(b, field); });
}

Result<Sort> parse_sort(const model::CollectionDef& collection, std::string_view text) {
  if (text.empty())
    text = collection.default_sort;
  Sort sort;
  if (!text.empty() && text.front() == '-') {
    sort.descending = true;
    text.remove_prefix(1);
  }
  if (text.empty() || text == "id")
    return sort;
  sort.field = collection.field_index(text);
  if (sort.field < 0) {
    return fail(ErrorCode::unknown_field,
                "There is no field \"" + std::string(text) + "\" to sort by.", "sort");
  }
  const model::FieldDef& field = collection.fields[static_cast<std::size_t>(sort.field)];
  if (field.retired) {
    return fail(ErrorCode::retired,
                "The field \"" + std::string(text) + "\" is retired. Sort by another one.", "sort");
  }
  // `text` may be a former name, the default sort has today's.
  const bool is_default = collection.default_sort == field.name ||
                          (sort.descending && collection.default_sort.substr(1) == field.name);
  if (!field.sortable && !is_default) {
    return fail(ErrorCode::invalid, "The field \"" + std::string(text) + "\" cannot be sorted by.",
                "sort");
  }
  return sort;
}

std::string sort_text(const model::CollectionDef& collection, const Sort& sort) {
  std::string text = sort.descending ? "-" : "";
  if (sort.field < 0)
    return text + "id";
  return text + std::string(collection.fields[static_cast<std::size_t>(sort.field)].name);
}

SortKey make_key(const model::CollectionDef&, const Sort& sort, const model::Record& record) {
  SortKey key;
  key.id = record.id;
  if (sort.field < 0)
    return key;
  const model::Value& value = field_of(record, static_cast<std::size_t>(sort.field));
  if (const auto* text = std::get_if<std::string>(&value)) {
    key.value = fold_case(*text);
  } else {
    key.value = value;
  }
  return key;
}

bool key_less(const SortKey& a, const SortKey& b, bool descending) {
  const SortKey& low = descending ? b : a;
  const SortKey& high = descending ? a : b;
  return std::tie(low.value, low.id) < std::tie(high.value, high.id);
}

}  // namespace syncstore::view
