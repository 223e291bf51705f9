#include "core/wire/frame_codec.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "core/wire/compression.hpp"
#include "core/wire/section_codec.hpp"

namespace syncstore::wire {
namespace {

constexpr std::uint8_t kCompressed = 0x80;

// --- small pieces ----------------------------------------------------------------------------------------------------

void write_uuid(ByteWriter& out, const Uuid& id) {
  for (const std::uint8_t byte : id.bytes) out.u8(byte);
}

Uuid read_uuid(ByteReader& in) {
  Uuid id;
  for (std::uint8_t& byte : id.bytes) byte = in.u8();
  return id;
}

std::uint16_t read_u16(ByteReader& in) { return static_cast<std::uint16_t>(in.varint_max(UINT16_MAX)); }
std::uint32_t read_u32(ByteReader& in) { return static_cast<std::uint32_t>(in.varint_max(UINT32_MAX)); }
std::string read_name(ByteReader& in) { return std::string(in.text(limits::kNameBytes)); }

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
  for (const std::uint64_t field : digest.fields) out.u64(field);
}

model::Digest read_digest(ByteReader& in) {
  model::Digest digest;
  digest.records = in.u64();
  const std::uint64_t count = in.varint_max(limits::kFieldsOfFrameRow);
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) digest.fields.push_back(in.u64());
  return digest;
}

void write_filter(ByteWriter& out, const model::CollectionDef& collection, const view::Filter& filter) {
  out.varint(filter.conditions.size());
  for (const view::Condition& condition : filter.conditions) {
    out.varint(collection.fields[condition.field].number);
    out.u8(static_cast<std::uint8_t>(condition.comparison));
    model::write_value(out, condition.value);
  }
  out.text(filter.query);
}

view::Filter read_filter(ByteReader& in, const model::CollectionDef& collection) {
  view::Filter filter;
  const std::uint64_t count = in.varint_max(limits::kFilterConditions);
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    view::Condition condition;
    const int field = collection.field_index(read_u16(in));
    const std::uint8_t comparison = in.u8();
    if (field < 0 || comparison < 1 || comparison > static_cast<std::uint8_t>(view::Comparison::present)) {
      in.fail();
      break;
    }
    condition.field = static_cast<std::uint16_t>(field);
    condition.comparison = static_cast<view::Comparison>(comparison);
    condition.value = model::read_value(in);
    filter.conditions.push_back(std::move(condition));
  }
  filter.query = std::string(in.text(limits::kLineBytes));
  return filter;
}

// Results and mutations have their own Result-based readers; inside a frame their failure is the frame's.
template <class T>
bool keep(Result<T> read, std::vector<T>& into) {
  if (!read.ok()) return false;
  into.push_back(std::move(read).value());
  return true;
}

// --- up --------------------------------------------------------------------------------------------------------------

void write(ByteWriter& out, const Hello& hello) {
  out.varint(hello.protocol);
  out.text(hello.user);
  write_uuid(out, hello.client);
  out.varint(hello.generation);
  out.text(hello.ticket);
  out.text(hello.store);
  out.varint(hello.collections.size());
  for (const std::uint16_t collection : hello.collections) out.varint(collection);
  out.varint(hello.cursors.size());
  for (const Cursor& cursor : hello.cursors) {
    out.varint(cursor.collection);
    out.u64(cursor.epoch);
    out.u32(cursor.view);
    out.varint(cursor.sequence);
  }
  out.varint(hello.head);
  out.u64(hello.head_hash);
  out.varint(hello.unanswered.size());
  for (const MutationId& id : hello.unanswered) write_uuid(out, id);
}

Result<UpMessage> read_hello(ByteReader& in) {
  Hello hello;
  hello.protocol = read_u16(in);
  // What follows belongs to this protocol's layout; the server answers another one with needs_update.
  if (in.ok() && hello.protocol != kProtocol) return UpMessage(std::move(hello));
  hello.user = read_name(in);
  hello.client = read_uuid(in);
  hello.generation = in.varint();
  hello.ticket = read_name(in);
  hello.store = read_name(in);
  std::uint64_t count = in.varint_max(limits::kFrameSections);
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) hello.collections.push_back(read_u16(in));
  count = in.varint_max(limits::kFrameSections);
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    Cursor cursor;
    cursor.collection = read_u16(in);
    cursor.epoch = in.u64();
    cursor.view = in.u32();
    cursor.sequence = in.varint();
    hello.cursors.push_back(cursor);
  }
  hello.head = in.varint();
  hello.head_hash = in.u64();
  count = in.varint_max(limits::kQueueEntries);
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) hello.unanswered.push_back(read_uuid(in));
  return UpMessage(std::move(hello));
}

void write(ByteWriter& out, const Mutate& mutate) {
  out.varint(mutate.mutations.size());
  for (const sync::Mutation& mutation : mutate.mutations) sync::write_mutation(out, mutation);
}

Result<UpMessage> read_mutate(ByteReader& in) {
  Mutate mutate;
  const std::uint64_t count = in.varint_max(limits::kMutationsPerMessage);
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    auto mutation = sync::read_mutation(in);
    if (!mutation.ok()) return mutation.error();
    mutate.mutations.push_back(std::move(mutation).value());
  }
  return UpMessage(std::move(mutate));
}

void write(ByteWriter& out, const Subscribe& subscribe) {
  const model::CollectionDef* collection = model::find_collection(subscribe.collection);
  SS_ASSERT(collection != nullptr);
  out.varint(subscribe.subscription);
  out.varint(subscribe.collection);
  write_filter(out, *collection, subscribe.filter);
  out.varint(subscribe.sort.field < 0
                 ? 0u
                 : unsigned{collection->fields[static_cast<std::size_t>(subscribe.sort.field)].number});
  out.u8(subscribe.sort.descending ? 1 : 0);
  out.varint(subscribe.page);
  out.varint(subscribe.page_size);
}

Result<UpMessage> read_subscribe(ByteReader& in) {
  Subscribe subscribe;
  subscribe.subscription = read_u32(in);
  subscribe.collection = read_u16(in);
  const model::CollectionDef* collection = model::find_collection(subscribe.collection);
  if (in.ok() && collection == nullptr) return fail(ErrorCode::unknown_collection);
  if (!in.ok()) return fail(ErrorCode::malformed);
  subscribe.filter = read_filter(in, *collection);
  const std::uint16_t field = read_u16(in);
  if (field != 0) {
    subscribe.sort.field = collection->field_index(field);
    if (subscribe.sort.field < 0) in.fail();
  }
  subscribe.sort.descending = in.u8() == 1;
  subscribe.page = read_u32(in);
  subscribe.page_size = static_cast<std::uint32_t>(in.varint_max(limits::kPageSizeMax));
  return UpMessage(std::move(subscribe));
}

void write(ByteWriter& out, const Unsubscribe& unsubscribe) { out.varint(unsubscribe.subscription); }
void write(ByteWriter& out, const Credentials& credentials) { out.text(credentials.ticket); }
void write(ByteWriter& out, const Ping& ping) { out.varint(ping.value); }

// --- down ------------------------------------------------------------------------------------------------------------

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
    if (answer.known) sync::write_result(out, answer.result);
  }
}

Result<DownMessage> read_welcome(ByteReader& in) {
  Welcome welcome;
  welcome.protocol = read_u16(in);
  if (in.ok() && welcome.protocol != kProtocol) return fail(ErrorCode::needs_update);
  welcome.epoch = in.u64();
  welcome.head = in.varint();
  welcome.head_hash = in.u64();
  welcome.now = in.zigzag();
  welcome.user = read_name(in);
  welcome.user_name = read_name(in);
  const std::uint8_t role = in.u8();
  if (role > static_cast<std::uint8_t>(model::Role::system)) in.fail();
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
      if (!result.ok()) return fail(ErrorCode::malformed, "damaged answer");
      answer.result = std::move(result).value();
    }
    welcome.answers.push_back(std::move(answer));
  }
  return DownMessage(std::move(welcome));
}

void write(ByteWriter& out, const Begin& begin) {
  out.varint(begin.collection);
  out.u32(begin.view);
  out.varint(begin.start);
  out.varint(begin.rows);
  out.varint(begin.parts);
}

Result<DownMessage> read_begin(ByteReader& in) {
  Begin begin;
  begin.collection = read_u16(in);
  begin.view = in.u32();
  begin.start = in.varint();
  begin.rows = in.varint();
  begin.parts = read_u32(in);
  return DownMessage(begin);
}

void write(ByteWriter& out, const Part& part) {
  const model::CollectionDef* collection = model::find_collection(part.collection);
  SS_ASSERT(collection != nullptr);
  out.varint(part.collection);
  out.varint(part.index);
  write_columns(out, *collection, part.rows);
}

Result<DownMessage> read_part(ByteReader& in) {
  Part part;
  part.collection = read_u16(in);
  part.index = read_u32(in);
  const model::CollectionDef* collection = model::find_collection(part.collection);
  if (collection == nullptr) return fail(in.ok() ? ErrorCode::needs_update : ErrorCode::malformed);
  part.rows = read_columns(in, *collection);
  return DownMessage(std::move(part));
}

void write(ByteWriter& out, const End& end) {
  out.varint(end.collection);
  out.varint(end.target);
  write_digest(out, end.digest);
}

Result<DownMessage> read_end(ByteReader& in) {
  End end;
  end.collection = read_u16(in);
  end.target = in.varint();
  end.digest = read_digest(in);
  return DownMessage(std::move(end));
}

void write(ByteWriter& out, const Cancel& cancel) {
  out.varint(cancel.collection);
  out.varint(static_cast<std::uint64_t>(cancel.code));
}

Result<DownMessage> read_cancel(ByteReader& in) {
  Cancel cancel;
  cancel.collection = read_u16(in);
  cancel.code = error_from_number(read_u16(in));
  return DownMessage(cancel);
}

void write_change(ByteWriter& out, Sequence head, const std::vector<AuthorName>& authors,
                  const std::vector<std::string_view>& sections) {
  Sequence target = 0;
  for (const std::string_view section : sections) target = std::max(target, section_target(section));
  ByteWriter gap;
  gap.zigzag(static_cast<std::int64_t>(head - target));
  ByteReader gap_bits(gap.bytes());
  out.varint((gap_bits.varint() << 1) | (authors.empty() ? 0u : 1u));
  if (!authors.empty()) write_authors(out, authors);
  for (const std::string_view section : sections) out.text(section);
}

void write(ByteWriter& out, const Change& change) {
  std::vector<Bytes> encoded;
  for (const sync::Delta& delta : change.sections) encoded.push_back(encode_section(delta));
  const std::vector<std::string_view> sections(encoded.begin(), encoded.end());
  write_change(out, change.head, change.new_authors, sections);
}

Result<DownMessage> read_change(ByteReader& in) {
  Change change;
  const std::uint64_t first = in.varint();
  if ((first & 1) != 0) change.new_authors = read_authors(in);
  Sequence target = 0;
  while (in.ok() && in.remaining() > 0) {
    if (change.sections.size() >= limits::kFrameSections) return fail(ErrorCode::too_large);
    const std::string_view bytes = in.text(limits::kFrameOutputBytes);
    if (!in.ok()) break;
    auto section = read_section(bytes);
    if (!section.ok()) return section.error();
    target = std::max(target, section.value().target);
    change.sections.push_back(std::move(section).value());
  }
  const std::uint64_t bits = first >> 1;
  change.head = target + ((bits >> 1) ^ (~(bits & 1) + 1));
  return DownMessage(std::move(change));
}

void write(ByteWriter& out, const Receipt& receipt) {
  out.varint(receipt.results.size());
  for (const sync::MutationResult& result : receipt.results) sync::write_result(out, result);
}

Result<DownMessage> read_receipt(ByteReader& in) {
  Receipt receipt;
  const std::uint64_t count = in.varint_max(limits::kQueueEntries);
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    if (!keep(sync::read_result(in), receipt.results)) return fail(ErrorCode::malformed, "damaged result");
  }
  return DownMessage(std::move(receipt));
}

void write(ByteWriter& out, const Notice& notice) {
  out.varint(static_cast<std::uint64_t>(notice.code));
  out.text(notice.message);
  out.varint(notice.retry_after_ms);
}

Result<DownMessage> read_notice(ByteReader& in) {
  Notice notice;
  notice.code = error_from_number(read_u16(in));
  notice.message = std::string(in.text(limits::kSentenceBytes));
  notice.retry_after_ms = read_u32(in);
  return DownMessage(std::move(notice));
}

void write(ByteWriter& out, const Keepalive& keepalive) {
  out.varint(keepalive.head);
  out.u64(keepalive.head_hash);
  out.varint(keepalive.expires_in_s);
}

Result<DownMessage> read_keepalive(ByteReader& in) {
  Keepalive keepalive;
  keepalive.head = in.varint();
  keepalive.head_hash = in.u64();
  keepalive.expires_in_s = read_u32(in);
  return DownMessage(keepalive);
}

void write(ByteWriter& out, const Check& check) {
  out.varint(check.entries.size());
  for (const Check::Entry& entry : check.entries) {
    out.varint(entry.collection);
    out.varint(entry.sequence);
    write_digest(out, entry.digest);
  }
}

Result<DownMessage> read_check(ByteReader& in) {
  Check check;
  const std::uint64_t count = in.varint_max(limits::kFrameSections);
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    Check::Entry entry;
    entry.collection = read_u16(in);
    entry.sequence = in.varint();
    entry.digest = read_digest(in);
    check.entries.push_back(std::move(entry));
  }
  return DownMessage(std::move(check));
}

void write(ByteWriter& out, const Page& page) {
  const model::CollectionDef* collection = model::find_collection(page.collection);
  SS_ASSERT(collection != nullptr);
  out.varint(page.subscription);
  out.varint(page.collection);
  out.varint(page.total);
  out.varint(page.page);
  out.varint(page.sequence);
  out.u64(page.hash);
  out.varint(page.order.size());
  for (const RecordId id : page.order) out.u64(id.value);
  write_columns(out, *collection, page.entered);
}

Result<DownMessage> read_page(ByteReader& in) {
  Page page;
  page.subscription = read_u32(in);
  page.collection = read_u16(in);
  const model::CollectionDef* collection = model::find_collection(page.collection);
  if (collection == nullptr) return fail(in.ok() ? ErrorCode::needs_update : ErrorCode::malformed);
  page.total = in.varint();
  page.page = read_u32(in);
  page.sequence = in.varint();
  page.hash = in.u64();
  const std::uint64_t count = in.varint_max(limits::kPageSizeMax);
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) page.order.push_back(RecordId{in.u64()});
  page.entered = read_columns(in, *collection);
  return DownMessage(std::move(page));
}

void write(ByteWriter& out, const Pong& pong) { out.varint(pong.value); }

// --- frames ----------------------------------------------------------------------------------------------------------

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
  Bytes owned;                 // of a compressed frame
  std::string_view payload;
};

Status open(std::string_view frame, std::size_t max_payload, Opened& opened) {
  if (frame.empty()) return fail(ErrorCode::malformed, "an empty frame");
  const auto first = static_cast<std::uint8_t>(frame[0]);
  opened.kind = first & 0x7F;
  opened.payload = frame.substr(1);
  if ((first & kCompressed) != 0) {
    SS_ASSIGN_OR_RETURN(opened.owned, decompress(opened.payload, max_payload));
    opened.payload = opened.owned;
  }
  if (opened.payload.size() > max_payload) return fail(ErrorCode::too_large, "the frame is too large");
  return {};
}

template <class Message>
Result<Message> finished(ByteReader& in, Result<Message> message) {
  if (!message.ok()) return message;
  if (!in.ok()) return fail(ErrorCode::malformed, "the frame ends too early or a value is out of range");
  return message;
}

}  // namespace

Bytes encode(const UpMessage& message) {
  static constexpr Kind kKinds[] = {Kind::hello,       Kind::mutate,      Kind::subscribe,
                                    Kind::unsubscribe, Kind::credentials, Kind::ping};
  ByteWriter out;
  std::visit([&](const auto& one) { write(out, one); }, message);
  // Small and rare: what goes up is never compressed, so that the browser needs no encoder.
  Bytes frame(1, static_cast<char>(kKinds[message.index()]));
  frame += out.bytes();
  return frame;
}

Bytes encode(const DownMessage& message) {
  static constexpr Kind kKinds[] = {Kind::welcome, Kind::begin,  Kind::part,      Kind::end,
                                    Kind::cancel,  Kind::change, Kind::receipt,   Kind::notice,
                                    Kind::keepalive, Kind::check, Kind::page,     Kind::pong};
  ByteWriter out;
  std::visit([&](const auto& one) { write(out, one); }, message);
  return finish(kKinds[message.index()], out);
}

Result<UpMessage> decode_up(std::string_view frame) {
  Opened opened;
  SS_TRY(open(frame, limits::kMessageBytes, opened));
  ByteReader in(opened.payload);
  switch (static_cast<Kind>(opened.kind)) {
    case Kind::hello: return finished(in, read_hello(in));
    case Kind::mutate: return finished(in, read_mutate(in));
    case Kind::subscribe: return finished(in, read_subscribe(in));
    case Kind::unsubscribe: return finished(in, Result<UpMessage>(UpMessage(Unsubscribe{read_u32(in)})));
    case Kind::credentials: return finished(in, Result<UpMessage>(UpMessage(Credentials{read_name(in)})));
    case Kind::ping: return finished(in, Result<UpMessage>(UpMessage(Ping{in.varint()})));
    default: return fail(ErrorCode::unknown_type, "an unknown kind of frame");
  }
}

Result<DownMessage> decode_down(std::string_view frame) {
  Opened opened;
  const bool part = !frame.empty() && (static_cast<std::uint8_t>(frame[0]) & 0x7F) ==
                                          static_cast<std::uint8_t>(Kind::part);
  SS_TRY(open(frame, part ? limits::kPartOutputBytes : limits::kFrameOutputBytes, opened));
  ByteReader in(opened.payload);
  switch (static_cast<Kind>(opened.kind)) {
    case Kind::welcome: return finished(in, read_welcome(in));
    case Kind::begin: return finished(in, read_begin(in));
    case Kind::part: return finished(in, read_part(in));
    case Kind::end: return finished(in, read_end(in));
    case Kind::cancel: return finished(in, read_cancel(in));
    case Kind::change: return finished(in, read_change(in));
    case Kind::receipt: return finished(in, read_receipt(in));
    case Kind::notice: return finished(in, read_notice(in));
    case Kind::keepalive: return finished(in, read_keepalive(in));
    case Kind::check: return finished(in, read_check(in));
    case Kind::page: return finished(in, read_page(in));
    case Kind::pong: return finished(in, Result<DownMessage>(DownMessage(Pong{in.varint()})));
    default: return fail(ErrorCode::unknown_type, "an unknown kind of frame");
  }
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

std::size_t approximate_row_bytes(const model::Record& record) {
  std::size_t bytes = 24;  // row, id, version, time and author as differences, rounded up
  for (const model::Value& value : record.values) {
    if (const auto* text = std::get_if<std::string>(&value)) {
      bytes += text->size() + 3;
    } else if (const auto* list = std::get_if<model::TextList>(&value)) {
      bytes += 2;
      for (const std::string& item : *list) bytes += item.size() + 3;
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
    if (in.ok()) frames.push_back(frame);
  }
  if (!in.ok()) return fail(ErrorCode::malformed, "damaged sequence of frames");
  return frames;
}

}  // namespace syncstore::wire
