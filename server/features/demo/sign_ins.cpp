// The file of the demo's sign-ins: one object per person, readable by the owner only.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/base/json.hpp"
#include "core/base/limits.hpp"
#include "server/features/demo/demo.hpp"

namespace syncstore::demo {
namespace {

std::filesystem::path path_in(const std::string& directory) {
  return std::filesystem::path(directory) / "demo-sign-ins.json";
}

}  // namespace

std::vector<SignIn> read_sign_ins(const std::string& directory) {
  std::vector<SignIn> sign_ins;
  std::ifstream file(path_in(directory), std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  const Result<Json> json = Json::parse(text.str(), limits::kMessageBytes);
  if (!file || !json.ok()) {
    return sign_ins;
  }
  for (const Json& entry : json->items()) {
    const Result<std::string> name = read_string(entry, "user");
    const Result<std::string> password = read_string(entry, "password");
    const Result<std::string> role = read_string(entry, "role");
    const Result<std::string> stores = read_string(entry, "stores");
    if (name.ok() && password.ok() && role.ok() && stores.ok()) {
      sign_ins.push_back(SignIn{*name, *password, *role, *stores});
    }
  }
  return sign_ins;
}

Status write_sign_ins(const std::string& directory, const std::vector<SignIn>& sign_ins) {
  Json list = Json::array();
  for (const SignIn& sign_in : sign_ins) {
    Json entry = Json::object();
    entry.set("user", sign_in.name);
    entry.set("password", sign_in.password);
    entry.set("role", sign_in.role);
    entry.set("stores", sign_in.stores);
    list.push(std::move(entry));
  }
  // Closed to others while it is still empty.
  const std::filesystem::path path = path_in(directory);
  std::error_code error;
  std::ofstream(path, std::ios::trunc).close();
  using std::filesystem::perms;
  std::filesystem::permissions(path, perms::owner_read | perms::owner_write, error);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << list.dump() << "\n";
  file.flush();
  if (error || !file) {
    return fail(ErrorCode::read_only_directory, "The demo's sign-ins cannot be written.");
  }
  return {};
}

}  // namespace syncstore::demo
