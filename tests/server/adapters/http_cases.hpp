// The cases of the Http11Probe suite for HTTP/1.1 servers, by its ids, against this server's gate
// and a handler that echoes: what a client sends and exactly what must come back. Where that suite
// leaves a choice (refuse or read leniently) the case names the one that this server makes.
// Categories: COMP and RFC… compliance, SMUG smuggling, MAL malformed input, NORM normalisation.
// What depends on the product behind the gate (methods of an address, cookies, conditional
// requests) is in tests/acceptance/test_http_cases.py.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace syncstore::test {

enum class After {
  closed,  // nothing follows, and the server ends the connection
  open,    // the next request on the connection is answered as itself
  waits    // there is no answer: the rest of the request is still to come
};

struct HttpCase {
  std::string id;
  std::string bytes;
  std::vector<int> answers;  // the status of each answer, in order
  After after = After::closed;
  std::string then;  // sent behind the first answer, or behind the bytes when that is to close
  std::string body;  // of the first answer, where it matters
  // The suite calls the choice made here tolerable, not best. Each has its reason in the list.
  bool tolerated = false;
  bool scored = true;  // counts in that suite
};

inline std::ostream& operator<<(std::ostream& out, const HttpCase& each) { return out << each.id; }

std::vector<HttpCase> http_cases();

}  // namespace syncstore::test
