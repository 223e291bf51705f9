#include "server/features/pictures/picture_records.hpp"

#include <algorithm>

#include "core/model/catalogue.hpp"

namespace syncstore::pictures {
namespace {

constexpr std::int64_t kOnePosition = 10'000;  // decimals are in 1/10,000

const model::CollectionDef& images() { return *model::find_collection(model::kImages); }

std::uint16_t image_field(std::string_view name) {
  return static_cast<std::uint16_t>(images().field_index(name));
}

std::uint16_t thumbnail_field() {
  return static_cast<std::uint16_t>(
      model::find_collection(model::kProducts)->field_index("thumbnail"));
}

std::string text_of(const model::Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text != nullptr ? *text : std::string();
}

Picture picture_of(const model::Record& record) {
  Picture picture;
  picture.id = record.id;
  if (const auto* position =
          std::get_if<std::int64_t>(&record.values[image_field("position")])) {
    picture.position = *position;
  }
  picture.hash = text_of(record.values[image_field("hash")]);
  return picture;
}

sync::Op set_field(std::uint16_t collection, RecordId record, std::uint16_t field,
                   model::Value value) {
  sync::Op op;
  op.kind = sync::OpKind::set;
  op.collection = collection;
  op.record = record;
  op.field = field;
  op.to = std::move(value);
  return op;
}

model::Value text_or_absent(const std::string& text) {
  return text.empty() ? model::Value() : model::Value(text);
}

std::vector<sync::FieldValue> content_fields(const NewPicture& picture,
                                             const ports::KeptPicture& kept) {
  return {{image_field("hash"), kept.hash},
          {image_field("width"), std::int64_t{kept.width}},
          {image_field("height"), std::int64_t{kept.height}},
          {image_field("bytes"), static_cast<std::int64_t>(kept.bytes)},
          {image_field("source_url"), text_or_absent(picture.source_url)}};
}

}  // namespace

bool comes_before(const Picture& a, const Picture& b) {
  if (a.position != b.position) {
    return a.position && (!b.position || *a.position < *b.position);
  }
  return a.id < b.id;
}

RecordId product_of(const std::vector<model::Value>& values) {
  const std::optional<RecordId> id = RecordId::parse(text_of(values[image_field("product")]));
  return id.value_or(RecordId{});
}

std::vector<Picture> pictures_of(const engine::StoreState& store, RecordId product) {
  std::vector<Picture> found;
  store.table(model::kImages).for_each([&](const model::Record& record) {
    if (product_of(record.values) == product) {
      found.push_back(picture_of(record));
    }
  });
  std::sort(found.begin(), found.end(), comes_before);
  return found;
}

void note_hashes(const engine::StoreState& store, std::unordered_set<std::string>& hashes) {
  store.table(model::kImages).for_each([&hashes](const model::Record& record) {
    hashes.insert(text_of(record.values[image_field("hash")]));
  });
  store.table(model::kProducts).for_each([&hashes](const model::Record& record) {
    if (const std::string hash = text_of(record.values[thumbnail_field()]); !hash.empty()) {
      hashes.insert(hash);
    }
  });
}

sync::Op set_thumbnail(RecordId product, const std::string& hash) {
  return set_field(model::kProducts, product, thumbnail_field(), text_or_absent(hash));
}

sync::Mutation insert_picture(const MutationId& id, const NewPicture& picture,
                              const ports::KeptPicture& kept, const std::vector<Picture>& before) {
  sync::Op insert;
  insert.kind = sync::OpKind::insert;
  insert.collection = model::kImages;
  insert.record = picture.id;
  std::int64_t last = 0;
  for (const Picture& each : before) {
    last = std::max(last, each.position.value_or(0));
  }
  insert.fields = {{image_field("product"), picture.product.text()},
                   {image_field("position"), last + kOnePosition}};
  for (sync::FieldValue& value : content_fields(picture, kept)) {
    if (!model::is_absent(value.value)) {
      insert.fields.push_back(std::move(value));
    }
  }
  if (!picture.alt.empty()) {
    insert.fields.push_back({image_field("alt"), picture.alt});
  }
  sync::Mutation mutation;
  mutation.id = id;
  mutation.mode = sync::Mode::all;
  mutation.ops.push_back(std::move(insert));
  if (before.empty()) {
    mutation.ops.push_back(set_thumbnail(picture.product, kept.hash));
  }
  return mutation;
}

sync::Mutation replace_picture(const MutationId& id, const NewPicture& picture,
                               const ports::KeptPicture& kept, const std::vector<Picture>& before) {
  sync::Mutation mutation;
  mutation.id = id;
  mutation.mode = sync::Mode::all;
  for (sync::FieldValue& value : content_fields(picture, kept)) {
    mutation.ops.push_back(
        set_field(model::kImages, picture.id, value.field, std::move(value.value)));
  }
  if (!before.empty() && before.front().id == picture.id) {
    mutation.ops.push_back(set_thumbnail(picture.product, kept.hash));
  }
  return mutation;
}

std::unordered_map<RecordId, std::string, RecordIdHash> wrong_thumbnails(
    const engine::StoreState& store,
    const std::unordered_set<RecordId, RecordIdHash>* products) {
  std::unordered_map<RecordId, Picture, RecordIdHash> first;
  store.table(model::kImages).for_each([&](const model::Record& record) {
    const RecordId product = product_of(record.values);
    if (products != nullptr && !products->contains(product)) {
      return;
    }
    Picture picture = picture_of(record);
    const auto [known, is_new] = first.try_emplace(product, picture);
    if (!is_new && comes_before(picture, known->second)) {
      known->second = std::move(picture);
    }
  });
  std::unordered_map<RecordId, std::string, RecordIdHash> wrong;
  const auto compare = [&](const model::Record& product) {
    const auto found = first.find(product.id);
    std::string wanted = found == first.end() ? std::string() : found->second.hash;
    if (text_of(product.values[thumbnail_field()]) != wanted) {
      wrong.emplace(product.id, std::move(wanted));
    }
  };
  if (products == nullptr) {
    store.table(model::kProducts).for_each(compare);
  } else {
    for (const RecordId id : *products) {
      if (const model::Record* product = store.find(model::kProducts, id)) {
        compare(*product);
      }
    }
  }
  return wrong;
}

}  // namespace syncstore::pictures
