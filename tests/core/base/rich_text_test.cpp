#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "core/base/limits.hpp"
#include "core/base/text.hpp"
#include "tests/core/support/random_text.hpp"

namespace syncstore {
namespace {

using testing::Random;
using testing::random_text;

const std::vector<std::string> kPlainTags = {"p",  "b",  "strong", "i",  "em", "u",  "ul", "ol",
                                             "li", "h1", "h2",     "h3", "h4", "h5", "h6"};

// What is wrong with a cleaned fragment, by a grammar of its own; empty = nothing. Everything that
// a browser could take for markup must be one of the allowed tags, written in the one way that we
// write them, and closed in order.
std::string complaint_about(std::string_view html) {
  std::vector<std::string> open;
  for (std::size_t at = html.find('<'); at != std::string_view::npos; at = html.find('<', at + 1)) {
    const std::string_view rest = html.substr(at + 1);
    if (rest.empty()) {
      return "bare < at the end";
    }
    if (std::string_view(" \n=0123456789").find(rest[0]) != std::string_view::npos) {
      continue;
    }
    const std::size_t end = rest.find('>');
    if (end == std::string_view::npos) {
      return "unclosed tag";
    }
    const std::string tag(rest.substr(0, end));
    const bool closes = tag.starts_with('/');
    const std::string name = closes ? tag.substr(1) : tag;
    if (tag == "br") {
      continue;
    }
    if (tag.starts_with("a href=\"")) {
      const std::string address = tag.substr(8, tag.size() - 9);
      const bool known = fold_case(address).starts_with("http://") ||
                         fold_case(address).starts_with("https://") ||
                         fold_case(address).starts_with("mailto:");
      if (!known || !tag.ends_with('"') ||
          address.find_first_of("\"<> \n\t") != std::string::npos) {
        return "link: " + tag;
      }
      open.push_back("a");
    } else if (closes && !open.empty() && open.back() == name) {
      open.pop_back();
    } else if (!closes &&
               std::find(kPlainTags.begin(), kPlainTags.end(), name) != kPlainTags.end()) {
      open.push_back(name);
    } else {
      return "tag: " + tag;
    }
    if (open.size() > limits::kRichTextDepth) {
      return "too deep";
    }
  }
  return open.empty() ? "" : "left open: " + open.back();
}

void expect_clean(const std::string& html) {
  const std::string once = clean_rich_text(html);
  EXPECT_EQ(complaint_about(once), "") << html << "\n-> " << once;
  EXPECT_EQ(clean_rich_text(once), once) << html;
  EXPECT_TRUE(is_valid_utf8(once)) << html;
  EXPECT_EQ(to_nfc(once), once) << html;
  EXPECT_EQ(normalise_text(once), once) << html;
}

TEST(RichText, EveryXssPayloadComesOutHarmless) {
  std::ifstream file(std::string(SYNCSTORE_TESTS_DIR) + "/core/base/xss_payloads.txt");
  ASSERT_TRUE(file.is_open());
  int payloads = 0;
  for (std::string line; std::getline(file, line);) {
    // "\n", "\t", "\r" and "\0" in the file stand for the bytes.
    std::string payload;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const std::size_t which = line[i] == '\\' && i + 1 < line.size()
                                    ? std::string_view("ntr0").find(line[i + 1])
                                    : std::string_view::npos;
      if (which == std::string_view::npos) {
        payload.push_back(line[i]);
      } else {
        payload.push_back("\n\t\r\0"[which]);
        ++i;
      }
    }
    ++payloads;
    expect_clean(payload);
    expect_clean("before " + payload + " after");
    expect_clean("<p>" + payload + "</p>");
    expect_clean("<ul><li><a href=\"https://example.com\">" + payload);
  }
  EXPECT_GE(payloads, 60);
}

TEST(RichText, PlainTextStaysItself) {
  for (const std::string text :
       {"", "Mug, 300 ml", "Tom & Jerry", "a < b > c & d", "3 <5 <= 6", "R&D; AT&",
        "\"quotes\" 'too'", "two\nlines", "caf\xC3\xA9 \xE2\x82\xAC", "100% >> 50%"}) {
    if (text == "R&D; AT&") {
      EXPECT_EQ(clean_rich_text(text), "R&amp;D; AT&");  // could begin a named character
      continue;
    }
    EXPECT_EQ(clean_rich_text(text), text);
  }
}

TEST(RichText, KeepsTheAllowedElements) {
  for (const std::string html :
       {"<p>a <b>b</b> <strong>c</strong> <i>d</i> <em>e</em> <u>f</u><br>g</p>",
        "<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>", "<h1>a</h1><h6>b</h6>",
        "<a href=\"https://example.com/?a=1&amp;b=2\">x</a>",
        "<a href=\"mailto:a@example.com\">x</a>", "a<br>b"}) {
    EXPECT_EQ(clean_rich_text(html), html);
  }
}

TEST(RichText, DropsWhatIsNotAllowed) {
  EXPECT_EQ(clean_rich_text("a<script>alert(1)</script>b"), "ab");
  EXPECT_EQ(clean_rich_text("a<style>p{}</style>b<!-- c -->d"), "abd");
  EXPECT_EQ(clean_rich_text("<span style=\"color:red\">a</span><div class=x>b</div>"), "ab");
  EXPECT_EQ(clean_rich_text("<P CLASS=\"x\" onclick=\"y\">a</P>"), "<p>a</p>");
  EXPECT_EQ(clean_rich_text("<a href=\"javascript:alert(1)\">a</a>"), "a");
  EXPECT_EQ(clean_rich_text("<a>a</a><a href=''>b</a>"), "ab");
  EXPECT_EQ(clean_rich_text("<img src=x onerror=alert(1)>a"), "a");
  EXPECT_EQ(clean_rich_text("<p>a<br/>b<br />c</p>"), "<p>a<br>b<br>c</p>");
  EXPECT_EQ(clean_rich_text("<!DOCTYPE html><?xml?><![CDATA[x]]>a</>b"), "ab");
  EXPECT_EQ(clean_rich_text("a<script>never closed"), "a");
  EXPECT_EQ(clean_rich_text("a<!-- never closed"), "a");
  EXPECT_EQ(clean_rich_text("a <b never closed"), "a &lt;b never closed");
}

TEST(RichText, RepairsNesting) {
  EXPECT_EQ(clean_rich_text("<p>a<p>b"), "<p>a</p><p>b</p>");
  EXPECT_EQ(clean_rich_text("<b>a<i>b</b>c</i>"), "<b>a<i>b</i></b>c");
  EXPECT_EQ(clean_rich_text("<ul><li>a<li>b</ul>"), "<ul><li>a</li><li>b</li></ul>");
  EXPECT_EQ(clean_rich_text("<li>a</li>"), "a");
  EXPECT_EQ(clean_rich_text("<p>a<ul><li>b</ul>c</p>"), "<p>a</p><ul><li>b</li></ul>c");
  EXPECT_EQ(clean_rich_text("<a href=https://a.example>x<a href=https://b.example>y"),
            "<a href=\"https://a.example\">x</a><a href=\"https://b.example\">y</a>");
  EXPECT_EQ(clean_rich_text("</p></b>a"), "a");
  std::string deep;
  for (int i = 0; i < 1'000; ++i) {
    deep += "<b>";
  }
  expect_clean(deep + "x");
}

TEST(RichText, NormalisesCharacters) {
  EXPECT_EQ(clean_rich_text("&lt;b&gt; &amp;amp; &copy; &#233; &#xE9; &apos;"),
            "&lt;b> &amp;amp; \xC2\xA9 \xC3\xA9 \xC3\xA9 '");
  EXPECT_EQ(clean_rich_text("&unknown; &#xZZ; &#; &;"), "&amp;unknown; &amp;#xZZ; &amp;#; &;");
  EXPECT_EQ(clean_rich_text("x&#0;&#xD800;&#x110000;"), "x\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(clean_rich_text("e&#x301; e<span>&#x301;</span>"), "\xC3\xA9 \xC3\xA9");
  EXPECT_EQ(clean_rich_text("<b>&#x338;x</b>"), "<b>&#824;x</b>");
  EXPECT_EQ(clean_rich_text("<b>\xCC\xB8x</b>"), "<b>&#824;x</b>");
  EXPECT_EQ(clean_rich_text("&nbsp;<p>a</p>&nbsp;"), "<p>a</p>");
  EXPECT_EQ(clean_rich_text("a < \xC2\xA0"), "a &lt;");
}

TEST(RichText, LinksKeepSafeAddressesOnly) {
  EXPECT_EQ(clean_rich_text("<a href=' HTTPS://Example.com/a b '>x</a>"),
            "<a href=\"HTTPS://Example.com/a%20b\">x</a>");
  for (const std::string& address : std::vector<std::string>{
           "javascript:alert(1)", "java&#10;script:alert(1)", "&#106;avascript:alert(1)",
           "//evil.example", "/relative", "data:text/html,x", "vbscript:x", "http:/one",
           "https:\\\\evil.example", "https://a.example/`x`", "ftp://a.example", "#x", "", " ",
           "https", "http://" + std::string(3'000, 'x')}) {
    EXPECT_EQ(clean_rich_text("<a href=\"" + address + "\">x</a>"), "x") << address;
  }
}

std::string random_markup(Random& random) {
  static const std::vector<std::string> kPieces = {"<",
                                                   ">",
                                                   "</",
                                                   "/>",
                                                   "<!--",
                                                   "-->",
                                                   "<!",
                                                   "<?",
                                                   "&",
                                                   ";",
                                                   "&lt;",
                                                   "&gt;",
                                                   "&amp;",
                                                   "&#60;",
                                                   "&#x338;",
                                                   "&nbsp;",
                                                   "\"",
                                                   "'",
                                                   "=",
                                                   " ",
                                                   "\n",
                                                   "\t",
                                                   "<p>",
                                                   "</p>",
                                                   "<b>",
                                                   "</b>",
                                                   "<i>",
                                                   "</i>",
                                                   "<ul>",
                                                   "</ul>",
                                                   "<li>",
                                                   "</li>",
                                                   "<ol>",
                                                   "<h1>",
                                                   "</h1>",
                                                   "<br>",
                                                   "<a href=\"https://a.example\">",
                                                   "<a href=javascript:x>",
                                                   "</a>",
                                                   "<script>",
                                                   "</script>",
                                                   "<style>",
                                                   "</style>",
                                                   "<svg>",
                                                   "</svg>",
                                                   "<img src=x onerror=y>",
                                                   "<span>",
                                                   "</span>",
                                                   "<textarea>",
                                                   "</textarea>",
                                                   "x",
                                                   "\xCC\xB8",
                                                   "\xCC\x81",
                                                   "e"};
  std::string out;
  for (std::size_t left = random.index(25); left > 0; --left) {
    out += random.chance(85) ? random.pick(kPieces) : random_text(random, 3);
  }
  return out;
}

TEST(RichText, RandomMarkupComesOutHarmlessAndStable) {
  SS_RANDOM(random, 51);
  for (int round = 0; round < 20'000 && !::testing::Test::HasFailure(); ++round) {
    expect_clean(random_markup(random));
  }
}

TEST(RichText, RandomBytesComeOutHarmlessAndStable) {
  SS_RANDOM(random, 52);
  for (int round = 0; round < 5'000 && !::testing::Test::HasFailure(); ++round) {
    expect_clean(random.bytes(60));
  }
}

TEST(RichText, HostileRepetitionStaysLinear) {
  // Each of these would take minutes if any step looked back or ahead without bound.
  for (const std::string piece :
       {"<", "<a b=\"", "<!--", "</", "<b>", "<ul><li>", "&", "&#", "<script", "<script></",
        "<a href=x ", "<p><p", "</b>", "<svg>"}) {
    std::string html;
    while (html.size() < limits::kTextBytes) {
      html += piece;
    }
    expect_clean(html);
    expect_clean(html + ">");
  }
}

}  // namespace
}  // namespace syncstore
