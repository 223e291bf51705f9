#include "server/adapters/crypto/local_certificate.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <memory>

namespace syncstore::adapters {
namespace {

constexpr int kDays = 365;
constexpr int kRenewDays = 30;
constexpr std::size_t kAddresses = 32;

template <class T, void (*Free)(T*)>
struct Freer {
  void operator()(T* object) const { Free(object); }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509, X509_free>>;
struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, FileCloser>;

// "DNS:localhost,IP:127.0.0.1,...", sorted, so that it can be compared.
std::string alternative_names() {
  std::vector<std::string> names{"DNS:localhost", "IP:127.0.0.1", "IP:::1"};
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) == 0 && host[0] != '\0') {
    const std::string name = host.data();
    const bool safe = std::all_of(name.begin(), name.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '-' || c == '.';
    });
    if (safe && name != "localhost")
      names.push_back("DNS:" + name);
  }
  ifaddrs* interfaces = nullptr;
  if (::getifaddrs(&interfaces) == 0) {
    for (const ifaddrs* it = interfaces; it != nullptr && names.size() < kAddresses;
         it = it->ifa_next) {
      if (it->ifa_addr == nullptr || (it->ifa_flags & IFF_LOOPBACK) != 0)
        continue;
      std::array<char, INET6_ADDRSTRLEN> text{};
      const int family = it->ifa_addr->sa_family;
      const void* address = nullptr;
      if (family == AF_INET)
        address = &reinterpret_cast<const sockaddr_in*>(it->ifa_addr)->sin_addr;
      if (family == AF_INET6)
        address = &reinterpret_cast<const sockaddr_in6*>(it->ifa_addr)->sin6_addr;
      if (address == nullptr || ::inet_ntop(family, address, text.data(), text.size()) == nullptr)
        continue;
      names.push_back(std::string("IP:") + text.data());
    }
    ::freeifaddrs(interfaces);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::string joined;
  for (const std::string& name : names)
    joined += (joined.empty() ? "" : ",") + name;
  return joined;
}

std::string fingerprint_of(X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  X509_digest(certificate, EVP_sha256(), digest.data(), &size);
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  for (unsigned i = 0; i < size; ++i) {
    if (i > 0)
      text.push_back(':');
    text.push_back(kDigits[digest[i] >> 4]);
    text.push_back(kDigits[digest[i] & 15]);
  }
  return text;
}

// The names are kept beside the certificate as its comment, which is simpler to compare than the
// extension.
std::string names_comment(const std::string& names) { return "made for " + names; }

bool still_good(const LocalCertificate& local, const std::string& names, std::string& fingerprint) {
  const File file(std::fopen(local.certificate_file.c_str(), "r"));
  if (file == nullptr || ::access(local.key_file.c_str(), R_OK) != 0)
    return false;
  std::string first_line;
  for (int c = std::fgetc(file.get()); c != EOF && c != '\n' && first_line.size() < 4'096;
       c = std::fgetc(file.get())) {
    first_line.push_back(static_cast<char>(c));
  }
  if (first_line != names_comment(names))
    return false;
  const Certificate certificate(PEM_read_X509(file.get(), nullptr, nullptr, nullptr));
  if (certificate == nullptr)
    return false;
  std::time_t limit = std::time(nullptr) + kRenewDays * 86'400;
  if (X509_cmp_time(X509_get0_notAfter(certificate.get()), &limit) < 0)
    return false;
  fingerprint = fingerprint_of(certificate.get());
  return true;
}

bool add_extension(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  if (extension == nullptr)
    return false;
  const bool added = X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

Certificate make_certificate(EVP_PKEY* key, const std::string& names) {
  Certificate certificate(X509_new());
  X509* const x509 = certificate.get();
  X509_set_version(x509, X509_VERSION_3);
  std::array<unsigned char, 16> serial{};
  if (RAND_bytes(serial.data(), static_cast<int>(serial.size())) != 1)
    return nullptr;
  serial[0] &= 0x7Fu;
  BIGNUM* const number = BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x509));
  BN_free(number);
  X509_gmtime_adj(X509_getm_notBefore(x509), -3'600);  // a client's clock may be behind
  X509_gmtime_adj(X509_getm_notAfter(x509), static_cast<long>(kDays) * 86'400);
  X509_set_pubkey(x509, key);
  X509_NAME* const subject = X509_get_subject_name(x509);
  const auto common = std::string("SyncStore on this machine");
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(common.c_str()), -1, -1, 0);
  X509_set_issuer_name(x509, subject);
  const bool ok = add_extension(x509, NID_basic_constraints, "critical,CA:FALSE") &&
                  add_extension(x509, NID_key_usage, "critical,digitalSignature") &&
                  add_extension(x509, NID_ext_key_usage, "serverAuth") &&
                  add_extension(x509, NID_subject_alt_name, names) &&
                  X509_sign(x509, key, EVP_sha256()) > 0;
  return ok ? std::move(certificate) : nullptr;
}

File create_private(const std::string& path) {
  std::remove(path.c_str());
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  return File(descriptor < 0 ? nullptr : ::fdopen(descriptor, "w"));
}

}  // namespace

Result<LocalCertificate> local_certificate(const std::string& directory) {
  LocalCertificate local;
  local.certificate_file = directory + "/tls-local.crt";
  local.key_file = directory + "/tls-local.key";
  const std::string names = alternative_names();
  if (still_good(local, names, local.fingerprint))
    return local;

  const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  const Certificate certificate = key != nullptr ? make_certificate(key.get(), names) : nullptr;
  if (certificate == nullptr)
    return fail(ErrorCode::internal, "The local certificate could not be made.");
  {
    const File key_file = create_private(local.key_file);
    const File certificate_file = create_private(local.certificate_file);
    if (key_file == nullptr || certificate_file == nullptr) {
      return fail(ErrorCode::read_only_directory,
                  "The local certificate cannot be written to " + directory + ".");
    }
    std::fprintf(certificate_file.get(), "%s\n", names_comment(names).c_str());
    if (PEM_write_PrivateKey(key_file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
            1 ||
        PEM_write_X509(certificate_file.get(), certificate.get()) != 1) {
      return fail(ErrorCode::internal, "The local certificate could not be written.");
    }
  }
  local.fingerprint = fingerprint_of(certificate.get());
  local.made = true;
  return local;
}

}  // namespace syncstore::adapters
