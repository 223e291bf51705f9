// Backups on schedule, with a clock that only the test moves and a copy that is a small file.
#include "server/features/backups/backups.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "core/base/limits.hpp"
#include "tests/server/engine/virtual_time.hpp"

namespace syncstore::backups {
namespace {

namespace fs = std::filesystem;

constexpr TimeMs kMinute = 60'000;
constexpr TimeMs kDay = 24 * kHourMs;

class BackupsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "syncstore-backups-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
    folder_ = directory_ + "/backups";
    std::ofstream(directory_ + "/syncstore.db") << "database";
    std::ofstream(directory_ + "/syncstore.toml") << "log = \"json\"\n";
  }
  void TearDown() override {
    backups_.reset();
    std::error_code ignored;
    fs::remove_all(directory_, ignored);
  }
  void boot(Schedule schedule = {}) {
    backups_.reset();
    scheduler_ = std::make_unique<VirtualScheduler>(events_);
    backups_ = std::make_unique<Backups>(
        BackupPorts{clock_, *scheduler_,
                    [this](const std::string& path, std::function<void(Status)> done) {
                      ++copies_;
                      if (copy_fault_ == ErrorCode::none)
                        std::ofstream(path) << "copy";
                      if (hanging_)
                        return;
                      scheduler_->after(copy_ms_, [this, done] {
                        done(copy_fault_ == ErrorCode::none ? Status() : Status(fail(copy_fault_)));
                      });
                    },
                    [this](const std::string& path) -> Status {
                      EXPECT_TRUE(fs::exists(path));
                      return damaged_ ? Status(fail(ErrorCode::corrupt, "A page is damaged."))
                                      : Status();
                    }},
        BackupOptions{schedule, folder_, directory_ + "/syncstore.db",
                      directory_ + "/syncstore.toml", &log_});
    backups_->start();
    events_.settle();
  }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_))
      names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }
  std::size_t count() const { return list_backups(folder_).size(); }
  void put(TimeMs at) {
    fs::create_directories(folder_);
    std::ofstream(folder_ + "/" + backup_name(at)) << "old";
  }
  // The clock of the test starts somewhere; the first 3 o'clock after that.
  TimeMs three_o_clock() const { return next_moment({}, events_.now()); }

  using VirtualClock = syncstore::testing::VirtualClock;
  using VirtualScheduler = syncstore::testing::VirtualScheduler;
  syncstore::testing::EventQueue events_;
  VirtualClock clock_{events_};
  std::string log_text_;
  Log log_{LogFormat::text, [this] { return events_.now(); },
           [this](std::string_view line) { log_text_ += line; }};
  std::unique_ptr<VirtualScheduler> scheduler_;
  std::unique_ptr<Backups> backups_;
  std::string directory_;
  std::string folder_;
  int copies_ = 0;
  TimeMs copy_ms_ = 5'000;
  ErrorCode copy_fault_ = ErrorCode::none;
  bool damaged_ = false;
  bool hanging_ = false;
};

TEST_F(BackupsTest, MomentsFollowTheTimeOfDayAndTheInterval) {
  const Schedule daily{24, 180, 30};
  EXPECT_EQ(next_moment(daily, 0), 3 * kHourMs);
  EXPECT_EQ(next_moment(daily, 3 * kHourMs), kDay + 3 * kHourMs);
  EXPECT_EQ(next_moment(daily, 3 * kHourMs - 1), 3 * kHourMs);
  const Schedule often{6, 60, 30};
  EXPECT_EQ(next_moment(often, 2 * kHourMs), 7 * kHourMs);
  EXPECT_EQ(next_moment(often, 0), kHourMs);
  EXPECT_EQ(next_moment({24, 23 * 60, 1}, 0), 23 * kHourMs);
}

TEST_F(BackupsTest, NamesCarryTheirTimeAndNothingElseIsABackup) {
  const TimeMs at = 1'795'230'000'000;
  EXPECT_EQ(backup_name(at), "syncstore-20261121T030000Z.db");
  EXPECT_EQ(time_of_name(backup_name(at)), at);
  for (const char* name : {"syncstore.db", "syncstore-20261121T030000Z.db.unchecked",
                           "syncstore-20261121T030000Z.toml", "syncstore-20261341T990000Z.db",
                           "xsyncstore-20261121T030000Z.db", ""}) {
    EXPECT_EQ(time_of_name(name), 0) << name;
  }
}

TEST_F(BackupsTest, ADayHasOneBackupWithItsConfiguration) {
  put(events_.now() - kHourMs);
  boot();
  const TimeMs due = three_o_clock();
  EXPECT_EQ(backups_->state().next_at, due);
  events_.advance(due - events_.now() - 1);
  EXPECT_EQ(copies_, 0);
  events_.advance(2 * kMinute);
  EXPECT_EQ(copies_, 1);
  ASSERT_TRUE(backups_->state().newest.has_value());
  EXPECT_EQ(backups_->state().newest->at / kMinute, due / kMinute);
  const std::string stem = backup_name(backups_->state().newest->at);
  EXPECT_TRUE(fs::exists(folder_ + "/" + stem.substr(0, stem.size() - 3) + ".toml"));
  EXPECT_NE(log_text_.find("backup_made"), std::string::npos);
  EXPECT_EQ(fs::status(folder_).permissions(), fs::perms::owner_all);
  events_.advance(10 * kDay);
  EXPECT_EQ(copies_, 11);
  EXPECT_EQ(count(), 12u);
  EXPECT_EQ(backups_->alert(), "");
}

TEST_F(BackupsTest, AfterThirtyDaysTheOldestGoes) {
  boot();
  events_.advance(45 * kDay);
  const auto files = list_backups(folder_);
  EXPECT_GE(files.size(), 30u);
  EXPECT_LE(files.size(), 31u);
  EXPECT_GE(files.back().at, events_.now() - 31 * kDay);
  // Each backup and its configuration, nothing left over.
  EXPECT_EQ(names().size(), 2 * files.size());
}

TEST_F(BackupsTest, TheNewestStaysHoweverOldAndTheNumberIsBounded) {
  std::vector<BackupFile> files;
  for (int i = 0; i < 2'000; ++i)
    files.push_back({"b" + std::to_string(i), events_.now() - i * kMinute, 1});
  EXPECT_EQ(outdated(files, events_.now(), 30).size(), 2'000 - limits::kBackupFilesMax);
  EXPECT_EQ(outdated(files, events_.now() + 100 * kDay, 30).size(), 1'999u);
  EXPECT_TRUE(outdated({files.front()}, events_.now() + 1'000 * kDay, 1).empty());
  // Nothing new comes, so nothing old goes.
  put(events_.now() - 400 * kDay);
  copy_fault_ = ErrorCode::storage_full;
  boot();
  events_.advance(5 * kDay);
  EXPECT_EQ(count(), 1u);
}

TEST_F(BackupsTest, OneThatIsOverdueAtTheStartIsMadeSoonButNotAtOnce) {
  put(events_.now() - 26 * kHourMs);
  boot();
  EXPECT_EQ(copies_, 0);
  events_.advance(limits::kBackupOverdueMinutes * kMinute + 10'000);
  EXPECT_EQ(copies_, 1);
  EXPECT_EQ(count(), 2u);
}

TEST_F(BackupsTest, AFailureIsSaidAndTriedAgainUntilItSucceeds) {
  boot();
  copy_fault_ = ErrorCode::storage_full;
  events_.advance(three_o_clock() - events_.now() + kMinute);
  EXPECT_GE(copies_, 1);
  EXPECT_NE(backups_->alert().find("failed"), std::string::npos);
  EXPECT_NE(backups_->metrics_text().find("syncstore_backup_alert 1\n"), std::string::npos);
  EXPECT_NE(log_text_.find("error backup_failed code=storage_full"), std::string::npos);
  EXPECT_EQ(count(), 0u);
  const int before = copies_;
  copy_fault_ = ErrorCode::none;
  events_.advance(limits::kBackupRetryMinutes * kMinute + kMinute);
  EXPECT_EQ(copies_, before + 1);
  EXPECT_EQ(backups_->alert(), "");
  EXPECT_EQ(count(), 1u);
  EXPECT_NE(backups_->metrics_text().find("syncstore_backup_alert 0\n"), std::string::npos);
}

TEST_F(BackupsTest, ACopyThatDoesNotReadBackIsNoBackup) {
  put(events_.now() - kHourMs);
  boot();
  damaged_ = true;
  events_.advance(three_o_clock() - events_.now() + kMinute);
  EXPECT_EQ(copies_, 1);
  EXPECT_NE(backups_->alert().find("A page is damaged."), std::string::npos);
  EXPECT_EQ(names().size(), 1u);  // the old one, and nothing half made
}

TEST_F(BackupsTest, WhatAnInterruptedBackupLeftGoes) {
  put(events_.now() - kHourMs);
  std::ofstream(folder_ + "/syncstore-20200101T000000Z.db.unchecked") << "half";
  std::ofstream(folder_ + "/syncstore-20200101T000000Z.db.unchecked.partial") << "half";
  std::ofstream(folder_ + "/notes.txt") << "somebody's own";
  boot();
  events_.advance(three_o_clock() - events_.now() + kMinute);
  EXPECT_EQ(count(), 2u);
  EXPECT_EQ(names().size(), 4u);
  EXPECT_TRUE(fs::exists(folder_ + "/notes.txt"));
}

TEST_F(BackupsTest, ACopyThatNeverEndsIsNoticed) {
  put(events_.now() - kHourMs);
  boot();
  hanging_ = true;
  events_.advance(3 * kDay);
  EXPECT_EQ(copies_, 1);  // never two at once
  EXPECT_TRUE(backups_->state().running);
  EXPECT_EQ(backups_->alert().find("No backup since "), 0u) << backups_->alert();
}

TEST_F(BackupsTest, SomebodysOwnBackupIsInTheWayAndNoFault) {
  put(events_.now() - kHourMs);
  boot();
  copy_fault_ = ErrorCode::in_progress;
  events_.advance(three_o_clock() - events_.now() + 30'000);
  EXPECT_EQ(copies_, 1);
  EXPECT_EQ(backups_->alert(), "");
  copy_fault_ = ErrorCode::none;
  events_.advance(3 * kMinute);
  EXPECT_EQ(count(), 2u);
}

TEST_F(BackupsTest, AClockThatIsSetBackDoesNotPutBackupsOff) {
  put(events_.now() - kHourMs);
  boot();
  clock_.skew = -400 * kDay;
  events_.advance(25 * kHourMs);
  EXPECT_EQ(copies_, 1);
}

TEST_F(BackupsTest, AStopEndsTheScheduleAndZeroNeverBeginsIt) {
  boot();
  backups_->stop();
  events_.advance(10 * kDay);
  EXPECT_EQ(copies_, 0);
  boot({0, 180, 30});
  events_.advance(10 * kDay);
  EXPECT_EQ(copies_, 0);
  EXPECT_EQ(backups_->alert(), "");
}

TEST_F(BackupsTest, ADiskWithoutRoomIsNotFilled) {
  const Status status = prepare_folder(folder_, std::uint64_t{1} << 60);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::storage_full);
  EXPECT_TRUE(prepare_folder(folder_, 1).ok());
  std::ofstream(directory_ + "/file") << "x";
  EXPECT_EQ(prepare_folder(directory_ + "/file", 1).error().code, ErrorCode::read_only_directory);
}

}  // namespace
}  // namespace syncstore::backups
