// A copy of the database counts only when it reads back whole.
#include "server/adapters/sqlite/copy_check.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "server/adapters/crypto/crypto.hpp"
#include "server/adapters/sqlite/connection.hpp"
#include "server/adapters/sqlite/sqlite_storage.hpp"
#include "server/adapters/system/clock.hpp"
#include "server/adapters/system/engine_thread.hpp"
#include "tests/contract/storage_contract.hpp"

namespace syncstore::adapters {
namespace {

class CopyCheck : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "syncstore-copy-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    copy_ = folder_ + "/copy.db";
    auto storage = SqliteStorage::open({.directory = folder_}, engine_, clock_, crypto_);
    ASSERT_TRUE(storage.ok());
    test::StoreScript script("gifts");
    for (std::uint32_t number = 1; number <= 200; ++number) {
      ports::StorageBatch batch = test::batch_of(
          script.set_product(RecordId{number}, number, "Mug number " + std::to_string(number), 1));
      ASSERT_TRUE(
          answer([&](auto done) { (*storage)->commit(std::move(batch), std::move(done)); }).ok());
    }
    ASSERT_TRUE(answer([&](auto done) { (*storage)->backup(copy_, done); }).ok());
  }
  void TearDown() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  static Status answer(const std::function<void(std::function<void(Status)>)>& ask) {
    return test::await<Status>(ask);
  }
  // Every occurrence: in the record's row and in the log.
  void spoil(const std::string& what, const std::string& with) const {
    std::fstream file(copy_, std::ios::in | std::ios::out | std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    ASSERT_EQ(what.size(), with.size());
    ASSERT_NE(bytes.find(what), std::string::npos);
    file.clear();
    for (std::size_t at = bytes.find(what); at != std::string::npos;
         at = bytes.find(what, at + 1)) {
      file.seekp(static_cast<std::streamoff>(at));
      file << with;
    }
  }

  EngineThread engine_{1, 1};
  SystemClock clock_;
  NativeCrypto crypto_;
  std::string folder_;
  std::string copy_;
};

TEST_F(CopyCheck, AWholeCopyIsGood) {
  const auto lines = check_copy(copy_, crypto_);
  ASSERT_TRUE(lines.ok()) << lines.error().detail;
  EXPECT_NE(lines->back().find("store gifts: 200 log entries, chain intact, 200 records as logged"),
            std::string::npos)
      << lines->back();
}

// The file and the chain of the log say nothing about the tables of records.
TEST_F(CopyCheck, ARecordThatIsNotAsLoggedIsFound) {
  const std::string whole = folder_ + "/whole.db";
  std::filesystem::copy_file(copy_, whole);
  const std::pair<const char*, const char*> faults[] = {
      {"UPDATE products SET title = 'Another' WHERE id = 77", "has another title in the log"},
      {"UPDATE products SET version = version + 1 WHERE id = 78", "was last changed otherwise"},
      {"UPDATE products SET row_number = 9000 WHERE id = 79", "was last changed otherwise"},
      {"DELETE FROM products WHERE id = 80", "200 records of products in the log, 199 are stored"},
      {"UPDATE products SET id = 9000 WHERE id = 81", "is not in the log"},
  };
  for (const auto& [sql, words] : faults) {
    std::filesystem::copy_file(whole, copy_, std::filesystem::copy_options::overwrite_existing);
    {
      auto connection = Connection::open(copy_, Connection::Access::read_write, nullptr);
      ASSERT_TRUE(connection.ok());
      ASSERT_TRUE((*connection)->run(sql).ok()) << sql;
    }
    const auto lines = check_copy(copy_, crypto_);
    ASSERT_FALSE(lines.ok()) << sql;
    EXPECT_EQ(lines.error().code, ErrorCode::corrupt);
    EXPECT_NE(lines.error().detail.find(words), std::string::npos) << lines.error().detail;
  }
}

TEST_F(CopyCheck, AChangedEntryOfALogIsFoundThoughTheFileIsIntact) {
  spoil("Mug number 123", "Mug number 321");
  const auto lines = check_copy(copy_, crypto_);
  ASSERT_FALSE(lines.ok());
  EXPECT_EQ(lines.error().code, ErrorCode::corrupt);
  EXPECT_NE(lines.error().detail.find("sequence 123"), std::string::npos) << lines.error().detail;
}

TEST_F(CopyCheck, ACopyThatEndsEarlyOrIsNoneIsFound) {
  std::filesystem::resize_file(copy_, std::filesystem::file_size(copy_) - 8'192);
  EXPECT_FALSE(check_copy(copy_, crypto_).ok());
  std::ofstream(copy_, std::ios::trunc) << std::string(8'192, 'x');
  EXPECT_FALSE(check_copy(copy_, crypto_).ok());
  EXPECT_FALSE(check_copy(folder_ + "/none.db", crypto_).ok());
}

}  // namespace
}  // namespace syncstore::adapters
