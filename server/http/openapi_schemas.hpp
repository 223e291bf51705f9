// JSON schemas of the interface: of the catalogue's collections and of the shapes that
// route_answers.def writes in its short notation.
#pragma once

#include <string>
#include <string_view>

#include "core/base/json.hpp"

namespace syncstore::http {

// "text", "[Token]", "integer?", "a|b", a shape's or a collection's name.
Json type_schema(std::string_view type);
// "id:text name*:text": an object with exactly these members; '*' may be missing.
Json object_schema(std::string_view members);

struct Member {
  std::string_view name;
  char mark = 0;  // '*' may be missing, '!' must be given, 0 neither was said
  std::string_view type;
};
// Takes the first of "name:type name:type" off `rest`; an empty name: none is left.
Member next_member(std::string_view& rest);

// All of components/schemas.
Json all_schemas();

}  // namespace syncstore::http
