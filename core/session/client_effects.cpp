#include "core/session/client_effects.hpp"

namespace syncstore::session {

Bytes pack_effects(const std::vector<Effect>& effects) {
  ByteWriter out;
  for (const Effect& effect : effects) {
    out.u8(static_cast<std::uint8_t>(effect.kind));
    out.u64(effect.number);
    out.u32(static_cast<std::uint32_t>(effect.text.size()));
    out.raw(effect.text);
    out.u32(static_cast<std::uint32_t>(effect.bytes.size()));
    out.raw(effect.bytes);
  }
  return out.take();
}

}  // namespace syncstore::session
