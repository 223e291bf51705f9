#include "server/features/demo/demo.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "core/base/limits.hpp"
#include "core/model/validate.hpp"
#include "core/sync/mutation.hpp"
#include "core/wire/compression.hpp"
#include "server/features/demo/demo_files.hpp"

namespace syncstore::demo {
namespace {

constexpr std::size_t kPlainBytes = 8 * 1'048'576;  // the largest file has less than 6 MB

using Row = std::vector<std::string_view>;

// A table: its bytes, and per line the cells in them.
struct Table {
  std::string text;
  Row header;
  std::vector<Row> rows;
};

Row split(std::string_view line) {
  Row cells;
  for (std::size_t tab = line.find('\t'); tab != std::string_view::npos; tab = line.find('\t')) {
    cells.push_back(line.substr(0, tab));
    line = line.substr(tab + 1);
  }
  cells.push_back(line);
  return cells;
}

Result<std::shared_ptr<Table>> unpack(std::string_view file) {
  auto table = std::make_shared<Table>();
  SS_ASSIGN_OR_RETURN(table->text, wire::decompress(file, kPlainBytes));
  std::string_view rest = table->text;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    Row row = split(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    if (table->header.empty()) {
      table->header = std::move(row);
    } else if (row.size() == table->header.size()) {
      table->rows.push_back(std::move(row));
    } else {
      return fail(ErrorCode::corrupt, "A line of the demo's data has too few cells.");
    }
  }
  return table;
}

struct Shop {
  engine::NewStore store;
  ShopFiles files;
  std::vector<std::string> figure_sources;
};

// Loads one shop after the other; each is a chain of submissions of at most one commit batch.
class Loader : public std::enable_shared_from_this<Loader> {
 public:
  Loader(engine::Engine& engine, std::vector<Shop> shops, std::function<void(Status)> done)
      : engine_(engine), shops_(std::move(shops)), done_(std::move(done)) {}

  void next_shop();

 private:
  Status prepare(const Shop& shop);
  Status add_records(std::uint16_t collection, std::string_view file);
  Result<std::vector<sync::FieldValue>> read_row(const model::CollectionDef& collection,
                                                 const Row& header, const Row& row) const;
  Status add_dashboard(const Table& table, std::vector<std::string>& sources);
  void add_sources(std::vector<std::string> sources);
  void submit_next();
  sync::Mutation new_mutation() {
    sync::Mutation mutation;
    mutation.id = engine_.new_uuid();
    mutation.mode = sync::Mode::all;
    return mutation;
  }

  engine::Engine& engine_;
  std::vector<Shop> shops_;
  std::function<void(Status)> done_;
  std::size_t shop_ = 0;
  std::vector<sync::Mutation> mutations_;
  std::size_t sent_ = 0;
  // The shop's collections by title: products name theirs so.
  std::map<std::string, RecordId, std::less<>> groups_;
};

engine::Author demo_author() { return engine::Author{{}, "Demo data", model::Role::system}; }

void Loader::next_shop() {
  if (shop_ == shops_.size()) {
    done_({});
    return;
  }
  engine_.create_store(
      shops_[shop_].store, demo_author(), [self = shared_from_this()](const Status& made) {
        const Status prepared = made.ok() ? self->prepare(self->shops_[self->shop_]) : made;
        if (!prepared.ok()) {
          self->done_(prepared);
          return;
        }
        self->submit_next();
      });
}

Status Loader::prepare(const Shop& shop) {
  mutations_.clear();
  sent_ = 0;
  groups_.clear();
  SS_TRY(add_records(model::kCategories, shop.files.categories));
  SS_TRY(add_records(model::kProductCollections, shop.files.collections));
  SS_TRY(add_records(model::kProducts, shop.files.products));
  SS_TRY(add_records(model::kSales, shop.files.sales));
  SS_ASSIGN_OR_RETURN(const std::shared_ptr<Table> dashboard, unpack(shop.files.dashboard));
  std::vector<std::string> sources = shop.figure_sources;
  SS_TRY(add_dashboard(*dashboard, sources));
  add_sources(std::move(sources));
  return {};
}

Result<std::vector<sync::FieldValue>> Loader::read_row(const model::CollectionDef& collection,
                                                       const Row& header, const Row& row) const {
  model::Record record = model::make_record(collection, RecordId{});
  for (std::size_t i = 0; i < row.size(); ++i) {
    const int index = collection.field_index(header[i]);
    if (index < 0) {
      return fail(ErrorCode::corrupt, "The demo's data names an unknown field.",
                  std::string(header[i]));
    }
    model::Value& value = record.values[static_cast<std::size_t>(index)];
    if (header[i] != "collections") {
      SS_ASSIGN_OR_RETURN(value, model::value_from_input(
                                     collection.fields[static_cast<std::size_t>(index)], row[i]));
      continue;
    }
    model::TextList groups;
    for (std::string_view rest = row[i]; !rest.empty();) {
      const std::size_t end = std::min(rest.find('|'), rest.size());
      const auto group = groups_.find(rest.substr(0, end));
      if (group == groups_.end()) {
        return fail(ErrorCode::corrupt, "The demo's data names an unknown collection.",
                    std::string(rest));
      }
      groups.push_back(group->second.text());
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    std::sort(groups.begin(), groups.end());
    if (!groups.empty()) {
      value = std::move(groups);
    }
  }
  std::vector<sync::FieldValue> values;
  for (std::size_t i = 0; i < record.values.size(); ++i) {
    if (!model::is_absent(record.values[i])) {
      values.push_back(
          sync::FieldValue{static_cast<std::uint16_t>(i), std::move(record.values[i])});
    }
  }
  return values;
}

// One mutation per row. A shop without the file has no such records.
Status Loader::add_records(std::uint16_t number, std::string_view file) {
  if (file.empty()) {
    return {};
  }
  const model::CollectionDef& collection = *model::find_collection(number);
  SS_ASSIGN_OR_RETURN(const std::shared_ptr<Table> table, unpack(file));
  mutations_.reserve(mutations_.size() + table->rows.size() + 2);
  for (const Row& row : table->rows) {
    sync::Mutation mutation = new_mutation();
    sync::Op insert;
    insert.kind = sync::OpKind::insert;
    insert.collection = number;
    SS_ASSIGN_OR_RETURN(insert.fields, read_row(collection, table->header, row));
    if (collection.key_fields.empty()) {
      insert.record = engine_.new_record_id();
    } else {
      SS_ASSIGN_OR_RETURN(insert.record, sync::natural_record(collection, insert.fields));
    }
    if (number == model::kProductCollections) {
      groups_.emplace(row[0], insert.record);
    }
    mutation.ops.push_back(std::move(insert));
    mutations_.push_back(std::move(mutation));
  }
  return {};
}

Status Loader::add_dashboard(const Table& table, std::vector<std::string>& sources) {
  const model::CollectionDef& collection = *model::find_collection(model::kDashboard);
  sync::Mutation mutation = new_mutation();
  for (const Row& row : table.rows) {
    const int index = collection.field_index(row[0]);
    if (index < 0) {
      return fail(ErrorCode::corrupt, "The demo's data names an unknown field.",
                  std::string(row[0]));
    }
    sync::Op set;
    set.kind = sync::OpKind::set;
    set.collection = model::kDashboard;
    set.record = model::singleton_id(collection);
    set.field = static_cast<std::uint16_t>(index);
    SS_ASSIGN_OR_RETURN(set.to, model::value_from_input(collection.fields[set.field], row[1]));
    mutation.ops.push_back(std::move(set));
    sources.push_back("dashboard." + std::string(row[0]) + "=" + std::string(row[2]));
  }
  mutations_.push_back(std::move(mutation));
  return {};
}

void Loader::add_sources(std::vector<std::string> sources) {
  const model::CollectionDef& collection = *model::find_collection(model::kStoreInfo);
  std::sort(sources.begin(), sources.end());
  sync::Mutation mutation = new_mutation();
  sync::Op set;
  set.kind = sync::OpKind::set;
  set.collection = model::kStoreInfo;
  set.record = model::singleton_id(collection);
  set.field = static_cast<std::uint16_t>(collection.field_index("figure_sources"));
  set.to = std::move(sources);
  mutation.ops.push_back(std::move(set));
  mutations_.push_back(std::move(mutation));
}

void Loader::submit_next() {
  if (sent_ == mutations_.size()) {
    ++shop_;
    next_shop();
    return;
  }
  const std::size_t count = std::min(limits::kMutationsPerMessage, mutations_.size() - sent_);
  const auto from = mutations_.begin() + static_cast<std::ptrdiff_t>(sent_);
  engine::Submission submission;
  submission.store = shops_[shop_].store.id;
  submission.author = demo_author();
  submission.origin = sync::Origin::import;
  submission.priority = engine::Priority::bulk;
  submission.mutations.assign(std::make_move_iterator(from),
                              std::make_move_iterator(from + static_cast<std::ptrdiff_t>(count)));
  sent_ += count;
  submission.done = [self = shared_from_this()](Result<std::vector<sync::MutationResult>> results) {
    if (!results.ok()) {
      self->done_(results.error());
      return;
    }
    for (const sync::MutationResult& result : *results) {
      for (const sync::OpOutcome& op : result.ops) {
        if (op.status != sync::OpStatus::applied && op.status != sync::OpStatus::already) {
          self->done_(fail(op.code, op.message, op.field));
          return;
        }
      }
    }
    self->submit_next();
  };
  engine_.submit(std::move(submission));
}

std::vector<Shop> shops() {
  std::vector<Shop> all(2);
  all[0].store =
      engine::NewStore{"gifts", "Gift shop", "GBP", "Europe/London", "Demo", "Gifts and homeware"};
  all[0].files = gifts_files();
  all[0].figure_sources = {
      "products.category=derived",   "products.collections=derived",  "products.inventory=demo",
      "products.page_views=demo",    "products.sales_amount=derived", "products.status=derived",
      "products.units_sold=derived", "sales.orders=derived",          "sales.refunds=derived",
      "sales.sales_amount=derived",  "sales.units_sold=derived"};
  all[1].store =
      engine::NewStore{"games", "Game shop", "USD", "America/New_York", "Demo", "Video games"};
  all[1].files = games_files();
  all[1].figure_sources = {"products.category=derived",  "products.collections=derived",
                           "products.inventory=demo",    "products.page_views=demo",
                           "products.sales_amount=demo", "products.units_sold=derived"};
  return all;
}

}  // namespace

void load_stores(engine::Engine& engine, std::function<void(Status)> done) {
  std::make_shared<Loader>(engine, shops(), std::move(done))->next_shop();
}

}  // namespace syncstore::demo
