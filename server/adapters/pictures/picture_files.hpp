// The shelf of pictures: processes that read them, and the folder that keeps them. At most
// kPicturesAtOnce are read at a time, kPicturesWaiting wait. Engine executor.
#pragma once

#include <memory>
#include <string>

#include "server/adapters/pictures/job_threads.hpp"
#include "server/adapters/pictures/picture_folder.hpp"
#include "server/ports/pictures.hpp"
#include "server/ports/scheduler.hpp"

namespace syncstore::adapters {

class PictureFiles final : public ports::PictureShelf {
 public:
  // `program`: what is started to read pictures. Error: read_only_directory.
  static Result<std::unique_ptr<PictureFiles>> open(const std::string& folder,
                                                    ports::Scheduler& scheduler,
                                                    const ports::Crypto& crypto,
                                                    std::string program = "/proc/self/exe");

  std::string incoming(std::string_view name) const override { return folder_.incoming(name); }
  void keep(std::string path, std::function<void(Result<ports::KeptPicture>)> done) override;
  void read(std::string hash, int size, std::function<void(Result<std::string>)> done) override;
  void sweep(std::unordered_set<std::string> used, std::function<void(std::size_t)> done) override;

 private:
  PictureFiles(const std::string& folder, ports::Scheduler& scheduler, const ports::Crypto& crypto,
               std::string program);

  ports::Scheduler& scheduler_;
  std::string program_;
  PictureFolder folder_;
  JobThreads makers_;  // last: they end before the rest does
  JobThreads readers_;
};

}  // namespace syncstore::adapters
