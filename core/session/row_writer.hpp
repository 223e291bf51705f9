// RowWriter: one row of a screen as JSON text: values as shown, marks beside fields, reasons, open
// conflicts, who changed what since the screen was opened. Owns what is needed besides replica and
// queue: names of authors, index of open conflicts, marks that fade. Single-threaded; bounded by
// kNotedChanges.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/sync/offline_queue.hpp"
#include "core/sync/replica.hpp"
#include "core/wire/messages.hpp"

namespace syncstore::session {

struct RowKey {
  std::uint16_t collection = 0;
  RecordId id;
  friend bool operator==(const RowKey& a, const RowKey& b) {
    return a.collection == b.collection && a.id == b.id;
  }
  friend bool operator<(const RowKey& a, const RowKey& b) {
    return a.collection != b.collection ? a.collection < b.collection : a.id < b.id;
  }
};

class EntryWriter;

class RowWriter {
 public:
  RowWriter(const sync::Replica& replica, const sync::OfflineQueue& queue,
            const EntryWriter& entries)
      : replica_(replica), queue_(queue), entries_(entries) {}

  void set_live(bool live) { live_ = live; }
  void set_author(const wire::AuthorName& author) { authors_[author.number] = author; }
  const std::map<std::uint32_t, wire::AuthorName>& authors() const { return authors_; }

  // A record of the conflicts collection changed; answers the rows that show it differently now.
  std::vector<RowKey> conflict_changed(const model::Record* before, const model::Record* after);
  // Everything about conflicts may differ: forgets the index; answers the rows that stood in it.
  std::vector<RowKey> forget_conflicts();
  std::size_t open_conflicts() const { return open_conflicts_; }

  void note_foreign(const RowKey& key, std::uint16_t field, TimeMs at, std::uint32_t author);
  void note_removed(const RowKey& key, TimeMs at, std::uint32_t author);
  // `saved` stands beside the field until `until`.
  void note_saved(const RowKey& key, std::uint16_t field, TimeMs until);
  // Rows whose `saved` marks ended; `next_saved_end` = 0 when none stands.
  std::vector<RowKey> expire_saved(TimeMs now);
  TimeMs next_saved_end() const { return saved_ends_.empty() ? 0 : saved_ends_.front().first; }

  std::string row(const RowKey& key, bool placed, bool removed) const;

 private:
  struct Noted {
    TimeMs at = 0;
    std::uint32_t author = 0;
  };
  void append_author(std::string& out, std::uint32_t author) const;
  void append_marks(std::string& out, const RowKey& key,
                    const model::CollectionDef& collection) const;
  void append_conflicts(std::string& out, const RowKey& key) const;
  bool is_going(const RowKey& key) const;  // its removal waits for the server's answer
  void append_foreign(std::string& out, const RowKey& key,
                      const model::CollectionDef& collection) const;

  const sync::Replica& replica_;
  const sync::OfflineQueue& queue_;
  const EntryWriter& entries_;
  bool live_ = false;
  std::map<std::uint32_t, wire::AuthorName> authors_;
  std::map<RowKey, std::set<RecordId>> conflicts_;  // open ones, by the row they are about
  std::size_t open_conflicts_ = 0;
  std::map<RowKey, std::map<std::uint16_t, Noted>> foreign_;
  std::map<RowKey, Noted> removed_;
  std::map<RowKey, std::map<std::uint16_t, TimeMs>> saved_;
  std::deque<std::pair<TimeMs, RowKey>> saved_ends_;  // in the order in which they were noted
};

}  // namespace syncstore::session
