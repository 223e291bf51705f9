#include "core/session/client_events.hpp"

#include <charconv>

#include "core/base/json.hpp"
#include "core/base/limits.hpp"

namespace syncstore::session {

bool run_event(ClientSession& session, std::uint32_t event, std::uint64_t number,
               std::string_view bytes, TimeMs now) {
  switch (static_cast<EventKind>(event)) {
    case EventKind::restore_cache:
      return session.restore_cache(bytes), true;
    case EventKind::restore_entry:
      return session.restore_entry(bytes);
    case EventKind::restore_kept:
      return session.restore_kept(bytes), true;
    case EventKind::start:
      return session.start(now), true;
    case EventKind::stop:
      return session.stop(now), true;
    case EventKind::ticket:
      return session.ticket(std::string(bytes), now), true;
    case EventKind::ticket_failed:
      return session.ticket_failed(static_cast<int>(number), now), true;
    case EventKind::socket_opened:
      return session.socket_opened(now), true;
    case EventKind::socket_message:
      return session.socket_message(bytes, now), true;
    case EventKind::socket_closed:
      return session.socket_closed(static_cast<std::uint16_t>(number), now), true;
    case EventKind::exchange_answered:
      return session.exchange_answered(bytes, now), true;
    case EventKind::exchange_failed:
      return session.exchange_failed(static_cast<int>(number), now), true;
    case EventKind::timer:
      return session.timer(now), true;
    case EventKind::network_hint:
      return session.network_hint(number != 0, now), true;
    case EventKind::queue_written:
      return session.queue_written(number, now), true;
    case EventKind::queue_failed:
      return session.queue_failed(number, now), true;
    case EventKind::cache_written:
      return session.cache_written(number, true, now), true;
    case EventKind::cache_failed:
      return session.cache_written(number, false, now), true;
  }
  return false;
}

std::unique_ptr<ClientSession> open_session(std::string_view text) {
  const auto json = Json::parse(text, limits::kMessageBytesBeforeAuth);
  if (!json.ok())
    return nullptr;
  const auto store = read_string(*json, "store");
  const auto user = read_string(*json, "user");
  const auto client_text = read_string(*json, "client");
  const auto generation = read_integer(*json, "generation");
  const auto seed_text = read_string(*json, "seed");
  if (!store.ok() || !user.ok() || !client_text.ok() || !generation.ok() || !seed_text.ok())
    return nullptr;
  const auto client = Uuid::parse(*client_text);
  if (!client || !is_valid_store_id(*store))
    return nullptr;
  ClientConfig config;
  config.store = *store;
  config.user = *user;
  config.client = *client;
  config.generation = static_cast<std::uint64_t>(*generation);
  std::from_chars(seed_text->data(), seed_text->data() + seed_text->size(), config.seed, 16);
  return std::make_unique<ClientSession>(std::move(config));
}

std::string error_json(const Error& error) {
  std::string out = "{\"code\":";
  append_json_string(out, error_name(error.code));
  out += ",\"field\":";
  append_json_string(out, error.field);
  out += ",\"message\":";
  append_json_string(
      out, error.detail.empty() ? error_sentence(error.code) : std::string_view(error.detail));
  return out + '}';
}

}  // namespace syncstore::session
