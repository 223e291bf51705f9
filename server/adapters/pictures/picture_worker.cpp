#include "server/adapters/pictures/picture_worker.hpp"

#include <malloc.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "core/base/byte_io.hpp"
#include "core/base/limits.hpp"
#include "server/adapters/pictures/confinement.hpp"
#include "server/adapters/pictures/vips_library.hpp"

namespace syncstore::adapters {
namespace {

constexpr std::string_view kMark = "picture1";

Result<std::string> read_input() {
  std::string bytes;
  char piece[65'536];
  while (bytes.size() <= limits::kPictureBytes) {
    const ssize_t count = ::read(STDIN_FILENO, piece, sizeof piece);
    if (count == 0)
      return bytes;
    if (count < 0)
      return fail(ErrorCode::picture_unreadable);
    bytes.append(piece, static_cast<std::size_t>(count));
  }
  return fail(ErrorCode::picture_too_large);
}

Result<ports::MadePicture> make_from_input() {
  // The address space is limited: one arena of memory, not one for each thread.
  ::mallopt(M_ARENA_MAX, 1);
  SS_ASSIGN_OR_RETURN(const std::unique_ptr<VipsLibrary> vips, VipsLibrary::load());
  SS_TRY(confine_process());
  SS_ASSIGN_OR_RETURN(const std::string bytes, read_input());
  return vips->make(bytes);
}

// Of the detail only what can do no harm.
std::string plain_text(std::string_view text) {
  constexpr std::size_t kMost = 200;
  const bool plain = text.size() <= kMost && std::all_of(text.begin(), text.end(), [](char c) {
                       return c >= 0x20 && c < 0x7f;
                     });
  return plain ? std::string(text) : std::string();
}

bool write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (count <= 0)
      return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

int run_picture_worker() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const bool told = write_all(worker_answer(make_from_input()));
  ::_exit(told ? 0 : 1);  // nothing of the libraries' endings: they would want what was given up
}

std::string worker_answer(const Result<ports::MadePicture>& made) {
  ByteWriter out;
  out.raw(kMark);
  out.u32(static_cast<std::uint32_t>(made.ok() ? ErrorCode::none : made.error().code));
  if (!made.ok()) {
    out.raw(made.error().detail);
    return std::string(out.bytes());
  }
  out.u32(static_cast<std::uint32_t>(made->width));
  out.u32(static_cast<std::uint32_t>(made->height));
  for (const std::string& size : made->sizes) {
    out.u32(static_cast<std::uint32_t>(size.size()));
    out.raw(size);
  }
  return std::string(out.bytes());
}

Result<ports::MadePicture> read_worker_answer(std::string_view answer) {
  const Error broken = fail(ErrorCode::picture_unreadable);
  if (!answer.starts_with(kMark))
    return broken;
  ByteReader in(answer.substr(kMark.size()));
  const std::uint32_t code = in.u32();
  if (!in.ok())
    return broken;
  for (const ErrorCode known : {ErrorCode::picture_unreadable, ErrorCode::picture_too_large,
                                ErrorCode::unavailable, ErrorCode::internal}) {
    if (code == static_cast<std::uint32_t>(known))
      return fail(known, plain_text(in.rest()));
  }
  ports::MadePicture made;
  made.width = static_cast<int>(in.u32());
  made.height = static_cast<int>(in.u32());
  for (std::string& size : made.sizes) {
    const std::uint32_t count = in.u32();
    if (!in.ok() || count > in.remaining())
      return broken;
    size = std::string(in.raw(count));
    if (picture_kind(size) != PictureKind::webp)
      return broken;
  }
  const int most = ports::kPictureSizes.back();
  const bool sound = in.done() && code == 0 && made.width > 0 &&
                     made.width <= most && made.height > 0 && made.height <= most;
  if (!sound)
    return broken;
  return made;
}

}  // namespace syncstore::adapters
