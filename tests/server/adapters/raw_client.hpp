// A client that sends exactly the bytes it is told and reads what comes back; bounded waits.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace syncstore::test {

struct RawAnswer {
  int status = 0;    // 0: none came
  std::string head;  // status line and headers
  std::string body;
  std::string header(std::string_view name) const;  // "" when absent; name in any case
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void send(std::string_view bytes);
  // One answer by its Content-Length; bytes behind it stay for the next call.
  RawAnswer read_answer(bool to_head = false);
  std::string read_some(int timeout_ms = 30'000);  // "" at the end or after the time
  std::string read_exactly(std::size_t count);
  bool readable(int timeout_ms);  // bytes or the end are there within the time
  bool closed_by_peer(int timeout_ms = 30'000);  // reads and drops until the end
  void shutdown_send();
  void reset();  // RST instead of FIN

 private:
  int descriptor_;
  std::string buffer_;
};

}  // namespace syncstore::test
