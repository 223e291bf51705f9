// Fields of a record out of a JSON body: named, typed, normalised, validated, all errors at once.
#pragma once

#include <vector>

#include "core/base/json.hpp"
#include "core/sync/mutation.hpp"

namespace syncstore::records {

struct BodyFields {
  std::vector<sync::FieldValue> values;  // in the body's order; absent value = cleared
  std::vector<Error> errors;             // each names its field
};

// Members called `besides` are skipped.
BodyFields read_body_fields(const model::CollectionDef& collection, const Json& body,
                            std::initializer_list<std::string_view> besides = {});

}  // namespace syncstore::records
