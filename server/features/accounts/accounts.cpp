// Users and their grants. Passwords are in passwords.cpp, credentials in credentials.cpp, the
// members collections in members.cpp.
#include "server/features/accounts/accounts.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "core/base/text.hpp"
#include "server/features/accounts/people_routes.hpp"
#include "server/features/accounts/session_routes.hpp"
#include "server/http/hex.hpp"

namespace syncstore::accounts {
namespace {

constexpr std::string_view kUserKind = "user";
constexpr std::string_view kCredentialKind = "credential";

}  // namespace

Accounts::Accounts(engine::Engine& engine, const AccountPorts& ports)
    : engine_(engine), ports_(ports), alive_(std::make_shared<bool>(true)) {
  setup_token_ = new_secret();
}

Accounts::~Accounts() { *alive_ = false; }

std::string Accounts::new_secret() { return http::hex_text(ports_.random.bytes(32)); }

std::string Accounts::id_of_secret(std::string_view secret) const {
  return http::hex_text(ports_.crypto.sha256(secret));
}

void Accounts::load(std::function<void(Status)> done) {
  ports_.storage.load_documents(
      std::string(kUserKind), [this, done](Result<std::vector<ports::Document>> users) {
        if (!users.ok()) {
          done(users.error());
          return;
        }
        for (const ports::Document& document : *users) {
          const Result<Json> json = Json::parse(document.body, limits::kMessageBytes);
          const Result<User> user = json.ok() ? user_from_json(*json) : Result<User>(json.error());
          if (!user.ok()) {
            done(fail(ErrorCode::corrupt, "The stored user " + document.key + " cannot be read."));
            return;
          }
          by_name_[fold_case(user->name)] = user->id;
          users_[user->id] = *user;
        }
        load_credentials(done);
      });
}

void Accounts::load_credentials(const std::function<void(Status)>& done) {
  ports_.storage.load_documents(
      std::string(kCredentialKind), [this, done](Result<std::vector<ports::Document>> found) {
        if (!found.ok()) {
          done(found.error());
          return;
        }
        for (const ports::Document& document : *found) {
          const Result<Json> json = Json::parse(document.body, limits::kMessageBytes);
          Result<Credential> credential =
              json.ok() ? credential_from_json(*json) : Result<Credential>(json.error());
          // A credential that cannot be read lets nobody in: that is safe to skip.
          if (credential.ok() && users_.contains(credential->user)) {
            credential->id = document.key;
            credential->expires_at = document.expires_at;
            credentials_[document.key] = std::move(*credential);
          }
        }
        hash_password(new_secret(), [this, done](Result<std::string> decoy) {
          if (!decoy.ok()) {
            done(decoy.error());
            return;
          }
          decoy_hash_ = std::move(*decoy);
          done({});
        });
      });
}

void Accounts::update_user(std::string id, std::function<Status(User&)> change,
                           std::function<void(Status)> done) {
  updates_.push_back(UserUpdate{std::move(id), std::move(change), std::move(done)});
  if (!updating_) {
    next_update();
  }
}

void Accounts::next_update() {
  updating_ = !updates_.empty();
  if (!updating_) {
    return;
  }
  UserUpdate update = std::move(updates_.front());
  updates_.pop_front();
  const User* user = find_user(update.id);
  Status verdict = user == nullptr
                       ? Status(fail(ErrorCode::unknown_record, "There is no such user."))
                       : Status();
  User changed;
  if (verdict.ok()) {
    changed = *user;
    verdict = update.change(changed);
  }
  if (!verdict.ok()) {
    update.done(verdict);
    next_update();
    return;
  }
  write_user(std::move(changed), [this, done = std::move(update.done)](const Status& status) {
    done(status);
    next_update();
  });
}

void Accounts::write_user(User user, std::function<void(Status)> done) {
  std::vector<ports::DocumentWrite> writes;
  writes.push_back(
      ports::DocumentWrite{std::string(kUserKind), user.id, to_json(user).dump(), 0, false});
  engine_.committer().write_documents(
      std::move(writes),
      [this, alive = alive_, user = std::move(user), done](const Status& status) {
        if (!*alive) {
          return;
        }
        if (status.ok()) {
          by_name_[fold_case(user.name)] = user.id;
          users_[user.id] = user;
        }
        done(status);
      });
}

void Accounts::add_user(NewUser user, std::function<void(Result<std::string>)> done) {
  Status valid = check_user_name(user.name);
  if (valid.ok()) {
    valid = check_password(user.password, user.name);
  }
  if (valid.ok() && user.role != model::Role::viewer && user.role != model::Role::editor &&
      user.role != model::Role::admin) {
    valid = fail(ErrorCode::invalid, "The role is admin, editor or viewer.", "role");
  }
  if (valid.ok() && user.store != http::kAllStores &&
      store_state(user.store) == http::StoreState::unknown) {
    valid = fail(ErrorCode::unknown_store, {}, "store");
  }
  const std::string folded = fold_case(user.name);
  if (valid.ok() && (by_name_.contains(folded) || names_being_made_.contains(folded))) {
    valid = fail(ErrorCode::already_exists, "There is a user of this name.", "name");
  }
  if (!valid.ok()) {
    done(valid.error());
    return;
  }
  names_being_made_.insert(folded);
  const auto finish = [this, folded, done](Result<std::string> result) {
    names_being_made_.erase(folded);
    done(std::move(result));
  };
  std::string password = std::move(user.password);
  hash_password(std::move(password),
                [this, user = std::move(user), finish](Result<std::string> encoded) {
                  if (!encoded.ok()) {
                    finish(encoded.error());
                    return;
                  }
                  User made;
                  made.id = engine_.new_record_id().text();
                  made.name = user.name;
                  made.password = std::move(*encoded);
                  made.created_at = ports_.clock.now();
                  made.grants[user.store] = user.role;
                  const std::string id = made.id;
                  write_user(std::move(made), [this, id, finish](const Status& status) {
                    if (!status.ok()) {
                      finish(status.error());
                      return;
                    }
                    reconcile_members([id, finish](const Status&) { finish(id); });
                  });
                });
}

bool Accounts::is_last_admin(const User& user) const {
  const auto is_admin = [](const User& candidate) {
    return candidate.role_in(http::kAllStores) == model::Role::admin;
  };
  return is_admin(user) && std::none_of(users_.begin(), users_.end(), [&](const auto& entry) {
           return entry.first != user.id && is_admin(entry.second);
         });
}

void Accounts::set_disabled(const std::string& name, bool disabled,
                            std::function<void(Status)> done) {
  const User* user = find_by_name(name);
  if (user == nullptr) {
    done(fail(ErrorCode::unknown_record, "There is no user of this name.", "name"));
    return;
  }
  set_disabled_by_id(user->id, disabled, std::move(done));
}

void Accounts::set_disabled_by_id(const std::string& id, bool disabled,
                                  std::function<void(Status)> done) {
  const auto change = [this, disabled](User& changed) -> Status {
    if (disabled && is_last_admin(changed)) {
      return fail(ErrorCode::last_admin);
    }
    changed.disabled = disabled;
    return {};
  };
  update_user(id, change, [this, id, disabled, done](const Status& status) {
    if (!status.ok()) {
      done(status);
      return;
    }
    const auto reconcile = [this, done](const Status&) {
      reconcile_members([done](const Status&) { done({}); });
    };
    if (!disabled) {
      reconcile({});
      return;
    }
    revoke(engine::Revocation{engine::Revocation::Kind::disabled, id, {}, {}});
    end_credentials(credentials_of(id), id, reconcile);
  });
}

void Accounts::grant(const std::string& name, const std::string& store, model::Role role,
                     std::function<void(Status)> done) {
  const User* user = find_by_name(name);
  if (user == nullptr) {
    done(fail(ErrorCode::unknown_record, "There is no user of this name.", "name"));
    return;
  }
  grant_by_id(user->id, store, role, std::move(done));
}

void Accounts::grant_by_id(const std::string& id, const std::string& store, model::Role role,
                           std::function<void(Status)> done) {
  if (role == model::Role::system) {
    done(fail(ErrorCode::invalid, "The role is admin, editor or viewer.", "role"));
    return;
  }
  if (store != http::kAllStores && store_state(store) == http::StoreState::unknown) {
    done(fail(ErrorCode::unknown_store, {}, "store"));
    return;
  }
  const auto same = std::make_shared<bool>(false);
  const auto change = [this, store, role, same](User& changed) -> Status {
    if (store == http::kAllStores && role != model::Role::admin && is_last_admin(changed)) {
      return fail(ErrorCode::last_admin);
    }
    const auto before = changed.grants;
    if (role == model::Role::none) {
      changed.grants.erase(store);
    } else {
      changed.grants[store] = role;
    }
    *same = before == changed.grants;
    return {};
  };
  update_user(id, change, [this, id, store, same, done](const Status& status) {
    if (!status.ok()) {
      done(status);
      return;
    }
    if (!*same) {
      revoke(engine::Revocation{engine::Revocation::Kind::role_changed,
                                id,
                                {},
                                store == http::kAllStores ? std::string() : store});
    }
    reconcile_members([done](const Status&) { done({}); });
  });
}

std::vector<const User*> Accounts::list_users() const {
  std::vector<const User*> users;
  users.reserve(users_.size());
  for (const auto& [id, user] : users_) {
    users.push_back(&user);
  }
  std::sort(users.begin(), users.end(),
            [](const User* a, const User* b) { return a->name < b->name; });
  return users;
}

const User* Accounts::find_user(std::string_view id) const {
  const auto found = users_.find(std::string(id));
  return found == users_.end() ? nullptr : &found->second;
}

const User* Accounts::find_by_name(std::string_view name) const {
  const auto found = by_name_.find(fold_case(name));
  return found == by_name_.end() ? nullptr : find_user(found->second);
}

model::Role Accounts::role_of(std::string_view user, const StoreId& store) const {
  return role_in(user, store);
}

model::Role Accounts::role_in(std::string_view user_id, std::string_view store) const {
  const User* user = find_user(user_id);
  return user == nullptr ? model::Role::none : user->role_in(store);
}

http::StoreState Accounts::store_state(std::string_view store) const {
  return directory_.state ? directory_.state(store) : http::StoreState::unknown;
}

void Accounts::set_revocation_listener(std::function<void(const engine::Revocation&)> listener) {
  revocation_listener_ = std::move(listener);
}

void Accounts::revoke(const engine::Revocation& revocation) {
  if (revocation_listener_) {
    revocation_listener_(revocation);
  }
}

void Accounts::bind(http::Api& api) {
  bind_session_routes(*this, api);
  bind_people_routes(*this, api);
}

}  // namespace syncstore::accounts
