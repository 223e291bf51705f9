// Ports of pictures: what reads and keeps files of strangers, and what fetches them from other
// sites. Both answer on the engine executor; what still waits when they end is never answered.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "core/base/result.hpp"

namespace syncstore::ports {

// Longest side of the copies of each picture, in pixels; a smaller picture is never enlarged.
inline constexpr std::array kPictureSizes{96, 480, 1600};

// A picture made anew from the pixels of a file: upright, sRGB, without metadata, WebP. Equal
// pixels give equal bytes.
struct MadePicture {
  int width = 0;  // of the largest
  int height = 0;
  std::array<std::string, kPictureSizes.size()> sizes;  // as kPictureSizes
};

// The same picture is kept once, under a name made of its content, whoever has it.
struct KeptPicture {
  std::string hash;  // 64 hexadecimal digits
  int width = 0;
  int height = 0;
  std::uint64_t bytes = 0;  // of the largest copy
};

class PictureShelf {
 public:
  virtual ~PictureShelf() = default;
  // A name for a file on its way to keep(): on the same disk, removed at the next start.
  virtual std::string incoming(std::string_view name) const = 0;
  // Reads the file at `path` away from this process, keeps its copies durably and removes it.
  // Errors: picture_unreadable (not a JPEG, PNG, WebP or GIF, or a broken one, or one that takes
  // too long), picture_too_large (bytes or pixels), queue_full (too many wait), storage_full,
  // unavailable (the machine lacks what reads pictures).
  virtual void keep(std::string path, std::function<void(Result<KeptPicture>)> done) = 0;
  // The copy of this size, one of kPictureSizes. Errors: not_found, queue_full.
  virtual void read(std::string hash, int size,
                    std::function<void(Result<std::string>)> done) = 0;
  // Remembers that these are in use and removes what was not for kPictureKeptDays; answers how many
  // pictures that were.
  virtual void sweep(std::unordered_set<std::string> used,
                     std::function<void(std::size_t)> done) = 0;
};

// As long as a log may bring a removed picture back; a backup is rarely older.
inline constexpr int kPictureKeptDays = 90;

class PictureFetch {
 public:
  virtual ~PictureFetch() = default;
  // What stands at `url`, into a new file at `path`. Only public addresses are asked, redirects
  // included. Errors: address_refused, fetch_failed, picture_too_large, queue_full, storage_full.
  virtual void fetch(std::string url, std::string path, std::function<void(Status)> done) = 0;
};

}  // namespace syncstore::ports
