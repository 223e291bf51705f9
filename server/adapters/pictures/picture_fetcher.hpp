// Fetches pictures from other sites without becoming anybody's way into the networks of this
// machine: each address a name resolves to is checked at the moment it is connected to, so that no
// second answer of a name server can be another one. Engine executor.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "server/adapters/pictures/job_threads.hpp"
#include "server/ports/pictures.hpp"
#include "server/ports/scheduler.hpp"

struct sockaddr;

namespace syncstore::adapters {

struct FetchOptions {
  std::function<bool(const sockaddr&)> is_allowed;  // empty: is_public_address
  std::vector<int> ports{80, 443};                  // empty: every one
  std::vector<std::string> names;                   // HOST:PORT:ADDRESS, known beforehand
};

class PictureFetcher final : public ports::PictureFetch {
 public:
  explicit PictureFetcher(ports::Scheduler& scheduler, FetchOptions options = {});

  void fetch(std::string url, std::string path, std::function<void(Status)> done) override;

 private:
  ports::Scheduler& scheduler_;
  FetchOptions options_;
  JobThreads threads_;  // last: they end before the rest does
};

}  // namespace syncstore::adapters
