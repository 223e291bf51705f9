#include "server/simulation/sim_edits.hpp"

#include <algorithm>
#include <set>

#include "server/simulation/sim_screen.hpp"

namespace syncstore::simulation {
namespace {

using session::ClientSession;

constexpr std::size_t kProductsOfPeople = 25;  // beyond these people insert no more
constexpr std::size_t kProductsOfAll = 40;     // beyond these programs do not either

sync::Op op_on(sync::OpKind kind, RecordId record) {
  sync::Op op;
  op.kind = kind;
  op.collection = model::kProducts;
  op.record = record;
  return op;
}

std::string some_sku(SeededRandom& random) { return "SKU-" + std::to_string(random.below(12)); }

sync::Op insert_something(ClientSession& session, SeededRandom& random, TimeMs now) {
  sync::Op op = op_on(sync::OpKind::insert, session.ids().next_record(now));
  op.fields = {{kTitle, "Product " + std::to_string(random.below(20))},
               {kStatus, std::string("Active")},
               {kInventory, static_cast<std::int64_t>(random.below(50))}};
  if (random.chance(30))
    op.fields.insert(op.fields.begin() + 1, {kSku, some_sku(random)});
  return op;
}

sync::Op set_something(const model::Record& record, std::uint16_t field, SeededRandom& random) {
  sync::Op op = op_on(sync::OpKind::set, record.id);
  op.field = field;
  op.from = sync::FromValue::seen(record.values[field]);
  if (field == kTitle) {
    // One draw a statement: the order inside of one differs between compilers.
    const auto filler = static_cast<std::size_t>(random.below(40));
    op.to = "Title " + std::to_string(random.below(30)) + std::string(filler, 'x');
  }
  if (field == kPrice)
    op.to = static_cast<std::int64_t>(random.below(100'000));
  if (field == kStatus)
    op.to = std::string(random.chance(50) ? "Active" : "Inactive");
  if (field == kSku)
    op.to = some_sku(random);
  if (field == kImage)
    op.to = "https://pictures.example/" + std::to_string(random.below(9));
  if (field == kInventory)
    op.to = static_cast<std::int64_t>(random.below(60));
  return op;
}

}  // namespace

sync::Mutation edit_of_person(ClientSession& session, SeededRandom& random, TimeMs now) {
  std::vector<RecordId> ids;
  session.replica().for_each_shown(model::kProducts,
                                   [&](const model::Record& record) { ids.push_back(record.id); });
  std::sort(ids.begin(), ids.end());
  sync::Mutation mutation;
  mutation.id = session.ids().next_uuid(now);
  const std::uint64_t dice = random.below(100);
  if (ids.empty() || (dice < 15 && ids.size() < kProductsOfPeople)) {
    mutation.ops.push_back(insert_something(session, random, now));
    return mutation;
  }
  const RecordId id = ids[random.below(ids.size())];
  const model::Record& record = *session.replica().shown(model::kProducts, id);
  if (dice < 22) {
    sync::Op op = op_on(sync::OpKind::remove, id);
    op.seen.push_back({kTitle, sync::FromValue::seen(record.values[kTitle])});
    mutation.ops.push_back(op);
  } else if (dice < 45) {
    sync::Op op = op_on(sync::OpKind::add, id);
    op.field = kInventory;
    op.amount = static_cast<std::int64_t>(random.below(9)) - 4;
    mutation.ops.push_back(op);
  } else {
    std::set<std::uint16_t> used;
    for (std::size_t count = 1 + random.below(3); count > 0; --count) {
      const std::uint16_t fields[] = {kTitle, kPrice, kStatus, kSku, kInventory, kImage};
      const std::uint16_t field = fields[random.below(6)];
      if (used.insert(field).second)
        mutation.ops.push_back(set_something(record, field, random));
    }
    mutation.mode = random.chance(30) ? sync::Mode::all : sync::Mode::each;
  }
  return mutation;
}

session::PageSpec page_of_person(SeededRandom& random) {
  const model::CollectionDef& products = *model::find_collection(model::kProducts);
  const char* const sorts[] = {"title", "-title", "price",      "-price", "sku",
                               "id",    "-id",    "-inventory", "status"};
  const std::uint32_t sizes[] = {1, 3, 5, 10, 25};
  session::PageSpec spec;
  spec.collection = model::kProducts;
  spec.sort = view::parse_sort(products, sorts[random.below(std::size(sorts))]).value();
  spec.page = static_cast<std::uint32_t>(1 + random.below(4));
  spec.size = sizes[random.below(std::size(sizes))];
  const auto amount = static_cast<std::int64_t>(random.below(60));
  using view::Comparison;
  auto& conditions = spec.filter.conditions;
  switch (random.below(8)) {
    case 0:
      conditions.push_back({kStatus, Comparison::equal, std::string("Active")});
      break;
    case 1:
      conditions.push_back({kInventory, Comparison::at_most, amount});
      break;
    case 2:
      conditions.push_back({kPrice, Comparison::at_least, amount * 1'500});
      conditions.push_back({kStatus, Comparison::not_equal, std::string("Inactive")});
      break;
    case 3:
      conditions.push_back(
          {kSku, amount < 30 ? Comparison::present : Comparison::absent, model::Value()});
      break;
    case 4:
      spec.filter.query = amount < 30 ? "title" : "PRO 1";
      break;
    default:
      break;
  }
  return spec;
}

std::vector<sync::Mutation> edits_of_program(const std::vector<RecordId>& products,
                                             std::size_t count, IdSource& ids, SeededRandom& random,
                                             TimeMs now) {
  std::vector<sync::Mutation> mutations;
  for (; count > 0; --count) {
    sync::Op op;
    const bool room = products.size() + count < kProductsOfAll;
    if (products.empty() || (room && random.chance(20))) {
      op = op_on(sync::OpKind::insert, ids.next_record(now));
      op.fields = {{kTitle, "Job " + std::to_string(random.below(50))},
                   {kStatus, std::string("Active")}};
    } else {
      const RecordId product = products[static_cast<std::size_t>(random.below(products.size()))];
      op = op_on(random.chance(10) ? sync::OpKind::remove : sync::OpKind::set, product);
      op.field = random.chance(50) ? kTitle : kPrice;
      if (op.kind == sync::OpKind::set && random.chance(30)) {  // an order took some
        op.kind = sync::OpKind::add;
        op.field = kInventory;
        op.amount = -static_cast<std::int64_t>(random.below(4));
      } else if (op.field == kTitle) {
        op.to = "Job title " + std::to_string(random.below(40));
      } else {
        op.to = static_cast<std::int64_t>(random.below(90'000));
      }
    }
    sync::Mutation mutation;
    mutation.id = ids.next_uuid(now);
    mutation.ops.push_back(op);
    mutations.push_back(std::move(mutation));
  }
  return mutations;
}

}  // namespace syncstore::simulation
