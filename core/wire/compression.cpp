#include "core/wire/compression.hpp"

#include <zstd.h>

namespace syncstore::wire {

#ifdef SYNCSTORE_DECOMPRESS_ONLY

Bytes compress(std::string_view) { return {}; }

#else

Bytes compress(std::string_view bytes) {
  constexpr int kLevel =
      3;  // measured: higher levels cost several times the time for a few percent
  Bytes out(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size =
      ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), kLevel);
  if (ZSTD_isError(size) != 0 || size >= bytes.size())
    return {};
  out.resize(size);
  out.shrink_to_fit();
  return out;
}

#endif

Result<Bytes> decompress(std::string_view bytes, std::size_t max_output) {
  const unsigned long long declared = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  if (declared == ZSTD_CONTENTSIZE_ERROR)
    return fail(ErrorCode::malformed, "not a zstd frame");
  // Without a declared size, or with one above the cap, nothing is allocated.
  if (declared == ZSTD_CONTENTSIZE_UNKNOWN || declared > max_output) {
    return fail(ErrorCode::too_large, "the decompressed size is not declared or too large");
  }
  Bytes out(static_cast<std::size_t>(declared), '\0');
  const std::size_t size = ZSTD_decompress(out.data(), out.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(size) != 0 || size != out.size()) {
    return fail(ErrorCode::malformed, "damaged zstd frame");
  }
  return out;
}

}  // namespace syncstore::wire
