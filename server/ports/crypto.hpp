// Crypto port. Thread-safe; hash_password and verify_password are slow and run on the worker pool
// only.
#pragma once

#include <string>
#include <string_view>

namespace syncstore::ports {

class Crypto {
 public:
  virtual ~Crypto() = default;
  virtual std::string sha256(std::string_view bytes) const = 0;  // 32 bytes
  virtual std::string sha256_pair(std::string_view first,
                                  std::string_view second) const = 0;  // of the concatenation
  virtual std::string hash_password(
      std::string_view password) const = 0;  // Argon2id, encoded with its parameters
  virtual bool verify_password(std::string_view password, std::string_view encoded) const = 0;
  virtual bool equal(std::string_view a, std::string_view b) const = 0;  // constant time
};

}  // namespace syncstore::ports
