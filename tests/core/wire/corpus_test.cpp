// Replays the committed inputs of the fuzzers, and random bytes, through the same checks.
#include <gtest/gtest.h>

#include "tests/core/wire/wire_samples.hpp"
#include "tests/fuzz/corpus.hpp"
#include "tests/fuzz/targets.hpp"

namespace syncstore::fuzz {
namespace {

TEST(FuzzCorpus, DownFrames) { EXPECT_GT(replay("down_frame", &check_down_frame), 0u); }
TEST(FuzzCorpus, UpFrames) { EXPECT_GT(replay("up_frame", &check_up_frame), 0u); }
TEST(FuzzCorpus, ClientMessages) { EXPECT_GT(replay("client_message", &check_client_message), 0u); }
TEST(FuzzCorpus, QueueEntries) { EXPECT_GT(replay("queue_entry", &check_queue_entry), 0u); }
TEST(FuzzCorpus, SequencesOfFrames) { EXPECT_GT(replay("frames", &check_frames), 0u); }
TEST(FuzzCorpus, StoredForms) { EXPECT_GT(replay("stored", &check_stored), 0u); }
TEST(FuzzCorpus, SnapshotParts) { EXPECT_GT(replay("snapshot_part", &check_snapshot_part), 0u); }
TEST(FuzzCorpus, JsonTexts) { EXPECT_GT(replay("json_reader", &check_json_reader), 0u); }
TEST(FuzzCorpus, RichTexts) { EXPECT_GT(replay("rich_text", &check_rich_text), 0u); }
TEST(FuzzCorpus, FieldInputs) { EXPECT_GT(replay("field_input", &check_field_input), 0u); }
TEST(FuzzCorpus, CompressedParts) {
  EXPECT_GT(replay("compressed_part", &check_compressed_part), 0u);
}

// A poor man's fuzzer that runs everywhere: samples with a few random bytes changed, cut or
// doubled.
TEST(FuzzCorpus, DamagedSamples) {
  std::uint64_t state = 20'261'121;
  const auto next = [&state](std::size_t bound) {
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return static_cast<std::size_t>(state >> 33) % bound;
  };
  std::vector<Bytes> frames;
  for (const auto& [name, message] : wire::samples::down_messages())
    frames.push_back(wire::encode(message));
  for (const auto& [name, message] : wire::samples::up_messages())
    frames.push_back(wire::encode(message));
  for (int round = 0; round < 20'000; ++round) {
    Bytes bytes = frames[next(frames.size())];
    for (std::size_t changes = 1 + next(4); changes > 0 && !bytes.empty(); --changes) {
      const std::size_t at = next(bytes.size());
      switch (next(4)) {
        case 0:
          bytes[at] = static_cast<char>(next(256));
          break;
        case 1:
          bytes.erase(at, 1 + next(8));
          break;
        case 2:
          bytes.insert(at, bytes.substr(next(bytes.size()), 1 + next(16)));
          break;
        default:
          bytes[at] = '\xFF';
          break;
      }
    }
    check_down_frame(bytes);
    check_up_frame(bytes);
  }
}

}  // namespace
}  // namespace syncstore::fuzz
