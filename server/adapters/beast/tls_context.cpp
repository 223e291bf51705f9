#include "server/adapters/beast/tls_context.hpp"

#include <openssl/err.h>

#include <array>

namespace syncstore::adapters {
namespace {

std::string last_reason() {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  return text.data();
}

}  // namespace

Result<TlsContext> make_tls_context(const std::string& certificate_file,
                                    const std::string& key_file) {
  const TlsContext context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  SS_ASSERT(context != nullptr);
  SSL_CTX* const ctx = context.get();
  SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
  SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                               SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_cipher_list(ctx, "ECDHE+AESGCM:ECDHE+CHACHA20");
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(ctx, certificate_file.c_str()) != 1) {
    return fail(ErrorCode::invalid,
                "The certificate " + certificate_file + " cannot be used: " + last_reason(),
                "tls-cert");
  }
  if (SSL_CTX_use_PrivateKey_file(ctx, key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return fail(ErrorCode::invalid, "The key " + key_file + " cannot be used: " + last_reason(),
                "tls-key");
  }
  if (SSL_CTX_check_private_key(ctx) != 1) {
    return fail(ErrorCode::invalid, "The key " + key_file + " does not belong to the certificate.",
                "tls-key");
  }
  return context;
}

}  // namespace syncstore::adapters
