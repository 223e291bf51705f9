// The whole product without sockets, disks and real time: engine, features and HTTP face over
// storage in memory. Requests are made as the network adapter makes them.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/adapters/memory/memory_storage.hpp"
#include "server/features/features.hpp"
#include "server/http/answer.hpp"
#include "tests/server/engine/virtual_time.hpp"

namespace syncstore::testing {

inline constexpr std::string_view kPassword = "correct horse 7 staple";

struct Answer {
  ports::HttpResponse response;
  Json json;  // null when the body is no JSON
  int status() const { return response.status; }
  const std::string* header(std::string_view name) const {
    return http::find_header(response, name);
  }
  // Member by path: at("data.title"); a null when absent.
  Json at(std::string_view path) const;
  std::string text(std::string_view path) const { return at(path).text(); }
  std::int64_t number(std::string_view path) const { return at(path).integer(); }
  std::string code() const { return text("code"); }
};

using Headers = std::vector<std::pair<std::string, std::string>>;

// Somebody with a browser's session, or a program with a bearer token.
struct Client {
  std::string cookie;
  std::string csrf;
  std::string bearer;
};

// A shelf that takes no file for a picture, and no other site to fetch one from.
class NoPictures final : public ports::PictureShelf, public ports::PictureFetch {
 public:
  NoPictures(ports::Scheduler& scheduler, std::string folder)
      : scheduler_(scheduler), folder_(std::move(folder)) {}
  std::string incoming(std::string_view name) const override;
  void keep(std::string path, std::function<void(Result<ports::KeptPicture>)> done) override;
  void read(std::string hash, int size, std::function<void(Result<std::string>)> done) override;
  void sweep(std::unordered_set<std::string> used, std::function<void(std::size_t)> done) override;
  void fetch(std::string url, std::string path, std::function<void(Status)> done) override;

 private:
  ports::Scheduler& scheduler_;
  std::string folder_;
};

class FeatureWorld : public ::testing::Test {
 protected:
  FeatureWorld();
  ~FeatureWorld() override;

  // (Re)starts the program over the same disk.
  void boot();
  void shut_down();
  http::ApiOptions
      api_options;  // takes effect at the next boot; no rate limit unless a test sets one

  // Stores gifts and games; root (admin of all), anna (admin), edith (editor), victor (viewer) of
  // gifts; gina (editor of games).
  void furnish();
  void add_store(const std::string& id, const std::string& currency);
  void add_user(const std::string& name, model::Role role, const std::string& store);

  Answer request(const std::string& method, const std::string& target, const std::string& body = {},
                 Headers headers = {});
  Answer as(const Client& client, const std::string& method, const std::string& target,
            const std::string& body = {}, Headers headers = {});
  // Sends without waiting; the answer appears in the pointer.
  std::shared_ptr<std::optional<Answer>> start(const Client& client, const std::string& method,
                                               const std::string& target,
                                               const std::string& body = {}, Headers headers = {});
  // A streamed body, in pieces of `piece` bytes.
  Answer upload(const Client& client, const std::string& target, const std::string& body,
                std::size_t piece = 65'536, Headers headers = {},
                const std::string& method = "POST");
  Client sign_in(const std::string& name, std::string_view password = kPassword);
  Client token_of(const std::string& name);
  // A product of the store with these JSON fields; its id.
  std::string make_product(const Client& client, const std::string& store,
                           const std::string& fields);
  void settle() { events.settle(); }

  EventQueue events;
  SeededRandom random{7};
  PlainCrypto crypto;
  std::shared_ptr<memory::MemoryDisk> disk = std::make_shared<memory::MemoryDisk>();
  std::filesystem::path directory;

  std::unique_ptr<VirtualClock> clock;
  std::unique_ptr<VirtualScheduler> scheduler;
  std::unique_ptr<memory::MemoryStorage> storage;
  std::unique_ptr<NoPictures> pictures;
  std::unique_ptr<engine::Engine> engine;
  std::unique_ptr<features::Features> features;
  std::unique_ptr<http::Api> api;

 private:
  ports::HttpRequest make_request(const std::string& method, const std::string& target,
                                  const std::string& body, Headers headers) const;
};

}  // namespace syncstore::testing
