// Crypto port on OpenSSL (SHA-256) and libsodium (Argon2id). Thread-safe.
#pragma once

#include "server/ports/crypto.hpp"

namespace syncstore::adapters {

// Argon2id with 19 MiB and 2 passes (OWASP's minimum): about 30 ms, so a sign-in stays quick and
// two hashes at a time (the worker pool's size) hold 38 MiB.
class NativeCrypto : public ports::Crypto {
 public:
  NativeCrypto();
  std::string sha256(std::string_view bytes) const override;
  std::string sha256_pair(std::string_view first, std::string_view second) const override;
  std::string hash_password(std::string_view password) const override;
  bool verify_password(std::string_view password, std::string_view encoded) const override;
  bool equal(std::string_view a, std::string_view b) const override;
};

}  // namespace syncstore::adapters
