// How a link comes to follow a store: access, older tabs of the same client, answers to what the
// client does not know, and whether its cursors are of this log.
#include <algorithm>

#include "core/base/limits.hpp"
#include "core/wire/frame_codec.hpp"
#include "server/engine/hub.hpp"
#include "server/engine/link_feed.hpp"

namespace syncstore::engine {

struct LinkFeed::Opening {
  session::StoreRequest request;
  std::function<void(Result<session::StoreFacts>)> done;
  std::vector<ports::StoredReceipt> older;  // receipts that only storage remembers
  bool same_log = true;                     // the client's cursors are of this log
  std::uint64_t number = 0;
};

namespace {

// A program that names a data type which it may not read is told so: silence would look like an
// empty one. (The binary client asks for all and takes what its role allows.)
Error unreadable(const std::vector<std::uint16_t>& collections, model::Role role) {
  for (const std::uint16_t number : collections) {
    const model::CollectionDef* collection = model::find_collection(number);
    if (collection != nullptr && role < collection->read) {
      return fail(ErrorCode::forbidden,
                  "Your role may not read " + std::string(collection->name) + ".",
                  "data.dataTypes");
    }
  }
  return fail(ErrorCode::none);
}

// Changes carry no hash, so that a cursor may be newer than the last pair which the client heard.
bool is_ahead(const session::StoreRequest& request, const StoreState& state) {
  return request.head > state.sequence() ||
         std::any_of(request.cursors.begin(), request.cursors.end(), [&](const auto& cursor) {
           return cursor.epoch == state.epoch() && cursor.sequence > state.sequence();
         });
}

}  // namespace

void LinkFeed::open_store(session::StoreRequest request,
                          std::function<void(Result<session::StoreFacts>)> done) {
  leave_store();
  if (hub_.shutting_down_ || hub_.identities_ == nullptr)
    return done(fail(ErrorCode::unavailable));
  const model::Role role = hub_.identities_->role_of(request.user.user, request.store);
  if (!hub_.stores_.exists(request.store) || request.store == kInstallationStore) {
    return done(fail(ErrorCode::unknown_store));
  }
  if (role == model::Role::none)
    return done(fail(ErrorCode::forbidden_store));
  if (!request.client.is_nil() && !hub_.take_lead(*this, request)) {
    return done(fail(ErrorCode::wrong_state, "A newer tab of this browser holds the connection."));
  }
  client_ = request.client;
  generation_ = request.generation;
  store_ = request.store;
  hub_.stores_.pin(store_);
  auto opening = std::make_shared<Opening>();
  opening->request = std::move(request);
  opening->done = std::move(done);
  opening->number = ++opening_number_;
  settle_opening(std::move(opening));
}

// What the client's older links had in flight must be known before its questions are answered.
void LinkFeed::settle_opening(std::shared_ptr<Opening> opening) {
  hub_.stores_.with_store(
      store_, [this, weak = weak_from_this(), opening](Result<StoreState*> state) {
        const auto self = weak.lock();
        if (self == nullptr || closed_ || opening->number != opening_number_)
          return;
        if (!state.ok()) {
          leave_store();
          return opening->done(fail(ErrorCode::unavailable, state.error().detail));
        }
        hub_.committer_.when_settled(store_, [this, weak, opening] {
          const auto still = weak.lock();
          if (still != nullptr && !closed_ && opening->number == opening_number_)
            look_up(opening);
        });
      });
}

void LinkFeed::look_up(std::shared_ptr<Opening> opening) {
  StoreState* state = hub_.stores_.loaded(store_);
  if (state == nullptr)
    return settle_opening(std::move(opening));
  const session::StoreRequest& request = opening->request;
  if (is_ahead(request, *state))
    return renew_epoch(opening);
  const auto then = [this, weak = weak_from_this(), opening](Stores::Lookup found) {
    const auto self = weak.lock();
    if (self == nullptr || closed_ || opening->number != opening_number_)
      return;
    opening->older = std::move(found.receipts);
    if (opening->request.head != 0 && found.hash != opening->request.head_hash)
      opening->same_log = false;
    finish_opening(opening);
  };
  std::vector<MutationId> ids;
  if (!state->all_receipts()) {
    for (const MutationId& id : request.unanswered) {
      if (state->receipt(id) == nullptr)
        ids.push_back(id);
    }
  }
  hub_.stores_.look_up(store_, request.head, std::move(ids), then);
}

// The client has heard of more than this log holds: the directory is a copy or was rolled back.
// Everybody must be able to tell.
void LinkFeed::renew_epoch(const std::shared_ptr<Opening>& opening) {
  opening->same_log = false;
  const StoreState* state = hub_.stores_.loaded(store_);
  const bool ours = std::any_of(
      opening->request.cursors.begin(), opening->request.cursors.end(),
      [&](const wire::Cursor& cursor) { return cursor.epoch == state->epoch(); });
  if (!ours || !hub_.may_renew_epoch(store_))
    return finish_opening(opening);
  hub_.stores_.renew_epoch(store_, [this, weak = weak_from_this(), opening](Status status) {
    const auto self = weak.lock();
    if (self == nullptr)
      return;
    hub_.close_links_of(store_, this, session::kCloseNormal, "the log has a new epoch");
    if (closed_ || opening->number != opening_number_)
      return;
    if (!status.ok()) {
      leave_store();
      return opening->done(fail(ErrorCode::unavailable));
    }
    finish_opening(opening);
  });
}

void LinkFeed::finish_opening(const std::shared_ptr<Opening>& opening) {
  StoreState* state = hub_.stores_.loaded(store_);
  if (state == nullptr)
    return settle_opening(opening);
  session::StoreRequest& request = opening->request;
  const model::Role role = hub_.identities_->role_of(request.user.user, store_);
  Error refusal{ErrorCode::none, {}, {}};
  if (role == model::Role::none)
    refusal.code = ErrorCode::forbidden_store;
  // An admin must be able to come in and activate the store again.
  if (!state->is_active() && role < model::Role::admin)
    refusal.code = ErrorCode::inactive_store;
  if (refusal.code == ErrorCode::none && json_ != nullptr)
    refusal = unreadable(request.collections, role);
  if (refusal.code != ErrorCode::none) {
    leave_store();
    return opening->done(refusal);
  }
  role_ = role;
  fresh_ = !opening->same_log;
  if (fresh_) {
    request.cursors.clear();
    request.resumes.clear();
  }
  if (request.collections.empty()) {
    for (const model::CollectionDef& collection : model::collections()) {
      request.collections.push_back(collection.number);
    }
  }
  auto& wanted = request.collections;
  wanted.erase(std::remove_if(wanted.begin(), wanted.end(),
                              [&](std::uint16_t number) {
                                const model::CollectionDef* collection =
                                    model::find_collection(number);
                                return collection == nullptr || role < collection->read;
                              }),
               wanted.end());

  session::StoreFacts facts;
  facts.epoch = state->epoch();
  facts.head = state->sequence();
  facts.head_hash = state->head_hash();
  facts.role = role;
  for (const ports::StoredAuthor& author : state->authors()) {
    facts.authors.push_back({author.number, author.user, author.name});
  }
  authors_known_ = state->authors().size();
  for (const MutationId& id : request.unanswered) {
    wire::Answer answer;
    answer.id = id;
    const ports::StoredReceipt* receipt = state->receipt(id);
    if (receipt == nullptr) {
      const auto older = std::find_if(opening->older.begin(), opening->older.end(),
                                      [&](const auto& stored) { return stored.result.id == id; });
      if (older != opening->older.end())
        receipt = &*older;
    }
    answer.known = receipt != nullptr;
    if (receipt != nullptr)
      answer.result = receipt->result;
    facts.answers.push_back(std::move(answer));
  }
  facts.mode = json_mode(*state, request.since);
  facts.store_info = state->info();
  facts.dashboard = state->find(model::kDashboard,
                                model::singleton_id(*model::find_collection(model::kDashboard)));
  request_ = std::move(request);
  opening->done(std::move(facts));
}

wire::CatchUp LinkFeed::json_mode(const StoreState& state,
                                  const std::optional<wire::JsonSince>& since) {
  if (!since || since->epoch != state.epoch() || since->sequence > state.sequence()) {
    return wire::CatchUp::snapshot;
  }
  if (state.tail_reaches(since->sequence))
    return wire::CatchUp::tail;
  // Rows do not remember every sequence that touched their collection, and the reader checks that
  // nothing is missing: from the beginning rows are exact, from elsewhere (or below the floor of
  // the removals) only a snapshot is.
  return since->sequence == 0 ? wire::CatchUp::rows : wire::CatchUp::snapshot;
}

void LinkFeed::follow() {
  StoreState* state = hub_.stores_.loaded(store_);
  if (state == nullptr || !request_ || closed_)
    return;
  following_ = true;
  followed_.clear();
  snapshots_.clear();
  bulk_.clear();
  head_told_ = 0;
  StoreFeed& feed = hub_.feed(*state);
  feed.join(this);
  if (json_ != nullptr) {
    begin_json(*state);
  } else {
    begin_binary(*state);
  }
  request_.reset();
  pump();
  if (hub_.committer_.read_only().on())
    tell_read_only(true);
}

void LinkFeed::begin_binary(const StoreState& state) {
  abilities_ = request_->abilities;
  for (std::uint16_t number : request_->collections) {
    Followed followed;
    followed.collection = number;
    for (const wire::Resume& resume : request_->resumes) {
      if (resume.collection == number && resume.epoch == state.epoch() && resume.next_part > 0)
        followed.resume = resume;
    }
    bool known = false;
    for (const wire::Cursor& cursor : request_->cursors) {
      if (cursor.collection != number || cursor.epoch != state.epoch())
        continue;
      if (cursor.view != wire::view_number(number, role_))
        continue;
      if (cursor.sequence > state.table(number).last_sequence())
        continue;
      known = verify_ = true;
      followed.cursor = cursor.sequence;
    }
    if (is_paged(number, hub_.feed(state))) {
      followed.paged = true;
      followed.resume.reset();
      tell_paged(number);
    } else if (!known) {
      // Who comes back without a place here may have shown more than a kept snapshot has.
      if (request_->head != 0)
        followed.cursor = state.table(number).last_sequence();
      take_snapshot(state, followed);
    }
    followed_.push_back(followed);
  }
  behind_ = announce_ = true;
}

void LinkFeed::begin_json(const StoreState& state) {
  const bool snapshot = json_mode(state, request_->since) == wire::CatchUp::snapshot;
  for (std::uint16_t number : request_->collections) {
    Followed followed;
    followed.collection = number;
    followed.cursor = snapshot ? 0 : request_->since->sequence;
    followed_.push_back(followed);
  }
  behind_ = false;
  if (!snapshot)
    return queue_json_catch_up(state, true);
  StoreFeed& feed = hub_.feed(state);
  for (Followed& followed : followed_) {
    const auto set = feed.json_snapshot(state, followed.collection);
    bulk_.insert(bulk_.end(), set->messages.begin(), set->messages.end());
    followed.cursor = set->sequence;
  }
  if (followed_.empty())
    return;
  // The shared messages all say "more"; this one ends the bulk.
  wire::DataHead head;
  head.store = state.id();
  head.epoch = state.epoch();
  head.bulk = true;
  head.now = now();
  sync::Delta nothing;
  nothing.collection = followed_.back().collection;
  nothing.base = nothing.target = followed_.back().cursor;
  head.total = state.table(nothing.collection).size();
  bulk_.push_back(std::make_shared<const std::string>(wire::render_delta(head, nothing)));
}

void LinkFeed::leave_store() {
  ++opening_number_;
  request_.reset();
  if (store_.empty())
    return;
  close_pages(std::nullopt);
  const StoreId left = std::exchange(store_, {});
  if (std::exchange(following_, false))
    hub_.leave_feed(left, this);
  // Unmerged mutations of this link are forgotten: the client asks for their fate and sends them
  // again.
  hub_.committer_.drop_lane(left, number_);
  hub_.stores_.unpin(left);
  followed_.clear();
  snapshots_.clear();
  bulk_.clear();
  behind_ = announce_ = verify_ = false;
}

// The store, when this reader may read the collection; nullptr while it is not loaded.
Result<StoreState*> LinkFeed::readable(std::uint16_t collection) {
  const model::CollectionDef* known = model::find_collection(collection);
  if (known == nullptr)
    return fail(ErrorCode::unknown_collection);
  if (role_ < known->read)
    return fail(ErrorCode::forbidden);
  return hub_.stores_.loaded(store_);
}

// The peer does not trust what it has.
void LinkFeed::count_difference(std::uint16_t collection) {
  ++hub_.counters_.resyncs;
  if (hub_.resync_listener_)
    hub_.resync_listener_(store_, model::find_collection(collection)->name, user().user);
}

Status LinkFeed::subscribe(const wire::Subscribe& subscribe) {
  if (subscribe.page_size != 0)
    return open_page(subscribe);
  SS_ASSIGN_OR_RETURN(StoreState * state, readable(subscribe.collection));
  if (state == nullptr)
    return {};
  if (find(subscribe.collection) == nullptr) {
    followed_.push_back({.collection = subscribe.collection});
  } else if (find(subscribe.collection)->paged) {
    tell_paged(subscribe.collection);
    return {};
  } else {
    count_difference(subscribe.collection);
  }
  Followed& followed = *find(subscribe.collection);
  followed.resume.reset();  // from the beginning
  take_snapshot(*state, followed);
  pump();
  return {};
}

Status LinkFeed::compare(const wire::Ranges& ranges) {
  SS_ASSIGN_OR_RETURN(StoreState * state, readable(ranges.collection));
  Followed* followed = find(ranges.collection);
  if (state == nullptr || followed == nullptr || !followed->live || followed->paged)
    return {};  // a snapshot is on its way
  count_difference(ranges.collection);
  const bool in_time = compared_at_ == 0 || now() - compared_at_ >= limits::kRepairEveryMs;
  std::shared_ptr<const SnapshotSet> repair;
  if (in_time && ranges.view == wire::view_number(ranges.collection, role_)) {
    compared_at_ = now();
    repair = hub_.feed(*state).repair(*state, ranges, role_);
  }
  if (repair == nullptr) {
    take_snapshot(*state, *followed);
  } else {
    ++hub_.counters_.repairs;
    hub_.counters_.repaired_rows += repair->rows;
    queue_snapshot(*followed, std::move(repair));
  }
  pump();
  return {};
}

}  // namespace syncstore::engine
