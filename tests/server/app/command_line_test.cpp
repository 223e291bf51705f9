// What the command line understands, and what it answers to what it does not.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "server/app/command_line.hpp"
#include "server/app/config_file.hpp"

namespace syncstore::test {
namespace {

using app::CommandLine;

std::optional<CommandLine> parse(std::vector<const char*> arguments, int* code = nullptr) {
  arguments.insert(arguments.begin(), "syncstore");
  int exit_code = -1;
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  auto line =
      app::parse_command_line(static_cast<int>(arguments.size()), arguments.data(), exit_code);
  static_cast<void>(testing::internal::GetCapturedStdout());
  static_cast<void>(testing::internal::GetCapturedStderr());
  if (code != nullptr)
    *code = exit_code;
  return line;
}

std::string text(const CommandLine& line, std::string_view key) {
  const Json* const value = line.request.find(key);
  return value == nullptr ? "<none>" : value->text();
}

TEST(CommandLine, ReadsServe) {
  const auto line = parse({"serve", "--data", "/d", "--listen", "127.0.0.1:0", "--allowed-origin",
                           "https://a.example.com", "--allowed-origin=https://b.example.com",
                           "--demo", "--rate-limit", "0"});
  ASSERT_TRUE(line.has_value());
  EXPECT_EQ(line->name, "serve");
  EXPECT_EQ(line->flags.at("data"), std::vector<std::string>{"/d"});
  EXPECT_EQ(line->flags.at("allowed-origin").size(), 2u);
  EXPECT_EQ(line->flags.at("demo"), std::vector<std::string>{"true"});
  EXPECT_FALSE(line->flags.contains("print-sign-ins"));
  EXPECT_FALSE(line->flags.contains("log"));
}

TEST(CommandLine, ReadsEveryCommand) {
  const auto store = parse({"store", "add", "gifts", "--name", "Gift shop", "--currency", "GBP",
                            "--time-zone", "Europe/London", "--data", "d"});
  ASSERT_TRUE(store.has_value());
  EXPECT_EQ(store->name, "store add");
  EXPECT_EQ(store->data, "d");
  EXPECT_EQ(text(*store, "timeZone"), "Europe/London");
  EXPECT_EQ(text(*store, "marketplace"), "<none>");
  const auto user =
      parse({"user", "add", "anna", "--role", "admin", "--store", "*", "--data", "d"});
  ASSERT_TRUE(user.has_value());
  EXPECT_TRUE(user->wants_password);
  EXPECT_EQ(text(*user, "store"), "*");
  const auto token = parse({"token", "create", "--user", "anna", "--days", "7"});
  ASSERT_TRUE(token.has_value());
  EXPECT_EQ(token->request.find("days")->integer(), 7);
  const auto import =
      parse({"import", "products", "a/b.csv", "--store", "gifts", "--dry-run", "--json"});
  ASSERT_TRUE(import.has_value());
  EXPECT_EQ(text(*import, "fileName"), "b.csv");
  EXPECT_EQ(text(*import, "path"), std::filesystem::absolute("a/b.csv").string());
  EXPECT_TRUE(import->request.find("dryRun")->boolean());
  EXPECT_TRUE(import->json);
  const auto out = parse({"export", "products", "--store", "gifts"});
  ASSERT_TRUE(out.has_value());
  EXPECT_EQ(text(*out, "format"), "csv");
  for (const auto& arguments : std::vector<std::vector<const char*>>{
           {"store", "list"},
           {"user", "list"},
           {"user", "disable", "a"},
           {"user", "enable", "a"},
           {"user", "passwd", "a"},
           {"user", "grant", "a", "--role", "none", "--store", "s"},
           {"token", "revoke", "0123456789abcdef"},
           {"backup", "file"},
           {"verify"},
           {"status"},
           {"version"}}) {
    const auto line = parse(arguments);
    ASSERT_TRUE(line.has_value()) << arguments[0];
    EXPECT_EQ(line->name.rfind(arguments[0], 0), 0u);
  }
}

TEST(CommandLine, AnswersWrongUsageWith2AndHelpWith0) {
  for (const auto& arguments : std::vector<std::vector<const char*>>{
           {},
           {"dance"},
           {"serve", "--listen"},
           {"serve", "--nonsense"},
           {"store"},
           {"store", "add"},
           {"store", "add", "gifts"},
           {"user", "add", "a", "--role", "king", "--store", "s"},
           {"token", "create", "--user", "a", "--days", "0"},
           {"token", "create", "--user", "a", "--days", "x"},
           {"export", "products", "--store", "s", "--format", "xml"},
           {"import", "orders", "f"},
           {"verify", "extra"}}) {
    int code = -1;
    EXPECT_FALSE(parse(arguments, &code).has_value());
    EXPECT_EQ(code, app::kExitUsage);
  }
  for (const auto& arguments : std::vector<std::vector<const char*>>{
           {"--help"}, {"serve", "--help"}, {"import", "products", "--help"}}) {
    int code = -1;
    EXPECT_FALSE(parse(arguments, &code).has_value());
    EXPECT_EQ(code, app::kExitOk);
  }
}

class ConfigFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "syncstore-config-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  ConfigLayer read(const std::string& content) {
    std::ofstream(folder_ + "/syncstore.toml") << content;
    faults_.clear();
    return app::read_config_file(folder_ + "/syncstore.toml", faults_);
  }
  std::string folder_;
  std::vector<std::string> faults_;
};

TEST_F(ConfigFile, ReadsEveryKindOfValue) {
  const ConfigLayer layer = read(
      "listen = \"0.0.0.0:80\"\nrate-limit = 50\ndemo = true\n"
      "allowed-origin = [\"https://a.example.com\", \"https://b.example.com\"]\n");
  EXPECT_TRUE(faults_.empty());
  EXPECT_EQ(layer.at("listen"), std::vector<std::string>{"0.0.0.0:80"});
  EXPECT_EQ(layer.at("rate-limit"), std::vector<std::string>{"50"});
  EXPECT_EQ(layer.at("demo"), std::vector<std::string>{"true"});
  EXPECT_EQ(layer.at("allowed-origin").size(), 2u);
}

TEST_F(ConfigFile, NamesTheLineOfAFault) {
  EXPECT_TRUE(app::read_config_file(folder_ + "/none.toml", faults_).empty());
  EXPECT_TRUE(faults_.empty());
  read("listen = \"a\"\ncolour = \"blue\"\ndata = \"x\"\n[table]\nx = 1\n");
  ASSERT_EQ(faults_.size(), 3u);
  EXPECT_TRUE(std::any_of(faults_.begin(), faults_.end(), [](const std::string& fault) {
    return fault.find("line 2") != std::string::npos && fault.find("colour") != std::string::npos;
  }));
  read("listen = \n");
  ASSERT_EQ(faults_.size(), 1u);
  EXPECT_NE(faults_[0].find("line 1"), std::string::npos);
}

}  // namespace
}  // namespace syncstore::test
