// Rows of the catalogue: the store itself, its people, what happens to its data. Included by
// catalogue.cpp alone.
#pragma once

#include <array>

#include "core/base/limits.hpp"
#include "core/model/catalogue.hpp"

namespace syncstore::model::rows {

// Tables read best as they are written here.
// clang-format off

using K = FieldKind;
using P = MergePolicy;
using R = Role;

inline constexpr std::array kStoreInfoFields{
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

inline constexpr std::array kDashboardFields{
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
inline constexpr std::array kConflictFields{
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

inline constexpr std::array kImportFields{
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

inline constexpr std::array kMemberFields{
    FieldDef{.number = 1, .name = "name", .kind = K::line, .required = true, .sortable = true,
             .searchable = true, .write = R::system, .max_bytes = 64, .label = "Name"},
    FieldDef{.number = 2, .name = "role", .kind = K::choice, .required = true, .write = R::system,
             .choices = "viewer|editor|admin", .label = "Role"},
    FieldDef{.number = 3, .name = "all_stores", .kind = K::flag, .write = R::system,
             .label = "All stores"},
    FieldDef{.number = 4, .name = "is_active", .kind = K::flag, .write = R::system,
             .label = "Active"},
};

// clang-format on

}  // namespace syncstore::model::rows
