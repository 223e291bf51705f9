#include "core/wire/frame_codec.hpp"

#include "core/base/limits.hpp"
#include "core/wire/compression.hpp"
#include "core/wire/frame_parts.hpp"
#include "core/wire/section_codec.hpp"

namespace syncstore::wire {
namespace {

constexpr std::uint8_t kCompressed = 0x80;

// In the order of the variants.
constexpr Kind kUpKinds[] = {Kind::hello,       Kind::mutate, Kind::subscribe, Kind::unsubscribe,
                             Kind::credentials, Kind::ping,   Kind::ranges};
constexpr Kind kDownKinds[] = {Kind::welcome,   Kind::begin,  Kind::part,    Kind::end,
                               Kind::cancel,    Kind::change, Kind::receipt, Kind::notice,
                               Kind::keepalive, Kind::check,  Kind::page,    Kind::pong,
                               Kind::repair,    Kind::live};

Bytes finish(Kind kind, const ByteWriter& payload) {
  Bytes frame;
  if (payload.size() > limits::kCompressMinBytes) {
    const Bytes packed = compress(payload.bytes());
    if (!packed.empty()) {
      frame.reserve(packed.size() + 1);
      frame.push_back(static_cast<char>(static_cast<std::uint8_t>(kind) | kCompressed));
      frame += packed;
      return frame;
    }
  }
  frame.reserve(payload.size() + 1);
  frame.push_back(static_cast<char>(kind));
  frame += payload.bytes();
  return frame;
}

struct Opened {
  std::uint8_t kind = 0;
  Bytes owned;  // of a compressed frame
  std::string_view payload;
};

Status open(std::string_view frame, std::size_t max_payload, Opened& opened) {
  if (frame.empty())
    return fail(ErrorCode::malformed, "an empty frame");
  const auto first = static_cast<std::uint8_t>(frame[0]);
  opened.kind = first & 0x7F;
  opened.payload = frame.substr(1);
  if ((first & kCompressed) != 0) {
    SS_ASSIGN_OR_RETURN(opened.owned, decompress(opened.payload, max_payload));
    opened.payload = opened.owned;
  }
  if (opened.payload.size() > max_payload)
    return fail(ErrorCode::too_large, "the frame is too large");
  return {};
}

// Place of an alternative in its variant; the variant's size when it is none of them.
template <class Message, class Variant, std::size_t place = 0>
constexpr std::size_t place_in() {
  if constexpr (place == std::variant_size_v<Variant>)
    return place;
  else if constexpr (std::is_same_v<Message, std::variant_alternative_t<place, Variant>>)
    return place;
  else
    return place_in<Message, Variant, place + 1>();
}

// Makes the alternative of the frame's kind and lets `read` fill it. False: no such kind.
template <class Message, std::size_t... I>
bool read_kind(FrameReader& in, const Kind* kinds, std::uint8_t kind, Message& message,
               std::index_sequence<I...>) {
  return ((static_cast<std::uint8_t>(kinds[I]) == kind
               ? (read(in, message.template emplace<I>()), true)
               : false) ||
          ...);
}

template <class Message>
Result<Message> decode(std::string_view frame, const Kind* kinds, std::size_t max_payload) {
  Opened opened;
  SS_TRY(open(frame, max_payload, opened));
  FrameReader in(opened.payload);
  Message message;
  if (!read_kind(in, kinds, opened.kind, message,
                 std::make_index_sequence<std::variant_size_v<Message>>())) {
    return fail(ErrorCode::unknown_type, "an unknown kind of frame");
  }
  if (!in.ok()) {
    return in.why() == ErrorCode::malformed
               ? fail(in.why(), "the frame ends too early or a value is out of range")
               : fail(in.why());
  }
  return message;
}

}  // namespace

template <class Message>
Bytes encode(const Message& message) {
  ByteWriter out;
  write(out, message);
  constexpr std::size_t up = place_in<Message, UpMessage>();
  if constexpr (up == std::variant_size_v<UpMessage>)
    return finish(kDownKinds[place_in<Message, DownMessage>()], out);
  else  // Small and rare: what goes up is not compressed, so that the browser needs no encoder.
    return static_cast<char>(kUpKinds[up]) + out.bytes();
}

template Bytes encode(const Hello&);
template Bytes encode(const Mutate&);
template Bytes encode(const Subscribe&);
template Bytes encode(const Unsubscribe&);
template Bytes encode(const Credentials&);
template Bytes encode(const Ping&);
template Bytes encode(const Ranges&);
template Bytes encode(const Welcome&);
template Bytes encode(const Begin&);
template Bytes encode(const Part&);
template Bytes encode(const End&);
template Bytes encode(const Cancel&);
template Bytes encode(const Change&);
template Bytes encode(const Receipt&);
template Bytes encode(const Notice&);
template Bytes encode(const Keepalive&);
template Bytes encode(const Check&);
template Bytes encode(const Page&);
template Bytes encode(const Pong&);
template Bytes encode(const Repair&);
template Bytes encode(const Live&);

Bytes encode(const UpMessage& message) {
  return std::visit([](const auto& one) { return encode(one); }, message);
}

Bytes encode(const DownMessage& message) {
  return std::visit([](const auto& one) { return encode(one); }, message);
}

Result<UpMessage> decode_up(std::string_view frame) {
  // Nobody unknown makes the server unpack anything.
  if (!frame.empty() && (static_cast<std::uint8_t>(frame[0]) & kCompressed) != 0)
    return fail(ErrorCode::malformed, "what goes up is not compressed");
  return decode<UpMessage>(frame, kUpKinds, limits::kMessageBytes);
}

Result<DownMessage> decode_down(std::string_view frame) {
  const bool part = !frame.empty() && (static_cast<std::uint8_t>(frame[0]) & 0x7F) ==
                                          static_cast<std::uint8_t>(Kind::part);
  return decode<DownMessage>(frame, kDownKinds,
                             part ? limits::kPartOutputBytes : limits::kFrameOutputBytes);
}

Bytes encode_section(const sync::Delta& delta) {
  ByteWriter out;
  write_section(out, delta);
  return out.take();
}

Bytes encode_change(Sequence head, const std::vector<AuthorName>& new_authors,
                    const std::vector<std::string_view>& encoded_sections) {
  ByteWriter out;
  write_change(out, head, new_authors, encoded_sections);
  return finish(Kind::change, out);
}

Bytes encode_page_body(const Page& page) {
  ByteWriter out;
  write_page_body(out, page);
  return out.take();
}

Bytes encode_page(std::uint32_t subscription, std::string_view body) {
  ByteWriter out;
  out.varint(subscription);
  out.raw(body);
  return finish(Kind::page, out);
}

std::size_t approximate_row_bytes(const model::Record& record) {
  std::size_t bytes = 24;  // row, id, version, time and author as differences, rounded up
  for (const model::Value& value : record.values) {
    if (const auto* text = std::get_if<std::string>(&value)) {
      bytes += text->size() + 3;
    } else if (const auto* list = std::get_if<model::TextList>(&value)) {
      bytes += 2;
      for (const std::string& item : *list)
        bytes += item.size() + 3;
    } else {
      bytes += 10;
    }
  }
  return bytes;
}

void append_frame(Bytes& out, std::string_view frame) {
  ByteWriter length;
  length.varint(frame.size());
  out += length.bytes();
  out += frame;
}

Result<std::vector<std::string_view>> split_frames(std::string_view bytes) {
  std::vector<std::string_view> frames;
  ByteReader in(bytes);
  while (in.ok() && in.remaining() > 0) {
    const std::string_view frame = in.text(bytes.size());
    if (in.ok())
      frames.push_back(frame);
  }
  if (!in.ok())
    return fail(ErrorCode::malformed, "damaged sequence of frames");
  return frames;
}

}  // namespace syncstore::wire
