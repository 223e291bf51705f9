#include "server/features/pictures/picture_sink.hpp"

#include <filesystem>

#include "core/base/limits.hpp"
#include "server/http/answer.hpp"

namespace syncstore::pictures {

PictureSink::PictureSink(Pictures& pictures, std::weak_ptr<bool> alive, std::string path,
                         Place place)
    : pictures_(pictures),
      scheduler_(pictures.scheduler()),
      alive_(std::move(alive)),
      path_(std::move(path)),
      place_(std::move(place)),
      file_(path_, std::ios::binary | std::ios::trunc) {}

PictureSink::~PictureSink() {
  if (!taken_) {
    file_.close();
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  scheduler_.post([&pictures = pictures_, alive = alive_] {
    if (!alive.expired()) {
      pictures.give_upload_back();
    }
  });
}

bool PictureSink::write(std::string_view bytes) {
  bytes_ += bytes.size();
  if (bytes_ > limits::kPictureBytes) {
    return false;
  }
  file_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return static_cast<bool>(file_);
}

void PictureSink::complete(ports::HttpReply reply) {
  file_.close();
  if (!file_) {
    reply(refusal());
    return;
  }
  taken_ = true;
  pictures_.keep(path_, std::move(place_), reply);
}

ports::HttpResponse PictureSink::refusal() {
  return bytes_ > limits::kPictureBytes
             ? http::problem(fail(ErrorCode::picture_too_large,
                                  "The file is larger than 25 MB. Send a smaller one."))
             : http::problem_retry(fail(ErrorCode::storage_full), 60);
}

}  // namespace syncstore::pictures
