// What the codecs of single messages share. Internal to core/wire.
#pragma once

#include "core/base/byte_io.hpp"
#include "core/wire/messages.hpp"

namespace syncstore::wire {

// A reader that remembers why it failed: the first reason stands, without one the frame is
// malformed.
class FrameReader : public ByteReader {
 public:
  using ByteReader::ByteReader;
  void refuse(ErrorCode why) {
    if (ok())
      why_ = why;
    fail();
  }
  ErrorCode why() const { return why_; }

 private:
  ErrorCode why_ = ErrorCode::malformed;
};

void write_uuid(ByteWriter& out, const Uuid& id);
Uuid read_uuid(ByteReader& in);
std::uint16_t read_u16(ByteReader& in);
std::uint32_t read_u32(ByteReader& in);
// Numbers of blocks ascend: each is written as its distance to the one before.
std::uint32_t read_block(ByteReader& in, std::uint32_t previous, bool first);
std::string read_name(ByteReader& in);  // ids, names, tickets

// The payload of one message, without its kind. What follows what is known is left unread: room for
// later versions.
void write(ByteWriter& out, const Hello& hello);
void write(ByteWriter& out, const Mutate& mutate);
void write(ByteWriter& out, const Subscribe& subscribe);
void write(ByteWriter& out, const Unsubscribe& unsubscribe);
void write(ByteWriter& out, const Credentials& credentials);
void write(ByteWriter& out, const Ping& ping);
void write(ByteWriter& out, const Ranges& ranges);
void write(ByteWriter& out, const Welcome& welcome);
void write(ByteWriter& out, const Begin& begin);
void write(ByteWriter& out, const Part& part);
void write(ByteWriter& out, const End& end);
void write(ByteWriter& out, const Cancel& cancel);
void write(ByteWriter& out, const Change& change);
void write(ByteWriter& out, const Receipt& receipt);
void write(ByteWriter& out, const Notice& notice);
void write(ByteWriter& out, const Keepalive& keepalive);
void write(ByteWriter& out, const Check& check);
void write(ByteWriter& out, const Page& page);
void write(ByteWriter& out, const Pong& pong);
void write(ByteWriter& out, const Repair& repair);
void write(ByteWriter& out, const Live& live);
void read(FrameReader& in, Hello& hello);
void read(FrameReader& in, Mutate& mutate);
void read(FrameReader& in, Subscribe& subscribe);
void read(FrameReader& in, Unsubscribe& unsubscribe);
void read(FrameReader& in, Credentials& credentials);
void read(FrameReader& in, Ping& ping);
void read(FrameReader& in, Ranges& ranges);
void read(FrameReader& in, Welcome& welcome);
void read(FrameReader& in, Begin& begin);
void read(FrameReader& in, Part& part);
void read(FrameReader& in, End& end);
void read(FrameReader& in, Cancel& cancel);
void read(FrameReader& in, Change& change);
void read(FrameReader& in, Receipt& receipt);
void read(FrameReader& in, Notice& notice);
void read(FrameReader& in, Keepalive& keepalive);
void read(FrameReader& in, Check& check);
void read(FrameReader& in, Page& page);
void read(FrameReader& in, Pong& pong);
void read(FrameReader& in, Repair& repair);
void read(FrameReader& in, Live& live);

// A change frame from sections that are encoded already.
void write_change(ByteWriter& out, Sequence head, const std::vector<AuthorName>& authors,
                  const std::vector<std::string_view>& sections);

// What of a page is the same whatever number its reader gave it: all but that number.
void write_page_body(ByteWriter& out, const Page& page);

}  // namespace syncstore::wire
