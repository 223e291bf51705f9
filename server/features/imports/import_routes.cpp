#include "server/features/imports/import_routes.hpp"

#include <algorithm>
#include <filesystem>

#include "core/base/digest.hpp"
#include "core/base/limits.hpp"
#include "server/engine/sync_api.hpp"
#include "server/features/imports/exports.hpp"
#include "server/features/imports/spool.hpp"
#include "server/features/imports/upload_sink.hpp"
#include "server/features/records/own_record.hpp"
#include "server/features/records/record_api.hpp"
#include "server/http/answer.hpp"

namespace syncstore::imports {
namespace {

using http::ContextPtr;
using ports::HttpReply;
using ports::HttpResponse;

constexpr std::uint64_t kPageSize = 50;

HttpResponse attachment(std::string body, std::string type, const std::string& name) {
  HttpResponse response;
  response.body = std::move(body);
  http::set_header(response, "Content-Type", std::move(type));
  http::set_header(response, "Content-Disposition", "attachment; filename=\"" + name + "\"");
  return response;
}

Json import_json(const Imports& imports, const engine::StoreState& store,
                 const model::Record& record) {
  Json json = engine::record_json(store, model::kImports, record);
  const Counts counts = import_view(record).counts;
  Json numbers = Json::object();
  numbers.set("read", counts.read);
  numbers.set("inserted", counts.inserted);
  numbers.set("updated", counts.updated);
  numbers.set("unchanged", counts.unchanged);
  numbers.set("rejected", counts.rejected);
  numbers.set("warnings", counts.warnings);
  json.set("counts", std::move(numbers));
  std::error_code ignored;
  const std::string name = imports.path_of(record.id);
  json.set("rowsKept", std::filesystem::exists(name + ".index", ignored));
  return json;
}

void upload(Imports& imports, std::weak_ptr<bool> alive, const ContextPtr& context,
            const http::SinkAnswer& answer) {
  const auto refuse = [&](const Error& error) { answer(nullptr, true, http::problem(error)); };
  const std::string* kind = context->query("kind");
  if (kind != nullptr && *kind != "products") {
    return refuse(fail(ErrorCode::invalid, "kind must be products.", "kind"));
  }
  const Result<bool> dry_run = http::query_flag(*context, "dryRun", false);
  if (!dry_run.ok()) {
    return refuse(dry_run.error());
  }
  ImportRequest request;
  request.store = context->store;
  request.dry_run = *dry_run;
  request.author = records::author_of(*context);
  const std::string* file_name = context->query("fileName");
  request.file_name = file_name != nullptr ? *file_name : std::string();
  if (context->keyed) {
    const std::string bytes(context->mutation.bytes.begin(), context->mutation.bytes.end());
    request.key = xxh64(context->principal.user_id + "/" + bytes) | 1;
  }
  if (!imports.take_upload()) {
    answer(nullptr, true,
           http::problem_retry(fail(ErrorCode::queue_full,
                                    "Other imports are running. Try again when one has ended."),
                               5));
    return;
  }
  const RecordId file = imports.engine().new_record_id();
  answer(std::make_shared<UploadSink>(imports, std::move(alive), imports.path_of(file, ".upload"),
                                      std::move(request)),
         false, {});
}

void list(Imports& imports, const ContextPtr& context, const HttpReply& reply) {
  const Result<std::uint64_t> page = http::query_number(*context, "page", 1, 1, 1'000'000'000);
  const Result<std::uint64_t> size =
      http::query_number(*context, "size", 25, 1, limits::kPageSizeMax);
  if (!page.ok() || !size.ok()) {
    return reply(http::problem(page.ok() ? size.error() : page.error()));
  }
  imports.engine().stores().with_store(
      context->store,
      [&imports, reply, page = *page, size = *size](Result<engine::StoreState*> store) {
        if (!store.ok()) {
          return reply(http::problem(store.error()));
        }
        const model::CollectionDef& collection = *model::find_collection(model::kImports);
        const Result<view::Sort> sort = view::parse_sort(collection, {});
        const engine::PageRows rows =
            (*store)->read_page(model::kImports, {}, *sort, static_cast<std::uint32_t>(page),
                                static_cast<std::uint32_t>(size));
        Json data = Json::array();
        for (const model::Record* record : rows.rows) {
          data.push(import_json(imports, **store, *record));
        }
        Json info = Json::object();
        info.set("page", rows.info.page);
        info.set("size", rows.info.size);
        info.set("total", rows.info.total);
        info.set("pages", rows.info.pages);
        reply(http::success(std::move(data), {{"page", std::move(info)}}));
      });
}

void show(Imports& imports, const ContextPtr& context, RecordId id, const HttpReply& reply) {
  imports.engine().stores().with_store(
      context->store, [&imports, id, reply](Result<engine::StoreState*> store) {
        const model::Record* record = store.ok() ? (*store)->find(model::kImports, id) : nullptr;
        if (record == nullptr) {
          return reply(http::problem(fail(ErrorCode::unknown_record)));
        }
        Json json = import_json(imports, **store, *record);
        reply(http::success(std::move(json), {{"id", Json(id.text())}}));
      });
}

// Reads a file on the pool and answers with what it makes of it.
void answer_from_disk(Imports& imports, std::weak_ptr<bool> alive, const HttpReply& reply,
                      const std::function<HttpResponse()>& read) {
  ports::Scheduler& scheduler = imports.scheduler();
  const bool taken = scheduler.background([&scheduler, alive, reply, read] {
    auto response = std::make_shared<HttpResponse>(read());
    scheduler.post([alive, reply, response] {
      if (!alive.expired()) {
        reply(std::move(*response));
      }
    });
  });
  if (!taken) {
    reply(http::problem_retry(fail(ErrorCode::unavailable), 1));
  }
}

HttpResponse rows_answer(const std::string& name, std::uint64_t page, std::uint64_t size,
                         std::optional<FateKind> kind) {
  SpoolReader reader(name);
  if (const Status status = reader.open(); !status.ok()) {
    return http::problem(status.error());
  }
  const Result<SpoolReader::Page> found = reader.page(page, size, kind);
  if (!found.ok()) {
    return http::problem(found.error());
  }
  Json data = Json::array();
  for (const Fate& fate : found->fates) {
    data.push(fate_json(fate));
  }
  Json info = Json::object();
  info.set("page", found->page);
  info.set("size", size);
  info.set("total", found->total);
  info.set("pages", std::max<std::uint64_t>(1, (found->total + size - 1) / size));
  return http::success(std::move(data), {{"page", std::move(info)}});
}

void rows(Imports& imports, const std::weak_ptr<bool>& alive, const ContextPtr& context,
          RecordId id, const HttpReply& reply) {
  const Result<std::uint64_t> page = http::query_number(*context, "page", 1, 1, 1'000'000'000);
  const Result<std::uint64_t> size =
      http::query_number(*context, "size", kPageSize, 1, limits::kPageSizeMax);
  if (!page.ok() || !size.ok()) {
    return reply(http::problem(page.ok() ? size.error() : page.error()));
  }
  std::optional<FateKind> kind;
  if (const std::string* named = context->query("fate"); named != nullptr && !named->empty()) {
    kind = fate_from_name(*named);
    if (!kind) {
      return reply(http::problem(
          fail(ErrorCode::invalid, "fate must be insert, update, unchanged or rejected.", "fate")));
    }
  }
  answer_from_disk(imports, alive, reply,
                   [name = imports.path_of(id), page = *page, size = *size, kind] {
                     return rows_answer(name, page, size, kind);
                   });
}

void errors(Imports& imports, const std::weak_ptr<bool>& alive, RecordId id,
            const HttpReply& reply) {
  answer_from_disk(imports, alive, reply, [name = imports.path_of(id), id] {
    std::string text;
    std::ifstream file(name + ".errors.csv", std::ios::binary);
    if (file) {
      text.assign(std::istreambuf_iterator<char>(file), {});
    }
    if (text.empty()) {
      text = errors_csv_header();
    }
    return attachment(std::move(text), "text/csv; charset=utf-8", "errors-" + id.text() + ".csv");
  });
}

void export_store(Imports& imports, const ContextPtr& context, const HttpReply& reply) {
  const std::string* named = context->query("format");
  const std::string format = named != nullptr ? *named : "csv";
  if (format != "csv" && format != "json") {
    return reply(http::problem(fail(ErrorCode::invalid, "format must be csv or json.", "format")));
  }
  const ExportFormat form = format == "csv" ? ExportFormat::csv : ExportFormat::json;
  export_in_turns(
      imports.engine(), imports.scheduler(), context->store, form,
      [reply, format, store = context->store](Result<std::string> text) {
        if (!text.ok()) {
          return reply(http::problem(text.error()));
        }
        const bool csv = format == "csv";
        reply(attachment(std::move(*text), csv ? "text/csv; charset=utf-8" : "application/json",
                         "products-" + store + "." + format));
      });
}

}  // namespace

std::string_view sample_csv() {
  return "title,sku,handle,price,inventory,status,image_url,category,description\r\n"
         "Blue cotton scarf,SCARF-1,blue-cotton-scarf,12.50,40,Active,"
         "https://example.com/scarf.jpg,Accessories,\"<p>Soft, <b>washable</b>, 180 cm.</p>\"\r\n"
         "\"Mug, white\",MUG-1,mug-white,6,120,Active,,Kitchen,\r\n"
         "Candle holder,CANDLE-7,candle-holder,\"1,299.00\",0,Inactive,,Home,"
         "\"A cell with a \"\"quote\"\" in it.\"\r\n";
}

void bind_imports(Imports& imports, http::Api& api) {
  using http::RouteId;
  const std::weak_ptr<bool> alive = imports.alive();
  const auto own = [&imports](auto then) {
    return [&imports, then](const ContextPtr& context, const HttpReply& reply) {
      records::find_own_record(
          imports.engine(), imports.gate(), context, model::kImports, reply,
          [then, reply](const ContextPtr& found, RecordId id) { then(found, id, reply); });
    };
  };
  api.bind_file(RouteId::imports_create,
                [&imports, alive](const ContextPtr& context, const http::SinkAnswer& answer) {
                  upload(imports, alive, context, answer);
                });
  api.bind(RouteId::imports_list, [&imports](const ContextPtr& context, const HttpReply& reply) {
    list(imports, context, reply);
  });
  api.bind(RouteId::imports_sample, [](const ContextPtr&, const HttpReply& reply) {
    reply(attachment(std::string(sample_csv()), "text/csv; charset=utf-8", "products-sample.csv"));
  });
  api.bind(RouteId::imports_get,
           own([&imports](const ContextPtr& context, RecordId id, const HttpReply& reply) {
             show(imports, context, id, reply);
           }));
  api.bind(RouteId::imports_rows,
           own([&imports, alive](const ContextPtr& context, RecordId id, const HttpReply& reply) {
             rows(imports, alive, context, id, reply);
           }));
  api.bind(RouteId::imports_errors,
           own([&imports, alive](const ContextPtr&, RecordId id, const HttpReply& reply) {
             errors(imports, alive, id, reply);
           }));
  api.bind(RouteId::imports_apply,
           own([&imports](const ContextPtr& context, RecordId id, const HttpReply& reply) {
             imports.apply(context->store, id, records::author_of(*context),
                           [reply, id](const Status& status) {
                             reply(status.ok() ? accepted(id) : http::problem(status.error()));
                           });
           }));
  api.bind(RouteId::imports_cancel,
           own([&imports](const ContextPtr& context, RecordId id, const HttpReply& reply) {
             imports.cancel(context->store, id, [reply, id](const Status& status) {
               reply(status.ok() ? accepted(id) : http::problem(status.error()));
             });
           }));
  for (const RouteId route : {RouteId::exports_products}) {
    api.bind(route, [&imports](const ContextPtr& context, const HttpReply& reply) {
      export_store(imports, context, reply);
    });
  }
}

}  // namespace syncstore::imports
