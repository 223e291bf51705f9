// Numbers are permanent: tests/golden/catalogue.txt lists every one ever used, with the first name
// and the kind it was given. A row of it is never changed or taken out.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>

#include "core/model/catalogue.hpp"
#include "tests/core/support/next_catalogue.hpp"

namespace syncstore::model {
namespace {

using Numbers = std::map<std::pair<int, int>, std::string>;  // (collection, field) -> "kind name"

std::string_view kind_name(FieldKind kind) {
  static constexpr std::string_view kNames[] = {"line",  "text",    "rich_text", "choice",
                                                "money", "decimal", "count",     "flag",
                                                "time",  "list",    "json",      "record",
                                                "day"};
  return kNames[static_cast<std::size_t>(kind)];
}

Numbers numbers_of(std::span<const CollectionDef> catalogue) {
  Numbers numbers;
  for (const CollectionDef& collection : catalogue) {
    numbers[{collection.number, 0}] = "collection " + std::string(collection.name);
    for (const FieldDef& field : collection.fields) {
      numbers[{collection.number, field.number}] =
          std::string(kind_name(field.kind)) + " " + std::string(field.first_name());
    }
  }
  return numbers;
}

Numbers listed_numbers() {
  Numbers numbers;
  std::ifstream file(std::string(SYNCSTORE_TESTS_DIR) + "/golden/catalogue.txt");
  EXPECT_TRUE(file.is_open());
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#')
      continue;
    std::istringstream words(line);
    int collection = 0, field = 0;
    std::string kind, name;
    words >> collection >> field >> kind >> name;
    EXPECT_TRUE(numbers.emplace(std::make_pair(collection, field), kind + " " + name).second)
        << "listed twice: " << line;
  }
  return numbers;
}

// What of `listed` the catalogue contradicts: a number that went away or means something else.
std::string broken_promise(const Numbers& listed, const Numbers& catalogue) {
  for (const auto& [number, meaning] : listed) {
    const auto found = catalogue.find(number);
    const std::string where =
        std::to_string(number.first) + " " + std::to_string(number.second) + " " + meaning;
    if (found == catalogue.end())
      return where + " is gone: retire the row, do not take it out";
    if (found->second != meaning)
      return where + " means \"" + found->second + "\" now: a number is never reused";
  }
  return {};
}

TEST(CatalogueNumbers, EveryNumberEverUsedMeansWhatItMeant) {
  EXPECT_EQ(broken_promise(listed_numbers(), numbers_of(collections())), "");
}

TEST(CatalogueNumbers, EveryNumberInUseIsListed) {
  const Numbers listed = listed_numbers();
  for (const auto& [number, meaning] : numbers_of(collections())) {
    EXPECT_EQ(listed.count(number), 1u) << "add to tests/golden/catalogue.txt: " << number.first
                                        << " " << number.second << " " << meaning;
  }
}

TEST(CatalogueNumbers, RenamingAndRetiringKeepTheNumberAndReusingItIsNoticed) {
  const Numbers listed = listed_numbers();
  EXPECT_EQ(broken_promise(listed, numbers_of(testing::next_catalogue())), "");
  Numbers reused = numbers_of(testing::next_catalogue());
  reused[{kProducts, 3}] = "line barcode";  // the retired "asin"
  EXPECT_NE(broken_promise(listed, reused), "");
  reused.erase({kProducts, 3});
  EXPECT_NE(broken_promise(listed, reused), "");
}

TEST(CatalogueNumbers, FieldsStandInTheOrderOfTheirNumbersWithoutGaps) {
  // Digests, rows in memory and the wire count on places that never move.
  for (const CollectionDef& collection : collections()) {
    for (std::size_t i = 0; i < collection.fields.size(); ++i)
      EXPECT_EQ(collection.fields[i].number, i + 1) << collection.name;
  }
}

TEST(Catalogue, AFieldIsFoundByItsFormerNames) {
  const CatalogueScope next(testing::next_catalogue());
  const CollectionDef& products = *find_collection(kProducts);
  EXPECT_EQ(products.field_index("slug"), 10);
  EXPECT_EQ(products.field_index("handle"), 10);
  EXPECT_EQ(products.field_index("hand"), -1);
  EXPECT_EQ(products.fields[10].first_name(), "handle");
  EXPECT_EQ(products.field_index(std::uint16_t{11}), 10);
}

}  // namespace
}  // namespace syncstore::model
