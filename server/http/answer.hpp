// Answers: success envelopes and problem+json (RFC 9457) made from the error catalogue. Pure
// functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.hpp"
#include "core/base/result.hpp"
#include "server/ports/http.hpp"

namespace syncstore::http {

using ports::HttpResponse;

// {"type","title","status","detail","code","success":false,"errors":[…]?}; status is the
// catalogue's.
HttpResponse problem(const Error& error);
// Several fields at once: 422 `invalid` with one entry per error (or the single error's own code
// when there is one).
HttpResponse problem_of_fields(const std::vector<Error>& errors);
// As problem(), with members of one's own beside the standard ones (conflicts: errors[],
// conflictId).
HttpResponse problem_with(const Error& error, const std::vector<Json::Member>& members);
// 429 or 503 with Retry-After.
HttpResponse problem_retry(const Error& error, int retry_after_seconds);

// {"success":true,"data":data} and further members after data.
HttpResponse success(Json data, std::vector<Json::Member> members = {}, int status = 200);
// Body already written as JSON text.
HttpResponse json_text(std::string body, int status = 200);
HttpResponse no_content();
HttpResponse not_modified(std::string etag);

void set_header(HttpResponse& response, std::string_view name, std::string value);  // replaces
const std::string* find_header(const HttpResponse& response, std::string_view name);

// Whether a list of entity tags (If-Match, If-None-Match) names this tag; "*" does. Weak
// comparison.
bool etag_matches(std::string_view header, std::string_view etag);

}  // namespace syncstore::http
