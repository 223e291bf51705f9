#include "tests/fuzz/targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  syncstore::fuzz::check_client_message(
      std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
