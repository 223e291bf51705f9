// The demo: two shops that say of every figure where it comes from.
#include <sys/stat.h>

#include <set>

#include "server/features/demo/demo.hpp"
#include "tests/server/features/feature_world.hpp"

namespace syncstore::testing {
namespace {

class Demo : public FeatureWorld {
 protected:
  void load() {
    Status loaded = fail(ErrorCode::internal);
    features->load_demo([&](const Status& status) { loaded = status; });
    settle();
    ASSERT_TRUE(loaded.ok()) << loaded.error().detail << loaded.error().field;
  }
  void check_products();
  void check_days();
  void check_groups();
  void check_sources();
  void check_people();
  // The sum of a money field over all records, in ten-thousandths.
  std::int64_t sum(const StoreId& id, std::uint16_t collection, const std::string& field) {
    const auto index =
        static_cast<std::size_t>(model::find_collection(collection)->field_index(field));
    std::int64_t total = 0;
    store(id).table(collection).for_each([&](const model::Record& record) {
      if (const auto* value = std::get_if<std::int64_t>(&record.values[index])) {
        total += *value;
      }
    });
    return total;
  }
  const engine::StoreState& store(const StoreId& id) { return *engine->stores().loaded(id); }
  std::set<std::string> sources(const StoreId& id) {
    const int index = model::find_collection(model::kStoreInfo)->field_index("figure_sources");
    const model::Value& value = store(id).info()->values[static_cast<std::size_t>(index)];
    const auto& list = std::get<model::TextList>(value);
    return {list.begin(), list.end()};
  }
  // How many products of the store have a value in this field.
  std::size_t present(const StoreId& id, const std::string& field) {
    const auto index =
        static_cast<std::size_t>(model::find_collection(model::kProducts)->field_index(field));
    std::size_t count = 0;
    store(id).table(model::kProducts).for_each([&](const model::Record& record) {
      count += model::is_absent(record.values[index]) ? 0u : 1u;
    });
    return count;
  }
};

void Demo::check_products() {
  EXPECT_EQ(store("gifts").table(model::kProducts).size(), 3'277u);
  EXPECT_EQ(store("games").table(model::kProducts).size(), 26'688u);
  EXPECT_EQ(present("gifts", "sku"), 3'277u);
  EXPECT_EQ(present("gifts", "sales_amount"), 3'277u);
  EXPECT_EQ(present("games", "handle"), 26'688u);
  EXPECT_EQ(present("games", "sku"), 0u);
  // 3,095 prices are not known: nothing stands there, and no sales either.
  EXPECT_EQ(present("games", "price"), 26'688u - 3'095u);
  EXPECT_LE(present("games", "sales_amount"), present("games", "price"));
}

// Days, products and the dashboard tell the same orders.
void Demo::check_days() {
  EXPECT_EQ(store("gifts").table(model::kSales).size(), 141u);
  EXPECT_EQ(sum("gifts", model::kSales, "sales_amount"),
            sum("gifts", model::kProducts, "sales_amount"));
  EXPECT_EQ(sum("gifts", model::kSales, "sales_amount"),
            sum("gifts", model::kDashboard, "sales_amount"));
  EXPECT_EQ(sum("gifts", model::kSales, "units_sold"),
            sum("gifts", model::kProducts, "units_sold"));
  EXPECT_GT(sum("gifts", model::kSales, "orders"), 0);
  // Nobody counted visits, and of the games nobody knows days.
  EXPECT_EQ(sum("gifts", model::kSales, "page_views"), 0);
  EXPECT_EQ(store("games").table(model::kSales).size(), 0u);
}

// What products name is there, and every collection has products.
void Demo::check_groups() {
  const model::CollectionDef& products = *model::find_collection(model::kProducts);
  const auto category = static_cast<std::size_t>(products.field_index("category"));
  const auto groups = static_cast<std::size_t>(products.field_index("collections"));
  for (const StoreId id : {"gifts", "games"}) {
    std::set<std::string> paths;
    store(id).table(model::kCategories).for_each([&](const model::Record& record) {
      paths.insert(std::get<std::string>(record.values[0]));
    });
    std::set<std::string> filled;
    std::size_t placed = 0;
    store(id).table(model::kProducts).for_each([&](const model::Record& record) {
      if (const auto* path = std::get_if<std::string>(&record.values[category])) {
        EXPECT_EQ(paths.count(*path), 1u) << *path;
        ++placed;
      }
      if (const auto* list = std::get_if<model::TextList>(&record.values[groups])) {
        filled.insert(list->begin(), list->end());
      }
    });
    std::set<std::string> there;
    store(id).table(model::kProductCollections).for_each([&](const model::Record& record) {
      there.insert(record.id.text());
    });
    EXPECT_EQ(filled, there) << id;
    EXPECT_GE(there.size(), 10u) << id;
    EXPECT_GT(placed * 10, store(id).table(model::kProducts).size() * 9) << id;
  }
}

void Demo::check_sources() {
  const std::set<std::string> gifts = sources("gifts");
  for (const char* entry :
       {"products.sales_amount=derived", "products.units_sold=derived", "products.inventory=demo",
        "products.page_views=demo", "sales.sales_amount=derived", "products.category=derived",
        "dashboard.sales_amount=derived", "dashboard.todaySoFar=derived",
        "dashboard.open_orders=demo"}) {
    EXPECT_EQ(gifts.count(entry), 1u) << entry;
  }
  for (const StoreId id : {"gifts", "games"}) {
    const std::set<std::string> named = sources(id);
    for (const char* field : {"sales_amount", "units_sold", "page_views", "inventory"}) {
      const std::string key = std::string("products.") + field;
      EXPECT_EQ(named.count(key + "=demo") + named.count(key + "=derived"), 1u) << id << key;
    }
    const model::CollectionDef& dashboard = *model::find_collection(model::kDashboard);
    const model::Record* record = store(id).find(model::kDashboard, model::singleton_id(dashboard));
    ASSERT_NE(record, nullptr);
    for (std::size_t i = 0; i < dashboard.fields.size(); ++i) {
      const std::string key = "dashboard." + std::string(dashboard.fields[i].name);
      EXPECT_EQ(named.count(key + "=demo") + named.count(key + "=derived"),
                model::is_absent(record->values[i]) ? 0u : 1u)
          << id << key;
    }
  }
}

void Demo::check_people() {
  const std::vector<demo::SignIn> people = demo::read_sign_ins(directory.string());
  std::set<std::string> roles;
  for (const demo::SignIn& person : people) {
    roles.insert(person.role);
    EXPECT_GE(person.password.size(), 12u);
    const Client client = sign_in(person.name, person.password);
    const Answer stores = as(client, "GET", "/api/stores");
    EXPECT_EQ(stores.at("data").size(), 2u);
    EXPECT_EQ(stores.text("data.0.role"), person.role);
  }
  EXPECT_EQ(roles, (std::set<std::string>{"admin", "editor", "viewer"}));
  struct stat status {};
  ASSERT_EQ(stat((directory / "demo-sign-ins.json").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
}

TEST_F(Demo, ADirectoryThatHoldsDataStaysAsItIs) {
  furnish();
  const std::string before = std::to_string(disk->documents.size());
  load();
  EXPECT_EQ(std::to_string(disk->documents.size()), before);
  EXPECT_EQ(store("gifts").table(model::kProducts).size(), 0u);
  EXPECT_TRUE(demo::read_sign_ins(directory.string()).empty());
}

// One test, because loading 30,000 products is the longest part of it.
TEST_F(Demo, BothShopsAreWholeAndSayWhereEveryFigureComesFrom) {
  load();
  check_products();
  check_days();
  check_groups();
  check_sources();
  check_people();
  // A second time adds nothing.
  const Sequence sequence = store("games").sequence();
  const std::string password = demo::read_sign_ins(directory.string()).front().password;
  load();
  EXPECT_EQ(store("games").sequence(), sequence);
  EXPECT_EQ(demo::read_sign_ins(directory.string()).front().password, password);
}

}  // namespace
}  // namespace syncstore::testing
