#include "server/features/imports/csv_products.hpp"

#include <algorithm>

#include "core/base/json.hpp"
#include "core/base/limits.hpp"
#include "core/base/text.hpp"
#include "core/model/validate.hpp"
#include "server/features/imports/currency_check.hpp"

namespace syncstore::imports {
namespace {

constexpr std::size_t kWarningsOfOne =
    4;  // of a product with many rows: the next ones say the same

bool is_blank(const CsvRow& row) {
  return !row.error && std::all_of(row.cells.begin(), row.cells.end(), [](const std::string& cell) {
    return normalise_line(cell).empty();
  });
}

std::size_t bytes_of(const CsvRow& row) {
  std::size_t bytes = 64;
  for (const std::string& cell : row.cells) {
    bytes += cell.size() + sizeof(std::string);
  }
  return bytes;
}

// Shopify's words for a status; anything else is left for the field itself to refuse.
std::string status_of(std::string_view cell) {
  const std::string word = fold_case(normalise_line(cell));
  if (word == "draft" || word == "archived" || word == "unlisted") {
    return "Inactive";
  }
  return std::string(cell);
}

bool is_text(model::FieldKind kind) {
  return kind == model::FieldKind::line || kind == model::FieldKind::text ||
         kind == model::FieldKind::rich_text;
}

Problem problem_of(std::uint64_t line, const Error& error, std::string_view value) {
  return {line, error.field, error.code,
          error.detail.empty() ? std::string(error_sentence(error.code)) : error.detail,
          shortened(value)};
}

}  // namespace

std::string_view CsvProducts::cell(const CsvRow& row, int column) const {
  const auto index = static_cast<std::size_t>(column);
  return column >= 0 && index < row.cells.size() ? std::string_view(row.cells[index])
                                                 : std::string_view();
}

Status CsvProducts::add(CsvRow row) {
  if (!columns_) {
    if (row.error) {
      return fail(ErrorCode::unsupported_file,
                  "The line of column names cannot be read. " + row.error->detail);
    }
    if (is_blank(row)) {
      return {};
    }
    SS_ASSIGN_OR_RETURN(columns_, map_columns(row.cells));
    return {};
  }
  if (!is_blank(row)) {
    read_row(row);
  }
  return {};
}

void CsvProducts::read_row(const CsvRow& row) {
  if (row.error) {
    flush();
    ParsedProduct product;
    product.line = row.line;
    product.last_line = row.last_line;
    product.bytes = bytes_of(row);
    std::string detail = row.error->detail;
    if (row.last_line > row.line) {
      detail += " The lines " + std::to_string(row.line) + " to " + std::to_string(row.last_line) +
                " are concerned.";
    }
    const std::string first = row.cells.empty() ? std::string() : row.cells.front();
    product.problems.push_back(
        {row.line, {}, row.error->code, std::move(detail), shortened(first)});
    ready_.push_back(std::move(product));
    return;
  }
  if (!columns_->is_shopify()) {
    ParsedProduct product = product_of(row);
    complete_key(product);
    ready_.push_back(std::move(product));
    return;
  }
  const int handle_column = columns_->of_field[product_fields().handle];
  const std::string handle = fold_case(normalise_line(cell(row, handle_column)));
  if (open_ && !handle.empty() && handle == open_handle_) {
    fold(row);
    return;
  }
  flush();
  open_ = product_of(row);
  open_handle_ = handle;
  open_rows_ = 1;
  remember_row(row);
  if (handle.empty()) {
    open_->problems.push_back({row.line,
                               "handle",
                               ErrorCode::required,
                               "Every row of a Shopify file needs its handle.",
                               {}});
  }
  const int title_column = columns_->of_field[product_fields().title];
  if (title_column >= 0 && normalise_line(cell(row, title_column)).empty()) {
    open_->problems.push_back(
        {row.line, "title", ErrorCode::required,
         "The first row of a product needs its title. Rows of one handle must stand together.",
         shortened(handle)});
  }
}

ParsedProduct CsvProducts::product_of(const CsvRow& row) const {
  ParsedProduct product;
  product.line = row.line;
  product.last_line = row.last_line;
  product.bytes = bytes_of(row);
  product.clears = !columns_->is_shopify();
  check_width(row, product);
  if (!product.problems.empty()) {
    return product;  // cells stand in wrong columns: what they say would mislead
  }
  for (std::size_t field = 0; field < products().fields.size(); ++field) {
    read_field(row, field, product);
  }
  if (const std::string id = normalise_line(cell(row, columns_->id)); !id.empty()) {
    product.id = RecordId::parse(id).value_or(RecordId{});
  }
  return product;
}

void CsvProducts::read_field(const CsvRow& row, std::size_t field, ParsedProduct& product) const {
  const ProductFields& f = product_fields();
  const model::FieldDef& def = products().fields[field];
  const int column = columns_->of_field[field];
  const bool in_row = column >= 0 && static_cast<std::size_t>(column) < row.cells.size();
  std::string input(in_row ? cell(row, column) : std::string_view());
  bool named = in_row;
  if (columns_->is_shopify()) {
    if (field == f.status && column >= 0) {
      input = status_of(input);
    } else if (field == f.status && columns_->published >= 0) {
      const std::string word = fold_case(normalise_line(cell(row, columns_->published)));
      named = word == "true" || word == "false";
      input = word == "false" ? "Inactive" : "Active";
    } else if (field == f.category && normalise_line(input).empty()) {
      input = std::string(cell(row, columns_->category_fallback));
      named = named || !input.empty();
    }
  } else if (is_text(def.kind)) {
    input = std::string(unguarded(input));
  }
  if (!named) {
    return;
  }
  if (Status same = check_currency(def, input, currency_); !same.ok()) {
    product.problems.push_back(problem_of(row.line, same.error(), input));
    return;
  }
  Result<model::Value> value = model::value_from_input(def, input);
  if (!value.ok()) {
    product.problems.push_back(problem_of(row.line, value.error(), input));
    return;
  }
  product.fields.push_back({static_cast<std::uint16_t>(field), std::move(*value)});
}

void CsvProducts::check_width(const CsvRow& row, ParsedProduct& product) const {
  const std::size_t width = columns_->header.size();
  const std::string counts = "The row has " + std::to_string(row.cells.size()) +
                             " columns, the first line names " + std::to_string(width) + ".";
  if (row.cells.size() < width) {
    product.warnings.push_back({row.line,
                                {},
                                ErrorCode::none,
                                counts + " The missing ones stay as they are in the store.",
                                {}});
    return;
  }
  for (std::size_t i = width; i < row.cells.size(); ++i) {
    if (!normalise_line(row.cells[i]).empty()) {
      product.problems.push_back({row.line,
                                  {},
                                  ErrorCode::malformed,
                                  counts + " A cell with a comma in it needs quotes around it.",
                                  shortened(row.cells[i])});
      return;
    }
  }
}

void CsvProducts::fold(const CsvRow& row) {
  open_->last_line = row.last_line;
  open_->bytes += bytes_of(row);
  ++open_rows_;
  if (open_rows_ > limits::kImportFoldedRows || open_json_.size() > limits::kImportFoldedBytes) {
    if (open_->problems.empty()) {
      open_->problems.push_back(
          {row.line,
           {},
           ErrorCode::too_large,
           "One product may have at most " + std::to_string(limits::kImportFoldedRows) +
               " rows with " + std::to_string(limits::kImportFoldedBytes) + " bytes together.",
           shortened(open_handle_)});
    }
    return;
  }
  if (open_->warnings.size() < kWarningsOfOne) {
    check_width(row, *open_);
  }
  remember_row(row);
}

void CsvProducts::remember_row(const CsvRow& row) {
  open_json_ += open_json_.empty() ? "[" : ",";
  open_json_ += "{\"line\":" + std::to_string(row.line) + ",\"cells\":{";
  bool first = true;
  for (std::size_t i = 0; i < std::min(row.cells.size(), columns_->header.size()); ++i) {
    if (row.cells[i].empty() || !is_valid_utf8(row.cells[i])) {
      continue;
    }
    open_json_ += first ? "" : ",";
    first = false;
    append_json_string(open_json_, columns_->header[i]);
    open_json_ += ":";
    append_json_string(open_json_, row.cells[i]);
  }
  open_json_ += "}}";
}

void CsvProducts::flush() {
  if (!open_) {
    return;
  }
  if (open_rows_ > 1) {
    open_->folded = open_json_ + "]";
    open_->warnings.push_back(
        {open_->line,
         {},
         ErrorCode::none,
         std::to_string(open_rows_) + " rows (lines " + std::to_string(open_->line) + " to " +
             std::to_string(open_->last_line) +
             ") are one product here. SKU, price and stock are those of its first row; the other "
             "rows are kept for its variants.",
         {}});
  }
  ready_.push_back(std::move(*open_));
  open_.reset();
  open_json_.clear();
  open_handle_.clear();
  open_rows_ = 0;
}

void CsvProducts::finish() { flush(); }

ParsedProduct CsvProducts::take_product() {
  ParsedProduct product = std::move(ready_.front());
  ready_.pop_front();
  return product;
}

}  // namespace syncstore::imports
