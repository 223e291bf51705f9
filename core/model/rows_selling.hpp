// Rows of the catalogue: how a store sells and stands. Included by catalogue.cpp alone.
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

// One record per day in the store's time zone.
inline constexpr std::array kSalesFields{
    FieldDef{.number = 1, .name = "day", .kind = K::day, .required = true, .sortable = true,
             .label = "Day"},
    FieldDef{.number = 2, .name = "sales_amount", .kind = K::money, .policy = P::review,
             .sortable = true, .min = -limits::kDecimalMax, .label = "Sales"},
    FieldDef{.number = 3, .name = "units_sold", .kind = K::count, .policy = P::review,
             .sortable = true, .label = "Units sold"},
    FieldDef{.number = 4, .name = "orders", .kind = K::count, .policy = P::review, .sortable = true,
             .label = "Orders"},
    FieldDef{.number = 5, .name = "page_views", .kind = K::count, .policy = P::review,
             .sortable = true, .label = "Page views"},
    FieldDef{.number = 6, .name = "sessions", .kind = K::count, .policy = P::review,
             .sortable = true, .label = "Sessions"},
    FieldDef{.number = 7, .name = "refunds", .kind = K::money, .policy = P::review,
             .min = -limits::kDecimalMax, .label = "Refunds"},
};

inline constexpr std::array kAccountHealthFields{
    FieldDef{.number = 1, .name = "account_status", .kind = K::choice, .policy = P::review,
             .choices = "|Healthy|At risk|Critical|Deactivated", .label = "Account status"},
    FieldDef{.number = 2, .name = "health_rating", .kind = K::count, .policy = P::review,
             .max = 1'000, .label = "Health rating"},
    FieldDef{.number = 3, .name = "order_defect_rate", .kind = K::decimal, .policy = P::review,
             .max = 100 * 10'000, .label = "Order defect rate %"},
    FieldDef{.number = 4, .name = "late_shipment_rate", .kind = K::decimal, .policy = P::review,
             .max = 100 * 10'000, .label = "Late shipment rate %"},
    FieldDef{.number = 5, .name = "cancellation_rate", .kind = K::decimal, .policy = P::review,
             .max = 100 * 10'000, .label = "Cancellation rate %"},
    FieldDef{.number = 6, .name = "valid_tracking_rate", .kind = K::decimal, .policy = P::review,
             .max = 100 * 10'000, .label = "Valid tracking rate %"},
    FieldDef{.number = 7, .name = "on_time_delivery_rate", .kind = K::decimal, .policy = P::review,
             .max = 100 * 10'000, .label = "On-time delivery rate %"},
    FieldDef{.number = 8, .name = "policy_violations", .kind = K::count, .policy = P::review,
             .label = "Policy violations"},
    FieldDef{.number = 9, .name = "reviewed_on", .kind = K::day, .label = "Reviewed on"},
    FieldDef{.number = 10, .name = "notes", .kind = K::text, .policy = P::review,
             .max_bytes = 8'192, .label = "Notes"},
};

inline constexpr std::array kLegalEntityFields{
    FieldDef{.number = 1, .name = "legal_name", .kind = K::line, .policy = P::review,
             .write = R::admin, .max_bytes = 200, .label = "Legal name"},
    FieldDef{.number = 2, .name = "entity_type", .kind = K::choice, .policy = P::review,
             .write = R::admin, .choices = "|Company|Partnership|Sole trader|Charity|Other",
             .label = "Kind"},
    FieldDef{.number = 3, .name = "registration_number", .kind = K::line, .policy = P::review,
             .write = R::admin, .max_bytes = 60, .label = "Registration number"},
    FieldDef{.number = 4, .name = "vat_number", .kind = K::line, .policy = P::review,
             .write = R::admin, .max_bytes = 40, .label = "VAT number"},
    FieldDef{.number = 5, .name = "address_line1", .kind = K::line, .policy = P::review,
             .write = R::admin, .max_bytes = 200, .label = "Address"},
    FieldDef{.number = 6, .name = "address_line2", .kind = K::line, .policy = P::review,
             .write = R::admin, .max_bytes = 200, .label = "Address, second line"},
    FieldDef{.number = 7, .name = "city", .kind = K::line, .policy = P::review, .write = R::admin,
             .max_bytes = 100, .label = "City"},
    FieldDef{.number = 8, .name = "region", .kind = K::line, .policy = P::review, .write = R::admin,
             .max_bytes = 100, .label = "Region"},
    FieldDef{.number = 9, .name = "postal_code", .kind = K::line, .policy = P::review,
             .write = R::admin, .max_bytes = 20, .label = "Postal code"},
    FieldDef{.number = 10, .name = "country", .kind = K::line, .policy = P::review,
             .write = R::admin, .max_bytes = 2, .label = "Country"},
    FieldDef{.number = 11, .name = "representative", .kind = K::line, .policy = P::review,
             .write = R::admin, .max_bytes = 200, .label = "Representative"},
    FieldDef{.number = 12, .name = "email", .kind = K::line, .policy = P::review, .write = R::admin,
             .max_bytes = 254, .label = "E-mail"},
    FieldDef{.number = 13, .name = "phone", .kind = K::line, .policy = P::review, .write = R::admin,
             .max_bytes = 40, .label = "Phone"},
};

// Voice of the customer: one record per product.
inline constexpr std::array kVocDataFields{
    FieldDef{.number = 1, .name = "product", .kind = K::record, .required = true,
             .refers = kProducts, .label = "Product"},
    FieldDef{.number = 2, .name = "cx_health", .kind = K::choice, .policy = P::review,
             .sortable = true, .choices = "|Very poor|Poor|Fair|Good|Excellent",
             .label = "Customer experience"},
    FieldDef{.number = 3, .name = "ncx_rate", .kind = K::decimal, .policy = P::review,
             .sortable = true, .max = 100 * 10'000, .label = "Negative rate %"},
    FieldDef{.number = 4, .name = "ncx_orders", .kind = K::count, .policy = P::review,
             .sortable = true, .label = "Negative orders"},
    FieldDef{.number = 5, .name = "orders", .kind = K::count, .policy = P::review, .sortable = true,
             .label = "Orders"},
    FieldDef{.number = 6, .name = "star_rating", .kind = K::decimal, .policy = P::review,
             .sortable = true, .max = 5 * 10'000, .label = "Star rating"},
    FieldDef{.number = 7, .name = "return_rate", .kind = K::decimal, .policy = P::review,
             .sortable = true, .max = 100 * 10'000, .label = "Return rate %"},
    FieldDef{.number = 8, .name = "top_reason", .kind = K::line, .policy = P::review,
             .searchable = true, .max_bytes = 200, .label = "Main reason"},
    FieldDef{.number = 9, .name = "comment", .kind = K::text, .policy = P::review,
             .max_bytes = 8'192, .label = "Comment"},
    FieldDef{.number = 10, .name = "last_reviewed", .kind = K::day, .sortable = true,
             .label = "Last reviewed"},
};

// clang-format on

}  // namespace syncstore::model::rows
