// The stored answer to a mutation, as bytes.
#include "core/base/limits.hpp"
#include "core/sync/mutation.hpp"
#include "core/sync/wire_parts.hpp"

namespace syncstore::sync {
namespace {

// Beside the status in an outcome's first byte: which parts follow.
constexpr std::uint8_t kStatusBits = 0x0F;
constexpr std::uint8_t kHasCode = 0x10;
constexpr std::uint8_t kHasField = 0x20;
constexpr std::uint8_t kHasMessage = 0x40;
constexpr std::uint8_t kHasConflict = 0x80;

OpOutcome read_outcome(ByteReader& in) {
  OpOutcome outcome;
  const std::uint8_t first = in.u8();
  const std::uint8_t status = first & kStatusBits;
  if (status < 1 || status > 5)
    in.fail();
  outcome.status = static_cast<OpStatus>(status);
  if ((first & kHasCode) != 0) {
    const auto number = static_cast<std::uint16_t>(in.varint_max(0xFFFF));
    outcome.code = error_from_number(number);
    // A newer server's code: still a failure, its sentence travels beside it.
    if (outcome.code == ErrorCode::none && in.ok())
      outcome.code = ErrorCode::internal;
  }
  if ((first & kHasField) != 0)
    outcome.field = in.text(limits::kNameBytes);
  if ((first & kHasMessage) != 0)
    outcome.message = in.text(limits::kSentenceBytes);
  if ((first & kHasConflict) != 0)
    outcome.conflict.value = in.u64();
  return outcome;
}

void write_outcome(ByteWriter& out, const OpOutcome& outcome) {
  auto first = static_cast<std::uint8_t>(outcome.status);
  if (outcome.code != ErrorCode::none)
    first |= kHasCode;
  if (!outcome.field.empty())
    first |= kHasField;
  if (!outcome.message.empty())
    first |= kHasMessage;
  if (outcome.conflict)
    first |= kHasConflict;
  out.u8(first);
  if ((first & kHasCode) != 0)
    out.varint(static_cast<std::uint16_t>(outcome.code));
  if ((first & kHasField) != 0)
    out.text(std::string_view(outcome.field).substr(0, limits::kNameBytes));
  if ((first & kHasMessage) != 0) {
    out.text(std::string_view(outcome.message).substr(0, limits::kSentenceBytes));
  }
  if ((first & kHasConflict) != 0)
    out.u64(outcome.conflict.value);
}

}  // namespace

std::string_view op_status_name(OpStatus status) {
  switch (status) {
    case OpStatus::applied:
      return "applied";
    case OpStatus::already:
      return "already";
    case OpStatus::conflict:
      return "conflict";
    case OpStatus::refused:
      return "refused";
    case OpStatus::held:
      return "held";
  }
  return "refused";
}

void write_result(ByteWriter& out, const MutationResult& result) {
  write_uuid(out, result.id);
  out.u64(result.epoch);
  out.varint(result.sequence);
  out.varint(result.ops.size());
  for (const OpOutcome& outcome : result.ops)
    write_outcome(out, outcome);
}

Result<MutationResult> read_result(ByteReader& in) {
  MutationResult result;
  result.id = read_uuid(in);
  result.epoch = in.u64();
  result.sequence = in.varint();
  const std::uint64_t count = in.varint_max(limits::kOpsPerMutation);
  if (!in.ok() || count > in.remaining())
    return malformed_bytes("result");
  result.ops.reserve(static_cast<std::size_t>(count));
  for (std::uint64_t i = 0; i < count && in.ok(); ++i)
    result.ops.push_back(read_outcome(in));
  if (!in.ok())
    return malformed_bytes("result");
  return result;
}

}  // namespace syncstore::sync
