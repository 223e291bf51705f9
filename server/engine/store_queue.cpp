#include "server/engine/store_queue.hpp"

#include <algorithm>

namespace syncstore::engine {

void StoreQueue::Line::push(std::shared_ptr<Waiting> waiting) {
  const std::uint64_t lane = waiting->submission.lane;
  auto& queue = lanes[lane];
  if (queue.empty())
    turns.push_back(lane);
  queue.push_back(std::move(waiting));
}

std::shared_ptr<Waiting> StoreQueue::Line::peek() {
  for (std::size_t i = 0; i < turns.size(); ++i) {
    const auto& front = lanes[turns.front()].front();
    if (front->ready)
      return front;
    turns.push_back(turns.front());
    turns.pop_front();
  }
  return nullptr;
}

void StoreQueue::Line::pop() {
  const std::uint64_t lane = turns.front();
  turns.pop_front();
  auto& queue = lanes[lane];
  queue.pop_front();
  if (queue.empty()) {
    lanes.erase(lane);
  } else {
    turns.push_back(lane);
  }
}

void StoreQueue::Line::drop(std::uint64_t lane, std::vector<std::shared_ptr<Waiting>>& into) {
  const auto found = lanes.find(lane);
  if (found == lanes.end())
    return;
  into.insert(into.end(), found->second.begin(), found->second.end());
  lanes.erase(found);
  turns.erase(std::find(turns.begin(), turns.end(), lane));
}

void StoreQueue::push(std::shared_ptr<Waiting> waiting) {
  mutations_ += waiting->submission.mutations.size();
  const bool bulk = waiting->submission.priority == Priority::bulk;
  (bulk ? bulk_ : interactive_).push(std::move(waiting));
}

std::shared_ptr<Waiting> StoreQueue::peek() {
  for (Line* line : {&interactive_, &bulk_}) {
    if (auto next = line->peek()) {
      peeked_ = line;
      return next;
    }
  }
  return nullptr;
}

void StoreQueue::pop() {
  mutations_ -= peeked_->lanes[peeked_->turns.front()].front()->submission.mutations.size();
  peeked_->pop();
}

std::vector<std::shared_ptr<Waiting>> StoreQueue::drop(std::uint64_t lane) {
  std::vector<std::shared_ptr<Waiting>> dropped;
  interactive_.drop(lane, dropped);
  bulk_.drop(lane, dropped);
  for (const auto& waiting : dropped)
    mutations_ -= waiting->submission.mutations.size();
  return dropped;
}

std::vector<std::shared_ptr<Waiting>> StoreQueue::drop_all() {
  std::vector<std::shared_ptr<Waiting>> dropped;
  for (Line* line : {&interactive_, &bulk_}) {
    while (!line->lanes.empty())
      line->drop(line->lanes.begin()->first, dropped);
  }
  mutations_ = 0;
  return dropped;
}

}  // namespace syncstore::engine
