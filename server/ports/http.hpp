// HTTP port: plain requests and responses. The adapter has parsed and bounded the request, checked
// framing (strict gate) and calls the handler on the engine executor; the reply may be given at
// once or later, once, from the engine executor.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncstore::ports {

struct HttpRequest {
  std::string method;  // upper case
  std::string target;  // path?query as sent, origin form
  std::string path;    // percent-decoded once; no NUL, no ".." segments
  std::vector<std::pair<std::string, std::string>> query;    // decoded, in order
  std::vector<std::pair<std::string, std::string>> headers;  // names lower case
  std::string body;
  std::string remote_address;  // peer, or the forwarded one behind a trusted proxy
  bool secure = false;         // TLS here or at a trusted proxy
  // Name in lower case; the gate refuses repeated headers where a second one would matter. nullptr
  // when absent.
  const std::string* header(std::string_view name) const { return find_pair(headers, name); }
  const std::string* query_value(std::string_view name) const { return find_pair(query, name); }

 private:
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  static const std::string* find_pair(const Pairs& pairs, std::string_view name) {
    for (const auto& [key, value] : pairs) {
      if (key == name)
        return &value;
    }
    return nullptr;
  }
};

struct HttpResponse {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::shared_ptr<const std::string> shared_body;  // instead of body, for static files
  bool close = false;                              // Connection: close
};

using HttpReply = std::function<void(HttpResponse)>;

// Receives a large body (import upload) piece by piece on the adapter's thread; a refused piece
// ends the request.
class BodySink {
 public:
  virtual ~BodySink() = default;
  virtual bool write(
      std::string_view bytes) = 0;             // false: stop (disk full); complete() is not called
  virtual void complete(HttpReply reply) = 0;  // whole body arrived; called on the engine executor
  virtual void aborted() = 0;
  virtual HttpResponse refusal() = 0;  // after write() answered false
};

class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  virtual void handle(HttpRequest request, HttpReply reply) = 0;
  // Asked on the engine executor when the header is complete and before the body is read: a sink
  // for large bodies (nullptr = collect up to kMessageBytes and call handle). May refuse at once by
  // replying.
  virtual void begin_body(
      const HttpRequest& head,
      std::function<void(std::shared_ptr<BodySink>, bool refused, HttpResponse)> answer) = 0;
};

}  // namespace syncstore::ports
