#include "core/model/catalogue.hpp"

#include <algorithm>
#include <array>

#include "core/base/limits.hpp"
#include "core/model/catalogue_scope.hpp"

namespace syncstore::model {
namespace {

// Tables read best as they are written here.
// clang-format off

using K = FieldKind;
using P = MergePolicy;
using R = Role;

constexpr std::array kStoreInfoFields{
    FieldDef{.number = 1, .name = "name", .kind = K::line, .policy = P::review, .required = true,
             .write = R::admin, .max_bytes = 200, .label = "Store name"},
    FieldDef{.number = 2, .name = "marketplace", .kind = K::line, .policy = P::review,
             .write = R::admin, .max_bytes = 100, .label = "Marketplace"},
    FieldDef{.number = 3, .name = "currency", .kind = K::line, .policy = P::review,
             .required = true, .write = R::system, .max_bytes = 3, .label = "Currency"},
    FieldDef{.number = 4, .name = "currency_symbol", .kind = K::line, .policy = P::review,
             .write = R::admin, .max_bytes = 8, .label = "Currency symbol"},
    FieldDef{.number = 5, .name = "time_zone", .kind = K::line, .policy = P::review,
             .write = R::admin, .max_bytes = 64, .label = "Time zone"},
    FieldDef{.number = 6, .name = "business_type", .kind = K::line, .policy = P::review,
             .write = R::admin, .max_bytes = 100, .label = "Business type"},
    FieldDef{.number = 7, .name = "contact_email", .kind = K::line, .policy = P::review,
             .write = R::admin, .max_bytes = 254, .label = "Contact e-mail"},
    FieldDef{.number = 8, .name = "contact_phone", .kind = K::line, .policy = P::review,
             .write = R::admin, .max_bytes = 40, .label = "Contact phone"},
    FieldDef{.number = 9, .name = "is_active", .kind = K::flag, .policy = P::last_arrival,
             .write = R::admin, .label = "Active"},
    FieldDef{.number = 10, .name = "last_sync_time", .kind = K::time, .write = R::system,
             .label = "Last sync"},
    FieldDef{.number = 11, .name = "sync_status", .kind = K::choice, .write = R::system,
             .choices = "synced|pending|error", .label = "Sync status"},
    // "COLLECTION.FIELD=derived|demo": where figures come from without a marketplace behind them.
    FieldDef{.number = 12, .name = "figure_sources", .kind = K::list, .write = R::system,
             .max_bytes = 100, .label = "Where figures come from"},
};

constexpr std::array kProductFields{
    FieldDef{.number = 1, .name = "title", .kind = K::line, .policy = P::review, .required = true,
             .sortable = true, .searchable = true, .max_bytes = 1'000, .label = "Title"},
    FieldDef{.number = 2, .name = "sku", .kind = K::line, .policy = P::review, .unique = true,
             .sortable = true, .searchable = true, .max_bytes = 100, .label = "SKU"},
    FieldDef{.number = 3, .name = "asin", .kind = K::line, .policy = P::review, .searchable = true,
             .max_bytes = 20, .label = "ASIN"},
    FieldDef{.number = 4, .name = "image_url", .kind = K::line, .policy = P::last_arrival,
             .max_bytes = 1'024, .label = "Image address"},
    FieldDef{.number = 5, .name = "status", .kind = K::choice, .policy = P::review,
             .required = true, .sortable = true, .choices = "Active|Inactive", .label = "Status"},
    FieldDef{.number = 6, .name = "sales_amount", .kind = K::money, .sortable = true,
             .min = -limits::kDecimalMax, .label = "Sales"},
    FieldDef{.number = 7, .name = "units_sold", .kind = K::count, .sortable = true,
             .label = "Units sold"},
    FieldDef{.number = 8, .name = "page_views", .kind = K::count, .sortable = true,
             .label = "Page views"},
    FieldDef{.number = 9, .name = "inventory", .kind = K::count, .policy = P::counter,
             .sortable = true, .label = "Stock"},
    FieldDef{.number = 10, .name = "price", .kind = K::money, .policy = P::review, .sortable = true,
             .label = "Price"},
    FieldDef{.number = 11, .name = "handle", .kind = K::line, .policy = P::review, .unique = true,
             .searchable = true, .max_bytes = 255, .label = "Handle"},
    FieldDef{.number = 12, .name = "description", .kind = K::rich_text, .policy = P::review,
             .label = "Description"},
    FieldDef{.number = 13, .name = "category", .kind = K::line, .policy = P::last_arrival,
             .searchable = true, .max_bytes = 500, .label = "Category"},
};

constexpr std::array kDashboardFields{
    FieldDef{.number = 1, .name = "sales_amount", .kind = K::money, .policy = P::review,
             .min = -limits::kDecimalMax, .label = "Sales"},
    FieldDef{.number = 2, .name = "todaySoFar", .kind = K::money, .policy = P::review,
             .min = -limits::kDecimalMax, .label = "Today so far"},
    FieldDef{.number = 3, .name = "open_orders", .kind = K::count, .policy = P::review,
             .label = "Open orders"},
    FieldDef{.number = 4, .name = "fbm_unshipped", .kind = K::count, .policy = P::review,
             .label = "FBM unshipped"},
    FieldDef{.number = 5, .name = "fbm_pending", .kind = K::count, .policy = P::review,
             .label = "FBM pending"},
    FieldDef{.number = 6, .name = "fba_pending", .kind = K::count, .policy = P::review,
             .label = "FBA pending"},
    FieldDef{.number = 7, .name = "buyer_messages", .kind = K::count, .policy = P::review,
             .label = "Buyer messages"},
    FieldDef{.number = 8, .name = "inventory_performance_index", .kind = K::count,
             .policy = P::review, .max = 1'000, .label = "Inventory performance index"},
    FieldDef{.number = 9, .name = "featured_offer_percent", .kind = K::decimal, .policy = P::review,
             .max = 100 * 10'000, .label = "Featured offer %"},
    FieldDef{.number = 10, .name = "global_promotions_sales", .kind = K::money, .policy = P::review,
             .min = -limits::kDecimalMax, .label = "Global promotions sales"},
    FieldDef{.number = 11, .name = "seller_feedback_rating", .kind = K::decimal,
             .policy = P::review, .max = 5 * 10'000, .label = "Seller feedback rating"},
    FieldDef{.number = 12, .name = "seller_feedback_count", .kind = K::count, .policy = P::review,
             .label = "Seller feedback count"},
    FieldDef{.number = 13, .name = "ad_sales", .kind = K::money, .policy = P::review,
             .min = -limits::kDecimalMax, .label = "Ad sales"},
    FieldDef{.number = 14, .name = "payments_balance", .kind = K::money, .policy = P::review,
             .min = -limits::kDecimalMax, .label = "Payments balance"},
    FieldDef{.number = 15, .name = "ad_impressions", .kind = K::count, .policy = P::review,
             .label = "Ad impressions"},
};

// A conflict: one per (record, field, author); its id is derived from the three. Values travel as
// canonical JSON text.
constexpr std::array kConflictFields{
    FieldDef{.number = 1, .name = "kind", .kind = K::choice, .required = true, .write = R::system,
             .choices = "same_field|removed|changed_since", .label = "Kind"},
    FieldDef{.number = 2, .name = "status", .kind = K::choice, .policy = P::review,
             .required = true, .sortable = true, .choices = "open|resolved", .label = "Status"},
    FieldDef{.number = 3, .name = "data_type", .kind = K::line, .required = true,
             .write = R::system, .max_bytes = 64, .label = "Data type"},
    FieldDef{.number = 4, .name = "record", .kind = K::record, .required = true, .write = R::system,
             .label = "Record"},
    FieldDef{.number = 5, .name = "field", .kind = K::line, .write = R::system, .max_bytes = 64,
             .label = "Field"},
    FieldDef{.number = 6, .name = "base", .kind = K::json, .write = R::system, .label = "Before"},
    FieldDef{.number = 7, .name = "mine", .kind = K::json, .write = R::system, .label = "Offered"},
    FieldDef{.number = 8, .name = "theirs", .kind = K::json, .write = R::system, .label = "Kept"},
    FieldDef{.number = 9, .name = "mine_by", .kind = K::line, .write = R::system,
             .label = "Offered by"},
    FieldDef{.number = 10, .name = "mine_at", .kind = K::time, .sortable = true, .write = R::system,
             .label = "Offered at"},
    FieldDef{.number = 11, .name = "theirs_by", .kind = K::line, .write = R::system,
             .label = "Kept value by"},
    FieldDef{.number = 12, .name = "theirs_at", .kind = K::time, .write = R::system,
             .label = "Kept value at"},
    FieldDef{.number = 13, .name = "origin", .kind = K::line, .write = R::system, .max_bytes = 32,
             .label = "Origin"},
    FieldDef{.number = 14, .name = "resolution", .kind = K::choice, .policy = P::last_arrival,
             .choices = "|mine|theirs|value|same", .label = "Resolution"},
    FieldDef{.number = 15, .name = "payload", .kind = K::json, .write = R::system,
             .label = "Offered operation"},
};

constexpr std::array kImportFields{
    FieldDef{.number = 1, .name = "file_name", .kind = K::line, .write = R::system,
             .max_bytes = 255, .label = "File"},
    FieldDef{.number = 2, .name = "kind", .kind = K::line, .write = R::system, .max_bytes = 32,
             .label = "Kind"},
    FieldDef{.number = 3, .name = "state", .kind = K::choice, .required = true, .sortable = true,
             .write = R::system, .choices = "reading|previewed|importing|done|failed|cancelled",
             .label = "State"},
    FieldDef{.number = 4, .name = "dry_run", .kind = K::flag, .write = R::system,
             .label = "Preview only"},
    FieldDef{.number = 5, .name = "read", .kind = K::count, .write = R::system, .label = "Read"},
    FieldDef{.number = 6, .name = "inserted", .kind = K::count, .write = R::system,
             .label = "Inserted"},
    FieldDef{.number = 7, .name = "updated", .kind = K::count, .write = R::system,
             .label = "Updated"},
    FieldDef{.number = 8, .name = "unchanged", .kind = K::count, .write = R::system,
             .label = "Unchanged"},
    FieldDef{.number = 9, .name = "rejected", .kind = K::count, .write = R::system,
             .label = "Rejected"},
    FieldDef{.number = 10, .name = "warnings", .kind = K::count, .write = R::system,
             .label = "Warnings"},
    FieldDef{.number = 11, .name = "progress", .kind = K::count, .write = R::system, .max = 100,
             .label = "Progress %"},
    FieldDef{.number = 12, .name = "message", .kind = K::line, .write = R::system,
             .label = "Message"},
    FieldDef{.number = 13, .name = "started_by", .kind = K::line, .write = R::system,
             .label = "Started by"},
    FieldDef{.number = 14, .name = "started_at", .kind = K::time, .sortable = true,
             .write = R::system, .label = "Started"},
    FieldDef{.number = 15, .name = "finished_at", .kind = K::time, .write = R::system,
             .label = "Finished"},
};

constexpr std::array kMemberFields{
    FieldDef{.number = 1, .name = "name", .kind = K::line, .required = true, .sortable = true,
             .searchable = true, .write = R::system, .max_bytes = 64, .label = "Name"},
    FieldDef{.number = 2, .name = "role", .kind = K::choice, .required = true, .write = R::system,
             .choices = "viewer|editor|admin", .label = "Role"},
    FieldDef{.number = 3, .name = "all_stores", .kind = K::flag, .write = R::system,
             .label = "All stores"},
    FieldDef{.number = 4, .name = "is_active", .kind = K::flag, .write = R::system,
             .label = "Active"},
};

constexpr std::array kCollections{
    CollectionDef{.number = kStoreInfo, .name = "store_info", .label = "Store",
                  .key = KeyRule::singleton, .read = R::viewer, .create = R::system,
                  .remove = R::system, .fields = kStoreInfoFields, .default_sort = "name"},
    CollectionDef{.number = kProducts, .name = "products", .label = "Products",
                  .key = KeyRule::drawn, .read = R::viewer, .create = R::editor,
                  .remove = R::editor, .fields = kProductFields, .default_sort = "-sales_amount"},
    CollectionDef{.number = kDashboard, .name = "dashboard", .label = "Dashboard",
                  .key = KeyRule::singleton, .read = R::viewer, .create = R::editor,
                  .remove = R::system, .fields = kDashboardFields, .default_sort = "sales_amount"},
    CollectionDef{.number = kConflicts, .name = "conflicts", .label = "Conflicts",
                  .key = KeyRule::natural, .read = R::editor, .create = R::system,
                  .remove = R::system, .fields = kConflictFields, .default_sort = "-mine_at"},
    CollectionDef{.number = kImports, .name = "imports", .label = "Imports", .key = KeyRule::drawn,
                  .read = R::editor, .create = R::system, .remove = R::system,
                  .fields = kImportFields, .default_sort = "-started_at"},
    CollectionDef{.number = kMembers, .name = "members", .label = "People", .key = KeyRule::natural,
                  .read = R::admin, .create = R::system, .remove = R::system,
                  .fields = kMemberFields, .default_sort = "name"},
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
