#include "server/adapters/beast/connection_places.hpp"

namespace syncstore::adapters {

bool ConnectionPlaces::take(const std::string& address, bool bounded) {
  const std::lock_guard lock(mutex_);
  if (taken_ >= all_)
    return false;
  const auto found = by_address_.find(address);
  if (found == by_address_.end()) {
    if (bounded && per_address_ == 0)
      return false;
    by_address_.emplace(address, 1);
  } else {
    if (bounded && found->second >= per_address_)
      return false;
    ++found->second;
  }
  ++taken_;
  return true;
}

void ConnectionPlaces::give_back(const std::string& address) {
  const std::lock_guard lock(mutex_);
  const auto found = by_address_.find(address);
  if (found == by_address_.end())
    return;
  --taken_;
  if (--found->second == 0)
    by_address_.erase(found);
}

std::size_t ConnectionPlaces::taken() const {
  const std::lock_guard lock(mutex_);
  return taken_;
}

}  // namespace syncstore::adapters
