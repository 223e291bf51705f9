#include "core/model/value.hpp"

#include "core/base/limits.hpp"

namespace syncstore::model {
namespace {

enum Tag : std::uint8_t {
  kAbsent = 0,
  kFalse = 1,
  kTrue = 2,
  kInteger = 3,
  kText = 4,
  kList = 5,
};

TextList read_list(ByteReader& in) {
  TextList list;
  const auto count = static_cast<std::size_t>(in.varint_max(limits::kListItems));
  list.reserve(count);
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    list.emplace_back(in.text(limits::kLineBytes));
  }
  return list;
}

}  // namespace

void write_value(ByteWriter& out, const Value& value) {
  if (const bool* flag = std::get_if<bool>(&value)) {
    out.u8(*flag ? kTrue : kFalse);
  } else if (const std::int64_t* integer = std::get_if<std::int64_t>(&value)) {
    out.u8(kInteger);
    out.zigzag(*integer);
  } else if (const std::string* text = std::get_if<std::string>(&value)) {
    out.u8(kText);
    out.text(*text);
  } else if (const TextList* list = std::get_if<TextList>(&value)) {
    out.u8(kList);
    out.varint(list->size());
    for (const std::string& item : *list) {
      out.text(item);
    }
  } else {
    out.u8(kAbsent);
  }
}

Value read_value(ByteReader& in) {
  switch (in.u8()) {
    case kAbsent:
      return {};
    case kFalse:
      return false;
    case kTrue:
      return true;
    case kInteger:
      return in.zigzag();
    case kText:
      return std::string(in.text(limits::kValueBytes));
    case kList:
      return read_list(in);
    default:
      in.fail();
      return {};
  }
}

}  // namespace syncstore::model
