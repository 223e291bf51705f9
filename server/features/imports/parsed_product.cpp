#include "server/features/imports/parsed_product.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "core/base/text.hpp"
#include "core/base/utf8.hpp"

namespace syncstore::imports {
namespace {

constexpr std::size_t kSlugBytes = 200;  // a handle may have 255

// Without the characters of a sequence that the cut went through.
std::string_view cut(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) {
    return text;
  }
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) {
    --bytes;
  }
  return text.substr(0, bytes);
}

bool begins_formula(char character) {
  return character == '=' || character == '+' || character == '-' || character == '@' ||
         character == '\t' || character == '\r';
}

std::size_t index_of(std::string_view name) {
  const int index = products().field_index(name);
  SS_ASSERT(index >= 0);
  return static_cast<std::size_t>(index);
}

}  // namespace

const model::CollectionDef& products() {
  return *model::find_collection(model::kProducts);
}

const ProductFields& product_fields() {
  static const ProductFields fields{index_of("title"),     index_of("sku"),
                                    index_of("handle"),    index_of("status"),
                                    index_of("inventory"), index_of("category")};
  return fields;
}

const model::Value* ParsedProduct::find(std::size_t field) const {
  for (const sync::FieldValue& named : fields) {
    if (named.field == field) {
      return &named.value;
    }
  }
  return nullptr;
}

std::string ParsedProduct::text(std::size_t field) const {
  const model::Value* value = find(field);
  const std::string* held = value != nullptr ? std::get_if<std::string>(value) : nullptr;
  return held != nullptr ? *held : std::string();
}

std::string shortened(std::string_view text) {
  const std::string_view kept = cut(text, limits::kImportShownBytes);
  std::string line = normalise_line(is_valid_utf8(kept) ? std::string(kept) : latin1_to_utf8(kept));
  return kept.size() < text.size() ? line + "…" : line;
}

std::string slug(std::string_view title) {
  std::string out;
  const std::string folded = fold_case(title);
  for (std::size_t at = 0; at < folded.size();) {
    const std::size_t begin = at;
    const char32_t code = next_code_point(folded, at);
    const bool kept = code >= 0x80 ? !is_white_space(code)
                                   : (code >= 'a' && code <= 'z') || (code >= '0' && code <= '9');
    if (kept) {
      out.append(folded, begin, at - begin);
    } else if (!out.empty() && out.back() != '-') {
      out.push_back('-');
    }
  }
  std::string result(cut(out, kSlugBytes));
  while (result.ends_with('-')) {
    result.pop_back();
  }
  return to_nfc(result);
}

void complete_key(ParsedProduct& product) {
  const ProductFields& f = product_fields();
  if (!product.text(f.sku).empty() || !product.text(f.handle).empty()) {
    return;
  }
  std::string made = slug(product.text(f.title));
  if (made.empty()) {
    return;
  }
  std::erase_if(product.fields,
                [&](const sync::FieldValue& named) { return named.field == f.handle; });
  product.handle_made = true;
  product.fields.push_back({static_cast<std::uint16_t>(f.handle), std::move(made)});
}

std::string guarded(std::string_view text) {
  const std::size_t first = text.find_first_not_of('\'');
  if (first != std::string_view::npos && begins_formula(text[first])) {
    return "'" + std::string(text);
  }
  return std::string(text);
}

std::string_view unguarded(std::string_view cell) {
  const std::size_t first = cell.find_first_not_of('\'');
  const bool is_guard = first != std::string_view::npos && first > 0 && begins_formula(cell[first]);
  return is_guard ? cell.substr(1) : cell;
}

void append_cell(std::string& out, std::string_view text) {
  const bool quotes = text.find_first_of("\",;\t\r\n") != std::string_view::npos ||
                      text.starts_with(' ') || text.ends_with(' ');
  if (!quotes) {
    out.append(text);
    return;
  }
  out.push_back('"');
  for (const char character : text) {
    if (character == '"') {
      out.push_back('"');
    }
    out.push_back(character);
  }
  out.push_back('"');
}

}  // namespace syncstore::imports
