// The engine thread, the pool, randomness, hashes, the file cache and the time zones.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <future>

#include "server/adapters/crypto/crypto.hpp"
#include "server/adapters/system/clock.hpp"
#include "server/adapters/system/engine_thread.hpp"
#include "server/adapters/system/file_cache.hpp"
#include "server/adapters/system/process_memory.hpp"
#include "server/adapters/system/time_zones.hpp"

namespace syncstore::test {
namespace {

using adapters::EngineThread;

TEST(EngineThread, RunsWorkOfOneThreadInOrder) {
  EngineThread engine(1, 4);
  std::vector<int> order;
  for (int i = 0; i < 1'000; ++i)
    engine.post([&order, i] { order.push_back(i); });
  engine.run_and_wait([] {});
  ASSERT_EQ(order.size(), 1'000u);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(EngineThread, RunsTimersInOrderOfTheirTimeAndObeysCancel) {
  EngineThread engine(1, 4);
  std::vector<int> order;
  std::promise<void> done;
  ports::TimerId cancelled = 0;
  engine.run_and_wait([&] {
    engine.after(30, [&] { done.set_value(); });
    engine.after(20, [&] { order.push_back(3); });
    engine.after(5, [&] {
      order.push_back(1);
      engine.cancel(cancelled);
    });
    cancelled = engine.after(10, [&] { order.push_back(2); });
    engine.after(0, [&] { order.push_back(0); });
    engine.cancel(999'999);
  });
  done.get_future().wait();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 3}));
}

TEST(EngineThread, EndsAPieceOfWorkBeforeTheNextOneBegins) {
  EngineThread engine;
  std::string order;
  engine.run_and_wait([&] {
    engine.post([&] { order += "next "; });
    engine.after_this([&] {
      order += "end ";
      engine.after_this([&] { order += "of-it "; });
    });
    order += "work ";
  });
  engine.run_and_wait([] {});
  EXPECT_EQ(order, "work end of-it next ");
  engine.after_this([&] { order += "outside "; });
  engine.run_and_wait([] {});
  EXPECT_EQ(order, "work end of-it next outside ");
}

TEST(EngineThread, BoundsItsPool) {
  EngineThread engine(1, 2);
  std::promise<void> gate;
  std::promise<void> started;
  const std::shared_future<void> open = gate.get_future().share();
  std::atomic<int> ran{0};
  EXPECT_TRUE(engine.background([&] {
    started.set_value();
    open.wait();
    ++ran;
  }));
  started.get_future().wait();
  EXPECT_TRUE(engine.background([&] { ++ran; }));
  std::promise<void> last;
  EXPECT_TRUE(engine.background([&] { last.set_value(); }));
  EXPECT_FALSE(engine.background([&] { ++ran; }));
  gate.set_value();
  last.get_future().wait();
  EXPECT_EQ(ran, 2);
}

TEST(EngineThread, DropsWhatComesAfterTheStop) {
  EngineThread engine(1, 2);
  engine.stop();
  auto held = std::make_shared<int>(1);
  engine.post([held] {});
  EXPECT_FALSE(engine.background([held] {}));
  EXPECT_EQ(held.use_count(), 1);
  engine.stop();
}

// Without regard to what else the allocator keeps: what is written to has to be held.
TEST(ProcessMemoryFigures, CountWhatIsHeldAndRememberTheMost) {
  constexpr std::size_t kHeld = 64 * 1'048'576;
  std::string held(kHeld, 'x');
  const adapters::ProcessMemory with = adapters::process_memory();
  EXPECT_EQ(held[kHeld / 2], 'x');
  EXPECT_GE(with.resident_bytes, kHeld);
  EXPECT_GE(with.largest_bytes, with.resident_bytes);
  held = {};
  EXPECT_GE(adapters::process_memory().largest_bytes, kHeld);
}

TEST(SystemRandom, DrawsDifferentBytes) {
  adapters::SystemRandom random;
  EXPECT_EQ(random.bytes(33).size(), 33u);
  EXPECT_NE(random.bytes(16), random.bytes(16));
  EXPECT_NE(random.u64(), random.u64());
}

TEST(SystemClock, TellsTheTimeAndNeverGoesBack) {
  const adapters::SystemClock clock;
  EXPECT_GT(clock.now(), 1'700'000'000'000);
  const auto first = clock.monotonic_us();
  EXPECT_GE(clock.monotonic_us(), first);
}

std::string hex(std::string_view bytes) {
  std::string out;
  char text[3];
  for (const char c : bytes) {
    std::snprintf(text, sizeof text, "%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    out += text;
  }
  return out;
}

TEST(NativeCrypto, HashesAsTheStandardSays) {
  const adapters::NativeCrypto crypto;
  EXPECT_EQ(hex(crypto.sha256("")),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(crypto.sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(crypto.sha256_pair("a", "bc"), crypto.sha256("abc"));
}

TEST(NativeCrypto, KeepsPasswordsAsArgon2id) {
  const adapters::NativeCrypto crypto;
  const std::string encoded = crypto.hash_password("correct horse");
  EXPECT_EQ(encoded.rfind("$argon2id$v=19$m=19456,t=2,p=1$", 0), 0u) << encoded;
  EXPECT_TRUE(crypto.verify_password("correct horse", encoded));
  EXPECT_FALSE(crypto.verify_password("Correct horse", encoded));
  EXPECT_FALSE(crypto.verify_password("correct horse", "nonsense"));
  EXPECT_NE(encoded, crypto.hash_password("correct horse"));
}

TEST(NativeCrypto, ComparesInConstantTimeAndByLength) {
  const adapters::NativeCrypto crypto;
  EXPECT_TRUE(crypto.equal("abc", "abc"));
  EXPECT_FALSE(crypto.equal("abc", "abd"));
  EXPECT_FALSE(crypto.equal("abc", "ab"));
  EXPECT_TRUE(crypto.equal("", ""));
}

class FileCache : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "syncstore-files-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    std::filesystem::create_directories(folder_ + "/assets");
    write("index.html", "<html></html>");
    write("assets/index-a1B2_c3d.js", std::string(1'000, 'x'));
    write("assets/index-a1B2_c3d.js.br", "br");
    write("assets/index-a1B2_c3d.js.gz", "gzip!");
    write("assets/plain.css", "a{}");
    write("assets/plain.css.gz", "larger than what it stands for");
    write("syncstore.wasm", "wasm");
  }
  void TearDown() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  void write(const std::string& name, const std::string& bytes) {
    std::ofstream(folder_ + "/" + name) << bytes;
  }
  std::string folder_;
  adapters::NativeCrypto crypto_;
};

TEST_F(FileCache, ServesFilesWithTypeTagAndCoding) {
  const auto cache = adapters::FileCache::load(folder_, crypto_);
  EXPECT_EQ(cache->size(), 4u);
  const auto page = cache->find("/index.html", "gzip, br");
  ASSERT_TRUE(page.has_value());
  EXPECT_EQ(page->content_type, "text/html; charset=utf-8");
  EXPECT_EQ(page->content_encoding, "");
  EXPECT_FALSE(page->immutable);
  EXPECT_EQ(page->etag.front(), '"');
  const auto brotli = cache->find("/assets/index-a1B2_c3d.js", "gzip, deflate, br");
  EXPECT_EQ(*brotli->body, "br");
  EXPECT_EQ(brotli->content_encoding, "br");
  EXPECT_TRUE(brotli->immutable);
  EXPECT_EQ(cache->find("/assets/index-a1B2_c3d.js", "br;q=0, gzip;q=0.5")->content_encoding,
            "gzip");
  const auto plain = cache->find("/assets/index-a1B2_c3d.js", "");
  EXPECT_EQ(plain->body->size(), 1'000u);
  EXPECT_NE(plain->etag, brotli->etag);
  EXPECT_EQ(cache->find("/assets/plain.css", "gzip")->content_encoding, "");
  EXPECT_FALSE(cache->find("/assets/plain.css", "gzip")->immutable);
  EXPECT_EQ(cache->find("/syncstore.wasm", "")->content_type, "application/wasm");
}

TEST_F(FileCache, KnowsNothingElse) {
  const auto cache = adapters::FileCache::load(folder_, crypto_);
  for (const char* path :
       {"/", "/nothing", "/assets/index-a1B2_c3d.js.br", "/../etc/passwd", "index.html"}) {
    EXPECT_FALSE(cache->find(path, "").has_value()) << path;
  }
  EXPECT_EQ(adapters::FileCache::load(folder_ + "/nowhere", crypto_)->size(), 0u);
}

TEST(TimeZones, AreThoseOfTheSystem) {
  for (const char* name :
       {"Europe/London", "America/New_York", "UTC", "America/Argentina/Buenos_Aires"}) {
    EXPECT_TRUE(adapters::time_zone_exists(name)) << name;
  }
  for (const char* name : {"", "Europe", "Europe/Nowhere", "../../../etc/passwd", "/etc/localtime",
                           "Europe/London\n"}) {
    EXPECT_FALSE(adapters::time_zone_exists(name)) << name;
  }
}

}  // namespace
}  // namespace syncstore::test
