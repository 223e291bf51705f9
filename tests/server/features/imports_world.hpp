// A furnished FeatureWorld with short words for importing: edith is editor of gifts.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/server/features/feature_world.hpp"

namespace syncstore::testing {

class ImportsWorld : public FeatureWorld {
 protected:
  ImportsWorld();

  // Uploads and waits for the end; the record as GET /api/imports/:id shows it (member data).
  Answer import(const std::string& text, const std::string& query = {});
  Answer preview(const std::string& text) { return import(text, "&dryRun=true"); }
  Answer show(const std::string& id) { return as(edith, "GET", "/api/imports/" + id); }
  Answer apply(const std::string& id);          // and waits
  std::string show_now(const std::string& id);  // the state in memory, without letting anything run
  // Rows with this fate, or all.
  std::vector<Json> rows(const Answer& imported, const std::string& fate = {});
  std::string errors_csv(const Answer& imported);
  // "read inserted updated unchanged rejected warnings"
  static std::string counts(const Answer& imported);

  std::map<std::string, Json> products(const std::string& key = "sku");  // by SKU or handle
  // A field of the product with this SKU; null when there is none.
  Json field(const std::string& sku, const std::string& name);
  Sequence sequence();  // of the store gifts
  std::string exported(const std::string& format);
  static std::string sample(const std::string& name);  // tests/server/features/samples

  Client edith;
};

}  // namespace syncstore::testing
