#include "server/engine/sync_api.hpp"

#include <algorithm>
#include <map>

#include "core/base/limits.hpp"
#include "core/model/validate.hpp"
#include "server/engine/json_steps.hpp"

namespace syncstore::engine {
namespace {

std::vector<std::uint16_t> readable(const ChangesRequest& request) {
  std::vector<std::uint16_t> numbers;
  for (const model::CollectionDef& collection : model::collections()) {
    if (request.role < collection.read)
      continue;
    const bool asked = request.collections.empty() ||
                       std::find(request.collections.begin(), request.collections.end(),
                                 collection.number) != request.collections.end();
    if (asked)
      numbers.push_back(collection.number);
  }
  return numbers;
}

bool contains(const std::vector<std::uint16_t>& numbers, std::uint16_t number) {
  return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

// Steps from exact change sets, as many as fit into the limit; answers where they end.
Sequence exact_steps(const StoreState& store, const ChangesRequest& request,
                     const std::vector<std::uint16_t>& collections, std::vector<JsonStep>& steps) {
  sync::Coalescer coalescer;
  std::map<std::uint16_t, Sequence> last;
  for (std::uint16_t number : collections)
    last[number] = store.collection_sequence_at(number, request.since);
  Sequence to = request.since;
  std::size_t rows = 0;
  for (const SharedChangeSet& change_set : store.tail()) {
    if (change_set->sequence <= request.since)
      continue;
    if (rows >= request.limit)
      break;
    sync::ChangeSet mine = *change_set;
    mine.changes.erase(std::remove_if(mine.changes.begin(), mine.changes.end(),
                                      [&](const sync::Change& change) {
                                        return !contains(collections, change.collection);
                                      }),
                       mine.changes.end());
    rows += mine.changes.size();
    to = mine.sequence;
    if (mine.changes.empty())
      continue;
    coalescer.add(
        mine,
        [](void* context, std::uint16_t number) {
          return (*static_cast<std::map<std::uint16_t, Sequence>*>(context))[number];
        },
        &last);
  }
  for (sync::Delta& delta : coalescer.take()) {
    JsonStep step;
    step.collection = delta.collection;
    step.base = delta.base;
    step.target = delta.target;
    step.exact = std::move(delta);
    steps.push_back(std::move(step));
  }
  return to;
}

// Steps from rows by version: whole records as they are now, cut at a version when there are more
// than the limit.
Sequence row_steps(const StoreState& store, const ChangesRequest& request,
                   const std::vector<std::uint16_t>& collections, std::vector<JsonStep>& steps) {
  std::vector<Sequence> versions;
  for (std::uint16_t number : collections) {
    JsonStep step = json_step(store, number, request.since);
    for (const model::Record* record : step.records)
      versions.push_back(record->version);
    for (const model::Tombstone& removal : step.removals)
      versions.push_back(removal.version);
    if (!step.empty())
      steps.push_back(std::move(step));
  }
  Sequence to = store.sequence();
  if (versions.size() > request.limit) {
    const auto cut = versions.begin() + static_cast<std::ptrdiff_t>(request.limit - 1);
    std::nth_element(versions.begin(), cut, versions.end());
    // From the beginning to the floor is one page: behind it the next one would be refused.
    to = *cut;
    for (std::uint16_t number : collections)
      to = std::max(to, store.tombstone_floor(number));
  }
  for (JsonStep& step : steps) {
    step.records.erase(
        std::remove_if(step.records.begin(), step.records.end(),
                       [&](const model::Record* record) { return record->version > to; }),
        step.records.end());
    step.removals.erase(
        std::remove_if(step.removals.begin(), step.removals.end(),
                       [&](const model::Tombstone& removal) { return removal.version > to; }),
        step.removals.end());
    step.target = store.collection_sequence_at(step.collection, to);  // where the next page begins
  }
  steps.erase(
      std::remove_if(steps.begin(), steps.end(), [](const JsonStep& step) { return step.empty(); }),
      steps.end());
  return to;
}

void append_record(std::string& out, const StoreState& store,
                   const model::CollectionDef& collection, const model::Record& record) {
  out += "{\"id\":\"" + record.id.text() + "\",\"storeId\":";
  append_json_string(out, store.id());
  out += ",\"version\":" + std::to_string(record.version);
  out += ",\"updatedAt\":\"" + model::format_iso8601(record.changed_at) + "\",";
  wire::append_fields(out, collection, record.values, model::TimeForm::iso8601, true);
  out += '}';
}

}  // namespace

Result<ChangesAnswer> changes_since(const StoreState& store, const ChangesRequest& request,
                                    TimeMs now) {
  if (request.epoch != store.epoch() || request.since > store.sequence())
    return fail(ErrorCode::epoch_changed);
  ChangesRequest bounded = request;
  bounded.limit = std::clamp<std::size_t>(request.limit, 1, limits::kChangesLimitMax);
  const auto collections = readable(bounded);
  // Older than the removals that are remembered: only a snapshot says what is gone.
  const auto forgot = [&](std::uint16_t collection) {
    return !store.remembers_removals_since(collection, request.since);
  };
  if (request.since != 0 && std::any_of(collections.begin(), collections.end(), forgot))
    return fail(ErrorCode::epoch_changed);
  std::vector<JsonStep> steps;
  ChangesAnswer answer;
  answer.epoch = store.epoch();
  answer.from = request.since;
  answer.to = store.tail_reaches(request.since) ? exact_steps(store, bounded, collections, steps)
                                                : row_steps(store, bounded, collections, steps);
  answer.more = answer.to < store.sequence();
  answer.body = "{\"success\":true,\"epoch\":\"" + base32_text(answer.epoch) +
                "\",\"from\":" + std::to_string(answer.from) +
                ",\"to\":" + std::to_string(answer.to) +
                ",\"more\":" + (answer.more ? "true" : "false") + ",\"messages\":[";
  bool first = true;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    wire::DataHead head;
    head.more = i + 1 < steps.size();
    head.now = now;
    for (const std::string& message : render_step(store, steps[i], head)) {
      if (!first)
        answer.body += ',';
      first = false;
      answer.body += message;
    }
  }
  answer.body += "]}";
  return answer;
}

std::string snapshot_body(const StoreState& store, std::uint16_t collection) {
  const model::Table& table = store.table(collection);
  std::vector<const model::Record*> records;
  records.reserve(table.size());
  table.for_each([&](const model::Record& record) { records.push_back(&record); });
  std::sort(records.begin(), records.end(),
            [](const auto* a, const auto* b) { return a->id < b->id; });
  std::string out = "{\"success\":true,\"epoch\":\"" + base32_text(store.epoch()) +
                    "\",\"sequenceNumber\":" + std::to_string(store.sequence()) + ",\"data\":[";
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (i != 0)
      out += ',';
    append_record(out, store, table.collection(), *records[i]);
  }
  out += "]}";
  return out;
}

Json record_json(const StoreState& store, std::uint16_t collection_number,
                 const model::Record& record) {
  const model::CollectionDef& collection = *model::find_collection(collection_number);
  Json json = Json::object();
  json.set("id", record.id.text());
  json.set("storeId", store.id());
  json.set("version", record.version);
  json.set("updatedAt", model::format_iso8601(record.changed_at));
  for (std::size_t i = 0; i < collection.fields.size(); ++i) {
    if (collection.fields[i].retired)
      continue;
    json.set(
        std::string(collection.fields[i].name),
        model::value_to_json(collection.fields[i], record.values[i], model::TimeForm::iso8601));
  }
  return json;
}

}  // namespace syncstore::engine
