// A log file keeps within its bounds, gives way to logrotate and outlives a full disk.
#include "server/adapters/system/log_file.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "core/base/limits.hpp"

namespace syncstore::adapters {
namespace {

namespace fs = std::filesystem;

class StillClock final : public ports::Clock {
 public:
  TimeMs now() const override { return us / 1'000; }
  std::int64_t monotonic_us() const override { return us; }
  std::int64_t us = 1'000'000;
};

class LogFileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "syncstore-log-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    path_ = folder_ + "/syncstore.log";
  }
  void TearDown() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  std::unique_ptr<LogFile> open(std::size_t bytes, std::size_t files) {
    auto file = LogFile::open({path_, bytes, files}, clock_);
    EXPECT_TRUE(file.ok());
    return std::move(file).value();
  }
  static std::string content(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  StillClock clock_;
  std::string folder_;
  std::string path_;
};

TEST_F(LogFileTest, KeepsTheNewestLinesWithinItsBounds) {
  const auto file = open(100, 3);
  for (int i = 0; i < 1'000; ++i)
    file->write("line " + std::to_string(1'000 + i) + "\n");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 3);
  std::string all;
  for (const char* ending : {".2", ".1", ""}) {
    EXPECT_LE(fs::file_size(path_ + ending), 100u);
    all += content(path_ + ending);
  }
  // Whole lines, in order, up to the last one.
  EXPECT_EQ(all.substr(all.size() - 20), "line 1998\nline 1999\n");
  EXPECT_EQ(all.size() % 10, 0u);
  EXPECT_EQ(file->dropped(), 0u);
}

TEST_F(LogFileTest, GoesOnWhereItEndedAndOneFileBeginsAfresh) {
  open(1'000, 3)->write("before\n");
  open(1'000, 3)->write("after\n");
  EXPECT_EQ(content(path_), "before\nafter\n");
  const auto file = open(20, 1);
  file->write("a line that is new\n");
  EXPECT_EQ(content(path_), "a line that is new\n");
  EXPECT_FALSE(fs::exists(path_ + ".1"));
}

TEST_F(LogFileTest, IsOpenedAgainAfterItWasMovedAway) {
  const auto file = open(1'000, 3);
  file->write("one\n");
  fs::rename(path_, path_ + "-20261121");
  file->write("two\n");  // still into the file that was moved
  file->reopen();
  file->write("three\n");
  EXPECT_EQ(content(path_ + "-20261121"), "one\ntwo\n");
  EXPECT_EQ(content(path_), "three\n");
}

TEST_F(LogFileTest, ADiskThatTakesNoMoreCostsLinesAndNothingElse) {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const auto file = open(1'000, 2);
  file->write("whole line\n");
  rlimit full = before;
  full.rlim_cur = 15;  // room for four bytes of the next line
  ::setrlimit(RLIMIT_FSIZE, &full);
  file->write("cut off here\n");
  file->write("not even tried\n");
  clock_.us += limits::kLogRetrySeconds * 1'000'000;
  file->write("tried in vain\n");
  ::setrlimit(RLIMIT_FSIZE, &before);
  file->write("resting\n");
  EXPECT_EQ(file->dropped(), 4u);
  EXPECT_EQ(content(path_), "whole line\n");
  clock_.us += limits::kLogRetrySeconds * 1'000'000;
  file->write("room again\n");
  EXPECT_EQ(content(path_), "whole line\nroom again\n");
  EXPECT_EQ(file->dropped(), 4u);
}

TEST_F(LogFileTest, APlaceWhereNoFileCanBeIsSaid) {
  EXPECT_FALSE(LogFile::open({folder_ + "/none/syncstore.log", 100, 2}, clock_).ok());
  const auto directory = LogFile::open({folder_, 100, 2}, clock_);
  ASSERT_FALSE(directory.ok());
  EXPECT_EQ(directory.error().code, ErrorCode::invalid);
}

TEST_F(LogFileTest, LinesOfManyThreadsStayWhole) {
  const auto file = open(10'000'000, 2);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&file, t] {
      for (int i = 0; i < 500; ++i)
        file->write(std::string(40, static_cast<char>('a' + t)) + "\n");
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  std::ifstream lines(path_);
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count)
    ASSERT_EQ(line, std::string(40, line.front()));
  EXPECT_EQ(count, 2'000);
}

}  // namespace
}  // namespace syncstore::adapters
