#include "tests/server/adapters/socket_client.hpp"

namespace syncstore::test {

int Frame::close_code() const {
  if (payload.size() < 2)
    return 1005;
  return static_cast<unsigned char>(payload[0]) << 8 | static_cast<unsigned char>(payload[1]);
}

std::string make_frame(int opcode, std::string_view payload, bool final, int reserved, bool mask) {
  std::string frame;
  frame.push_back(static_cast<char>((final ? 0x80 : 0) | reserved << 4 | opcode));
  const int mask_bit = mask ? 0x80 : 0;
  if (payload.size() < 126) {
    frame.push_back(static_cast<char>(mask_bit | static_cast<int>(payload.size())));
  } else {
    const bool wide = payload.size() > 0xFFFF;
    frame.push_back(static_cast<char>(mask_bit | (wide ? 127 : 126)));
    for (int shift = wide ? 56 : 8; shift >= 0; shift -= 8)
      frame.push_back(static_cast<char>(payload.size() >> shift));
  }
  if (!mask)
    return frame + std::string(payload);
  const std::string_view key("\x37\xfa\x21\x3d", 4);
  frame += key;
  for (std::size_t i = 0; i < payload.size(); ++i)
    frame.push_back(static_cast<char>(payload[i] ^ key[i % 4]));
  return frame;
}

SocketClient::SocketClient(std::uint16_t port, const std::string& protocol,
                           const std::string& more_headers, std::string_view sent_behind)
    : raw_(port) {
  std::string request =
      "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  if (!protocol.empty())
    request += "Sec-WebSocket-Protocol: " + protocol + "\r\n";
  raw_.send(request + more_headers + "\r\n" + std::string(sent_behind));
  answer_ = raw_.read_answer();
}

std::optional<Frame> SocketClient::read_frame() {
  const std::string head = raw_.read_exactly(2);
  if (head.size() < 2)
    return std::nullopt;
  const auto first = static_cast<unsigned char>(head[0]);
  const auto second = static_cast<unsigned char>(head[1]);
  Frame frame;
  frame.opcode = first & 15;
  frame.final = (first & 0x80) != 0;
  frame.reserved = first >> 4 & 7;
  frame.masked = (second & 0x80) != 0;
  std::uint64_t length = second & 0x7Fu;
  if (length >= 126) {
    const std::string more = raw_.read_exactly(length == 126 ? 2 : 8);
    length = 0;
    for (const char c : more)
      length = length << 8 | static_cast<unsigned char>(c);
  }
  frame.payload = raw_.read_exactly(static_cast<std::size_t>(length));
  if (frame.payload.size() != length)
    return std::nullopt;
  return frame;
}

int SocketClient::read_close() {
  while (const auto frame = read_frame()) {
    if (frame->opcode == 8)
      return frame->close_code();
  }
  return 0;
}

}  // namespace syncstore::test
