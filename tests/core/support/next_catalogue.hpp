// A version of the catalogue that does not exist: today's with one field of the products more, two
// renamed and two retired. Tests of evolution let one end of a conversation speak it.
#pragma once

#include <vector>

#include "core/model/catalogue_scope.hpp"

namespace syncstore::testing {

// products: "brand" (one number more than today's last) is new; "handle" (11) is "slug" now,
// "units_sold" (7) is "sold"; "asin" (3) and "page_views" (8) are retired. Brand, sold and
// page_views can be sorted by.
inline std::span<const model::CollectionDef> next_catalogue() {
  static const std::vector<model::FieldDef> products = [] {
    const auto today = model::find_collection(model::kProducts)->fields;
    std::vector<model::FieldDef> fields(today.begin(), today.end());
    fields[2].retired = true;
    fields[7].retired = true;
    fields[10].formerly = fields[10].name;
    fields[10].name = "slug";
    fields[6].formerly = fields[6].name;
    fields[6].name = "sold";
    model::FieldDef brand = fields[0];
    brand.number = static_cast<std::uint16_t>(fields.back().number + 1);
    brand.name = "brand";
    brand.label = "Brand";
    brand.required = false;
    brand.max_bytes = 40;
    fields.push_back(brand);
    return fields;
  }();
  static const std::vector<model::CollectionDef> all = [] {
    std::vector<model::CollectionDef> made;
    for (model::CollectionDef collection : model::collections()) {
      if (collection.number == model::kProducts)
        collection.fields = products;
      made.push_back(collection);
    }
    return made;
  }();
  return all;
}

}  // namespace syncstore::testing
