// Mutations and merge between versions of the catalogue: what the other version said is kept byte
// by byte, answered, and never guessed.
#include "core/base/digest.hpp"
#include "core/sync/wire_parts.hpp"
#include "tests/core/support/next_catalogue.hpp"
#include "tests/core/sync/test_store.hpp"

namespace syncstore::sync {
namespace {

using model::CatalogueScope;
using syncstore::testing::next_catalogue;

Bytes bytes_of(const Mutation& mutation) {
  ByteWriter out;
  write_mutation(out, mutation);
  return out.take();
}

Mutation read_back(const Bytes& bytes) {
  ByteReader in(bytes);
  Result<Mutation> mutation = read_mutation(in);
  EXPECT_TRUE(mutation.ok() && in.done());
  return mutation.ok() ? std::move(mutation).value() : Mutation{};
}

Mutation one(std::uint64_t id, Op op) {
  Mutation mutation;
  mutation.id = mutation_id(id);
  mutation.ops.push_back(std::move(op));
  return mutation;
}

// The number that the next catalogue gives its new field: one more than today's last.
const auto kBrand =
    static_cast<std::uint16_t>(model::find_collection(model::kProducts)->fields.back().number + 1);

TEST(MutationOfAnotherVersion, IsTheSameBytesAgain) {
  Bytes bytes;
  {
    const CatalogueScope next(next_catalogue());
    Mutation mutation = one(1, set_op(RecordId{5}, "brand", {}, text("Acme")));
    mutation.ops.push_back(insert_op(RecordId{6}, {{"title", text("Mug")}, {"brand", text("B")}}));
    Op remove;
    remove.kind = OpKind::remove;
    remove.collection = model::kProducts;
    remove.record = RecordId{7};
    remove.seen.push_back({product("brand"), FromValue::seen({})});
    mutation.ops.push_back(remove);
    bytes = bytes_of(mutation);
  }
  const Mutation read = read_back(bytes);
  ASSERT_EQ(read.ops.size(), 3u);
  EXPECT_EQ(read.ops[0].field, model::kUnknownField | kBrand);
  EXPECT_EQ(read.ops[0].to, text("Acme"));
  EXPECT_EQ(read.ops[1].fields[1].field, model::kUnknownField | kBrand);
  EXPECT_EQ(bytes_of(read), bytes);
  const CatalogueScope next(next_catalogue());
  EXPECT_EQ(read_back(bytes).ops[0].field, kBrand - 1);
}

TEST(MutationOfAnotherVersion, AWholeUnknownCollectionIsCarriedToo) {
  ByteWriter out;
  write_uuid(out, mutation_id(9));
  out.varint(0);
  out.u8(0);
  out.varint(1);
  out.u8(1);  // set
  out.varint(77);
  out.u64(5);
  out.varint(3);
  out.u8(0);
  model::write_value(out, text("value"));
  const Bytes bytes = out.take();
  const Mutation read = read_back(bytes);
  EXPECT_EQ(read.ops.at(0).collection, 77);
  EXPECT_EQ(bytes_of(read), bytes);
  TestStore store;
  EXPECT_EQ(store.run(read).ops.at(0).code, ErrorCode::unknown_collection);
}

TEST(MutationOfAnotherVersion, NoMoreFieldsThanAFrameMayNameAreRead) {
  ByteWriter out;
  write_uuid(out, mutation_id(9));
  out.varint(0);
  out.u8(0);
  out.varint(1);
  out.u8(3);  // insert
  out.varint(model::kProducts);
  out.u64(5);
  out.varint(100'000);
  const Bytes bytes = out.take();
  ByteReader in(bytes);
  EXPECT_FALSE(read_mutation(in).ok());
}

class MergeAcrossVersions : public ::testing::Test {
 protected:
  TestStore store_;
  RecordId mug_ = store_.add_product(100, {{"title", text("Mug")}, {"status", text("Active")}});
};

TEST_F(MergeAcrossVersions, AnEditOfAFieldThatIsNotKnownHereIsRefusedAndTheOthersStand) {
  Mutation mutation = one(2, set_op(mug_, "title", text("Mug"), text("Cup")));
  Op unknown = set_op(mug_, "title", {}, text("Acme"));
  unknown.field = model::kUnknownField | kBrand;
  mutation.ops.push_back(unknown);
  const auto outcome = store_.run(mutation);
  EXPECT_EQ(outcome.ops[0].status, OpStatus::applied);
  EXPECT_EQ(outcome.ops[1].status, OpStatus::refused);
  EXPECT_EQ(outcome.ops[1].code, ErrorCode::unknown_field);
  EXPECT_NE(outcome.ops[1].message.find("older version"), std::string::npos);
}

TEST_F(MergeAcrossVersions, ARemovalThatSawNothingInAnUnknownFieldIsARemoval) {
  Op remove;
  remove.kind = OpKind::remove;
  remove.collection = model::kProducts;
  remove.record = mug_;
  remove.seen.push_back(
      {static_cast<std::uint16_t>(model::kUnknownField | kBrand), FromValue::seen(text("x"))});
  EXPECT_EQ(store_.run_op(remove).code, ErrorCode::unknown_field);
  remove.seen[0].from = FromValue::seen({});
  EXPECT_EQ(store_.run_op(remove).status, OpStatus::applied);
}

TEST(RetiredField, IsRefusedToEverybodyAndComesBackOnlyWithHistory) {
  const CatalogueScope next(next_catalogue());
  TestStore store;
  const RecordId mug{100};
  store.add_product(100, {{"title", text("Mug")}, {"status", text("Active")}});
  const auto refused = store.run_op(set_op(mug, "asin", {}, text("B01")));
  EXPECT_EQ(refused.status, OpStatus::refused);
  EXPECT_EQ(refused.code, ErrorCode::retired);
  EXPECT_EQ(refused.field, "asin");
  const Op insert = insert_op(
      RecordId{101}, {{"title", text("Cup")}, {"asin", text("B02")}, {"status", text("Active")}});
  Person who = kAda;
  EXPECT_EQ(store.run_op(insert, who).code, ErrorCode::retired);
  who.origin = Origin::import;
  EXPECT_EQ(store.run_op(insert, who).code, ErrorCode::retired);
  EXPECT_EQ(store.run_op(insert, kSystem).code, ErrorCode::retired);
  who.origin = Origin::rollback;
  EXPECT_EQ(store.run_op(insert, who).status, OpStatus::applied);
  EXPECT_EQ(store.value(RecordId{101}, "asin"), text("B02"));
}

TEST(RetiredField, WeighsNothingInDigestsAndStaysInTheRecord) {
  model::Digest with, without;
  for (const bool retired : {false, true}) {
    std::optional<CatalogueScope> scope;
    if (retired)
      scope.emplace(next_catalogue());
    model::Table table(*model::find_collection(model::kProducts));
    model::Record record = model::make_record(table.collection(), RecordId{101});
    record.row = 1;
    record.values[2] = text("B02");
    const model::Record& stored = table.put(record);
    EXPECT_EQ(stored.values[2], text("B02"));
    EXPECT_EQ(table.digest().fields[2] != 0, !retired);
    table.set_value(RecordId{101}, 2, text("B03"));
    table.erase(RecordId{101});
    EXPECT_EQ(table.digest().fields[2], 0u);
    table.put(record);
    (retired ? without : with) = table.digest();
  }
  // One field more beside the others: what both know is compared, the retired one differs.
  EXPECT_FALSE(with.agrees_with(without));
  with.fields[2] = 0;
  EXPECT_TRUE(with.agrees_with(without));
  EXPECT_TRUE(without.agrees_with(with));
  without.fields.back() = 5;  // a value that only the newer one can see
  EXPECT_TRUE(with.agrees_with(without));
  without.fields[0] += 1;
  EXPECT_FALSE(with.agrees_with(without));
}

TEST(RenamedField, KeepsItsOpenConflictAndOpensNoSecondOne) {
  TestStore store;
  const RecordId mug{100};
  store.add_product(100,
                    {{"title", text("Mug")}, {"handle", text("mug")}, {"status", text("Active")}});
  store.run_op(set_op(mug, "handle", text("mug"), text("mug-1")));
  const OpOutcome first = store.run_op(set_op(mug, "handle", text("mug"), text("mug-2")), kBen);
  ASSERT_EQ(first.status, OpStatus::conflict);
  const std::string handle_text = "handle";
  const CatalogueScope next(next_catalogue());
  EXPECT_EQ(conflict_id(model::kProducts, mug, "slug", "ben"), first.conflict);
  EXPECT_EQ(conflict_id(model::kProducts, mug, handle_text, "ben"), first.conflict);
  model::Record conflict;
  conflict.values.resize(model::find_collection(model::kConflicts)->fields.size());
  conflict.values[conflict_fields().data_type] = text("products");
  conflict.values[conflict_fields().record] = mug.text();
  conflict.values[conflict_fields().field] = handle_text;
  const auto place = conflict_place(conflict);
  ASSERT_TRUE(place.has_value());
  EXPECT_EQ(place->field, product("slug"));
}

}  // namespace
}  // namespace syncstore::sync
