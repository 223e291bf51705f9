// One message of every kind with values in every place: what golden files, round trips and damaged
// frames are made from.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/wire/frame_codec.hpp"

namespace syncstore::wire::samples {

inline Uuid uuid(std::uint8_t first) {
  Uuid id;
  for (std::size_t i = 0; i < id.bytes.size(); ++i)
    id.bytes[i] = static_cast<std::uint8_t>(first + i);
  return id;
}

inline std::uint16_t field(std::uint16_t collection, std::string_view name) {
  return static_cast<std::uint16_t>(model::find_collection(collection)->field_index(name));
}

inline model::Record product(RowNumber row, std::string title, std::int64_t price) {
  const auto& products = *model::find_collection(model::kProducts);
  model::Record record;
  record.id = RecordId{(std::uint64_t{1'100'000'000} << 22) + row};
  record.row = row;
  record.version = 800 + row;
  record.changed_at = 1'795'000'000'000 + row;
  record.changed_by = 3;
  record.values.resize(products.fields.size());
  record.values[field(model::kProducts, "title")] = std::move(title);
  record.values[field(model::kProducts, "status")] = std::string("Active");
  if (price >= 0)
    record.values[field(model::kProducts, "price")] = price;
  record.values[field(model::kProducts, "inventory")] = std::int64_t{12} - row;
  return record;
}

// A price changes: the most frequent thing that is sent.
inline sync::Delta price_change() {
  sync::Delta delta;
  delta.collection = model::kProducts;
  delta.base = 812'345;
  delta.target = 812'347;
  sync::RowDelta row;
  row.row = 23'456;
  row.version = 812'347;
  row.time = 1'795'000'123'456;
  row.author = 7;
  row.fields.push_back({field(model::kProducts, "price"), std::int64_t{129'900}});
  delta.rows.push_back(row);
  return delta;
}

inline sync::Delta mixed_changes() {
  sync::Delta delta;
  delta.collection = model::kProducts;
  delta.base = 90;
  delta.target = 100;
  sync::RowDelta removal;
  removal.kind = sync::ChangeKind::remove;
  removal.id = RecordId{0x1234'5678'9ABC'DEF0};
  removal.row = 9;
  removal.version = 97;
  removal.time = 1'795'000'000'500;
  removal.author = 2;
  sync::RowDelta update;
  update.row = 3;
  update.version = 100;
  update.time = 1'795'000'000'900;
  update.author = 1;
  update.fields = {{field(model::kProducts, "title"), std::string("Kaffeekanne, groß")},
                   {field(model::kProducts, "image_url"), model::Value{}},
                   {field(model::kProducts, "inventory"), std::int64_t{-4}}};
  sync::RowDelta insert;
  insert.kind = sync::ChangeKind::insert;
  insert.id = RecordId{0x1234'5678'9ABC'DEF8};
  insert.row = 12;
  insert.version = 97;
  insert.time = 1'795'000'000'500;
  insert.author = 2;
  insert.fields = {{field(model::kProducts, "title"), std::string("Mug")},
                   {field(model::kProducts, "status"), std::string("Active")}};
  delta.rows = {removal, update, insert};
  return delta;
}

inline model::Digest digest() {
  model::Digest digest;
  digest.records = 0x0102'0304'0506'0708;
  for (std::uint64_t i = 0; i < 13; ++i)
    digest.fields.push_back(i * 0x0101'0101'0101'0101);
  return digest;
}

inline sync::Mutation mutation() {
  sync::Mutation mutation;
  mutation.id = uuid(0x10);
  mutation.base_sequence = 77;
  mutation.mode = sync::Mode::all;
  sync::Op set;
  set.collection = model::kProducts;
  set.record = RecordId{99};
  set.field = field(model::kProducts, "title");
  set.from = sync::FromValue::seen(std::string("Mug"));
  set.to = std::string("Blue mug");
  sync::Op add;
  add.kind = sync::OpKind::add;
  add.collection = model::kProducts;
  add.record = RecordId{99};
  add.field = field(model::kProducts, "inventory");
  add.amount = -5;
  add.min = 0;
  mutation.ops = {set, add};
  return mutation;
}

inline sync::MutationResult result() {
  sync::MutationResult result;
  result.id = uuid(0x10);
  result.epoch = 0xABCDEF;
  result.sequence = 78;
  result.ops.resize(2);
  result.ops[1].status = sync::OpStatus::refused;
  result.ops[1].code = ErrorCode::below_minimum;
  result.ops[1].field = "inventory";
  return result;
}

inline std::vector<std::pair<std::string, UpMessage>> up_messages() {
  Hello hello;
  hello.user = "u-1";
  hello.client = uuid(1);
  hello.generation = 4;
  hello.ticket = "ticket";
  hello.store = "gifts";
  hello.collections = {model::kStoreInfo, model::kProducts};
  hello.cursors = {{model::kProducts, 0xABCDEF, 17, 812}};
  hello.head = 815;
  hello.head_hash = 0x1122334455667788;
  hello.unanswered = {uuid(0x10)};
  Hello resuming = hello;
  resuming.abilities = kReadsLive;
  resuming.resumes = {{model::kProducts, 0xABCDEF, 800, 3}};
  Subscribe subscribe;
  subscribe.subscription = 5;
  subscribe.collection = model::kProducts;
  subscribe.filter.conditions = {
      {field(model::kProducts, "status"), view::Comparison::equal, std::string("Active")}};
  subscribe.filter.query = "mug";
  subscribe.sort = {static_cast<int>(field(model::kProducts, "price")), true};
  subscribe.page = 2;
  subscribe.page_size = 25;
  Subscribe one;
  one.subscription = 6;
  one.collection = model::kProducts;
  one.filter.conditions = {{view::kRecordId, view::Comparison::equal, std::int64_t{99}}};
  one.page_size = 1;
  one.known = 0x1122334455667788;
  return {
      {"hello", hello},
      {"mutate", Mutate{{mutation()}}},
      {"subscribe", subscribe},
      {"subscribe_known", one},
      {"unsubscribe", Unsubscribe{5}},
      {"credentials", Credentials{"ticket"}},
      {"ping", Ping{300}},
      {"hello_resuming", resuming},
      {"ranges", Ranges{model::kProducts, 17, 815, {{0, 7}, {1, 0x1122334455667788}, {104, 9}}}}};
}

inline std::vector<std::pair<std::string, DownMessage>> down_messages() {
  Welcome welcome;
  welcome.epoch = 0xABCDEF;
  welcome.head = 815;
  welcome.head_hash = 0x1122334455667788;
  welcome.now = 1'795'000'000'000;
  welcome.user = "u-1";
  welcome.user_name = "Ada";
  welcome.role = model::Role::editor;
  welcome.store = "gifts";
  welcome.view = 17;
  welcome.expires_in_s = 3600;
  welcome.authors = {{1, "u-1", "Ada"}, {2, "", "import"}};
  welcome.answers = {{uuid(0x10), true, result()}, {uuid(0x20), false, {}}};
  Part part;
  part.collection = model::kProducts;
  part.index = 1;
  part.rows = {product(1, "Mug", 95'000), product(2, "Kanne", -1), product(5, "", 0)};
  Page page;
  page.subscription = 5;
  page.collection = model::kProducts;
  page.total = 26'688;
  page.page = 3;
  page.sequence = 815;
  page.hash = 42;
  page.order = {RecordId{5}, RecordId{4}};
  page.entered = {product(4, "Cup", 1)};
  Page changed = page;  // the order stayed
  changed.order.clear();
  model::Digest placed = digest();
  placed.places = 0x1718'191A'1B1C'1D1E;
  Repair repair;
  repair.collection = model::kProducts;
  repair.view = 17;
  repair.target = 815;
  repair.more = true;
  repair.blocks = {0, 3};
  repair.digest = placed;
  repair.rows = {product(2, "Kanne", -1), product(800, "Mug", 95'000)};
  return {{"begin_resumed", Begin{model::kProducts, 17, 800, 26'688, 7, 3}},
          {"end_placed", End{model::kProducts, 815, placed}},
          {"check_placed", Check{{{model::kProducts, 815, placed}}}},
          {"repair", repair},
          {"live", Live{model::kProducts, 17, 815, Bytes("\x06\xFF\x00\x81", 4)}},
          {"welcome", welcome},
          {"begin", Begin{model::kProducts, 17, 800, 26'688, 7, 0}},
          {"part", part},
          {"end", End{model::kProducts, 815, digest()}},
          {"cancel", Cancel{model::kProducts, ErrorCode::forbidden}},
          {"change_one", Change{812'347, {}, {price_change()}}},
          {"change_mixed", Change{103, {{2, "u-2", "Grace"}}, {mixed_changes()}}},
          {"receipt", Receipt{{result()}}},
          {"notice", Notice{ErrorCode::rate_limited, "Slow down.", 1'500}},
          {"keepalive", Keepalive{815, 7, 60}},
          {"check", Check{{{model::kProducts, 815, digest()}}}},
          {"notice_refused", Notice{ErrorCode::unknown_field, "", 0, 6}},
          {"page", page},
          {"page_changed", changed},
          {"pong", Pong{300}}};
}

}  // namespace syncstore::wire::samples
