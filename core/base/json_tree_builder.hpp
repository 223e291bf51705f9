// TreeBuilder: makes a Json from the parts of a document and holds it to the limits. Shared by the
// two readers of JSON: json_parse.cpp (nlohmann's tokeniser, native) and json_reader.cpp (the
// browser's module).
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/json.hpp"
#include "core/base/limits.hpp"

namespace syncstore {

// Receives the parts of one document. Open containers wait on a stack and move into their parent
// when they close, so nothing here holds a pointer into a growing vector. Returning false ends the
// parse.
class TreeBuilder {
 public:
  Json take_root() { return std::move(root_); }
  const std::string& complaint() const { return complaint_; }
  void complain(std::string words) { complaint_ = std::move(words); }

  bool start(Json container) {
    if (open_.size() == limits::kJsonDepth) {
      complaint_ = "The JSON nests deeper than " + std::to_string(limits::kJsonDepth) + " levels.";
      return false;
    }
    open_.push_back(Open{std::move(container), {}, {}});
    return true;
  }
  void key(std::string text) { open_.back().key = std::move(text); }
  bool end_object() { return no_duplicate_keys(open_.back()) && close(); }
  bool end_array() { return close(); }
  bool add(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (open_.back().container.is(Json::Kind::array)) {
      open_.back().container.push(std::move(value));
    } else {
      open_.back().members.emplace_back(std::move(open_.back().key), std::move(value));
    }
    return true;
  }

 private:
  struct Open {
    Json container;
    std::string key;  // of the member that is being read
    std::vector<Json::Member> members;
  };

  bool no_duplicate_keys(const Open& object) {
    std::vector<std::string_view> keys;
    keys.reserve(object.members.size());
    for (const Json::Member& member : object.members) {
      keys.push_back(member.first);
    }
    std::sort(keys.begin(), keys.end());
    const auto twice = std::adjacent_find(keys.begin(), keys.end());
    if (twice == keys.end()) {
      return true;
    }
    complaint_ = "The field \"" + std::string(*twice) + "\" stands twice in one object.";
    return false;
  }

  bool close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    if (done.container.is(Json::Kind::object)) {
      done.container = Json::object(std::move(done.members));
    }
    return add(std::move(done.container));
  }

  Json root_;
  std::vector<Open> open_;
  std::string complaint_;
};

}  // namespace syncstore
