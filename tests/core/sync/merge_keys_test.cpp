// Records with a natural key, records of one owner, references: what merge asks of them.
#include <gtest/gtest.h>

#include "tests/core/sync/test_store.hpp"

namespace syncstore::sync {
namespace {

using Fields = std::vector<std::pair<std::string_view, model::Value>>;

Op natural_insert(std::uint16_t collection, const Fields& fields) {
  Op op = insert_op(RecordId{}, fields, collection);
  const Result<RecordId> id = natural_record(*model::find_collection(collection), op.fields);
  EXPECT_TRUE(id.ok());
  op.record = *id;
  return op;
}

Op removal(std::uint16_t collection, RecordId record) {
  Op op;
  op.kind = OpKind::remove;
  op.collection = collection;
  op.record = record;
  return op;
}

class MergeKeys : public testing::Test {
 protected:
  std::string run(Op op, const Person& person = kAda) {
    return status_text(store_.run_op(std::move(op), person));
  }
  TestStore store_;
};

TEST_F(MergeKeys, TheIdOfADayFollowsFromTheDay) {
  const Op day = natural_insert(model::kSales, {{"day", text("2026-11-22")}});
  EXPECT_EQ(run(day), "applied");
  EXPECT_EQ(store_.value(day.record, "day", model::kSales), text("2026-11-22"));
  Op other = natural_insert(model::kSales, {{"day", text("2026-11-23")}});
  EXPECT_NE(other.record, day.record);
  other.record = RecordId{77};
  EXPECT_EQ(run(other), "refused invalid day");
}

TEST_F(MergeKeys, PartsOfAKeyDoNotRunIntoEachOther) {
  const Op a = natural_insert(model::kLayouts, {{"owner", text("ab")}, {"screen", text("c")}});
  const Op b = natural_insert(model::kLayouts, {{"owner", text("a")}, {"screen", text("bc")}});
  EXPECT_NE(a.record, b.record);
}

TEST_F(MergeKeys, AKeyNeedsAllItsParts) {
  const Op op = insert_op(RecordId{}, {{"screen", text("c")}}, model::kLayouts);
  const Result<RecordId> id = natural_record(*model::find_collection(model::kLayouts), op.fields);
  ASSERT_FALSE(id.ok());
  EXPECT_EQ(id.error().code, ErrorCode::required);
}

TEST_F(MergeKeys, TwoPeopleWhoMakeTheSameDayMakeOneRecord) {
  const Op ada =
      natural_insert(model::kSales, {{"day", text("2026-11-22")}, {"units_sold", number(5)}});
  const Op ben =
      natural_insert(model::kSales, {{"day", text("2026-11-22")}, {"orders", number(2)}});
  EXPECT_EQ(run(ada), "applied");
  EXPECT_EQ(run(ben, kBen), "applied");
  EXPECT_EQ(store_.value(ada.record, "units_sold", model::kSales), number(5));
  EXPECT_EQ(store_.value(ada.record, "orders", model::kSales), number(2));
  EXPECT_EQ(run(ben, kBen), "already");
}

TEST_F(MergeKeys, AValueThatTheOtherOneSetDifferentlyIsAConflict) {
  const Op ada =
      natural_insert(model::kSales, {{"day", text("2026-11-22")}, {"units_sold", number(5)}});
  const Op ben =
      natural_insert(model::kSales, {{"day", text("2026-11-22")}, {"units_sold", number(6)}});
  EXPECT_EQ(run(ada), "applied");
  EXPECT_EQ(run(ben, kBen), "conflict conflict units_sold");
  EXPECT_EQ(store_.value(ada.record, "units_sold", model::kSales), number(5));
  EXPECT_EQ(store_.open_count(), 1u);
}

TEST_F(MergeKeys, ARemovedDayMayBeMadeAgain) {
  const Op day =
      natural_insert(model::kSales, {{"day", text("2026-11-22")}, {"units_sold", number(5)}});
  EXPECT_EQ(run(day), "applied");
  EXPECT_EQ(run(removal(model::kSales, day.record)), "applied");
  EXPECT_EQ(run(natural_insert(model::kSales, {{"day", text("2026-11-22")}})), "applied");
  EXPECT_EQ(store_.value(day.record, "units_sold", model::kSales), model::Value());
}

TEST_F(MergeKeys, AKeyNeverChanges) {
  const Op day = natural_insert(model::kSales, {{"day", text("2026-11-22")}});
  EXPECT_EQ(run(day), "applied");
  EXPECT_EQ(run(set_op(day.record, "day", text("2026-11-22"), text("2026-11-23"), model::kSales)),
            "refused invalid day");
}

TEST_F(MergeKeys, ADayIsADayOfTheCalendar) {
  for (const std::string_view wrong : {"2026-02-29", "2026-13-01", "22.11.2026", "2026-11-22T00"}) {
    const Op day = natural_insert(model::kSales, {{"day", text(wrong)}});
    EXPECT_EQ(run(day), "refused wrong_type day") << wrong;
  }
  EXPECT_EQ(run(natural_insert(model::kSales, {{"day", text("2028-02-29")}})), "applied");
}

TEST_F(MergeKeys, OnlyItsOwnerWritesWhatAPersonKeeps) {
  const Fields view = {{"owner", text("vic")}, {"name", text("Low")}, {"screen", text("products")}};
  EXPECT_EQ(run(insert_op(RecordId{5}, view, model::kSavedViews), kAda), "refused not_owner owner");
  EXPECT_EQ(run(insert_op(RecordId{5}, view, model::kSavedViews), kViewer), "applied");
  const auto rename = [](std::string_view from, std::string_view to) {
    return set_op(RecordId{5}, "name", text(from), text(to), model::kSavedViews);
  };
  EXPECT_EQ(run(rename("Low", "Lower"), kAda), "refused not_owner owner");
  EXPECT_EQ(run(rename("Low", "Lower"), kViewer), "applied");
  EXPECT_EQ(run(set_op(RecordId{5}, "owner", text("vic"), text("ada"), model::kSavedViews), kAda),
            "refused not_owner owner");
  EXPECT_EQ(run(removal(model::kSavedViews, RecordId{5}), kAda), "refused not_owner owner");
  EXPECT_EQ(run(removal(model::kSavedViews, RecordId{5}), kAdmin), "applied");
}

TEST_F(MergeKeys, AReferenceNeedsALivingRecord) {
  const Fields of_nothing = {{"product", text(RecordId{1}.text())}, {"name", text("L")}};
  EXPECT_EQ(run(insert_op(RecordId{9}, of_nothing, model::kProductVariants)),
            "refused reference_missing product");
  store_.add_product(1, {{"title", text("Shirt")}});
  EXPECT_EQ(run(insert_op(RecordId{9}, of_nothing, model::kProductVariants)), "applied");
  EXPECT_EQ(run(removal(model::kProducts, RecordId{1})), "applied");
  // What stood before stays editable in its other fields.
  EXPECT_EQ(run(set_op(RecordId{9}, "name", text("L"), text("XL"), model::kProductVariants)),
            "applied");
}

TEST_F(MergeKeys, AProductAndItsVariantsAreMadeTogether) {
  Mutation mutation = mutation_of(
      {insert_op(RecordId{9}, {{"product", text(RecordId{1}.text())}, {"name", text("L")}},
                 model::kProductVariants),
       insert_op(RecordId{1}, {{"title", text("Shirt")}})},
      Mode::all);
  const MutationResult result = store_.run(mutation);
  EXPECT_EQ(status_text(result.ops[0]), "applied");
  EXPECT_EQ(status_text(result.ops[1]), "applied");
}

}  // namespace
}  // namespace syncstore::sync
