#include "core/model/catalogue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "core/base/limits.hpp"

namespace syncstore::model {
namespace {

bool is_text(FieldKind kind) {
  return kind == FieldKind::line || kind == FieldKind::text || kind == FieldKind::rich_text ||
         kind == FieldKind::json || kind == FieldKind::list;
}

TEST(Catalogue, CollectionsAreNamedAndNumberedOnce) {
  std::set<std::string_view> names;
  std::set<std::uint16_t> numbers;
  for (const CollectionDef& collection : collections()) {
    EXPECT_TRUE(names.insert(collection.name).second) << collection.name;
    EXPECT_TRUE(numbers.insert(collection.number).second) << collection.name;
    EXPECT_GE(collection.number, 1);
    EXPECT_FALSE(collection.label.empty());
    EXPECT_EQ(find_collection(collection.name), &collection);
    EXPECT_EQ(find_collection(collection.number), &collection);
  }
  EXPECT_EQ(find_collection("nonsense"), nullptr);
  EXPECT_EQ(find_collection(std::uint16_t{0}), nullptr);
  EXPECT_EQ(find_collection(std::uint16_t{999}), nullptr);
}

TEST(Catalogue, NumbersMeanWhatTheyAlwaysMeant) {
  EXPECT_EQ(find_collection(kStoreInfo)->name, "store_info");
  EXPECT_EQ(find_collection(kProducts)->name, "products");
  EXPECT_EQ(find_collection(kDashboard)->name, "dashboard");
  EXPECT_EQ(find_collection(kConflicts)->name, "conflicts");
  EXPECT_EQ(find_collection(kImports)->name, "imports");
  EXPECT_EQ(find_collection(kMembers)->name, "members");
}

TEST(Catalogue, FieldsAscendByNumberAndAreNamedOnce) {
  for (const CollectionDef& collection : collections()) {
    std::set<std::string_view> names;
    std::uint16_t last = 0;
    for (std::size_t i = 0; i < collection.fields.size(); ++i) {
      const FieldDef& field = collection.fields[i];
      EXPECT_GT(field.number, last) << collection.name << "." << field.name;
      last = field.number;
      EXPECT_TRUE(names.insert(field.name).second) << field.name;
      EXPECT_EQ(collection.field_index(field.name), static_cast<int>(i));
      EXPECT_EQ(collection.field_index(field.number), static_cast<int>(i));
    }
    EXPECT_EQ(collection.field_index("nonsense"), -1);
    EXPECT_EQ(collection.field_index(std::uint16_t{0}), -1);
    EXPECT_EQ(collection.field_index(std::uint16_t{999}), -1);
  }
}

TEST(Catalogue, FieldsAreDefinedSensibly) {
  for (const CollectionDef& collection : collections()) {
    for (const FieldDef& field : collection.fields) {
      const std::string where = std::string(collection.name) + "." + std::string(field.name);
      EXPECT_FALSE(field.label.empty()) << where;
      EXPECT_EQ(field.kind == FieldKind::choice, !field.choices.empty()) << where;
      EXPECT_LE(field.max_bytes, limits::kTextBytes) << where;
      EXPECT_TRUE(field.max_bytes == 0 || is_text(field.kind)) << where;
      EXPECT_TRUE(!field.unique || field.kind == FieldKind::line) << where;
      EXPECT_TRUE(!field.searchable || is_text(field.kind)) << where;
      EXPECT_TRUE(field.policy != MergePolicy::counter || field.kind == FieldKind::count) << where;
      EXPECT_TRUE(field.max == 0 || field.min <= field.max) << where;
      EXPECT_LE(field.max, limits::kDecimalMax) << where;
      EXPECT_GE(field.min, -limits::kDecimalMax) << where;
      // Viewers write nothing but what belongs to themselves.
      EXPECT_GE(field.write, collection.owner_field.empty() ? Role::editor : Role::viewer) << where;
    }
  }
}

TEST(Catalogue, DefaultSortsNameSortableFieldsOrSingletons) {
  for (const CollectionDef& collection : collections()) {
    std::string_view name = collection.default_sort;
    if (name.starts_with('-')) {
      name.remove_prefix(1);
    }
    const int index = collection.field_index(name);
    ASSERT_GE(index, 0) << collection.name;
    EXPECT_TRUE(collection.key == KeyRule::singleton ||
                collection.fields[static_cast<std::size_t>(index)].sortable)
        << collection.name;
  }
}

TEST(Catalogue, DashboardHasItsFifteenFields) {
  EXPECT_EQ(find_collection(kDashboard)->fields.size(), 15u);
  EXPECT_GE(find_collection(kDashboard)->field_index("todaySoFar"), 0);
}

TEST(Catalogue, SingletonsHaveDerivedIds) {
  const RecordId info = singleton_id(*find_collection(kStoreInfo));
  EXPECT_EQ(info, singleton_id(*find_collection(kStoreInfo)));
  EXPECT_NE(info, singleton_id(*find_collection(kDashboard)));
  EXPECT_EQ(info.value >> 62, 1u);
}

TEST(Roles, RoundTripByName) {
  for (const Role role : {Role::viewer, Role::editor, Role::admin}) {
    EXPECT_EQ(role_from_name(role_name(role)), role);
  }
  // Nobody becomes the server by saying so.
  EXPECT_EQ(role_from_name("system"), Role::none);
  EXPECT_EQ(role_from_name("Admin"), Role::none);
  EXPECT_EQ(role_from_name(""), Role::none);
  EXPECT_EQ(role_name(Role::system), "system");
}

}  // namespace
}  // namespace syncstore::model
