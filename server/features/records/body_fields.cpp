#include "server/features/records/body_fields.hpp"

#include <algorithm>

#include "core/model/validate.hpp"

namespace syncstore::records {
namespace {

// Told at once: more than a collection has fields. Who misspells more is told of the rest later.
constexpr std::size_t kErrorsTold = 100;

}  // namespace

BodyFields read_body_fields(const model::CollectionDef& collection, const Json& body,
                            std::initializer_list<std::string_view> besides) {
  BodyFields result;
  for (const auto& [name, json] : body.members()) {
    if (result.errors.size() == kErrorsTold)
      break;
    if (std::find(besides.begin(), besides.end(), name) != besides.end()) {
      continue;
    }
    const int index = collection.field_index(name);
    if (index < 0) {
      result.errors.push_back(fail(ErrorCode::unknown_field, {}, name));
      continue;
    }
    const model::FieldDef& field = collection.fields[static_cast<std::size_t>(index)];
    if (field.retired) {
      result.errors.push_back(fail(ErrorCode::retired, {}, name));
      continue;
    }
    const bool twice =
        std::any_of(result.values.begin(), result.values.end(),
                    [index](const sync::FieldValue& value) { return int{value.field} == index; });
    if (twice) {
      result.errors.push_back(
          fail(ErrorCode::invalid, "It is named twice, also under its former name.", name));
      continue;
    }
    Result<model::Value> value = model::value_from_json(field, json);
    if (!value.ok()) {
      Error error = value.error();
      error.field = name;
      result.errors.push_back(std::move(error));
      continue;
    }
    model::Value normal = model::normalise_value(field, std::move(*value));
    if (const Status valid = model::validate_value(field, normal); !valid.ok()) {
      Error error = valid.error();
      error.field = name;
      result.errors.push_back(std::move(error));
      continue;
    }
    result.values.push_back(sync::FieldValue{static_cast<std::uint16_t>(index), std::move(normal)});
  }
  return result;
}

}  // namespace syncstore::records
