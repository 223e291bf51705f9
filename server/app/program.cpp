#include "server/app/program.hpp"

#include <termios.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <string>

#include "core/base/limits.hpp"
#include "server/adapters/pictures/picture_worker.hpp"
#include "server/app/admin_commands.hpp"
#include "server/app/admin_socket.hpp"
#include "server/app/command_line.hpp"
#include "server/app/config_commands.hpp"
#include "server/app/config_file.hpp"
#include "server/app/house.hpp"
#include "server/app/migrate_command.hpp"
#include "server/app/restore_command.hpp"
#include "server/app/serve.hpp"
#include "server/app/simulate_command.hpp"
#include "server/app/status_facts.hpp"

namespace syncstore::app {
namespace {

// Without a server: opens the directory and carries the command out by the same engine.
Result<Json> run_here(const ServerConfig& config, const Json& request) {
  const std::string& directory = config.data;
  std::error_code error;
  if (!std::filesystem::exists(directory, error)) {
    // Only `serve` makes directories: a mistyped name should not leave an empty one behind. A first
    // store may come before it.
    const Json* const command = request.find("command");
    if (command->text() != "store add" && command->text() != "user add") {
      return fail(ErrorCode::read_only_directory, "There is no directory " + directory + ".",
                  "data");
    }
  }
  HouseOptions options;
  options.directory = directory;
  options.backup = config.backup;
  SS_ASSIGN_OR_RETURN(auto house, House::open(std::move(options)));
  AdminCommands commands(*house, [](Json& facts) { facts.set("server", "not running"); });
  Json answer;
  const Status done = house->wait_for([&](std::function<void(Status)> finished) {
    commands.run(request, [&answer, finished](Json given) {
      answer = std::move(given);
      finished({});
    });
  });
  if (!done.ok())
    return done.error();
  return answer;
}

// Typed at a terminal it is not shown; piped it is the first line.
std::string read_password() {
  const bool typed = ::isatty(STDIN_FILENO) == 1;
  termios before{};
  if (typed) {
    std::cerr << "Password: " << std::flush;
    ::tcgetattr(STDIN_FILENO, &before);
    termios silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSANOW, &silent);
  }
  std::string password;
  std::getline(std::cin, password);
  if (typed) {
    ::tcsetattr(STDIN_FILENO, TCSANOW, &before);
    std::cerr << "\n";
  }
  if (!password.empty() && password.back() == '\r')
    password.pop_back();
  return password;
}

std::string member_text(const Json& object, std::string_view key) {
  const Json* const value = object.find(key);
  if (value == nullptr)
    return {};
  return value->is(Json::Kind::string) ? value->text() : value->dump();
}

void print_table(const Json& data) {
  for (const Json& row : data.items()) {
    bool first = true;
    for (const auto& [key, value] : row.members()) {
      std::cout << (first ? "" : "\t")
                << (value.is(Json::Kind::string) ? value.text() : value.dump());
      first = false;
    }
    std::cout << "\n";
  }
}

Json import_counts(const Json& data) {
  Json counts = Json::object();
  for (const char* key : {"read", "inserted", "updated", "unchanged", "rejected", "warnings"}) {
    const Json* const value = data.find(key);
    counts.set(key, value != nullptr ? *value : Json(0));
  }
  return counts;
}

int finish_import(const CommandLine& line, const Json& data) {
  const std::string state = member_text(data, "state");
  const Json counts = import_counts(data);
  if (!line.errors_csv.empty()) {
    const std::string errors = member_text(data, "errorsCsv");
    std::error_code error;
    if (!errors.empty()) {
      std::filesystem::copy_file(errors, line.errors_csv,
                                 std::filesystem::copy_options::overwrite_existing, error);
      if (error)
        std::cerr << "syncstore: " << line.errors_csv << ": " << error.message() << "\n";
    }
  }
  if (line.json) {
    std::cout << counts.dump() << "\n";
  } else {
    for (const auto& [key, value] : counts.members())
      std::cout << key << " " << value.dump() << "\n";
  }
  if (const std::string message = member_text(data, "message"); !message.empty()) {
    std::cerr << "syncstore: " << message << "\n";
  }
  if (state == "failed" || state == "cancelled")
    return kExitFailed;
  return counts.find("rejected")->integer() > 0 ? kExitRejected : kExitOk;
}

int print_answer(const CommandLine& line, const Json& data) {
  if (line.name == "import products")
    return finish_import(line, data);
  if (line.json) {
    std::cout << data.dump() << "\n";
  } else if (line.name == "token create") {
    std::cout << member_text(data, "token") << "\n";
    std::cerr << "id " << member_text(data, "id") << "\n";
  } else if (line.name == "export products") {
    std::cout << data.text();
  } else if (line.name == "status") {
    std::cout << status_text(data);
  } else if (line.name == "verify") {
    for (const Json& each : data.items())
      std::cout << each.text() << "\n";
  } else if (data.is(Json::Kind::array)) {
    print_table(data);
  } else if (data.is(Json::Kind::object)) {
    for (const auto& [key, value] : data.members())
      std::cout << key << " " << member_text(data, key) << "\n";
  }
  std::cout.flush();
  const bool well = line.name != "status" || data.find("healthy")->boolean();
  return well && std::cout.good() ? kExitOk : kExitFailed;
}

int print_error(const Error& error) {
  const std::string sentence(error_sentence(error.code));
  std::cerr << "syncstore: " << (error.field.empty() ? "" : error.field + ": ")
            << (error.detail.empty() ? sentence : error.detail);
  // A system's own words say what happened; the catalogue's say what to do about it.
  if (!error.detail.empty() && error.detail != sentence)
    std::cerr << " " << sentence;
  std::cerr << "\n";
  switch (error.code) {
    case ErrorCode::directory_locked:
    case ErrorCode::read_only_directory:
    case ErrorCode::newer_schema:
    case ErrorCode::corrupt:
      return kExitDirectory;
    default:
      return kExitFailed;
  }
}

int run_command(CommandLine line, const char* const* environment) {
  ConfigLayer flags = line.flags;
  if (!line.data.empty())
    flags["data"] = {line.data};
  // A fault in the settings of the server is no reason not to look after the data.
  std::vector<std::string> faults;
  const ServerConfig config =
      read_config(read_layers(std::move(flags), environment, faults), faults);
  if (config.data.empty()) {
    std::cerr << "syncstore: --data DIR is needed: the directory that keeps the data.\n";
    return kExitUsage;
  }
  if (line.name == "restore" || line.name == "migrate") {
    line.data = config.data;
    return line.name == "restore" ? run_restore(line) : run_migrate(line);
  }
  if (line.name == "import products") {
    const std::string path = line.request.find("path")->text();
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) {
      std::cerr << "syncstore: " << path << ": there is no such file.\n";
      return kExitFailed;
    }
  }
  if (line.wants_password)
    line.request.set("password", read_password());
  line.request.set("command", line.name);
  auto asked = ask_server(config.data, line.request);
  const Result<Json> answer = asked ? std::move(*asked) : run_here(config, line.request);
  if (!answer.ok())
    return print_error(answer.error());
  const Json* const ok = answer->find("ok");
  if (ok != nullptr && ok->boolean())
    return print_answer(line, *answer->find("data"));
  // The directory was good enough to carry the command out: what failed is the command.
  print_error(fail(error_from_name(member_text(*answer, "code")), member_text(*answer, "detail"),
                   member_text(*answer, "field")));
  return kExitFailed;
}

}  // namespace

int run_program(int argc, const char* const* argv, const char* const* environment) {
  // Not for people: how this program starts itself to read one picture.
  if (argc == 2 && argv[1] == adapters::kPictureWorkerCommand)
    return adapters::run_picture_worker();
  int exit_code = kExitOk;
  const auto line = parse_command_line(argc, argv, exit_code);
  if (!line)
    return exit_code;
  if (line->name == "version") {
    std::cout << "syncstore " << SYNCSTORE_VERSION << "\n";
    return kExitOk;
  }
  if (line->name == "simulate")
    return run_simulate(line->simulate);
  if (line->name.starts_with("config "))
    return run_config(*line, environment);
  return line->name == "serve" ? serve(*line, environment) : run_command(*line, environment);
}

}  // namespace syncstore::app
