// JSON as screens are told it, read in place: a flat list of nodes over the text, no copies. As
// strict as core's readers (UTF-8, escapes, depth, no field twice), which a test compares it with;
// worlds read a hundred thousand of such texts a second.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace syncstore::simulation {

class JsonText {
 public:
  enum class Kind : std::uint8_t { none, null, boolean, integer, number, text, list, object };

  // A value of the text. Good until the next read; `none` where there is nothing.
  class Value {
   public:
    Value() = default;
    Kind kind() const { return of_ == nullptr ? Kind::none : of_->nodes_[at_].kind; }
    explicit operator bool() const { return of_ != nullptr; }
    bool is(Kind kind) const { return this->kind() == kind; }
    Value operator[](std::string_view key) const;  // of an object; keys without escapes
    Value first() const;                           // of a list or an object
    Value next() const;                            // beside this one
    std::string_view key() const;                  // of a member
    std::string text() const;                      // of a string
    std::string_view raw() const;                  // as it stands, strings without their quotes
    std::int64_t integer() const;                  // 0 when it is none
    bool boolean() const { return is(Kind::boolean) && raw() == "true"; }

   private:
    friend class JsonText;
    Value(const JsonText* of, std::uint32_t at, std::uint32_t end) : of_(of), at_(at), end_(end) {}
    const JsonText* of_ = nullptr;
    std::uint32_t at_ = 0, end_ = 0;  // node, and where its siblings end
  };

  // Whether it is JSON. The text must live as long as its values.
  bool read(std::string_view text);
  Value root() const { return {this, 0, 1}; }

 private:
  struct Node {
    Kind kind = Kind::null;
    bool escaped = false;
    std::uint32_t begin = 0, size = 0;          // of the value
    std::uint32_t key_begin = 0, key_size = 0;  // of its name in an object
    std::uint32_t after = 0;                    // the node behind this one and all that it holds
  };
  bool value(int depth);
  bool string(bool& escaped);
  bool number(Kind& kind);
  bool word(std::string_view word);
  bool members(int depth);
  bool items(int depth);
  bool is_new_key(std::size_t first_key, std::string_view key);
  void blanks();
  bool take(char character);

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Node> nodes_;
  std::vector<std::string_view> keys_;  // of the objects that are open
};

}  // namespace syncstore::simulation
