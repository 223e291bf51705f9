// TombstoneTrim: forgets removals that are older than kTombstoneDays, in storage first and then in
// memory, a bounded step at a time. What is forgotten raises the collection's floor; a reader that
// stands below it is told which rows live. The newest removal of a collection stays, and so does
// the one with the highest row number: they say where the collection stands and which number comes
// next. Engine executor only.
#pragma once

#include <memory>

#include "server/engine/commit.hpp"
#include "server/engine/stores.hpp"

namespace syncstore::engine {

class TombstoneTrim {
 public:
  TombstoneTrim(ports::Clock& clock, ports::Storage& storage, Stores& stores, Committer& committer);

  void look();  // through every store in memory; what fails is tried again by the next look
  std::uint64_t forgotten() const { return forgotten_; }

 private:
  void step(const StoreId& id);

  ports::Clock& clock_;
  ports::Storage& storage_;
  Stores& stores_;
  Committer& committer_;
  std::uint64_t forgotten_ = 0;
  std::shared_ptr<bool> alive_;
};

}  // namespace syncstore::engine
