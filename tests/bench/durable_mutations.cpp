// Durable mutations per second: the engine on its SQLite storage, one by one and with 64 waiting,
// beside SQLite alone on the same disk (WAL, synchronous=FULL, prepared statements, product rows of
// the same size, each with an outbox row; one and 64 per transaction). The four take turns in short
// rounds, so that a busy machine burdens all alike; ratios are taken within a round. Prints JSON.
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "server/adapters/crypto/crypto.hpp"
#include "server/adapters/sqlite/sqlite_storage.hpp"
#include "server/adapters/system/clock.hpp"
#include "server/adapters/system/engine_thread.hpp"
#include "server/engine/engine.hpp"

namespace syncstore {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kProducts = 2'000;
constexpr std::size_t kDescriptionBytes = 200;  // with the other fields a row of about 300 bytes
constexpr std::size_t kOutboxBytes = 120;       // a change set of one field with both values

double seconds_since(Clock::time_point begun) {
  return std::chrono::duration<double>(Clock::now() - begun).count();
}

void require(bool good, const char* what) {
  if (good)
    return;
  std::fprintf(stderr, "durable_mutations: %s\n", what);
  std::exit(1);
}

// SQLite without anything of ours.
class Raw {
 public:
  explicit Raw(const std::string& path) {
    require(sqlite3_open(path.c_str(), &db_) == SQLITE_OK, "open");
    run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=0;"
        "CREATE TABLE products (store TEXT, id INTEGER, row_number INTEGER, version INTEGER, "
        "changed_at INTEGER,"
        " title TEXT, sku TEXT, status TEXT, sales_amount INTEGER, inventory INTEGER, price "
        "INTEGER, description TEXT,"
        " PRIMARY KEY (store, id)) STRICT, WITHOUT ROWID;"
        "CREATE TABLE outbox (store TEXT, sequence INTEGER, time INTEGER, blob BLOB, PRIMARY KEY "
        "(store, sequence)) "
        "STRICT, WITHOUT ROWID;");
    upsert_ = prepare(
        "INSERT OR REPLACE INTO products VALUES ('gifts', ?1, ?1, ?2, ?2, ?3, ?4, 'Active', 5, 6, "
        "?2, ?5)");
    outbox_ = prepare("INSERT INTO outbox VALUES ('gifts', ?1, ?1, ?2)");
    run("BEGIN");
    for (std::size_t i = 0; i < kProducts; ++i)
      edit(static_cast<std::int64_t>(i));
    run("COMMIT");
  }
  ~Raw() {
    sqlite3_finalize(upsert_);
    sqlite3_finalize(outbox_);
    sqlite3_close(db_);
  }
  Raw(const Raw&) = delete;
  Raw& operator=(const Raw&) = delete;

  double rate(std::size_t per_transaction, double seconds) {
    const auto begun = Clock::now();
    std::size_t done = 0;
    while (seconds_since(begun) < seconds) {
      run("BEGIN IMMEDIATE");
      for (std::size_t i = 0; i < per_transaction; ++i)
        edit(static_cast<std::int64_t>(random_() % kProducts));
      run("COMMIT");
      done += per_transaction;
    }
    return static_cast<double>(done) / seconds_since(begun);
  }

 private:
  void run(const char* sql) {
    require(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) == SQLITE_OK, sql);
  }
  sqlite3_stmt* prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    require(sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) ==
                SQLITE_OK,
            sql);
    return statement;
  }
  void edit(std::int64_t id) {
    ++sequence_;
    const std::string title = "Enamel lantern number " + std::to_string(id);
    sqlite3_bind_int64(upsert_, 1, id);
    sqlite3_bind_int64(upsert_, 2, sequence_);
    sqlite3_bind_text(upsert_, 3, title.c_str(), -1, SQLITE_STATIC);
    sqlite3_bind_text(upsert_, 4, title.c_str(), -1, SQLITE_STATIC);
    sqlite3_bind_text(upsert_, 5, description_.c_str(), -1, SQLITE_STATIC);
    require(sqlite3_step(upsert_) == SQLITE_DONE, "upsert");
    sqlite3_reset(upsert_);
    sqlite3_bind_int64(outbox_, 1, sequence_);
    sqlite3_bind_blob(outbox_, 2, blob_.data(), static_cast<int>(blob_.size()), SQLITE_STATIC);
    require(sqlite3_step(outbox_) == SQLITE_DONE, "outbox");
    sqlite3_reset(outbox_);
  }

  sqlite3* db_ = nullptr;
  sqlite3_stmt* upsert_ = nullptr;
  sqlite3_stmt* outbox_ = nullptr;
  std::int64_t sequence_ = 0;
  std::mt19937 random_{1};
  const std::string description_ = std::string(kDescriptionBytes, 'd');
  const std::string blob_ = std::string(kOutboxBytes, 'b');
};

// The engine as the server has it, without sockets.
class Whole {
 public:
  explicit Whole(const std::string& directory) {
    std::filesystem::create_directories(directory);
    auto opened = adapters::SqliteStorage::open({.directory = directory}, thread_, clock_, crypto_);
    require(opened.ok(), "storage");
    storage_ = std::move(*opened);
    thread_.run_and_wait([this] {
      engine_ = std::make_unique<engine::Engine>(
          engine::EnginePorts{clock_, random_, thread_, *storage_, crypto_});
    });
    wait([this](auto done) { engine_->start(done); });
    wait([this](auto done) {
      engine_->create_store(
          {.id = "gifts", .name = "Gifts", .currency = "GBP", .time_zone = "Europe/London"},
          {"u-ann", "ann", model::Role::admin}, done);
    });
    wait([this](auto done) { insert_products(done); });
  }
  ~Whole() {
    thread_.stop();
    engine_.reset();
    storage_.reset();
  }
  Whole(const Whole&) = delete;
  Whole& operator=(const Whole&) = delete;

  // `waiting` authors, each sends its next mutation when the last one was answered.
  double rate(std::size_t waiting, double seconds) {
    done_ = 0;
    begun_ = Clock::now();
    ends_ = seconds;
    running_ = waiting;
    wait([&](std::function<void(Status)> done) {
      finished_ = std::move(done);
      for (std::size_t lane = 1; lane <= waiting; ++lane)
        next(lane);
    });
    return static_cast<double>(done_) / seconds_since(begun_);
  }

 private:
  void next(std::uint64_t lane) {
    engine::Submission submission = submission_of({set_price()});
    submission.lane = lane;
    submission.done = [this, lane](Result<std::vector<sync::MutationResult>> results) {
      require(results.ok() && results->at(0).ops.at(0).status == sync::OpStatus::applied,
              "not applied");
      ++done_;
      if (seconds_since(begun_) < ends_)
        return next(lane);
      if (--running_ == 0)
        finished_({});
    };
    engine_->submit(std::move(submission));
  }

  engine::Submission submission_of(std::vector<sync::Mutation> mutations) {
    engine::Submission made;
    made.store = "gifts";
    made.author = {"u-ann", "ann", model::Role::admin};
    made.mutations = std::move(mutations);
    return made;
  }

  sync::Mutation set_price() {
    sync::Op op;
    op.kind = sync::OpKind::set;
    op.collection = model::kProducts;
    op.record = products_[dice_() % products_.size()];
    op.field = field("price");
    op.from = sync::FromValue::anything();
    op.to = ++price_;
    sync::Mutation made;
    made.id = engine_->new_uuid();
    made.ops = {std::move(op)};
    return made;
  }

  void insert_products(std::function<void(Status)> done) {
    if (products_.size() == kProducts)
      return done({});
    std::vector<sync::Mutation> mutations;
    while (mutations.size() < 400 && products_.size() < kProducts) {
      products_.push_back(engine_->new_record_id());
      const std::string title = "Enamel lantern number " + std::to_string(products_.size());
      sync::Op op;
      op.kind = sync::OpKind::insert;
      op.collection = model::kProducts;
      op.record = products_.back();
      op.fields = {{field("title"), title},
                   {field("sku"), title},
                   {field("status"), std::string("Active")},
                   {field("sales_amount"), std::int64_t{5}},
                   {field("inventory"), std::int64_t{6}},
                   {field("price"), std::int64_t{7}},
                   {field("description"), std::string(kDescriptionBytes, 'd')}};
      std::sort(op.fields.begin(), op.fields.end(),
                [](const auto& a, const auto& b) { return a.field < b.field; });
      mutations.emplace_back();
      mutations.back().id = engine_->new_uuid();
      mutations.back().ops = {std::move(op)};
    }
    engine::Submission submission = submission_of(std::move(mutations));
    submission.done = [this, done](Result<std::vector<sync::MutationResult>> results) {
      require(results.ok() && results->back().ops.at(0).status == sync::OpStatus::applied,
              "not inserted");
      insert_products(done);
    };
    engine_->submit(std::move(submission));
  }

  static std::uint16_t field(std::string_view name) {
    return static_cast<std::uint16_t>(model::find_collection(model::kProducts)->field_index(name));
  }

  void wait(const std::function<void(std::function<void(Status)>)>& operation) {
    std::mutex mutex;
    std::condition_variable wake;
    bool over = false;
    thread_.post([&] {
      operation([&](const Status& status) {
        require(status.ok(), "operation");
        const std::lock_guard lock(mutex);
        over = true;
        wake.notify_one();
      });
    });
    std::unique_lock lock(mutex);
    wake.wait(lock, [&] { return over; });
  }

  adapters::SystemClock clock_;
  adapters::SystemRandom random_;
  adapters::NativeCrypto crypto_;
  adapters::EngineThread thread_;
  std::unique_ptr<adapters::SqliteStorage> storage_;
  std::unique_ptr<engine::Engine> engine_;
  std::vector<RecordId> products_;
  std::mt19937 dice_{2};
  std::int64_t price_ = 1'000'000;
  std::size_t done_ = 0, running_ = 0;
  Clock::time_point begun_;
  double ends_ = 0;
  std::function<void(Status)> finished_;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void report(const char* name, const std::vector<double>& whole, const std::vector<double>& raw) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < whole.size(); ++i)
    ratios.push_back(whole[i] / raw[i]);
  std::printf(
      "\"%s\": {\"engine\": %.0f, \"raw\": %.0f, \"ratio\": %.2f, \"lowest\": %.2f, \"highest\": "
      "%.2f}",
      name, median(whole), median(raw), median(ratios),
      *std::min_element(ratios.begin(), ratios.end()),
      *std::max_element(ratios.begin(), ratios.end()));
}

int run(const std::string& directory, int rounds, double seconds) {
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(directory);
  {
    Raw raw(directory + "/raw.db");
    Whole whole(directory + "/whole");
    std::vector<double> raw_one, raw_many, whole_one, whole_many;
    for (int round = 0; round < rounds; ++round) {
      raw_one.push_back(raw.rate(1, seconds));
      whole_one.push_back(whole.rate(1, seconds));
      raw_many.push_back(raw.rate(64, seconds));
      whole_many.push_back(whole.rate(64, seconds));
    }
    std::printf("{\"rounds\": %d, ", rounds);
    report("one_by_one", whole_one, raw_one);
    std::printf(", ");
    report("waiting_64", whole_many, raw_many);
    std::printf("}\n");
  }
  std::filesystem::remove_all(directory);
  return 0;
}

}  // namespace
}  // namespace syncstore

int main(int argc, char** argv) {
  if (argc < 2)
    return 2;
  return syncstore::run(argv[1], argc > 2 ? std::atoi(argv[2]) : 15,
                        argc > 3 ? std::atof(argv[3]) : 0.5);
}
