// Commands of screens as JSON text: what people do, in names instead of numbers. Turns them into
// calls of a client session; `from` of an operation is what is shown unless the command says
// otherwise, values are normalised here and nowhere later.
//   {"cmd":"edit","mutation":UUID,"mode":"each"|"all"?,"ops":[op]}     op as in the JSON dialect
//   with "collection" for "dataType"
//   {"cmd":"discard","number"} {"cmd":"sendAgain","number","ops"?} {"cmd":"retryNow"}
//   {"cmd":"refresh"} {"cmd":"signedIn"}
//   {"cmd":"openPage","page",
//    "spec":{"collection","page","size","sort","filter":{field:text},"query"}}
//   {"cmd":"closePage","page"} {"cmd":"releasePage","page"}
//   {"cmd":"watch","watch","collection","id"} {"cmd":"unwatch","watch"}
#pragma once

#include <string_view>

#include "core/base/json.hpp"
#include "core/session/client_session.hpp"

namespace syncstore::session {

// An edit that cannot be made is told as an effect `rejected` and is no error here. Errors:
// malformed, unknown_type and what the calls answer.
Status run_command(ClientSession& session, std::string_view text, TimeMs now);

// Parts, for tests and other front ends.
Result<PageSpec> page_spec_from_json(const Json& json);
Result<std::vector<sync::Op>> ops_from_json(const ClientSession& session, const Json& list);
// Operations that undo these, as a JSON array, from what is shown before they are applied. A
// removed record comes back under a new id (made by `new_id`), because an id never lives twice.
std::string inverse_of(const ClientSession& session, const std::vector<sync::Op>& ops,
                       const std::function<RecordId()>& new_id);

}  // namespace syncstore::session
