// Queue entries as durable bytes.
#include "core/base/digest.hpp"
#include "core/base/limits.hpp"
#include "core/sync/offline_queue.hpp"
#include "core/sync/wire_parts.hpp"

namespace syncstore::sync {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kChecksumBytes = 8;

Error corrupt() {
  return fail(ErrorCode::corrupt, "A waiting edit in this browser's storage is damaged.");
}

bool has_result(EntryState state) {
  return state == EntryState::acked || state == EntryState::parked;
}

}  // namespace

Bytes write_entry(const QueueEntry& entry) {
  ByteWriter out;
  out.u8(kFormat);
  out.varint(entry.number);
  out.u8(static_cast<std::uint8_t>(entry.state));
  out.u8(entry.sent_once ? 1 : 0);
  out.zigzag(entry.made_at);
  write_mutation(out, entry.mutation);
  out.varint(entry.replaced.size());
  for (const MutationId& id : entry.replaced)
    write_uuid(out, id);
  if (has_result(entry.state))
    write_result(out, entry.result);
  out.u64(xxh64(out.bytes()));
  return out.take();
}

Result<QueueEntry> read_entry(std::string_view bytes) {
  if (bytes.size() <= kChecksumBytes)
    return corrupt();
  const std::string_view body = bytes.substr(0, bytes.size() - kChecksumBytes);
  if (ByteReader(bytes.substr(body.size())).u64() != xxh64(body))
    return corrupt();
  ByteReader in(body);
  QueueEntry entry;
  const std::uint8_t format = in.u8();
  entry.number = in.varint();
  const std::uint8_t state = in.u8();
  entry.sent_once = in.varint_max(1) != 0;
  entry.made_at = in.zigzag();
  if (format != kFormat || state < 1 || state > 4 || entry.number == 0)
    return corrupt();
  entry.state = static_cast<EntryState>(state);
  const std::size_t start = in.position();
  Result<Mutation> mutation = read_mutation(in);
  if (!mutation.ok())
    return corrupt();
  entry.mutation = std::move(mutation).value();
  entry.bytes = in.position() - start;
  const std::uint64_t replaced = in.varint_max(limits::kQueueReplacedIds);
  for (std::uint64_t i = 0; i < replaced && in.ok(); ++i)
    entry.replaced.push_back(read_uuid(in));
  if (has_result(entry.state)) {
    Result<MutationResult> result = read_result(in);
    if (!result.ok())
      return corrupt();
    entry.result = std::move(result).value();
  }
  if (!in.done())
    return corrupt();
  entry.durable = true;
  return entry;
}

}  // namespace syncstore::sync
