// What an upgrade means for the data of a store and for edits that wait in a browser: which values
// this version's rules would not take if they were entered today, which retired fields still hold
// something, and what merge would answer. Nothing is changed.
#pragma once

#include <map>
#include <string>

#include "core/base/json.hpp"
#include "core/base/result.hpp"
#include "server/ports/crypto.hpp"
#include "server/ports/storage.hpp"

namespace syncstore::app {

class UpgradeReport {
 public:
  // `edits`: what "Export waiting edits" of the application wrote, or nothing; what is parked in it
  // is counted only. Errors: invalid.
  static Result<UpgradeReport> with(const Json* edits);

  // A store as this version loads it. Merges the edits that are for it and forgets them again.
  Status look_at(const ports::StoreImage& image, const ports::Crypto& crypto, TimeMs now);

  // {stores: [{id, records, invalid, examples: [..], retired: [..]}], edits: {..} or null}
  Json json() const;
  std::string text() const;  // the same for people
  bool anything_refused() const { return invalid_ + refused_ > 0; }

 private:
  std::int64_t elsewhere() const;  // edits of stores that no image was of

  Json stores_ = Json::array();
  std::map<std::string, Json> edits_;  // by store, in their order
  Json refused_edits_ = Json::array();
  bool has_edits_ = false;
  std::int64_t read_ = 0, taken_ = 0, conflicts_ = 0, refused_ = 0, invalid_ = 0;
  std::int64_t parked_ = 0;  // refused before this, not sent by themselves: not judged
};

}  // namespace syncstore::app
