#include "server/features/pictures/pictures.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/base/limits.hpp"
#include "core/sync/change_set.hpp"
#include "server/features/pictures/picture_sink.hpp"
#include "server/features/records/record_api.hpp"
#include "server/http/answer.hpp"

namespace syncstore::pictures {

using http::ContextPtr;
using http::problem;
using ports::HttpReply;
using ports::HttpResponse;

namespace {

constexpr int kRetrySeconds = 5;
constexpr std::int64_t kFirstSweepMs = 60'000;  // when the start is over
constexpr std::int64_t kSweepMs = 24 * 3'600'000;

HttpResponse problem_of(const Error& error) {
  return error.code == ErrorCode::queue_full
             ? http::problem_retry(fail(ErrorCode::queue_full,
                                        "Many pictures are being read. Try again in a moment."),
                                   kRetrySeconds)
             : problem(error);
}

Result<RecordId> read_id(std::string_view text, const char* field) {
  const std::optional<RecordId> id = RecordId::parse(text);
  if (!id || !*id) {
    return fail(text.empty() ? ErrorCode::required : ErrorCode::invalid,
                "Name the product: its id has 13 characters.", field);
  }
  return *id;
}

// Whether the product takes one more picture.
Status check_room(const engine::StoreState& store, RecordId product) {
  if (store.find(model::kProducts, product) == nullptr) {
    return fail(ErrorCode::unknown_record, "There is no such product.", "product");
  }
  if (pictures_of(store, product).size() >= limits::kPicturesPerProduct) {
    return fail(ErrorCode::wrong_state,
                "A product has at most " + std::to_string(limits::kPicturesPerProduct) +
                    " pictures. Remove one first.");
  }
  return {};
}

HttpResponse picture_answer(const std::string& hash, int size, std::string bytes, bool for_cdn) {
  HttpResponse response;
  response.body = std::move(bytes);
  http::set_header(response, "Content-Type", "image/webp");
  http::set_header(response, "ETag", "\"" + hash.substr(0, 16) + "-" + std::to_string(size) + "\"");
  // What stands under the name of its content never becomes anything else.
  http::set_header(response, "Cache-Control",
                   std::string(for_cdn ? "public" : "private") + ", max-age=31536000, immutable");
  http::set_header(response, "Cross-Origin-Resource-Policy",
                   for_cdn ? "cross-origin" : "same-origin");
  http::set_header(response, "Content-Security-Policy", "default-src 'none'; sandbox");
  http::set_header(response, "Content-Disposition", "inline");
  return response;
}

// "480.webp" -> 480; 0 when it is no such name.
int size_of_name(std::string_view name) {
  constexpr std::string_view kEnding = ".webp";
  int size = 0;
  if (!name.ends_with(kEnding)) {
    return 0;
  }
  name.remove_suffix(kEnding.size());
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), size);
  return error == std::errc{} && end == name.data() + name.size() ? size : 0;
}

}  // namespace

Pictures::Pictures(engine::Engine& engine, const PicturePorts& ports, std::string base_url)
    : engine_(engine), ports_(ports), base_url_(std::move(base_url)), thumbnails_(engine) {}

Pictures::~Pictures() = default;

bool Pictures::take_upload() {
  if (uploads_ >= limits::kPicturesWaiting) {
    return false;
  }
  ++uploads_;
  return true;
}

void Pictures::give_upload_back() { --uploads_; }

void Pictures::begin_upload(Place place, const http::SinkAnswer& answer) {
  if (!take_upload()) {
    answer(nullptr, true, problem_of(fail(ErrorCode::queue_full)));
    return;
  }
  const std::string path = ports_.shelf->incoming(engine_.new_record_id().text());
  answer(std::make_shared<PictureSink>(*this, alive_, path, std::move(place)), false, {});
}

void Pictures::create(const ContextPtr& context, const http::SinkAnswer& answer) {
  const std::string* named = context->query("product");
  const Result<RecordId> product = read_id(named != nullptr ? *named : "", "product");
  if (!product.ok() || ports_.shelf == nullptr) {
    answer(nullptr, true, problem(product.ok() ? fail(ErrorCode::unavailable) : product.error()));
    return;
  }
  const std::string* alt = context->query("alt");
  Place place{context, *product, {}, alt != nullptr ? *alt : std::string(), {}};
  engine_.stores().with_store(
      context->store, [this, place = std::move(place), answer](Result<engine::StoreState*> store) {
        const Status room =
            store.ok() ? check_room(**store, place.product) : Status(store.error());
        if (!room.ok()) {
          answer(nullptr, true, problem(room.error()));
          return;
        }
        begin_upload(place, answer);
      });
}

void Pictures::replace(const ContextPtr& context, const http::SinkAnswer& answer) {
  const std::optional<RecordId> id = RecordId::parse(context->param("id"));
  engine_.stores().with_store(
      context->store, [this, context, id, answer](Result<engine::StoreState*> store) {
        const model::Record* record =
            store.ok() && id ? (*store)->find(model::kImages, *id) : nullptr;
        if (record == nullptr || ports_.shelf == nullptr) {
          answer(nullptr, true,
                 problem(store.ok() ? fail(record == nullptr ? ErrorCode::unknown_record
                                                             : ErrorCode::unavailable)
                                    : store.error()));
          return;
        }
        begin_upload(Place{context, product_of(record->values), *id, {}, {}}, answer);
      });
}

void Pictures::fetch(const ContextPtr& context, const HttpReply& reply) {
  const Status known = only_known_members(context->body, {"product", "url", "alt"});
  const Result<std::string> named = read_string(context->body, "product");
  const Result<std::string> url = read_string(context->body, "url");
  const bool has_alt = context->body.find("alt") != nullptr;
  const Result<std::string> alt =
      has_alt ? read_string(context->body, "alt") : Result<std::string>(std::string());
  const Result<RecordId> product =
      named.ok() ? read_id(*named, "product") : Result<RecordId>(named.error());
  for (const Status& each :
       {known, product.ok() ? Status() : Status(product.error()),
        url.ok() ? Status() : Status(url.error()), alt.ok() ? Status() : Status(alt.error()),
        ports_.fetch != nullptr ? Status() : Status(fail(ErrorCode::unavailable))}) {
    if (!each.ok()) {
      reply(problem(each.error()));
      return;
    }
  }
  Place place{context, *product, {}, *alt, *url};
  engine_.stores().with_store(
      context->store, [this, place = std::move(place), reply](Result<engine::StoreState*> store) {
        const Status room =
            store.ok() ? check_room(**store, place.product) : Status(store.error());
        if (!room.ok()) {
          reply(problem(room.error()));
          return;
        }
        const std::string path = ports_.shelf->incoming(engine_.new_record_id().text());
        ports_.fetch->fetch(place.source_url, path,
                            [this, alive = std::weak_ptr<bool>(alive_), path, place,
                             reply](const Status& fetched) {
                              if (alive.expired()) {
                                return;
                              }
                              if (!fetched.ok()) {
                                reply(problem_of(fetched.error()));
                                return;
                              }
                              keep(path, place, reply);
                            });
      });
}

void Pictures::keep(std::string path, Place place, const HttpReply& reply) {
  ports_.shelf->keep(std::move(path), [this, alive = std::weak_ptr<bool>(alive_),
                                       place = std::move(place),
                                       reply](const Result<ports::KeptPicture>& kept) {
    if (alive.expired()) {
      return;
    }
    if (!kept.ok()) {
      reply(problem_of(kept.error()));
      return;
    }
    record(place, *kept, reply);
  });
}

void Pictures::record(const Place& place, const ports::KeptPicture& kept, const HttpReply& reply) {
  engine_.stores().with_store(place.context->store, [this, place, kept, reply](
                                                        Result<engine::StoreState*> state) {
    if (!state.ok()) {
      reply(problem(state.error()));
      return;
    }
    const engine::StoreState& store = **state;
    const std::vector<Picture> before = pictures_of(store, place.product);
    NewPicture picture{place.replaces, place.product, place.alt, place.source_url};
    const http::Context& context = *place.context;
    if (place.replaces) {
      submit(place.context, replace_picture(context.mutation, picture, kept, before),
             place.replaces, sync::Origin::api, 200, reply);
      return;
    }
    const auto equal = std::find_if(before.begin(), before.end(), [&kept](const Picture& each) {
      return each.hash == kept.hash;
    });
    if (equal != before.end()) {
      reply(records::record_answer(store, model::kImages, *store.find(model::kImages, equal->id),
                                   store.sequence()));
      return;
    }
    if (const Status room = check_room(store, place.product); !room.ok()) {
      reply(problem(room.error()));
      return;
    }
    picture.id = context.keyed
                     ? derive_record_id(model::kImages, "key:" + context.mutation.text())
                     : engine_.new_record_id();
    submit(place.context, insert_picture(context.mutation, picture, kept, before), picture.id,
           sync::Origin::api, 201, reply);
  });
}

void Pictures::submit(const ContextPtr& context, sync::Mutation mutation, RecordId id,
                      sync::Origin origin, int status, const HttpReply& reply) {
  engine::Submission submission;
  submission.store = context->store;
  submission.author = records::author_of(*context);
  submission.author.role = model::Role::system;  // the route has asked for the person's role
  submission.origin = origin;
  submission.mutations.push_back(std::move(mutation));
  submission.done = [this, context, id, status,
                     reply](Result<std::vector<sync::MutationResult>> results) {
    if (!results.ok()) {
      reply(problem(results.error()));
      return;
    }
    engine_.stores().with_store(context->store, [context, id, status, reply,
                                                 result = results->front()](
                                                    Result<engine::StoreState*> store) {
      std::optional<HttpResponse> refused =
          store.ok() ? records::problem_of_result(*context, **store, result)
                     : std::optional<HttpResponse>(problem(store.error()));
      if (refused) {
        reply(std::move(*refused));
        return;
      }
      const model::Record* made = (*store)->find(model::kImages, id);
      if (made == nullptr) {
        reply(problem(fail(ErrorCode::record_removed)));
        return;
      }
      HttpResponse response = records::record_answer(
          **store, model::kImages, *made,
          result.sequence != 0 ? result.sequence : (*store)->sequence(), status);
      if (status == 201) {
        http::set_header(response, "Location",
                         "/api/images/" + id.text() + "?storeId=" + context->store);
      }
      reply(std::move(response));
    });
  };
  engine_.submit(std::move(submission));
}

// A removed picture as it was: the log knows it, and its content is kept for longer.
void Pictures::restore(const ContextPtr& context, const HttpReply& reply) {
  const std::optional<RecordId> id = records::record_id(*context, reply);
  if (!id) {
    return;
  }
  ports_.storage.read_record_log(
      context->store, model::kImages, *id, 0, 1,
      [this, alive = std::weak_ptr<bool>(alive_), context, id = *id,
       reply](const Result<std::vector<ports::LogEntry>>& entries) {
        if (alive.expired()) {
          return;
        }
        if (!entries.ok() || entries->empty()) {
          reply(problem(entries.ok() ? fail(ErrorCode::unknown_record) : entries.error()));
          return;
        }
        ByteReader in(entries->front().blob);
        const Result<sync::ChangeSet> newest = sync::read_change_set(in);
        sync::Op insert;
        insert.kind = sync::OpKind::insert;
        insert.collection = model::kImages;
        insert.record = id;
        bool removed = false;
        for (const sync::Change& change : newest.ok() ? newest->changes
                                                      : std::vector<sync::Change>()) {
          if (change.collection != model::kImages || change.record != id ||
              change.kind != sync::ChangeKind::remove) {
            continue;
          }
          removed = true;
          for (const sync::FieldChange& field : change.fields) {
            insert.fields.push_back({field.field, field.old_value});
          }
        }
        if (!removed) {
          reply(problem(fail(ErrorCode::wrong_state, "This picture is not removed.")));
          return;
        }
        sync::Mutation mutation;
        mutation.id = context->mutation;
        mutation.mode = sync::Mode::all;
        mutation.ops.push_back(std::move(insert));
        submit(context, std::move(mutation), id, sync::Origin::rollback, 200, reply);
      });
}

void Pictures::show(const ContextPtr& context, const HttpReply& reply) {
  const std::string hash(context->param("hash"));
  const int size = size_of_name(context->param("file"));
  if (ports_.shelf == nullptr || size == 0) {
    reply(problem(fail(ErrorCode::not_found, "There is no such picture.")));
    return;
  }
  ports_.shelf->read(hash, size, [context, hash, size, reply, for_cdn = !base_url_.empty()](
                                     Result<std::string> bytes) {
    if (!bytes.ok()) {
      reply(problem_of(bytes.error()));
      return;
    }
    HttpResponse response = picture_answer(hash, size, std::move(*bytes), for_cdn);
    const std::string* known = context->header("if-none-match");
    const std::string tag = *http::find_header(response, "ETag");
    if (known != nullptr && http::etag_matches(*known, tag)) {
      HttpResponse same = http::not_modified(tag);
      http::set_header(same, "Cache-Control", *http::find_header(response, "Cache-Control"));
      response = std::move(same);
    }
    reply(std::move(response));
  });
}

void Pictures::bind(http::Api& api) {
  using http::RouteId;
  const auto file = [&api, this](RouteId id, auto what) {
    api.bind_file(id, [this, what](const ContextPtr& context, const http::SinkAnswer& answer) {
      (this->*what)(context, answer);
    });
  };
  const auto bound = [&api, this](RouteId id, auto what) {
    api.bind(id, [this, what](const ContextPtr& context, const HttpReply& reply) {
      (this->*what)(context, reply);
    });
  };
  file(RouteId::images_create, &Pictures::create);
  file(RouteId::images_content, &Pictures::replace);
  bound(RouteId::images_fetch, &Pictures::fetch);
  bound(RouteId::images_restore, &Pictures::restore);
  bound(RouteId::pictures_get, &Pictures::show);
}

// One store after the other; each picture that any of them names is in use.
struct Pictures::Sweep {
  std::vector<StoreId> left;
  std::unordered_set<std::string> used;
};

void Pictures::start() {
  if (ports_.shelf != nullptr && timer_ == 0) {
    timer_ = ports_.scheduler.after(kFirstSweepMs, [this] { sweep(); });
  }
}

void Pictures::stop() {
  if (timer_ != 0) {
    ports_.scheduler.cancel(std::exchange(timer_, 0));
  }
}

void Pictures::sweep() {
  timer_ = ports_.scheduler.after(kSweepMs, [this] { sweep(); });
  const auto begun = std::make_shared<Sweep>();
  begun->left = engine_.stores().list();
  sweep_on(begun);
}

void Pictures::sweep_on(const std::shared_ptr<Sweep>& sweep) {
  if (sweep->left.empty()) {
    ports_.shelf->sweep(std::move(sweep->used), [](std::size_t) {});
    return;
  }
  const StoreId next = sweep->left.back();
  sweep->left.pop_back();
  engine_.stores().with_store(next, [this, alive = std::weak_ptr<bool>(alive_),
                                     sweep](Result<engine::StoreState*> store) {
    // What a store that cannot be read names is not known: nothing is removed.
    if (alive.expired() || !store.ok()) {
      return;
    }
    note_hashes(**store, sweep->used);
    thumbnails_.mend(**store);
    ports_.scheduler.post([this, alive, sweep] {
      if (!alive.expired()) {
        sweep_on(sweep);
      }
    });
  });
}

}  // namespace syncstore::pictures
