// CatalogueScope: another version of the catalogue in force, for as long as it lives. A program
// speaks the catalogue it was built with; tests and the simulator put the other end's own around
// whatever that end does, so that two versions talk inside one process. Scopes nest; not for use
// beside other threads. Tables and sessions keep the catalogue that was in force when they were
// made.
#pragma once

#include "core/model/catalogue.hpp"

namespace syncstore::model {

class CatalogueScope {
 public:
  explicit CatalogueScope(std::span<const CollectionDef> catalogue);
  ~CatalogueScope();
  CatalogueScope(const CatalogueScope&) = delete;
  CatalogueScope& operator=(const CatalogueScope&) = delete;

 private:
  std::span<const CollectionDef> former_;
};

}  // namespace syncstore::model
