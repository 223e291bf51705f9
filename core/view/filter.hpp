// Filter and sort: which records of a collection a page is about, and their total order. Pure
// values. Order: the sort field's value (absent first ascending; texts by fold_case, code point
// order), then the record id in the same direction. So equal values never swap and every reader
// computes the same order.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/model/record.hpp"

namespace syncstore::view {

enum class Comparison : std::uint8_t {
  equal = 1,
  not_equal = 2,
  at_least = 3,
  at_most = 4,
  absent = 5,
  present = 6,
  contains = 7  // a list has this element
};

// `equal` and `not_equal` compare exactly (an absent field is not equal to any value); `at_least`
// and `at_most` compare in sort order (texts folded) and never hold for an absent field or for a
// value of another type.
// In the place of a field: the record's own id, compared by `equal` with its number.
inline constexpr std::uint16_t kRecordId = 0xFFFF;
struct Condition {
  std::uint16_t field = 0;  // index in the collection, or kRecordId; an unknown one never holds
  Comparison comparison = Comparison::equal;
  model::Value value;
};

struct Filter {
  std::vector<Condition> conditions;  // all must hold
  std::string query;  // blank-separated words, each must occur in some searchable text or list
                      // (fold_case); "" = all
  bool empty() const { return conditions.empty() && query.empty(); }
  bool matches(const model::CollectionDef& collection, const model::Record& record) const;
  friend bool operator==(const Filter& a, const Filter& b);
};

// A filter prepared for many records: the query is split and folded once. Owns its copy.
// Single-threaded.
class Matcher {
 public:
  Matcher(const model::CollectionDef& collection, Filter filter);
  bool matches(const model::Record& record) const;
  // Whether both records certainly get the same answer because no field that the filter reads
  // differs.
  bool same_inputs(const model::Record& a, const model::Record& b) const;
  const Filter& filter() const { return filter_; }

 private:
  bool holds(const Condition& condition, const model::Record& record) const;
  bool found(const model::Record& record) const;

  Filter filter_;
  std::vector<std::string> words_;         // folded
  std::vector<std::uint16_t> searchable_;  // indexes of the fields that `query` looks into
  std::vector<std::string>
      folded_values_;  // per condition: its text folded, for at_least and at_most
};

struct Sort {
  int field = -1;  // index in the collection; -1 = by id
  bool descending = false;
  friend bool operator==(const Sort& a, const Sort& b) {
    return a.field == b.field && a.descending == b.descending;
  }
};

// "-sales_amount", "title", "id", "-id"; "" = the collection's default. Errors: unknown_field,
// invalid (not sortable).
Result<Sort> parse_sort(const model::CollectionDef& collection, std::string_view text);
std::string sort_text(const model::CollectionDef& collection, const Sort& sort);

// The key a record sorts by; comparing keys is comparing records. Kept beside the id in the index,
// so comparing needs no record.
struct SortKey {
  model::Value value;  // texts already folded
  RecordId id;
};
SortKey make_key(const model::CollectionDef& collection, const Sort& sort,
                 const model::Record& record);
bool key_less(const SortKey& a, const SortKey& b, bool descending);

}  // namespace syncstore::view
