#include "server/features/imports/fate.hpp"

#include <algorithm>
#include <optional>

#include "core/base/limits.hpp"

namespace syncstore::imports {
namespace {

constexpr std::size_t kTextMax = 16 * limits::kImportRecordBytes;  // nothing in a fate is longer

void write_problems(ByteWriter& out, const std::vector<Problem>& problems) {
  out.varint(problems.size());
  for (const Problem& problem : problems) {
    out.varint(problem.line);
    out.text(problem.field);
    out.varint(static_cast<std::uint64_t>(problem.code));
    out.text(problem.message);
    out.text(problem.value);
  }
}

std::vector<Problem> read_problems(ByteReader& in) {
  std::vector<Problem> problems;
  for (std::uint64_t left = in.varint_max(in.remaining()); left > 0 && in.ok(); --left) {
    Problem problem;
    problem.line = in.varint();
    problem.field = std::string(in.text(kTextMax));
    problem.code = error_from_number(static_cast<std::uint16_t>(in.varint_max(0xFFFF)));
    problem.message = std::string(in.text(kTextMax));
    problem.value = std::string(in.text(kTextMax));
    problems.push_back(std::move(problem));
  }
  return problems;
}

// As records show it: counts are numbers, everything else is text.
Json shown_value(const std::string& field, const std::string& text) {
  if (text.empty()) {
    return {};
  }
  const int index = products().field_index(field);
  const bool count = index >= 0 && products().fields[static_cast<std::size_t>(index)].kind ==
                                       model::FieldKind::count;
  const Result<Json> number = count ? Json::parse(text, text.size()) : Result<Json>(Json(text));
  return number.ok() ? *number : Json(text);
}

Json problems_json(const std::vector<Problem>& problems) {
  Json list = Json::array();
  for (const Problem& problem : problems) {
    Json item = Json::object();
    item.set("line", problem.line);
    item.set("field", problem.field.empty() ? Json() : Json(problem.field));
    if (problem.code != ErrorCode::none) {
      item.set("code", error_name(problem.code));
    }
    item.set("message", problem.message);
    if (!problem.value.empty()) {
      item.set("value", problem.value);
    }
    list.push(std::move(item));
  }
  return list;
}

}  // namespace

std::string_view fate_name(FateKind kind) {
  switch (kind) {
    case FateKind::insert:
      return "insert";
    case FateKind::update:
      return "update";
    case FateKind::unchanged:
      return "unchanged";
    case FateKind::rejected:
      return "rejected";
  }
  return "rejected";
}

std::optional<FateKind> fate_from_name(std::string_view name) {
  for (const FateKind kind :
       {FateKind::insert, FateKind::update, FateKind::unchanged, FateKind::rejected}) {
    if (fate_name(kind) == name) {
      return kind;
    }
  }
  return std::nullopt;
}

void write_fate(ByteWriter& out, const Fate& fate) {
  out.varint(fate.number);
  out.varint(fate.line);
  out.varint(fate.last_line);
  out.u8(static_cast<std::uint8_t>(fate.kind));
  out.u64(fate.record.value);
  out.text(fate.key);
  out.text(fate.title);
  out.varint(fate.changes.size());
  for (const FieldDifference& change : fate.changes) {
    out.text(change.field);
    out.text(change.from);
    out.text(change.to);
  }
  write_problems(out, fate.problems);
  write_problems(out, fate.warnings);
  out.text(fate.mutation);
  out.text(fate.folded);
}

Result<Fate> read_fate(std::string_view bytes) {
  ByteReader in(bytes);
  Fate fate;
  fate.number = in.varint();
  fate.line = in.varint();
  fate.last_line = in.varint();
  fate.kind = static_cast<FateKind>(std::clamp<std::uint8_t>(in.u8(), 1, 4));
  fate.record.value = in.u64();
  fate.key = std::string(in.text(kTextMax));
  fate.title = std::string(in.text(kTextMax));
  for (std::uint64_t left = in.varint_max(in.remaining()); left > 0 && in.ok(); --left) {
    FieldDifference change;
    change.field = std::string(in.text(kTextMax));
    change.from = std::string(in.text(kTextMax));
    change.to = std::string(in.text(kTextMax));
    fate.changes.push_back(std::move(change));
  }
  fate.problems = read_problems(in);
  fate.warnings = read_problems(in);
  fate.mutation = Bytes(in.text(kTextMax));
  fate.folded = std::string(in.text(kTextMax));
  if (!in.done()) {
    return fail(ErrorCode::corrupt, "The import's file of rows is damaged. Import again.");
  }
  return fate;
}

Json fate_json(const Fate& fate) {
  Json json = Json::object();
  json.set("number", fate.number);
  json.set("line", fate.line);
  json.set("lastLine", fate.last_line);
  json.set("fate", fate_name(fate.kind));
  json.set("id", fate.record ? Json(fate.record.text()) : Json());
  json.set("key", fate.key);
  json.set("title", fate.title);
  Json changes = Json::array();
  for (const FieldDifference& change : fate.changes) {
    Json item = Json::object();
    item.set("field", change.field);
    item.set("from", shown_value(change.field, change.from));
    item.set("to", shown_value(change.field, change.to));
    changes.push(std::move(item));
  }
  json.set("changes", std::move(changes));
  json.set("problems", problems_json(fate.problems));
  json.set("warnings", problems_json(fate.warnings));
  return json;
}

std::string_view errors_csv_header() { return "line,product,field,value,problem,code\r\n"; }

void append_error_lines(std::string& out, const Fate& fate) {
  for (const Problem& problem : fate.problems) {
    out += std::to_string(problem.line);
    for (const std::string_view cell :
         {std::string_view(fate.key), std::string_view(problem.field),
          std::string_view(problem.value), std::string_view(problem.message),
          error_name(problem.code)}) {
      out.push_back(',');
      append_cell(out, guarded(cell));
    }
    out += "\r\n";
  }
}

}  // namespace syncstore::imports
