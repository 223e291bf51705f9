// A browser's session natively, fed with recorded frames: from the first snapshot frame to the
// first page, what a change frame costs until the page patch is there, memory per row. Writes the
// change frames that it made, so that the module replays the same ones.
//   client_replay RECORDING CHANGES   prints JSON
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "core/session/client_commands.hpp"
#include "core/session/client_events.hpp"
#include "core/wire/frame_codec.hpp"

namespace syncstore {
namespace {

using session::ClientSession;
using session::EffectKind;
using session::EventKind;
using Clock = std::chrono::steady_clock;

constexpr TimeMs kStart = 1'750'000'000'000;
constexpr const char* kOpenPage =
    R"({"cmd":"openPage","page":1,"spec":{"collection":"products","page":1,"size":25,"sort":"-sales_amount","filter":{},"query":""}})";

// What is measured of change frames: how many, and how many rows each changes.
struct Kind {
  const char* name;
  const char* field;
  std::size_t frames;
  std::size_t rows;
};
constexpr Kind kKinds[] = {{"beside_the_sort", "price", 2'000, 1},
                           {"moves_the_row", "sales_amount", 2'000, 1},
                           {"hundred_moves", "sales_amount", 60, 100},
                           {"ten_thousand_moves", "sales_amount", 5, 10'000}};

double us_since(Clock::time_point begun) {
  return std::chrono::duration<double, std::micro>(Clock::now() - begun).count();
}

std::size_t heap() {
  const auto info = ::mallinfo2();
  return info.uordblks + info.hblkhd;
}

void append(Bytes& out, std::string_view part) {
  const auto size = static_cast<std::uint32_t>(part.size());
  for (int shift = 0; shift < 32; shift += 8)
    out.push_back(static_cast<char>(size >> shift & 0xFF));
  out.append(part);
}

std::vector<std::string> read_parts(const char* path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::vector<std::string> parts;
  for (std::size_t at = 0; at + 4 <= bytes.size();) {
    std::uint32_t size = 0;
    for (std::size_t i = 4; i-- > 0;)
      size = size << 8 | static_cast<unsigned char>(bytes[at + i]);
    parts.push_back(bytes.substr(at + 4, size));
    at += 4 + size;
  }
  return parts;
}

// One frame as the worker takes it: event, effects, and the answer that storage would give.
std::size_t take(ClientSession& session, std::string_view frame, TimeMs now) {
  session.socket_message(frame, now);
  const auto effects = session.take_effects();
  std::size_t patches = 0;
  for (const session::Effect& effect : effects) {
    if (effect.kind == EffectKind::page)
      ++patches;
    if (effect.kind == EffectKind::append_cache || effect.kind == EffectKind::replace_cache) {
      session.cache_written(effect.number, true, now);
    }
  }
  return patches;
}

std::unique_ptr<ClientSession> load(const std::vector<std::string>& parts) {
  std::string config = parts[0];
  config.insert(config.size() - 1, R"(,"seed":"00000000000000aa")");
  auto session = session::open_session(config);
  session->start(kStart);
  session->ticket("ticket", kStart);
  session->socket_opened(kStart);
  if (!session::run_command(*session, kOpenPage, kStart).ok())
    std::abort();
  for (std::size_t i = 1; i < parts.size(); ++i)
    take(*session, parts[i], kStart);
  return session;
}

std::vector<Bytes> make_frames(const Kind& kind, const ClientSession& session, Sequence& sequence,
                               std::mt19937& random) {
  const auto& products = *model::find_collection(model::kProducts);
  const auto field = static_cast<std::uint16_t>(products.field_index(kind.field));
  std::vector<RowNumber> rows;
  session.replica().for_each_shown(
      model::kProducts, [&](const model::Record& record) { rows.push_back(record.row); });
  std::vector<Bytes> frames;
  for (std::size_t i = 0; i < kind.frames; ++i) {
    sync::Delta delta;
    delta.collection = model::kProducts;
    delta.base = sequence;
    std::shuffle(rows.begin(), rows.end(), random);
    std::vector<RowNumber> chosen(rows.begin(),
                                  rows.begin() + static_cast<std::ptrdiff_t>(kind.rows));
    std::sort(chosen.begin(), chosen.end());
    for (const RowNumber number : chosen) {
      sync::RowDelta row;
      row.row = number;
      row.version = ++sequence;
      row.time = kStart;
      row.fields = {{field, static_cast<std::int64_t>(random() % 100'000'000)}};
      delta.rows.push_back(std::move(row));
    }
    delta.target = sequence;
    const Bytes section = wire::encode_section(delta);
    frames.push_back(wire::encode_change(sequence, {}, {section}));
  }
  return frames;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

int run(const char* recording, const char* changes) {
  const std::vector<std::string> parts = read_parts(recording);
  if (parts.size() < 2)
    return 2;
  std::vector<double> loads;
  std::unique_ptr<ClientSession> session;
  std::size_t before = 0, after = 0;
  for (int i = 0; i < 5; ++i) {
    session.reset();
    before = heap();
    const auto begun = Clock::now();
    session = load(parts);
    loads.push_back(us_since(begun) / 1'000);
    after = heap();
  }
  std::size_t rows = 0;
  session->replica().for_each_shown(model::kProducts, [&](const model::Record&) { ++rows; });
  std::printf("{\"rows\": %zu, \"load_ms\": %.1f, \"bytes_per_row\": %.0f", rows, median(loads),
              static_cast<double>(after - before) / static_cast<double>(rows));
  std::mt19937 random(1);
  Sequence sequence = session->cursor(model::kProducts);
  Bytes written;
  TimeMs now = kStart;
  for (const Kind& kind : kKinds) {
    if (kind.rows > rows)
      continue;
    const std::vector<Bytes> frames = make_frames(kind, *session, sequence, random);
    std::vector<double> costs;
    std::size_t bytes = 0, patches = 0;
    for (const Bytes& frame : frames) {
      append(written, frame);
      bytes += frame.size();
      const auto begun = Clock::now();
      patches += take(*session, frame, ++now);
      costs.push_back(us_since(begun) / static_cast<double>(kind.rows));
    }
    std::printf(", \"%s\": {\"us\": %.3f, \"bytes\": %.1f, \"patches\": %zu}", kind.name,
                median(costs),
                static_cast<double>(bytes) / static_cast<double>(kind.frames * kind.rows), patches);
  }
  if (session->cursor(model::kProducts) != sequence || session->resyncs() != 0)
    return 1;
  std::printf("}\n");
  std::ofstream(changes, std::ios::binary)
      .write(written.data(), static_cast<std::streamsize>(written.size()));
  return 0;
}

}  // namespace
}  // namespace syncstore

int main(int argc, char** argv) { return argc == 3 ? syncstore::run(argv[1], argv[2]) : 2; }
