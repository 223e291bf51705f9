// Finding a record whose store is not named, among the stores of the person who asks.
#pragma once

#include "server/engine/engine.hpp"
#include "server/http/context.hpp"

namespace syncstore::records {

// `then` gets the context with store and role filled in. A record in nobody's or somebody else's
// store is 404; too small a role in the own store 403; a deactivated store 409.
void find_own_record(engine::Engine& engine, const http::Gate& gate,
                     const http::ContextPtr& context, std::uint16_t collection,
                     const ports::HttpReply& reply,
                     std::function<void(http::ContextPtr, RecordId)> then);

}  // namespace syncstore::records
