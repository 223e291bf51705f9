// One connection that speaks HTTP/1.1: reads requests one after the other, hands them to the
// handler on the engine executor and writes the answers in order. Becomes a SocketLink when it is
// upgraded. Loop thread only; keeps itself alive while an operation is open.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "server/adapters/beast/body_decoder.hpp"
#include "server/adapters/beast/connection.hpp"
#include "server/adapters/beast/peer_socket.hpp"
#include "server/adapters/beast/request_gate.hpp"

namespace syncstore::adapters {

class HttpConnection : public Ticking, public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(ConnectionContext& context, std::shared_ptr<PeerSocket> socket, std::string peer);
  ~HttpConnection() override;
  void start();
  void tick(std::int64_t now_ms) override;
  void leave(
      std::int64_t in_ms) override;  // at once when idle, else after the answer that is under way
  void cut() override { close(); }

 private:
  enum class Phase { handshake, head, body, handler, writing, upgrading, closed };

  void enter(Phase phase);
  void read();
  void on_read(error_code error, std::size_t bytes);
  void on_input();
  void on_head();
  void begin_body();
  void on_body_verdict(std::shared_ptr<ports::BodySink> sink, bool refused,
                       ports::HttpResponse response);
  void continue_body();
  bool take_body_piece(const std::string& piece);
  void body_complete();
  void abort_sink();  // tells it that its body ends too early
  void call_handler();
  ports::HttpReply make_reply();
  void refuse(const GateRefusal& refusal);
  void respond(ports::HttpResponse response);
  void on_written();
  void ask_upgrade();
  void do_upgrade(ports::LinkAcceptor::Verdict verdict);
  void close();
  void report(int status, std::size_t bytes);
  // What a slow peer must have sent or read by now.
  std::uint64_t due_bytes(std::int64_t age_ms, std::int64_t grace_ms) const;

  ConnectionContext& context_;
  std::shared_ptr<PeerSocket> socket_;
  std::string peer_;
  Phase phase_ = Phase::head;
  std::int64_t phase_since_ms_ = 0;
  std::int64_t last_write_ms_ = 0;
  std::uint64_t sent_bytes_ = 0;  // of the answer, as handed to the kernel
  std::array<char, 8'192> buffer_;
  std::string input_;
  std::string head_bytes_;
  std::optional<RequestHead> head_;
  std::unique_ptr<BodyDecoder> decoder_;
  std::shared_ptr<ports::BodySink> sink_;
  std::string body_;
  std::uint64_t body_bytes_ = 0;
  std::uint64_t body_limit_ = 0;
  std::uint64_t request_number_ = 0;  // an answer to an earlier request is ignored
  std::int64_t began_us_ = 0;
  bool reading_ = false;
  bool close_after_ = false;
  std::string method_;  // of the request being answered
  std::string path_;
  std::string remote_;
  int status_ = 0;
  std::size_t response_bytes_ = 0;
};

// Makes a Continuation of a callable.
template <class F>
std::unique_ptr<Continuation> continuation(F work) {
  struct Holder : Continuation {
    explicit Holder(F held) : work(std::move(held)) {}
    void run(error_code error, std::size_t bytes) override { work(error, bytes); }
    F work;
  };
  return std::make_unique<Holder>(std::move(work));
}

}  // namespace syncstore::adapters
