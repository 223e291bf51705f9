// A thousand readers of one store in one thread, driven by lines on standard input; each line is
// answered by one line of JSON.
//   connect N [warm]    opens N more connections, one after the other; answers when all are live.
//                       warm: all but the first with the cursors that the first has learned
//   commit RATE SECONDS OPS   that many edits a second, OPS records each; answers the latencies
//   idle SECONDS        answers what TCP moved meanwhile
//   stop K              K connections stop reading
//   again MODE PORT     waits until the server closed all, then until all came back by themselves;
//                       MODE warm: with cursors, cold: with nothing
// Arguments: PORT COOKIE CSRF STORE [KEEP_BYTES]
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <queue>
#include <sstream>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/ids.hpp"
#include "core/base/json.hpp"
#include "core/model/catalogue.hpp"
#include "core/session/backoff.hpp"
#include "core/wire/frame_codec.hpp"
#include "tests/bench/load/client_socket.hpp"

namespace syncstore::bench {
namespace {

constexpr std::size_t kWriters = 2;  // one connection alone would meet the limit of messages
constexpr std::size_t kKnownFrames = 4'096;
constexpr std::size_t kWholeSnapshot = 64 * 1'048'576;
constexpr std::size_t kAtOnce = 32;  // connections under way while all are opened

std::int64_t now_us() {
  using namespace std::chrono;
  return duration_cast<microseconds>(steady_clock::now().time_since_epoch()).count();
}

double quantile(std::vector<double>& values, double share) {
  if (values.empty())
    return 0;
  const auto at = std::min(values.size() - 1,
                           static_cast<std::size_t>(share * static_cast<double>(values.size())));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at];
}

struct Arrival {
  Sequence head = 0;
  std::int64_t at_us = 0;
};

struct Reader {
  std::unique_ptr<ClientSocket> socket;
  session::Backoff backoff;
  ClientId id;
  bool live = false;
  bool stopped = false;
  int attempts = 0;
  std::vector<Arrival> arrivals;
};

class Load {
 public:
  Load(Target target, StoreId store, std::size_t keep)
      : target_(std::move(target)),
        store_(std::move(store)),
        keep_(keep),
        ids_(static_cast<std::uint64_t>(now_us())),
        epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

  void connect(std::size_t count, bool warm) {
    const std::int64_t began = now_us();
    warm_ = warm;
    const std::size_t wanted = readers_.size() + count;
    std::size_t next = readers_.size();
    while (readers_.size() < wanted)
      add_reader();
    // The first one learns the catalogue and everybody's cursors.
    run([&] {
      while (next < wanted && next < live_ + kAtOnce && (next == 0 || readers_[0].live))
        readers_[next++].socket->connect();
      return live_ == wanted;
    });
    say(Json::object()
            .set("live", std::int64_t{static_cast<std::int64_t>(live_)})
            .set("ms", (now_us() - began) / 1'000));
  }

  void commit(double rate, double seconds, std::size_t ops) {
    for (Reader& reader : readers_)
      reader.arrivals.clear();
    commits_.clear();
    unanswered_.clear();
    const std::int64_t began = now_us();
    const auto total = static_cast<std::size_t>(rate * seconds);
    std::size_t made = 0;
    run([&] {
      while (made < total) {
        const auto due = began + static_cast<std::int64_t>(1e6 * static_cast<double>(made) / rate);
        if (now_us() < due) {
          wake_at(due);
          break;
        }
        make_commit(made++, ops);
      }
      return made == total && unanswered_.empty() && all_have(commits_.rbegin()->first);
    });
    say(latencies(now_us() - began));
  }

  void idle(double seconds) {
    const auto sum = [&] {
      Traffic all;
      for (const Reader& reader : readers_) {
        const Traffic one = reader.socket->traffic();
        all.bytes += one.bytes;
        all.segments += one.segments;
      }
      return all;
    };
    const Traffic before = sum();
    const std::int64_t end = now_us() + static_cast<std::int64_t>(seconds * 1e6);
    run([&] {
      wake_at(end);
      return now_us() >= end;
    });
    const Traffic after = sum();
    const double hours = seconds / 3'600 * static_cast<double>(readers_.size());
    const auto bytes = static_cast<double>(after.bytes - before.bytes);
    const auto segments = static_cast<double>(after.segments - before.segments);
    say(Json::object()
            .set("payload_per_hour", static_cast<std::int64_t>(bytes / hours))
            .set("segments_per_hour", static_cast<std::int64_t>(segments / hours)));
  }

  void stop(std::size_t count) {
    for (std::size_t i = readers_.size(); count > 0 && i-- > kWriters; --count) {
      readers_[i].stopped = true;
      readers_[i].socket->stop_reading();
    }
    say(Json::object().set("stopped", true));
  }

  void again(bool warm, std::uint16_t port) {
    target_.port = port;
    warm_ = warm;
    coming_back_ = true;
    attempts_ = 0;
    waits_.clear();
    run([&] { return live_ == 0; });
    const std::int64_t gone = now_us();
    first_upgrade_us_ = 0;
    run([&] { return live_ == readers_.size(); });
    coming_back_ = false;
    const std::int64_t end = now_us();
    std::vector<double> live_ms;
    for (const std::int64_t at : live_at_)
      live_ms.push_back(static_cast<double>(at - first_upgrade_us_) / 1e3);
    live_at_.clear();
    say(Json::object()
            .set("ms_since_gone", (end - gone) / 1'000)
            .set("ms_since_first", (end - first_upgrade_us_) / 1'000)
            .set("p50_ms", static_cast<std::int64_t>(quantile(live_ms, 0.5)))
            .set("attempts", std::int64_t{attempts_}));
  }

 private:
  void add_reader() {
    const std::size_t number = readers_.size();
    ClientSocket::Calls calls;
    calls.hello = [this, number](std::string_view ticket) { return hello(number, ticket); };
    calls.frame = [this, number](std::string_view frame) { take(number, frame); };
    calls.closed = [this, number] { lost(number); };
    calls.watch = [this, number](int fd, bool add) {
      epoll_event event{};
      event.events = EPOLLIN | EPOLLOUT | EPOLLET;
      event.data.u64 = number;
      ::epoll_ctl(epoll_, add ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, fd, &event);
    };
    Reader reader;
    reader.socket = std::make_unique<ClientSocket>(target_, std::move(calls));
    reader.socket->keep_at_most(number == 0 ? kWholeSnapshot : keep_);
    if (keep_ > kKnownFrames && number >= kWriters)
      reader.socket->small_receive_buffer();
    reader.id = ids_.next_uuid(1);
    readers_.push_back(std::move(reader));
  }

  std::string hello(std::size_t number, std::string_view ticket) {
    if (first_upgrade_us_ == 0)
      first_upgrade_us_ = now_us();
    wire::Hello hello;
    hello.ticket = ticket;
    hello.store = store_;
    hello.client = readers_[number].id;
    hello.generation = 1;
    for (const auto& [collection, sequence] : cursors_) {
      hello.collections.push_back(collection);
      if (warm_)
        hello.cursors.push_back({collection, epoch_, views_[collection], sequence});
    }
    return wire::encode(wire::UpMessage(std::move(hello)));
  }

  void take(std::size_t number, std::string_view frame) {
    const std::int64_t at = now_us();
    const auto known = heads_.find(std::string(frame));
    if (known != heads_.end())
      return moved(number, known->second, at);
    auto decoded = wire::decode_down(frame);
    if (!decoded) {
      std::cerr << "load_clients: " << decoded.error().detail << "\n";
      std::exit(1);
    }
    if (const auto* change = std::get_if<wire::Change>(&*decoded)) {
      if (heads_.size() >= kKnownFrames)
        heads_.clear();
      heads_.emplace(frame, change->head);
      if (number == 0) {
        for (const sync::Delta& section : change->sections)
          cursors_[section.collection] = section.target;
      }
      return moved(number, change->head, at);
    }
    if (const auto* receipt = std::get_if<wire::Receipt>(&*decoded))
      return answered(*receipt);
    if (const auto* notice = std::get_if<wire::Notice>(&*decoded))
      std::cerr << "load_clients: notice " << error_name(notice->code) << "\n";
    if (number == 0)
      learn(*decoded);
  }

  void learn(const wire::DownMessage& message) {
    if (const auto* welcome = std::get_if<wire::Welcome>(&message)) {
      epoch_ = welcome->epoch;
    } else if (const auto* begin = std::get_if<wire::Begin>(&message)) {
      views_[begin->collection] = begin->view;
      if (begin->collection == model::kProducts)
        products_.clear();
    } else if (const auto* part = std::get_if<wire::Part>(&message)) {
      if (part->collection != model::kProducts)
        return;
      for (const model::Record& row : part->rows)
        products_.push_back(row.id);
    } else if (const auto* end = std::get_if<wire::End>(&message)) {
      cursors_[end->collection] = end->target;
    }
  }

  // The head is told when every collection has reached it: from the first time on this one is live.
  void moved(std::size_t number, Sequence head, std::int64_t at) {
    Reader& reader = readers_[number];
    if (!reader.live) {
      reader.live = true;
      reader.backoff.reset();
      ++live_;
      live_at_.push_back(at);
    }
    reader.arrivals.push_back({head, at});
  }

  void lost(std::size_t number) {
    Reader& reader = readers_[number];
    if (std::exchange(reader.live, false))
      --live_;
    if (!coming_back_) {
      std::cerr << "load_clients: connection " << number << " was closed\n";
      std::exit(1);
    }
    ++attempts_;
    const std::int64_t wait = reader.backoff.next_ms(ids_.next_random());
    waits_.emplace(now_us() + wait * 1'000, number);
  }

  void make_commit(std::size_t number, std::size_t ops) {
    sync::Mutation mutation;
    mutation.id = ids_.next_uuid(now_us() / 1'000);
    const model::CollectionDef& products = *model::find_collection(model::kProducts);
    for (std::size_t i = 0; i < ops; ++i) {
      sync::Op op;
      op.kind = sync::OpKind::set;
      op.collection = model::kProducts;
      op.record = products_[(number * 7 + i) % products_.size()];
      op.from = sync::FromValue::anything();
      if (ops == 1) {
        op.field = static_cast<std::uint16_t>(products.field_index("price"));
        op.to = static_cast<std::int64_t>(1 + ids_.next_random() % 100'000) * 100;
      } else {
        op.field = static_cast<std::uint16_t>(products.field_index("image_url"));
        std::string address = "https://example.org/";
        while (address.size() < 900)
          address += base32_text(ids_.next_random());
        op.to = std::move(address);
      }
      mutation.ops.push_back(std::move(op));
    }
    unanswered_.emplace(mutation.id.text(), now_us());
    readers_[number % kWriters].socket->send_message(
        wire::encode(wire::UpMessage(wire::Mutate{{std::move(mutation)}})));
  }

  void answered(const wire::Receipt& receipt) {
    for (const sync::MutationResult& result : receipt.results) {
      const auto sent = unanswered_.find(result.id.text());
      if (sent == unanswered_.end())
        continue;
      if (result.sequence != 0)
        commits_[result.sequence] = sent->second;
      unanswered_.erase(sent);
    }
  }

  bool all_have(Sequence head) const {
    return std::all_of(readers_.begin(), readers_.end(), [&](const Reader& reader) {
      return reader.stopped || (!reader.arrivals.empty() && reader.arrivals.back().head >= head);
    });
  }

  Json latencies(std::int64_t took_us) {
    std::vector<double> each, last(commits_.size(), 0);
    std::int64_t frames = 0;
    for (const Reader& reader : readers_) {
      frames += static_cast<std::int64_t>(reader.arrivals.size());
      auto arrival = reader.arrivals.begin();
      std::size_t number = 0;
      for (const auto& [sequence, sent] : commits_) {
        while (arrival != reader.arrivals.end() && arrival->head < sequence)
          ++arrival;
        if (arrival == reader.arrivals.end())
          break;
        const double ms = static_cast<double>(arrival->at_us - sent) / 1e3;
        each.push_back(ms);
        last[number] = std::max(last[number], ms);
        ++number;
      }
    }
    const auto tenth = [](double value) { return static_cast<std::int64_t>(value * 10 + 0.5); };
    Json said = Json::object();
    said.set("commits", static_cast<std::int64_t>(commits_.size()))
        .set("frames", frames)
        .set("ms", took_us / 1'000)
        .set("p50_tenths", tenth(quantile(each, 0.5)))
        .set("p99_tenths", tenth(quantile(each, 0.99)))
        .set("last_p50_tenths", tenth(quantile(last, 0.5)))
        .set("last_p99_tenths", tenth(quantile(last, 0.99)));
    return said;
  }

  void wake_at(std::int64_t us) { wake_us_ = us; }

  // Serves the sockets until `done`, which is asked after every turn.
  void run(const std::function<bool()>& done) {
    std::vector<epoll_event> events(512);
    while (true) {
      wake_us_ = now_us() + 1'000'000;
      if (done())
        return;
      while (!waits_.empty() && waits_.begin()->first <= now_us()) {
        const std::size_t number = waits_.begin()->second;
        waits_.erase(waits_.begin());
        readers_[number].socket->connect();
      }
      if (!waits_.empty())
        wake_us_ = std::min(wake_us_, waits_.begin()->first);
      const std::int64_t wait_ms = std::max<std::int64_t>((wake_us_ - now_us() + 999) / 1'000, 0);
      const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()),
                                     static_cast<int>(wait_ms));
      for (int i = 0; i < count; ++i) {
        Reader& reader = readers_[events[static_cast<std::size_t>(i)].data.u64];
        if (reader.socket->fd() >= 0 && !reader.stopped)
          reader.socket->on_ready();
      }
    }
  }

  static void say(const Json& line) { std::cout << line.dump() << std::endl; }

  Target target_;
  StoreId store_;
  std::size_t keep_;
  IdSource ids_;
  int epoll_;
  std::vector<Reader> readers_;
  std::size_t live_ = 0;
  std::vector<std::int64_t> live_at_;
  std::multimap<std::int64_t, std::size_t> waits_;  // due, who
  bool coming_back_ = false;
  bool warm_ = false;
  std::int64_t attempts_ = 0;
  std::int64_t first_upgrade_us_ = 0;
  std::int64_t wake_us_ = 0;
  Epoch epoch_ = 0;
  std::map<std::uint16_t, Sequence> cursors_;
  std::map<std::uint16_t, std::uint32_t> views_;
  std::vector<RecordId> products_;
  std::map<std::string, std::int64_t> unanswered_;   // by id: when it was sent
  std::map<Sequence, std::int64_t> commits_;         // when it was sent
  std::unordered_map<std::string, Sequence> heads_;  // of frames seen before
};

int run_load(int argc, char** argv) {
  if (argc < 5) {
    std::cerr << "load_clients PORT COOKIE CSRF STORE [KEEP_BYTES]\n";
    return 2;
  }
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  Target target{static_cast<std::uint16_t>(std::stoi(argv[1])), argv[2], argv[3]};
  Load load(std::move(target), argv[4], argc > 5 ? std::stoul(argv[5]) : kKnownFrames);
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream in(line);
    std::string word, mode;
    double rate = 0, seconds = 0;
    std::size_t count = 0;
    in >> word;
    if (word == "connect" && in >> count)
      load.connect(count, static_cast<bool>(in >> mode) && mode == "warm");
    else if (word == "commit" && in >> rate >> seconds >> count)
      load.commit(rate, seconds, count);
    else if (word == "idle" && in >> seconds)
      load.idle(seconds);
    else if (word == "stop" && in >> count)
      load.stop(count);
    else if (word == "again" && in >> mode >> count)
      load.again(mode == "warm", static_cast<std::uint16_t>(count));
    else
      return 2;
  }
  return 0;
}

}  // namespace
}  // namespace syncstore::bench

int main(int argc, char** argv) { return syncstore::bench::run_load(argc, argv); }
