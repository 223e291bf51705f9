// Filter and sort: which records of a collection a page is about, and their total order. Pure values.
// Order: the sort field's value (absent first ascending; texts by fold_case, code point order), then the record id in the same
// direction. So equal values never swap and every reader computes the same order.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/model/record.hpp"

namespace syncstore::view {

enum class Comparison : std::uint8_t { equal = 1, not_equal = 2, at_least = 3, at_most = 4, absent = 5, present = 6 };

struct Condition {
  std::uint16_t field = 0;  // index in the collection
  Comparison comparison = Comparison::equal;
  model::Value value;
};

struct Filter {
  std::vector<Condition> conditions;  // all must hold
  std::string query;                  // blank-separated words, each must occur in some searchable field (fold_case); "" = all
  bool matches(const model::CollectionDef& collection, const model::Record& record) const;
  friend bool operator==(const Filter& a, const Filter& b);
};

struct Sort {
  int field = -1;  // index in the collection; -1 = by id
  bool descending = false;
  friend bool operator==(const Sort& a, const Sort& b) { return a.field == b.field && a.descending == b.descending; }
};

// "-sales_amount"; errors: unknown_field, invalid (not sortable).
Result<Sort> parse_sort(const model::CollectionDef& collection, std::string_view text);
std::string sort_text(const model::CollectionDef& collection, const Sort& sort);

// The key a record sorts by; comparing keys is comparing records. Kept beside the id in the index, so comparing needs no record.
struct SortKey {
  model::Value value;  // texts already folded
  RecordId id;
};
SortKey make_key(const model::CollectionDef& collection, const Sort& sort, const model::Record& record);
bool key_less(const SortKey& a, const SortKey& b, bool descending);

}  // namespace syncstore::view
