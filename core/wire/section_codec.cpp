#include "core/wire/section_codec.hpp"

#include <algorithm>

#include "core/base/limits.hpp"

namespace syncstore::wire {
namespace {

using sync::ChangeKind;
using sync::Delta;
using sync::RowDelta;

constexpr unsigned kSameVersion = 4;  // bit 2 of a row's control byte
constexpr unsigned kCountShift = 3;
constexpr std::size_t kCountInline = 31;  // this many or more: a varint follows
constexpr std::uint64_t kTagBits = 3;

// Commits of one author at one time that stand next to each other in the sequence: rows name their
// version and find both here.
struct Run {
  Sequence upper = 0;
  TimeMs time = 0;
  std::uint32_t author = 0;
};

std::vector<Run> runs_of(const Delta& delta) {
  std::vector<Run> commits;
  commits.reserve(delta.rows.size());
  for (const RowDelta& row : delta.rows)
    commits.push_back({row.version, row.time, row.author});
  std::stable_sort(commits.begin(), commits.end(),
                   [](const Run& a, const Run& b) { return a.upper > b.upper; });
  std::vector<Run> runs;
  for (const Run& commit : commits) {
    if (!runs.empty() && runs.back().time == commit.time && runs.back().author == commit.author)
      continue;
    if (!runs.empty() && runs.back().upper == commit.upper)
      continue;  // one commit has one author and time
    runs.push_back(commit);
  }
  if (runs.empty())
    runs.push_back({});
  runs.front().upper = delta.target;
  return runs;
}

std::int64_t difference(std::uint64_t value, std::uint64_t previous) {
  return static_cast<std::int64_t>(value - previous);
}

void write_u48(ByteWriter& out, TimeMs time) {
  const auto bits = time < 0 ? 0 : static_cast<std::uint64_t>(time);
  out.u32(static_cast<std::uint32_t>(bits));
  out.u8(static_cast<std::uint8_t>(bits >> 32));
  out.u8(static_cast<std::uint8_t>(bits >> 40));
}

TimeMs read_u48(ByteReader& in) {
  const std::uint64_t low = in.u32();
  const std::uint64_t middle = in.u8();
  const std::uint64_t high = in.u8();
  return static_cast<TimeMs>(low | (middle << 32) | (high << 40));
}

void write_runs(ByteWriter& out, const std::vector<Run>& runs) {
  write_u48(out, runs.front().time);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const bool more = i + 1 < runs.size();
    out.varint((std::uint64_t{runs[i].author} << 1) | (more ? 1 : 0));
    if (!more)
      break;
    out.varint(runs[i].upper - runs[i + 1].upper);
    out.zigzag(difference(static_cast<std::uint64_t>(runs[i].time),
                          static_cast<std::uint64_t>(runs[i + 1].time)));
  }
}

std::vector<Run> read_runs(ByteReader& in, Sequence target) {
  std::vector<Run> runs;
  Run run{target, read_u48(in), 0};
  for (;;) {
    const std::uint64_t author = in.varint_max((std::uint64_t{UINT32_MAX} << 1) | 1);
    run.author = static_cast<std::uint32_t>(author >> 1);
    if (!in.ok() || runs.size() > limits::kFrameRows) {
      in.fail();
      return runs;
    }
    runs.push_back(run);
    if ((author & 1) == 0)
      return runs;
    run.upper -= in.varint();
    run.time = static_cast<TimeMs>(static_cast<std::uint64_t>(run.time) -
                                   static_cast<std::uint64_t>(in.zigzag()));
  }
}

const Run& run_for(const std::vector<Run>& runs, Sequence version) {
  // Descending by `upper`: the last run that still covers the version.
  auto after = std::partition_point(runs.begin(), runs.end(),
                                    [&](const Run& run) { return run.upper >= version; });
  return after == runs.begin() ? *after : *(after - 1);
}

struct RowState {
  RowNumber row = 0;
  std::uint64_t id = 0;
  Sequence version = 0;
};

void write_row(ByteWriter& out, const model::CollectionDef& collection, const Delta& delta,
               const RowDelta& row, RowState& state) {
  const bool same_version = row.version == state.version;
  const auto is_told = [&](const sync::FieldValue& field) {
    return !collection.fields[field.field].retired;
  };
  const auto count =
      static_cast<std::size_t>(std::count_if(row.fields.begin(), row.fields.end(), is_told));
  const std::size_t inlined = std::min(count, kCountInline);
  out.u8(static_cast<std::uint8_t>(static_cast<unsigned>(row.kind) |
                                   (same_version ? kSameVersion : 0u) |
                                   static_cast<unsigned>(inlined << kCountShift)));
  out.zigzag(difference(row.row, state.row));
  if (!same_version)
    out.varint(delta.target - row.version);
  if (row.kind != ChangeKind::update) {
    out.zigzag(difference(row.id.value, state.id));
    state.id = row.id.value;
  }
  if (inlined == kCountInline)
    out.varint(count - kCountInline);
  for (const sync::FieldValue& field : row.fields) {
    if (!is_told(field))
      continue;
    const auto number = std::uint64_t{collection.fields[field.field].number};
    out.varint((number << kTagBits) | static_cast<std::uint64_t>(tag_of(field.value)));
    write_payload(out, field.value);
  }
  state.row = row.row;
  state.version = row.version;
}

bool read_row(ByteReader& in, const model::CollectionDef& collection, const Delta& delta,
              const std::vector<Run>& runs, RowDelta& row, RowState& state) {
  const unsigned control = in.u8();
  const unsigned kind = control & 3;
  if (kind == 0)
    return false;  // an unknown kind of change: this build is too old
  row.kind = static_cast<ChangeKind>(kind);
  const auto number =
      static_cast<std::uint64_t>(state.row) + static_cast<std::uint64_t>(in.zigzag());
  if (number == 0 || number > UINT32_MAX)
    in.fail();
  row.row = static_cast<RowNumber>(number);
  row.version = (control & kSameVersion) != 0 ? state.version : delta.target - in.varint();
  if (row.kind != ChangeKind::update) {
    row.id.value = state.id + static_cast<std::uint64_t>(in.zigzag());
    state.id = row.id.value;
  }
  std::uint64_t count = control >> kCountShift;
  if (count == kCountInline)
    count += in.varint_max(limits::kFieldsOfFrameRow);
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    const std::uint64_t key = in.varint_max(std::uint64_t{UINT16_MAX} << kTagBits | 7);
    model::Value value = read_payload(in, key & 7);
    const int index = collection.field_index(static_cast<std::uint16_t>(key >> kTagBits));
    if (index < 0)
      continue;  // a field of a newer schema: its class of reader would have another view
    row.fields.push_back({static_cast<std::uint16_t>(index), std::move(value)});
  }
  const Run& run = run_for(runs, row.version);
  row.time = run.time;
  row.author = run.author;
  state.row = row.row;
  state.version = row.version;
  return true;
}

}  // namespace

ValueTag tag_of(const model::Value& value) {
  switch (value.index()) {
    case 1:
      return std::get<bool>(value) ? ValueTag::yes : ValueTag::no;
    case 2:
      return ValueTag::integer;
    case 3:
      return ValueTag::text;
    case 4:
      return ValueTag::list;
    default:
      return ValueTag::absent;
  }
}

void write_payload(ByteWriter& out, const model::Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    out.zigzag(*number);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    out.text(*text);
  } else if (const auto* list = std::get_if<model::TextList>(&value)) {
    out.varint(list->size());
    for (const std::string& item : *list)
      out.text(item);
  }
}

model::Value read_payload(ByteReader& in, std::uint64_t tag) {
  switch (static_cast<ValueTag>(tag)) {
    case ValueTag::absent:
      return {};
    case ValueTag::no:
      return false;
    case ValueTag::yes:
      return true;
    case ValueTag::integer:
      return in.zigzag();
    case ValueTag::text:
      return std::string(in.text(limits::kTextBytes));
    case ValueTag::list: {
      model::TextList list;
      const std::uint64_t count = in.varint_max(limits::kListItems);
      for (std::uint64_t i = 0; i < count && in.ok(); ++i)
        list.emplace_back(in.text(limits::kTextBytes));
      return list;
    }
    case ValueTag::opaque:
      in.text(limits::kTextBytes);
      return {};
  }
  in.fail();
  return {};
}

void write_section(ByteWriter& out, const Delta& delta) {
  const model::CollectionDef* collection = model::find_collection(delta.collection);
  SS_ASSERT(collection != nullptr);
  out.varint(delta.collection);
  out.varint(delta.target);
  out.varint(delta.target - delta.base);
  write_runs(out, runs_of(delta));
  RowState state;
  state.version = delta.target;
  for (const RowDelta& row : delta.rows)
    write_row(out, *collection, delta, row, state);
}

Result<Delta> read_section(std::string_view bytes) {
  ByteReader in(bytes);
  Delta delta;
  delta.collection = static_cast<std::uint16_t>(in.varint_max(UINT16_MAX));
  delta.target = in.varint();
  delta.base = delta.target - in.varint_max(delta.target);
  const std::vector<Run> runs = read_runs(in, delta.target);
  if (!in.ok())
    return fail(ErrorCode::malformed, "damaged section");
  const model::CollectionDef* collection = model::find_collection(delta.collection);
  if (collection == nullptr)
    return fail(ErrorCode::needs_update, "a collection that this version does not know");
  RowState state;
  state.version = delta.target;
  while (in.ok() && in.remaining() > 0) {
    if (delta.rows.size() >= limits::kFrameRows)
      return fail(ErrorCode::too_large, "too many rows in a frame");
    RowDelta row;
    if (!read_row(in, *collection, delta, runs, row, state)) {
      return fail(ErrorCode::needs_update, "a kind of change that this version does not know");
    }
    delta.rows.push_back(std::move(row));
  }
  if (!in.done())
    return fail(ErrorCode::malformed, "damaged row");
  return delta;
}

Sequence section_target(std::string_view bytes) {
  ByteReader in(bytes);
  in.varint();
  return in.varint();
}

}  // namespace syncstore::wire
