// libvips, loaded when the first picture is to be read: the program itself starts without it and
// without the hundred libraries that it brings. One thread.
#pragma once

#include <memory>
#include <string_view>

#include "core/base/result.hpp"
#include "server/ports/pictures.hpp"

namespace syncstore::adapters {

enum class PictureKind : unsigned char { none, jpeg, png, webp, gif };
// By what stands in it, whatever it is called.
PictureKind picture_kind(std::string_view bytes);

class VipsLibrary {
 public:
  // Error: unavailable (not installed, or another version).
  static Result<std::unique_ptr<VipsLibrary>> load();
  ~VipsLibrary();

  // The first picture in `bytes`. Its number of pixels is looked at before any of them is read.
  // Errors: picture_unreadable, picture_too_large.
  Result<ports::MadePicture> make(std::string_view bytes);

 private:
  struct Calls;
  explicit VipsLibrary(std::unique_ptr<Calls> calls);
  std::unique_ptr<Calls> calls_;
};

}  // namespace syncstore::adapters
