// How many connections there may be, in all and from one address. Owns the count of each address.
// Thread-safe: places are taken where connections are accepted and given back where they end.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

namespace syncstore::adapters {

class ConnectionPlaces {
 public:
  ConnectionPlaces(std::size_t all, std::size_t per_address)
      : all_(all), per_address_(per_address) {}

  // `bounded`: this address is held to its cap. Every place that was taken is given back once.
  bool take(const std::string& address, bool bounded);
  void give_back(const std::string& address);
  std::size_t taken() const;

 private:
  const std::size_t all_;
  const std::size_t per_address_;
  mutable std::mutex mutex_;
  std::size_t taken_ = 0;
  std::unordered_map<std::string, std::size_t> by_address_;
};

}  // namespace syncstore::adapters
