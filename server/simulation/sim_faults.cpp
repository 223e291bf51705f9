#include "server/simulation/sim_faults.hpp"

namespace syncstore::simulation {

std::string FaultSet::text() const {
  if (*this == all())
    return "all";
  if (*this == none())
    return "none";
  std::string names;
  for (std::size_t i = 0; i < kCount; ++i) {
    if (!has(static_cast<Fault>(i)))
      continue;
    names += names.empty() ? "" : ",";
    names += kFaultNames[i];
  }
  return names;
}

std::optional<FaultSet> FaultSet::parse(std::string_view text) {
  if (text == "all")
    return all();
  if (text == "none")
    return none();
  std::uint32_t bits = 0;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view name = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    std::size_t i = 0;
    while (i < kCount && kFaultNames[i] != name)
      ++i;
    if (i == kCount)
      return std::nullopt;
    bits |= std::uint32_t{1} << i;
  }
  return FaultSet(bits);
}

}  // namespace syncstore::simulation
