// CSV, JSON and what a file is: reading piece by piece, whatever the pieces.
#include <gtest/gtest.h>

#include <vector>

#include "core/base/limits.hpp"
#include "core/base/text.hpp"
#include "server/features/imports/columns.hpp"
#include "server/features/imports/csv_reader.hpp"
#include "server/features/imports/file_kind.hpp"
#include "server/features/imports/json_splitter.hpp"
#include "server/features/imports/parsed_product.hpp"
#include "server/features/imports/seen_keys.hpp"
#include "tests/core/support/next_catalogue.hpp"
#include "tests/server/engine/virtual_time.hpp"

namespace syncstore::imports {
namespace {

using testing::SeededRandom;
using Cells = std::vector<std::string>;

struct Reading {
  std::vector<CsvRow> rows;
  Status status;
};

// Feeds in pieces of the sizes that `cut` gives.
template <class Cut>
Reading read_in_pieces(std::string_view text, Cut cut, char delimiter = ',') {
  CsvReader reader(delimiter);
  Reading reading;
  while (!text.empty() && reading.status.ok()) {
    const std::size_t size = std::min<std::size_t>(text.size(), std::max<std::size_t>(1, cut()));
    reading.status = reader.feed(text.substr(0, size));
    text.remove_prefix(size);
  }
  if (reading.status.ok()) {
    reading.status = reader.finish();
  }
  while (reader.has_row()) {
    reading.rows.push_back(reader.take_row());
  }
  return reading;
}

Reading read_all(std::string_view text, char delimiter = ',') {
  return read_in_pieces(
      text, [&] { return text.size(); }, delimiter);
}

std::string text_of(const std::vector<CsvRow>& rows) {
  std::string out;
  for (const CsvRow& row : rows) {
    out += std::to_string(row.line) + "-" + std::to_string(row.last_line) + ":";
    for (const std::string& cell : row.cells) {
      out += "[" + cell + "]";
    }
    out += row.error ? "!" + row.error->detail : "";
    out += "\n";
  }
  return out;
}

TEST(ImportsCsv, ReadsQuotesLineBreaksAndEmptyCells) {
  const Reading reading =
      read_all("a,b,c\r\n1,\"two, with \"\"quotes\"\"\",\r\n\"line\nbreak\",,x\n");
  ASSERT_TRUE(reading.status.ok());
  ASSERT_EQ(reading.rows.size(), 3u);
  EXPECT_EQ(reading.rows[1].cells, (Cells{"1", "two, with \"quotes\"", ""}));
  EXPECT_EQ(reading.rows[2].cells, (Cells{"line\nbreak", "", "x"}));
  EXPECT_EQ(reading.rows[2].line, 3u);
  EXPECT_EQ(reading.rows[2].last_line, 4u);
}

TEST(ImportsCsv, TakesEveryKindOfLineEndAndALastLineWithoutOne) {
  for (const std::string_view end : {"\n", "\r\n", "\r"}) {
    const std::string text = "a,b" + std::string(end) + std::string(end) + "1,2";
    const Reading reading = read_all(text);
    ASSERT_EQ(reading.rows.size(), 2u) << text;
    EXPECT_EQ(reading.rows[1].cells, (Cells{"1", "2"}));
    EXPECT_EQ(reading.rows[1].line, 3u);
  }
}

TEST(ImportsCsv, AQuoteInsideAnUnquotedCellIsKept) {
  const Reading reading = read_all("name,size\n19\" rack,4\n");
  ASSERT_EQ(reading.rows.size(), 2u);
  EXPECT_EQ(reading.rows[1].cells, (Cells{"19\" rack", "4"}));
  EXPECT_FALSE(reading.rows[1].error);
}

TEST(ImportsCsv, TextAfterAClosingQuoteSpoilsThatRowAlone) {
  const Reading reading = read_all("a,b\n\"broken\" quote,1\ngood,2\n");
  ASSERT_TRUE(reading.status.ok());
  ASSERT_EQ(reading.rows.size(), 3u);
  ASSERT_TRUE(reading.rows[1].error);
  EXPECT_EQ(reading.rows[1].line, 2u);
  EXPECT_EQ(reading.rows[1].error->field, "line 2");
  EXPECT_EQ(reading.rows[2].cells, (Cells{"good", "2"}));
}

TEST(ImportsCsv, AQuoteThatIsNeverClosedEndsTheFileAndNamesItsLine) {
  const Reading reading = read_all("a,b\n1,2\nx,\"open\n3,4\n5,6\n");
  ASSERT_FALSE(reading.status.ok());
  EXPECT_EQ(reading.status.error().code, ErrorCode::unsupported_file);
  EXPECT_NE(reading.status.error().detail.find("line 3"), std::string::npos);
  // And is not searched for longer than a record may be.
  const std::string endless = "a\n\"" + std::string(limits::kImportRecordBytes + 10, 'x');
  EXPECT_FALSE(read_all(endless).status.ok());
}

TEST(ImportsCsv, RowsAboveTheirBoundsAreReportedAndSkipped) {
  const std::string wide(limits::kImportColumns + 1, ',');
  const std::string large(limits::kImportRecordBytes + 1, 'x');
  const Reading reading = read_all("a\n" + wide + "\n" + large + "\nlast\n");
  ASSERT_TRUE(reading.status.ok());
  ASSERT_EQ(reading.rows.size(), 4u);
  EXPECT_TRUE(reading.rows[1].error);
  EXPECT_TRUE(reading.rows[2].error);
  EXPECT_EQ(reading.rows[3].cells, (Cells{"last"}));
}

TEST(ImportsCsv, GuessesTheDelimiterOutsideQuotes) {
  EXPECT_EQ(guess_delimiter("a,b;c,d\n;;;;;"), ',');
  EXPECT_EQ(guess_delimiter("a;b;c\n"), ';');
  EXPECT_EQ(guess_delimiter("a\tb\n"), '\t');
  EXPECT_EQ(guess_delimiter("\"a;;;;\",b\n"), ',');
}

// Whatever bytes, the pieces do not matter; and nothing is read outside the bounds.
TEST(ImportsCsv, AnyCuttingGivesTheSameRows) {
  SeededRandom random(1);
  constexpr std::string_view kAlphabet = "ab,,\"\"\"\r\n\n; \xC3\xA9";
  for (int round = 0; round < 2'000; ++round) {
    std::string text;
    for (std::uint64_t left = random.below(60); left > 0; --left) {
      text.push_back(kAlphabet[random.below(kAlphabet.size())]);
    }
    const Reading whole = read_all(text);
    const Reading bytes = read_in_pieces(text, [] { return std::size_t{1}; });
    const Reading pieces = read_in_pieces(text, [&] { return random.below(7); });
    EXPECT_EQ(text_of(whole.rows), text_of(bytes.rows)) << text;
    EXPECT_EQ(text_of(whole.rows), text_of(pieces.rows)) << text;
    EXPECT_EQ(whole.status.ok(), bytes.status.ok());
    EXPECT_EQ(whole.status.ok(), pieces.status.ok());
  }
}

TEST(ImportsCsv, WhatIsWrittenIsReadBack) {
  SeededRandom random(2);
  constexpr std::string_view kAlphabet = "abc ,;\"'\r\n\t=+-@";
  for (int round = 0; round < 2'000; ++round) {
    std::vector<Cells> table(1 + random.below(4));
    const std::size_t width = 1 + random.below(5);
    std::string text;
    for (Cells& cells : table) {
      for (std::size_t i = 0; i < width; ++i) {
        std::string cell(1, 'x');
        for (std::uint64_t left = random.below(8); left > 0; --left) {
          cell.push_back(kAlphabet[random.below(kAlphabet.size())]);
        }
        cells.push_back(cell);
        text += i == 0 ? "" : ",";
        append_cell(text, cell);
      }
      text += "\r\n";
    }
    const Reading reading = read_all(text);
    ASSERT_TRUE(reading.status.ok()) << text;
    ASSERT_EQ(reading.rows.size(), table.size()) << text;
    for (std::size_t i = 0; i < table.size(); ++i) {
      EXPECT_EQ(reading.rows[i].cells, table[i]) << text;
    }
  }
}

TEST(ImportsCsv, FormulaGuardIsTakenOffAgain) {
  EXPECT_EQ(guarded("=1+1"), "'=1+1");
  EXPECT_EQ(guarded("@cmd"), "'@cmd");
  EXPECT_EQ(guarded("plain"), "plain");
  SeededRandom random(3);
  constexpr std::string_view kAlphabet = "''=+-@ab";
  for (int round = 0; round < 2'000; ++round) {
    std::string text;
    for (std::uint64_t left = random.below(6); left > 0; --left) {
      text.push_back(kAlphabet[random.below(kAlphabet.size())]);
    }
    const std::string cell = guarded(text);
    EXPECT_EQ(unguarded(cell), text) << text;
    EXPECT_TRUE(cell.empty() || std::string_view("=+-@").find(cell[0]) == std::string_view::npos);
  }
}

struct Pieces {
  std::vector<JsonPiece> pieces;
  Status status;
};

template <class Cut>
Pieces split(std::string_view text, Cut cut) {
  JsonSplitter splitter;
  Pieces result;
  while (!text.empty() && result.status.ok()) {
    const std::size_t size = std::min<std::size_t>(text.size(), std::max<std::size_t>(1, cut()));
    result.status = splitter.feed(text.substr(0, size));
    text.remove_prefix(size);
  }
  if (result.status.ok()) {
    result.status = splitter.finish();
  }
  while (splitter.has_piece()) {
    result.pieces.push_back(splitter.take_piece());
  }
  return result;
}

Pieces split_all(std::string_view text) {
  return split(text, [&] { return text.size(); });
}

TEST(ImportsJson, SplitsArraysAndLines) {
  const Pieces array = split_all("[\n {\"a\":\"}]\\\"\"},\n{\"b\":[{}]}\n]\n");
  ASSERT_TRUE(array.status.ok());
  ASSERT_EQ(array.pieces.size(), 2u);
  EXPECT_EQ(array.pieces[0].text, "{\"a\":\"}]\\\"\"}");
  EXPECT_EQ(array.pieces[0].line, 2u);
  EXPECT_EQ(array.pieces[1].line, 3u);
  const Pieces lines = split_all("{\"a\":1}\n{\n\"b\":2}\n");
  ASSERT_TRUE(lines.status.ok());
  ASSERT_EQ(lines.pieces.size(), 2u);
  EXPECT_EQ(lines.pieces[1].last_line, 3u);
  EXPECT_TRUE(split_all("[]").status.ok());
}

TEST(ImportsJson, RefusesBrokenFilesByLine) {
  for (const std::string_view text : {"[{\"a\":1}", "{\"not\":\"a list\"", "[{\"a\":1} {\"b\":1}]",
                                      "[1,2]", "[{}] x", "\"text\"", "[{},]", "[,{}]"}) {
    const Pieces result = split_all(text);
    ASSERT_FALSE(result.status.ok()) << text;
    EXPECT_EQ(result.status.error().code, ErrorCode::unsupported_file) << text;
    EXPECT_NE(result.status.error().detail.find("line 1"), std::string::npos) << text;
  }
  EXPECT_FALSE(split_all("{\"a\":\"" + std::string(limits::kImportRecordBytes, 'x')).status.ok());
}

TEST(ImportsJson, AnyCuttingGivesTheSameRecords) {
  SeededRandom random(4);
  constexpr std::string_view kAlphabet = "{}[],\"\\a \n";
  for (int round = 0; round < 2'000; ++round) {
    std::string text = random.chance(50) ? "[" : "{";
    for (std::uint64_t left = random.below(40); left > 0; --left) {
      text.push_back(kAlphabet[random.below(kAlphabet.size())]);
    }
    const Pieces whole = split_all(text);
    const Pieces bytes = split(text, [] { return std::size_t{1}; });
    EXPECT_EQ(whole.status.ok(), bytes.status.ok()) << text;
    ASSERT_EQ(whole.pieces.size(), bytes.pieces.size()) << text;
    for (std::size_t i = 0; i < whole.pieces.size(); ++i) {
      EXPECT_EQ(whole.pieces[i].text, bytes.pieces[i].text);
      EXPECT_EQ(whole.pieces[i].line, bytes.pieces[i].line);
    }
  }
}

Result<FileKind> sniff(std::string_view bytes, std::size_t piece = 3) {
  FileSniffer sniffer;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    sniffer.feed(bytes.substr(at, piece));
  }
  return sniffer.finish();
}

TEST(ImportsFileKind, KnowsFormEncodingAndByteOrderMark) {
  EXPECT_EQ(sniff("a,b\n1,2\n")->form, FileKind::Form::csv);
  EXPECT_EQ(sniff("\n [{}]")->form, FileKind::Form::json);
  EXPECT_EQ(sniff("{\"a\":1}")->form, FileKind::Form::json);
  EXPECT_TRUE(sniff("\xEF\xBB\xBFtitle,sku\n")->has_bom);
  EXPECT_FALSE(sniff("title\nCaf\xC3\xA9\n")->windows_1252);
  EXPECT_TRUE(sniff("title\nCaf\xE9\n")->windows_1252);
  EXPECT_TRUE(sniff("title\nends with \xC3")->windows_1252);
  // Far behind the start of the file, too.
  const std::string late = "title\n" + std::string(200'000, 'x') + "\xE9";
  EXPECT_TRUE(sniff(late, 65'536)->windows_1252);
}

TEST(ImportsFileKind, CutsInsideCharactersDoNotMatter) {
  const std::string text = "title\n\xE2\x82\xAC \xF0\x9F\x8E\x81 \xC3\xA9\n";
  for (std::size_t piece = 1; piece < text.size(); ++piece) {
    EXPECT_FALSE(sniff(text, piece)->windows_1252) << piece;
  }
}

TEST(ImportsFileKind, RefusesInWordsWhatIsNotText) {
  std::string binary;
  for (int i = 0; i < 256 * 50; ++i) {
    binary.push_back(static_cast<char>(i));
  }
  const std::string texts[] = {
      std::string(),       binary,    "PK\x03\x04 workbook", "\xFF\xFEt\x01",
      "\x1F\x8B\x08 gzip", "   \n\n", "<html></html>",       "[\"\xE9\"]"};
  for (const std::string& text : texts) {
    const Result<FileKind> kind = sniff(text, 64);
    ASSERT_FALSE(kind.ok()) << text.substr(0, 10);
    EXPECT_EQ(kind.error().code, ErrorCode::unsupported_file);
    EXPECT_GT(kind.error().detail.size(), 15u);
  }
}

TEST(ImportsSeenKeys, RemembersTheFirstLineOfEachKey) {
  SeenKeys keys;
  for (std::uint64_t line = 1; line <= 20'000; ++line) {
    EXPECT_EQ(keys.add('s', "key " + std::to_string(line), line), 0u);
  }
  for (std::uint64_t line = 1; line <= 20'000; ++line) {
    EXPECT_EQ(keys.add('s', "key " + std::to_string(line), 99'999), line);
  }
  EXPECT_EQ(keys.add('h', "key 1", 7), 0u);
  EXPECT_EQ(keys.size(), 20'001u);
}

TEST(ImportsText, ShortensBetweenCharactersAndMakesHandles) {
  const std::string shown = shortened(std::string(199, 'a') + "\xE2\x82\xAC\xE2\x82\xAC");
  EXPECT_TRUE(is_valid_utf8(shown));
  EXPECT_EQ(shown, std::string(199, 'a') + "…");
  EXPECT_EQ(slug("  White METAL Lantern (2)! "), "white-metal-lantern-2");
  EXPECT_EQ(slug("Straße 東京"), "straße-東京");
  EXPECT_EQ(slug("!!!"), "");
}

TEST(ImportColumns, AFieldIsFoundUnderItsFormerNameAndARetiredOneIsNamedAsIgnored) {
  const Cells exported = {"id", "title", "asin", "units_sold", "handle"};
  const model::CatalogueScope next(testing::next_catalogue());
  const auto columns = map_columns(exported);
  ASSERT_TRUE(columns.ok());
  const auto column_of = [&](std::string_view field) {
    return columns->of_field[static_cast<std::size_t>(products().field_index(field))];
  };
  EXPECT_EQ(column_of("title"), 1);
  EXPECT_EQ(column_of("asin"), -1);
  EXPECT_EQ(columns->ignored, Cells{"asin"});
  EXPECT_EQ(column_of("sold"), 3);
  EXPECT_EQ(column_of("slug"), 4);
  const auto both = map_columns({"title", "handle", "slug"});
  ASSERT_TRUE(both.ok());
  EXPECT_EQ(both->of_field[static_cast<std::size_t>(products().field_index("slug"))], 2);
}

}  // namespace
}  // namespace syncstore::imports
