// Pictures of products: what comes in over HTTP or from another site is made anew in a process of
// its own, kept once under the hash of its content and recorded in collection `images`, which only
// the server writes content into. Engine executor only.
#pragma once

#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "server/engine/engine.hpp"
#include "server/features/pictures/thumbnails.hpp"
#include "server/http/api.hpp"
#include "server/ports/pictures.hpp"

namespace syncstore::pictures {

struct PicturePorts {
  ports::Scheduler& scheduler;
  ports::Storage& storage;
  ports::PictureShelf* shelf = nullptr;  // without one everything is answered `unavailable`
  ports::PictureFetch* fetch = nullptr;
};

// Where a picture belongs once it has been kept.
struct Place {
  http::ContextPtr context;
  RecordId product;   // of a new picture
  RecordId replaces;  // 0: a new picture
  std::string alt;
  std::string source_url;
};

class Pictures {
 public:
  // `base_url`: where browsers load pictures from instead of this server; "" = from here.
  Pictures(engine::Engine& engine, const PicturePorts& ports, std::string base_url);
  ~Pictures();

  void bind(http::Api& api);
  // From now on unused pictures are removed, once a day.
  void start();
  void stop();

  // The file at `path` becomes a picture at its place, and is gone. Answers 201 or, when the
  // product has an equal one already, 200 with that.
  void keep(std::string path, Place place, const ports::HttpReply& reply);
  // Room for one more file on its way in; false when kPicturesWaiting are.
  bool take_upload();
  void give_upload_back();
  ports::Scheduler& scheduler() { return ports_.scheduler; }

 private:
  struct Sweep;
  void begin_upload(Place place, const http::SinkAnswer& answer);
  void create(const http::ContextPtr& context, const http::SinkAnswer& answer);
  void replace(const http::ContextPtr& context, const http::SinkAnswer& answer);
  void fetch(const http::ContextPtr& context, const ports::HttpReply& reply);
  void restore(const http::ContextPtr& context, const ports::HttpReply& reply);
  void show(const http::ContextPtr& context, const ports::HttpReply& reply);
  void record(const Place& place, const ports::KeptPicture& kept, const ports::HttpReply& reply);
  void submit(const http::ContextPtr& context, sync::Mutation mutation, RecordId id,
              sync::Origin origin, int status, const ports::HttpReply& reply);
  void sweep();
  void sweep_on(const std::shared_ptr<Sweep>& sweep);

  engine::Engine& engine_;
  PicturePorts ports_;
  std::string base_url_;
  Thumbnails thumbnails_;
  std::size_t uploads_ = 0;
  ports::TimerId timer_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace syncstore::pictures
