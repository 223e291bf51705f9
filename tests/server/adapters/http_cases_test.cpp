#include "tests/server/adapters/http_cases.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <thread>

#include "tests/server/adapters/network_fixture.hpp"

namespace syncstore::test {
namespace {

std::string category_of(const std::string& id) {
  const std::string head = id.substr(0, id.find('-'));
  return head.starts_with("RFC") ? "COMP" : head;
}

class HttpCategory : public NetworkTest, public testing::WithParamInterface<const char*> {
 protected:
  void run(const HttpCase& each) {
    const int before = handler_.handled;
    RawClient client(port());
    // In a thread of its own: what a case sends may be more than both ends buffer.
    std::thread writer([&] { client.send(each.bytes); });
    const bool closes_first = each.answers.size() == 1 && each.after == After::closed;
    for (std::size_t i = 0; i < each.answers.size(); ++i) {
      const RawAnswer answer = client.read_answer(each.bytes.starts_with("HEAD"));
      EXPECT_EQ(answer.status, each.answers[i]) << "answer " << i << "\n" << answer.head;
      EXPECT_NE(answer.header("date"), "");
      EXPECT_TRUE(answer.status < 400 || answer.header("connection") == "close");
      EXPECT_TRUE(answer.status != 405 || answer.header("allow") != "");
      EXPECT_TRUE(i > 0 || each.body.empty() || answer.body == each.body) << answer.body;
      if (i == 0 && !each.then.empty() && !closes_first)
        client.send(each.then);
    }
    writer.join();
    if (closes_first)
      client.send(each.then);
    end(client, each.after);
    const auto passed = std::count(each.answers.begin(), each.answers.end(), 200);
    EXPECT_EQ(handler_.handled - before, passed + (each.after == After::open ? 1 : 0))
        << "requests that reached the handler";
  }

  static void end(RawClient& client, After after) {
    switch (after) {
      case After::open: {
        client.send("GET /last HTTP/1.1\r\nHost: a\r\n\r\n");
        const RawAnswer last = client.read_answer();
        EXPECT_EQ(last.status, 200);
        EXPECT_EQ(last.body, "GET /last from 127.0.0.1");
        return;
      }
      case After::waits:
        client.shutdown_send();
        [[fallthrough]];
      case After::closed:
        EXPECT_EQ(client.read_exactly(1), "") << "nothing follows";
        EXPECT_TRUE(client.closed_by_peer());
    }
  }
};

TEST_P(HttpCategory, AnswersAsTheListSays) {
  start();
  int ran = 0;
  for (const HttpCase& each : http_cases()) {
    if (category_of(each.id) != GetParam())
      continue;
    SCOPED_TRACE(each.id);
    run(each);
    ++ran;
  }
  EXPECT_GT(ran, 0);
}

std::string category_name(const testing::TestParamInfo<const char*>& info) {
  const std::map<std::string_view, std::string> names = {{"COMP", "Compliance"},
                                                         {"SMUG", "Smuggling"},
                                                         {"MAL", "Malformed"},
                                                         {"NORM", "Normalisation"}};
  return names.at(info.param);
}

INSTANTIATE_TEST_SUITE_P(Http11Probe, HttpCategory, testing::Values("COMP", "SMUG", "MAL", "NORM"),
                         category_name);

// 76, 87, 26 and 5 in that suite; eight of its first category are about the product behind the
// gate.
TEST(HttpCaseList, HasTheCasesOfTheSuite) {
  std::map<std::string, int> counts;
  std::map<std::string, int> ids;
  std::map<std::string, int> tolerated;
  for (const HttpCase& each : http_cases()) {
    ++counts[category_of(each.id)];
    EXPECT_EQ(++ids[each.id], 1) << each.id;
    if (each.tolerated && each.scored)
      ++tolerated[each.id];
  }
  const std::map<std::string, int> expected = {
      {"COMP", 68}, {"SMUG", 87}, {"MAL", 26}, {"NORM", 5}};
  EXPECT_EQ(counts, expected);
  // Scored there, and read leniently here because the standard says so.
  const std::map<std::string, int> lenient = {{"COMP-LEADING-CRLF", 1},
                                              {"MAL-CL-TAB-BEFORE-VALUE", 1},
                                              {"SMUG-CL-EXTRA-LEADING-SP", 1},
                                              {"SMUG-CL-TRAILING-SPACE", 1}};
  EXPECT_EQ(tolerated, lenient);
}

}  // namespace
}  // namespace syncstore::test
