#include "server/app/status_facts.hpp"

#include <filesystem>

#include "core/model/catalogue.hpp"
#include "core/model/validate.hpp"
#include "server/adapters/sqlite/schema.hpp"

namespace syncstore::app {
namespace {

Json time_or_null(TimeMs at) { return at == 0 ? Json() : Json(model::format_iso8601(at)); }

Json store_facts(House& house, const std::vector<ports::StoreHead>& heads) {
  Json list = Json::array();
  for (const stores::StoreSummary& store : house.features().stores().list()) {
    Json entry = Json::object();
    entry.set("id", store.id).set("active", store.active);
    for (const ports::StoreHead& head : heads) {
      if (head.store == store.id)
        entry.set("sequence", static_cast<std::int64_t>(head.sequence));
    }
    const engine::StoreState* const state = house.engine().stores().loaded(store.id);
    std::int64_t records = 0;
    for (const model::CollectionDef& collection : model::collections()) {
      if (state != nullptr)
        records += static_cast<std::int64_t>(state->table(collection.number).size());
    }
    // A store that nobody uses is not in memory, and is not fetched to be counted.
    entry.set("records", state != nullptr ? Json(records) : Json());
    list.push(std::move(entry));
  }
  return list;
}

Json backup_facts(const backups::Backups& backups) {
  const backups::BackupState& state = backups.state();
  Json facts = Json::object();
  facts.set("everyHours", backups.schedule().every_hours)
      .set("keepDays", backups.schedule().keep_days)
      .set("last", time_or_null(state.newest ? state.newest->at : 0))
      .set("lastBytes",
           state.newest ? Json(static_cast<std::int64_t>(state.newest->bytes)) : Json())
      .set("kept", static_cast<std::int64_t>(state.kept))
      .set("next", time_or_null(state.next_at))
      .set("running", state.running);
  return facts;
}

std::string shown(const Json& value) {
  switch (value.kind()) {
    case Json::Kind::string:
      return value.text();
    case Json::Kind::null:
      return "-";
    default:
      return value.dump();
  }
}

// "key value key value" of an object, on one line.
std::string on_one_line(const Json& object) {
  std::string line;
  for (const auto& [key, value] : object.members())
    line += (line.empty() ? "" : " ") + key + " " + shown(value);
  return line;
}

}  // namespace

Json status_facts(House& house, const std::vector<ports::StoreHead>& heads) {
  const adapters::StorageFigures figures = house.storage().figures();
  std::error_code error;
  const auto disk = std::filesystem::space(house.directory(), error);
  const auto database = std::filesystem::file_size(house.directory() + "/syncstore.db", error);
  Json facts = Json::object();
  facts.set("healthy", false)
      .set("version", SYNCSTORE_VERSION)
      .set("server", "running")
      .set("directory", house.directory())
      .set("schema", adapters::migrations().back().number)
      .set("stores", store_facts(house, heads))
      .set("users", static_cast<std::int64_t>(house.features().accounts().list_users().size()))
      .set("imports", static_cast<std::int64_t>(house.features().imports().running()))
      .set("transactions", static_cast<std::int64_t>(figures.transactions))
      .set("queue", static_cast<std::int64_t>(house.engine().committer().counters().waiting +
                                              figures.queue_depth))
      .set("writing", figures.stopped                                ? "stopped"
                      : house.engine().committer().read_only().on() ? "read-only"
                                                                    : "ok")
      .set("databaseBytes", static_cast<std::int64_t>(database))
      .set("diskFreeBytes", static_cast<std::int64_t>(disk.available))
      .set("backup", backup_facts(house.features().backups()));
  Json alerts = Json::array();
  for (const std::string& alert : house.alerts())
    alerts.push(alert);
  facts.set("alerts", std::move(alerts));
  return facts;
}

void judge_status(Json& facts) {
  const bool running = facts.find("server")->text() == "running";
  facts.set("healthy", running && facts.find("alerts")->items().empty());
}

std::string status_text(const Json& facts) {
  std::string text;
  for (const auto& [key, value] : facts.members()) {
    if (value.is(Json::Kind::object)) {
      text += key + " " + on_one_line(value) + "\n";
    } else if (key == "stores") {
      for (const Json& store : value.items())
        text += "store " + on_one_line(store) + "\n";
    } else if (key == "alerts") {
      for (const Json& alert : value.items())
        text += "alert " + alert.text() + "\n";
    } else {
      text += key + " " + shown(value) + "\n";
    }
  }
  return text;
}

}  // namespace syncstore::app
