// One libFuzzer program per target: the build names the header and the check.
#include SYNCSTORE_FUZZ_HEADER

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  syncstore::fuzz::SYNCSTORE_FUZZ_CHECK(
      std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
