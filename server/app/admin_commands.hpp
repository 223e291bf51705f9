// The operations of the command line, as one JSON request and one JSON answer each: carried out by
// the engine of the running server (through the admin socket) or by a House of the command's own.
// Engine executor only.
//   request {"command": NAME, ...}; answer {"ok":true,"data":...} or
//   {"ok":false,"code","detail","field"}
#pragma once

#include <functional>
#include <map>
#include <string>

#include "core/base/json.hpp"
#include "server/app/house.hpp"

namespace syncstore::app {

class AdminCommands {
 public:
  using Reply = std::function<void(Json)>;
  // `facts` adds to the answer of "status" (address, connections, alerts of the process).
  AdminCommands(House& house, std::function<void(Json&)> facts);

  void run(const Json& request, const Reply& reply);

 private:
  using Command = std::function<void(const Json&, const Reply&)>;
  void add_store(const Json& request, const Reply& reply);
  void list_stores(const Json& request, const Reply& reply);
  void add_user(const Json& request, const Reply& reply);
  void list_users(const Json& request, const Reply& reply);
  void change_user(const Json& request, const Reply& reply);
  void create_token(const Json& request, const Reply& reply);
  void import_products(const Json& request, const Reply& reply);
  void export_products(const Json& request, const Reply& reply);
  void verify(const Json& request, const Reply& reply);
  void status(const Json& request, const Reply& reply);
  void list_backups(const Json& request, const Reply& reply);

  House& house_;
  std::function<void(Json&)> facts_;
  std::map<std::string, Command, std::less<>> commands_;
};

Json ok_answer(Json data = {});
Json error_answer(const Error& error);

}  // namespace syncstore::app
