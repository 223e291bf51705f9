// The process that reads pictures: one picture from standard input, confined, to standard output.
// Nothing of what it says is believed beyond its form; it may have been taken over by a picture.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "server/ports/pictures.hpp"

namespace syncstore::adapters {

inline constexpr std::string_view kPictureWorkerCommand = "picture-worker";

// The whole life of that process; the answer is its exit code.
int run_picture_worker();

// What it says about a picture, and the reading of that. Errors of reading: what was said, or
// picture_unreadable for everything that is not whole.
std::string worker_answer(const Result<ports::MadePicture>& made);
Result<ports::MadePicture> read_worker_answer(std::string_view answer);

}  // namespace syncstore::adapters
