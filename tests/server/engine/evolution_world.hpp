// A server and a browser, the real ones, each with a version of the catalogue of its own.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/core/session/client_bench.hpp"
#include "tests/core/support/next_catalogue.hpp"
#include "tests/server/engine/engine_world.hpp"

namespace syncstore::testing {

using model::CatalogueScope;
using sync::FromValue;

using Catalogue = std::span<const model::CollectionDef>;

// A browser of one version: its code runs under its own catalogue, whatever the server's is.
class Browser {
 public:
  Browser(session::testing::Storage& storage, Catalogue catalogue) : catalogue_(catalogue) {
    const CatalogueScope own(catalogue_);
    session::ClientConfig who = session::testing::ClientBench::config();
    who.user = "u-eve";
    bench_ = std::make_unique<session::testing::ClientBench>(storage, who);
  }

  // Runs `work(bench)` in this browser.
  template <class F>
  auto in(F&& work) {
    const CatalogueScope own(catalogue_);
    return work(*bench_);
  }
  void edit(RecordId id, const std::string& field, const std::string& to) {
    edit_json(id, field, '"' + to + '"');
  }
  void edit(RecordId id, const std::string& field, int to) {
    edit_json(id, field, std::to_string(to));
  }
  model::Value shown(RecordId id, std::string_view field) {
    return in([&](auto& bench) {
      const model::Record* record = bench->replica().shown(model::kProducts, id);
      const int index = model::find_collection(model::kProducts)->field_index(field);
      if (record == nullptr || index < 0)
        return model::Value(std::string("(not there)"));
      return record->values[static_cast<std::size_t>(index)];
    });
  }
  std::int64_t status(const char* name) {
    return in([&](auto& bench) {
      const Json status = bench.status_json();
      const Json* value = status.find(name);
      return value == nullptr ? -1 : value->integer();
    });
  }
  std::string connection() {
    return in([](auto& bench) { return bench.connection(); });
  }
  // The outbox as it is told to screens.
  std::string queue() {
    return in([](auto& bench) { return bench.queue(); });
  }
  void number_edits_from(int base) { base_ = base; }

 private:
  void edit_json(RecordId id, const std::string& field, const std::string& to) {
    in([&](auto& bench) {
      bench.command(R"({"cmd":"edit","mutation":")" + bench.uuid(++edits_ + base_) +
                    R"(","ops":[{"op":"set","collection":"products","id":")" + id.text() +
                    R"(","field":")" + field + R"(","to":)" + to + "}]}");
    });
  }

  Catalogue catalogue_;
  std::unique_ptr<session::testing::ClientBench> bench_;
  int edits_ = 0;
  int base_ = 0;
};

class EvolutionWorld : public EngineWorld {
 protected:
  EvolutionWorld() { create_store("gifts"); }

  // The server's process ends; the next version starts on the same data.
  void upgrade_server() {
    engine.reset();
    server_.emplace(next_catalogue());
    boot();
  }
  // Messages go back and forth until nobody has anything to say.
  void talk(Browser& browser, OpenLink& open) {
    for (bool any = true; any;) {
      std::vector<Bytes> up;
      browser.in([&](auto& bench) { up.swap(bench.sent); });
      for (const Bytes& frame : up)
        open.session->received(frame, false);
      events.settle();
      const auto down = std::move(open.link->messages);
      open.link->messages.clear();
      browser.in([&](auto& bench) {
        for (const auto& frame : down) {
          bench->socket_message(*frame, bench.now);
          bench.settle();
        }
      });
      any = !up.empty() || !down.empty();
    }
  }
  OpenLink go_online(Browser& browser) {
    OpenLink open = connect();
    browser.in([&](auto& bench) {
      if (bench.tickets_asked == 0)
        bench.start();
      bench->ticket("eve", bench.now);
      bench.settle();
      bench->socket_opened(bench.now);
      bench.settle();
    });
    talk(browser, open);
    EXPECT_EQ(browser.connection(), "live");
    return open;
  }
  void go_offline(Browser& browser, OpenLink& open) {
    open.session->closed();
    events.settle();
    browser.in([](auto& bench) {
      bench->socket_closed(1006, bench.now);
      bench.settle();
      bench.tick(60'000);  // the next attempt asks for a ticket; what arrived is stored
    });
  }
  RecordId insert_mug() {
    const RecordId id = new_id();
    sync::Mutation mug = product("Mug", id, "M-1");
    mug.ops[0].fields.push_back({field("asin"), std::string("B01")});
    mug.ops[0].fields.push_back({field("handle"), std::string("mug")});
    std::sort(mug.ops[0].fields.begin(), mug.ops[0].fields.end(),
              [](const auto& a, const auto& b) { return a.field < b.field; });
    commit({mug});
    return id;
  }
  model::Value stored(RecordId id, std::string_view name) {
    return state().find(model::kProducts, id)->values[field(name)];
  }
  static model::Value text(const std::string& value) { return value; }

  const Catalogue today_ = model::collections();
  session::testing::Storage storage_;

 private:
  std::optional<CatalogueScope> server_;
};

}  // namespace syncstore::testing
