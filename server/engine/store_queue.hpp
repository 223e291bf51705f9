// What waits to be merged into one store: per priority the lanes in turn, per lane first come first
// served. Engine executor only.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "server/engine/submission.hpp"

namespace syncstore::engine {

struct Waiting {
  Submission submission;
  // Receipts of these mutations that only storage remembers.
  std::vector<ports::StoredReceipt> older;
  std::optional<Error> failure;  // the store could not be loaded, or storage could not be asked
  bool ready = false;            // false while the store is loaded or storage is asked
};

class StoreQueue {
 public:
  void push(std::shared_ptr<Waiting> waiting);
  // The next submission in turn that is ready, interactive ones first; nullptr when none is.
  std::shared_ptr<Waiting> peek();
  void pop();  // what peek() answered last
  // Forgets a lane; what was in it.
  std::vector<std::shared_ptr<Waiting>> drop(std::uint64_t lane);
  std::vector<std::shared_ptr<Waiting>> drop_all();

  bool empty() const { return interactive_.lanes.empty() && bulk_.lanes.empty(); }
  std::size_t mutations() const { return mutations_; }

 private:
  struct Line {
    std::map<std::uint64_t, std::deque<std::shared_ptr<Waiting>>> lanes;
    std::deque<std::uint64_t> turns;

    void push(std::shared_ptr<Waiting> waiting);
    std::shared_ptr<Waiting> peek();
    void pop();
    void drop(std::uint64_t lane, std::vector<std::shared_ptr<Waiting>>& into);
  };
  Line interactive_;
  Line bulk_;
  Line* peeked_ = nullptr;
  std::size_t mutations_ = 0;
};

}  // namespace syncstore::engine
