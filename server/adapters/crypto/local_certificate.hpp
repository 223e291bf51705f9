// The certificate of `--tls local`: made by the server itself for this machine's names and
// addresses, kept in the data directory.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.hpp"

namespace syncstore::adapters {

struct LocalCertificate {
  std::string certificate_file;  // PEM
  std::string key_file;          // PEM, 0600
  std::string fingerprint;       // SHA-256 as browsers show it: AA:BB:...
  bool made = false;             // now, rather than found
};

// Finds or makes DIR/tls-local.{crt,key}: P-256, one year, for localhost, the host's name and its
// addresses. Makes a new one when the old one ends within 30 days or lacks an address the machine
// has now. Errors: read_only_directory, internal.
Result<LocalCertificate> local_certificate(const std::string& directory);

}  // namespace syncstore::adapters
