// Sessions, bearer tokens and tickets: issuing, recognising, ending.
#include <algorithm>

#include "core/base/limits.hpp"
#include "core/base/text.hpp"
#include "server/features/accounts/accounts.hpp"
#include "server/http/hex.hpp"

namespace syncstore::accounts {
namespace {

constexpr std::string_view kCredentialKind = "credential";
constexpr TimeMs kHourMs = 3'600'000;

ports::DocumentWrite write_of(const Credential& credential) {
  return ports::DocumentWrite{std::string(kCredentialKind), credential.id,
                              to_json(credential).dump(), credential.expires_at, false};
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) {
    text.remove_prefix(1);
  }
  while (text.ends_with(' ')) {
    text.remove_suffix(1);
  }
  return text;
}

}  // namespace

std::string_view session_cookie_name(bool secure) {
  return secure ? "__Host-syncstore_session" : "syncstore_session";
}

std::string_view cookie_value(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    const std::size_t end = header.find(';');
    const std::string_view pair = trimmed(header.substr(0, end));
    header = end == std::string_view::npos ? std::string_view{} : header.substr(end + 1);
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == name) {
      return pair.substr(equals + 1);
    }
  }
  return {};
}

void Accounts::sign_in(const std::string& name, std::string password,
                       std::function<void(Result<Issued>)> done) {
  const User* user = find_by_name(name);
  const std::string id = user == nullptr ? std::string() : user->id;
  // Nobody of that name: the same work is done, so that the time does not tell.
  std::string encoded = user == nullptr ? decoy_hash_ : user->password;
  verify_password(std::move(password), std::move(encoded), [this, id, done](Result<bool> right) {
    const User* known = find_user(id);
    if (!right.ok()) {
      done(right.error());
      return;
    }
    if (!*right || known == nullptr || known->disabled) {
      done(fail(ErrorCode::bad_credentials));
      return;
    }
    issue(Credential::Kind::session, *known, {},
          ports_.clock.now() + limits::kSessionAbsoluteHours * kHourMs,
          [this, id, done](Result<Issued> issued) {
            if (issued.ok()) {
              const TimeMs now = ports_.clock.now();
              update_user(
                  id,
                  [now](User& seen) -> Status {
                    seen.last_seen_at = now;
                    return {};
                  },
                  [](const Status&) {});
            }
            done(std::move(issued));
          });
  });
}

void Accounts::issue(Credential::Kind kind, const User& user, std::string label, TimeMs expires_at,
                     std::function<void(Result<Issued>)> done) {
  Issued issued;
  issued.secret = new_secret();
  Credential& credential = issued.credential;
  credential.kind = kind;
  credential.id = id_of_secret(issued.secret);
  credential.user = user.id;
  credential.label = std::move(label);
  credential.created_at = ports_.clock.now();
  credential.used_at = credential.created_at;
  credential.expires_at = expires_at;
  if (kind == Credential::Kind::session) {
    credential.csrf = new_secret();
  }
  std::vector<ports::DocumentWrite> writes{write_of(credential)};
  std::vector<std::string> held = credentials_of(user.id);
  if (held.size() >= limits::kCredentialsPerUser) {
    // The one that was used least lately makes room.
    const auto oldest =
        std::min_element(held.begin(), held.end(), [this](const auto& a, const auto& b) {
          return credentials_.at(a).used_at < credentials_.at(b).used_at;
        });
    writes.push_back(ports::DocumentWrite{std::string(kCredentialKind), *oldest, {}, 0, true});
    credentials_.erase(*oldest);
  }
  engine_.committer().write_documents(
      std::move(writes),
      [this, alive = alive_, issued = std::move(issued), done](const Status& status) {
        if (!*alive) {
          return;
        }
        if (!status.ok()) {
          done(status.error());
          return;
        }
        // Disabled while the session was being stored: it must not come to life.
        const User* owner = find_user(issued.credential.user);
        if (owner == nullptr || owner->disabled) {
          done(fail(ErrorCode::bad_credentials));
          return;
        }
        credentials_[issued.credential.id] = issued.credential;
        done(issued);
      });
}

std::vector<std::string> Accounts::credentials_of(std::string_view user,
                                                  std::string_view except) const {
  std::vector<std::string> ids;
  for (const auto& [id, credential] : credentials_) {
    if (credential.user == user && id != except) {
      ids.push_back(id);
    }
  }
  return ids;
}

void Accounts::end_credentials(const std::vector<std::string>& ids, std::string user,
                               std::function<void(Status)> done) {
  if (ids.empty()) {
    done({});
    return;
  }
  std::vector<ports::DocumentWrite> writes;
  writes.reserve(ids.size());
  for (const std::string& id : ids) {
    writes.push_back(ports::DocumentWrite{std::string(kCredentialKind), id, {}, 0, true});
  }
  engine_.committer().write_documents(std::move(writes), [this, alive = alive_, ids,
                                                          user = std::move(user),
                                                          done](const Status& status) {
    if (!*alive) {
      return;
    }
    if (status.ok()) {
      for (const std::string& id : ids) {
        credentials_.erase(id);
        std::erase_if(tickets_, [&](const auto& entry) { return entry.second.credential == id; });
        revoke(engine::Revocation{engine::Revocation::Kind::signed_out, user, id, {}});
      }
    }
    done(status);
  });
}

Credential* Accounts::use_credential(const std::string& id) {
  const auto found = credentials_.find(id);
  if (found == credentials_.end()) {
    return nullptr;
  }
  Credential& credential = found->second;
  const TimeMs now = ports_.clock.now();
  const bool expired = credential.expires_at != 0 && credential.expires_at <= now;
  const bool idle = credential.kind == Credential::Kind::session &&
                    now - credential.used_at > limits::kSessionIdleHours * kHourMs;
  if (expired || idle) {
    end_credentials({id}, credential.user, [](const Status&) {});
    return nullptr;
  }
  const User* user = find_user(credential.user);
  if (user == nullptr || user->disabled) {
    return nullptr;
  }
  if (now - credential.used_at > kHourMs) {
    credential.used_at = now;
    engine_.committer().write_documents({write_of(credential)}, [](const Status&) {});
  }
  return &credential;
}

void Accounts::create_token(const std::string& name, int days, std::string label,
                            std::function<void(Result<Issued>)> done) {
  const User* user = find_by_name(name);
  if (user == nullptr) {
    done(fail(ErrorCode::unknown_record, "There is no user of this name.", "name"));
    return;
  }
  if (days < 1 || days > limits::kTokenDaysMax) {
    done(fail(ErrorCode::out_of_range, "A token lives 1 to 366 days.", "days"));
    return;
  }
  issue(Credential::Kind::token, *user, normalise_line(label).substr(0, limits::kTokenLabelBytes),
        ports_.clock.now() + days * 24 * kHourMs, std::move(done));
}

void Accounts::revoke_token(const std::string& id, std::function<void(Status)> done) {
  constexpr std::size_t kPrefix = 16;  // 64 bits name a token beyond doubt
  if (id.size() >= kPrefix) {
    for (const auto& [known, credential] : credentials_) {
      if (credential.kind == Credential::Kind::token && known.starts_with(id)) {
        end_credentials({known}, credential.user, std::move(done));
        return;
      }
    }
  }
  done(fail(ErrorCode::unknown_record, "There is no such token."));
}

Result<http::Principal> Accounts::authenticate(const ports::HttpRequest& request) {
  http::Principal principal;
  std::string id;
  if (const std::string* authorization = request.header("authorization")) {
    const std::string_view value = *authorization;
    if (fold_case(value.substr(0, 7)) != "bearer ") {
      return fail(ErrorCode::unauthorized, "Use a bearer token, or sign in.");
    }
    id = id_of_secret(trimmed(value.substr(7)));
    principal.kind = http::Principal::Kind::bearer;
  } else if (const std::string* cookies = request.header("cookie")) {
    const std::string_view secret = cookie_value(*cookies, session_cookie_name(request.secure));
    if (secret.empty()) {
      return principal;
    }
    id = id_of_secret(secret);
    principal.kind = http::Principal::Kind::cookie;
  } else {
    return principal;
  }
  const Credential* credential = use_credential(id);
  const auto wanted = principal.kind == http::Principal::Kind::bearer ? Credential::Kind::token
                                                                      : Credential::Kind::session;
  if (credential == nullptr || credential->kind != wanted) {
    return fail(ErrorCode::unauthorized);
  }
  principal.user_id = credential->user;
  principal.user_name = find_user(credential->user)->name;
  principal.credential = credential->id;
  principal.csrf = credential->csrf;
  return principal;
}

std::string Accounts::issue_ticket(const http::Principal& principal) {
  const TimeMs now = ports_.clock.now();
  std::erase_if(tickets_, [now](const auto& entry) { return entry.second.expires_at <= now; });
  if (tickets_.size() >= limits::kTickets) {
    return {};
  }
  std::string ticket = new_secret();
  tickets_[id_of_secret(ticket)] =
      Ticket{principal.user_id, principal.credential, now + limits::kTicketSeconds * 1'000};
  return ticket;
}

Result<engine::Identity> Accounts::take_ticket(std::string_view ticket) {
  const auto found = tickets_.find(id_of_secret(ticket));
  if (found == tickets_.end()) {
    return fail(ErrorCode::bad_token);
  }
  const Ticket taken = std::move(found->second);
  tickets_.erase(found);
  const Credential* credential = use_credential(taken.credential);
  if (taken.expires_at <= ports_.clock.now() || credential == nullptr) {
    return fail(ErrorCode::bad_token);
  }
  return engine::Identity{taken.user, find_user(taken.user)->name, taken.credential,
                          credential->expires_at};
}

Result<engine::Identity> Accounts::verify_token(std::string_view token) {
  const Credential* credential = use_credential(id_of_secret(token));
  if (credential == nullptr || credential->kind != Credential::Kind::token) {
    return fail(ErrorCode::bad_token);
  }
  return engine::Identity{credential->user, find_user(credential->user)->name, credential->id,
                          credential->expires_at};
}

}  // namespace syncstore::accounts
