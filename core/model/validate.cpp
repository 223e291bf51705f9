#include "core/model/validate.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "core/base/money.hpp"
#include "core/base/text.hpp"

namespace syncstore::model {
namespace {

constexpr TimeMs kTimeMax = 253'402'300'799'999;  // the last millisecond of the year 9999

Error refuse(const FieldDef& field, ErrorCode code, std::string_view what) {
  return fail(code, std::string(field.label) + " " + std::string(what), std::string(field.name));
}

Error refuse_type(const FieldDef& field) {
  return refuse(field, ErrorCode::wrong_type, "has a value of the wrong type.");
}

bool is_number_kind(FieldKind kind) {
  return kind == FieldKind::money || kind == FieldKind::decimal || kind == FieldKind::count ||
         kind == FieldKind::time;
}

std::string number_text(const FieldDef& field, std::int64_t number) {
  const bool scaled = field.kind == FieldKind::money || field.kind == FieldKind::decimal;
  return scaled ? format_decimal(number) : std::to_string(number);
}

Status validate_number(const FieldDef& field, std::int64_t number) {
  if (number < field.min) {
    return refuse(field, ErrorCode::out_of_range,
                  "must be at least " + number_text(field, field.min) + ".");
  }
  if (number > largest_number(field)) {
    return refuse(field, ErrorCode::out_of_range,
                  "must be at most " + number_text(field, largest_number(field)) + ".");
  }
  return {};
}

bool is_choice_of(const FieldDef& field, std::string_view text) {
  std::string_view rest = field.choices;
  while (true) {
    const std::size_t end = rest.find('|');
    if (rest.substr(0, end) == text) {
      return true;
    }
    if (end == std::string_view::npos) {
      return false;
    }
    rest.remove_prefix(end + 1);
  }
}

std::string choices_for_people(const FieldDef& field) {
  std::string out;
  for (const char character : field.choices) {
    if (character != '|') {
      out.push_back(character);
    } else if (!out.empty()) {
      out += ", ";
    }
  }
  return out;
}

// YYYY-MM-DD of the Gregorian calendar, years 0001 to 9999 (RFC 3339, full-date).
bool is_day(std::string_view text) {
  return text.size() == 10 && !text.starts_with("0000") &&
         parse_iso8601(std::string(text) + "T00:00:00Z").ok();
}

std::string normal_text(const FieldDef& field, const std::string& text) {
  switch (field.kind) {
    case FieldKind::text:
      return normalise_text(text);
    case FieldKind::rich_text:
      return clean_rich_text(text);
    case FieldKind::record: {
      const std::optional<RecordId> id = RecordId::parse(normalise_line(text));
      return id ? id->text() : text;
    }
    case FieldKind::json: {
      const Result<Json> json = Json::parse(text, limits::kValueBytes);
      return json.ok() ? json->dump() : text;
    }
    default:
      return normalise_line(text);
  }
}

Status validate_text(const FieldDef& field, const std::string& text) {
  if (text.size() > largest_bytes(field)) {
    return refuse(field, ErrorCode::too_long,
                  "may have at most " + std::to_string(largest_bytes(field)) + " bytes; this has " +
                      std::to_string(text.size()) + ".");
  }
  if (!is_valid_utf8(text)) {
    return refuse(field, ErrorCode::invalid_utf8, "is not valid UTF-8.");
  }
  if (field.kind == FieldKind::record && !RecordId::parse(text)) {
    return refuse(field, ErrorCode::wrong_type, "must be a record id of 13 characters.");
  }
  if (field.kind == FieldKind::day && !is_day(text)) {
    return refuse(field, ErrorCode::wrong_type, "must be a day of the calendar, like 2026-11-22.");
  }
  if (field.kind == FieldKind::json && !Json::parse(text, limits::kValueBytes).ok()) {
    return refuse(field, ErrorCode::wrong_type, "must be JSON.");
  }
  if (text.empty() || normal_text(field, text) != text) {
    return refuse(field, ErrorCode::not_normal,
                  "is not in normal form (trimmed, NFC, cleaned; nothing is null, not empty).");
  }
  if (field.kind == FieldKind::choice && !is_choice_of(field, text)) {
    return refuse(field, ErrorCode::out_of_range,
                  "must be one of: " + choices_for_people(field) + ".");
  }
  return {};
}

Status validate_list(const FieldDef& field, const TextList& list) {
  if (list.size() > limits::kListItems) {
    return refuse(field, ErrorCode::too_long,
                  "may have at most " + std::to_string(limits::kListItems) + " entries.");
  }
  for (std::size_t i = 0; i < list.size(); ++i) {
    SS_TRY(validate_text(field, list[i]));
    if (i > 0 && !(list[i - 1] < list[i])) {
      return refuse(field, ErrorCode::not_normal, "must be sorted, each entry once.");
    }
  }
  if (list.empty()) {
    return refuse(field, ErrorCode::not_normal, "is empty: nothing is null, not an empty list.");
  }
  return {};
}

TextList normal_list(const TextList& list) {
  TextList normal;
  for (const std::string& item : list) {
    std::string text = normalise_line(item);
    if (!text.empty()) {
      normal.push_back(std::move(text));
    }
  }
  std::sort(normal.begin(), normal.end());
  normal.erase(std::unique(normal.begin(), normal.end()), normal.end());
  return normal;
}

// What one field of one collection must look like beyond its kind; `ok` sees present texts only.
struct FormatRule {
  std::uint16_t collection;
  std::string_view field;
  bool (*ok)(std::string_view text);
  std::string_view sentence;
};

bool is_upper_letter(char character) { return character >= 'A' && character <= 'Z'; }

bool is_email(std::string_view text) {
  const std::size_t at = text.find('@');
  return at != 0 && at != std::string_view::npos && at + 1 < text.size() &&
         text.find_first_of(" @", at + 1) == std::string_view::npos &&
         text.find(' ') == std::string_view::npos;
}
constexpr std::string_view kEmailSentence = "must be an e-mail address, like name@example.com.";

bool is_picture_address(std::string_view text) {
  const std::string start = fold_case(text.substr(0, 8));
  return start.starts_with("https://") || start.starts_with("http://") ||
         (start.starts_with('/') && !start.starts_with("//"));
}
constexpr std::string_view kPictureSentence =
    "must be an address that begins with https:// or http://.";

constexpr FormatRule kFormatRules[] = {
    {kStoreInfo, "currency",
     [](std::string_view text) {
       return text.size() == 3 && std::all_of(text.begin(), text.end(), is_upper_letter);
     },
     "must be a code of three capital letters, like GBP."},
    {kStoreInfo, "contact_email", is_email, kEmailSentence},
    {kProducts, "image_url", is_picture_address, kPictureSentence},
    {kProductCollections, "image_url", is_picture_address, kPictureSentence},
    {kLegalEntity, "email", is_email, kEmailSentence},
    {kLegalEntity, "country",
     [](std::string_view text) {
       return text.size() == 2 && std::all_of(text.begin(), text.end(), is_upper_letter);
     },
     "must be a code of two capital letters, like GB."},
    {kCategories, "path",
     [](std::string_view text) {
       return !text.starts_with('>') && !text.ends_with('>') &&
              text.find("> >") == std::string_view::npos;
     },
     "must be a path like \"Toys > Puzzles\", without empty parts."},
    {kProductVariants, "attributes", [](std::string_view text) { return text.starts_with('{'); },
     "must be an object, like {\"Size\":\"L\"}."},
};

}  // namespace

std::size_t largest_bytes(const FieldDef& field) {
  if (field.max_bytes != 0) {
    return field.max_bytes;
  }
  switch (field.kind) {
    case FieldKind::text:
    case FieldKind::rich_text:
      return limits::kTextBytes;
    case FieldKind::json:
      return limits::kValueBytes;
    default:
      return limits::kLineBytes;
  }
}

std::int64_t largest_number(const FieldDef& field) {
  if (field.max != 0) {
    return field.max;
  }
  switch (field.kind) {
    case FieldKind::count:
      return limits::kCountMax;
    case FieldKind::time:
      return kTimeMax;
    default:
      return limits::kDecimalMax;
  }
}

Status validate_value(const FieldDef& field, const Value& value) {
  if (is_absent(value)) {
    return field.required ? Status(refuse(field, ErrorCode::required, "is needed.")) : Status();
  }
  if (field.kind == FieldKind::flag) {
    return std::holds_alternative<bool>(value) ? Status() : Status(refuse_type(field));
  }
  if (is_number_kind(field.kind)) {
    const std::int64_t* number = std::get_if<std::int64_t>(&value);
    return number != nullptr ? validate_number(field, *number) : Status(refuse_type(field));
  }
  if (field.kind == FieldKind::list) {
    const TextList* list = std::get_if<TextList>(&value);
    return list != nullptr ? validate_list(field, *list) : Status(refuse_type(field));
  }
  const std::string* text = std::get_if<std::string>(&value);
  return text != nullptr ? validate_text(field, *text) : Status(refuse_type(field));
}

Value normalise_value(const FieldDef& field, Value value) {
  if (const std::string* text = std::get_if<std::string>(&value)) {
    std::string normal = normal_text(field, *text);
    return normal.empty() ? Value() : Value(std::move(normal));
  }
  if (const TextList* list = std::get_if<TextList>(&value)) {
    TextList normal = normal_list(*list);
    return normal.empty() ? Value() : Value(std::move(normal));
  }
  return value;
}

Status validate_record(const CollectionDef& collection, const Record& record) {
  SS_ASSERT(record.values.size() == collection.fields.size());
  for (std::size_t i = 0; i < collection.fields.size(); ++i) {
    const FieldDef& field = collection.fields[i];
    if (field.required && !field.retired && is_absent(record.values[i])) {
      return refuse(field, ErrorCode::required, "is needed.");
    }
  }
  if (!collection.key_fields.empty() && natural_id(collection, record.values) != record.id) {
    const std::string_view first = collection.key_fields.substr(0, collection.key_fields.find('|'));
    return fail(ErrorCode::invalid,
                "The id does not belong to this " + std::string(first) +
                    ": it is derived from it and cannot change. Remove this one and make another.",
                std::string(first));
  }
  for (const FormatRule& rule : kFormatRules) {
    if (rule.collection != collection.number) {
      continue;
    }
    const auto index = static_cast<std::size_t>(collection.field_index(rule.field));
    if (collection.fields[index].retired) {
      continue;
    }
    const std::string* text = std::get_if<std::string>(&record.values[index]);
    if (text != nullptr && !rule.ok(*text)) {
      return refuse(collection.fields[index], ErrorCode::invalid, rule.sentence);
    }
  }
  return {};
}

}  // namespace syncstore::model
