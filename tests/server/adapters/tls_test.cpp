// TLS on the port, with the certificate that the server makes for its own machine.
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>

#include "server/adapters/crypto/local_certificate.hpp"
#include "tests/server/adapters/network_fixture.hpp"
#include "tests/server/adapters/socket_client.hpp"

namespace syncstore::test {
namespace {

// A blocking TLS client that trusts one certificate file.
class TlsClient {
 public:
  TlsClient(std::uint16_t port, const std::string& trusted, int max_version = TLS1_3_VERSION)
      : context_(SSL_CTX_new(TLS_client_method())),
        descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    SSL_CTX_set_max_proto_version(context_, max_version);
    SSL_CTX_set_security_level(context_, 0);  // so that old versions are offered at all
    SSL_CTX_load_verify_file(context_, trusted.c_str());
    SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
    ssl_ = SSL_new(context_);
    X509_VERIFY_PARAM_set1_host(SSL_get0_param(ssl_), "localhost", 0);
    SSL_set_fd(ssl_, descriptor_);
    connected_ = SSL_connect(ssl_) == 1;
  }
  ~TlsClient() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
    ::close(descriptor_);
  }
  bool connected() const { return connected_; }
  std::string version() const { return SSL_get_version(ssl_); }
  void send(const std::string& bytes) {
    SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()));
  }
  std::string read_until(const std::string& end) {
    std::string out;
    std::string buffer(65'536, '\0');
    while (out.find(end) == std::string::npos) {
      const int got = SSL_read(ssl_, buffer.data(), static_cast<int>(buffer.size()));
      if (got <= 0)
        break;
      out.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return out;
  }

 private:
  SSL_CTX* context_;
  SSL* ssl_ = nullptr;
  int descriptor_;
  bool connected_ = false;
};

class Tls : public NetworkTest {
 protected:
  void SetUp() override {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "syncstore-tls-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
    auto made = adapters::local_certificate(directory_);
    ASSERT_TRUE(made.ok());
    local_ = *made;
  }
  void TearDown() override {
    NetworkTest::TearDown();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  void start_tls() {
    adapters::NetworkOptions options;
    options.tls_certificate_file = local_.certificate_file;
    options.tls_key_file = local_.key_file;
    start(std::move(options));
  }
  std::string directory_;
  adapters::LocalCertificate local_;
};

TEST_F(Tls, TheLocalCertificateIsMadeOnceAndPrivate) {
  EXPECT_TRUE(local_.made);
  EXPECT_EQ(local_.fingerprint.size(), 95u);
  const auto again = adapters::local_certificate(directory_);
  ASSERT_TRUE(again.ok());
  EXPECT_FALSE(again->made);
  EXPECT_EQ(again->fingerprint, local_.fingerprint);
  EXPECT_EQ(std::filesystem::status(local_.key_file).permissions() & std::filesystem::perms::mask,
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(Tls, AnswersOverTls13And12ButNothingOlder) {
  start_tls();
  for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
    TlsClient client(port(), local_.certificate_file, version);
    ASSERT_TRUE(client.connected());
    client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_NE(client.read_until("secure").find("GET /a from 127.0.0.1 secure"), std::string::npos);
  }
  TlsClient old(port(), local_.certificate_file, TLS1_1_VERSION);
  EXPECT_FALSE(old.connected());
}

TEST_F(Tls, CarriesLargeBodiesAndSockets) {
  start_tls();
  TlsClient upload(port(), local_.certificate_file);
  upload.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n");
  upload.send(std::string(3'000'000, 'x'));
  EXPECT_NE(upload.read_until("3000000").find("201 Created"), std::string::npos);

  TlsClient socket(port(), local_.certificate_file);
  socket.send(
      "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: "
      "websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: x.json\r\n\r\n");
  EXPECT_NE(socket.read_until("\r\n\r\n").find("101"), std::string::npos);
  const std::string large(300'000, 'y');
  socket.send(make_frame(1, large) + make_frame(1, "the end"));
  const std::string echoed = socket.read_until("the end");
  EXPECT_GE(echoed.size(), large.size());
  socket.send(make_frame(1, "close 4401"));
  EXPECT_NE(socket.read_until("as asked").find("bye"), std::string::npos);
}

TEST_F(Tls, APlainRequestOnATlsPortIsDropped) {
  start_tls();
  RawClient client(port());
  client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(client.closed_by_peer());
  EXPECT_EQ(handler_.handled, 0);
  EXPECT_TRUE(eventually([&] { return server_->open_connections() == 0; }));
}

TEST_F(Tls, ReloadsItsCertificateWithoutDroppingAnybody) {
  start_tls();
  TlsClient before(port(), local_.certificate_file);
  ASSERT_TRUE(before.connected());
  std::filesystem::remove(local_.key_file);
  EXPECT_FALSE(server_->reload_certificate().ok());  // the old one stays in use
  ASSERT_TRUE(adapters::local_certificate(directory_)->made);
  EXPECT_TRUE(server_->reload_certificate().ok());
  TlsClient after(port(), local_.certificate_file);
  EXPECT_TRUE(after.connected());
  before.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(before.read_until("secure").find("200 OK"), std::string::npos);
}

TEST_F(Tls, SaysWhatIsWrongWithACertificate) {
  adapters::NetworkOptions options;
  options.port = 0;
  options.tls_certificate_file = directory_ + "/nothing.crt";
  options.tls_key_file = local_.key_file;
  adapters::EngineThread engine(1, 1);
  const auto started = adapters::NetworkServer::start(std::move(options), engine, handler_, links_);
  ASSERT_FALSE(started.ok());
  EXPECT_NE(started.error().detail.find("nothing.crt"), std::string::npos);
}

}  // namespace
}  // namespace syncstore::test
