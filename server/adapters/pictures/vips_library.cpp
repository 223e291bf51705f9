#include "server/adapters/pictures/vips_library.hpp"

#include <dlfcn.h>

#include <string>

#include "core/base/limits.hpp"

// What is called of libvips.so.42: its C interface, which its version number stands for. The
// sentinel of an argument list is a null pointer.
struct _VipsImage;

namespace syncstore::adapters {
namespace {

using Image = _VipsImage;
using LoadBuffer = int (*)(void* bytes, std::size_t size, Image** out, ...);
using Thumbnail = int (*)(Image* in, Image** out, int width, ...);
using Copy = int (*)(Image* in, Image** out, ...);
using SaveBuffer = int (*)(Image* in, void** bytes, std::size_t* size, ...);

constexpr int kOnlyDown = 2;     // VIPS_SIZE_DOWN: smaller pictures stay as they are
constexpr int kFailOnError = 2;  // VIPS_FAIL_ON_ERROR: a truncated or damaged file is refused
constexpr int kQuality = 82;     // no difference is seen on a screen; a third of the size of 95
constexpr int kEffort = 4;       // of the encoder, 0 to 6
constexpr int kOnce = 1;         // VIPS_ACCESS_SEQUENTIAL: the whole is never in memory
constexpr int kBytes = 0;        // VIPS_FORMAT_UCHAR
constexpr int kGrey = 1;         // VIPS_INTERPRETATION_B_W
constexpr int kColour = 22;      // VIPS_INTERPRETATION_sRGB
constexpr const char* kNoMore = nullptr;

struct Extent {
  std::size_t width;
  std::size_t height;
};

// What a GIF says of itself: its reader takes a size that it does not believe, and a file without
// any frame, for a picture of one pixel.
Extent gif_extent(std::string_view bytes) {
  constexpr std::size_t kHead = 10;
  const auto number = [bytes](std::size_t at) {
    return static_cast<std::size_t>(static_cast<unsigned char>(bytes[at])) |
           static_cast<std::size_t>(static_cast<unsigned char>(bytes[at + 1])) << 8u;
  };
  return bytes.size() < kHead ? Extent{0, 0} : Extent{number(6), number(8)};
}

Status check_extent(Extent extent) {
  if (extent.width <= limits::kPictureSide && extent.height <= limits::kPictureSide &&
      extent.width * extent.height <= limits::kPicturePixels)
    return {};
  return fail(ErrorCode::picture_too_large,
              "The picture has " + std::to_string(extent.width) + " by " +
                  std::to_string(extent.height) + " pixels: at most 50 million are read.");
}

Error unreadable() { return fail(ErrorCode::picture_unreadable); }

}  // namespace

struct VipsLibrary::Calls {
  int (*init)(const char*) = nullptr;
  void (*block_untrusted)(int) = nullptr;
  void (*concurrency)(int) = nullptr;
  void (*vectors)(int) = nullptr;
  void (*cache)(int) = nullptr;
  LoadBuffer load_jpeg = nullptr;
  LoadBuffer load_png = nullptr;
  LoadBuffer load_webp = nullptr;
  LoadBuffer load_gif = nullptr;
  Thumbnail thumbnail = nullptr;
  SaveBuffer save = nullptr;
  Copy copy = nullptr;
  void* (*pixels)(Image*, std::size_t*) = nullptr;
  Image* (*from_pixels)(const void*, std::size_t, int, int, int, int) = nullptr;
  int (*bands)(const Image*) = nullptr;
  int (*format)(const Image*) = nullptr;
  int (*width)(const Image*) = nullptr;
  int (*height)(const Image*) = nullptr;
  void (*release)(void*) = nullptr;
  void (*free)(void*) = nullptr;

  struct Release {
    void (*call)(void*);
    void operator()(Image* image) const { call(image); }
  };
  using Held = std::unique_ptr<Image, Release>;
  Held hold(Image* image) const { return Held(image, Release{release}); }

  // The pixels alone: whatever else came with them, colour profiles and notes, stays behind. The
  // encoder's own option for that leaves some of it in.
  Held bare(const Held& image) const {
    if (format(image.get()) != kBytes)
      return hold(nullptr);
    std::size_t size = 0;
    void* const bytes = pixels(image.get(), &size);
    if (bytes == nullptr)
      return hold(nullptr);
    const int count = bands(image.get());
    const Held plain = hold(
        from_pixels(bytes, size, width(image.get()), height(image.get()), count, kBytes));
    free(bytes);
    Image* named = nullptr;
    if (plain == nullptr ||
        copy(plain.get(), &named, "interpretation", count < 3 ? kGrey : kColour, kNoMore) != 0)
      return hold(nullptr);
    return hold(named);
  }

  LoadBuffer loader(PictureKind kind) const {
    switch (kind) {
      case PictureKind::jpeg:
        return load_jpeg;
      case PictureKind::png:
        return load_png;
      case PictureKind::webp:
        return load_webp;
      case PictureKind::gif:
        return load_gif;
      case PictureKind::none:
        break;
    }
    return nullptr;
  }
};

PictureKind picture_kind(std::string_view bytes) {
  using namespace std::string_view_literals;
  if (bytes.starts_with("\xff\xd8\xff"sv))
    return PictureKind::jpeg;
  if (bytes.starts_with("\x89PNG\r\n\x1a\n"sv))
    return PictureKind::png;
  if (bytes.starts_with("GIF87a"sv) || bytes.starts_with("GIF89a"sv))
    return PictureKind::gif;
  if (bytes.size() >= 16 && bytes.starts_with("RIFF"sv) && bytes.substr(8, 7) == "WEBPVP8"sv)
    return PictureKind::webp;
  return PictureKind::none;
}

VipsLibrary::VipsLibrary(std::unique_ptr<Calls> calls) : calls_(std::move(calls)) {}
VipsLibrary::~VipsLibrary() = default;  // the library stays: it cannot be begun twice

Result<std::unique_ptr<VipsLibrary>> VipsLibrary::load() {
  void* const library = ::dlopen("libvips.so.42", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr)
    return fail(ErrorCode::unavailable,
                "Pictures need the library libvips (Debian package libvips42) on the server.");
  auto calls = std::make_unique<Calls>();
  bool all = true;
  const auto find = [library, &all]<class Call>(const char* name, Call& into) {
    into = reinterpret_cast<Call>(::dlsym(library, name));
    all = all && into != nullptr;
  };
  find("vips_init", calls->init);
  find("vips_block_untrusted_set", calls->block_untrusted);
  find("vips_concurrency_set", calls->concurrency);
  find("vips_vector_set_enabled", calls->vectors);
  find("vips_cache_set_max", calls->cache);
  find("vips_jpegload_buffer", calls->load_jpeg);
  find("vips_pngload_buffer", calls->load_png);
  find("vips_webpload_buffer", calls->load_webp);
  find("vips_gifload_buffer", calls->load_gif);
  find("vips_thumbnail_image", calls->thumbnail);
  find("vips_webpsave_buffer", calls->save);
  find("vips_copy", calls->copy);
  find("vips_image_write_to_memory", calls->pixels);
  find("vips_image_new_from_memory_copy", calls->from_pixels);
  find("vips_image_get_bands", calls->bands);
  find("vips_image_get_format", calls->format);
  find("vips_image_get_width", calls->width);
  find("vips_image_get_height", calls->height);
  find("g_object_unref", calls->release);
  find("g_free", calls->free);
  if (!all || calls->init("syncstore") != 0)
    return fail(ErrorCode::unavailable, "This version of the library libvips cannot be used.");
  calls->block_untrusted(1);  // formats whose readers are not fit for files of strangers
  calls->concurrency(1);
  calls->vectors(0);  // no code made at run time
  calls->cache(0);
  return std::unique_ptr<VipsLibrary>(new VipsLibrary(std::move(calls)));
}

Result<ports::MadePicture> VipsLibrary::make(std::string_view bytes) {
  if (bytes.size() > limits::kPictureBytes)
    return fail(ErrorCode::picture_too_large);
  const PictureKind kind = picture_kind(bytes);
  const LoadBuffer read = calls_->loader(kind);
  if (read == nullptr)
    return unreadable();
  Image* image = nullptr;
  void* const data = const_cast<char*>(bytes.data());  // not written to
  if (read(data, bytes.size(), &image, "access", kOnce, "fail_on", kFailOnError, kNoMore) != 0)
    return unreadable();
  const Calls::Held source = calls_->hold(image);
  const Extent extent{static_cast<std::size_t>(calls_->width(image)),
                      static_cast<std::size_t>(calls_->height(image))};
  SS_TRY(check_extent(extent));
  if (kind == PictureKind::gif) {
    const Extent said = gif_extent(bytes);
    SS_TRY(check_extent(said));
    if (said.width != extent.width || said.height != extent.height)
      return unreadable();
  }
  ports::MadePicture made;
  Calls::Held largest = calls_->hold(nullptr);
  for (std::size_t i = ports::kPictureSizes.size(); i-- > 0;) {
    const int side = ports::kPictureSizes[i];
    image = nullptr;
    // The first one turns the picture upright and its colours to sRGB, the others begin with it.
    const int failed = largest == nullptr
                           ? calls_->thumbnail(source.get(), &image, side, "height", side, "size",
                                               kOnlyDown, "export_profile", "srgb", kNoMore)
                           : calls_->thumbnail(largest.get(), &image, side, "height", side, "size",
                                               kOnlyDown, kNoMore);
    if (failed != 0)
      return unreadable();
    Calls::Held copy = calls_->bare(calls_->hold(image));
    void* webp = nullptr;
    std::size_t size = 0;
    if (copy == nullptr || calls_->save(copy.get(), &webp, &size, "Q", kQuality, "effort", kEffort,
                                        "strip", 1, kNoMore) != 0)
      return unreadable();
    made.sizes[i].assign(static_cast<const char*>(webp), size);
    calls_->free(webp);
    if (largest == nullptr) {
      made.width = calls_->width(copy.get());
      made.height = calls_->height(copy.get());
      largest = std::move(copy);
    }
  }
  return made;
}

}  // namespace syncstore::adapters
