#include "tests/server/features/imports_world.hpp"

#include <fstream>
#include <iterator>

namespace syncstore::testing {

ImportsWorld::ImportsWorld() {
  furnish();
  edith = token_of("edith");
}

Answer ImportsWorld::import(const std::string& text, const std::string& query) {
  const Answer taken =
      upload(edith, "/api/imports?storeId=gifts&kind=products&fileName=file.csv" + query, text);
  EXPECT_EQ(taken.status(), 202) << taken.response.body;
  EXPECT_EQ(taken.text("id"), taken.text("data.id"));
  return show(taken.text("data.id"));
}

Answer ImportsWorld::apply(const std::string& id) {
  const Answer begun = as(edith, "POST", "/api/imports/" + id + "/apply");
  EXPECT_EQ(begun.status(), 202) << begun.response.body;
  settle();
  return show(id);
}

std::string ImportsWorld::show_now(const std::string& id) {
  const engine::StoreState* store = engine->stores().loaded("gifts");
  const model::Record* record =
      store != nullptr ? store->find(model::kImports, *RecordId::parse(id)) : nullptr;
  const int state = model::find_collection(model::kImports)->field_index("state");
  return record == nullptr ? std::string()
                           : std::get<std::string>(record->values[static_cast<std::size_t>(state)]);
}

std::vector<Json> ImportsWorld::rows(const Answer& imported, const std::string& fate) {
  std::vector<Json> found;
  for (int page = 1;; ++page) {
    const Answer answer = as(edith, "GET",
                             "/api/imports/" + imported.text("data.id") + "/rows?size=200&page=" +
                                 std::to_string(page) + (fate.empty() ? "" : "&fate=" + fate));
    EXPECT_EQ(answer.status(), 200) << answer.response.body;
    const Json data = answer.at("data");
    for (const Json& row : data.items()) {
      found.push_back(row);
    }
    if (answer.status() != 200 || page >= answer.number("page.pages")) {
      EXPECT_EQ(static_cast<std::int64_t>(found.size()), answer.number("page.total"));
      return found;
    }
  }
}

std::string ImportsWorld::errors_csv(const Answer& imported) {
  const Answer answer =
      as(edith, "GET", "/api/imports/" + imported.text("data.id") + "/errors.csv");
  EXPECT_EQ(answer.status(), 200);
  return answer.response.body;
}

std::string ImportsWorld::counts(const Answer& imported) {
  std::string out;
  for (const char* name : {"read", "inserted", "updated", "unchanged", "rejected", "warnings"}) {
    out += (out.empty() ? "" : " ") +
           std::to_string(imported.number(std::string("data.counts.") + name));
    EXPECT_EQ(imported.number(std::string("data.") + name),
              imported.number(std::string("data.counts.") + name));
  }
  return out;
}

std::map<std::string, Json> ImportsWorld::products(const std::string& key) {
  std::map<std::string, Json> found;
  const Answer all = as(edith, "GET", "/api/sync/snapshot?storeId=gifts&dataType=products");
  EXPECT_EQ(all.status(), 200) << all.response.body;
  const Json data = all.at("data");
  for (const Json& product : data.items()) {
    const Json* name = product.find(key);
    found[name != nullptr ? name->text() : std::string()] = product;
  }
  return found;
}

Json ImportsWorld::field(const std::string& sku, const std::string& name) {
  const std::map<std::string, Json> all = products();
  const auto found = all.find(sku);
  const Json* value = found == all.end() ? nullptr : found->second.find(name);
  return value != nullptr ? *value : Json();
}

Sequence ImportsWorld::sequence() {
  Sequence sequence = 0;
  engine->stores().with_store("gifts", [&](Result<engine::StoreState*> store) {
    sequence = store.ok() ? (*store)->table(model::kProducts).last_sequence() : 0;
  });
  settle();
  return sequence;
}

std::string ImportsWorld::exported(const std::string& format) {
  const Answer answer = as(edith, "GET", "/api/exports/products?storeId=gifts&format=" + format);
  EXPECT_EQ(answer.status(), 200) << answer.response.body;
  return answer.response.body;
}

std::string ImportsWorld::sample(const std::string& name) {
  std::ifstream file(std::string(SYNCSTORE_TESTS_DIR) + "/server/features/samples/" + name,
                     std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  EXPECT_FALSE(text.empty()) << name;
  return text;
}

}  // namespace syncstore::testing
