#include "server/adapters/crypto/crypto.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sodium.h>

#include <memory>

#include "core/base/result.hpp"

namespace syncstore::adapters {
namespace {

constexpr unsigned long long kPasses = 2;
constexpr std::size_t kMemory = 19u * 1024 * 1024;

// Fetched once: looking the algorithm up costs more than hashing a log entry.
const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm;
}

}  // namespace

NativeCrypto::NativeCrypto() {
  SS_ASSERT(sodium_init() >= 0);
  SS_ASSERT(sha256_algorithm() != nullptr);
}

std::string NativeCrypto::sha256(std::string_view bytes) const { return sha256_pair(bytes, {}); }

std::string NativeCrypto::sha256_pair(std::string_view first, std::string_view second) const {
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(
      EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::string out(32, '\0');
  unsigned length = 0;
  const bool ok =
      EVP_DigestInit_ex2(context.get(), sha256_algorithm(), nullptr) == 1 &&
      EVP_DigestUpdate(context.get(), first.data(), first.size()) == 1 &&
      EVP_DigestUpdate(context.get(), second.data(), second.size()) == 1 &&
      EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(out.data()), &length) == 1;
  SS_ASSERT(ok && length == 32);
  return out;
}

std::string NativeCrypto::hash_password(std::string_view password) const {
  char encoded[crypto_pwhash_STRBYTES];
  const int status = crypto_pwhash_str_alg(encoded, password.data(), password.size(), kPasses,
                                           kMemory, crypto_pwhash_ALG_ARGON2ID13);
  SS_ASSERT(status == 0);  // only out of memory
  return encoded;
}

bool NativeCrypto::verify_password(std::string_view password, std::string_view encoded) const {
  const std::string terminated(encoded);
  return crypto_pwhash_str_verify(terminated.c_str(), password.data(), password.size()) == 0;
}

bool NativeCrypto::equal(std::string_view a, std::string_view b) const {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace syncstore::adapters
