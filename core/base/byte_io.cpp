#include "core/base/byte_io.hpp"

namespace syncstore {
namespace {

constexpr int kVarintBytesMax = 10;  // 64 bits in groups of seven

}  // namespace

void ByteWriter::u8(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }

void ByteWriter::u32(std::uint32_t value) {
  char bytes[4];
  for (int i = 0; i < 4; ++i) {
    bytes[i] = static_cast<char>(value >> (8 * i));
  }
  out_.append(bytes, sizeof bytes);
}

void ByteWriter::u64(std::uint64_t value) {
  char bytes[8];
  for (int i = 0; i < 8; ++i) {
    bytes[i] = static_cast<char>(value >> (8 * i));
  }
  out_.append(bytes, sizeof bytes);
}

void ByteWriter::varint(std::uint64_t value) {
  while (value >= 0x80) {
    out_.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out_.push_back(static_cast<char>(value));
}

void ByteWriter::zigzag(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  varint((bits << 1) ^ (value < 0 ? ~std::uint64_t{0} : 0));
}

void ByteWriter::text(std::string_view value) {
  varint(value.size());
  out_.append(value);
}

void ByteWriter::raw(std::string_view value) { out_.append(value); }

std::string_view ByteReader::raw(std::size_t count) {
  if (!ok_ || count > remaining()) {
    ok_ = false;
    return {};
  }
  const std::string_view bytes = bytes_.substr(position_, count);
  position_ += count;
  return bytes;
}

std::uint8_t ByteReader::u8() {
  const std::string_view bytes = raw(1);
  return bytes.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(bytes[0]);
}

std::uint32_t ByteReader::u32() {
  std::uint32_t value = 0;
  int shift = 0;
  for (const char byte : raw(4)) {
    value |= std::uint32_t{static_cast<std::uint8_t>(byte)} << shift;
    shift += 8;
  }
  return value;
}

std::uint64_t ByteReader::u64() {
  std::uint64_t value = 0;
  int shift = 0;
  for (const char byte : raw(8)) {
    value |= std::uint64_t{static_cast<std::uint8_t>(byte)} << shift;
    shift += 8;
  }
  return value;
}

std::uint64_t ByteReader::varint() {
  std::uint64_t value = 0;
  for (int i = 0; i < kVarintBytesMax; ++i) {
    const std::uint8_t byte = u8();
    if (!ok_) {
      return 0;
    }
    const bool overflows = i == kVarintBytesMax - 1 && byte > 1;
    const bool overlong = i > 0 && byte == 0;
    if (overflows || overlong) {
      break;
    }
    value |= std::uint64_t{byte & 0x7Fu} << (7 * i);
    if (byte < 0x80) {
      return value;
    }
  }
  ok_ = false;
  return 0;
}

std::uint64_t ByteReader::varint_max(std::uint64_t max) {
  const std::uint64_t value = varint();
  if (value > max) {
    ok_ = false;
    return 0;
  }
  return value;
}

std::int64_t ByteReader::zigzag() {
  const std::uint64_t bits = varint();
  return static_cast<std::int64_t>((bits >> 1) ^ (~(bits & 1) + 1));
}

std::string_view ByteReader::text(std::size_t max_bytes) {
  const std::uint64_t size = varint_max(max_bytes);
  return raw(static_cast<std::size_t>(size));
}

std::string_view ByteReader::rest() { return raw(ok_ ? remaining() : 0); }

}  // namespace syncstore
