// What a binary link receives, applied the way a replica does.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "core/sync/batch.hpp"
#include "core/wire/messages.hpp"

namespace syncstore::testing {

// Applies what a binary link received the way a replica does, and checks every promise on the way.
class BinaryReader {
 public:
  explicit BinaryReader(std::vector<std::uint16_t> collections) {
    for (std::uint16_t number : collections) {
      tables_.emplace(number, model::Table(*model::find_collection(number)));
    }
  }
  void take(const std::vector<wire::DownMessage>& messages) {
    for (const wire::DownMessage& message : messages)
      take_one(message);
  }
  model::Table& table(std::uint16_t collection = model::kProducts) {
    return tables_.at(collection);
  }
  Sequence head = 0;
  int changes = 0, snapshots = 0, resumed = 0, checks = 0, repairs = 0, lives = 0, parts = 0;
  std::size_t repaired_rows = 0;
  std::map<std::uint32_t, std::string> authors;
  wire::Welcome welcome;

 private:
  void take_one(const wire::DownMessage& message) {
    if (const auto* hello = std::get_if<wire::Welcome>(&message)) {
      welcome = *hello;
      for (const auto& author : hello->authors)
        authors[author.number] = author.name;
    } else if (const auto* begin = std::get_if<wire::Begin>(&message)) {
      if (begin->from == 0) {
        tables_.at(begin->collection).clear();
        ++snapshots;
      } else {
        ++resumed;
      }
    } else if (const auto* part = std::get_if<wire::Part>(&message)) {
      ++parts;
      for (const model::Record& row : part->rows)
        tables_.at(part->collection).put(row);
    } else if (const auto* end = std::get_if<wire::End>(&message)) {
      tables_.at(end->collection).set_last_sequence(end->target);
      EXPECT_EQ(tables_.at(end->collection).digest(), end->digest);
    } else if (const auto* change = std::get_if<wire::Change>(&message)) {
      ++changes;
      EXPECT_GE(change->head, head);
      head = change->head;
      for (const auto& author : change->new_authors)
        authors[author.number] = author.name;
      for (const sync::Delta& section : change->sections) {
        model::Table& table = tables_.at(section.collection);
        EXPECT_EQ(section.base, table.last_sequence()) << "a gap";
        EXPECT_TRUE(sync::apply_delta(table, section).ok());
        for (const sync::RowDelta& row : section.rows) {
          EXPECT_TRUE(row.author == 0 || authors.count(row.author) == 1u)
              << "an author nobody was told of";
        }
      }
    } else if (const auto* repair = std::get_if<wire::Repair>(&message)) {
      model::Table& table = tables_.at(repair->collection);
      ++repairs;
      repaired_rows += repair->rows.size();
      for (const std::uint32_t block : repair->blocks) {
        table.for_each_in_block(block, [&](const model::Record& row) {
          const RecordId id = row.id;
          table.erase(id);
        });
      }
      for (const model::Record& row : repair->rows)
        table.put(row);
      if (!repair->more) {
        table.set_last_sequence(repair->target);
        EXPECT_TRUE(table.digest().agrees_with(repair->digest));
      }
    } else if (const auto* live = std::get_if<wire::Live>(&message)) {
      model::Table& table = tables_.at(live->collection);
      ++lives;
      std::vector<RecordId> gone;
      table.for_each([&](const model::Record& row) {
        if (!live->contains(row.row))
          gone.push_back(row.id);
      });
      for (const RecordId id : gone)
        table.erase(id);
    } else if (const auto* check = std::get_if<wire::Check>(&message)) {
      ++checks;
      for (const auto& entry : check->entries) {
        EXPECT_EQ(entry.sequence, tables_.at(entry.collection).last_sequence());
        EXPECT_EQ(entry.digest, tables_.at(entry.collection).digest());
        EXPECT_EQ(entry.digest.places, tables_.at(entry.collection).digest().places);
      }
    }
  }
  std::map<std::uint16_t, model::Table> tables_;
};

}  // namespace syncstore::testing
