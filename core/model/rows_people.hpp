// Rows of the catalogue: what people keep for themselves. Included by catalogue.cpp alone.
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

// What one person keeps of a screen; only its owner writes it, colleagues of the store may read it.
inline constexpr std::array kSavedViewFields{
    FieldDef{.number = 1, .name = "owner", .kind = K::line, .required = true, .write = R::viewer,
             .max_bytes = 64, .label = "Owner"},
    FieldDef{.number = 2, .name = "name", .kind = K::line, .required = true, .sortable = true,
             .write = R::viewer, .max_bytes = 100, .label = "Name"},
    FieldDef{.number = 3, .name = "screen", .kind = K::line, .required = true, .write = R::viewer,
             .max_bytes = 64, .label = "Screen"},
    FieldDef{.number = 4, .name = "spec", .kind = K::json, .write = R::viewer, .max_bytes = 8'192,
             .label = "View"},
};

inline constexpr std::array kLayoutFields{
    FieldDef{.number = 1, .name = "owner", .kind = K::line, .required = true, .write = R::viewer,
             .max_bytes = 64, .label = "Owner"},
    FieldDef{.number = 2, .name = "screen", .kind = K::line, .required = true, .sortable = true,
             .write = R::viewer, .max_bytes = 64, .label = "Screen"},
    FieldDef{.number = 3, .name = "spec", .kind = K::json, .write = R::viewer, .max_bytes = 8'192,
             .label = "Layout"},
};

// clang-format on

}  // namespace syncstore::model::rows
