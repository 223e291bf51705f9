// Context: one request that passed every check of the gate, as a handler sees it. Immutable once
// handed out; engine executor only.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/ids.hpp"
#include "core/base/json.hpp"
#include "server/http/gate.hpp"
#include "server/http/routes.hpp"
#include "server/ports/http.hpp"

namespace syncstore::http {

struct Context {
  ports::HttpRequest request;
  const Route* route = nullptr;
  Params params;
  Principal principal;
  StoreId store;                         // of store and people scopes; "" else
  model::Role role = model::Role::none;  // in that store
  Json body;                             // parsed, of json routes; always an object
  // Made from the Idempotency-Key where one came (then the same for every repetition), else fresh:
  // names the mutation.
  MutationId mutation;
  bool keyed = false;  // an Idempotency-Key came along

  std::string_view param(std::string_view name) const;  // "" when absent
  // Of the query; nullptr when absent.
  const std::string* query(std::string_view name) const { return request.query_value(name); }
  const std::string* header(std::string_view name) const { return request.header(name); }
};

using ContextPtr = std::shared_ptr<const Context>;
using Handler = std::function<void(ContextPtr, ports::HttpReply)>;
using SinkAnswer =
    std::function<void(std::shared_ptr<ports::BodySink>, bool refused, ports::HttpResponse)>;
// For routes whose body is streamed.
using FileHandler = std::function<void(ContextPtr, SinkAnswer)>;

// Checked reads of the query. Errors name the parameter (invalid).
Result<std::uint64_t> query_number(const Context& context, std::string_view name,
                                   std::uint64_t fallback, std::uint64_t min, std::uint64_t max);
Result<bool> query_flag(const Context& context, std::string_view name, bool fallback);

}  // namespace syncstore::http
