// Bounded binary reading and writing. Varints are LEB128 (as in protocol buffers' encoding
// document), signed values zigzag; fixed values are little-endian; strings are length-prefixed. A
// reader never reads past its span: after the first failure every read answers zero/empty and ok()
// is false, so decoders check once per structure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace syncstore {

using Bytes = std::string;  // octets; std::string because it is cheap to share and append to

class ByteWriter {
 public:
  void u8(std::uint8_t value);
  void u32(std::uint32_t value);
  void u64(std::uint64_t value);
  void varint(std::uint64_t value);
  void zigzag(std::int64_t value);
  void text(std::string_view value);  // varint length + bytes
  void raw(std::string_view value);
  std::size_t size() const { return out_.size(); }
  const Bytes& bytes() const { return out_; }
  Bytes take() { return std::move(out_); }
  void clear() { out_.clear(); }

 private:
  Bytes out_;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}
  std::uint8_t u8();
  std::uint32_t u32();
  std::uint64_t u64();
  std::uint64_t varint();  // refuses more than 10 bytes and non-minimal overlong forms
  std::uint64_t varint_max(std::uint64_t max);  // a larger value fails the reader
  std::int64_t zigzag();
  std::string_view text(std::size_t max_bytes);  // longer than max fails
  std::string_view raw(std::size_t count);
  std::string_view rest();
  std::size_t remaining() const { return bytes_.size() - position_; }
  std::size_t position() const { return position_; }
  bool done() const { return ok_ && position_ == bytes_.size(); }
  bool ok() const { return ok_; }
  void fail() { ok_ = false; }

 private:
  std::string_view bytes_;
  std::size_t position_ = 0;
  bool ok_ = true;
};

}  // namespace syncstore
