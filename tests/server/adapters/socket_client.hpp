// A WebSocket client of frames: sends any frame, right or wrong, and reads what comes back frame by
// frame.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tests/server/adapters/raw_client.hpp"

namespace syncstore::test {

struct Frame {
  int opcode = 0;
  bool final = true;
  int reserved = 0;  // the three bits behind `final`
  bool masked = false;
  std::string payload;
  int close_code() const;  // of a close frame; 1005 when it has none
};

// One client frame. `mask` may be left out to be wrong.
std::string make_frame(int opcode, std::string_view payload, bool final = true, int reserved = 0,
                       bool mask = true);

class SocketClient {
 public:
  // `protocol` "" asks for none.
  explicit SocketClient(std::uint16_t port, const std::string& protocol = "syncstore.v1.json",
                        const std::string& more_headers = {}, std::string_view sent_behind = {});
  const RawAnswer& answer() const { return answer_; }  // of the handshake
  RawClient& raw() { return raw_; }

  void send_text(std::string_view text) { raw_.send(make_frame(1, text)); }
  void send_binary(std::string_view bytes) { raw_.send(make_frame(2, bytes)); }
  std::optional<Frame> read_frame();  // none at the end
  // Reads on until a close frame or the end: its code, 0 when there was none.
  int read_close();

 private:
  RawClient raw_;
  RawAnswer answer_;
};

}  // namespace syncstore::test
