#include "server/adapters/beast/socket_link.hpp"

#include <algorithm>
#include <atomic>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "core/base/limits.hpp"
#include "server/adapters/beast/frame_meter.hpp"
#include "server/adapters/beast/socket_stream.hpp"

namespace syncstore::adapters {
namespace {

namespace beast = boost::beast;
namespace websocket = beast::websocket;
namespace http = beast::http;

constexpr std::int64_t kCloseMs = 5'000;  // a peer that does not answer a close is cut off
constexpr std::size_t kUnhandledMessages =
    64;  // read but not yet seen by the engine; above it reading waits
constexpr std::size_t kUnhandledBytes = 2 * limits::kMessageBytes;
constexpr std::size_t kKeptReadBuffer = 65'536;  // a large message's buffer is given back
// Of a link's share of memory an eighth is left for the connection itself and for what the heap
// loses between pieces of different sizes.
constexpr std::size_t kQueueBytes = limits::kLinkQueueBytes / 8 * 7;

// The header of an unmasked, unfragmented server frame.
std::string frame_header(std::size_t size, bool text) {
  std::string header;
  header.push_back(static_cast<char>(text ? 0x81 : 0x82));
  if (size < 126) {
    header.push_back(static_cast<char>(size));
    return header;
  }
  const bool wide = size > 0xFFFF;
  header.push_back(static_cast<char>(wide ? 127 : 126));
  for (int shift = wide ? 56 : 8; shift >= 0; shift -= 8) {
    header.push_back(static_cast<char>(static_cast<std::uint64_t>(size) >> shift & 0xFFu));
  }
  return header;
}

class SocketLink : public ports::Link,
                   public Ticking,
                   public TrayReceiver,
                   public std::enable_shared_from_this<SocketLink> {
 public:
  SocketLink(ConnectionContext& context, std::shared_ptr<PeerSocket> socket, std::string peer,
             ports::HttpRequest request, std::string subprotocol)
      : context_(context),
        ws_(socket),
        socket_(std::move(socket)),
        peer_(std::move(peer)),
        request_(std::move(request)),
        subprotocol_(std::move(subprotocol)),
        text_(subprotocol_.size() > 5 && subprotocol_.substr(subprotocol_.size() - 5) == ".json") {
    context_.loop->add(this);
  }

  ~SocketLink() override {
    if (!finished_)
      leave_place();
  }

  void accept(std::string_view head) {
    http::request_parser<http::empty_body> parser;
    parser.header_limit(limits::kHttpHeaderBytes + 4);
    error_code error;
    parser.put(asio::buffer(head.data(), head.size()), error);
    SS_ASSERT(!error && parser.is_header_done());
    upgrade_request_ = parser.release();
    ws_.read_message_max(limits::kMessageBytes);
    ws_.auto_fragment(false);
    ws_.set_option(websocket::stream_base::decorator(
        [protocol = subprotocol_](websocket::response_type& response) {
          response.set(http::field::server, "SyncStore");
          if (!protocol.empty())
            response.set(http::field::sec_websocket_protocol, protocol);
        }));
    ws_.control_callback([this](websocket::frame_type kind, beast::string_view) {
      if (kind == websocket::frame_type::pong)
        missed_pings_ = 0;
    });
    state_since_ms_ = context_.loop->now_ms();
    ws_.async_accept(upgrade_request_, [self = shared_from_this()](error_code failed) {
      if (failed)
        return self->finish();
      self->accepted();
    });
  }

  // --- ports::Link, any thread ---
  bool send(std::shared_ptr<const std::string> message, bool text) override {
    const std::size_t size = PeerSocket::cost_of(*message);
    const std::size_t queued = queued_bytes();
    // A single message above the bound still goes to an idle link: there is no other way to deliver
    // it.
    if (queued > 0 && queued + size > kQueueBytes) {
      refused_ = true;
      ++context_.counters.sends_refused;
      context_.loop->put(shared_from_this(), {});  // the queue may have emptied meanwhile
      return false;
    }
    in_tray_ += size;
    ++context_.counters.messages_out;
    context_.counters.bytes_out += message->size();
    context_.loop->put(shared_from_this(),
                       {text ? Parcel::Kind::text : Parcel::Kind::binary, 0, std::move(message)});
    return true;
  }

  void close(std::uint16_t code, std::string reason) override {
    context_.loop->put(
        shared_from_this(),
        {Parcel::Kind::close, code, std::make_shared<const std::string>(std::move(reason))});
  }

  std::size_t queued_bytes() const override { return in_tray_.load() + in_socket_.load(); }

  void pause_reading(bool paused) override {
    context_.loop->post([self = shared_from_this(), paused] {
      self->paused_ = paused;
      if (!paused)
        self->read();
    });
  }

  // --- loop thread ---
  void take(Parcel parcel) override {
    if (parcel.kind == Parcel::Kind::look)
      return;
    if (parcel.kind == Parcel::Kind::close)
      return begin_close(parcel.close_code, *parcel.message);
    const std::size_t size = PeerSocket::cost_of(*parcel.message);
    if (!finished_ && !closing_ && !ws_.next_layer().close_sent()) {
      const bool text = parcel.kind == Parcel::Kind::text;
      const std::string header = frame_header(parcel.message->size(), text);
      socket_->push(header, std::move(parcel.message));
      in_socket_ = socket_->held_bytes();
    }
    // Last, so that a sender in between counts these bytes twice rather than not at all.
    in_tray_ -= size;
  }

  void taken_all() override {
    socket_->flush();
    account();
  }

  void tick(std::int64_t now_ms) override {
    const auto self = weak_from_this().lock();
    if (self == nullptr || finished_)
      return;
    if (!open_ || closing_) {
      if (now_ms - state_since_ms_ > kCloseMs)
        socket_->close(), finish();
      return;
    }
    if (leave_at_ms_ != 0 && now_ms >= leave_at_ms_)
      return begin_close(1001, "going away");
    const std::int64_t since = meter_.message_since_ms();
    if (since != 0 && !paused_ && !waiting_ && now_ms - since > context_.options.message_ms)
      return begin_close(1008, "message too slow");
    if (now_ms - last_ping_ms_ < 1'000LL * context_.options.ping_seconds)
      return;
    last_ping_ms_ = now_ms;
    if (paused_ || waiting_)
      missed_pings_ = 0;  // its pongs are waiting unread, which is our doing
    if (missed_pings_ >= limits::kMissedPings)
      return begin_close(4408, "no answer to pings");
    ++missed_pings_;
    if (socket_->held_bytes() < kQueueBytes)
      socket_->push(std::string_view("\x89\x00", 2), nullptr);
    socket_->flush();
  }

  void leave(std::int64_t in_ms) override { leave_at_ms_ = context_.loop->now_ms() + in_ms; }

  void cut() override {
    const auto self = weak_from_this().lock();
    if (self == nullptr)
      return;  // on its way out
    socket_->close();
    finish();
  }

  void begin_close(std::uint16_t code, const std::string& reason) {
    if (finished_ || closing_)
      return;
    closing_ = true;
    state_since_ms_ = context_.loop->now_ms();
    if (!open_)
      return;  // accepted() looks
    websocket::close_reason why(static_cast<websocket::close_code>(code));
    why.reason = reason.substr(0, 120);
    ws_.async_close(why, [self = shared_from_this()](error_code) { self->finish(); });
  }

 private:
  void accepted() {
    ws_.next_layer().set_upgraded();
    ++context_.counters.links;
    counted_ = true;
    last_ping_ms_ = state_since_ms_ = context_.loop->now_ms();
    socket_->on_sent = [this](std::size_t) { account(); };
    socket_->on_received = [this](std::string_view bytes) {
      if (!meter_.feed(bytes, context_.loop->now_ms()))
        begin_close(1008, "too many frames");
    };
    open_ = true;
    if (closing_ || context_.draining) {
      closing_ = false;
      begin_close(1001, "going away");
    }
    context_.engine.post([self = shared_from_this()] {
      self->session_ = self->context_.links.opened(self->request_, self, self->subprotocol_);
      self->context_.loop->post([self] { self->read(); });
    });
  }

  void read() {
    if (reading_ || finished_ || !open_ || paused_ || read_failed_)
      return;
    waiting_ = unhandled_messages_ >= kUnhandledMessages || unhandled_bytes_ >= kUnhandledBytes;
    if (waiting_)
      return;
    reading_ = true;
    ws_.async_read(buffer_, [self = shared_from_this()](error_code error, std::size_t) {
      self->reading_ = false;
      self->on_read(error);
    });
  }

  void on_read(error_code error) {
    if (error) {
      read_failed_ = true;
      // While our own close frame is under way its handler ends the link.
      if (!closing_)
        finish();
      return;
    }
    if (finished_)
      return;
    if (closing_) {  // what arrives behind our close is not looked at
      buffer_.consume(buffer_.size());
      return read();
    }
    if (ws_.got_text() != text_)
      return begin_close(1003, text_ ? "text expected" : "binary expected");
    std::string message(static_cast<const char*>(buffer_.data().data()), buffer_.size());
    buffer_.consume(buffer_.size());
    if (buffer_.capacity() > kKeptReadBuffer)
      buffer_ = beast::flat_buffer();
    ++context_.counters.messages_in;
    const std::size_t size = message.size();
    ++unhandled_messages_;
    unhandled_bytes_ += size;
    context_.engine.post([self = shared_from_this(), message = std::move(message), size]() mutable {
      if (self->session_ != nullptr)
        self->session_->received(std::move(message), self->text_);
      const bool was_full = self->unhandled_messages_ >= kUnhandledMessages ||
                            self->unhandled_bytes_ >= kUnhandledBytes;
      --self->unhandled_messages_;
      self->unhandled_bytes_ -= size;
      if (was_full)
        self->context_.loop->post([self] { self->read(); });
    });
    read();
  }

  // After anything that changed the socket's queue.
  void account() {
    in_socket_ = socket_->held_bytes();
    if (!refused_ || finished_ || queued_bytes() >= kQueueBytes / 4)
      return;
    refused_ = false;
    context_.engine.post([self = shared_from_this()] {
      if (self->session_ != nullptr)
        self->session_->drained();
    });
  }

  void finish() {
    if (finished_)
      return;
    finished_ = true;
    socket_->on_sent = nullptr;
    socket_->on_received = nullptr;
    socket_->end();
    leave_place();  // now: the engine may hold the link for a while yet
    if (counted_)
      --context_.counters.links;
    // Session and link hold each other: they part with this work, also when the engine ends before
    // it runs.
    std::shared_ptr<void> parting(
        nullptr, [self = shared_from_this()](std::nullptr_t) { self->session_ = nullptr; });
    context_.engine.post([self = shared_from_this(), parting = std::move(parting)] {
      if (self->session_ != nullptr)
        self->session_->closed();
    });
  }

  void leave_place() {
    context_.loop->remove(this);
    context_.on_closed(peer_);
  }

  ConnectionContext& context_;
  websocket::stream<SocketStream> ws_;
  std::shared_ptr<PeerSocket> socket_;
  std::string peer_;
  ports::HttpRequest request_;
  std::string subprotocol_;
  bool text_;
  http::request<http::empty_body> upgrade_request_;
  beast::flat_buffer buffer_;
  FrameMeter meter_;
  std::shared_ptr<ports::LinkSession> session_;  // engine executor
  std::atomic<std::size_t> in_tray_{0};          // on the way to the loop
  std::atomic<std::size_t> in_socket_{0};        // with the socket and not yet in the kernel
  std::atomic<bool> refused_{false};
  std::atomic<std::size_t> unhandled_messages_{0};
  std::atomic<std::size_t> unhandled_bytes_{0};
  std::int64_t state_since_ms_ = 0;
  std::int64_t last_ping_ms_ = 0;
  std::int64_t leave_at_ms_ = 0;
  int missed_pings_ = 0;
  bool open_ = false;
  bool closing_ = false;
  bool finished_ = false;
  bool reading_ = false;
  bool read_failed_ = false;
  bool paused_ = false;
  bool waiting_ = false;  // reading waits for the engine
  bool counted_ = false;
};

}  // namespace

bool valid_websocket_key(std::string_view key) {
  return key.size() == 24 && key.substr(22) == "==" &&
         std::all_of(key.begin(), key.begin() + 22, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '+' || c == '/';
         });
}

void open_socket_link(ConnectionContext& context, std::shared_ptr<PeerSocket> socket,
                      std::string peer, ports::HttpRequest request, std::string_view head,
                      const std::string& subprotocol) {
  context.loop
      ->make<SocketLink>(context, std::move(socket), std::move(peer), std::move(request),
                         subprotocol)
      ->accept(head);
}

}  // namespace syncstore::adapters
