#include "server/adapters/pictures/picture_files.hpp"

#include "core/base/limits.hpp"
#include "server/adapters/pictures/picture_processes.hpp"

namespace syncstore::adapters {
namespace {

namespace fs = std::filesystem;

// A disk answers one at a time; the second reads while a sweep is under way.
constexpr std::size_t kReaders = 2;
// A screen of lists asks for a hundred at once.
constexpr std::size_t kReadsWaiting = 1'024;

}  // namespace

PictureFiles::PictureFiles(const std::string& folder, ports::Scheduler& scheduler,
                           const ports::Crypto& crypto, std::string program)
    : scheduler_(scheduler),
      program_(std::move(program)),
      folder_(folder, crypto),
      makers_(limits::kPicturesAtOnce, limits::kPicturesWaiting),
      readers_(kReaders, kReadsWaiting) {}

Result<std::unique_ptr<PictureFiles>> PictureFiles::open(const std::string& folder,
                                                         ports::Scheduler& scheduler,
                                                         const ports::Crypto& crypto,
                                                         std::string program) {
  std::unique_ptr<PictureFiles> files(
      new PictureFiles(folder, scheduler, crypto, std::move(program)));
  SS_TRY(files->folder_.open());
  return files;
}

void PictureFiles::keep(std::string path, std::function<void(Result<ports::KeptPicture>)> done) {
  const auto drop = [path] {
    std::error_code ignored;
    fs::remove(path, ignored);
  };
  const bool taken = makers_.add([this, path, done, drop](const std::atomic<bool>& stopping) {
    const Result<ports::MadePicture> made = make_in_process(program_, path, stopping);
    drop();
    const auto kept = std::make_shared<Result<ports::KeptPicture>>(
        made.ok() ? folder_.keep(*made) : Result<ports::KeptPicture>(made.error()));
    scheduler_.post([kept, done] { done(std::move(*kept)); });
  });
  if (taken)
    return;
  drop();
  scheduler_.post([done] { done(fail(ErrorCode::queue_full)); });
}

void PictureFiles::read(std::string hash, int size,
                        std::function<void(Result<std::string>)> done) {
  const bool taken =
      readers_.add([this, hash = std::move(hash), size, done](const std::atomic<bool>&) {
        const auto bytes = std::make_shared<Result<std::string>>(folder_.read(hash, size));
        scheduler_.post([bytes, done] { done(std::move(*bytes)); });
      });
  if (!taken)
    scheduler_.post([done] { done(fail(ErrorCode::queue_full)); });
}

void PictureFiles::sweep(std::unordered_set<std::string> used,
                         std::function<void(std::size_t)> done) {
  const bool taken =
      readers_.add([this, used = std::move(used), done](const std::atomic<bool>&) {
        const std::size_t removed = folder_.sweep(used, fs::file_time_type::clock::now());
        scheduler_.post([removed, done] { done(removed); });
      });
  if (!taken)
    scheduler_.post([done] { done(0); });
}

}  // namespace syncstore::adapters
