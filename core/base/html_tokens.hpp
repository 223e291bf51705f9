// Cuts an HTML fragment into tags, text and what is dropped, the way browsers do (WHATWG
// HTML, 13.2.5), as far as cleaning needs it. Views point into the fragment. One pass: every byte
// is looked at a bounded number of times.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace syncstore {

struct HtmlToken {
  enum class Kind : std::uint8_t { text, start_tag, end_tag, dropped };
  Kind kind = Kind::text;
  std::string_view text;  // of text, entities as written
  std::string name;       // of tags, lower case
  std::optional<std::string>
      href;  // of start tags: the first attribute of that name, entities decoded
};

class HtmlTokens {
 public:
  explicit HtmlTokens(std::string_view html);
  // False at the end.
  bool next(HtmlToken& token);
  // Moves behind the end tag of this name (or to the end): for elements whose content is dropped.
  void skip_content(std::string_view name);

 private:
  bool starts_markup() const;
  void read_tag(HtmlToken& token);
  bool read_attribute(std::string& name, std::string_view& value);
  void skip_blanks();
  void skip_past(std::string_view end);
  bool at_end() const { return at_ >= html_.size(); }

  std::string_view html_;
  std::size_t at_ = 0;
  std::size_t last_close_ = 0;  // behind the last '>': a '<' at or after it opens nothing
};

// Replaces numeric and named characters that end with ';'; others stay as written. Control
// characters vanish.
std::string decode_entities(std::string_view text);

}  // namespace syncstore
