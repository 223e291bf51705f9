// Accounts: users, their roles per store, sessions, bearer tokens and one-time tickets. Owns them
// in memory; every change is durable before it is in force, then revokes what it ends (sessions and
// sockets) at once. Invariants: at least one enabled admin of "*" as soon as there was one; secrets
// are kept as hashes only; each store's members collection follows the grants. Engine executor
// only; answers (`done`) come on it.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "server/engine/engine.hpp"
#include "server/features/accounts/user.hpp"
#include "server/http/api.hpp"
#include "server/http/gate.hpp"

namespace syncstore::accounts {

struct AccountPorts {
  ports::Clock& clock;
  ports::Random& random;
  ports::Scheduler& scheduler;
  ports::Storage& storage;
  const ports::Crypto& crypto;
};

struct NewUser {
  std::string name;
  std::string password;
  model::Role role = model::Role::viewer;
  std::string store;  // a store id or "*"
};

// A credential at birth: the only moment its secret is known.
struct Issued {
  Credential credential;
  std::string secret;
};

class Accounts final : public engine::Identities, public http::Gate {
 public:
  Accounts(engine::Engine& engine, const AccountPorts& ports);
  ~Accounts() override;

  // What the stores feature knows; set before the first request.
  struct StoreName {
    StoreId id;
    std::string name;
    std::string currency;
    std::string currency_symbol;
    bool active = true;
  };
  struct StoreDirectory {
    std::function<http::StoreState(std::string_view)> state;
    std::function<std::vector<StoreName>()> list;
  };
  void set_store_directory(StoreDirectory directory) { directory_ = std::move(directory); }
  void load(std::function<void(Status)> done);
  // Makes every store's members collection agree with the grants; after load() and after a store
  // was made.
  void reconcile_members(std::function<void(Status)> done);
  void bind(http::Api& api);

  // First run: no user exists. The token of the setup link lives as long as the process.
  bool needs_setup() const { return users_.empty() && names_being_made_.empty(); }
  const std::string& setup_token() const { return setup_token_; }
  // Where browsers load pictures from, told with each session; "" = from this server.
  void set_picture_base(std::string url) { picture_base_ = std::move(url); }
  const std::string& picture_base() const { return picture_base_; }

  // --- operations of the command line and of the HTTP handlers. Names are sign-in names. ---
  void add_user(NewUser user, std::function<void(Result<std::string>)> done);  // id of the new user
  void set_password(const std::string& name, std::string password,
                    std::function<void(Status)> done);
  void set_disabled(const std::string& name, bool disabled, std::function<void(Status)> done);
  // Role none takes the grant away. Errors: unknown_record (no such user), last_admin, invalid.
  void grant(const std::string& name, const std::string& store, model::Role role,
             std::function<void(Status)> done);
  void create_token(const std::string& name, int days, std::string label,
                    std::function<void(Result<Issued>)> done);
  // By the id's first 16 or more characters.
  void revoke_token(const std::string& id, std::function<void(Status)> done);
  std::vector<const User*> list_users() const;  // by name
  const User* find_user(std::string_view id) const;
  const User* find_by_name(std::string_view name) const;

  // engine::Identities
  Result<engine::Identity> take_ticket(std::string_view ticket) override;
  Result<engine::Identity> verify_token(std::string_view token) override;
  model::Role role_of(std::string_view user, const StoreId& store) const override;
  void set_revocation_listener(std::function<void(const engine::Revocation&)> listener) override;

  // http::Gate
  Result<http::Principal> authenticate(const ports::HttpRequest& request) override;
  model::Role role_in(std::string_view user_id, std::string_view store) const override;
  http::StoreState store_state(std::string_view store) const override;

 private:
  friend class SessionRoutes;
  friend class PeopleRoutes;
  struct UserUpdate {
    std::string id;
    std::function<Status(User&)> change;
    std::function<void(Status)> done;
  };
  struct Ticket {
    std::string user;
    std::string credential;
    TimeMs expires_at = 0;
  };

  std::string new_secret();
  std::string id_of_secret(std::string_view secret) const;
  // Hashes off the engine's thread; error unavailable when the queue is full.
  void hash_password(std::string password, std::function<void(Result<std::string>)> done);
  void verify_password(std::string password, std::string encoded,
                       std::function<void(Result<bool>)> done);
  void sign_in(const std::string& name, std::string password,
               std::function<void(Result<Issued>)> done);
  void issue(Credential::Kind kind, const User& user, std::string label, TimeMs expires_at,
             std::function<void(Result<Issued>)> done);
  // Changes of users run one after the other, so that none is made from a stale copy; durable
  // first, then memory.
  void update_user(std::string id, std::function<Status(User&)> change,
                   std::function<void(Status)> done);
  void next_update();
  void write_user(User user, std::function<void(Status)> done);
  // Ends credentials of one user, durably, then tells the sockets.
  void end_credentials(const std::vector<std::string>& ids, std::string user,
                       std::function<void(Status)> done);
  void load_credentials(const std::function<void(Status)>& done);
  std::vector<std::string> credentials_of(std::string_view user,
                                          std::string_view except = {}) const;
  // nullptr when unknown, expired, idle for too long or of a disabled user. Counts as use.
  Credential* use_credential(const std::string& id);
  void revoke(const engine::Revocation& revocation);
  bool is_last_admin(const User& user) const;
  std::string issue_ticket(const http::Principal& principal);
  void reconcile_store(const StoreId& store, std::function<void(Status)> done);
  void reconcile_rest(std::shared_ptr<std::vector<StoreId>> stores, std::shared_ptr<Status> worst,
                      std::function<void(Status)> done);
  void submit_members(const StoreId& store, std::shared_ptr<std::vector<sync::Mutation>> mutations,
                      std::function<void(Status)> done);
  void change_password(const std::string& user_id, std::string password,
                       std::string keep_credential, std::function<void(Status)> done);
  void set_disabled_by_id(const std::string& id, bool disabled, std::function<void(Status)> done);
  void grant_by_id(const std::string& id, const std::string& store, model::Role role,
                   std::function<void(Status)> done);

  engine::Engine& engine_;
  AccountPorts ports_;
  std::unordered_map<std::string, User> users_;           // by id
  std::unordered_map<std::string, std::string> by_name_;  // folded name -> id
  std::set<std::string> names_being_made_;  // folded; between the check and the commit
  std::unordered_map<std::string, Credential> credentials_;  // by id
  std::map<std::string, Ticket> tickets_;                    // by hash of the ticket
  std::function<void(const engine::Revocation&)> revocation_listener_;
  StoreDirectory directory_;
  std::string setup_token_;
  std::string picture_base_;
  std::string decoy_hash_;  // verified when there is no such user, so that both take the same time
  std::size_t hashing_ = 0;
  std::deque<UserUpdate> updates_;
  bool updating_ = false;
  std::shared_ptr<bool> alive_;
};

// "__Host-" needs TLS; plain HTTP has the short name.
std::string_view session_cookie_name(bool secure);
std::string_view cookie_value(std::string_view header, std::string_view name);  // "" when absent

}  // namespace syncstore::accounts
