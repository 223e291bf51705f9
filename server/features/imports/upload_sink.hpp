// UploadSink: the body of an upload on its way to a file of the import's own. write() on the
// adapter's thread, the rest on the engine executor or, for an end that comes from the network,
// posted there. Removes the file unless an import took it.
#pragma once

#include <fstream>
#include <string>

#include "server/features/imports/imports.hpp"

namespace syncstore::imports {

class UploadSink final : public ports::BodySink {
 public:
  UploadSink(Imports& imports, std::weak_ptr<bool> alive, std::string path, ImportRequest request);
  ~UploadSink() override;

  bool write(std::string_view bytes) override;
  void complete(ports::HttpReply reply) override;
  void aborted() override {}  // the file goes with the sink
  ports::HttpResponse refusal() override;

 private:
  Imports& imports_;
  ports::Scheduler& scheduler_;
  std::weak_ptr<bool> alive_;
  std::string path_;
  ImportRequest request_;
  std::ofstream file_;
  bool taken_ = false;
};

// {"success":true,"data":{"id"},"id"} with 202.
ports::HttpResponse accepted(RecordId id);

}  // namespace syncstore::imports
