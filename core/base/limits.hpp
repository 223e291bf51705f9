// Every bound of the system, each with its reason. Bytes unless the name says otherwise.
#pragma once

#include <cstddef>
#include <cstdint>

namespace syncstore::limits {

// --- input from the network ----------------------------------------------------------------------
// one socket message or HTTP body: far above 512 mutations of forms
inline constexpr std::size_t kMessageBytes = 1'048'576;
inline constexpr std::size_t kMessageBytesBeforeAuth = 4'096;  // nobody unknown makes us hold more
// a file of a million products with HTML bodies
inline constexpr std::size_t kImportBytes = 1'073'741'824;
// writers and copies recurse; WebAssembly stacks are small
inline constexpr std::size_t kJsonDepth = 64;
inline constexpr std::size_t kJsonItems = 10'000;             // items in one array of a request
// decompressed delta: 10,000 rows of 800 bytes
inline constexpr std::size_t kFrameOutputBytes = 8 * 1'048'576;
inline constexpr std::size_t kPartOutputBytes = 4 * 1'048'576;       // decompressed snapshot part
inline constexpr std::size_t kHttpHeaderBytes = 16'384;
inline constexpr std::size_t kHttpHeaderLines = 100;          // browsers send about 20
inline constexpr std::size_t kHttpTargetBytes = 4'096;
// whole header, so dripping bytes do not hold a connection
inline constexpr int kHttpHeaderSeconds = 10;
inline constexpr int kHttpBodyBytesPerSecondMin = 1'024;
inline constexpr int kHttpKeepAliveSeconds = 60;
inline constexpr std::size_t kHttpRequestsPerConnection = 1'000;
// idle browsers of a large office and as many again; fewer when the process has fewer descriptors
inline constexpr std::size_t kConnections = 16'384;
inline constexpr std::size_t kConnectionsPerAddress = 256;    // an office behind one address

// --- mutations -----------------------------------------------------------------------------------
inline constexpr std::size_t kOpsPerMutation = 256;           // a record with all its children
inline constexpr std::size_t kMutationsPerMessage = 512;      // one commit batch
// 512 unanswered ids and the cursors, before anything is known of the sender
inline constexpr std::size_t kHelloBytes = 16'384;
// what a browser sends before it waits for receipts
inline constexpr std::size_t kMutateBytes = 65'536;
// per link; above it the server stops reading that link
inline constexpr std::size_t kUnansweredMutations = 512;
inline constexpr std::size_t kUnansweredBytes = 262'144;
// longer `from` values travel as XXH64
inline constexpr std::size_t kFromHashThreshold = 32;
// one transaction: bounds the wait behind it
inline constexpr std::size_t kCommitBatchMutations = 512;
// interactive edits must not wait behind bulk merging
inline constexpr int kCommitBatchMergeMs = 5;
// waiting mutations of one store; above it `queue_full`
inline constexpr std::size_t kSubmissionsPerStore = 8'192;
// per store; older ones are looked up in storage
inline constexpr std::size_t kReceiptsInMemory = 200'000;
// values of one batch: its frame stays far below kFrameOutputBytes
inline constexpr std::size_t kCommitBatchBytes = 2 * 1'048'576;
// while the disk is full: how often it is asked whether there is space again
inline constexpr int kStorageProbeMs = 1'000;
// what must fit before writing goes on: two of the largest transactions
inline constexpr std::size_t kStorageProbeBytes = 4 * 1'048'576;
// how long a client keeps its edits back after it was told that the disk is full
inline constexpr int kStorageFullRetryMs = 5'000;
// newest change sets kept in memory: exact catch-up after short absences
inline constexpr std::size_t kTailChangeSets = 4'096;
// and their bytes, so that long texts cannot pile up
inline constexpr std::size_t kTailBytes = 8 * 1'048'576;
// of them read from the log when a store is loaded
inline constexpr std::size_t kTailPrimed = 512;
inline constexpr int kStoreIdleMinutes = 10;                  // then a store's memory is given back
// counted trees of one store: 8 sorts and as many filtered ones
inline constexpr std::size_t kPageTrees = 16;
inline constexpr std::size_t kPageTreeBytes = 64 * 1'048'576;
inline constexpr int kReceiptDays = 90;
inline constexpr int kTombstoneDays = 90;
inline constexpr int kIdempotencyDays = 30;

// --- fields --------------------------------------------------------------------------------------
// titles and names: marketplaces allow 200 to 500 characters
inline constexpr std::size_t kLineBytes = 1'024;
inline constexpr std::size_t kTextBytes = 131'072;            // descriptions with HTML
// any stored text: a conflict holds a description once more, quoted
inline constexpr std::size_t kValueBytes = 4 * kTextBytes;
// an address inside rich text: browsers and mail programs agree on this
inline constexpr std::size_t kLinkBytes = 2'048;
// open elements in rich text: no layout needs more, cleaning stays linear
inline constexpr std::size_t kRichTextDepth = 32;
inline constexpr std::size_t kListItems = 256;
// 12 digits before the point: sums stay in int64
inline constexpr std::int64_t kDecimalMax = 999'999'999'999'9999;
// 2^53 - 1: counts are JSON numbers
inline constexpr std::int64_t kCountMax = 9'007'199'254'740'991;

// --- client --------------------------------------------------------------------------------------
// what fits a browser; above it pages live on the server
inline constexpr std::size_t kReplicaRecords = 100'000;
// a collection that went to pages is replicated again below this: 10 % of hysteresis
inline constexpr std::size_t kReplicaRecordsBack = 90'000;
// rows of a collection that a browser knows through pages; the longest unseen go first
inline constexpr std::size_t kPagedRows = 20'000;
// offline edits kept in one browser: weeks of typing
inline constexpr std::size_t kQueueEntries = 25'000;
inline constexpr std::size_t kQueueBytes = 32 * 1'048'576;
// per entry: ids of edits squashed into it, so that a tab asking again finds them
inline constexpr std::size_t kQueueReplacedIds = 32;
inline constexpr std::size_t kPageSizeMax = 200;
// rows remembered as just changed, saved or removed, for tints
inline constexpr std::size_t kNotedChanges = 10'000;
// received bytes are stored in pieces of at least this
inline constexpr std::size_t kCacheBlobBytes = 262'144;
// at most one write of received bytes per second
inline constexpr int kCacheWriteMs = 1'000;
// "Saved" stands this long after the receipt
inline constexpr int kSavedMarkMs = 2'000;
// a ticket, a socket and a welcome take at most this
inline constexpr int kAttemptMs = 10'000;
// nothing heard for so long: ask with a ping
inline constexpr int kSilenceMs = 20'000;
// no answer after this: the connection is gone
inline constexpr int kPongMs = 10'000;
// a collection is fetched again at most this often
inline constexpr int kResyncMs = 10'000;
// own saves that the percentiles are taken from
inline constexpr std::size_t kSaveSamples = 256;
// changes that wait for a snapshot in progress
inline constexpr std::size_t kBufferedSections = 4'096;
// live pages of one browser (tabs times tables)
inline constexpr std::size_t kOpenPages = 32;
// single records that screens look at
inline constexpr std::size_t kWatchedRecords = 32;
// what waits is told to screens at most this often while it changes fast
inline constexpr int kQueueTellMs = 100;
// entries of the queue that a screen is told of at once
inline constexpr std::size_t kQueueWindow = 200;
inline constexpr int kBackoffFirstMs = 1'000;
inline constexpr int kBackoffMaxMs = 30'000;
inline constexpr int kFailuresBeforePolling = 5;
inline constexpr int kPollMs = 30'000;

// --- server links --------------------------------------------------------------------------------
// then "latest state": with what the heap and the kernel add, a stopped reader stays below 1 MiB
inline constexpr std::size_t kLinkQueueBytes = 524'288;
// pages and single records that one link may subscribe to: kOpenPages and kWatchedRecords
inline constexpr std::size_t kPageSubscriptions = 64;
// counted beside the bytes of each queued message: its place in the queue and its share of the heap
inline constexpr std::size_t kLinkMessageCost = 160;
// not yet sent, in the kernel: what waits there can no longer be replaced by the latest state
inline constexpr int kSocketUnsentBytes = 131'072;
// event loops of sockets: one engine thread feeds them all, more cores than this would idle
inline constexpr std::size_t kSocketLoops = 16;
// connections over a cap that are being told so; above it they are just closed
inline constexpr std::size_t kTurnedAwayAtOnce = 64;
// files that are not connections: database, uploads, backup, web app, log
inline constexpr std::size_t kDescriptorsKept = 256;
inline constexpr int kPingSeconds = 30;
inline constexpr int kMissedPings = 2;
// anonymous sockets are closed after this
inline constexpr int kAuthSeconds = 10;
inline constexpr int kMessagesPerSecond = 20;                 // JSON dialect and binary alike
inline constexpr int kMessagesBurst = 40;
inline constexpr int kBadMessagesPerMinute = 10;              // then 1008
// above the rate: one more burst is answered, then 4429
inline constexpr int kRefusedMessagesPerMinute = 40;
// that arrive while a store is being opened
inline constexpr std::size_t kHeldMessages = 64;
// receipts and notices that wait behind a full queue
inline constexpr std::size_t kLinkBacklogBytes = 1'048'576;
// more changed rows than this: a snapshot is cheaper and is swapped in at once
inline constexpr std::size_t kCatchUpRows = 10'000;
inline constexpr std::size_t kCatchUpBytes = 4 * 1'048'576;   // same, in bytes of values
// a batch of this size is cut before its window ends
inline constexpr std::size_t kFanOutRows = 4'096;
// rows of one bulk_update: about 200 kB
inline constexpr std::size_t kJsonBulkRows = 500;
// digests at most this often after changes
inline constexpr int kCheckMs = 1'000;
// a page that no tree holds is computed at most this often
inline constexpr int kPageScanMs = 250;
inline constexpr int kBatchWindowMsMax = 500;                 // a frame never waits longer
inline constexpr std::size_t kCompressMinBytes = 512;         // smaller deltas grow under zstd
// about 300 kB compressed: progress is visible, memory bounded
inline constexpr std::size_t kSnapshotPartRows = 4'096;
inline constexpr std::size_t kChangesLimitMax = 2'000;        // GET /api/sync/changes

// --- catch-up and repair -------------------------------------------------------------------------
// row numbers compared as one sum: 100,000 products are 391 sums, 3.5 kB; a damaged row costs 256
inline constexpr std::size_t kBlockRows = 256;
// sums of one comparison: 300 kB, far below kMessageBytes; a base with more is fetched as a whole
inline constexpr std::size_t kRangeBlocks = 32'768;
// comparisons of one link that are answered: a browser asks once in kResyncMs
inline constexpr int kRepairEveryMs = 5'000;
// live row numbers as bits: 16 million numbers given; beyond that a snapshot
inline constexpr std::size_t kLiveBitmapBytes = 2 * 1'048'576;
// tombstones forgotten in one transaction: a few milliseconds of the owner
inline constexpr std::size_t kTombstonesPerStep = 1'000;
// how often a loaded store is looked through for tombstones that are too old
inline constexpr int kTombstoneLookMinutes = 60;
// snapshots that nobody loads any more are kept so long for those whose link broke
inline constexpr int kSnapshotKeepMinutes = 10;
// and so many bytes of them altogether: several large collections
inline constexpr std::size_t kSnapshotKeepBytes = 64 * 1'048'576;
// parts of a broken snapshot that a browser keeps count of, per collection: 134 million rows
inline constexpr std::size_t kSnapshotParts = 32'768;

// --- frames --------------------------------------------------------------------------------------
// changed rows in one frame: a whole browser replica and a little
inline constexpr std::size_t kFrameRows = 131'072;
// fields of one row; the catalogue has a few dozen
inline constexpr std::size_t kFieldsOfFrameRow = 1'024;
inline constexpr std::size_t kFrameSections = 256;            // collections in one frame or hello
inline constexpr std::size_t kFrameAuthors = 65'536;          // names in one welcome
// ids and names of people, tickets, store slugs
inline constexpr std::size_t kNameBytes = 256;
inline constexpr std::size_t kSentenceBytes = 4'096;          // sentences for people inside frames
// conditions of one page; screens offer a handful
inline constexpr std::size_t kFilterConditions = 32;

// --- accounts ------------------------------------------------------------------------------------
inline constexpr std::size_t kPasswordMin = 10;
// Argon2 cost does not depend on it, memory copies do
inline constexpr std::size_t kPasswordMax = 256;
inline constexpr int kSessionIdleHours = 24 * 14;
inline constexpr int kSessionAbsoluteHours = 24 * 90;
inline constexpr int kTicketSeconds = 30;
inline constexpr int kRequestsPerMinute = 100;                // per user, HTTP only
inline constexpr int kLoginsPerMinute = 5;                    // per name and per address
// sessions and tokens of one person; the least used one makes room
inline constexpr std::size_t kCredentialsPerUser = 100;
// unused one-time tickets; they live 30 s
inline constexpr std::size_t kTickets = 10'000;
inline constexpr int kTokenDaysDefault = 90;
inline constexpr int kTokenDaysMax = 366;
inline constexpr std::size_t kTokenLabelBytes = 100;
inline constexpr std::size_t kHashQueue = 64;                 // Argon2 jobs waiting; above it 503

// --- HTTP interface ------------------------------------------------------------------------------
// rate buckets at once: about 8 MB, then all start afresh
inline constexpr std::size_t kRateNames = 65'536;
// far past any list: clamped, but arithmetic must not overflow
inline constexpr std::uint64_t kPageNumberMax = 1'000'000'000;
inline constexpr std::size_t kQueryBytes = 200;               // search text: a scan per word
inline constexpr std::size_t kIdempotencyKeyBytes = 64;
// log entries of one record read back for a Base-Version
inline constexpr std::size_t kBaseVersionChanges = 20'000;
// remembered answers; the oldest go first
inline constexpr std::size_t kIdempotencyEntries = 50'000;
inline constexpr std::size_t kIdempotencyBytes = 64 * 1'048'576;  // of remembered answers in memory
// a larger answer is not kept, only that it succeeded
inline constexpr std::size_t kIdempotencyAnswerBytes = 65'536;

// --- imports -------------------------------------------------------------------------------------
// products in one file: 100 MB of the shortest rows; what is remembered of each is 12 to 24 bytes
inline constexpr std::size_t kImportProducts = 3'500'000;
// one row or JSON record: a description of kTextBytes, escaped, with everything around it
inline constexpr std::size_t kImportRecordBytes = 1'048'576;
inline constexpr std::size_t kImportColumns = 512;  // marketplaces' files have 44 to 57
inline constexpr std::size_t kImportPieceBytes = 65'536;  // read from the file at once
inline constexpr std::size_t kImportChunkRows = 256;  // planned in one turn of the engine
inline constexpr std::size_t kImportChunkBytes = 1'048'576;  // and their bytes
// merged in one go: people's edits get in between
inline constexpr std::size_t kImportSubmissionRows = 64;
// waiting at once: together one commit batch
inline constexpr std::size_t kImportSubmissions = 8;
// at once, uploads included: each costs a file and 3 MB
inline constexpr std::size_t kImportsRunning = 4;
// rows of one product: no marketplace allows more variants
inline constexpr std::size_t kImportFoldedRows = 2'048;
// of those rows, kept in one document
inline constexpr std::size_t kImportFoldedBytes = 524'288;
// rows of errors.csv, then a line that says so
inline constexpr std::size_t kImportErrorRows = 50'000;
// of a value in a fate: screens show a line
inline constexpr std::size_t kImportShownBytes = 200;
inline constexpr std::size_t kImportNotes = 32;  // sentences about the whole file
// imports whose store is remembered; the oldest are forgotten
inline constexpr std::size_t kImportsKnown = 10'000;
// then fates and previews are dropped from the disk
inline constexpr int kImportFileDays = 7;
inline constexpr int kImportRecordDays = 90;  // as receipts
// four updates of a progress bar a second
inline constexpr int kImportProgressMs = 250;
// waits of a second for a full or busy disk
inline constexpr int kImportRetries = 60;
// an export over HTTP is made in memory; larger ones go through the command line in parts
inline constexpr std::size_t kExportBytes = 256 * 1'048'576;
// written in one turn of the engine: a few milliseconds
inline constexpr std::size_t kExportSliceRows = 2'000;

// --- pictures ------------------------------------------------------------------------------------
// a photograph of 40 megapixels as JPEG of the best quality
inline constexpr std::size_t kPictureBytes = 25 * 1'048'576;
inline constexpr std::size_t kPicturePixels = 50'000'000;  // decoded: 200 MB in the picture process
inline constexpr std::size_t kPictureSide = 16'384;
// per product: marketplaces take 8 to 250
inline constexpr std::size_t kPicturesPerProduct = 100;
// of one decoding, then the picture process is ended
inline constexpr int kPictureSeconds = 20;
inline constexpr std::size_t kPictureProcessBytes = 1'024 * 1'048'576;  // its address space
inline constexpr std::size_t kPicturesAtOnce = 2;    // processes; the others wait
inline constexpr std::size_t kPicturesWaiting = 64;  // uploads waiting for one; above it 503
inline constexpr int kPictureFetchSeconds = 20;      // from another site, redirects included
inline constexpr int kPictureRedirects = 3;

// --- presence ------------------------------------------------------------------------------------
// people of a store that are told to the others; more are counted only
inline constexpr std::size_t kPresencePeople = 200;
inline constexpr std::size_t kPresenceBytes = 4'096;  // where a person is, the view to follow too
inline constexpr int kPresenceTellMs = 500;           // per store, newest state of each person
inline constexpr int kPresenceSeconds = 45;           // unsaid for so long: gone

// --- operation -----------------------------------------------------------------------------------
// most that a setting may ask for: a backup an hour for a month, one a day for two years
inline constexpr std::size_t kBackupFilesMax = 750;
inline constexpr int kBackupHoursMax = 168;     // a week between two backups
inline constexpr int kBackupKeepDaysMax = 3'650;
// a backup that is overdue at the start waits so long: people come first
inline constexpr int kBackupOverdueMinutes = 10;
inline constexpr int kBackupRetryMinutes = 15;  // after one that failed
// the wall clock is looked at this often, so that setting it does not move a backup by days
inline constexpr int kBackupLookSeconds = 60;
// of the disk that a backup leaves alone: commits go on
inline constexpr std::size_t kBackupSpareBytes = 64 * 1'048'576;
// log files: 1 MB to 1 GB each, 100 of them
inline constexpr std::size_t kLogFileMegabytesMax = 1'024;
inline constexpr std::size_t kLogFilesMax = 100;
// a log that could not be written is tried again after this; lines meanwhile are counted
inline constexpr int kLogRetrySeconds = 5;
inline constexpr std::size_t kConfigFileBytes = 262'144;  // far above what is written by hand

}  // namespace syncstore::limits
