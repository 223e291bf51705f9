// The same for the decoders of the server: requests, files that people bring, the configuration.
// The first byte of some inputs says where the bytes are cut: what comes out must not depend on it.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.hpp"
#include "core/base/limits.hpp"
#include "core/base/text.hpp"
#include "core/model/validate.hpp"
#include "server/adapters/beast/body_decoder.hpp"
#include "server/adapters/beast/request_gate.hpp"
#include "server/app/config_file.hpp"
#include "server/features/imports/csv_products.hpp"
#include "server/features/imports/csv_reader.hpp"
#include "server/features/imports/fate.hpp"
#include "server/features/imports/file_kind.hpp"
#include "server/features/imports/json_products.hpp"
#include "server/features/imports/json_splitter.hpp"

namespace syncstore::fuzz {

struct CutInput {
  std::size_t cut = 0;  // at most bytes.size()
  std::string_view bytes;
};

inline CutInput cut_input(std::string_view input) {
  if (input.empty())
    return {};
  const std::string_view bytes = input.substr(1);
  return {std::min<std::size_t>(static_cast<unsigned char>(input[0]), bytes.size()), bytes};
}

// Everything a body decoder makes of these bytes, given in two pieces.
struct Decoded {
  adapters::BodyDecoder::State state = adapters::BodyDecoder::State::more;
  std::string body;
  std::string left;
};

inline Decoded decode_body(std::string_view head, std::string_view bytes, std::size_t cut) {
  constexpr std::size_t kMost = 4'096;
  adapters::BodyDecoder decoder(head);
  Decoded out;
  for (const std::string_view piece : {bytes.substr(0, cut), bytes.substr(cut)}) {
    out.left += piece;
    std::size_t before = 0;
    do {
      before = out.left.size();
      if (out.state == adapters::BodyDecoder::State::more)
        out.state = decoder.feed(out.left, out.body, kMost);
    } while (out.left.size() < before);
  }
  return out;
}

inline void check_body(std::string_view head, std::string_view bytes, std::size_t cut) {
  const Decoded whole = decode_body(head, bytes, 0);
  const Decoded cut_up = decode_body(head, bytes, cut);
  SS_ASSERT(whole.state == cut_up.state);
  if (whole.state == adapters::BodyDecoder::State::bad)
    return;
  SS_ASSERT(whole.body == cut_up.body);
  SS_ASSERT(whole.body.size() <= bytes.size());
}

// A whole request: what the gate lets pass the parser behind it takes, wherever it was cut.
inline void check_http_request(std::string_view input) {
  const auto [cut, bytes] = cut_input(input);
  const adapters::HeadScan scan = adapters::scan_head(bytes);
  if (scan.progress != adapters::HeadProgress::complete)
    return;
  SS_ASSERT(scan.skip + scan.length <= bytes.size());
  const adapters::HeadScan early = adapters::scan_head(bytes.substr(0, cut));
  SS_ASSERT(early.progress != adapters::HeadProgress::refused);
  const std::string_view head = bytes.substr(scan.skip, scan.length);
  const adapters::GateAnswer answer = adapters::pass_gate(head);
  if (!answer.head) {
    SS_ASSERT(answer.refusal.status >= 400);
    return;
  }
  SS_ASSERT(answer.head->request.path.find('\0') == std::string::npos);
  SS_ASSERT(("/" + answer.head->request.path + "/").find("/../") == std::string::npos);
  if (answer.head->has_body()) {
    SS_ASSERT(decode_body(head, {}, 0).state != adapters::BodyDecoder::State::bad);
    const std::string_view body = bytes.substr(scan.skip + scan.length);
    check_body(head, body, std::min(cut, body.size()));
  }
}

// A chunked body.
inline void check_http_body(std::string_view input) {
  const auto [cut, bytes] = cut_input(input);
  check_body(
      "POST /api/imports HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", bytes,
      cut);
}

inline void check_config_file(std::string_view text) {
  const int file = ::memfd_create("syncstore.toml", MFD_CLOEXEC);
  SS_ASSERT(file >= 0);
  const bool written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  SS_ASSERT(written);
  std::vector<std::string> faults;
  ConfigLayers layers;
  app::read_config_file("/proc/self/fd/" + std::to_string(file), layers, faults);
  ::close(file);
  (void)read_config(layers, faults);
  for (const std::string& fault : faults)
    SS_ASSERT(!fault.empty());
}

struct CsvOutcome {
  bool ok = true;
  std::string text;  // everything that came out
};

inline void describe(const imports::ParsedProduct& product, std::string& out) {
  out += std::to_string(product.line) + "-" + std::to_string(product.last_line);
  for (const sync::FieldValue& value : product.fields) {
    const model::FieldDef& field = imports::products().fields[value.field];
    SS_ASSERT(model::is_absent(value.value) || model::validate_value(field, value.value).ok());
    out += "," + std::string(field.name) + "=" +
           model::value_to_json(field, value.value, model::TimeForm::iso8601).dump();
  }
  for (const imports::Problem& problem : product.problems)
    out += "!" + problem.field + ":" + problem.message;
  out += '\n';
}

inline CsvOutcome read_csv(std::string_view bytes, std::size_t cut) {
  CsvOutcome outcome;
  imports::CsvReader reader(imports::guess_delimiter(bytes));
  imports::CsvProducts products;
  const auto drain = [&] {
    while (outcome.ok && reader.has_row())
      outcome.ok = products.add(reader.take_row()).ok();
    while (products.has_product())
      describe(products.take_product(), outcome.text);
  };
  for (const std::string_view piece : {bytes.substr(0, cut), bytes.substr(cut)}) {
    outcome.ok = outcome.ok && reader.feed(piece).ok();
    drain();
  }
  outcome.ok = outcome.ok && reader.finish().ok();
  drain();
  if (outcome.ok) {
    products.finish();
    drain();
  }
  return outcome;
}

inline void check_csv(std::string_view bytes, std::size_t cut) {
  const CsvOutcome whole = read_csv(bytes, 0);
  const CsvOutcome cut_up = read_csv(bytes, cut);
  SS_ASSERT(whole.ok == cut_up.ok);
  SS_ASSERT(!whole.ok || whole.text == cut_up.text);
}

inline void check_csv_import(std::string_view input) {
  const auto [cut, bytes] = cut_input(input);
  if (is_valid_utf8(bytes))
    check_csv(bytes, cut);
  else
    check_csv(latin1_to_utf8(bytes), cut);
  SS_ASSERT(imports::unguarded(imports::guarded(bytes)) == bytes);
}

// Columns that Shopify might have and rows of one handle below them.
inline void check_shopify_header(std::string_view input) {
  const std::string utf8 = is_valid_utf8(input) ? std::string(input) : latin1_to_utf8(input);
  for (const char* start : {"Handle,Title,Body (HTML),Variant SKU,",
                            "Title,URL handle,Description,SKU,Product image URL,"}) {
    std::string file = start;
    file += utf8;
    file += "\nmug,Mug,<p>Blue,M-1,1\nmug,,,M-2,2,3\n\"cup\",Cup,,,x,y,z\n";
    check_csv(file, file.size() / 2);
  }
}

inline void check_json_import(std::string_view input) {
  const auto [cut, bytes] = cut_input(input);
  std::string outcomes[2];
  bool ok[2] = {true, true};
  for (std::size_t turn = 0; turn < 2; ++turn) {
    imports::JsonSplitter splitter;
    const std::size_t at = turn == 0 ? 0 : cut;
    ok[turn] = splitter.feed(bytes.substr(0, at)).ok() && splitter.feed(bytes.substr(at)).ok() &&
               splitter.finish().ok();
    while (splitter.has_piece())
      describe(imports::product_of_json(splitter.take_piece()), outcomes[turn]);
  }
  SS_ASSERT(ok[0] == ok[1]);
  SS_ASSERT(!ok[0] || outcomes[0] == outcomes[1]);
}

inline void check_file_kind(std::string_view input) {
  const auto [cut, bytes] = cut_input(input);
  imports::FileSniffer whole;
  whole.feed(bytes);
  imports::FileSniffer cut_up;
  cut_up.feed(bytes.substr(0, cut));
  cut_up.feed(bytes.substr(cut));
  const auto first = whole.finish();
  const auto second = cut_up.finish();
  SS_ASSERT(first.ok() == second.ok());
  if (!first.ok())
    return;
  SS_ASSERT(first->form == second->form && first->windows_1252 == second->windows_1252 &&
            first->has_bom == second->has_bom && first->delimiter == second->delimiter);
  SS_ASSERT(first->windows_1252 || is_valid_utf8(bytes));
}

inline void check_fate(std::string_view bytes) {
  const auto first = imports::read_fate(bytes);
  if (!first.ok())
    return;
  ByteWriter out;
  imports::write_fate(out, *first);
  const auto second = imports::read_fate(out.bytes());
  SS_ASSERT(second.ok());
  ByteWriter again;
  imports::write_fate(again, *second);
  SS_ASSERT(again.bytes() == out.bytes());
  (void)imports::fate_json(*first).dump();
}

}  // namespace syncstore::fuzz
