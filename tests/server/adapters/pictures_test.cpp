// Pictures: which addresses are asked, how redirects end, what the reading process may do, what is
// believed of it, and that the folder keeps equal pictures once and unused ones for a while.
#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "server/adapters/crypto/crypto.hpp"
#include "server/adapters/pictures/address_check.hpp"
#include "server/adapters/pictures/confinement.hpp"
#include "server/adapters/pictures/picture_fetcher.hpp"
#include "server/adapters/pictures/picture_folder.hpp"
#include "server/adapters/pictures/picture_worker.hpp"
#include "server/adapters/pictures/vips_library.hpp"
#include "server/adapters/system/engine_thread.hpp"

namespace syncstore::adapters {
namespace {

namespace fs = std::filesystem;
using namespace std::string_view_literals;

TEST(PictureAddresses, OnlyPublicOnesAreAsked) {
  for (const char* open :
       {"1.1.1.1", "8.8.8.8", "93.184.216.34", "100.63.255.255", "100.128.0.0", "172.15.255.255",
        "172.32.0.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",
        "223.255.255.255", "2606:4700::1111", "2a00:1450:4001:800::200e", "2001:4860:4860::8888"}) {
    EXPECT_TRUE(is_public_address(open)) << open;
  }
  for (const char* closed :
       {"0.0.0.0", "0.255.255.255", "10.0.0.1", "10.255.255.255", "100.64.0.0", "100.127.255.255",
        "127.0.0.1", "127.255.255.255", "169.254.169.254", "172.16.0.1", "172.31.255.255",
        "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.0.1", "192.168.255.255", "198.18.0.1",
        "198.19.255.255", "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.255.255.255",
        "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8",
        "::7f00:1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "fc00::1", "fdff::1", "fe80::1",
        "febf::1", "fec0::1", "ff02::1", "2001:db8::1", "2001::1", "2002:7f00:1::1", "3fff::1",
        "4000::1", "localhost", "127.1", "0x7f.0.0.1", ""}) {
    EXPECT_FALSE(is_public_address(closed)) << closed;
  }
}

TEST(PictureKinds, AreKnownByTheirContent) {
  EXPECT_EQ(picture_kind("\xff\xd8\xff\xe0"sv), PictureKind::jpeg);
  EXPECT_EQ(picture_kind("\x89PNG\r\n\x1a\n"sv), PictureKind::png);
  EXPECT_EQ(picture_kind("GIF87a"sv), PictureKind::gif);
  EXPECT_EQ(picture_kind("GIF89a"sv), PictureKind::gif);
  EXPECT_EQ(picture_kind("RIFF\x10\0\0\0WEBPVP8X"sv), PictureKind::webp);
  for (const std::string_view other :
       {""sv, "\xff\xd8"sv, "<svg"sv, "RIFF\x10\0\0\0WAVEfmt "sv, "II*\0"sv, "BM"sv, "%PDF-1.7"sv,
        " \xff\xd8\xff"sv, "\0\0\0 ftypavif"sv}) {
    EXPECT_EQ(picture_kind(other), PictureKind::none) << other;
  }
}

ports::MadePicture small_picture(std::string_view content) {
  ports::MadePicture made;
  made.width = 20;
  made.height = 10;
  for (std::string& size : made.sizes) {
    size = "RIFF\x10\0\0\0WEBPVP8 "sv;
    size += content;
  }
  return made;
}

TEST(PictureWorker, IsBelievedOnlyWhenItsAnswerIsWhole) {
  const std::string answer = worker_answer(small_picture("pixels"));
  const Result<ports::MadePicture> read = read_worker_answer(answer);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->width, 20);
  EXPECT_EQ(read->sizes, small_picture("pixels").sizes);
  for (std::size_t cut = 0; cut < answer.size(); ++cut)
    EXPECT_FALSE(read_worker_answer(answer.substr(0, cut)).ok()) << cut;
  EXPECT_FALSE(read_worker_answer(answer + "x").ok());
  ports::MadePicture script = small_picture("");
  script.sizes[1] = "<script>alert(1)</script>";
  EXPECT_FALSE(read_worker_answer(worker_answer(script)).ok());
  ports::MadePicture huge = small_picture("");
  huge.width = 100'000;
  EXPECT_FALSE(read_worker_answer(worker_answer(huge)).ok());

  const auto told = read_worker_answer(worker_answer(fail(ErrorCode::picture_too_large, "Why")));
  EXPECT_EQ(told.error().code, ErrorCode::picture_too_large);
  EXPECT_EQ(told.error().detail, "Why");
  const auto odd = read_worker_answer(worker_answer(fail(ErrorCode::unavailable, "\xff\x01")));
  EXPECT_EQ(odd.error().code, ErrorCode::unavailable);
  EXPECT_EQ(odd.error().detail, "");
  EXPECT_EQ(read_worker_answer(worker_answer(fail(ErrorCode::unauthorized))).error().code,
            ErrorCode::picture_unreadable);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
// What a process that a picture has taken over would try; the number says which one worked.
int try_everything(int held) {
  if (!confine_process().ok())
    return 1;
  if (::open("/proc/version", O_RDONLY) >= 0)
    return 2;
  if (::socket(AF_INET, SOCK_STREAM, 0) >= 0)
    return 3;
  const pid_t child = ::fork();
  if (child == 0)
    ::_exit(0);
  if (child > 0)
    return 4;
  char* const none[] = {nullptr};
  if (::execve("/proc/self/exe", none, none) == 0 || errno != EPERM)
    return 5;
  if (::write(held, "x", 1) == 1)
    return 6;
  if (::unlink("/nonexistent") == 0 || errno != EPERM)
    return 7;
  if (::kill(::getppid(), 0) == 0)
    return 8;
  bool ran = false;
  std::thread([&ran] { ran = true; }).join();  // the decoders' own threads still begin
  return ran ? 0 : 9;
}

TEST(PictureWorker, MayDoNothingButRead) {
  std::string pattern = (fs::temp_directory_path() / "syncstore-confined-XXXXXX").string();
  const int held = ::mkstemp(pattern.data());
  ASSERT_GE(held, 0);
  EXPECT_EXIT(
      {
        std::signal(SIGXFSZ, SIG_IGN);
        ::_exit(try_everything(held));
      },
      testing::ExitedWithCode(0), "");
  ::close(held);
  EXPECT_EQ(fs::file_size(pattern), 0u);
  fs::remove(pattern);
}
#endif

class PictureFolderTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(folder_.open().ok()); }
  void TearDown() override {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
  }
  std::size_t files() const {
    std::size_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(root_))
      count += entry.is_regular_file() ? 1u : 0u;
    return count;
  }
  static fs::file_time_type in_days(int days) {
    return fs::file_time_type::clock::now() + days * std::chrono::hours(24);
  }
  NativeCrypto crypto_;
  static fs::path new_folder() {
    std::string pattern = (fs::temp_directory_path() / "syncstore-pictures-XXXXXX").string();
    return ::mkdtemp(pattern.data());
  }
  fs::path root_ = new_folder();
  PictureFolder folder_{root_, crypto_};
};

TEST_F(PictureFolderTest, AnEqualPictureIsKeptOnce) {
  const auto first = folder_.keep(small_picture("one"));
  const auto again = folder_.keep(small_picture("one"));
  const auto other = folder_.keep(small_picture("two"));
  ASSERT_TRUE(first.ok() && again.ok() && other.ok());
  EXPECT_EQ(first->hash, again->hash);
  EXPECT_NE(first->hash, other->hash);
  EXPECT_EQ(first->hash.size(), 64u);
  EXPECT_EQ(files(), 6u);
  EXPECT_EQ(*folder_.read(first->hash, 480), small_picture("one").sizes[1]);
  EXPECT_FALSE(folder_.read(first->hash, 481).ok());
  EXPECT_FALSE(folder_.read("../" + first->hash.substr(3), 480).ok());
  EXPECT_FALSE(folder_.read(std::string(64, '0'), 480).ok());
}

TEST_F(PictureFolderTest, WhatIsNotUsedGoesAfterAWhileAndNothingElse) {
  const std::string used = folder_.keep(small_picture("used"))->hash;
  const std::string unused = folder_.keep(small_picture("unused"))->hash;
  EXPECT_EQ(folder_.sweep({used}, in_days(ports::kPictureKeptDays - 1)), 0u);
  EXPECT_TRUE(folder_.read(unused, 96).ok());
  EXPECT_EQ(folder_.sweep({used}, in_days(ports::kPictureKeptDays + 1)), 1u);
  EXPECT_FALSE(folder_.read(unused, 96).ok());
  EXPECT_TRUE(folder_.read(used, 96).ok());
  EXPECT_EQ(files(), 3u);
  // The one in use was seen on that day: its time begins then.
  EXPECT_EQ(folder_.sweep({}, in_days(2 * ports::kPictureKeptDays)), 0u);
  EXPECT_EQ(folder_.sweep({}, in_days(2 * ports::kPictureKeptDays + 3)), 1u);
  EXPECT_EQ(files(), 0u);
}

// Another site: answers each request with what `answers` says about its path.
class OtherSite {
 public:
  explicit OtherSite(std::function<std::string(const std::string& path)> answers)
      : answers_(std::move(answers)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listener_, 8);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~OtherSite() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  int port() const { return port_; }

 private:
  void serve() {
    for (int peer = 0; (peer = ::accept(listener_, nullptr, nullptr)) >= 0; ::close(peer)) {
      std::string head;
      char piece[1'024];
      while (head.find("\r\n\r\n") == std::string::npos) {
        const ssize_t count = ::recv(peer, piece, sizeof piece, 0);
        if (count <= 0)
          break;
        head.append(piece, static_cast<std::size_t>(count));
      }
      const std::size_t from = head.find(' ') + 1;
      const std::string answer = answers_(head.substr(from, head.find(' ', from) - from));
      for (std::size_t sent = 0; sent < answer.size();) {
        const ssize_t count =
            ::send(peer, answer.data() + sent, answer.size() - sent, MSG_NOSIGNAL);
        if (count <= 0)
          break;
        sent += static_cast<std::size_t>(count);
      }
    }
  }

  std::function<std::string(const std::string&)> answers_;
  int listener_;
  int port_ = 0;
  std::thread thread_;
};

class PictureFetching : public PictureFolderTest {
 protected:
  static std::string site(const std::string& path) {
    const std::string head = "HTTP/1.1 ";
    const auto redirect = [&head](const std::string& to) {
      return head + "302 Found\r\nLocation: " + to + "\r\nContent-Length: 3\r\n\r\nabc";
    };
    if (path == "/picture")
      return head + "200 OK\r\nContent-Length: 7\r\n\r\npicture";
    if (path == "/moved")
      return redirect("/picture");
    if (path == "/round")
      return redirect("/round");
    if (path == "/inside")
      return redirect("http://127.0.0.2:1/picture");
    if (path == "/file")
      return redirect("file://pictures/a.jpg");
    if (path == "/large")
      return head + "200 OK\r\nContent-Length: 30000000\r\n\r\nx";
    if (path == "/endless")
      return head + "200 OK\r\n\r\n" + std::string(27'000'000, 'x');
    return head + "404 Not Found\r\nContent-Length: 0\r\n\r\n";
  }
  Status fetch(const std::string& url, FetchOptions options) {
    std::promise<Status> answered;
    PictureFetcher fetcher(scheduler_, std::move(options));
    fetcher.fetch(url, (root_ / "fetched").string(),
                  [&answered](const Status& status) { answered.set_value(status); });
    return answered.get_future().get();
  }
  // Of the other site, whose own address alone is taken for a public one.
  Status fetch(const std::string& path) {
    FetchOptions options;
    options.ports.clear();
    options.is_allowed = [](const sockaddr& address) {
      sockaddr_in v4{};
      std::memcpy(&v4, &address, sizeof v4);
      return v4.sin_addr.s_addr == htonl(INADDR_LOOPBACK);
    };
    return fetch("http://127.0.0.1:" + std::to_string(site_.port()) + path, std::move(options));
  }
  std::string fetched() const {
    std::ifstream file(root_ / "fetched", std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }
  EngineThread scheduler_;
  OtherSite site_{site};
};

TEST_F(PictureFetching, FollowsRedirectsOnlyToWhereItMayAsk) {
  ASSERT_TRUE(fetch("/picture").ok());
  EXPECT_EQ(fetched(), "picture");
  ASSERT_TRUE(fetch("/moved").ok());
  EXPECT_EQ(fetched(), "picture");
  EXPECT_EQ(fetch("/inside").error().code, ErrorCode::address_refused);
  EXPECT_EQ(fetch("/file").error().code, ErrorCode::address_refused);
  EXPECT_EQ(fetch("/round").error().code, ErrorCode::fetch_failed);
  EXPECT_EQ(fetch("/missing").error().code, ErrorCode::fetch_failed);
  EXPECT_EQ(fetch("/large").error().code, ErrorCode::picture_too_large);
  EXPECT_EQ(fetch("/endless").error().code, ErrorCode::picture_too_large);
}

TEST_F(PictureFetching, ANameThatLeadsInsideIsRefusedWhenItIsConnectedTo) {
  const std::string port = std::to_string(site_.port());
  FetchOptions options;
  options.ports.clear();
  options.names = {"pictures.example:" + port + ":127.0.0.1"};
  EXPECT_EQ(fetch("http://pictures.example:" + port + "/picture", options).error().code,
            ErrorCode::address_refused);
  // Other ports than those of the web are not asked at all.
  EXPECT_EQ(fetch("http://pictures.example:" + port + "/picture", {}).error().code,
            ErrorCode::address_refused);
  EXPECT_EQ(fetched(), "");
}

}  // namespace
}  // namespace syncstore::adapters
