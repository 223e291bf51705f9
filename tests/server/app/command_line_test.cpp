// What the command line understands, and what it answers to what it does not.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "server/app/command_line.hpp"
#include "server/app/config_commands.hpp"
#include "server/app/config_file.hpp"
#include "server/base/settings.hpp"

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
           {"backup", "list"},
           {"config", "print"},
           {"config", "check", "--config", "f.toml", "--json"},
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
           {"backup"},
           {"config"},
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
    ConfigLayers layers;
    app::read_config_file(folder_ + "/syncstore.toml", layers, faults_);
    return layers.file;
  }
  bool faulted(std::initializer_list<std::string_view> words) const {
    return std::any_of(faults_.begin(), faults_.end(), [&](const std::string& fault) {
      return std::all_of(words.begin(), words.end(), [&](std::string_view word) {
        return fault.find(word) != std::string::npos;
      });
    });
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
  ConfigLayers none;
  app::read_config_file(folder_ + "/none.toml", none, faults_);
  EXPECT_TRUE(none.file.empty());
  EXPECT_TRUE(faults_.empty());
  read("listen = \"a\"\ncolour = \"blue\"\ndata = \"x\"\n[table]\nx = 1\n");
  ASSERT_EQ(faults_.size(), 3u);
  EXPECT_TRUE(faulted({"line 2", "colour"}));
  read("listen = \n");
  ASSERT_EQ(faults_.size(), 1u);
  EXPECT_NE(faults_[0].find("line 1"), std::string::npos);
}

TEST_F(ConfigFile, AWrongTypeOrASlipOfThePenIsNamedWithItsLine) {
  const ConfigLayer layer = read(
      "listen = 8080\nrate_limit = 5\nlog-files = \"3\"\ndemo = \"yes\"\n"
      "allowed-origin = [1]\ntls = [\"local\"]\nbackup-keep = 7\n");
  EXPECT_EQ(faults_.size(), 6u);
  EXPECT_TRUE(faulted({"line 1", "listen", "text (ADDRESS:PORT)"}));
  EXPECT_TRUE(faulted({"line 2", "rate_limit", "It is written \"rate-limit\""}));
  EXPECT_TRUE(faulted({"line 3", "log-files", "a number of files, 1 to 100"}));
  EXPECT_TRUE(faulted({"line 4", "demo", "true or false"}));
  EXPECT_TRUE(faulted({"line 5", "allowed-origin", "list of texts"}));
  EXPECT_TRUE(faulted({"line 6", "tls"}));
  EXPECT_EQ(layer.at("backup-keep"), std::vector<std::string>{"7"});
}

TEST_F(ConfigFile, AWrongValueIsNamedWithItsLineToo) {
  std::ofstream(folder_ + "/syncstore.toml") << "\n\nbackup-time = \"noon\"\nlog-size = 0\n";
  ConfigLayers layers = app::read_layers({{"data", {folder_}}}, nullptr, faults_);
  static_cast<void>(read_config(layers, faults_));
  EXPECT_EQ(faults_.size(), 2u);
  EXPECT_TRUE(faulted({"line 3: backup-time", "03:00", "noon"}));
  EXPECT_TRUE(faulted({"line 4: log-size", "a number of megabytes, 1 to 1024"}));
}

TEST_F(ConfigFile, ANamedFileTakesThePlaceOfTheDirectorysAndMustExist) {
  std::ofstream(folder_ + "/syncstore.toml") << "log-files = 2\n";
  std::ofstream(folder_ + "/other.toml") << "log-files = 9\n";
  const auto files = [&](ConfigLayer flags, const char* const* environment) {
    return read_config(app::read_layers(std::move(flags), environment, faults_), faults_)
        .log_file.files;
  };
  EXPECT_EQ(files({{"data", {folder_}}}, nullptr), 2u);
  EXPECT_EQ(files({{"data", {folder_}}, {"config", {folder_ + "/other.toml"}}}, nullptr), 9u);
  const std::string variable = "SYNCSTORE_CONFIG=" + folder_ + "/other.toml";
  const char* const environment[] = {variable.c_str(), nullptr};
  EXPECT_EQ(files({{"data", {folder_}}}, environment), 9u);
  EXPECT_TRUE(faults_.empty());
  EXPECT_EQ(files({{"data", {folder_}}, {"config", {folder_ + "/gone.toml"}}}, nullptr), 5u);
  EXPECT_TRUE(faulted({"gone.toml", "no such configuration file"}));
}

// The keys of a file, set or standing in a comment, in their order.
std::vector<std::string> keys_in(const std::string& text) {
  static const std::regex key("^(?:# )?([a-z][a-z-]*) = ");
  std::vector<std::string> keys;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::smatch found;
    if (std::regex_search(line, found, key))
      keys.push_back(found[1]);
  }
  return keys;
}

std::vector<std::string> keys_of_the_file() {
  std::vector<std::string> keys;
  for (const Setting& setting : settings()) {
    if (setting.in_file)
      keys.emplace_back(setting.name);
  }
  return keys;
}

std::string content(const std::string& path) {
  std::ifstream file(std::string(SYNCSTORE_TESTS_DIR) + "/../" + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_F(ConfigFile, ThePrintedSettingsAreAFileThatMeansTheSame) {
  const std::string printed = app::explained_settings(
      {.flags = {{"rate-limit", {"50/min"}}, {"allowed-origin", {"https://a.example.com"}}}});
  EXPECT_EQ(keys_in(printed), keys_of_the_file());
  const ConfigLayer layer = read(printed);
  EXPECT_TRUE(faults_.empty()) << faults_.front();
  EXPECT_EQ(layer.at("rate-limit"), std::vector<std::string>{"50"});
  EXPECT_EQ(layer.at("allowed-origin"), std::vector<std::string>{"https://a.example.com"});
  EXPECT_EQ(layer.size(), 2u);
}

// What is shown for a setting without a value is a value that it takes, and the standard ones are
// those of the program.
TEST_F(ConfigFile, EveryExampleAndStandardValueIsRight) {
  for (const Setting& setting : settings()) {
    if (!setting.in_file)
      continue;
    const std::string_view shown = setting.example.empty() ? setting.standard : setting.example;
    ASSERT_FALSE(shown.empty()) << setting.name;
    read(std::string(setting.name) + " = " + std::string(shown) + "\n");
    EXPECT_TRUE(faults_.empty()) << setting.name << ": " << faults_.front();
  }
  std::string standard;
  for (const Setting& setting : settings()) {
    if (setting.in_file && !setting.standard.empty())
      standard += std::string(setting.name) + " = " + std::string(setting.standard) + "\n";
  }
  const ServerConfig said =
      read_config({.flags = {{"data", {"d"}}}, .file = read(standard)}, faults_);
  const ServerConfig built = read_config({.flags = {{"data", {"d"}}}}, faults_);
  EXPECT_TRUE(faults_.empty());
  EXPECT_EQ(said.listen_address, built.listen_address);
  EXPECT_EQ(said.listen_port, built.listen_port);
  EXPECT_EQ(said.rate_limit, built.rate_limit);
  EXPECT_EQ(said.replica_records, built.replica_records);
  EXPECT_EQ(said.log, built.log);
  EXPECT_EQ(said.log_file.bytes, built.log_file.bytes);
  EXPECT_EQ(said.log_file.files, built.log_file.files);
  EXPECT_EQ(said.backup.every_hours, built.backup.every_hours);
  EXPECT_EQ(said.backup.minute_of_day, built.backup.minute_of_day);
  EXPECT_EQ(said.backup.keep_days, built.backup.keep_days);
  EXPECT_EQ(said.demo, built.demo);
}

TEST_F(ConfigFile, TheDocumentedKeysAreTheKeysThatAreRead) {
  EXPECT_EQ(keys_in(content("toolchains/packaging/syncstore.toml")), keys_of_the_file());
  const std::string page = content("docs/configuration.md");
  std::vector<std::string> documented;
  static const std::regex row("\n\\| `([a-z-]+)` \\|([^\n]*)");
  for (std::sregex_iterator each(page.begin(), page.end(), row), end; each != end; ++each) {
    documented.push_back((*each)[1]);
    const Setting* const setting = find_setting(documented.back());
    ASSERT_NE(setting, nullptr) << documented.back();
    EXPECT_NE((*each)[2].str().find(setting->help), std::string::npos) << documented.back();
    EXPECT_NE((*each)[2].str().find(allowed_values(*setting)), std::string::npos)
        << documented.back();
  }
  EXPECT_EQ(documented, keys_of_the_file());
}

// What people copy from the documents must be understood by the program.
TEST_F(ConfigFile, EveryCommandOfTheDocumentsIsUnderstood) {
  static const std::regex command("(?:^|`|-- |exec syncstore |\\n)syncstore ([a-z][^`\\n#|;]*)");
  int understood = 0;
  for (const char* page : {"README.md", "docs/self-hosting.md", "docs/configuration.md",
                           "docs/troubleshooting.md", "toolchains/packaging/Dockerfile"}) {
    const std::string text = content(page);
    for (std::sregex_iterator each(text.begin(), text.end(), command), end; each != end; ++each) {
      std::vector<std::string> words;
      std::istringstream rest((*each)[1].str());
      for (std::string word; rest >> word;) {
        if (word.front() == '\'' && word.back() == '\'')
          word = word.substr(1, word.size() - 2);
        words.push_back(word);
      }
      // A synopsis with alternatives or a mere name of a command is no command line.
      const std::string whole = (*each)[1].str();
      if (whole.find_first_of("[\\") != std::string::npos || words.back() == "--data" ||
          whole.find("…") != std::string::npos)
        continue;
      std::vector<const char*> arguments;
      for (const std::string& word : words)
        arguments.push_back(word.c_str());
      int code = -1;
      EXPECT_TRUE(parse(arguments, &code).has_value()) << page << ": syncstore " << whole;
      ++understood;
    }
  }
  EXPECT_GE(understood, 20);
}

TEST_F(ConfigFile, TheExamplesAreRight) {
  for (const char* name : {"production", "staging", "development"}) {
    const ConfigLayer layer = read(content(std::string("docs/examples/") + name + ".toml"));
    EXPECT_FALSE(layer.empty()) << name;
    static_cast<void>(read_config({.flags = {{"data", {"d"}}}, .file = layer}, faults_));
    EXPECT_TRUE(faults_.empty()) << name << ": " << faults_.front();
  }
}

}  // namespace
}  // namespace syncstore::test
