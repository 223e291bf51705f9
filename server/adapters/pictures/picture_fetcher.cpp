#include "server/adapters/pictures/picture_fetcher.hpp"

#include <curl/curl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <memory>

#include "core/base/limits.hpp"
#include "server/adapters/pictures/address_check.hpp"

namespace syncstore::adapters {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kUrlBytes = 2'048;  // what images.source_url holds
constexpr long kConnectSeconds = 5;

struct FreeCurl {
  void operator()(CURL* handle) const { ::curl_easy_cleanup(handle); }
  void operator()(CURLU* url) const { ::curl_url_cleanup(url); }
  void operator()(curl_slist* list) const { ::curl_slist_free_all(list); }
};

Error refused() { return fail(ErrorCode::address_refused, {}, "url"); }

std::string part_of(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (::curl_url_get(url, part, &text, flags) != CURLUE_OK)
    return {};
  std::string copy(text);
  ::curl_free(text);
  return copy;
}

// One fetch with its redirects; on a thread of its own.
class Fetching {
 public:
  Fetching(const FetchOptions& options, const std::string& path, const std::atomic<bool>& stopping)
      : options_(options), stopping_(stopping), file_(path, std::ios::binary | std::ios::trunc) {}

  Status run(std::string url) {
    if (!file_)
      return fail(ErrorCode::storage_full);
    for (int step = 0; step <= limits::kPictureRedirects; ++step) {
      SS_TRY(check(url));
      SS_TRY(get(url));
      if (next_.empty()) {
        file_.close();
        return file_ ? Status() : Status(fail(ErrorCode::storage_full));
      }
      url = std::exchange(next_, {});
    }
    return fail(ErrorCode::fetch_failed, "The address leads on too often.", "url");
  }

 private:
  // The form of the address; where it leads is seen when it is connected to.
  Status check(const std::string& text) const {
    if (text.size() > kUrlBytes)
      return refused();
    const std::unique_ptr<CURLU, FreeCurl> url(::curl_url());
    if (::curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK)
      return refused();
    const std::string scheme = part_of(url.get(), CURLUPART_SCHEME);
    const std::string port = part_of(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
    const bool usual = options_.ports.empty() ||
                       std::any_of(options_.ports.begin(), options_.ports.end(),
                                   [&port](int each) { return std::to_string(each) == port; });
    const bool named = !part_of(url.get(), CURLUPART_USER).empty() ||
                       !part_of(url.get(), CURLUPART_PASSWORD).empty();
    if ((scheme != "http" && scheme != "https") || !usual || named)
      return refused();
    return {};
  }

  Status get(const std::string& url) {
    const std::unique_ptr<CURL, FreeCurl> curl(::curl_easy_init());
    if (curl == nullptr)
      return fail(ErrorCode::unavailable);
    CURL* const handle = curl.get();
    std::unique_ptr<curl_slist, FreeCurl> names;
    for (const std::string& name : options_.names)
      names.reset(::curl_slist_append(names.release(), name.c_str()));
    ::curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
    ::curl_easy_setopt(handle, CURLOPT_RESOLVE, names.get());
    ::curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    ::curl_easy_setopt(handle, CURLOPT_PROXY, "");  // none, whatever the environment says
    ::curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    ::curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    ::curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    ::curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, left_ms());
    ::curl_easy_setopt(handle, CURLOPT_MAXFILESIZE_LARGE,
                       static_cast<curl_off_t>(limits::kPictureBytes));
    ::curl_easy_setopt(handle, CURLOPT_USERAGENT, "SyncStore");
    ::curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, &Fetching::open_socket);
    ::curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, this);
    ::curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &Fetching::write);
    ::curl_easy_setopt(handle, CURLOPT_WRITEDATA, this);
    ::curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, &Fetching::look);
    ::curl_easy_setopt(handle, CURLOPT_XFERINFODATA, this);
    ::curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    handle_ = handle;
    const CURLcode code = ::curl_easy_perform(handle);
    handle_ = nullptr;
    if (was_refused_)
      return refused();
    if (is_full_)
      return fail(ErrorCode::storage_full);
    if (is_large_ || code == CURLE_FILESIZE_EXCEEDED)
      return fail(ErrorCode::picture_too_large);
    if (code != CURLE_OK)
      return fail(ErrorCode::fetch_failed, {}, "url");
    return outcome(handle);
  }

  Status outcome(CURL* handle) {
    long status = 0;
    char* location = nullptr;
    ::curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    ::curl_easy_getinfo(handle, CURLINFO_REDIRECT_URL, &location);
    if (status >= 300 && status < 400 && location != nullptr) {
      next_ = location;
      return {};
    }
    if (status != 200)
      return fail(ErrorCode::fetch_failed, "The address answered " + std::to_string(status) + ".",
                  "url");
    return {};
  }

  long left_ms() const {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until_ - Steady::now()).count();
    return std::max(1L, static_cast<long>(left));
  }

  static curl_socket_t open_socket(void* data, curlsocktype, curl_sockaddr* address) {
    auto& self = *static_cast<Fetching*>(data);
    const auto& allowed = self.options_.is_allowed;
    const bool good = allowed ? allowed(address->addr)
                              : is_public_address(*reinterpret_cast<sockaddr*>(&address->addr));
    if (!good) {
      self.was_refused_ = true;
      return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  }

  static std::size_t write(char* bytes, std::size_t size, std::size_t count, void* data) {
    auto& self = *static_cast<Fetching*>(data);
    const std::size_t all = size * count;
    long status = 0;
    ::curl_easy_getinfo(self.handle_, CURLINFO_RESPONSE_CODE, &status);
    self.bytes_ += all;
    if (self.bytes_ > limits::kPictureBytes) {
      self.is_large_ = true;
      return 0;
    }
    if (status != 200)
      return all;  // the text of a redirect or an error is no picture
    self.file_.write(bytes, static_cast<std::streamsize>(all));
    self.is_full_ = !self.file_;
    return self.is_full_ ? 0 : all;
  }

  static int look(void* data, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Fetching*>(data)->stopping_ ? 1 : 0;
  }

  const FetchOptions& options_;
  const std::atomic<bool>& stopping_;
  std::ofstream file_;
  Steady::time_point until_ = Steady::now() + std::chrono::seconds(limits::kPictureFetchSeconds);
  CURL* handle_ = nullptr;
  std::string next_;
  std::size_t bytes_ = 0;
  bool was_refused_ = false;
  bool is_full_ = false;
  bool is_large_ = false;
};

}  // namespace

PictureFetcher::PictureFetcher(ports::Scheduler& scheduler, FetchOptions options)
    : scheduler_(scheduler),
      options_(std::move(options)),
      threads_(limits::kPicturesAtOnce, limits::kPicturesWaiting) {
  static const CURLcode ready = ::curl_global_init(CURL_GLOBAL_DEFAULT);
  static_cast<void>(ready);
}

void PictureFetcher::fetch(std::string url, std::string path, std::function<void(Status)> done) {
  const bool taken =
      threads_.add([this, url = std::move(url), path = std::move(path),
                    done](const std::atomic<bool>& stopping) {
        const Status status = Fetching(options_, path, stopping).run(url);
        scheduler_.post([status, done] { done(status); });
      });
  if (!taken)
    scheduler_.post([done] { done(fail(ErrorCode::queue_full)); });
}

}  // namespace syncstore::adapters
