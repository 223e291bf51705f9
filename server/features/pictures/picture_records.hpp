// Records of pictures as the rest of the feature speaks of them, and the mutations that change
// them. Pure.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/sync/mutation.hpp"
#include "server/engine/store_state.hpp"
#include "server/ports/pictures.hpp"

namespace syncstore::pictures {

struct Picture {
  RecordId id;
  std::optional<std::int64_t> position;  // in 1/10,000; without one behind the others
  std::string hash;
};
bool comes_before(const Picture& a, const Picture& b);

// A product's pictures in their order.
std::vector<Picture> pictures_of(const engine::StoreState& store, RecordId product);
// Adds the content of every picture that the store names.
void note_hashes(const engine::StoreState& store, std::unordered_set<std::string>& hashes);
// The product that a picture is of; 0 when the record names none.
RecordId product_of(const std::vector<model::Value>& values);

// A picture as an author asked for it.
struct NewPicture {
  RecordId id;
  RecordId product;
  std::string alt;         // "" = none
  std::string source_url;  // "" = a file was sent
};
// Each with the product's `thumbnail` as it is from then on, in one mutation that takes effect as a
// whole or not at all. `before`: the product's pictures.
sync::Mutation insert_picture(const MutationId& id, const NewPicture& picture,
                              const ports::KeptPicture& kept, const std::vector<Picture>& before);
sync::Mutation replace_picture(const MutationId& id, const NewPicture& picture,
                               const ports::KeptPicture& kept, const std::vector<Picture>& before);
sync::Op set_thumbnail(RecordId product, const std::string& hash);  // "" = none

// What `thumbnail` should be and is not, of these products (all when nullptr): product -> hash.
std::unordered_map<RecordId, std::string, RecordIdHash> wrong_thumbnails(
    const engine::StoreState& store,
    const std::unordered_set<RecordId, RecordIdHash>* products);

}  // namespace syncstore::pictures
