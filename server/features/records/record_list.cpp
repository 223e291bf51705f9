#include "server/features/records/record_list.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "core/base/text.hpp"
#include "core/model/validate.hpp"
#include "core/view/filter.hpp"
#include "server/engine/sync_api.hpp"
#include "server/http/answer.hpp"
#include "server/http/hex.hpp"

namespace syncstore::records {
namespace {

struct Query {
  const model::CollectionDef& collection;
  view::Filter filter;
  view::Sort sort;
  std::uint32_t page = 1;
  std::uint32_t size = 25;
  bool by_cursor = false;
  std::string cursor;
};

// A parameter about one field as a person or program writes it; a wrong value names the parameter.
Status add_condition(Query& query, std::size_t index, view::Comparison comparison,
                     const std::string& parameter, const std::string& text) {
  const model::FieldDef& field = query.collection.fields[index];
  view::Condition condition;
  condition.field = static_cast<std::uint16_t>(index);
  condition.comparison = comparison;
  if (field.kind == model::FieldKind::list) {
    condition.comparison = view::Comparison::contains;
    condition.value = normalise_line(text);
  } else {
    Result<model::Value> value = model::value_from_input(field, text);
    if (!value.ok()) {
      return fail(ErrorCode::invalid, value.error().detail, parameter);
    }
    condition.value = std::move(*value);
    if (model::is_absent(condition.value)) {
      condition.comparison = view::Comparison::absent;
    }
  }
  if (query.filter.conditions.size() == limits::kFilterConditions) {
    return fail(ErrorCode::too_large, "Filter by fewer fields.", parameter);
  }
  query.filter.conditions.push_back(std::move(condition));
  return {};
}

// FIELD=value, min_FIELD=value, max_FIELD=value; empty ones ask for nothing.
Status read_conditions(const http::Context& context, Query& query) {
  struct Form {
    std::string_view prefix;
    view::Comparison comparison;
  };
  constexpr Form kForms[] = {{"", view::Comparison::equal},
                             {"min_", view::Comparison::at_least},
                             {"max_", view::Comparison::at_most}};
  for (std::size_t i = 0; i < query.collection.fields.size(); ++i) {
    const model::FieldDef& field = query.collection.fields[i];
    if (field.retired) {
      continue;
    }
    for (const Form& form : kForms) {
      const std::string parameter = std::string(form.prefix) + std::string(field.name);
      const std::string* text = context.query(parameter);
      if (text != nullptr && !text->empty()) {
        SS_TRY(add_condition(query, i, form.comparison, parameter, *text));
      }
    }
  }
  return {};
}

Result<Query> read_query(const http::Context& context, const model::CollectionDef& collection,
                         view::Filter filter) {
  Query query{.collection = collection, .filter = std::move(filter)};
  SS_ASSIGN_OR_RETURN(const std::uint64_t page,
                      http::query_number(context, "page", 1, 1, limits::kPageNumberMax));
  SS_ASSIGN_OR_RETURN(const std::uint64_t size,
                      http::query_number(context, "size", 25, 1, limits::kPageSizeMax));
  query.page = static_cast<std::uint32_t>(page);
  query.size = static_cast<std::uint32_t>(size);
  const std::string* sort = context.query("sort");
  Result<view::Sort> parsed =
      view::parse_sort(collection, sort == nullptr || sort->empty() ? collection.default_sort
                                                                    : std::string_view(*sort));
  if (!parsed.ok()) {
    Error error = parsed.error();
    error.field = "sort";
    return error;
  }
  query.sort = *parsed;
  SS_TRY(read_conditions(context, query));
  if (const std::string* words = context.query("q")) {
    if (words->size() > limits::kQueryBytes) {
      return fail(ErrorCode::too_long, "Search for less text.", "q");
    }
    if (!is_valid_utf8(*words)) {
      return fail(ErrorCode::invalid_utf8, {}, "q");
    }
    query.filter.query = normalise_line(*words);
  }
  if (const std::string* cursor = context.query("cursor")) {
    query.by_cursor = true;
    query.cursor = *cursor;
  }
  return query;
}

// A cursor is the place after a record: its sort value's canonical bytes in hexadecimal, a point,
// its id.
std::string cursor_text(const view::SortKey& key) {
  ByteWriter bytes;
  model::write_value(bytes, key.value);
  return http::hex_text(bytes.bytes()) + "." + key.id.text();
}

std::optional<view::SortKey> read_cursor(std::string_view text) {
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos || point % 2 != 0) {
    return std::nullopt;
  }
  const auto digit = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  std::string bytes;
  for (std::size_t i = 0; i < point; i += 2) {
    const int high = digit(text[i]);
    const int low = digit(text[i + 1]);
    if (high < 0 || low < 0) {
      return std::nullopt;
    }
    bytes += static_cast<char>(high * 16 + low);
  }
  ByteReader in(bytes);
  view::SortKey key;
  key.value = model::read_value(in);
  const std::optional<RecordId> id = RecordId::parse(text.substr(point + 1));
  if (!in.done() || !id) {
    return std::nullopt;
  }
  key.id = *id;
  return key;
}

ports::HttpResponse list_by_cursor(const Query& query, const engine::StoreState& store) {
  std::optional<view::SortKey> after;
  if (!query.cursor.empty()) {
    after = read_cursor(query.cursor);
    if (!after) {
      return http::problem(
          fail(ErrorCode::invalid, "Send the `next` of the page before.", "cursor"));
    }
  }
  struct Found {
    view::SortKey key;
    const model::Record* record;
  };
  std::vector<Found> rest;
  store.table(query.collection.number).for_each([&](const model::Record& record) {
    if (!query.filter.matches(query.collection, record)) {
      return;
    }
    view::SortKey key = view::make_key(query.collection, query.sort, record);
    if (!after || view::key_less(*after, key, query.sort.descending)) {
      rest.push_back(Found{std::move(key), &record});
    }
  });
  const auto before = [&query](const Found& a, const Found& b) {
    return view::key_less(a.key, b.key, query.sort.descending);
  };
  const std::size_t count = std::min<std::size_t>(query.size, rest.size());
  std::partial_sort(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(count), rest.end(),
                    before);
  Json data = Json::array();
  for (std::size_t i = 0; i < count; ++i) {
    data.push(engine::record_json(store, query.collection.number, *rest[i].record));
  }
  const Json next = count < rest.size() ? Json(cursor_text(rest[count - 1].key)) : Json();
  return http::success(std::move(data), {{"next", next},
                                         {"epoch", Json(base32_text(store.epoch()))},
                                         {"sequenceNumber", Json(store.sequence())}});
}

ports::HttpResponse list_by_page(const Query& query, engine::StoreState& store) {
  const engine::PageRows page =
      store.read_page(query.collection.number, query.filter, query.sort, query.page, query.size);
  Json data = Json::array();
  for (const model::Record* record : page.rows) {
    data.push(engine::record_json(store, query.collection.number, *record));
  }
  Json info = Json::object();
  info.set("page", page.info.page);
  info.set("size", page.info.size);
  info.set("total", page.info.total);
  info.set("pages", page.info.pages);
  return http::success(std::move(data), {{"page", std::move(info)},
                                         {"epoch", Json(base32_text(store.epoch()))},
                                         {"sequenceNumber", Json(store.sequence())}});
}

}  // namespace

ports::HttpResponse list_records(const http::Context& context, engine::StoreState& store,
                                 const model::CollectionDef& collection, view::Filter filter) {
  const Result<Query> query = read_query(context, collection, std::move(filter));
  if (!query.ok()) {
    return http::problem(query.error());
  }
  // The address decides the selection, epoch and sequence everything else.
  const std::string tag =
      "\"" + base32_text(store.epoch()) + "-" + std::to_string(store.sequence()) + "\"";
  const std::string* known = context.header("if-none-match");
  if (known != nullptr && http::etag_matches(*known, tag)) {
    return http::not_modified(tag);
  }
  ports::HttpResponse response =
      query->by_cursor ? list_by_cursor(*query, store) : list_by_page(*query, store);
  if (response.status == 200) {
    http::set_header(response, "ETag", tag);
  }
  return response;
}

}  // namespace syncstore::records
