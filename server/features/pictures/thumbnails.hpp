// Keeps `thumbnail` of each product the hash of its first picture, whoever moved, replaced or
// removed one: it follows each commit, so that it is right also after what a browser did offline.
// Engine executor only; must outlive the engine's commits.
#pragma once

#include <memory>

#include "server/engine/engine.hpp"
#include "server/features/pictures/picture_records.hpp"

namespace syncstore::pictures {

class Thumbnails {
 public:
  explicit Thumbnails(engine::Engine& engine);

  // What a stop between a commit and what follows it left behind.
  void mend(const engine::StoreState& store);

 private:
  void follow(const engine::Committed& committed);
  void submit(const StoreId& store,
              const std::unordered_map<RecordId, std::string, RecordIdHash>& wrong);

  engine::Engine& engine_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace syncstore::pictures
