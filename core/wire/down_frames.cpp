#include <algorithm>

#include "core/base/digest.hpp"
#include "core/base/limits.hpp"
#include "core/wire/frame_codec.hpp"
#include "core/wire/frame_parts.hpp"
#include "core/wire/section_codec.hpp"

namespace syncstore::wire {
namespace {

void write_authors(ByteWriter& out, const std::vector<AuthorName>& authors) {
  out.varint(authors.size());
  for (const AuthorName& author : authors) {
    out.varint(author.number);
    out.text(author.user);
    out.text(author.name);
  }
}

std::vector<AuthorName> read_authors(ByteReader& in) {
  std::vector<AuthorName> authors;
  const std::uint64_t count = in.varint_max(limits::kFrameAuthors);
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    AuthorName author;
    author.number = read_u32(in);
    author.user = read_name(in);
    author.name = read_name(in);
    authors.push_back(std::move(author));
  }
  return authors;
}

void write_digest(ByteWriter& out, const model::Digest& digest) {
  out.u64(digest.records);
  out.varint(digest.fields.size());
  for (const std::uint64_t field : digest.fields)
    out.u64(field);
}

model::Digest read_digest(ByteReader& in) {
  model::Digest digest;
  digest.records = in.u64();
  const std::uint64_t count = in.varint_max(limits::kFieldsOfFrameRow);
  for (std::uint64_t i = 0; i < count && in.ok(); ++i)
    digest.fields.push_back(in.u64());
  return digest;
}

template <class T>
bool keep(Result<T> read, std::vector<T>& into) {
  if (!read.ok())
    return false;
  into.push_back(std::move(read).value());
  return true;
}

}  // namespace

void write(ByteWriter& out, const Welcome& welcome) {
  out.varint(welcome.protocol);
  out.u64(welcome.epoch);
  out.varint(welcome.head);
  out.u64(welcome.head_hash);
  out.zigzag(welcome.now);
  out.text(welcome.user);
  out.text(welcome.user_name);
  out.u8(static_cast<std::uint8_t>(welcome.role));
  out.text(welcome.store);
  out.u32(welcome.view);
  out.varint(welcome.dictionary);
  out.varint(welcome.expires_in_s);
  write_authors(out, welcome.authors);
  out.varint(welcome.answers.size());
  for (const Answer& answer : welcome.answers) {
    write_uuid(out, answer.id);
    out.u8(answer.known ? 1 : 0);
    if (answer.known)
      sync::write_result(out, answer.result);
  }
}

void read(FrameReader& in, Welcome& welcome) {
  welcome.protocol = read_u16(in);
  if (in.ok() && welcome.protocol != kProtocol)
    return in.refuse(ErrorCode::needs_update);
  welcome.epoch = in.u64();
  welcome.head = in.varint();
  welcome.head_hash = in.u64();
  welcome.now = in.zigzag();
  welcome.user = read_name(in);
  welcome.user_name = read_name(in);
  const std::uint8_t role = in.u8();
  if (role > static_cast<std::uint8_t>(model::Role::system))
    in.fail();
  welcome.role = static_cast<model::Role>(role);
  welcome.store = read_name(in);
  welcome.view = in.u32();
  welcome.dictionary = read_u32(in);
  welcome.expires_in_s = read_u32(in);
  welcome.authors = read_authors(in);
  const std::uint64_t count = in.varint_max(limits::kQueueEntries);
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    Answer answer;
    answer.id = read_uuid(in);
    answer.known = in.u8() == 1;
    if (answer.known) {
      auto result = sync::read_result(in);
      if (!result.ok())
        return in.fail();
      answer.result = std::move(result).value();
    }
    welcome.answers.push_back(std::move(answer));
  }
}

void write(ByteWriter& out, const Begin& begin) {
  out.varint(begin.collection);
  out.u32(begin.view);
  out.varint(begin.start);
  out.varint(begin.rows);
  out.varint(begin.parts);
  if (begin.from != 0)
    out.varint(begin.from);
}

void read(FrameReader& in, Begin& begin) {
  begin.collection = read_u16(in);
  begin.view = in.u32();
  begin.start = in.varint();
  begin.rows = in.varint();
  begin.parts = read_u32(in);
  begin.from = in.remaining() == 0 ? 0 : read_u32(in);
}

void write(ByteWriter& out, const Part& part) {
  const model::CollectionDef* collection = model::find_collection(part.collection);
  SS_ASSERT(collection != nullptr);
  out.varint(part.collection);
  out.varint(part.index);
  write_columns(out, *collection, part.rows);
}

void read(FrameReader& in, Part& part) {
  part.collection = read_u16(in);
  part.index = read_u32(in);
  const model::CollectionDef* collection = model::find_collection(part.collection);
  if (collection == nullptr)
    return in.refuse(ErrorCode::needs_update);
  part.rows = read_columns(in, *collection);
}

void write(ByteWriter& out, const End& end) {
  out.varint(end.collection);
  out.varint(end.target);
  write_digest(out, end.digest);
  if (end.digest.places != 0)
    out.u64(end.digest.places);
}

void read(FrameReader& in, End& end) {
  end.collection = read_u16(in);
  end.target = in.varint();
  end.digest = read_digest(in);
  if (in.remaining() >= 8)
    end.digest.places = in.u64();
}

void write(ByteWriter& out, const Cancel& cancel) {
  out.varint(cancel.collection);
  out.varint(static_cast<std::uint64_t>(cancel.code));
}

void read(FrameReader& in, Cancel& cancel) {
  cancel.collection = read_u16(in);
  cancel.code = error_from_number(read_u16(in));
}

void write_change(ByteWriter& out, Sequence head, const std::vector<AuthorName>& authors,
                  const std::vector<std::string_view>& sections) {
  Sequence target = 0;
  for (const std::string_view section : sections)
    target = std::max(target, section_target(section));
  ByteWriter gap;
  gap.zigzag(static_cast<std::int64_t>(head - target));
  ByteReader gap_bits(gap.bytes());
  out.varint((gap_bits.varint() << 1) | (authors.empty() ? 0u : 1u));
  if (!authors.empty())
    write_authors(out, authors);
  for (const std::string_view section : sections)
    out.text(section);
}

void write(ByteWriter& out, const Change& change) {
  std::vector<Bytes> encoded;
  for (const sync::Delta& delta : change.sections)
    encoded.push_back(encode_section(delta));
  const std::vector<std::string_view> sections(encoded.begin(), encoded.end());
  write_change(out, change.head, change.new_authors, sections);
}

void read(FrameReader& in, Change& change) {
  const std::uint64_t first = in.varint();
  if ((first & 1) != 0)
    change.new_authors = read_authors(in);
  Sequence target = 0;
  while (in.ok() && in.remaining() > 0) {
    if (change.sections.size() >= limits::kFrameSections)
      return in.refuse(ErrorCode::too_large);
    const std::string_view bytes = in.text(limits::kFrameOutputBytes);
    if (!in.ok())
      break;
    auto section = read_section(bytes);
    if (!section.ok())
      return in.refuse(section.error().code);
    target = std::max(target, section.value().target);
    change.sections.push_back(std::move(section).value());
  }
  const std::uint64_t bits = first >> 1;
  change.head = target + ((bits >> 1) ^ (~(bits & 1) + 1));
}

void write(ByteWriter& out, const Receipt& receipt) {
  out.varint(receipt.results.size());
  for (const sync::MutationResult& result : receipt.results)
    sync::write_result(out, result);
}

void read(FrameReader& in, Receipt& receipt) {
  const std::uint64_t count = in.varint_max(limits::kQueueEntries);
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    if (!keep(sync::read_result(in), receipt.results))
      return in.fail();
  }
}

void write(ByteWriter& out, const Notice& notice) {
  out.varint(static_cast<std::uint64_t>(notice.code));
  out.text(notice.message);
  out.varint(notice.retry_after_ms);
  if (notice.subscription != 0)
    out.varint(notice.subscription);
}

void read(FrameReader& in, Notice& notice) {
  notice.code = error_from_number(read_u16(in));
  notice.message = std::string(in.text(limits::kSentenceBytes));
  notice.retry_after_ms = read_u32(in);
  notice.subscription = in.remaining() == 0 ? 0 : read_u32(in);
}

void write(ByteWriter& out, const Keepalive& keepalive) {
  out.varint(keepalive.head);
  out.u64(keepalive.head_hash);
  out.varint(keepalive.expires_in_s);
}

void read(FrameReader& in, Keepalive& keepalive) {
  keepalive.head = in.varint();
  keepalive.head_hash = in.u64();
  keepalive.expires_in_s = read_u32(in);
}

void write(ByteWriter& out, const Check& check) {
  out.varint(check.entries.size());
  for (const Check::Entry& entry : check.entries) {
    out.varint(entry.collection);
    out.varint(entry.sequence);
    write_digest(out, entry.digest);
  }
  const bool told = std::any_of(check.entries.begin(), check.entries.end(),
                                [](const auto& entry) { return entry.digest.places != 0; });
  for (std::size_t i = 0; told && i < check.entries.size(); ++i)
    out.u64(check.entries[i].digest.places);
}

void read(FrameReader& in, Check& check) {
  const std::uint64_t count = in.varint_max(limits::kFrameSections);
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    Check::Entry entry;
    entry.collection = read_u16(in);
    entry.sequence = in.varint();
    entry.digest = read_digest(in);
    check.entries.push_back(std::move(entry));
  }
  if (!in.ok() || in.remaining() / 8 < check.entries.size())
    return;
  for (Check::Entry& entry : check.entries)
    entry.digest.places = in.u64();
}

void write_page_body(ByteWriter& out, const Page& page) {
  const model::CollectionDef* collection = model::find_collection(page.collection);
  SS_ASSERT(collection != nullptr);
  out.varint(page.collection);
  out.varint(page.total);
  out.varint(page.page);
  out.varint(page.sequence);
  out.u64(page.hash);
  out.varint(page.order.size());
  for (const RecordId id : page.order)
    out.u64(id.value);
  write_columns(out, *collection, page.entered);
}

void write(ByteWriter& out, const Page& page) {
  out.varint(page.subscription);
  write_page_body(out, page);
}

void read(FrameReader& in, Page& page) {
  page.subscription = read_u32(in);
  page.collection = read_u16(in);
  const model::CollectionDef* collection = model::find_collection(page.collection);
  if (collection == nullptr)
    return in.refuse(ErrorCode::needs_update);
  page.total = in.varint();
  page.page = read_u32(in);
  page.sequence = in.varint();
  page.hash = in.u64();
  const std::uint64_t count = in.varint_max(limits::kPageSizeMax);
  for (std::uint64_t i = 0; i < count && in.ok(); ++i)
    page.order.push_back(RecordId{in.u64()});
  page.entered = read_columns(in, *collection);
}

std::uint64_t page_hash(std::uint64_t total, std::uint64_t first_rank,
                        const std::vector<PageRow>& rows) {
  ByteWriter out;
  out.u64(total);
  out.u64(first_rank);
  for (const PageRow& row : rows) {
    out.u64(row.id.value);
    out.u64(row.version);
  }
  return std::max<std::uint64_t>(1, xxh64(out.bytes()));
}

void write(ByteWriter& out, const Pong& pong) { out.varint(pong.value); }

void read(FrameReader& in, Pong& pong) { pong.value = in.varint(); }

void write(ByteWriter& out, const Repair& repair) {
  const model::CollectionDef* collection = model::find_collection(repair.collection);
  SS_ASSERT(collection != nullptr);
  out.varint(repair.collection);
  out.u32(repair.view);
  out.varint(repair.target);
  out.u8(repair.more ? 1 : 0);
  out.varint(repair.blocks.size());
  std::uint32_t previous = 0;
  for (const std::uint32_t block : repair.blocks) {
    out.varint(block - previous);
    previous = block;
  }
  write_digest(out, repair.digest);
  out.u64(repair.digest.places);
  write_columns(out, *collection, repair.rows);
}

void read(FrameReader& in, Repair& repair) {
  repair.collection = read_u16(in);
  const model::CollectionDef* collection = model::find_collection(repair.collection);
  if (collection == nullptr)
    return in.refuse(ErrorCode::needs_update);
  repair.view = in.u32();
  repair.target = in.varint();
  repair.more = in.u8() == 1;
  const std::uint64_t count = in.varint_max(limits::kRangeBlocks);
  std::uint32_t block = 0;
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    block = read_block(in, block, i == 0);
    repair.blocks.push_back(block);
  }
  repair.digest = read_digest(in);
  repair.digest.places = in.u64();
  repair.rows = read_columns(in, *collection);
}

void write(ByteWriter& out, const Live& live) {
  out.varint(live.collection);
  out.u32(live.view);
  out.varint(live.sequence);
  out.text(live.bitmap);
}

void read(FrameReader& in, Live& live) {
  live.collection = read_u16(in);
  live.view = in.u32();
  live.sequence = in.varint();
  live.bitmap = Bytes(in.text(limits::kLiveBitmapBytes));
}

}  // namespace syncstore::wire
