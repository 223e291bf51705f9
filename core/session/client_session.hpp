// ClientSession: one store in one browser. Owns the replica, the queue of edits and the live pages,
// and decides when to connect, what to send and what to store. Sans-I/O: the platform calls one
// event at a time with its clock and then takes the effects; every event leaves the screens told,
// the queue's writes asked for and the one timer set. Single-threaded.
//
// Promises it keeps towards edits: durable before "waiting to send" is said; durably marked as sent
// before the first byte leaves; out of the overlay in the event in which the base reaches the
// receipt's sequence; erased only when the stored base has reached it.
//
// A collection in page mode (too large for a browser, by the server's word; or a large first
// snapshot that is still loading) has a base of single records, each as last told: what screens saw
// through subscriptions, at most kPagedRows, those longest unseen go first. An answered edit leaves
// the overlay when the head or the record itself has reached it. If the record known here is older
// by then, the edit becomes part of it, in the base and in what is stored: nothing shown or stored
// goes back behind what was acknowledged, and the server's row replaces it when it comes.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/session/backoff.hpp"
#include "core/session/client_effects.hpp"
#include "core/session/connection_table.hpp"
#include "core/session/frame_cache.hpp"
#include "core/session/live_pages.hpp"
#include "core/session/page_subscriptions.hpp"
#include "core/session/queue_windows.hpp"
#include "core/session/row_writer.hpp"
#include "core/wire/messages.hpp"

namespace syncstore::session {

struct ClientConfig {
  StoreId store;
  std::string user;  // whose data this browser holds
  ClientId client;
  std::uint64_t generation = 0;  // of the leading tab
  std::uint64_t seed = 0;        // 64 random bits
};

class ClientSession {
 public:
  explicit ClientSession(ClientConfig config);
  ClientSession(const ClientSession&) = delete;
  ClientSession& operator=(const ClientSession&) = delete;

  // --- before start: what storage had
  // ----------------------------------------------------------------------------- Stored frames in
  // their order, in pieces cut anywhere; what cannot be read is dropped with all that follows.
  void restore_cache(std::string_view piece);
  bool restore_entry(std::string_view bytes);  // false: damaged, nothing restored
  void restore_kept(std::string_view bytes);

  // --- events ---
  void start(TimeMs now);
  void stop(TimeMs now);
  void ticket(std::string ticket, TimeMs now);
  void ticket_failed(int http_status, TimeMs now);  // 0 = no answer
  void socket_opened(TimeMs now);
  void socket_message(std::string_view frame, TimeMs now);
  void socket_closed(std::uint16_t code, TimeMs now);
  void exchange_answered(std::string_view frames, TimeMs now);
  void exchange_failed(int http_status, TimeMs now);
  void timer(TimeMs now);
  void network_hint(bool online, TimeMs now);
  void queue_written(std::uint64_t write, TimeMs now);
  // Nothing of it is stored. What can leave at once still does; what cannot is given back to who
  // made it (`rejected`), because nobody could keep it.
  // It is tried again a minute later, and as soon as something else finds room.
  void queue_failed(std::uint64_t write, TimeMs now);
  void cache_written(std::uint64_t write, bool ok, TimeMs now);

  // --- commands of people ---
  // `inverse`: JSON array of operations that undo it, given back with `queued`. Shown at once.
  // Errors: queue_full, invalid.
  Status edit(sync::Mutation mutation, std::string inverse, TimeMs now);
  void reject(const std::string& mutation, const Error& error);  // tells that an edit was not taken
  Status discard(std::uint64_t entry, TimeMs now);
  // The entry's own operations again, or others in their place.
  Status send_again(std::uint64_t entry, std::vector<sync::Op> ops, TimeMs now);
  // A list of entries of one state from this place on. Error: queue_full.
  Status open_queue(std::uint64_t window, sync::EntryState state, std::size_t from,
                    std::size_t size, TimeMs now);
  void close_queue(std::uint64_t window, TimeMs now);
  // Every unanswered and refused entry, piece by piece: those after this number.
  void read_queue(std::uint64_t request, std::uint64_t after, TimeMs now);
  void retry_now(TimeMs now);
  void signed_in(TimeMs now);
  void refresh(TimeMs now);  // every collection anew from the server
  Status open_page(std::uint64_t page, PageSpec spec, TimeMs now);
  void close_page(std::uint64_t page, TimeMs now);
  void release_page(std::uint64_t page, TimeMs now);
  void watch(std::uint64_t watch, RowKey key, TimeMs now);
  void unwatch(std::uint64_t watch, TimeMs now);

  // --- what comes out ---
  std::vector<Effect> take_effects();
  const sync::Replica& replica() const { return replica_; }
  const sync::OfflineQueue& queue() const { return queue_; }
  ConnectionState state() const { return state_; }
  Epoch epoch() const { return epoch_; }
  Sequence cursor(std::uint16_t collection) const;  // 0 = no base
  // Whether it is told page by page: its base is what is known of it.
  bool is_paged(std::uint16_t collection) const { return pages_.is_paged(collection); }
  // Whether every collection that this user reads has a base of the current epoch.
  bool caught_up() const;
  std::uint32_t resyncs() const { return resyncs_; }  // differences that were found
  std::uint32_t repairs() const { return repairs_; }  // of them mended by what differed
  std::uint64_t repaired_rows() const { return repaired_rows_; }
  std::uint64_t skipped_frames() const { return skipped_frames_; }
  IdSource& ids() { return ids_; }

 private:
  enum class Attempt : std::uint8_t { none, ticket, socket, hello };

  // One collection's place in the log.
  struct Place {
    bool valid = false;  // base is the state at `cursor`
    wire::Cursor cursor;
    Sequence reached =
        0;  // every sequence up to here is in the base, also those that did not touch it
    TimeMs resync_at = 0;   // last time that it was found to differ and something was asked for
    bool doubted = false;   // differs from the server's
    bool compared = false;  // what differs was asked for; if it still does, all of it
    std::vector<wire::Repair> repair;  // its frames so far
    std::optional<wire::Live> live;    // what lives, for the change that follows
    struct Incoming {
      wire::Begin begin;
      std::uint32_t next_part = 0;
      std::uint64_t rows = 0;  // so far
      std::vector<sync::Delta> waiting;
      std::optional<wire::End> end;  // it came, and the changes behind it are waited for
    };
    std::optional<Incoming> incoming;
    std::optional<Incoming> paused;  // its link broke: goes on where it was, or begins anew
    bool paged = false;              // base of single records, pages are the server's
    bool preview = false;            // until its first snapshot is whole
    // When each known record was last on a screen, in sightings.
    std::unordered_map<RecordId, std::uint32_t, RecordIdHash> seen;
    bool is_based() const { return (valid || (paged && !preview)) && !incoming; }
  };
  struct Author {  // of an edit in this tab's life: who waits for its answer
    std::string inverse;
    TimeMs made_at = 0;
    bool told_queued = false;
  };
  struct HeldSend {  // leaves when its write is durable
    std::uint64_t write = 0;
    std::uint64_t link = 0;
    Bytes frame;
    std::vector<MutationId> mutations;
  };

  // client_link.cpp
  void step(ConnectionEvent event, TimeMs now);
  void begin_attempt(TimeMs now);
  void begin_exchange(TimeMs now);
  void launch_exchange();
  void drop_link(std::uint16_t close_code);
  wire::Hello make_hello() const;
  void arrange_timer(TimeMs now);
  void on_socket_frame(std::string_view frame, TimeMs now);
  void on_welcome(const wire::Welcome& welcome, TimeMs now);
  void take_welcome(const wire::Welcome& welcome, TimeMs now);
  void on_notice(const wire::Notice& notice, TimeMs now);
  void hold_edits(TimeMs until);
  void on_keepalive(const wire::Keepalive& keepalive, TimeMs now);
  void renew_at(std::uint32_t expires_in_s, TimeMs now);
  void link_failed(TimeMs now);

  // client_data.cpp, client_repair.cpp
  // Frames from socket or exchange that carry data. False: not a data frame.
  bool receive(std::string_view frame, wire::DownMessage& message, TimeMs now);
  // Of these, what the base is made of, from there or from storage.
  bool take_data(wire::DownMessage& message, TimeMs now);
  void on_shown_changed(std::uint16_t collection, RecordId id, const model::Record* before,
                        const model::Record* after);
  void cache_welcome(TimeMs now);
  bool restore_frame(std::string_view frame);
  void pause_incoming();  // the link is gone
  void pause_snapshot(std::uint16_t collection, Place& place);
  void drop_snapshot(std::uint16_t collection, Place& place);
  void give_up_snapshot(std::uint16_t collection, Place& place);
  void on_begin(const wire::Begin& begin, TimeMs now);
  void on_part(wire::Part part, TimeMs now);
  void on_end(const wire::End& end, TimeMs now);
  void take_in(Place& place, const wire::End& end, TimeMs now);
  bool has_shown_after(const Place& place, const wire::End& end) const;
  void on_cancel(const wire::Cancel& cancel);
  void on_change(const wire::Change& change, TimeMs now);
  void on_check(const wire::Check& check, TimeMs now);
  void on_repair(wire::Repair repair, TimeMs now);
  void on_live(wire::Live live);
  void drop_dead_rows(Place& place);
  void trust(std::uint16_t collection, Place& place);
  bool is_doubted() const;
  void apply_section(Place& place, const sync::Delta& section, TimeMs now);
  void note_changes(const sync::Delta& section);
  void resync(std::uint16_t collection, TimeMs now);
  void change_epoch(Epoch epoch);
  void keep_records();
  void advance(Sequence head);
  void compact();
  Sequence stored_through() const;

  // client_pages.cpp
  void begin_pages(std::uint16_t collection);
  void leave_pages(std::uint16_t collection, Place& place);
  void preview(Place& place);
  void on_page(wire::Page page, TimeMs now);
  void note_rows(const PageSubscriptions::Subscription& subscription, const wire::Page& page);
  void take_order(PageSubscriptions::Subscription& subscription, wire::Page& page);
  void restore_known(wire::Page page);
  void fold(const sync::QueueEntry& entry);
  void see(std::uint16_t collection, RecordId id) { places_[collection].seen[id] = ++sightings_; }
  void keep_known_bounded(std::uint16_t collection);
  std::uint32_t last_seen(std::uint16_t collection, RecordId id) const;
  // Of all known records, ascending.
  std::vector<std::uint64_t> sightings_of(std::uint16_t collection) const;
  // Storage: these records are known like this now; those of `ids` that are not known are gone.
  void store_known(std::uint16_t collection, const std::vector<RecordId>& ids, bool snapshot);
  void compact_known(std::uint16_t collection);
  void refuse_page(const wire::Notice& notice);
  void ask_pages(TimeMs now);
  TimeMs known_as_of() const;

  // client_edits.cpp
  void follow_queue();  // overlay and rows follow what changed in the queue
  bool is_reached(const sync::QueueEntry& entry) const;
  void leave_overlay();
  void store_again(TimeMs now);
  void take_missed_along();
  std::uint64_t write_queue();  // number of the write, 0 = nothing to write
  void written(std::uint64_t write, bool ok, TimeMs now);
  void give_back();  // edits that neither storage nor a connection takes
  void send_waiting(TimeMs now);
  void take_answer(const sync::MutationResult& result, TimeMs now);
  void tell_queued(std::uint64_t number);
  void tell_answered(const sync::QueueEntry& entry, const sync::MutationResult& result, TimeMs now);
  void mark_saved(const sync::QueueEntry& entry, const sync::MutationResult& result, TimeMs now);

  // client_status.cpp
  void finish(TimeMs now);  // ends every event
  void tell_status(TimeMs now);
  void tell_queue(TimeMs now);

  void emit(EffectKind kind, std::uint64_t number = 0, std::string text = {}, Bytes bytes = {});
  bool is_live() const { return state_ == ConnectionState::connected; }

  ClientConfig config_;
  IdSource ids_;
  sync::Replica replica_;
  sync::OfflineQueue queue_;
  std::map<RowKey, model::Record> kept_;
  EntryWriter entry_writer_;
  RowWriter writer_;
  PageSubscriptions subscriptions_;
  QueueWindows windows_;
  LivePages pages_;
  FrameCache cache_;
  std::vector<Effect> effects_;

  // link
  ConnectionState state_ = ConnectionState::idle;
  Attempt attempt_ = Attempt::none;
  Backoff backoff_;
  std::uint64_t link_ = 0;  // counts sockets: late sends of an older one are dropped
  bool exchange_running_ = false;
  std::uint64_t exchange_after_ = 0;  // write that has to be durable first
  bool renewing_ = false;
  bool hinted_offline_ = false;
  std::string ticket_;
  TimeMs retry_at_ = 0, poll_at_ = 0, attempt_until_ = 0, heard_at_ = 0, pinged_at_ = 0,
         renew_at_ = 0;
  TimeMs send_again_at_ = 0;  // the server's disk is full: edits stay here until then
  TimeMs told_timer_ = 0;

  // data
  Epoch epoch_ = 0;
  bool epoch_heard_ = false;  // from the server, in this tab's life
  Sequence head_ =
      0;  // last pair of sequence and log hash heard; changes carry no hash and leave it alone
  std::uint64_t head_hash_ = 0;
  model::Role role_ = model::Role::none;
  std::string user_name_;
  std::map<std::uint16_t, Place> places_;
  std::set<Sequence> own_sequences_;
  std::set<std::uint16_t> to_resync_;
  std::uint32_t sightings_ = 0;
  bool pages_unknown_ = false;  // to this server
  bool ask_pages_ = false;      // an answer or a doubt: something more may be asked for
  TimeMs in_step_at_ = 0;       // the last event of a live connection
  bool compaction_wanted_ = false;
  std::string cached_facts_;  // what the last stored welcome said
  bool restoring_ = false;
  bool cache_damaged_ = false;
  Bytes restore_rest_;  // a frame that the next piece completes

  // edits
  std::map<MutationId, Author> waiting_for_answer_;
  std::map<std::uint64_t, std::vector<RowKey>> rows_of_entries_;
  std::set<std::uint64_t> acked_shown_;  // acked entries whose ops are still in the overlay
  std::map<std::uint64_t, std::vector<std::uint64_t>> writes_;  // write -> entries
  std::set<std::uint64_t> stored_as_sent_;
  std::set<std::uint64_t> unstored_;  // taken over a live connection, not by storage
  std::map<std::uint64_t, std::vector<std::uint64_t>> erases_;  // write -> entries
  std::set<std::uint64_t> in_storage_;  // entries that storage has, in whatever form
  // What it has otherwise than the queue because a write found no room: all of it is in the queue,
  // or in storage.
  std::set<std::uint64_t> missed_writes_, missed_erases_;
  std::uint64_t made_up_by_ = 0;  // the last write that took along what was missed
  TimeMs store_again_at_ = 0;     // 0 = nothing was missed
  std::deque<HeldSend> held_sends_;
  std::uint64_t next_write_ = 1;

  // status
  TimeMs offline_since_ = 0, last_change_at_ = 0, as_of_ = 0;
  bool from_cache_ = false;
  std::vector<std::int64_t> samples_;
  std::size_t next_sample_ = 0;
  std::uint64_t saves_ = 0;
  std::uint32_t resyncs_ = 0;
  std::uint32_t repairs_ = 0;
  std::uint64_t repaired_rows_ = 0;
  std::uint64_t skipped_frames_ = 0;
  std::optional<Error> last_error_;
  // What the last status said: its numbers, and the sentence of the last error.
  std::array<std::int64_t, 16> told_status_{-1};
  std::string told_error_;
  bool queue_changed_ = true;  // since the windows were told
  struct Pace {                // a few at once, then kQueueTellMs apart
    TimeMs since = 0;
    int told = 0;
  };
  bool may_tell(Pace& pace, TimeMs now);
  Pace status_pace_, queue_pace_;
  TimeMs tell_at_ = 0;  // what has to wait
  bool marks_live_ = false;
};

}  // namespace syncstore::session
