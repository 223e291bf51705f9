#include "core/sync/marks.hpp"

#include <gtest/gtest.h>

#include "tests/core/sync/test_store.hpp"

namespace syncstore::sync {
namespace {

class Marks : public testing::Test {
 protected:
  FieldMark mark(std::string_view field, bool live = true) {
    return field_mark(queue_, conflicts_, live, model::kProducts, mug_, product(field));
  }
  std::uint64_t add(std::vector<Op> ops) {
    const std::uint64_t n = *queue_.add(mutation_of(std::move(ops), Mode::each, ++ids_), 0,
                                        [this] { return mutation_id(1000 + ++ids_); });
    for (const std::uint64_t number : queue_.take_dirty())
      queue_.mark_durable(number);
    queue_.take_sendable(100, 100'000);
    return n;
  }
  void answer(std::uint64_t n, OpStatus status) {
    MutationResult result;
    result.id = queue_.find(n)->mutation.id;
    result.ops.resize(queue_.find(n)->mutation.ops.size());
    for (OpOutcome& op : result.ops)
      op.status = status;
    queue_.answer(result);
  }
  model::Record conflict(std::string_view field, std::uint64_t id) {
    Disagreement about;
    about.collection = model::kProducts;
    about.record = mug_;
    about.field = field;
    model::Record record = conflict_record(about, nullptr);
    record.id = RecordId{id};
    return record;
  }

  OfflineQueue queue_;
  ConflictIndex conflicts_;
  RecordId mug_{1};
  std::uint64_t ids_ = 0;
};

TEST_F(Marks, FollowAnEditThroughItsLife) {
  EXPECT_EQ(mark("title"), FieldMark::clean);
  const std::uint64_t n = add({set_op(mug_, "title", text("A"), text("B"))});
  EXPECT_EQ(mark("title", true), FieldMark::saving);
  EXPECT_EQ(mark("title", false), FieldMark::queued);
  EXPECT_EQ(mark("price"), FieldMark::clean);
  answer(n, OpStatus::applied);
  EXPECT_EQ(mark("title"), FieldMark::clean);
}

TEST_F(Marks, RefusedBeatsConflictBeatsWaiting) {
  const std::uint64_t n = add({set_op(mug_, "title", text("A"), text("B"))});
  const model::Record open = conflict("title", 77);
  conflicts_.update(nullptr, &open);
  EXPECT_EQ(mark("title"), FieldMark::conflict);
  answer(n, OpStatus::refused);
  EXPECT_EQ(mark("title"), FieldMark::refused);
  queue_.discard(n);
  EXPECT_EQ(mark("title"), FieldMark::conflict);
  EXPECT_EQ(mark("price"), FieldMark::clean);
  model::Record closed = open;
  closed.values[conflict_fields().status] = text("resolved");
  conflicts_.update(&open, &closed);
  EXPECT_EQ(mark("title"), FieldMark::clean);
  EXPECT_EQ(conflicts_.records(), 0u);
}

TEST_F(Marks, InsertsMarkTheirFieldsAndRemovalsAll) {
  add({insert_op(mug_, {{"title", text("A")}})});
  EXPECT_EQ(mark("title"), FieldMark::saving);
  EXPECT_EQ(mark("price"), FieldMark::clean);
  add({remove_op(mug_)});
  EXPECT_EQ(mark("price"), FieldMark::saving);
}

TEST_F(Marks, AConflictAboutTheRecordMarksEveryField) {
  const model::Record open = conflict("", 78);
  conflicts_.update(nullptr, &open);
  EXPECT_EQ(mark("title"), FieldMark::conflict);
  EXPECT_EQ(conflicts_.open(model::kProducts, mug_, kWholeRecord),
            std::vector<RecordId>{RecordId{78}});
  conflicts_.update(&open, nullptr);
  EXPECT_EQ(mark("title"), FieldMark::clean);
}

TEST_F(Marks, TheIndexListsEachConflictOnce) {
  const model::Record first = conflict("title", 5);
  const model::Record second = conflict("title", 4);
  conflicts_.update(nullptr, &first);
  conflicts_.update(nullptr, &second);
  conflicts_.update(&first, &first);
  EXPECT_EQ(conflicts_.open(model::kProducts, mug_, product("title")),
            (std::vector<RecordId>{RecordId{4}, RecordId{5}}));
  EXPECT_TRUE(conflicts_.open(model::kDashboard, mug_, product("title")).empty());
}

}  // namespace
}  // namespace syncstore::sync
