#include "core/model/catalogue.hpp"

#include <algorithm>
#include <array>

#include "core/base/limits.hpp"
#include "core/model/catalogue_scope.hpp"
#include "core/model/rows_people.hpp"
#include "core/model/rows_products.hpp"
#include "core/model/rows_selling.hpp"
#include "core/model/rows_store.hpp"

namespace syncstore::model {
namespace {

// Tables read best as they are written here.
// clang-format off

using R = Role;

constexpr std::array kCollections{
    CollectionDef{.number = kStoreInfo, .name = "store_info", .label = "Store",
                  .key = KeyRule::singleton, .read = R::viewer, .create = R::system,
                  .remove = R::system, .fields = rows::kStoreInfoFields, .default_sort = "name"},
    CollectionDef{.number = kProducts, .name = "products", .label = "Products",
                  .key = KeyRule::drawn, .read = R::viewer, .create = R::editor,
                  .remove = R::editor, .fields = rows::kProductFields,
                  .default_sort = "-sales_amount"},
    CollectionDef{.number = kDashboard, .name = "dashboard", .label = "Dashboard",
                  .key = KeyRule::singleton, .read = R::viewer, .create = R::editor,
                  .remove = R::system, .fields = rows::kDashboardFields,
                  .default_sort = "sales_amount"},
    CollectionDef{.number = kConflicts, .name = "conflicts", .label = "Conflicts",
                  .key = KeyRule::natural, .read = R::editor, .create = R::system,
                  .remove = R::system, .fields = rows::kConflictFields, .default_sort = "-mine_at"},
    CollectionDef{.number = kImports, .name = "imports", .label = "Imports", .key = KeyRule::drawn,
                  .read = R::editor, .create = R::system, .remove = R::system,
                  .fields = rows::kImportFields, .default_sort = "-started_at"},
    CollectionDef{.number = kMembers, .name = "members", .label = "People", .key = KeyRule::natural,
                  .read = R::admin, .create = R::system, .remove = R::system,
                  .fields = rows::kMemberFields, .default_sort = "name"},
    CollectionDef{.number = kSales, .name = "sales", .label = "Daily sales",
                  .key = KeyRule::natural, .read = R::viewer, .create = R::editor,
                  .remove = R::editor, .fields = rows::kSalesFields, .default_sort = "-day",
                  .key_fields = "day"},
    CollectionDef{.number = kAccountHealth, .name = "account_health", .label = "Account health",
                  .key = KeyRule::singleton, .read = R::viewer, .create = R::editor,
                  .remove = R::system, .fields = rows::kAccountHealthFields,
                  .default_sort = "account_status"},
    CollectionDef{.number = kLegalEntity, .name = "legal_entity", .label = "Legal entity",
                  .key = KeyRule::singleton, .read = R::viewer, .create = R::admin,
                  .remove = R::system, .fields = rows::kLegalEntityFields,
                  .default_sort = "legal_name"},
    CollectionDef{.number = kVocData, .name = "voc_data", .label = "Voice of the customer",
                  .key = KeyRule::natural, .read = R::viewer, .create = R::editor,
                  .remove = R::editor, .fields = rows::kVocDataFields,
                  .default_sort = "-ncx_rate", .key_fields = "product"},
    CollectionDef{.number = kCategories, .name = "categories", .label = "Categories",
                  .key = KeyRule::drawn, .read = R::viewer, .create = R::editor,
                  .remove = R::editor, .fields = rows::kCategoryFields, .default_sort = "path"},
    CollectionDef{.number = kProductCollections, .name = "collections", .label = "Collections",
                  .key = KeyRule::drawn, .read = R::viewer, .create = R::editor,
                  .remove = R::editor, .fields = rows::kCollectionFields, .default_sort = "title"},
    CollectionDef{.number = kProductVariants, .name = "product_variants", .label = "Variants",
                  .key = KeyRule::drawn, .read = R::viewer, .create = R::editor,
                  .remove = R::editor, .fields = rows::kProductVariantFields,
                  .default_sort = "position"},
    CollectionDef{.number = kImages, .name = "images", .label = "Pictures", .key = KeyRule::drawn,
                  .read = R::viewer, .create = R::system, .remove = R::editor,
                  .fields = rows::kImageFields, .default_sort = "position"},
    CollectionDef{.number = kPlatformOverrides, .name = "platform_overrides",
                  .label = "Marketplace values", .key = KeyRule::natural, .read = R::viewer,
                  .create = R::editor, .remove = R::editor,
                  .fields = rows::kPlatformOverrideFields, .default_sort = "platform",
                  .key_fields = "product|platform"},
    CollectionDef{.number = kSavedViews, .name = "saved_views", .label = "Saved views",
                  .key = KeyRule::drawn, .read = R::viewer, .create = R::viewer,
                  .remove = R::viewer, .fields = rows::kSavedViewFields, .default_sort = "name",
                  .owner_field = "owner"},
    CollectionDef{.number = kLayouts, .name = "layouts", .label = "Layouts",
                  .key = KeyRule::natural, .read = R::viewer, .create = R::viewer,
                  .remove = R::viewer, .fields = rows::kLayoutFields, .default_sort = "screen",
                  .key_fields = "owner|screen", .owner_field = "owner"},
};

// clang-format on

constinit std::span<const CollectionDef> in_force = kCollections;

bool is_one_of(std::string_view names, std::string_view name) {
  while (!names.empty()) {
    const std::size_t end = std::min(names.find('|'), names.size());
    if (names.substr(0, end) == name)
      return true;
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return false;
}

}  // namespace

CatalogueScope::CatalogueScope(std::span<const CollectionDef> catalogue) : former_(in_force) {
  in_force = catalogue;
}

CatalogueScope::~CatalogueScope() { in_force = former_; }

std::span<const CollectionDef> collections() { return in_force; }

std::string_view FieldDef::first_name() const {
  return formerly.empty() ? name : formerly.substr(0, formerly.find('|'));
}

const CollectionDef* find_collection(std::string_view name) {
  for (const CollectionDef& collection : in_force) {
    if (collection.name == name) {
      return &collection;
    }
  }
  return nullptr;
}

const CollectionDef* find_collection(std::uint16_t number) {
  for (const CollectionDef& collection : in_force) {
    if (collection.number == number) {
      return &collection;
    }
  }
  return nullptr;
}

int CollectionDef::field_index(std::string_view field_name) const {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].name == field_name) {
      return static_cast<int>(i);
    }
  }
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (is_one_of(fields[i].formerly, field_name)) {
      return static_cast<int>(i);
    }
  }
  return -1;
}

int CollectionDef::field_index(std::uint16_t field_number) const {
  // Numbers start at 1 and rows are never taken out: try the obvious place first.
  if (field_number >= 1 && field_number <= fields.size() &&
      fields[field_number - 1u].number == field_number) {
    return field_number - 1;
  }
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].number == field_number) {
      return static_cast<int>(i);
    }
  }
  return -1;
}

RecordId singleton_id(const CollectionDef& collection) {
  return derive_record_id(collection.number, collection.name);
}

std::optional<RecordId> natural_id(const CollectionDef& collection,
                                   const std::vector<Value>& values) {
  std::string key;
  std::string_view names = collection.key_fields;
  if (names.empty() || values.size() != collection.fields.size())
    return std::nullopt;
  while (!names.empty()) {
    const std::size_t end = std::min(names.find('|'), names.size());
    const int index = collection.field_index(names.substr(0, end));
    const auto* part =
        index < 0 ? nullptr : std::get_if<std::string>(&values[static_cast<std::size_t>(index)]);
    if (part == nullptr)
      return std::nullopt;
    // Lengths in front: ("ab", "c") and ("a", "bc") are two keys.
    key += std::to_string(part->size()) + ":" + *part;
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return derive_record_id(collection.number, key);
}

std::string_view role_name(Role role) {
  switch (role) {
    case Role::none:
      return "none";
    case Role::viewer:
      return "viewer";
    case Role::editor:
      return "editor";
    case Role::admin:
      return "admin";
    case Role::system:
      return "system";
  }
  return "none";
}

Role role_from_name(std::string_view name) {
  if (name == "viewer") {
    return Role::viewer;
  }
  if (name == "editor") {
    return Role::editor;
  }
  if (name == "admin") {
    return Role::admin;
  }
  return Role::none;
}

}  // namespace syncstore::model
