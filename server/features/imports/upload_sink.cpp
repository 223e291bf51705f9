#include "server/features/imports/upload_sink.hpp"

#include <filesystem>

#include "server/http/answer.hpp"

namespace syncstore::imports {

UploadSink::UploadSink(Imports& imports, std::weak_ptr<bool> alive, std::string path,
                       ImportRequest request)
    : imports_(imports),
      scheduler_(imports.scheduler()),
      alive_(std::move(alive)),
      path_(std::move(path)),
      request_(std::move(request)),
      file_(path_, std::ios::binary | std::ios::trunc) {}

UploadSink::~UploadSink() {
  if (taken_) {
    return;
  }
  file_.close();
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
  scheduler_.post([&imports = imports_, alive = alive_] {
    if (!alive.expired()) {
      imports.give_upload_back();
    }
  });
}

bool UploadSink::write(std::string_view bytes) {
  file_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return static_cast<bool>(file_);
}

void UploadSink::complete(ports::HttpReply reply) {
  file_.close();
  if (!file_) {
    reply(refusal());
    return;
  }
  taken_ = true;
  imports_.give_upload_back();
  imports_.import_upload(path_, request_, [reply](const Result<RecordId>& id) {
    reply(id.ok() ? accepted(*id) : http::problem(id.error()));
  });
}

ports::HttpResponse UploadSink::refusal() {
  return http::problem_retry(
      fail(ErrorCode::storage_full,
           "The file could not be kept: the disk of the data directory is full."),
      60);
}

ports::HttpResponse accepted(RecordId id) {
  Json data = Json::object();
  data.set("id", id.text());
  return http::success(std::move(data), {{"id", Json(id.text())}}, 202);
}

}  // namespace syncstore::imports
