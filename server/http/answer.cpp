#include "server/http/answer.hpp"

#include "core/base/text.hpp"

namespace syncstore::http {
namespace {

constexpr std::string_view kProblemType = "application/problem+json";
constexpr std::string_view kJsonType = "application/json";

std::string sentence_of(const Error& error) {
  return error.detail.empty() ? std::string(error_sentence(error.code)) : error.detail;
}

Json field_entry(const Error& error) {
  Json entry = Json::object();
  entry.set("field", error.field);
  entry.set("code", error_name(error.code));
  entry.set("message", sentence_of(error));
  return entry;
}

Json problem_body(const Error& error, int status) {
  Json body = Json::object();
  body.set("type", "urn:syncstore:error:" + std::string(error_name(error.code)));
  body.set("title", error_sentence(error.code));
  body.set("status", status);
  body.set("detail", sentence_of(error));
  body.set("code", error_name(error.code));
  body.set("success", false);
  return body;
}

HttpResponse problem_response(const Json& body, int status) {
  HttpResponse response;
  response.status = status;
  response.headers.emplace_back("Content-Type", kProblemType);
  response.body = body.dump();
  return response;
}

}  // namespace

HttpResponse problem(const Error& error) {
  if (error_retryable(error.code) && error_http_status(error.code) != 409) {
    return problem_retry(error, 1);
  }
  const int status = error_http_status(error.code);
  Json body = problem_body(error, status);
  if (!error.field.empty()) {
    Json list = Json::array();
    list.push(field_entry(error));
    body.set("errors", std::move(list));
  }
  return problem_response(body, status);
}

HttpResponse problem_of_fields(const std::vector<Error>& errors) {
  if (errors.size() == 1) {
    return problem(errors.front());
  }
  const Error summary = fail(ErrorCode::invalid);
  const int status = error_http_status(summary.code);
  Json body = problem_body(summary, status);
  Json list = Json::array();
  for (const Error& error : errors) {
    list.push(field_entry(error));
  }
  body.set("errors", std::move(list));
  return problem_response(body, status);
}

HttpResponse problem_with(const Error& error, const std::vector<Json::Member>& members) {
  const int status = error_http_status(error.code);
  Json body = problem_body(error, status);
  for (const Json::Member& member : members) {
    body.set(member.first, member.second);
  }
  return problem_response(body, status);
}

HttpResponse problem_retry(const Error& error, int retry_after_seconds) {
  const int status = error_http_status(error.code);
  HttpResponse response = problem_response(problem_body(error, status), status);
  set_header(response, "Retry-After", std::to_string(retry_after_seconds));
  return response;
}

HttpResponse success(Json data, std::vector<Json::Member> members, int status) {
  Json body = Json::object();
  body.set("success", true);
  body.set("data", std::move(data));
  for (Json::Member& member : members) {
    body.set(std::move(member.first), std::move(member.second));
  }
  return json_text(body.dump(), status);
}

HttpResponse json_text(std::string body, int status) {
  HttpResponse response;
  response.status = status;
  response.headers.emplace_back("Content-Type", kJsonType);
  response.body = std::move(body);
  return response;
}

HttpResponse no_content() {
  HttpResponse response;
  response.status = 204;
  return response;
}

HttpResponse not_modified(std::string etag) {
  HttpResponse response;
  response.status = 304;
  response.headers.emplace_back("ETag", std::move(etag));
  return response;
}

void set_header(HttpResponse& response, std::string_view name, std::string value) {
  const std::string folded = fold_case(name);
  for (auto& header : response.headers) {
    if (fold_case(header.first) == folded) {
      header.second = std::move(value);
      return;
    }
  }
  response.headers.emplace_back(name, std::move(value));
}

const std::string* find_header(const HttpResponse& response, std::string_view name) {
  const std::string folded = fold_case(name);
  for (const auto& header : response.headers) {
    if (fold_case(header.first) == folded) {
      return &header.second;
    }
  }
  return nullptr;
}

bool etag_matches(std::string_view header, std::string_view etag) {
  const auto strip_weak = [](std::string_view tag) {
    return tag.starts_with("W/") ? tag.substr(2) : tag;
  };
  while (!header.empty()) {
    const std::size_t comma = header.find(',');
    std::string_view item = header.substr(0, comma);
    header = comma == std::string_view::npos ? std::string_view{} : header.substr(comma + 1);
    while (item.starts_with(' ')) {
      item.remove_prefix(1);
    }
    while (item.ends_with(' ')) {
      item.remove_suffix(1);
    }
    if (item == "*" || strip_weak(item) == strip_weak(etag)) {
      return true;
    }
  }
  return false;
}

}  // namespace syncstore::http
