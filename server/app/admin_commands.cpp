#include "server/app/admin_commands.hpp"

#include "core/model/validate.hpp"
#include "server/app/status_facts.hpp"

namespace syncstore::app {
namespace {

// The command line acts for whoever may use the data directory: that is the system, and history
// says so.
engine::Author command_line_author() { return {"", "command line", model::Role::system}; }

std::string text(const Json& request, std::string_view key) {
  const Json* const value = request.find(key);
  return value != nullptr && value->is(Json::Kind::string) ? value->text() : std::string();
}

std::function<void(Status)> answer_status(const AdminCommands::Reply& reply) {
  return
      [reply](Status status) { reply(status.ok() ? ok_answer() : error_answer(status.error())); };
}

Json counts_json(const imports::Outcome& outcome) {
  const imports::Counts& counts = outcome.counts;
  return std::move(Json::object()
                       .set("id", outcome.id.text())
                       .set("state", outcome.state)
                       .set("message", outcome.message)
                       .set("read", counts.read)
                       .set("inserted", counts.inserted)
                       .set("updated", counts.updated)
                       .set("unchanged", counts.unchanged)
                       .set("rejected", counts.rejected)
                       .set("warnings", counts.warnings)
                       .set("errorsCsv", outcome.errors_csv));
}

}  // namespace

Json ok_answer(Json data) {
  return std::move(Json::object().set("ok", true).set("data", std::move(data)));
}

Json error_answer(const Error& error) {
  const std::string detail =
      error.detail.empty() ? std::string(error_sentence(error.code)) : error.detail;
  return std::move(Json::object()
                       .set("ok", false)
                       .set("code", error_name(error.code))
                       .set("detail", detail)
                       .set("field", error.field));
}

AdminCommands::AdminCommands(House& house, std::function<void(Json&)> facts)
    : house_(house), facts_(std::move(facts)) {
  const auto bound = [this](void (AdminCommands::*method)(const Json&, const Reply&)) {
    return [this, method](const Json& request, const Reply& reply) {
      (this->*method)(request, reply);
    };
  };
  commands_["store add"] = bound(&AdminCommands::add_store);
  commands_["store list"] = bound(&AdminCommands::list_stores);
  commands_["user add"] = bound(&AdminCommands::add_user);
  commands_["user list"] = bound(&AdminCommands::list_users);
  for (const char* name : {"user disable", "user enable", "user passwd", "user grant"}) {
    commands_[name] = bound(&AdminCommands::change_user);
  }
  commands_["token create"] = bound(&AdminCommands::create_token);
  commands_["token revoke"] = [this](const Json& request, const Reply& reply) {
    house_.features().accounts().revoke_token(text(request, "id"), answer_status(reply));
  };
  commands_["import products"] = bound(&AdminCommands::import_products);
  commands_["export products"] = bound(&AdminCommands::export_products);
  commands_["backup"] = [this](const Json& request, const Reply& reply) {
    house_.storage().backup(text(request, "path"), answer_status(reply));
  };
  commands_["backup list"] = bound(&AdminCommands::list_backups);
  commands_["verify"] = bound(&AdminCommands::verify);
  commands_["status"] = bound(&AdminCommands::status);
}

void AdminCommands::run(const Json& request, const Reply& reply) {
  const auto found = commands_.find(text(request, "command"));
  if (found == commands_.end()) {
    return reply(error_answer(
        fail(ErrorCode::unknown_type, "The server does not know this command; it may be older.")));
  }
  found->second(request, reply);
}

void AdminCommands::add_store(const Json& request, const Reply& reply) {
  engine::NewStore store;
  store.id = text(request, "id");
  store.name = text(request, "name");
  store.currency = text(request, "currency");
  store.time_zone = text(request, "timeZone");
  store.marketplace = text(request, "marketplace");
  house_.features().stores().create(std::move(store), command_line_author(), answer_status(reply));
}

void AdminCommands::list_stores(const Json&, const Reply& reply) {
  Json stores = Json::array();
  for (const stores::StoreSummary& store : house_.features().stores().list()) {
    stores.push(std::move(Json::object()
                              .set("id", store.id)
                              .set("name", store.name)
                              .set("currency", store.currency)
                              .set("active", store.active)));
  }
  reply(ok_answer(std::move(stores)));
}

void AdminCommands::add_user(const Json& request, const Reply& reply) {
  accounts::NewUser user;
  user.name = text(request, "name");
  user.password = text(request, "password");
  user.role = model::role_from_name(text(request, "role"));
  user.store = text(request, "store");
  house_.features().accounts().add_user(std::move(user), [reply](Result<std::string> id) {
    reply(id.ok() ? ok_answer(*id) : error_answer(id.error()));
  });
}

void AdminCommands::list_users(const Json&, const Reply& reply) {
  Json users = Json::array();
  for (const accounts::User* user : house_.features().accounts().list_users()) {
    Json grants = Json::object();
    for (const auto& [store, role] : user->grants)
      grants.set(store, model::role_name(role));
    users.push(std::move(Json::object()
                             .set("name", user->name)
                             .set("id", user->id)
                             .set("disabled", user->disabled)
                             .set("grants", std::move(grants))));
  }
  reply(ok_answer(std::move(users)));
}

void AdminCommands::change_user(const Json& request, const Reply& reply) {
  accounts::Accounts& accounts = house_.features().accounts();
  const std::string command = text(request, "command");
  const std::string name = text(request, "name");
  if (command == "user passwd")
    return accounts.set_password(name, text(request, "password"), answer_status(reply));
  if (command == "user grant") {
    return accounts.grant(name, text(request, "store"),
                          model::role_from_name(text(request, "role")), answer_status(reply));
  }
  accounts.set_disabled(name, command == "user disable", answer_status(reply));
}

void AdminCommands::create_token(const Json& request, const Reply& reply) {
  const auto days = read_integer(request, "days");
  house_.features().accounts().create_token(
      text(request, "user"), static_cast<int>(days.ok() ? *days : 90), text(request, "label"),
      [reply](Result<accounts::Issued> issued) {
        if (!issued.ok())
          return reply(error_answer(issued.error()));
        reply(ok_answer(std::move(
            Json::object().set("token", issued->secret).set("id", issued->credential.id))));
      });
}

void AdminCommands::import_products(const Json& request, const Reply& reply) {
  imports::ImportRequest import;
  import.store = text(request, "store");
  import.file_name = text(request, "fileName");
  const auto dry_run = read_boolean(request, "dryRun", false);
  import.dry_run = dry_run.ok() && *dry_run;
  import.author = command_line_author();
  if (house_.features().stores().state(import.store) == http::StoreState::unknown) {
    return reply(error_answer(
        fail(ErrorCode::unknown_store, "There is no store \"" + import.store + "\".", "store")));
  }
  house_.features().imports().import_file(
      text(request, "path"), std::move(import), [reply](Result<imports::Outcome> outcome) {
        reply(outcome.ok() ? ok_answer(counts_json(*outcome)) : error_answer(outcome.error()));
      });
}

void AdminCommands::export_products(const Json& request, const Reply& reply) {
  house_.features().export_products(
      text(request, "store"), text(request, "format"), [reply](Result<std::string> file) {
        reply(file.ok() ? ok_answer(std::move(file).value()) : error_answer(file.error()));
      });
}

void AdminCommands::verify(const Json&, const Reply& reply) {
  house_.storage().verify([reply](Result<std::vector<std::string>> lines) {
    if (!lines.ok())
      return reply(error_answer(lines.error()));
    Json list = Json::array();
    for (const std::string& line : *lines)
      list.push(line);
    reply(ok_answer(std::move(list)));
  });
}

void AdminCommands::status(const Json&, const Reply& reply) {
  // Also of stores that are not in memory: storage knows where their logs end.
  house_.storage().list_stores([this, reply](Result<std::vector<ports::StoreHead>> heads) {
    if (!heads.ok())
      return reply(error_answer(heads.error()));
    Json facts = status_facts(house_, *heads);
    if (facts_)
      facts_(facts);
    judge_status(facts);
    reply(ok_answer(std::move(facts)));
  });
}

void AdminCommands::list_backups(const Json&, const Reply& reply) {
  house_.features().backups().list([reply](const std::vector<backups::BackupFile>& files) {
    Json list = Json::array();
    for (const backups::BackupFile& file : files) {
      list.push(std::move(Json::object()
                              .set("at", model::format_iso8601(file.at))
                              .set("bytes", static_cast<std::int64_t>(file.bytes))
                              .set("file", file.path)));
    }
    reply(ok_answer(std::move(list)));
  });
}

}  // namespace syncstore::app
