// What one link asked for of pages and was told of them, read off its messages: at the browser's
// end whether it is at rest, at the server's whether what leaves is exact.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "core/session/page_subscriptions.hpp"
#include "core/wire/messages.hpp"

namespace syncstore::simulation {

// The pages that a link ever asked for, by their numbers.
using AskedPages = std::map<std::uint32_t, session::PageSpec>;
void note_asked(AskedPages& asked, std::string_view frame);

// The browser's end of one link.
class SimReader {
 public:
  void begin() { *this = SimReader(); }  // another link
  void said(std::string_view frame);
  void heard(const wire::DownMessage& message);
  // Every question is answered, and the reader was told that the store stands at `head`: its pages
  // are what the store has.
  bool is_at_rest(Sequence head) const { return head_ == head && waiting_.empty(); }
  Sequence head() const { return head_; }
  std::size_t waiting() const { return waiting_.size(); }

 private:
  struct Question {
    std::uint16_t collection = 0;
    bool known = false;          // asked with what is known: may be answered by "as before"
    std::set<RecordId> entered;  // rows told since
  };
  static bool answers(const wire::Page& page, Question& question);

  std::map<std::uint32_t, Question> waiting_;  // asked for and not told yet
  Sequence head_ = 0;
};

// What is wrong with a page that leaves for who asked; `now`: the collection at this moment.
std::string check_page(const wire::Page& page, const AskedPages& asked, const model::Table& now);

}  // namespace syncstore::simulation
