// The TLS settings of the port: TLS 1.2 and 1.3 with forward secrecy only, no compression, no
// renegotiation.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "core/base/result.hpp"

namespace syncstore::adapters {

using TlsContext = std::shared_ptr<SSL_CTX>;

// Errors: invalid, with what is wrong with which file.
Result<TlsContext> make_tls_context(const std::string& certificate_file,
                                    const std::string& key_file);

}  // namespace syncstore::adapters
