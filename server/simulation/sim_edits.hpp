// What simulated people and programs want: mutations made up from what they see.
#pragma once

#include <vector>

#include "core/session/client_session.hpp"
#include "server/simulation/sim_network.hpp"

namespace syncstore::simulation {

// An edit of what this session's screens show.
sync::Mutation edit_of_person(session::ClientSession& session, SeededRandom& random, TimeMs now);
// What somebody wants to look at.
session::PageSpec page_of_person(SeededRandom& random);
// Some edits of a program that knows these products; it does not look at their values.
std::vector<sync::Mutation> edits_of_program(const std::vector<RecordId>& products,
                                             std::size_t count, IdSource& ids, SeededRandom& random,
                                             TimeMs now);

}  // namespace syncstore::simulation
