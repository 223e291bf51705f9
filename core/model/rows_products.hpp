// Rows of the catalogue: products and what belongs to them. Included by catalogue.cpp alone.
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

inline constexpr std::array kProductFields{
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
    FieldDef{.number = 14, .name = "tags", .kind = K::list, .searchable = true, .max_bytes = 60,
             .label = "Tags"},
    FieldDef{.number = 15, .name = "weight", .kind = K::decimal, .policy = P::review,
             .max = 100'000 * 10'000LL, .label = "Weight (kg)"},
    FieldDef{.number = 16, .name = "length", .kind = K::decimal, .policy = P::review,
             .max = 100'000 * 10'000LL, .label = "Length (cm)"},
    FieldDef{.number = 17, .name = "width", .kind = K::decimal, .policy = P::review,
             .max = 100'000 * 10'000LL, .label = "Width (cm)"},
    FieldDef{.number = 18, .name = "height", .kind = K::decimal, .policy = P::review,
             .max = 100'000 * 10'000LL, .label = "Height (cm)"},
    // Ids of `collections`; each is added and taken out by itself.
    FieldDef{.number = 19, .name = "collections", .kind = K::list, .max_bytes = 13,
             .label = "Collections"},
    // Hash of the first picture: what lists show.
    FieldDef{.number = 20, .name = "thumbnail", .kind = K::line, .write = R::system,
             .max_bytes = 64, .label = "Picture"},
    // An id without a status: listed there before anybody looked, so taken for synced.
    FieldDef{.number = 21, .name = "shopify_id", .kind = K::line, .policy = P::review,
             .max_bytes = 100, .label = "Shopify id"},
    FieldDef{.number = 22, .name = "shopify_sync_status", .kind = K::choice, .write = R::system,
             .choices = "|synced|pending|error", .label = "Shopify"},
    FieldDef{.number = 23, .name = "amazon_id", .kind = K::line, .policy = P::review,
             .max_bytes = 100, .label = "Amazon id"},
    FieldDef{.number = 24, .name = "amazon_sync_status", .kind = K::choice, .write = R::system,
             .choices = "|synced|pending|error", .label = "Amazon"},
    FieldDef{.number = 25, .name = "shopee_id", .kind = K::line, .policy = P::review,
             .max_bytes = 100, .label = "Shopee id"},
    FieldDef{.number = 26, .name = "shopee_sync_status", .kind = K::choice, .write = R::system,
             .choices = "|synced|pending|error", .label = "Shopee"},
    FieldDef{.number = 27, .name = "tiktok_shop_id", .kind = K::line, .policy = P::review,
             .max_bytes = 100, .label = "TikTok Shop id"},
    FieldDef{.number = 28, .name = "tiktok_shop_sync_status", .kind = K::choice, .write = R::system,
             .choices = "|synced|pending|error", .label = "TikTok Shop"},
    // Over all marketplaces: what the list filters by.
    FieldDef{.number = 29, .name = "sync_status", .kind = K::choice, .sortable = true,
             .write = R::system, .choices = "|synced|pending|failed|conflict",
             .label = "Sync status"},
    FieldDef{.number = 30, .name = "last_synced_at", .kind = K::time, .sortable = true,
             .write = R::system, .label = "Last synced"},
};

// What a product is sold as; `attributes` is an object like {"Size":"L"}.
inline constexpr std::array kProductVariantFields{
    FieldDef{.number = 1, .name = "product", .kind = K::record, .required = true,
             .refers = kProducts, .label = "Product"},
    FieldDef{.number = 2, .name = "name", .kind = K::line, .policy = P::review, .required = true,
             .sortable = true, .searchable = true, .max_bytes = 255, .label = "Name"},
    FieldDef{.number = 3, .name = "sku", .kind = K::line, .policy = P::review, .unique = true,
             .sortable = true, .searchable = true, .max_bytes = 100, .label = "SKU"},
    FieldDef{.number = 4, .name = "price", .kind = K::money, .policy = P::review, .sortable = true,
             .label = "Price"},
    FieldDef{.number = 5, .name = "stock", .kind = K::count, .policy = P::counter, .sortable = true,
             .label = "Stock"},
    FieldDef{.number = 6, .name = "attributes", .kind = K::json, .policy = P::review,
             .max_bytes = 4'096, .label = "Attributes"},
    FieldDef{.number = 7, .name = "platform_variant_ids", .kind = K::json, .max_bytes = 4'096,
             .label = "Marketplace ids"},
    FieldDef{.number = 8, .name = "is_active", .kind = K::flag, .label = "Active"},
    FieldDef{.number = 9, .name = "position", .kind = K::decimal, .sortable = true,
             .label = "Position"},
    FieldDef{.number = 10, .name = "barcode", .kind = K::line, .policy = P::review,
             .searchable = true, .max_bytes = 50, .label = "Barcode"},
};

// Pictures of products. `hash` names the content in the picture store; `position` is a fraction, so
// that moving one picture writes one record.
inline constexpr std::array kImageFields{
    FieldDef{.number = 1, .name = "product", .kind = K::record, .required = true,
             .write = R::system, .refers = kProducts, .label = "Product"},
    FieldDef{.number = 2, .name = "position", .kind = K::decimal, .sortable = true,
             .label = "Position"},
    FieldDef{.number = 3, .name = "hash", .kind = K::line, .required = true, .write = R::system,
             .max_bytes = 64, .label = "Content"},
    FieldDef{.number = 4, .name = "width", .kind = K::count, .write = R::system, .label = "Width"},
    FieldDef{.number = 5, .name = "height", .kind = K::count, .write = R::system,
             .label = "Height"},
    FieldDef{.number = 6, .name = "bytes", .kind = K::count, .write = R::system, .label = "Size"},
    FieldDef{.number = 7, .name = "alt", .kind = K::line, .max_bytes = 500,
             .label = "Description"},
    FieldDef{.number = 8, .name = "variant", .kind = K::record, .refers = kProductVariants,
             .label = "Variant"},
    FieldDef{.number = 9, .name = "source_url", .kind = K::line, .write = R::system,
             .max_bytes = 2'048, .label = "Taken from"},
};

// `path` is the whole name, parents first, parted by " > ": what products.category holds.
inline constexpr std::array kCategoryFields{
    FieldDef{.number = 1, .name = "path", .kind = K::line, .policy = P::review, .required = true,
             .unique = true, .sortable = true, .searchable = true, .max_bytes = 500,
             .label = "Category"},
    FieldDef{.number = 2, .name = "description", .kind = K::text, .policy = P::review,
             .max_bytes = 4'096, .label = "Description"},
    FieldDef{.number = 3, .name = "platform_ids", .kind = K::list, .max_bytes = 120,
             .label = "Marketplace categories"},
};

// Groups of products; products.collections says which ones a product is in.
inline constexpr std::array kCollectionFields{
    FieldDef{.number = 1, .name = "title", .kind = K::line, .policy = P::review, .required = true,
             .sortable = true, .searchable = true, .max_bytes = 255, .label = "Title"},
    FieldDef{.number = 2, .name = "handle", .kind = K::line, .policy = P::review, .unique = true,
             .searchable = true, .max_bytes = 255, .label = "Handle"},
    FieldDef{.number = 3, .name = "description", .kind = K::rich_text, .policy = P::review,
             .label = "Description"},
    FieldDef{.number = 4, .name = "image_url", .kind = K::line, .max_bytes = 1'024,
             .label = "Image address"},
    FieldDef{.number = 5, .name = "sort_order", .kind = K::choice,
             .choices = "best_selling|title|price|newest", .label = "Order"},
    FieldDef{.number = 6, .name = "is_active", .kind = K::flag, .label = "Active"},
    FieldDef{.number = 7, .name = "platform_ids", .kind = K::list, .max_bytes = 120,
             .label = "Marketplace ids"},
};

// What a marketplace is told instead of the master data; absent = as the product has it.
inline constexpr std::array kPlatformOverrideFields{
    FieldDef{.number = 1, .name = "product", .kind = K::record, .required = true,
             .refers = kProducts, .label = "Product"},
    FieldDef{.number = 2, .name = "platform", .kind = K::choice, .required = true, .sortable = true,
             .choices = "shopify|amazon|shopee|tiktok_shop", .label = "Marketplace"},
    FieldDef{.number = 3, .name = "title", .kind = K::line, .policy = P::review, .max_bytes = 1000,
             .label = "Title"},
    FieldDef{.number = 4, .name = "description", .kind = K::rich_text, .policy = P::review,
             .label = "Description"},
    FieldDef{.number = 5, .name = "price", .kind = K::money, .policy = P::review,
             .label = "Price"},
    FieldDef{.number = 6, .name = "category", .kind = K::line, .policy = P::review,
             .max_bytes = 500, .label = "Category"},
    FieldDef{.number = 7, .name = "is_listed", .kind = K::flag, .label = "Listed"},
};

// clang-format on

}  // namespace syncstore::model::rows
