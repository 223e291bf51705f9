// clean_rich_text: builds a new, well-formed fragment from the few elements that are allowed;
// everything else is text or gone. Cleaning its own output changes nothing: every rule about
// nesting is already kept there.
#include <algorithm>
#include <string_view>
#include <vector>

#include "core/base/html_tokens.hpp"
#include "core/base/limits.hpp"
#include "core/base/text.hpp"
#include "core/base/utf8.hpp"

namespace syncstore {
namespace {

template <std::size_t size>
bool is_one_of(std::string_view name, const std::string_view (&names)[size]) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

constexpr std::string_view kInline[] = {"b", "strong", "i", "em", "u"};
constexpr std::string_view kHeadings[] = {"h1", "h2", "h3", "h4", "h5", "h6"};
constexpr std::string_view kLists[] = {"ul", "ol"};
// Their content is program, style, or read by other rules than HTML's.
constexpr std::string_view kDroppedWithContent[] = {
    "script", "style", "iframe",   "object", "applet", "noscript", "noframes", "noembed",
    "svg",    "math",  "template", "title",  "select", "textarea", "xmp",      "plaintext"};

bool is_list(std::string_view name) { return is_one_of(name, kLists); }
bool is_paragraph(std::string_view name) { return name == "p" || is_one_of(name, kHeadings); }
bool is_allowed(std::string_view name) {
  return name == "a" || name == "li" || is_list(name) || is_paragraph(name) ||
         is_one_of(name, kInline);
}

// A combining solidus would melt with the '>' of the tag before it when somebody normalises the
// fragment.
constexpr std::string_view kSolidus = "\xCC\xB8";

// Whether a "<" may stay as it is: what comes next cannot begin a tag, and is not trimmed away
// later.
bool is_harmless_before(std::string_view rest) {
  return !rest.empty() && (rest[0] == ' ' || rest[0] == '\n' || rest[0] == '=' ||
                           (rest[0] >= '0' && rest[0] <= '9'));
}

bool continues_entity(std::string_view text, std::size_t at) {
  if (at >= text.size()) {
    return false;
  }
  const char next = text[at];
  return next == '#' || (next >= '0' && next <= '9') || (next >= 'a' && next <= 'z') ||
         (next >= 'A' && next <= 'Z');
}

// Escapes no more than must be, so that plain text with "&" and "<" in it stays readable as it was
// typed.
void append_text(std::string& out, std::string_view text) {
  const std::string_view visible = trim_white_space(text);
  const std::size_t visible_end =
      static_cast<std::size_t>(visible.data() - text.data()) + visible.size();
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool last = at + 1 >= visible_end;
    if (text[at] == '<' && (last || !is_harmless_before(text.substr(at + 1)))) {
      out += "&lt;";
    } else if (text[at] == '&' && continues_entity(text, at + 1)) {
      out += "&amp;";
    } else {
      out.push_back(text[at]);
    }
  }
}

void append_attribute(std::string& out, std::string_view value) {
  for (const char character : value) {
    switch (character) {
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out.push_back(character);
    }
  }
}

// The address a link may have, or empty. Nothing is repaired that a browser could read in another
// way.
std::string safe_address(std::string_view href) {
  std::string address = normalise_line(href);
  const std::string folded = fold_case(std::string_view(address).substr(0, 8));
  const bool known = folded.starts_with("http://") || folded.starts_with("https://") ||
                     folded.starts_with("mailto:");
  const bool plain = std::none_of(address.begin(), address.end(), [](char character) {
    return character == '\\' || character == '`';
  });
  if (!known || !plain || address.size() > limits::kLinkBytes) {
    return {};
  }
  for (std::size_t blank = 0; (blank = address.find(' ', blank)) != std::string::npos;) {
    address.replace(blank, 1, "%20");
  }
  return address.size() > limits::kLinkBytes ? std::string() : address;
}

class Cleaner {
 public:
  explicit Cleaner(std::string_view html) : tokens_(html) {}

  std::string run() {
    HtmlToken token;
    while (tokens_.next(token)) {
      if (token.kind == HtmlToken::Kind::text) {
        text_ += decode_entities(token.text);
      } else if (token.kind == HtmlToken::Kind::start_tag) {
        start(token);
      } else if (token.kind == HtmlToken::Kind::end_tag) {
        end(token.name);
      }
    }
    close_down_to(0);
    flush_text();
    return std::move(out_);
  }

 private:
  void start(const HtmlToken& token) {
    if (is_one_of(token.name, kDroppedWithContent)) {
      tokens_.skip_content(token.name);
      return;
    }
    if (token.name == "br") {
      flush_text();
      out_ += "<br>";
      return;
    }
    std::string address;
    if (token.name == "a") {
      address = token.href ? safe_address(*token.href) : std::string();
    }
    if (!is_allowed(token.name) || (token.name == "a" && address.empty())) {
      return;
    }
    make_room_for(token.name);
    const bool stray_item = token.name == "li" && (open_.empty() || !is_list(open_.back()));
    if (stray_item || open_.size() >= limits::kRichTextDepth) {
      return;
    }
    open(token.name, address);
  }

  void end(std::string_view name) {
    const auto found = std::find(open_.rbegin(), open_.rend(), name);
    if (found != open_.rend()) {
      close_down_to(static_cast<std::size_t>(open_.rend() - found) - 1);
    }
  }

  // Closes what may not contain the element: links in links, items in items, blocks in paragraphs.
  void make_room_for(std::string_view name) {
    for (std::size_t i = 0; i < open_.size(); ++i) {
      const bool link = name == "a" && open_[i] == "a";
      const bool block = (is_list(name) || is_paragraph(name)) && is_paragraph(open_[i]);
      if (link || block) {
        close_down_to(i);
        return;
      }
    }
    if (name != "li") {
      return;
    }
    // An item ends the item before it, never one of an outer list.
    for (std::size_t i = open_.size(); i-- > 0 && !is_list(open_[i]);) {
      if (open_[i] == "li") {
        close_down_to(i);
        return;
      }
    }
    // What stands between the list and the item is not allowed there.
    for (std::size_t i = open_.size(); i-- > 0;) {
      if (is_list(open_[i])) {
        close_down_to(i + 1);
        return;
      }
    }
  }

  void open(std::string_view name, std::string_view address) {
    flush_text();
    out_ += '<';
    out_ += name;
    if (name == "a") {
      out_ += " href=\"";
      append_attribute(out_, address);
      out_ += '"';
    }
    out_ += '>';
    open_.emplace_back(name);
  }

  void close_down_to(std::size_t depth) {
    if (open_.size() > depth) {
      flush_text();
    }
    while (open_.size() > depth) {
      out_ += "</" + open_.back() + '>';
      open_.pop_back();
    }
  }

  // Text on both sides of a dropped tag is one text: "e" and a combining accent meet here.
  void flush_text() {
    if (text_.empty()) {
      return;
    }
    std::string_view text = text_ = to_nfc(text_);
    if (!out_.empty() && text.starts_with(kSolidus)) {
      out_ += "&#824;";
      text.remove_prefix(kSolidus.size());
    }
    append_text(out_, text);
    text_.clear();
  }

  HtmlTokens tokens_;
  std::string out_;
  std::string text_;               // decoded, not yet written
  std::vector<std::string> open_;  // names of the open elements, outermost first
};

}  // namespace

std::string clean_rich_text(std::string_view html) {
  if (html.find_first_of("<&") == std::string_view::npos) {
    return normalise_text(html);
  }
  const std::string plain = without_controls(html, LineBreaks::kept);
  return std::string(trim_white_space(Cleaner(plain).run()));
}

}  // namespace syncstore
