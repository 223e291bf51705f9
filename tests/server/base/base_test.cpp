// Settings, log and metrics.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/base/json.hpp"
#include "server/base/config.hpp"
#include "server/base/log.hpp"
#include "server/base/metrics.hpp"

namespace syncstore {
namespace {

ServerConfig read(const ConfigLayers& layers, std::size_t faults_expected = 0) {
  std::vector<std::string> faults;
  ServerConfig config = read_config(layers, faults);
  std::string all;
  for (const std::string& fault : faults)
    all += fault + "\n";
  EXPECT_EQ(faults.size(), faults_expected) << all;
  return config;
}

TEST(Config, HasDefaultsThatAreSafe) {
  const ServerConfig config = read({.flags = {{"data", {"d"}}}});
  EXPECT_EQ(config.listen_address, "127.0.0.1");
  EXPECT_EQ(config.listen_port, 8080);
  EXPECT_EQ(config.rate_limit, 100);
  EXPECT_EQ(config.tls, TlsMode::off);
  EXPECT_FALSE(config.demo);
}

TEST(Config, AFlagWinsOverTheEnvironmentAndThatOverTheFile) {
  ConfigLayers layers{
      {{"data", {"d"}}}, {{"rate-limit", {"20"}}}, {{"rate-limit", {"10"}}, {"log", {"json"}}}};
  EXPECT_EQ(read(layers).rate_limit, 20);
  EXPECT_EQ(read(layers).log, LogFormat::json);
  layers.flags["rate-limit"] = {"30/min"};
  layers.flags["log"] = {"text"};
  EXPECT_EQ(read(layers).rate_limit, 30);
  EXPECT_EQ(read(layers).log, LogFormat::text);
}

TEST(Config, ReadsTheEnvironment) {
  const char* const environment[] = {
      "SYNCSTORE_DATA=/srv",
      "SYNCSTORE_PUBLIC_URL=https://shop.example.com/",
      "SYNCSTORE_ALLOWED_ORIGIN=https://a.example.com https://b.example.com",
      "SYNCSTORE_DEMO=true",
      "SYNCSTORE_TLS=",
      "PORT=9000",
      "SYNCSTORE_UNHEARD_OF=1",
      "NOTHING",
      nullptr};
  const ServerConfig config = read({.environment = environment_layer(environment)});
  EXPECT_EQ(config.data, "/srv");
  EXPECT_EQ(config.public_url, "https://shop.example.com");
  EXPECT_EQ(config.allowed_origins.size(), 2u);
  EXPECT_TRUE(config.demo);
  EXPECT_EQ(config.tls, TlsMode::off);
  EXPECT_EQ(config.listen_port, 9000);
}

TEST(Config, PortIsWeakerThanListenOfTheSameStrength) {
  ConfigLayers layers{{{"data", {"d"}}}, {{"port", {"9000"}}}, {{"listen", {"0.0.0.0:7000"}}}};
  EXPECT_EQ(read(layers).listen_address, "0.0.0.0");
  EXPECT_EQ(read(layers).listen_port, 9000);
  layers.environment["listen"] = {"127.0.0.1:7001"};
  EXPECT_EQ(read(layers).listen_port, 7001);
  layers.flags["listen"] = {"[::1]:7002"};
  EXPECT_EQ(read(layers).listen_address, "::1");
  EXPECT_EQ(read(layers).listen_port, 7002);
}

TEST(Config, NamesAllFaultsAtOnce) {
  std::vector<std::string> faults;
  static_cast<void>(
      read_config({.flags = {{"listen", {"nonsense"}},
                             {"rate-limit", {"many"}},
                             {"log", {"loud"}},
                             {"public-url", {"shop.example.com"}},
                             {"tls-cert", {"a.pem"}},
                             {"demo", {"perhaps"}}},
                   .environment = {{"allowed-origin", {"https://a.example.com/path"}}}},
                  faults));
  EXPECT_EQ(faults.size(), 8u);
  const auto named = [&](std::string_view word) {
    return std::any_of(faults.begin(), faults.end(), [&](const std::string& fault) {
      return fault.find(word) != std::string::npos;
    });
  };
  for (const char* word : {"--data", "--listen", "--rate-limit", "--log", "--public-url",
                           "--tls-key", "--demo", "SYNCSTORE_ALLOWED_ORIGIN", "nonsense"}) {
    EXPECT_TRUE(named(word)) << word;
  }
}

TEST(Config, NumbersKeepWithinTheirBounds) {
  const ServerConfig config = read({.flags = {{"data", {"d"}},
                                              {"backup-every", {"6"}},
                                              {"backup-time", {"23:59"}},
                                              {"backup-keep", {"3650"}},
                                              {"log-size", {"1"}},
                                              {"log-files", {"100"}}}});
  EXPECT_EQ(config.backup.every_hours, 6);
  EXPECT_EQ(config.backup.minute_of_day, 23 * 60 + 59);
  EXPECT_EQ(config.backup.keep_days, 3'650);
  EXPECT_EQ(config.log_file.bytes, 1'000'000u);
  EXPECT_EQ(config.log_file.files, 100u);
  EXPECT_EQ(read({.flags = {{"data", {"d"}}, {"backup-every", {"0"}}}}).backup.every_hours, 0);
  for (const auto& [name, value] : std::map<std::string, std::string>{{"backup-every", "169"},
                                                                      {"backup-keep", "0"},
                                                                      {"backup-time", "24:00"},
                                                                      {"log-size", "1025"},
                                                                      {"log-files", "-1"},
                                                                      {"rate-limit", "5/hour"}}) {
    read({.flags = {{"data", {"d"}}, {name, {value}}}}, 1);
  }
}

TEST(Config, TlsIsLocalOrOfFilesButNotBoth) {
  EXPECT_EQ(read({.flags = {{"data", {"d"}}, {"tls", {"local"}}}}).tls, TlsMode::local);
  EXPECT_EQ(read({.flags = {{"data", {"d"}}, {"tls-cert", {"c"}}, {"tls-key", {"k"}}}}).tls,
            TlsMode::files);
  read({.flags = {{"data", {"d"}}, {"tls", {"local"}}, {"tls-cert", {"c"}}, {"tls-key", {"k"}}}},
       1);
  read({.flags = {{"data", {"d"}}, {"tls", {"global"}}}}, 1);
}

TEST(Log, WritesJsonThatParsesWhateverItIsGiven) {
  std::string out;
  Log log(
      LogFormat::json, [] { return TimeMs{1'795'000'000'123}; },
      [&](std::string_view line) { out += line; });
  log.info("request", {{"path", "/a\"b\n2026 error fake"}, {"status", std::int64_t{200}}});
  ASSERT_EQ(std::count(out.begin(), out.end(), '\n'), 1);
  const auto parsed = Json::parse(out.substr(0, out.size() - 1), 10'000);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->find("time")->text(), "2026-11-18T11:06:40.123Z");
  EXPECT_EQ(parsed->find("event")->text(), "request");
  EXPECT_EQ(parsed->find("path")->text(), "/a\"b\n2026 error fake");
  EXPECT_EQ(parsed->find("status")->integer(), 200);
}

TEST(Log, ATextLineCannotBeSplitByAValue) {
  std::string out;
  Log log(
      LogFormat::text, [] { return TimeMs{0}; }, [&](std::string_view line) { out += line; });
  log.warn("request", {{"path", "/a b\r\nfake=1"}, {"plain", "value"}, {"none", ""}});
  EXPECT_EQ(
      out,
      "1970-01-01T00:00:00.000Z warn request path=\"/a b\\r\\nfake=1\" plain=value none=\"\"\n");
}

TEST(Log, LeavesOutWhatIsBelowItsLevel) {
  std::string out;
  Log log(
      LogFormat::text, [] { return TimeMs{0}; }, [&](std::string_view line) { out += line; });
  log.write(LogLevel::debug, "chatter");
  EXPECT_EQ(out, "");
  log.set_least(LogLevel::error);
  log.warn("less");
  EXPECT_EQ(out, "");
}

TEST(Metrics, RendersCountersGaugesAndHistograms) {
  Metrics metrics;
  Counter& good = metrics.counter("syncstore_requests_total", "Requests.", "status=\"2xx\"");
  metrics.gauge("syncstore_links", "Links.", [] { return 2.5; });
  Counter& bad = metrics.counter("syncstore_requests_total", "Requests.", "status=\"5xx\"");
  Histogram& times = metrics.histogram("syncstore_request_duration_seconds", "Times.");
  good.add(3);
  bad.add();
  times.observe_us(4'000);
  times.observe_us(60'000);
  times.observe_us(20'000'000);
  EXPECT_EQ(times.count(), 3u);
  const std::string text = metrics.render();
  EXPECT_EQ(
      text.find(
          "# HELP syncstore_requests_total Requests.\n# TYPE syncstore_requests_total counter\n"
          "syncstore_requests_total{status=\"2xx\"} 3\nsyncstore_requests_total{status=\"5xx\"} "
          "1\n"),
      0u)
      << text;
  EXPECT_NE(text.find("# TYPE syncstore_links gauge\nsyncstore_links 2.5\n"), std::string::npos);
  EXPECT_NE(text.find("syncstore_request_duration_seconds_bucket{le=\"0.005\"} 1\n"),
            std::string::npos);
  EXPECT_NE(text.find("syncstore_request_duration_seconds_bucket{le=\"10\"} 2\n"),
            std::string::npos);
  EXPECT_NE(text.find("syncstore_request_duration_seconds_bucket{le=\"+Inf\"} 3\n"),
            std::string::npos);
  EXPECT_NE(text.find("syncstore_request_duration_seconds_sum 20.064\n"), std::string::npos);
}

}  // namespace
}  // namespace syncstore
