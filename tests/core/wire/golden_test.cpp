// The bytes of every frame are promised to clients of the last 24 months. A difference here means:
// raise kProtocol, keep reading the old form, and only then write new files
// (SYNCSTORE_WRITE_GOLDEN=1).
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/core/wire/wire_samples.hpp"

namespace syncstore::wire {
namespace {

std::string path_of(const std::string& name) {
  return std::string(SYNCSTORE_TESTS_DIR) + "/golden/" + name + ".hex";
}

std::string to_hex(const Bytes& bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
    out += i % 32 == 31 || i + 1 == bytes.size() ? '\n' : ' ';
  }
  return out;
}

Bytes from_hex(const std::string& text) {
  Bytes out;
  std::istringstream in(text);
  std::string pair;
  while (in >> pair)
    out.push_back(static_cast<char>(std::stoi(pair, nullptr, 16)));
  return out;
}

void expect_golden(const std::string& name, const Bytes& frame) {
  if (std::getenv("SYNCSTORE_WRITE_GOLDEN") != nullptr) {
    std::ofstream(path_of(name)) << to_hex(frame);
  }
  std::ifstream file(path_of(name));
  ASSERT_TRUE(file.good()) << path_of(name) << " is missing";
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), to_hex(frame)) << name;
}

TEST(Golden, UpFrames) {
  for (const auto& [name, message] : samples::up_messages())
    expect_golden("up_" + name, encode(message));
}

TEST(Golden, DownFrames) {
  for (const auto& [name, message] : samples::down_messages())
    expect_golden("down_" + name, encode(message));
}

// zstd's output may differ between its versions; what was once written must stay readable.
TEST(Golden, ACompressedPartStaysReadable) {
  Part part;
  part.collection = model::kProducts;
  for (RowNumber row = 1; row <= 64; ++row)
    part.rows.push_back(samples::product(row, "Product", 100));
  if (std::getenv("SYNCSTORE_WRITE_GOLDEN") != nullptr) {
    std::ofstream(path_of("down_part_compressed")) << to_hex(encode(part));
  }
  std::ifstream file(path_of("down_part_compressed"));
  ASSERT_TRUE(file.good());
  std::ostringstream text;
  text << file.rdbuf();
  const Bytes frame = from_hex(text.str());
  ASSERT_FALSE(frame.empty());
  EXPECT_NE(static_cast<unsigned char>(frame[0]) & 0x80, 0);
  const auto decoded = decode_down(frame);
  ASSERT_TRUE(decoded.ok());
  const auto& rows = std::get<Part>(*decoded).rows;
  ASSERT_EQ(rows.size(), 64u);
  EXPECT_EQ(rows[63].values, part.rows[63].values);
}

}  // namespace
}  // namespace syncstore::wire
