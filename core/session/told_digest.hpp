// Whether a copy is what a server's digest says. A server of an older version still counts a field
// that this build has retired and keeps nothing of: that one is left out.
#pragma once

#include "core/model/table.hpp"

namespace syncstore::session {

inline bool agrees_as_told(const model::Table& own, model::Digest told) {
  const auto& fields = own.collection().fields;
  for (std::size_t i = 0; i < fields.size() && i < told.fields.size(); ++i) {
    if (fields[i].retired)
      told.fields[i] = 0;
  }
  return own.digest().agrees_with(told);
}

}  // namespace syncstore::session
