// CheckedSink: a streamed body on its way to a feature's sink. Adds the Idempotency-Key rule (the
// fingerprint is taken while bytes pass) and the headers of every answer. write() on the adapter's
// thread, everything else on the engine executor.
#pragma once

#include <memory>

#include "server/http/api.hpp"

namespace syncstore::http {

class CheckedSink final : public ports::BodySink {
 public:
  CheckedSink(Api& api, std::shared_ptr<const Context> context,
              std::shared_ptr<ports::BodySink> inner);

  bool write(std::string_view bytes) override;
  void complete(ports::HttpReply reply) override;
  void aborted() override { inner_->aborted(); }
  HttpResponse refusal() override;

 private:
  // Hash of the bytes so far, independent of how they were cut into pieces.
  void absorb(std::string_view bytes);

  Api& api_;
  std::shared_ptr<const Context> context_;
  std::shared_ptr<ports::BodySink> inner_;
  std::string block_;
  std::uint64_t digest_ = 0;
  std::uint64_t total_ = 0;
};

}  // namespace syncstore::http
