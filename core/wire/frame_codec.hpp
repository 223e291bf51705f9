// Binary frames: first byte = kind, its high bit = payload is zstd; then the payload. Layout of
// every frame, byte by byte, is specified in core/wire/README.md and held by golden files. Decoding
// is bounded (limits.hpp) and never trusts a length.
#pragma once

#include "core/wire/messages.hpp"

namespace syncstore::wire {

// One message whose type the caller knows, so that who sends a few kinds carries the writers of
// those alone.
template <class Message>
Bytes encode(const Message& message);
Bytes encode(const UpMessage& message);
Bytes encode(const DownMessage& message);
Result<UpMessage> decode_up(std::string_view frame);  // errors: malformed, too_large, unknown_type
Result<DownMessage> decode_down(
    std::string_view frame);  // unknown kinds: unknown_type (skip and count)

// A change frame is sections encoded once per (commit, collection) and joined per link: same bytes
// as encode(Change).
Bytes encode_section(const sync::Delta& delta);
Bytes encode_change(Sequence head, const std::vector<AuthorName>& new_authors,
                    const std::vector<std::string_view>& encoded_sections);

// A page frame is its body encoded once and the number that its reader gave the subscription: same
// bytes as encode(Page).
Bytes encode_page_body(const Page& page);
Bytes encode_page(std::uint32_t subscription, std::string_view body);

// About what a record adds to a part: whoever cuts parts keeps their sum below kPartOutputBytes / 2
// besides kSnapshotPartRows.
std::size_t approximate_row_bytes(const model::Record& record);

// Several frames in one byte string (HTTP exchange, client cache): varint length + frame, repeated.
void append_frame(Bytes& out, std::string_view frame);
Result<std::vector<std::string_view>> split_frames(std::string_view bytes);

}  // namespace syncstore::wire
