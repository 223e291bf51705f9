// 64-bit non-cryptographic hash: XXH64
// (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md). Used for digests of replicas,
// for `from` values longer than 32 bytes and for checksums of cached bytes; never where an attacker
// must not collide.
#pragma once

#include <cstdint>
#include <string_view>

namespace syncstore {

std::uint64_t xxh64(std::string_view bytes, std::uint64_t seed = 0);

}  // namespace syncstore
