// Decodes the body of one request, by length or chunked. Loop thread only.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace syncstore::adapters {

class BodyDecoder {
 public:
  enum class State { more, done, bad };

  // `head` is the request's header as it passed the gate, with its empty line.
  explicit BodyDecoder(std::string_view head);
  ~BodyDecoder();

  // Takes bytes from the front of `input` and appends what they carry to `out`, at most about
  // `most` bytes of it at a time. `more` with an unchanged input means that the next bytes must
  // arrive first.
  State feed(std::string& input, std::string& out, std::size_t most);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace syncstore::adapters
