// PictureSink: the body of an upload on its way to a file. write() on the adapter's thread, the
// rest on the engine executor or, for an end that comes from the network, posted there. Removes the
// file unless it was taken.
#pragma once

#include <fstream>
#include <memory>
#include <string>

#include "server/features/pictures/pictures.hpp"

namespace syncstore::pictures {

class PictureSink final : public ports::BodySink {
 public:
  PictureSink(Pictures& pictures, std::weak_ptr<bool> alive, std::string path, Place place);
  ~PictureSink() override;

  bool write(std::string_view bytes) override;
  void complete(ports::HttpReply reply) override;
  void aborted() override {}  // the file goes with the sink
  ports::HttpResponse refusal() override;

 private:
  Pictures& pictures_;
  ports::Scheduler& scheduler_;
  std::weak_ptr<bool> alive_;
  std::string path_;
  Place place_;
  std::ofstream file_;
  std::size_t bytes_ = 0;
  bool taken_ = false;
};

}  // namespace syncstore::pictures
