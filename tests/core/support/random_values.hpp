// Random values and records of the catalogue, already normal and valid.
#pragma once

#include <string>

#include "core/base/limits.hpp"
#include "core/model/record.hpp"
#include "core/model/validate.hpp"
#include "tests/core/support/random_text.hpp"

namespace syncstore::testing {

inline std::string random_choice(Random& random, std::string_view choices) {
  std::vector<std::string> all;
  while (!choices.empty()) {
    const std::string_view choice = choices.substr(0, choices.find('|'));
    if (!choice.empty()) {
      all.emplace_back(choice);
    }
    choices.remove_prefix(std::min(choices.size(), choice.size() + 1));
  }
  return random.pick(all);
}

// A present value of the field: valid, except where a format rule of the record asks for more.
inline model::Value random_value(Random& random, const model::FieldDef& field) {
  using model::FieldKind;
  switch (field.kind) {
    case FieldKind::flag:
      return random.chance(50);
    case FieldKind::money:
    case FieldKind::decimal:
    case FieldKind::count:
    case FieldKind::time:
      return random.between(field.min, field.max != 0 ? field.max : 1'000'000'000'000);
    case FieldKind::choice:
      return random_choice(random, field.choices);
    case FieldKind::record:
      return RecordId{(random.next() >> 2) | 1}.text();
    case FieldKind::json:
      return std::string(random.chance(50) ? "{\"a\":[1,null,\"x\"]}" : "\"9.5\"");
    case FieldKind::list: {
      model::TextList list;
      for (std::size_t left = 1 + random.index(4); left > 0; --left) {
        list.push_back("item " + std::to_string(random.below(1'000)));
      }
      return model::normalise_value(field, list);
    }
    default: {
      const std::size_t most =
          field.max_bytes == 0 ? 40 : std::min<std::size_t>(field.max_bytes, 40);
      const model::Value text = model::normalise_value(field, random_text(random, most / 4));
      const bool fits = !model::is_absent(text) && model::validate_value(field, text).ok();
      return fits ? text : model::Value(std::string("x") + std::to_string(random.below(100)));
    }
  }
}

// Every field present with the given probability; required ones always.
inline model::Record random_record(Random& random, const model::CollectionDef& collection,
                                   RecordId id, int percent_present = 70) {
  model::Record record = model::make_record(collection, id);
  for (std::size_t i = 0; i < collection.fields.size(); ++i) {
    if (collection.fields[i].required || random.chance(percent_present)) {
      record.values[i] = random_value(random, collection.fields[i]);
    }
  }
  return record;
}

}  // namespace syncstore::testing
