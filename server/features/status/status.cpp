#include "server/features/status/status.hpp"

#include <array>
#include <cstdio>
#include <memory>

#include "core/model/validate.hpp"
#include "server/http/answer.hpp"
#include "server/http/docs_page.hpp"
#include "server/http/openapi.hpp"

namespace syncstore::status {

using http::ContextPtr;
using ports::HttpReply;

namespace {

// Seconds; those of the OpenTelemetry convention for HTTP servers.
constexpr std::array kBucketsUs{5'000,   10'000,  25'000,  50'000,    75'000,
                                100'000, 250'000, 500'000, 1'000'000, 10'000'000};

std::string seconds_text(std::uint64_t us) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%llu.%06llu",
                static_cast<unsigned long long>(us / 1'000'000),
                static_cast<unsigned long long>(us % 1'000'000));
  return text.data();
}

void counter(std::string& out, std::string_view name, std::string_view kind, std::uint64_t value) {
  out += "# TYPE " + std::string(name) + " " + std::string(kind) + "\n" + std::string(name) + " " +
         std::to_string(value) + "\n";
}

std::string engine_metrics(engine::Engine& engine) {
  std::string out;
  const engine::CommitCounters& commits = engine.committer().counters();
  counter(out, "syncstore_commit_transactions_total", "counter", commits.transactions);
  counter(out, "syncstore_commit_mutations_total", "counter", commits.mutations);
  counter(out, "syncstore_commit_change_sets_total", "counter", commits.change_sets);
  counter(out, "syncstore_commit_replays_total", "counter", commits.replays);
  counter(out, "syncstore_commit_retries_total", "counter", commits.retries);
  counter(out, "syncstore_commit_waiting_mutations", "gauge", commits.waiting);
  const engine::ReadOnlyMode& read_only = engine.committer().read_only();
  counter(out, "syncstore_read_only", "gauge", read_only.on() ? 1 : 0);
  counter(out, "syncstore_read_only_entered_total", "counter", read_only.entered());
  const engine::HubCounters& hub = engine.hub().counters();
  counter(out, "syncstore_ws_connections", "gauge", engine.hub().links());
  counter(out, "syncstore_fan_outs_total", "counter", hub.fan_outs);
  counter(out, "syncstore_frames_sent_total", "counter", hub.frames_sent);
  counter(out, "syncstore_sent_bytes_total", "counter", hub.bytes_sent);
  counter(out, "syncstore_slow_links_total", "counter", hub.slow_links);
  counter(out, "syncstore_resyncs_total", "counter", hub.resyncs);
  counter(out, "syncstore_repairs_total", "counter", hub.repairs);
  counter(out, "syncstore_repaired_rows_total", "counter", hub.repaired_rows);
  counter(out, "syncstore_snapshots_total", "counter", hub.snapshots);
  counter(out, "syncstore_snapshots_resumed_total", "counter", hub.snapshots_resumed);
  counter(out, "syncstore_page_subscriptions", "gauge", hub.page_subscriptions);
  counter(out, "syncstore_page_frames_encoded_total", "counter", hub.page_frames_encoded);
  counter(out, "syncstore_page_frames_sent_total", "counter", hub.page_frames_sent);
  counter(out, "syncstore_page_scans_total", "counter", hub.page_scans);
  counter(out, "syncstore_bad_messages_total", "counter", hub.bad_messages);
  counter(out, "syncstore_stores", "gauge", engine.stores().list().size());
  return out;
}

// Why nothing is written now, for whoever watches over the server and for a banner; null = writing
// goes on.
Json read_only_json(const engine::ReadOnlyMode& mode) {
  if (!mode.on())
    return {};
  return std::move(Json::object()
                       .set("since", model::format_iso8601(mode.since()))
                       .set("code", error_name(ErrorCode::storage_full))
                       .set("message", error_sentence(ErrorCode::storage_full)));
}

ports::HttpResponse ready_answer(const engine::Engine& engine, const StatusOptions& options) {
  Json checks = Json::object();
  bool ready = !engine.committer().read_only().on();
  checks.set("writing", ready ? Json("ok") : Json(error_sentence(ErrorCode::storage_full)));
  if (options.readiness) {
    for (const auto& [name, wrong] : options.readiness()) {
      checks.set(name, wrong.empty() ? Json("ok") : Json(wrong));
      ready = ready && wrong.empty();
    }
  }
  Json body = Json::object();
  body.set("ready", ready);
  body.set("checks", std::move(checks));
  ports::HttpResponse response = http::json_text(body.dump(), ready ? 200 : 503);
  if (!ready) {
    http::set_header(response, "Retry-After", "1");
  }
  http::set_header(response, "Cache-Control", "no-store");
  return response;
}

}  // namespace

void RequestMetrics::note(const http::Answered& answered) {
  const bool usual = answered.method == "GET" || answered.method == "POST" ||
                     answered.method == "PUT" || answered.method == "DELETE" ||
                     answered.method == "PATCH" || answered.method == "HEAD";
  const std::string labels = "route=\"" + std::string(answered.route) + "\",method=\"" +
                             (usual ? std::string(answered.method) : "other") + "\",status=\"" +
                             std::to_string(answered.status / 100) + "xx\"";
  Series& series = series_[labels];
  series.buckets.resize(kBucketsUs.size());
  ++series.count;
  series.took_us += static_cast<std::uint64_t>(answered.took_us);
  for (std::size_t i = 0; i < kBucketsUs.size(); ++i) {
    if (answered.took_us <= kBucketsUs[i]) {
      ++series.buckets[i];
    }
  }
}

std::string RequestMetrics::text() const {
  std::string out = "# TYPE syncstore_http_request_duration_seconds histogram\n";
  for (const auto& [labels, series] : series_) {
    const std::string name = "syncstore_http_request_duration_seconds";
    for (std::size_t i = 0; i < kBucketsUs.size(); ++i) {
      out += name + "_bucket{" + labels + ",le=\"" +
             seconds_text(static_cast<std::uint64_t>(kBucketsUs[i])) + "\"} " +
             std::to_string(series.buckets[i]) + "\n";
    }
    out += name + "_bucket{" + labels + ",le=\"+Inf\"} " + std::to_string(series.count) + "\n";
    out += name + "_sum{" + labels + "} " + seconds_text(series.took_us) + "\n";
    out += name + "_count{" + labels + "} " + std::to_string(series.count) + "\n";
  }
  return out;
}

namespace {

void bind_docs(http::Api& api) {
  using http::RouteId;
  const auto text = [](std::string_view type, std::string_view body) {
    ports::HttpResponse response;
    response.headers.emplace_back("Content-Type", std::string(type) + "; charset=utf-8");
    response.headers.emplace_back("Cache-Control", "no-cache");
    response.body = body;
    return response;
  };
  api.bind(RouteId::docs, [text](const ContextPtr&, const HttpReply& reply) {
    static const std::string page = http::docs_page(http::openapi_json(SYNCSTORE_VERSION));
    reply(text("text/html", page));
  });
  api.bind(RouteId::docs_style, [text](const ContextPtr&, const HttpReply& reply) {
    reply(text("text/css", http::docs_style()));
  });
  api.bind(RouteId::docs_script, [text](const ContextPtr&, const HttpReply& reply) {
    reply(text("text/javascript", http::docs_script()));
  });
}

}  // namespace

void bind_status(engine::Engine& engine, StatusOptions options, http::Api& api) {
  using http::RouteId;
  const auto shared = std::make_shared<StatusOptions>(std::move(options));
  const auto requests = std::make_shared<RequestMetrics>();
  api.set_observer([requests](const http::Answered& answered) { requests->note(answered); });
  api.bind(RouteId::health, [](const ContextPtr&, const HttpReply& reply) {
    ports::HttpResponse response = http::json_text(R"({"status":"ok"})");
    http::set_header(response, "Cache-Control", "no-store");
    reply(std::move(response));
  });
  api.bind(RouteId::ready, [&engine, shared](const ContextPtr&, const HttpReply& reply) {
    reply(ready_answer(engine, *shared));
  });
  api.bind(
      RouteId::metrics, [&engine, shared, requests](const ContextPtr&, const HttpReply& reply) {
        ports::HttpResponse response;
        response.headers.emplace_back("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
        response.headers.emplace_back("Cache-Control", "no-store");
        response.body = engine_metrics(engine) + requests->text() +
                        (shared->metrics_text ? shared->metrics_text() : "");
        reply(std::move(response));
      });
  api.bind(RouteId::openapi, [](const ContextPtr&, const HttpReply& reply) {
    static const std::string document = http::openapi_json(SYNCSTORE_VERSION).dump();
    reply(http::json_text(document));
  });
  bind_docs(api);
  api.bind(RouteId::status_get,
           [&engine, shared](const ContextPtr& context, const HttpReply& reply) {
             Json data = Json::object();
             data.set("version", SYNCSTORE_VERSION);
             data.set("demo", shared->demo());
             data.set("now", model::format_iso8601(engine.now()));
             data.set("connections", static_cast<std::int64_t>(engine.hub().links()));
             data.set("readOnly", read_only_json(engine.committer().read_only()));
             data.set("stores", shared->own_stores(context->principal.user_id));
             reply(http::success(std::move(data)));
           });
}

}  // namespace syncstore::status
