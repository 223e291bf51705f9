#include <deque>

#include "core/base/limits.hpp"
#include "core/session/feed_host.hpp"
#include "core/wire/frame_codec.hpp"
#include "server/engine/link_feed.hpp"
#include "server/engine/sync_api.hpp"

namespace syncstore::engine {
namespace {

// A link whose peer is the body of one HTTP answer. Lives until the session has nothing more to
// say.
class ExchangeLink final : public ports::Link, public std::enable_shared_from_this<ExchangeLink> {
 public:
  ExchangeLink(ports::Scheduler& scheduler, std::function<void(Result<Bytes>)> done)
      : scheduler_(scheduler), done_(std::move(done)) {}

  bool send(std::shared_ptr<const std::string> message, bool) override {
    last_frame_ = answer_.size();
    wire::append_frame(answer_, *message);
    look_soon();
    return true;
  }
  void close(std::uint16_t code, std::string) override {
    closed_ = true;
    // What was gathered before access was taken has not left yet, and does not: only the notice.
    if (code == session::kCloseAccess || code == session::kCloseSignIn)
      answer_.erase(0, last_frame_);
    look_soon();
  }
  std::size_t queued_bytes() const override { return 0; }
  void pause_reading(bool) override {}

  void run(std::shared_ptr<LinkFeed> feed, const std::vector<Bytes>& frames) {
    feed_ = std::move(feed);
    for (const Bytes& frame : frames)
      feed_->received(frame, false);
    look_soon();
  }

 private:
  void look_soon() {
    if (looking_ || done_ == nullptr)
      return;
    looking_ = true;
    scheduler_.post([self = shared_from_this()] {
      self->looking_ = false;
      self->look();
    });
  }
  void look() {
    if (feed_ == nullptr || done_ == nullptr)
      return;
    if (!closed_) {
      if (!feed_->idle())
        return;  // the answer that is missing calls again
      feed_->catch_up_now();
    }
    const auto done = std::exchange(done_, nullptr);
    const auto feed = std::exchange(feed_, nullptr);
    feed->closed();
    done(std::move(answer_));
  }

  ports::Scheduler& scheduler_;
  std::function<void(Result<Bytes>)> done_;
  std::shared_ptr<LinkFeed> feed_;
  Bytes answer_;
  std::size_t last_frame_ = 0;  // where it begins
  bool closed_ = false;
  bool looking_ = false;
};

}  // namespace

void exchange(Engine& engine, const Identity& identity, std::string_view body,
              std::function<void(Result<Bytes>)> done) {
  if (body.size() > limits::kMessageBytes)
    return done(fail(ErrorCode::too_large));
  const auto split = wire::split_frames(body);
  if (!split.ok())
    return done(split.error());
  if (split->empty())
    return done(fail(ErrorCode::malformed, "The body holds no frame."));
  if (split->size() > static_cast<std::size_t>(limits::kMessagesBurst)) {
    return done(fail(ErrorCode::too_large, "Too many frames in one exchange."));
  }
  std::vector<Bytes> frames;
  for (std::size_t i = 0; i < split->size(); ++i) {
    auto message = wire::decode_up((*split)[i]);
    if (!message.ok())
      return done(message.error());
    auto* hello = std::get_if<wire::Hello>(&*message);
    if ((hello != nullptr) != (i == 0)) {
      return done(fail(ErrorCode::malformed, "An exchange begins with hello and has no other."));
    }
    if (hello == nullptr) {
      frames.emplace_back((*split)[i]);
      continue;
    }
    if (!hello->user.empty() && hello->user != identity.user)
      return done(fail(ErrorCode::other_user));
    hello->ticket.clear();  // the request has authenticated
    frames.push_back(wire::encode(*message));
  }
  auto link = std::make_shared<ExchangeLink>(engine.scheduler(), std::move(done));
  auto feed = engine.hub().open_feed(link, kBinaryProtocol, identity);
  link->run(std::move(feed), frames);
}

}  // namespace syncstore::engine
