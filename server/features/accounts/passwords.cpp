// Passwords of users: hashed and compared on the worker pool, at most kHashQueue at once, so that
// many who sign in never hold up an edit.
#include "core/base/limits.hpp"
#include "server/features/accounts/accounts.hpp"

namespace syncstore::accounts {

void Accounts::hash_password(std::string password, std::function<void(Result<std::string>)> done) {
  if (hashing_ >= limits::kHashQueue) {
    done(fail(ErrorCode::unavailable, "Many people are signing in. Try again in a moment."));
    return;
  }
  ++hashing_;
  auto work = [this, alive = alive_, password = std::move(password), done] {
    std::string encoded = ports_.crypto.hash_password(password);
    ports_.scheduler.post([this, alive, encoded = std::move(encoded), done] {
      if (!*alive) {
        return;
      }
      --hashing_;
      if (encoded.empty()) {
        done(fail(ErrorCode::internal));
      } else {
        done(encoded);
      }
    });
  };
  if (!ports_.scheduler.background(std::move(work))) {
    --hashing_;
    done(fail(ErrorCode::unavailable, "Many people are signing in. Try again in a moment."));
  }
}

void Accounts::verify_password(std::string password, std::string encoded,
                               std::function<void(Result<bool>)> done) {
  if (hashing_ >= limits::kHashQueue) {
    done(fail(ErrorCode::unavailable, "Many people are signing in. Try again in a moment."));
    return;
  }
  ++hashing_;
  auto work = [this, alive = alive_, password = std::move(password), encoded = std::move(encoded),
               done] {
    const bool right = ports_.crypto.verify_password(password, encoded);
    ports_.scheduler.post([this, alive, right, done] {
      if (*alive) {
        --hashing_;
        done(right);
      }
    });
  };
  if (!ports_.scheduler.background(std::move(work))) {
    --hashing_;
    done(fail(ErrorCode::unavailable, "Many people are signing in. Try again in a moment."));
  }
}

void Accounts::change_password(const std::string& user_id, std::string password,
                               std::string keep_credential, std::function<void(Status)> done) {
  const User* user = find_user(user_id);
  if (user == nullptr) {
    done(fail(ErrorCode::unknown_record, "There is no such user."));
    return;
  }
  if (const Status valid = check_password(password, user->name); !valid.ok()) {
    done(valid);
    return;
  }
  hash_password(std::move(password), [this, user_id, keep = std::move(keep_credential),
                                      done](Result<std::string> encoded) {
    if (!encoded.ok()) {
      done(encoded.error());
      return;
    }
    const auto change = [encoded = std::move(*encoded)](User& changed) -> Status {
      changed.password = encoded;
      return {};
    };
    update_user(user_id, change, [this, user_id, keep, done](const Status& status) {
      if (!status.ok()) {
        done(status);
        return;
      }
      end_credentials(credentials_of(user_id, keep), user_id, done);
    });
  });
}

void Accounts::set_password(const std::string& name, std::string password,
                            std::function<void(Status)> done) {
  const User* user = find_by_name(name);
  if (user == nullptr) {
    done(fail(ErrorCode::unknown_record, "There is no user of this name.", "name"));
    return;
  }
  change_password(user->id, std::move(password), {}, std::move(done));
}

}  // namespace syncstore::accounts
