#include "server/adapters/system/file_cache.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

namespace syncstore::adapters {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kFileBytes = 16u * 1024 * 1024;  // far above any file of the application
constexpr std::size_t kFiles = 2'000;

constexpr std::array<std::pair<std::string_view, std::string_view>, 20> kTypes{{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".wasm", "application/wasm"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".webp", "image/webp"},
    {".avif", "image/avif"},
    {".gif", "image/gif"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".woff", "font/woff"},
    {".txt", "text/plain; charset=utf-8"},
    {".xml", "application/xml"},
}};

std::string_view type_of(const std::string& extension) {
  for (const auto& [ending, type] : kTypes) {
    if (ending == extension)
      return type;
  }
  return "application/octet-stream";
}

// The build writes assets/NAME-HASH.EXT: at least eight characters of hash behind the last hyphen.
bool has_content_hash(const std::string& path) {
  if (!path.starts_with("/assets/"))
    return false;
  const std::size_t dot = path.rfind('.');
  const std::size_t hyphen = path.rfind('-');
  if (dot == std::string::npos || hyphen == std::string::npos)
    return false;
  // A hash may itself have a hyphen in it, so the search is for any hyphen that leaves enough.
  return path.find('-') < dot && dot - path.find('-') > 8;
}

std::shared_ptr<const std::string> read_file(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error || size > kFileBytes)
    return nullptr;
  std::ifstream in(path, std::ios::binary);
  if (!in)
    return nullptr;
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return std::make_shared<const std::string>(std::move(bytes).str());
}

std::string etag_of(const std::string& bytes, const ports::Crypto& crypto, std::string_view form) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string tag = "\"";
  for (const char c : crypto.sha256(bytes).substr(0, 12)) {
    const auto byte = static_cast<unsigned char>(c);
    tag.push_back(kDigits[byte >> 4]);
    tag.push_back(kDigits[byte & 15]);
  }
  return tag + std::string(form) + "\"";
}

// Whether an Accept-Encoding header takes this coding (a weight of 0 says no).
bool accepts(std::string_view header, std::string_view coding) {
  while (!header.empty()) {
    const std::size_t comma = std::min(header.find(','), header.size());
    std::string_view item = header.substr(0, comma);
    header.remove_prefix(std::min(comma + 1, header.size()));
    while (!item.empty() && item.front() == ' ')
      item.remove_prefix(1);
    const std::size_t semicolon = std::min(item.find(';'), item.size());
    std::string_view name = item.substr(0, semicolon);
    while (!name.empty() && name.back() == ' ')
      name.remove_suffix(1);
    if (name != coding)
      continue;
    const std::string_view weight = item.substr(semicolon);
    return weight.find("q=0") == std::string_view::npos ||
           weight.find("q=0.") != std::string_view::npos;
  }
  return false;
}

}  // namespace

std::unique_ptr<FileCache> FileCache::load(const std::string& folder, const ports::Crypto& crypto) {
  auto cache = std::make_unique<FileCache>();
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    if (!it->is_regular_file(error) || cache->files_.size() >= kFiles)
      continue;
    const std::string extension = it->path().extension().string();
    if (extension == ".br" || extension == ".gz")
      continue;
    auto body = read_file(it->path());
    if (body == nullptr)
      continue;
    const std::string path = "/" + fs::relative(it->path(), folder, error).generic_string();
    Forms forms;
    forms.plain = {body, std::string(type_of(extension)), "", etag_of(*body, crypto, ""),
                   has_content_hash(path)};
    const auto add_form = [&](const char* ending, const char* coding,
                              std::optional<ports::StaticFile>& into) {
      auto bytes = read_file(it->path().string() + ending);
      if (bytes == nullptr || bytes->size() >= body->size())
        return;
      into = forms.plain;
      into->content_encoding = coding;
      into->etag = etag_of(*body, crypto, std::string("-") + coding);
      into->body = std::move(bytes);
    };
    add_form(".br", "br", forms.brotli);
    add_form(".gz", "gzip", forms.gzip);
    cache->files_.emplace(path, std::move(forms));
  }
  return cache;
}

std::optional<ports::StaticFile> FileCache::find(std::string_view path,
                                                 std::string_view accept_encoding) const {
  const auto found = files_.find(path);
  if (found == files_.end())
    return std::nullopt;
  const Forms& forms = found->second;
  if (forms.brotli && accepts(accept_encoding, "br"))
    return forms.brotli;
  if (forms.gzip && accepts(accept_encoding, "gzip"))
    return forms.gzip;
  return forms.plain;
}

}  // namespace syncstore::adapters
