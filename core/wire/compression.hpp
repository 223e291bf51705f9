// zstd (RFC 8878) with a hard cap on output. The only place that includes zstd.h; the WebAssembly
// build has the decoder only.
#pragma once

#include "core/base/byte_io.hpp"
#include "core/base/result.hpp"

namespace syncstore::wire {

// Empty when compressing does not make it smaller. Level 3. Not available in WebAssembly (answers
// empty).
Bytes compress(std::string_view bytes);
// Errors: too_large (declared size absent or above the cap), malformed.
Result<Bytes> decompress(std::string_view bytes, std::size_t max_output);

}  // namespace syncstore::wire
