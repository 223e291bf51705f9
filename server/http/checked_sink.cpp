#include "server/http/checked_sink.hpp"

#include <algorithm>

#include "core/base/digest.hpp"

namespace syncstore::http {
namespace {

constexpr std::size_t kBlockBytes = 65'536;  // what is hashed at once; also what one sink holds

}  // namespace

CheckedSink::CheckedSink(Api& api, std::shared_ptr<const Context> context,
                         std::shared_ptr<ports::BodySink> inner)
    : api_(api), context_(std::move(context)), inner_(std::move(inner)) {}

void CheckedSink::absorb(std::string_view bytes) {
  total_ += bytes.size();
  while (!bytes.empty()) {
    const std::size_t count = std::min(bytes.size(), kBlockBytes - block_.size());
    block_.append(bytes.substr(0, count));
    bytes.remove_prefix(count);
    if (block_.size() == kBlockBytes) {
      digest_ = xxh64(block_, digest_);
      block_.clear();
    }
  }
}

bool CheckedSink::write(std::string_view bytes) {
  if (context_->keyed) {
    absorb(bytes);
  }
  return inner_->write(bytes);
}

void CheckedSink::complete(ports::HttpReply reply) {
  ports::HttpReply finish =
      api_.finishing(context_->request, context_->route->name, std::move(reply));
  if (!context_->keyed) {
    inner_->complete(std::move(finish));
    return;
  }
  const std::string fingerprint =
      base32_text(xxh64(context_->request.method + "\n" + context_->request.target)) +
      base32_text(xxh64(block_, digest_)) + std::to_string(total_);
  const auto ran = std::make_shared<bool>(false);
  api_.run_keyed(
      fingerprint, *context_,
      [this, ran](ports::HttpReply answer) {
        *ran = true;
        inner_->complete(std::move(answer));
      },
      std::move(finish));
  if (!*ran) {
    inner_->aborted();
  }
}

HttpResponse CheckedSink::refusal() {
  HttpResponse response = inner_->refusal();
  add_security_headers(response, context_->request.secure, true);
  return response;
}

}  // namespace syncstore::http
