// The catalogue: every collection and field of the product, once. Names here are the names in SQL,
// JSON and TypeScript; numbers are permanent (wire, log). Rows are constant data; everything
// returned lives forever and may be read from any thread.
//
// A row is never taken out and never moved: fields are added at the end, renamed in place with the
// former name kept, and retired in place. docs/evolution.md is the recipe; a test holds the rows to
// tests/golden/catalogue.txt, the list of every number ever used.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/ids.hpp"
#include "core/model/value.hpp"

namespace syncstore::model {

enum class FieldKind : std::uint8_t {
  line,       // one line of text
  text,       // several lines
  rich_text,  // cleaned HTML fragment
  choice,     // one of a fixed list, stored as its text
  money,      // decimal of the store's currency
  decimal,    // other decimals (percent, rating)
  count,      // whole number, >= min
  flag,       // boolean
  time,       // ms UTC; ISO-8601 in HTTP
  list,       // sorted set of lines
  json,       // canonical JSON text of another field's value (conflicts)
  record,     // id of a record, as its 13 characters
  day,        // a day of the calendar, as YYYY-MM-DD
};

enum class MergePolicy : std::uint8_t {
  review,        // both values are kept, a person decides
  last_arrival,  // the later arrival wins, the lost value stays in the log
  counter,       // merges as addition
};

enum class Role : std::uint8_t { none = 0, viewer = 1, editor = 2, admin = 3, system = 4 };
std::string_view role_name(Role role);
Role role_from_name(std::string_view name);  // none when unknown

struct FieldDef {
  std::uint16_t number;  // permanent, unique in the collection, from 1
  std::string_view name;
  FieldKind kind;
  MergePolicy policy = MergePolicy::last_arrival;
  bool required = false;  // on insert and after a set
  bool unique = false;    // per store, compared after fold_case, empty and absent allowed
  bool sortable = false;
  bool searchable = false;        // `q` looks into it
  Role write = Role::editor;      // least role that may write it; system = only the server
  std::size_t max_bytes = 0;      // of texts; 0 = the kind's limit
  std::int64_t min = 0;           // of numbers
  std::int64_t max = 0;           // of numbers; 0 = the kind's limit
  std::string_view choices = {};  // of choice: separated by '|'; the first is the default
  std::uint16_t refers = 0;       // of record: the collection that its id must be found in; 0 = any
  std::string_view label = {};    // for people, English
  // Names it had before, oldest first, separated by '|'. What was stored or is said under one of
  // them (open conflicts, programs) still means this field.
  std::string_view formerly = {};
  // Nobody reads or writes it any more: an edit of it is refused(retired), only rollback puts a
  // value back. What it held stays in the rows and in the log, and its history can be read.
  bool retired = false;

  std::string_view first_name() const;  // what derived ids are made of: a rename keeps them
};

// How the record ids of a collection come about.
enum class KeyRule : std::uint8_t { drawn, singleton, natural };

struct CollectionDef {
  std::uint16_t number;  // permanent, from 1
  std::string_view
      name;  // SQL table and wire name of the data type ("products", "store_info", ...)
  std::string_view label;
  KeyRule key;
  Role read;    // least role that may read it
  Role create;  // least role that may insert; system = only the server
  Role remove;
  std::span<const FieldDef> fields;  // index in this span = index in Record::values
  std::string_view default_sort;     // "-sales_amount"
  // Of natural keys that people make: the fields, separated by '|', whose values the id is derived
  // from. They are required and never change; "" where only the server makes records.
  std::string_view key_fields = {};
  // The field that holds the id of the one person who may make, change and remove the record; ""
  // = the roles alone decide.
  std::string_view owner_field = {};

  // Index of a field in `fields`, or -1. Retired fields have one too; a name may be a former one.
  int field_index(std::string_view field_name) const;
  int field_index(std::uint16_t field_number) const;
  // The field at an index that came from elsewhere; nullptr when this catalogue does not have it.
  const FieldDef* field_at(std::uint16_t index) const {
    return index < fields.size() ? &fields[index] : nullptr;
  }
};

// A field that this catalogue does not have travels as its number with this bit set in the place of
// the index, so that what a newer or older peer said is kept, answered and passed on byte by byte.
inline constexpr std::uint16_t kUnknownField = 0x8000;
inline constexpr std::uint16_t kFieldNumberMax = 0x7FFF;

std::span<const CollectionDef> collections();
const CollectionDef* find_collection(std::string_view name);
const CollectionDef* find_collection(std::uint16_t number);

// Numbers of the collections, for code that means one of them.
inline constexpr std::uint16_t kStoreInfo = 1;
inline constexpr std::uint16_t kProducts = 2;
inline constexpr std::uint16_t kDashboard = 3;
inline constexpr std::uint16_t kConflicts = 4;
inline constexpr std::uint16_t kImports = 5;
inline constexpr std::uint16_t kMembers = 6;
inline constexpr std::uint16_t kSales = 7;
inline constexpr std::uint16_t kAccountHealth = 8;
inline constexpr std::uint16_t kLegalEntity = 9;
inline constexpr std::uint16_t kVocData = 10;
inline constexpr std::uint16_t kCategories = 11;
inline constexpr std::uint16_t kProductCollections = 12;
inline constexpr std::uint16_t kProductVariants = 13;
inline constexpr std::uint16_t kImages = 14;
inline constexpr std::uint16_t kPlatformOverrides = 15;
inline constexpr std::uint16_t kSavedViews = 16;
inline constexpr std::uint16_t kLayouts = 17;

// The id of the one record of a singleton collection.
RecordId singleton_id(const CollectionDef& collection);
// The id that a record with these values has in a collection with key fields: derived from
// "LENGTH:VALUE" of each. nullopt when one is absent, or the collection has none.
std::optional<RecordId> natural_id(const CollectionDef& collection,
                                   const std::vector<Value>& values);

}  // namespace syncstore::model
