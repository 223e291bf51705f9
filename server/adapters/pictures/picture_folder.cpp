#include "server/adapters/pictures/picture_folder.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <vector>

namespace syncstore::adapters {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHashDigits = 64;
constexpr std::string_view kIncoming = "incoming";
constexpr auto kDay = std::chrono::hours(24);

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4u];
    text += kDigits[byte & 15u];
  }
  return text;
}

bool is_hash(std::string_view text) {
  return text.size() == kHashDigits && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

// What has been written to a file or named in a folder stays there when the power fails.
bool make_durable(const fs::path& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC);
  if (fd < 0)
    return false;
  const bool done = ::fsync(fd) == 0;
  ::close(fd);
  return done;
}

}  // namespace

Status PictureFolder::open() {
  std::error_code error;
  const fs::path incoming = folder_ / kIncoming;
  fs::create_directories(incoming, error);
  if (error)
    return fail(ErrorCode::read_only_directory,
                "The folder " + folder_.string() + " cannot be made: " + error.message());
  fs::permissions(folder_, fs::perms::owner_all, error);
  for (fs::directory_iterator entries(incoming, error), end; !error && entries != end;
       entries.increment(error)) {
    std::error_code ignored;
    fs::remove(entries->path(), ignored);
  }
  return {};
}

std::string PictureFolder::incoming(std::string_view name) const {
  return (folder_ / kIncoming / name).string();
}

fs::path PictureFolder::path_of(const std::string& hash, int size) const {
  return folder_ / hash.substr(0, 2) / (hash + "-" + std::to_string(size) + ".webp");
}

Status PictureFolder::write(const fs::path& path, const std::string& bytes) const {
  fs::path unfinished = path;
  unfinished += ".new";
  std::ofstream file(unfinished, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  std::error_code error;
  if (file && make_durable(unfinished, O_RDONLY)) {
    fs::rename(unfinished, path, error);
    if (!error)
      return {};
  }
  fs::remove(unfinished, error);
  return fail(ErrorCode::storage_full);
}

Result<ports::KeptPicture> PictureFolder::keep(const ports::MadePicture& made) {
  ports::KeptPicture kept;
  kept.hash = hex(crypto_.sha256(made.sizes.back()));
  kept.width = made.width;
  kept.height = made.height;
  kept.bytes = made.sizes.back().size();
  const std::lock_guard lock(mutex_);
  std::error_code error;
  const fs::path folder = folder_ / kept.hash.substr(0, 2);
  fs::create_directory(folder, error);
  // The largest last: where it is, the others are.
  for (std::size_t i = 0; i < made.sizes.size(); ++i) {
    const fs::path path = path_of(kept.hash, ports::kPictureSizes[i]);
    if (fs::exists(path, error)) {
      fs::last_write_time(path, fs::file_time_type::clock::now(), error);
    } else {
      SS_TRY(write(path, made.sizes[i]));
    }
  }
  if (!make_durable(folder, O_RDONLY | O_DIRECTORY) ||
      !make_durable(folder_, O_RDONLY | O_DIRECTORY))
    return fail(ErrorCode::storage_full);
  return kept;
}

Result<std::string> PictureFolder::read(const std::string& hash, int size) const {
  const bool known = std::find(ports::kPictureSizes.begin(), ports::kPictureSizes.end(), size) !=
                     ports::kPictureSizes.end();
  if (!is_hash(hash) || !known)
    return fail(ErrorCode::not_found, "There is no such picture.");
  std::ifstream file(path_of(hash, size), std::ios::binary);
  if (!file)
    return fail(ErrorCode::not_found, "There is no such picture.");
  return std::string(std::istreambuf_iterator<char>(file), {});
}

void PictureFolder::remove(const std::string& hash) const {
  for (std::size_t i = ports::kPictureSizes.size(); i-- > 0;) {
    std::error_code ignored;
    fs::remove(path_of(hash, ports::kPictureSizes[i]), ignored);
  }
}

std::size_t PictureFolder::sweep(const std::unordered_set<std::string>& used,
                                 fs::file_time_type now) {
  const std::string ending = "-" + std::to_string(ports::kPictureSizes.back()) + ".webp";
  std::size_t removed = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator entries(folder_, error), end; !error && entries != end;
       entries.increment(error)) {
    const std::string name = entries->path().filename().string();
    const std::string hash = name.substr(0, kHashDigits);
    if (!name.ends_with(ending) || !is_hash(hash))
      continue;
    const std::lock_guard lock(mutex_);
    std::error_code failed;
    const auto last = fs::last_write_time(entries->path(), failed);
    if (failed)
      continue;
    if (used.contains(hash)) {
      if (now - last >= kDay)
        fs::last_write_time(entries->path(), now, failed);
    } else if (now - last > ports::kPictureKeptDays * kDay) {
      remove(hash);
      ++removed;
    }
  }
  return removed;
}

}  // namespace syncstore::adapters
