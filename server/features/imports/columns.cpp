#include "server/features/imports/columns.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "core/base/text.hpp"
#include "core/base/utf8.hpp"
#include "server/features/imports/parsed_product.hpp"

namespace syncstore::imports {
namespace {

// Names of a field in other people's files, folded to letters and digits, the likeliest first; the
// field's own name goes before all.
struct Synonyms {
  std::string_view field;
  std::string_view names;
};

constexpr Synonyms kPlain[] = {
    {"title", "producttitle|productname|itemname|name|product|item"},
    {"sku",
     "variantsku|sellersku|itemsku|skucode|stockcode|productcode|itemcode|articlenumber|code"},
    {"asin", "asin1|amazonasin"},
    {"image_url",
     "imageurl|productimageurl|imagesrc|imagelink|mainimageurl|mainimage|image|picture|pictureurl"},
    {"status", "productstatus|listingstatus|state"},
    {"sales_amount", "salesamount|sales|revenue|totalsales"},
    {"units_sold", "unitssold|soldunits|unitsordered|sold"},
    {"page_views", "pageviews|views|visits"},
    {"inventory",
     "inventoryquantity|variantinventoryqty|stock|stockquantity|quantity|qty|quantityonstock|"
     "onhand|available"},
    {"price", "unitprice|variantprice|salesprice|sellingprice|itemprice"},
    {"handle", "urlhandle|slug|producthandle"},
    {"description", "bodyhtml|body|productdescription|descriptionhtml|longdescription"},
    {"category", "productcategory|producttype|categorypath|type"},
};

constexpr Synonyms kShopifyOld[] = {
    {"title", "title"},
    {"sku", "variantsku"},
    {"image_url", "imagesrc"},
    {"status", "status"},
    {"inventory", "variantinventoryqty"},
    {"price", "variantprice"},
    {"handle", "handle"},
    {"description", "bodyhtml"},
    {"category", "productcategory|standardizedproducttype|customproducttype"},
};

constexpr Synonyms kShopifyNew[] = {
    {"title", "title"},
    {"sku", "sku"},
    {"image_url", "productimageurl"},
    {"status", "status"},
    {"inventory", "inventoryquantity"},
    {"price", "price"},
    {"handle", "urlhandle"},
    {"description", "description"},
    {"category", "productcategory"},
};

// "Body (HTML)" and "body_html" are one name.
std::string plain_name(std::string_view name) {
  std::string out;
  const std::string folded = fold_case(name);
  for (std::size_t at = 0; at < folded.size();) {
    const std::size_t begin = at;
    const char32_t code = next_code_point(folded, at);
    const bool kept = code >= 0x80 ? !is_white_space(code) && code != 0xFEFF
                                   : (code >= 'a' && code <= 'z') || (code >= '0' && code <= '9');
    if (kept) {
      out.append(folded, begin, at - begin);
    }
  }
  return out;
}

class Header {
 public:
  explicit Header(const std::vector<std::string>& header) {
    for (const std::string& name : header) {
      names_.push_back(plain_name(name));
    }
    used_.resize(names_.size(), false);
  }

  int find(std::string_view name) const {
    const auto found = std::find(names_.begin(), names_.end(), name);
    return found == names_.end() || name.empty() ? -1 : static_cast<int>(found - names_.begin());
  }
  bool has(std::string_view name) const { return find(name) >= 0; }
  // The column of the first of these names that is there and not taken yet.
  int take(std::string_view alternatives) {
    while (!alternatives.empty()) {
      const std::size_t end = alternatives.find('|');
      const int column = find(alternatives.substr(0, end));
      if (column >= 0 && !used_[static_cast<std::size_t>(column)]) {
        used_[static_cast<std::size_t>(column)] = true;
        return column;
      }
      alternatives.remove_prefix(end == std::string_view::npos ? alternatives.size() : end + 1);
    }
    return -1;
  }
  bool used(std::size_t column) const { return used_[column]; }

  Layout layout() const {
    const bool variants = has("variantsku") || has("variantprice") || has("variantinventoryqty") ||
                          has("option1name") || has("bodyhtml");
    if (has("handle") && variants) {
      return has("status") ? Layout::shopify_2023 : Layout::shopify_2017;
    }
    const bool renamed = has("option1name") || has("productimageurl") || has("imageposition") ||
                         has("continuesellingwhenoutofstock") || has("publishedononlinestore");
    return has("urlhandle") && renamed ? Layout::shopify_2025 : Layout::plain;
  }

 private:
  std::vector<std::string> names_;
  std::vector<bool> used_;
};

std::string names_shown(const std::vector<std::string>& header) {
  std::string out;
  for (const std::string& name : header) {
    out += (out.empty() ? "" : ", ") + shortened(name);
    if (out.size() > limits::kImportShownBytes) {
      return out + ", …";
    }
  }
  return out;
}

// Today's name and those that exports of earlier versions have.
std::string names_of(const model::FieldDef& field) {
  std::string names = plain_name(field.name);
  std::string_view former = field.formerly;
  while (!former.empty()) {
    const std::size_t end = std::min(former.find('|'), former.size());
    names += "|" + plain_name(former.substr(0, end));
    former.remove_prefix(std::min(end + 1, former.size()));
  }
  return names;
}

template <std::size_t N>
void assign(Columns& columns, Header& header, const Synonyms (&table)[N]) {
  for (const Synonyms& row : table) {
    const auto field = static_cast<std::size_t>(products().field_index(row.field));
    if (columns.of_field[field] < 0 && !products().fields[field].retired) {
      columns.of_field[field] = header.take(row.names);
    }
  }
}

}  // namespace

std::string_view layout_name(Layout layout) {
  switch (layout) {
    case Layout::plain:
      return "CSV";
    case Layout::shopify_2017:
      return "Shopify CSV (2017 columns)";
    case Layout::shopify_2023:
      return "Shopify CSV (2023 columns)";
    case Layout::shopify_2025:
      return "Shopify CSV (2025 columns)";
  }
  return "CSV";
}

Result<Columns> map_columns(const std::vector<std::string>& header) {
  if (header.size() > limits::kImportColumns) {
    return fail(ErrorCode::unsupported_file,
                "The file has more than " + std::to_string(limits::kImportColumns) + " columns.");
  }
  Columns columns;
  columns.header = header;
  columns.of_field.assign(products().fields.size(), -1);
  Header names(header);
  columns.layout = names.layout();
  if (columns.layout == Layout::plain) {
    for (std::size_t i = 0; i < products().fields.size(); ++i) {
      // A column of an older export that nobody takes, or what only the server knows: reported as
      // ignored.
      if (products().fields[i].retired || products().fields[i].write == model::Role::system) {
        continue;
      }
      columns.of_field[i] = names.take(names_of(products().fields[i]));
    }
    assign(columns, names, kPlain);
    columns.id = names.take("id");
  } else {
    if (columns.layout == Layout::shopify_2025) {
      assign(columns, names, kShopifyNew);
    } else {
      assign(columns, names, kShopifyOld);
    }
    columns.category_fallback = names.take("type");
    if (columns.of_field[product_fields().status] < 0) {
      columns.published = names.take("published|publishedononlinestore");
    }
  }
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (!names.used(i) && !plain_name(header[i]).empty()) {
      columns.ignored.push_back(shortened(header[i]));
    }
  }
  const ProductFields& f = product_fields();
  if (columns.of_field[f.title] < 0 && columns.of_field[f.sku] < 0 &&
      columns.of_field[f.handle] < 0 && columns.id < 0) {
    return fail(ErrorCode::unsupported_file,
                "The first line names no column of products: " + names_shown(header) +
                    ". Needed is a line of column names with title, and sku or handle.");
  }
  return columns;
}

}  // namespace syncstore::imports
