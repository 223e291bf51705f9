// Messages between a client and the server, as plain structs; codecs turn them into binary frames
// (frame_codec) or JSON (json_dialect). One link serves one store: a second hello on a link
// replaces the store. Kind numbers are permanent.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "core/model/table.hpp"
#include "core/sync/batch.hpp"
#include "core/sync/mutation.hpp"
#include "core/view/filter.hpp"

namespace syncstore::wire {

inline constexpr std::uint16_t kProtocol = 1;

enum class Kind : std::uint8_t {
  // up
  hello = 1,
  mutate = 2,
  subscribe = 3,
  unsubscribe = 4,
  credentials = 5,
  ping = 6,
  ranges = 7,
  // down
  welcome = 64,
  begin = 65,
  part = 66,
  end = 67,
  cancel = 68,
  change = 69,
  receipt = 70,
  notice = 71,
  keepalive = 72,
  check = 73,
  page = 74,
  pong = 75,
  repair = 76,
  live = 77,
};

struct Cursor {
  std::uint16_t collection = 0;
  Epoch epoch = 0;
  std::uint32_t view =
      0;  // class of reader and schema: another view means that collection's snapshot again
  Sequence sequence = 0;  // last sequence of that collection which the client has
};

// --- up
// -----------------------------------------------------------------------------------------------
// A snapshot whose link broke: the parts before `next_part` are here.
struct Resume {
  std::uint16_t collection = 0;
  Epoch epoch = 0;
  Sequence start = 0;
  std::uint32_t next_part = 0;
};
// What a reader knows beyond the first version of this protocol; bits of Hello::abilities.
inline constexpr std::uint32_t kReadsLive = 1;
inline constexpr std::uint32_t kReadsPages = 2;  // may be told `cancel(page_only)`
struct Hello {
  std::uint16_t protocol = kProtocol;
  std::string user;  // id of the user whose data this browser holds; "" = none yet
  ClientId client;
  std::uint64_t generation = 0;  // of the leading tab; the server closes older links of this client
  std::string ticket;            // one-time; "" when the upgrade was authorised
  StoreId store;
  std::vector<std::uint16_t> collections;  // to replicate
  std::vector<Cursor> cursors;
  Sequence head = 0;  // last (sequence, hash) pair heard of this store; 0 = none
  std::uint64_t head_hash = 0;
  std::vector<MutationId> unanswered;
  std::uint32_t abilities = 0;  // 0 = none of what follows is written
  std::vector<Resume> resumes;
};
struct Mutate {
  std::vector<sync::Mutation> mutations;
};
// replica(collection) when `page_size` is 0, else page(collection, filter, sort, page, size) named
// by `subscription`. One that is open already is replaced.
struct Subscribe {
  std::uint32_t subscription = 0;  // of a page from 1; see page_number()
  std::uint16_t collection = 0;
  view::Filter filter;
  view::Sort sort;
  std::uint32_t page = 1;
  std::uint32_t page_size = 0;
  std::uint64_t known = 0;  // hash of the page as the reader has it, of this epoch; 0 = nothing
  // Why a decoded one cannot be served: it names what this version does not know. Not on the wire.
  ErrorCode problem = ErrorCode::none;
};
struct Unsubscribe {
  std::uint32_t subscription = 0;
};
struct Credentials {
  std::string ticket;
};
struct Ping {
  std::uint64_t value = 0;
};
// A reader whose digest differs asks where: the sums of its blocks at its cursor, ascending. The
// answer is a `repair`, or a snapshot when that is cheaper. Servers of the first version say
// nothing.
struct Ranges {
  std::uint16_t collection = 0;
  std::uint32_t view = 0;
  Sequence sequence = 0;
  std::vector<model::BlockSum> blocks;
};

// --- down
// -----------------------------------------------------------------------------------------------
struct AuthorName {
  std::uint32_t number = 0;
  std::string user;  // user id text; "" = not a person
  std::string name;
};
struct Answer {
  MutationId id;
  bool known = false;  // false: the server has never seen it; the client sends it again
  sync::MutationResult result;
};
struct Welcome {
  std::uint16_t protocol = kProtocol;
  Epoch epoch = 0;
  Sequence head = 0;
  std::uint64_t head_hash = 0;
  TimeMs now = 0;  // server's clock, for "as of" texts
  std::string user;
  std::string user_name;
  model::Role role = model::Role::viewer;
  StoreId store;
  std::uint32_t view = 0;
  std::uint32_t dictionary = 0;
  std::uint32_t expires_in_s = 0;  // of the credentials
  std::vector<AuthorName> authors;
  std::vector<Answer> answers;  // one per unanswered id, in order
};
struct Begin {
  std::uint16_t collection = 0;
  std::uint32_t view = 0;
  Sequence start = 0;
  std::uint64_t rows = 0;  // about, for progress
  std::uint32_t parts = 0;
  std::uint32_t from = 0;  // the parts before this one are there already (Hello::resumes)
};
struct Part {
  std::uint16_t collection = 0;
  std::uint32_t index = 0;
  std::vector<model::Record> rows;
};
struct End {
  std::uint16_t collection = 0;
  Sequence target = 0;   // the collection's cursor after this
  model::Digest digest;  // at target
};
struct Cancel {
  std::uint16_t collection = 0;
  ErrorCode code = ErrorCode::none;
};
struct Change {
  Sequence head = 0;  // the store's sequence after this frame
  std::vector<AuthorName> new_authors;
  std::vector<sync::Delta> sections;
};
struct Receipt {
  std::vector<sync::MutationResult> results;
};
struct Notice {
  ErrorCode code = ErrorCode::none;
  std::string message;  // exact sentence; "" = the catalogue's
  std::uint32_t retry_after_ms = 0;
  std::uint32_t subscription = 0;  // the page subscription that this refuses and ends; 0 = none
};
struct Keepalive {
  Sequence head = 0;
  std::uint64_t head_hash = 0;
  std::uint32_t expires_in_s = 0;
};
struct Check {
  struct Entry {
    std::uint16_t collection = 0;
    Sequence sequence = 0;  // the collection's last sequence the digest is of
    model::Digest digest;
  };
  std::vector<Entry> entries;
};
// A page subscription as it is at `sequence`: its facts and the rows that entered or changed,
// whole. Rows that left are those not in `order` any more; an empty order means the one before,
// unless nothing matches (total 0). Hash 0: more frames of this page follow, nothing but rows is
// told yet.
struct Page {
  std::uint32_t subscription = 0;
  std::uint16_t collection = 0;
  std::uint64_t total = 0;
  std::uint32_t page = 1;
  Sequence sequence = 0;
  std::uint64_t hash = 0;  // page_hash() of what stands after this frame
  std::vector<RecordId> order;
  std::vector<model::Record> entered;
};
struct Pong {
  std::uint64_t value = 0;
};
// These blocks as they are at `target`: a row of the reader's in one of them that is not among
// `rows` is gone. Applied when the last frame of them is there; all other blocks are equal.
struct Repair {
  std::uint16_t collection = 0;
  std::uint32_t view = 0;
  Sequence target = 0;  // the collection's cursor after the last frame
  bool more = false;    // frames of the same repair follow
  std::vector<std::uint32_t> blocks;
  model::Digest digest;  // at target
  std::vector<model::Record> rows;
};
// Which row numbers live at `sequence`: the reader's cursor is older than the removals that are
// remembered. Whole rows newer than its cursor follow in a `change`.
struct Live {
  std::uint16_t collection = 0;
  std::uint32_t view = 0;
  Sequence sequence = 0;
  Bytes bitmap;  // bit row % 8 of byte row / 8; numbers beyond its end do not live
  bool contains(RowNumber row) const {
    return row / 8 < bitmap.size() &&
           (static_cast<unsigned char>(bitmap[row / 8]) >> (row % 8) & 1) != 0;
  }
};

using UpMessage = std::variant<Hello, Mutate, Subscribe, Unsubscribe, Credentials, Ping, Ranges>;
using DownMessage = std::variant<Welcome, Begin, Part, End, Cancel, Change, Receipt, Notice,
                                 Keepalive, Check, Page, Pong, Repair, Live>;

// The view number of what a role may read in this build's schema (hash of readable collections and
// field numbers, never 0).
std::uint32_t view_number(std::uint16_t collection, model::Role role);

// What a page subscription shows, as one number: XXH64 over total, rank of its first row (from 0)
// and each row's id and version. Never 0.
struct PageRow {
  RecordId id;
  Sequence version = 0;
  friend bool operator==(const PageRow& a, const PageRow& b) {
    return a.id == b.id && a.version == b.version;
  }
};
std::uint64_t page_hash(std::uint64_t total, std::uint64_t first_rank,
                        const std::vector<PageRow>& rows);
// The number that readers give a page subscription while it is free: equal pages have equal
// numbers and so equal frames, which the server makes once. Never 0.
std::uint32_t page_number(const Subscribe& subscribe);

}  // namespace syncstore::wire
