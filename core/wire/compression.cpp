#include "core/wire/compression.hpp"

#include <zstd.h>

#include <memory>

namespace syncstore::wire {

#ifdef SYNCSTORE_DECOMPRESS_ONLY

Bytes compress(std::string_view) { return {}; }

namespace {

std::size_t decompress_into(Bytes& out, std::string_view bytes) {
  return ZSTD_decompress(out.data(), out.size(), bytes.data(), bytes.size());
}

}  // namespace

#else

namespace {

// Making a context costs more than a small frame: each thread keeps its own.
struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

std::size_t compress_into(Bytes& out, std::string_view bytes, int level) {
  thread_local const std::unique_ptr<ZSTD_CCtx, FreeContext> context(ZSTD_createCCtx());
  if (context == nullptr)
    return ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), level);
  return ZSTD_compressCCtx(context.get(), out.data(), out.size(), bytes.data(), bytes.size(),
                           level);
}

std::size_t decompress_into(Bytes& out, std::string_view bytes) {
  thread_local const std::unique_ptr<ZSTD_DCtx, FreeContext> context(ZSTD_createDCtx());
  if (context == nullptr)
    return ZSTD_decompress(out.data(), out.size(), bytes.data(), bytes.size());
  return ZSTD_decompressDCtx(context.get(), out.data(), out.size(), bytes.data(), bytes.size());
}

}  // namespace

Bytes compress(std::string_view bytes) {
  constexpr int kLevel =
      3;  // measured: higher levels cost several times the time for a few percent
  Bytes out(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size = compress_into(out, bytes, kLevel);
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
  const std::size_t size = decompress_into(out, bytes);
  if (ZSTD_isError(size) != 0 || size != out.size()) {
    return fail(ErrorCode::malformed, "damaged zstd frame");
  }
  return out;
}

}  // namespace syncstore::wire
