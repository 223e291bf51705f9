// Prints web/src/protocol/generated.ts: what the browser's screens must know of the core's tables.
//   generate_protocol FILE           writes the file
//   generate_protocol --check FILE   ends with 1 when the file is stale
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "core/base/limits.hpp"
#include "core/base/money.hpp"
#include "core/base/result.hpp"
#include "core/model/catalogue.hpp"
#include "core/model/validate.hpp"
#include "core/wire/messages.hpp"

namespace syncstore {
namespace {

using model::CollectionDef;
using model::FieldDef;
using model::FieldKind;

constexpr std::string_view kHead =
    R"(// Generated from the core's tables by the target generate_protocol; do not edit.

export type FieldKind =
  | 'line' | 'text' | 'rich_text' | 'choice' | 'money' | 'decimal' | 'count' | 'flag' | 'time'
  | 'list' | 'json' | 'record' | 'day';
export type MergePolicy = 'review' | 'last_arrival' | 'counter';
export type Role = 'none' | 'viewer' | 'editor' | 'admin' | 'system';
export type KeyRule = 'drawn' | 'singleton' | 'natural';

export interface FieldDef {
  readonly number: number;
  readonly name: string;
  readonly label: string;
  readonly kind: FieldKind;
  readonly policy: MergePolicy;
  readonly required: boolean;
  readonly unique: boolean;
  readonly sortable: boolean;
  readonly searchable: boolean;
  /** Least role that may write it; system = only the server. */
  readonly write: Role;
  /** Of texts and of each entry of a list: bytes of UTF-8. */
  readonly maxBytes?: number;
  /** Of numbers: decimal strings for money and decimals, numbers for counts and times (ms). */
  readonly min?: string | number;
  readonly max?: string | number;
  /** Of choices; the first is the default, '' = none. */
  readonly choices?: readonly string[];
}

export interface CollectionDef {
  readonly number: number;
  readonly name: string;
  readonly label: string;
  readonly key: KeyRule;
  readonly read: Role;
  readonly create: Role;
  readonly remove: Role;
  readonly defaultSort: string;
  readonly fields: readonly FieldDef[];
}

export interface ErrorDef {
  readonly number: number;
  readonly status: number;
  readonly retryable: boolean;
  readonly sentence: string;
}

)";

constexpr std::string_view kTail = R"(
export type CollectionName = keyof typeof COLLECTIONS;
export type ErrorName = keyof typeof ERRORS;

/** The catalogue's sentence for an error of the wire or of HTTP. */
export function errorSentence(name: string): string {
  return (ERRORS as Record<string, ErrorDef>)[name]?.sentence ?? ERRORS.internal.sentence;
}
)";

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char character : text) {
    if (character == '\'' || character == '\\') {
      out.push_back('\\');
    }
    out.push_back(character);
  }
  return out + "'";
}

std::string_view kind_name(FieldKind kind) {
  switch (kind) {
    case FieldKind::line:
      return "line";
    case FieldKind::text:
      return "text";
    case FieldKind::rich_text:
      return "rich_text";
    case FieldKind::choice:
      return "choice";
    case FieldKind::money:
      return "money";
    case FieldKind::decimal:
      return "decimal";
    case FieldKind::count:
      return "count";
    case FieldKind::flag:
      return "flag";
    case FieldKind::time:
      return "time";
    case FieldKind::list:
      return "list";
    case FieldKind::json:
      return "json";
    case FieldKind::record:
      return "record";
    case FieldKind::day:
      return "day";
  }
  return "";
}

std::string_view policy_name(model::MergePolicy policy) {
  switch (policy) {
    case model::MergePolicy::review:
      return "review";
    case model::MergePolicy::last_arrival:
      return "last_arrival";
    case model::MergePolicy::counter:
      return "counter";
  }
  return "";
}

std::string_view key_name(model::KeyRule key) {
  switch (key) {
    case model::KeyRule::drawn:
      return "drawn";
    case model::KeyRule::singleton:
      return "singleton";
    case model::KeyRule::natural:
      return "natural";
  }
  return "";
}

// Empty for numbers that are no kind; a kind without a name is a compiler warning.
std::string_view message_name(wire::Kind kind) {
  switch (kind) {
    case wire::Kind::hello:
      return "hello";
    case wire::Kind::mutate:
      return "mutate";
    case wire::Kind::subscribe:
      return "subscribe";
    case wire::Kind::unsubscribe:
      return "unsubscribe";
    case wire::Kind::credentials:
      return "credentials";
    case wire::Kind::ping:
      return "ping";
    case wire::Kind::ranges:
      return "ranges";
    case wire::Kind::welcome:
      return "welcome";
    case wire::Kind::begin:
      return "begin";
    case wire::Kind::part:
      return "part";
    case wire::Kind::end:
      return "end";
    case wire::Kind::cancel:
      return "cancel";
    case wire::Kind::change:
      return "change";
    case wire::Kind::receipt:
      return "receipt";
    case wire::Kind::notice:
      return "notice";
    case wire::Kind::keepalive:
      return "keepalive";
    case wire::Kind::check:
      return "check";
    case wire::Kind::page:
      return "page";
    case wire::Kind::pong:
      return "pong";
    case wire::Kind::repair:
      return "repair";
    case wire::Kind::live:
      return "live";
  }
  return "";
}

std::string number_for(const FieldDef& field, std::int64_t number) {
  const bool scaled = field.kind == FieldKind::money || field.kind == FieldKind::decimal;
  return scaled ? quoted(format_decimal(number)) : std::to_string(number);
}

std::string bounds_of(const FieldDef& field) {
  switch (field.kind) {
    case FieldKind::money:
    case FieldKind::decimal:
    case FieldKind::count:
    case FieldKind::time:
      return ",\n        min: " + number_for(field, field.min) +
             ", max: " + number_for(field, model::largest_number(field));
    case FieldKind::flag:
    case FieldKind::choice:
    case FieldKind::record:
    case FieldKind::day:
      return "";
    default:
      return ",\n        maxBytes: " + std::to_string(model::largest_bytes(field));
  }
}

std::string choices_of(const FieldDef& field) {
  std::string out;
  std::string_view rest = field.choices;
  while (field.kind == FieldKind::choice) {
    const std::size_t end = rest.find('|');
    out += (out.empty() ? ",\n        choices: [" : ", ") + quoted(rest.substr(0, end));
    if (end == std::string_view::npos) {
      out += "]";
      break;
    }
    rest.remove_prefix(end + 1);
  }
  return out;
}

void print_field(std::ostream& out, const FieldDef& field) {
  const auto flag = [](bool value) { return value ? "true" : "false"; };
  out << "      {\n        number: " << field.number << ", name: " << quoted(field.name)
      << ", label: " << quoted(field.label) << ",\n        kind: " << quoted(kind_name(field.kind))
      << ", policy: " << quoted(policy_name(field.policy)) << ", required: " << flag(field.required)
      << ", unique: " << flag(field.unique) << ",\n        sortable: " << flag(field.sortable)
      << ", searchable: " << flag(field.searchable)
      << ", write: " << quoted(model::role_name(field.write)) << bounds_of(field)
      << choices_of(field) << ",\n      },\n";
}

void print_collections(std::ostream& out) {
  out << "export const COLLECTIONS = {\n";
  for (const CollectionDef& collection : model::collections()) {
    out << "  " << collection.name << ": {\n    number: " << collection.number
        << ", name: " << quoted(collection.name) << ", label: " << quoted(collection.label)
        << ", key: " << quoted(key_name(collection.key))
        << ",\n    read: " << quoted(model::role_name(collection.read))
        << ", create: " << quoted(model::role_name(collection.create))
        << ", remove: " << quoted(model::role_name(collection.remove))
        << ", defaultSort: " << quoted(collection.default_sort) << ",\n    fields: [\n";
    for (const FieldDef& field : collection.fields) {
      if (!field.retired) {
        print_field(out, field);
      }
    }
    out << "    ],\n  },\n";
  }
  out << "} as const satisfies Record<string, CollectionDef>;\n\n";
}

void print_errors(std::ostream& out) {
  out << "export const ERRORS = {\n";
  for (std::uint16_t number = 1; error_from_number(number) != ErrorCode::none; ++number) {
    const ErrorCode code = error_from_number(number);
    out << "  " << error_name(code) << ": {\n    number: " << number
        << ", status: " << error_http_status(code)
        << ", retryable: " << (error_retryable(code) ? "true" : "false")
        << ",\n    sentence: " << quoted(error_sentence(code)) << ",\n  },\n";
  }
  out << "} as const satisfies Record<string, ErrorDef>;\n\n";
}

void print_messages(std::ostream& out) {
  out << "export const PROTOCOL = " << wire::kProtocol << ";\n\n"
      << "/** First byte of every binary frame; its high bit says that the rest is compressed. "
         "*/\nexport const MESSAGE_KINDS = {\n";
  for (int number = 0; number < 256; ++number) {
    const std::string_view name = message_name(static_cast<wire::Kind>(number));
    if (!name.empty()) {
      out << "  " << name << ": " << number << ",\n";
    }
  }
  out << "} as const;\n\n";
}

void print_limits(std::ostream& out) {
  struct Limit {
    std::string_view name;
    std::uint64_t value;
  };
  const auto unsigned_of = [](int value) { return static_cast<std::uint64_t>(value); };
  const Limit all[] = {
      {"messageBytes", limits::kMessageBytes},
      {"importBytes", limits::kImportBytes},
      {"opsPerMutation", limits::kOpsPerMutation},
      {"mutationsPerMessage", limits::kMutationsPerMessage},
      {"mutateBytes", limits::kMutateBytes},
      {"lineBytes", limits::kLineBytes},
      {"textBytes", limits::kTextBytes},
      {"listItems", limits::kListItems},
      {"countMax", static_cast<std::uint64_t>(limits::kCountMax)},
      {"pageSizeMax", limits::kPageSizeMax},
      {"replicaRecords", limits::kReplicaRecords},
      {"queueEntries", limits::kQueueEntries},
      {"queueBytes", limits::kQueueBytes},
      {"openPages", limits::kOpenPages},
      {"backoffFirstMs", unsigned_of(limits::kBackoffFirstMs)},
      {"backoffMaxMs", unsigned_of(limits::kBackoffMaxMs)},
      {"failuresBeforePolling", unsigned_of(limits::kFailuresBeforePolling)},
      {"pollMs", unsigned_of(limits::kPollMs)},
      {"ticketSeconds", unsigned_of(limits::kTicketSeconds)},
      {"passwordMin", limits::kPasswordMin},
      {"passwordMax", limits::kPasswordMax},
  };
  out << "export const LIMITS = {\n";
  for (const Limit& limit : all) {
    out << "  " << limit.name << ": " << limit.value << ",\n";
  }
  out << "} as const;\n";
}

std::string generate() {
  std::ostringstream out;
  out << kHead;
  print_messages(out);
  print_collections(out);
  print_errors(out);
  print_limits(out);
  out << kTail;
  return out.str();
}

int run(const std::string& path, bool check) {
  const std::string wanted = generate();
  if (!check) {
    std::ofstream(path, std::ios::binary) << wanted;
    return 0;
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream present;
  present << file.rdbuf();
  if (present.str() != wanted) {
    std::cerr << path << " is stale: build generate_protocol and run it with this path\n";
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace syncstore

int main(int argc, char** argv) {
  const bool check = argc == 3 && std::string_view(argv[1]) == "--check";
  if (argc != 2 && !check) {
    std::cerr << "usage: generate_protocol [--check] FILE\n";
    return 2;
  }
  return syncstore::run(argv[argc - 1], check);
}
