// Random product records for the tests of this folder, from a seed.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "core/view/filter.hpp"

namespace syncstore::view {

inline const model::CollectionDef& products() { return *model::find_collection(model::kProducts); }

inline std::size_t product_field(std::string_view name) {
  const int index = products().field_index(name);
  EXPECT_GE(index, 0) << name;
  return static_cast<std::size_t>(index);
}

class Samples {
 public:
  explicit Samples(std::uint32_t seed) : random_(seed) {}

  std::size_t below(std::size_t bound) { return random_() % bound; }

  // Few different values, so that ties, equal prefixes and absent fields are common.
  model::Value value(std::string_view field) {
    if (below(6) == 0)
      return {};
    if (field == "title" || field == "sku")
      return text();
    if (field == "status")
      return std::string(below(2) == 0 ? "Active" : "Inactive");
    return static_cast<std::int64_t>(below(40)) - 20;
  }

  model::Record record(RecordId id) {
    model::Record made;
    made.id = id;
    made.values.resize(products().fields.size());
    for (const std::string_view field :
         {"title", "sku", "status", "sales_amount", "inventory", "price"}) {
      made.values[product_field(field)] = value(field);
    }
    return made;
  }

  std::string text() {
    static const std::vector<std::string> words{"mug", "Mug",  "lantern", "lanterns", "red",
                                                "",    "ROSE", "rosebud", "z",        "Zinc box"};
    std::string made = words[below(words.size())];
    if (below(3) != 0)
      made += " " + words[below(words.size())];
    if (below(20) == 0)
      made += std::string(1, '\0') + "x";
    return made;
  }

 private:
  std::mt19937 random_;
};

using Source = std::map<std::uint64_t, model::Record>;

// The definition of a page's order: filter, then sort, nothing clever.
inline std::vector<RecordId> naive_order(const Source& source, const Filter& filter,
                                         const Sort& sort) {
  std::vector<SortKey> keys;
  for (const auto& [id, record] : source) {
    if (filter.matches(products(), record))
      keys.push_back(make_key(products(), sort, record));
  }
  std::sort(keys.begin(), keys.end(), [&sort](const SortKey& a, const SortKey& b) {
    return key_less(a, b, sort.descending);
  });
  std::vector<RecordId> ids;
  for (const SortKey& key : keys)
    ids.push_back(key.id);
  return ids;
}

}  // namespace syncstore::view
