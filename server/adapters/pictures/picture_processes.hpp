// Reads a picture in a process of its own, which is this program started anew as `picture-worker`:
// what a malicious picture takes over has nothing and ends with it.
#pragma once

#include <atomic>
#include <string>

#include "server/ports/pictures.hpp"

namespace syncstore::adapters {

// Waits for the answer, at most kPictureSeconds and until `stopping`. Errors as of
// PictureShelf::keep.
Result<ports::MadePicture> make_in_process(const std::string& program, const std::string& path,
                                           const std::atomic<bool>& stopping);

}  // namespace syncstore::adapters
