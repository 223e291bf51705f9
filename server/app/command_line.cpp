#include "server/app/command_line.hpp"

#include <CLI/CLI.hpp>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>

#include "server/base/settings.hpp"

namespace syncstore::app {
namespace {

// Collects what the options of each command mean, until the parser says which command it was.
class Parser {
 public:
  Parser()
      : app_("SyncStore keeps the data of a seller's stores in one place and in step.",
             "syncstore") {
    app_.require_subcommand(1);
    app_.footer(
        "Settings of serve may also stand in the environment (SYNCSTORE_DATA, SYNCSTORE_LISTEN, "
        "..., PORT) and in\n"
        "DIR/syncstore.toml (or --config FILE); a flag wins over the environment, the environment "
        "over the file.\n"
        "Exit: 0 ok, 1 failed, 2 usage, 3 data directory (locked, read-only, newer schema), 4 "
        "address in use, 5 done but "
        "rows rejected.");
    add_serve();
    add_stores();
    add_users();
    add_tokens();
    add_files();
    add_rest();
  }

  std::optional<CommandLine> run(int argc, const char* const* argv, int& exit_code) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      const int code = app_.exit(error);
      exit_code = code == 0 ? kExitOk : kExitUsage;
      return std::nullopt;
    }
    collect();
    return std::move(line_);
  }

 private:
  CLI::App* command(CLI::App& parent, const std::string& name, const std::string& help,
                    const std::string& full_name) {
    CLI::App* const made = parent.add_subcommand(name, help);
    made->callback([this, full_name] { line_.name = full_name; });
    if (full_name != "serve" && full_name != "version" && full_name != "simulate") {
      made->add_option("--data", line_.data, "The data directory (or SYNCSTORE_DATA)")
          ->type_name("DIR");
    }
    return made;
  }

  CLI::Option* text_option(CLI::App* of, const std::string& name, const std::string& key,
                           const std::string& help) {
    auto& place = texts_.emplace_back(key, std::string());
    return of->add_option(name, place.second, help)->type_name("TEXT");
  }

  void config_option(CLI::App* of) {
    of->add_option("--config", serve_values_["config"], std::string(find_setting("config")->help))
        ->type_name("FILE")
        ->expected(1);
  }

  // The flags of `serve` are the table of settings.
  void add_serve() {
    CLI::App* const serve = command(app_, "serve", "Run the server", "serve");
    for (const Setting& setting : settings()) {
      const std::string name(setting.name);
      if (setting.kind == SettingKind::flag) {
        serve->add_flag("--" + name, serve_flags_[name], help_of(setting));
        continue;
      }
      serve->add_option("--" + name, serve_values_[name], help_of(setting))
          ->type_name(std::string(setting.value))
          ->expected(1)
          ->allow_extra_args(false)
          ->take_all();
    }
  }

  static std::string help_of(const Setting& setting) {
    std::string help(setting.help);
    std::string_view standard = setting.standard;
    if (standard.starts_with('"'))
      standard = standard.substr(1, standard.size() - 2);
    if (setting.kind == SettingKind::list)
      help += "; may be repeated";
    if (setting.kind == SettingKind::number)
      help += " (" + std::string(setting.unit) + ", default " + std::string(standard) + ")";
    else if (setting.kind == SettingKind::text && !standard.empty())
      help += " (default " + std::string(standard) + ")";
    return help;
  }

  void add_config() {
    CLI::App* const config =
        app_.add_subcommand("config", "Settings: what they are, whether a file is right")
            ->require_subcommand(1);
    const auto named = [this, config](const char* name, const char* help) {
      CLI::App* const made = command(*config, name, help, std::string("config ") + name);
      config_option(made);
      return made;
    };
    named("print", "Print every setting with its explanation and its value: a configuration file");
    json_flag(named("check", "Say what is wrong in the configuration file and the environment"));
  }

  void add_stores() {
    CLI::App* const store =
        app_.add_subcommand("store", "Add and list stores")->require_subcommand(1);
    CLI::App* const add = command(*store, "add", "Add a store", "store add");
    text_option(add, "id", "id", "Short name in addresses: a-z, 0-9, hyphen")->required();
    text_option(add, "--name", "name", "What people call it")->required();
    text_option(add, "--currency", "currency", "ISO 4217, for example GBP")->required();
    text_option(add, "--time-zone", "timeZone", "For example Europe/London")->required();
    text_option(add, "--marketplace", "marketplace", "Where it sells");
    json_flag(command(*store, "list", "List the stores", "store list"));
  }

  void add_users() {
    CLI::App* const user =
        app_.add_subcommand("user", "People and their roles")->require_subcommand(1);
    const auto role = [](CLI::Option* option, bool with_none) {
      std::vector<std::string> roles{"admin", "editor", "viewer"};
      if (with_none)
        roles.emplace_back("none");
      option->check(CLI::IsMember(roles))->required();
    };
    CLI::App* const add =
        command(*user, "add", "Add a person; the password is read from standard input", "user add");
    text_option(add, "name", "name", "Sign-in name")->required();
    role(text_option(add, "--role", "role", "admin, editor or viewer"), false);
    text_option(add, "--store", "store", "A store's id, or '*' for all")->required();
    password_commands_.push_back("user add");
    json_flag(command(*user, "list", "List the people", "user list"));
    for (const char* name : {"disable", "enable"}) {
      CLI::App* const each = command(
          *user, name, std::string(name) == "disable" ? "End a person's access" : "Give it back",
          std::string("user ") + name);
      text_option(each, "name", "name", "Sign-in name")->required();
    }
    CLI::App* const passwd =
        command(*user, "passwd", "Set a password, read from standard input", "user passwd");
    text_option(passwd, "name", "name", "Sign-in name")->required();
    password_commands_.push_back("user passwd");
    CLI::App* const grant =
        command(*user, "grant", "Give a role in a store; none takes it away", "user grant");
    text_option(grant, "name", "name", "Sign-in name")->required();
    role(text_option(grant, "--role", "role", "admin, editor, viewer or none"), true);
    text_option(grant, "--store", "store", "A store's id, or '*' for all")->required();
  }

  void add_tokens() {
    CLI::App* const token =
        app_.add_subcommand("token", "Bearer tokens for programs")->require_subcommand(1);
    CLI::App* const create =
        command(*token, "create", "Make a token; it is shown this once", "token create");
    text_option(create, "--user", "user", "Whose rights it has")->required();
    create->add_option("--days", days_, "How long it is good (default 90)")
        ->type_name("N")
        ->check(CLI::Range(1, 3'650));
    text_option(create, "--label", "label", "What it is for");
    json_flag(create);
    CLI::App* const revoke = command(*token, "revoke", "End a token", "token revoke");
    text_option(revoke, "id", "id", "Its id, or the first 16 characters of it")->required();
  }

  void add_files() {
    CLI::App* const import = app_.add_subcommand("import", "Take in a file")->require_subcommand(1);
    CLI::App* const products = command(
        *import, "products", "Products from CSV (Shopify's or plain) or JSON", "import products");
    text_option(products, "file", "path", "The file")->required()->type_name("FILE");
    text_option(products, "--store", "store", "A store's id")->required();
    products->add_flag("--dry-run", dry_run_, "Say what would happen, change nothing");
    products->add_option("--errors-csv", line_.errors_csv, "Write rejected rows to this file")
        ->type_name("FILE");
    json_flag(products);
    CLI::App* const export_app =
        app_.add_subcommand("export", "Write data to standard output")->require_subcommand(1);
    CLI::App* const out =
        command(*export_app, "products", "All products of a store", "export products");
    text_option(out, "--store", "store", "A store's id")->required();
    out->add_option("--format", format_, "csv or json (default csv)")
        ->check(CLI::IsMember({"csv", "json"}));
    CLI::App* const backup =
        command(app_, "backup", "Copy the database to a file while it is in use", "backup");
    CLI::Option* const file =
        text_option(backup, "file", "path", "The file; must not exist")->type_name("FILE");
    CLI::App* const list = command(*backup, "list", "The backups made on schedule", "backup list");
    json_flag(list);
    config_option(list);
    backup->callback([this, file, list] {
      if (list->parsed())
        return;
      if (file->count() == 0)
        throw CLI::RequiredError("file");
      line_.name = "backup";
    });
    CLI::App* const restore = command(
        app_, "restore", "Put a backup in the place of the data; no server may run", "restore");
    text_option(restore, "file", "path", "The backup")->required()->type_name("FILE");
    json_flag(restore);
  }

  void add_migrate() {
    CLI::App* const migrate = command(app_, "migrate",
                                      "Bring the data to this program's schema without serving it "
                                      "(serve does so by itself); no server may run",
                                      "migrate");
    CLI::Option* const dry = migrate->add_flag(
        "--dry-run", line_.dry_run,
        "On a copy: say what an upgrade makes of the data and change nothing. Works beside a "
        "server, also an older one");
    migrate
        ->add_option("--edits", line_.edits,
                     "With --dry-run: a file of \"Export waiting edits\"; says which of them this "
                     "version would refuse (exit 5)")
        ->type_name("FILE")
        ->needs(dry);
    json_flag(migrate);
  }

  void add_rest() {
    add_migrate();
    json_flag(command(app_, "verify", "Check the database and every store's log", "verify"));
    json_flag(
        command(app_, "status", "What the server is doing; exit 1 unless it is well", "status"));
    add_config();
    add_simulate();
    command(app_, "version", "Print the version", "version");
  }

  void add_simulate() {
    CLI::App* const made =
        command(app_, "simulate",
                "Check the engine's promises in a made-up world of browsers and failures; touches "
                "no data",
                "simulate");
    SimulateOptions& options = line_.simulate;
    made->add_option("--seed", options.seed, "The world's number: the same one, the same events");
    made->add_option("--seeds", options.seeds, "So many worlds from there on (default 1)")
        ->check(CLI::Range(1, 10'000'000));
    made->add_option("--jobs", options.jobs,
                     "So many of them side by side (default: one a core); told in their order")
        ->check(CLI::Range(1, 256));
    made->add_option("--steps", options.steps, "Steps of each, every promise checked after each")
        ->check(CLI::Range(0, 1'000'000))
        ->capture_default_str();
    made->add_option("--clients", options.clients, "Browsers of each")
        ->check(CLI::Range(1, 50))
        ->capture_default_str();
    made->add_option("--faults", options.faults,
                     "What may go wrong: all, none, or names with commas")
        ->capture_default_str();
  }

  void json_flag(CLI::App* of) { of->add_flag("--json", line_.json, "Answer as JSON"); }

  void collect() {
    for (const auto& [flag, values] : serve_values_) {
      if (!values.empty())
        line_.flags[flag] = values;
    }
    for (const auto& [flag, given] : serve_flags_) {
      if (given)
        line_.flags[flag] = {"true"};
    }
    for (const auto& [key, value] : texts_) {
      if (!value.empty())
        line_.request.set(key, value);
    }
    for (const std::string& name : password_commands_)
      line_.wants_password = line_.wants_password || name == line_.name;
    if (line_.name == "token create")
      line_.request.set("days", days_);
    if (line_.name == "export products")
      line_.request.set("format", format_);
    if (line_.name == "import products")
      line_.request.set("dryRun", dry_run_);
    if (const Json* path = line_.request.find("path")) {
      const std::filesystem::path given(path->text());
      if (line_.name == "import products")
        line_.request.set("fileName", given.filename().string());
      // The server stands in another directory than the person does.
      line_.request.set("path", std::filesystem::absolute(given).string());
    }
  }

  CLI::App app_;
  CommandLine line_;
  std::map<std::string, std::vector<std::string>> serve_values_;
  std::map<std::string, bool> serve_flags_;
  std::deque<std::pair<std::string, std::string>> texts_;  // places stay where they are
  std::vector<std::string> password_commands_;
  std::int64_t days_ = 90;
  std::string format_ = "csv";
  bool dry_run_ = false;
};

}  // namespace

std::optional<CommandLine> parse_command_line(int argc, const char* const* argv, int& exit_code) {
  return Parser().run(argc, argv, exit_code);
}

}  // namespace syncstore::app
