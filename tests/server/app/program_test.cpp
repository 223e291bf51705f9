// Commands on a directory that no server holds, and the admin socket that carries them to one that
// does.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <future>

#include "server/adapters/system/engine_thread.hpp"
#include "server/app/admin_socket.hpp"
#include "server/app/command_line.hpp"
#include "server/app/program.hpp"

namespace syncstore::test {
namespace {

class Program : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "syncstore-program-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  int run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "syncstore");
    arguments.insert(arguments.end(), {"--data", directory_});
    std::vector<const char*> pointers;
    for (const std::string& each : arguments)
      pointers.push_back(each.c_str());
    const char* const environment[] = {nullptr};
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int code =
        app::run_program(static_cast<int>(pointers.size()), pointers.data(), environment);
    out_ = testing::internal::GetCapturedStdout();
    error_ = testing::internal::GetCapturedStderr();
    return code;
  }
  int add_gifts() {
    return run({"store", "add", "gifts", "--name", "Gift shop", "--currency", "GBP", "--time-zone",
                "Europe/London"});
  }
  std::string directory_;
  std::string out_;
  std::string error_;
};

TEST_F(Program, WorksOnADirectoryThatNoServerHolds) {
  EXPECT_EQ(add_gifts(), app::kExitOk) << error_;
  EXPECT_EQ(run({"store", "list"}), app::kExitOk);
  EXPECT_EQ(out_, "gifts\tGift shop\tGBP\ttrue\n");
  EXPECT_EQ(run({"store", "list", "--json"}), app::kExitOk);
  EXPECT_EQ(out_,
            "[{\"id\":\"gifts\",\"name\":\"Gift shop\",\"currency\":\"GBP\",\"active\":true}]\n");
  EXPECT_EQ(run({"verify"}), app::kExitOk);
  EXPECT_NE(out_.find("store gifts: "), std::string::npos);
  EXPECT_EQ(run({"status"}), app::kExitFailed);
  EXPECT_NE(out_.find("server not running"), std::string::npos);
  EXPECT_NE(out_.find("store id gifts active true sequence "), std::string::npos);
  EXPECT_EQ(run({"backup", directory_ + "/copy.db"}), app::kExitOk);
  EXPECT_EQ(run({"backup", directory_ + "/copy.db"}), app::kExitFailed);
  EXPECT_NE(error_.find("copy.db"), std::string::npos);
}

TEST_F(Program, ListsTheBackupsOfTheFolderThatTheSettingsName) {
  ASSERT_EQ(add_gifts(), app::kExitOk) << error_;
  EXPECT_EQ(run({"backup", "list"}), app::kExitOk);
  EXPECT_EQ(out_, "");
  std::filesystem::create_directories(directory_ + "/else");
  std::ofstream(directory_ + "/syncstore.toml") << "backup-dir = \"" << directory_ << "/else\"\n";
  std::ofstream(directory_ + "/else/syncstore-20261121T030000Z.db") << "x";
  EXPECT_EQ(run({"backup", "list", "--json"}), app::kExitOk);
  EXPECT_EQ(out_, "[{\"at\":\"2026-11-21T03:00:00.000Z\",\"bytes\":1,\"file\":\"" + directory_ +
                      "/else/syncstore-20261121T030000Z.db\"}]\n");
}

TEST_F(Program, SaysWhatIsWrongInTheConfiguration) {
  std::ofstream(directory_ + "/syncstore.toml") << "log = \"loud\"\n";
  EXPECT_EQ(run({"config", "check"}), app::kExitUsage);
  EXPECT_NE(error_.find("syncstore.toml, line 1: log is text or json, not \"loud\"."),
            std::string::npos)
      << error_;
  EXPECT_EQ(run({"config", "check", "--json"}), app::kExitUsage);
  EXPECT_EQ(out_.find("{\"ok\":false,\"faults\":["), 0u) << out_;
  std::ofstream(directory_ + "/syncstore.toml") << "log = \"json\"\n";
  EXPECT_EQ(run({"config", "check"}), app::kExitOk);
  EXPECT_EQ(run({"config", "print"}), app::kExitOk);
  EXPECT_NE(out_.find("\nlog = \"json\"\n"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(directory_ + "/syncstore.db"));
}

TEST_F(Program, ImportsAndExports) {
  ASSERT_EQ(add_gifts(), app::kExitOk) << error_;
  std::ofstream(directory_ + "/in.csv") << "title,sku,price\nMug,A-1,9.50\nCup,A-2,3\n";
  EXPECT_EQ(run({"import", "products", directory_ + "/in.csv", "--store", "gifts", "--json"}),
            app::kExitOk)
      << error_;
  EXPECT_NE(out_.find("\"inserted\":2"), std::string::npos);
  EXPECT_EQ(run({"export", "products", "--store", "gifts"}), app::kExitOk);
  EXPECT_NE(out_.find("A-1"), std::string::npos);
  std::ofstream(directory_ + "/bad.csv") << "title,sku,price\nPot,A-3,cheap\n";
  EXPECT_EQ(run({"import", "products", directory_ + "/bad.csv", "--store", "gifts", "--errors-csv",
                 directory_ + "/e.csv"}),
            app::kExitRejected);
  EXPECT_TRUE(std::filesystem::exists(directory_ + "/e.csv"));
  EXPECT_EQ(run({"import", "products", directory_ + "/none.csv", "--store", "gifts"}),
            app::kExitFailed);
}

TEST_F(Program, SaysWhatIsWrong) {
  ASSERT_EQ(add_gifts(), app::kExitOk);
  EXPECT_EQ(add_gifts(), app::kExitFailed);
  EXPECT_FALSE(error_.empty());
  EXPECT_EQ(run({"store", "add", "Not A Slug", "--name", "x", "--currency", "GBP", "--time-zone",
                 "Europe/London"}),
            app::kExitFailed);
  EXPECT_EQ(run({"store", "add", "zone", "--name", "x", "--currency", "GBP", "--time-zone",
                 "Europe/Nowhere"}),
            app::kExitFailed);
  EXPECT_EQ(run({"token", "create", "--user", "nobody"}), app::kExitFailed);
  EXPECT_EQ(run({"user", "disable", "nobody"}), app::kExitFailed);
  EXPECT_EQ(run({"export", "products", "--store", "nowhere"}), app::kExitFailed);
}

TEST_F(Program, ADirectoryThatIsNotThereOrHeldIsExit3) {
  directory_ += "/nothing";
  EXPECT_EQ(run({"store", "list"}), app::kExitDirectory);
  EXPECT_FALSE(std::filesystem::exists(directory_));
  directory_.resize(directory_.size() - 8);
  ASSERT_EQ(add_gifts(), app::kExitOk);
  std::ofstream(directory_ + "/syncstore.db", std::ios::trunc) << std::string(5'000, 'x');
  EXPECT_EQ(run({"store", "list"}), app::kExitDirectory);
}

TEST_F(Program, AdminSocketCarriesRequestsOverLongPaths) {
  directory_ += "/" + std::string(150, 'd');  // longer than a socket's address may be
  std::filesystem::create_directories(directory_);
  EXPECT_FALSE(app::ask_server(directory_, Json::object()).has_value());
  adapters::EngineThread engine(1, 1);
  auto socket = app::AdminSocket::open(directory_, engine,
                                       [](const Json& request, std::function<void(Json)> reply) {
                                         reply(std::move(Json::object().set("echo", request)));
                                       });
  ASSERT_TRUE(socket.ok()) << socket.error().detail;
  const auto rights = std::filesystem::status(directory_ + "/admin.sock").permissions();
  EXPECT_EQ(rights & (std::filesystem::perms::group_all | std::filesystem::perms::others_all),
            std::filesystem::perms::none);
  for (int i = 0; i < 20; ++i) {
    const auto answer = app::ask_server(directory_, std::move(Json::object().set("number", i)));
    ASSERT_TRUE(answer.has_value() && answer->ok());
    EXPECT_EQ((*answer)->find("echo")->find("number")->integer(), i);
  }
  socket.value().reset();
  EXPECT_FALSE(std::filesystem::exists(directory_ + "/admin.sock"));
  EXPECT_FALSE(app::ask_server(directory_, Json::object()).has_value());
}

TEST_F(Program, AnAdminSocketThatClosesWhileItIsAskedEndsTheConversation) {
  adapters::EngineThread engine(1, 1);
  std::promise<void> asked;
  auto socket = app::AdminSocket::open(directory_, engine,
                                       [&](const Json&, const std::function<void(Json)>&) {
                                         asked.set_value();  // and no answer ever
                                       });
  ASSERT_TRUE(socket.ok());
  auto answer =
      std::async(std::launch::async, [&] { return app::ask_server(directory_, Json::object()); });
  asked.get_future().wait();
  socket.value().reset();
  const auto result = answer.get();
  ASSERT_TRUE(result.has_value());
  ASSERT_FALSE(result->ok());
  EXPECT_EQ(result->error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace syncstore::test
