// What the fuzzers call and what the suite replays over the committed corpus: any bytes in, no
// crash, and whatever is accepted encodes to bytes that are accepted again as the same thing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/digest.hpp"
#include "core/base/json.hpp"
#include "core/base/limits.hpp"
#include "core/base/text.hpp"
#include "core/model/validate.hpp"
#include "core/sync/change_set.hpp"
#include "core/sync/offline_queue.hpp"
#include "core/wire/compression.hpp"
#include "core/wire/frame_codec.hpp"
#include "core/wire/json_dialect.hpp"

namespace syncstore::fuzz {

inline void check_down_frame(std::string_view bytes) {
  const auto first = wire::decode_down(bytes);
  if (!first.ok())
    return;
  const Bytes again = wire::encode(*first);
  const auto second = wire::decode_down(again);
  SS_ASSERT(second.ok());
  SS_ASSERT(wire::encode(*second) == again);
}

inline void check_up_frame(std::string_view bytes) {
  const auto first = wire::decode_up(bytes);
  if (!first.ok())
    return;
  if (const auto* hello = std::get_if<wire::Hello>(&*first);
      hello != nullptr && hello->protocol != wire::kProtocol) {
    return;  // only the number of another protocol is read
  }
  if (const auto* subscribe = std::get_if<wire::Subscribe>(&*first);
      subscribe != nullptr && subscribe->problem != ErrorCode::none) {
    return;  // what this version does not know is not kept
  }
  const Bytes again = wire::encode(*first);
  const auto second = wire::decode_up(again);
  SS_ASSERT(second.ok());
  SS_ASSERT(wire::encode(*second) == again);
}

// A message of the JSON dialect; a mutation that it carries survives the binary form.
inline void check_client_message(std::string_view text) {
  const auto message = wire::parse_client_message(text);
  if (!message.ok())
    return;
  const auto* mutate = std::get_if<wire::JsonMutate>(&*message);
  if (mutate == nullptr)
    return;
  for (const sync::Mutation& mutation : mutate->mutations) {
    ByteWriter out;
    sync::write_mutation(out, mutation);
    ByteReader in(out.bytes());
    const auto again = sync::read_mutation(in);
    SS_ASSERT(again.ok());
    SS_ASSERT(sync::mutation_body_hash(*again) == sync::mutation_body_hash(mutation));
  }
}

inline void check_entry_bytes(std::string_view bytes) {
  const auto entry = sync::read_entry(bytes);
  if (!entry.ok())
    return;
  const Bytes again = sync::write_entry(*entry);
  const auto second = sync::read_entry(again);
  SS_ASSERT(second.ok());
  SS_ASSERT(sync::write_entry(*second) == again);
}

// The bytes as they are, and below a checksum that fits them: what damage does that it misses.
inline void check_queue_entry(std::string_view bytes) {
  check_entry_bytes(bytes);
  ByteWriter sealed;
  sealed.raw(bytes);
  sealed.u64(xxh64(bytes));
  check_entry_bytes(sealed.bytes());
}

inline void check_frames(std::string_view bytes) {
  const auto frames = wire::split_frames(bytes);
  if (!frames.ok())
    return;
  for (const std::string_view frame : *frames)
    check_down_frame(frame);
}

template <class Read, class Write>
void check_round_trip(std::string_view bytes, Read read, Write write) {
  ByteReader in(bytes);
  const auto first = read(in);
  if (!first.ok())
    return;
  ByteWriter out;
  write(out, *first);
  ByteReader again(out.bytes());
  const auto second = read(again);
  SS_ASSERT(second.ok() && again.done());
  ByteWriter twice;
  write(twice, *second);
  SS_ASSERT(twice.bytes() == out.bytes());
}

// What log, receipts and queue keep: the first byte chooses.
inline void check_stored(std::string_view bytes) {
  if (bytes.empty())
    return;
  const std::string_view rest = bytes.substr(1);
  switch (bytes[0] % 3) {
    case 0:
      return check_round_trip(rest, sync::read_mutation, sync::write_mutation);
    case 1:
      return check_round_trip(rest, sync::read_result, sync::write_result);
    default:
      return check_round_trip(rest, sync::read_change_set, sync::write_change_set);
  }
}

inline Bytes part_frame(unsigned flag, std::string_view payload) {
  Bytes frame(1, static_cast<char>(static_cast<unsigned>(wire::Kind::part) | flag));
  frame += payload;
  return frame;
}

// The payload of a snapshot part: collection, index, columns.
inline void check_snapshot_part(std::string_view bytes) { check_down_frame(part_frame(0, bytes)); }

// A snapshot part under zstd, and zstd under its cap.
inline void check_compressed_part(std::string_view bytes) {
  constexpr unsigned kCompressed = 0x80;
  constexpr std::size_t kCap = 65'536;
  check_down_frame(part_frame(kCompressed, bytes));
  const auto opened = wire::decompress(bytes, kCap);
  if (opened.ok())
    SS_ASSERT(opened->size() <= kCap);
  // What can be packed opens as the same bytes.
  const Bytes packed = wire::compress(bytes);
  if (packed.empty())
    return;
  const auto whole = wire::decompress(packed, bytes.size());
  SS_ASSERT(whole.ok() && *whole == bytes);
  SS_ASSERT(!wire::decompress(packed, bytes.size() - 1).ok());
  check_down_frame(part_frame(kCompressed, packed));
}

inline void check_json_reader(std::string_view text) {
  const auto first = Json::parse(text, limits::kMessageBytes);
  if (!first.ok())
    return;
  const std::string again = first->dump();
  SS_ASSERT(is_valid_utf8(again));
  const auto second = Json::parse(again, 8 * limits::kMessageBytes);
  SS_ASSERT(second.ok());
  SS_ASSERT(second->dump() == again);
}

// The cleaners of texts: what they answer they leave alone, and no markup that runs passes.
inline void check_rich_text(std::string_view text) {
  std::string utf8(text);
  if (!is_valid_utf8(utf8))
    utf8 = latin1_to_utf8(text);
  SS_ASSERT(is_valid_utf8(utf8));
  const std::string clean = clean_rich_text(utf8);
  SS_ASSERT(is_valid_utf8(clean));
  SS_ASSERT(clean_rich_text(clean) == clean);
  for (const std::string_view banned :
       {"<script", "<style", "<iframe", "<svg", "<a href=\"javascript", "<a href=\"data"})
    SS_ASSERT(clean.find(banned) == std::string::npos);
  for (const auto normalise : {normalise_line, normalise_text, to_nfc}) {
    const std::string normal = normalise(utf8);
    SS_ASSERT(is_valid_utf8(normal));
    SS_ASSERT(normalise(normal) == normal);
  }
  SS_ASSERT(is_valid_utf8(fold_case(utf8)));
}

// What a person typed, for every field of every collection: the value is valid, and its JSON form
// reads as itself.
inline void check_field_input(std::string_view text) {
  for (const model::CollectionDef& collection : model::collections()) {
    for (const model::FieldDef& field : collection.fields) {
      const auto value = model::value_from_input(field, text);
      if (!value.ok() || model::is_absent(*value))
        continue;
      SS_ASSERT(model::validate_value(field, *value).ok());
      const auto form = model::TimeForm::iso8601;
      const Json json = model::value_to_json(field, *value, form);
      const auto again = model::value_from_json(field, json);
      SS_ASSERT(again.ok());
      SS_ASSERT(model::value_to_json(field, *again, form).dump() == json.dump());
    }
  }
}

}  // namespace syncstore::fuzz
