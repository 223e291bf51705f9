-- The first schema. Tables of collections have the catalogue's names and fields (checked at every start); money and decimals are
-- whole numbers of 1/10,000, times are milliseconds UTC, lists are JSON arrays. Ids are 63 bits.

CREATE TABLE stores (
  store TEXT NOT NULL PRIMARY KEY,
  epoch INTEGER NOT NULL,
  sequence INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE log (
  store TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  time INTEGER NOT NULL,
  author INTEGER NOT NULL,
  hash BLOB NOT NULL,
  blob BLOB NOT NULL,
  PRIMARY KEY (store, sequence)
) STRICT, WITHOUT ROWID;

-- Which entries of the log touched a record: the history of a record without reading the log.
CREATE TABLE log_touch (
  store TEXT NOT NULL,
  collection INTEGER NOT NULL,
  record INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  PRIMARY KEY (store, collection, record, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE receipts (
  number INTEGER PRIMARY KEY,
  store TEXT NOT NULL,
  mutation BLOB NOT NULL,
  body_hash BLOB NOT NULL,
  at INTEGER NOT NULL,
  result BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX receipts_by_mutation ON receipts (store, mutation);

CREATE TABLE authors (
  store TEXT NOT NULL,
  number INTEGER NOT NULL,
  user TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (store, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE tombstones (
  store TEXT NOT NULL,
  collection INTEGER NOT NULL,
  id INTEGER NOT NULL,
  row_number INTEGER NOT NULL,
  version INTEGER NOT NULL,
  removed_at INTEGER NOT NULL,
  removed_by INTEGER NOT NULL,
  PRIMARY KEY (store, collection, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE documents (
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  body TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

-- Facts about this file, such as being a copy that needs new epochs before it serves.
CREATE TABLE file_facts (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE store_info (
  store TEXT NOT NULL,
  id INTEGER NOT NULL,
  row_number INTEGER NOT NULL,
  version INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  changed_by INTEGER NOT NULL,
  "name" TEXT,
  "marketplace" TEXT,
  "currency" TEXT,
  "currency_symbol" TEXT,
  "time_zone" TEXT,
  "business_type" TEXT,
  "contact_email" TEXT,
  "contact_phone" TEXT,
  "is_active" INTEGER,
  "last_sync_time" INTEGER,
  "sync_status" TEXT,
  "figure_sources" TEXT,
  PRIMARY KEY (store, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE products (
  store TEXT NOT NULL,
  id INTEGER NOT NULL,
  row_number INTEGER NOT NULL,
  version INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  changed_by INTEGER NOT NULL,
  "title" TEXT,
  "sku" TEXT,
  "asin" TEXT,
  "image_url" TEXT,
  "status" TEXT,
  "sales_amount" INTEGER,
  "units_sold" INTEGER,
  "page_views" INTEGER,
  "inventory" INTEGER,
  "price" INTEGER,
  "handle" TEXT,
  "description" TEXT,
  "category" TEXT,
  PRIMARY KEY (store, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE dashboard (
  store TEXT NOT NULL,
  id INTEGER NOT NULL,
  row_number INTEGER NOT NULL,
  version INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  changed_by INTEGER NOT NULL,
  "sales_amount" INTEGER,
  "todaySoFar" INTEGER,
  "open_orders" INTEGER,
  "fbm_unshipped" INTEGER,
  "fbm_pending" INTEGER,
  "fba_pending" INTEGER,
  "buyer_messages" INTEGER,
  "inventory_performance_index" INTEGER,
  "featured_offer_percent" INTEGER,
  "global_promotions_sales" INTEGER,
  "seller_feedback_rating" INTEGER,
  "seller_feedback_count" INTEGER,
  "ad_sales" INTEGER,
  "payments_balance" INTEGER,
  "ad_impressions" INTEGER,
  PRIMARY KEY (store, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE conflicts (
  store TEXT NOT NULL,
  id INTEGER NOT NULL,
  row_number INTEGER NOT NULL,
  version INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  changed_by INTEGER NOT NULL,
  "kind" TEXT,
  "status" TEXT,
  "data_type" TEXT,
  "record" TEXT,
  "field" TEXT,
  "base" TEXT,
  "mine" TEXT,
  "theirs" TEXT,
  "mine_by" TEXT,
  "mine_at" INTEGER,
  "theirs_by" TEXT,
  "theirs_at" INTEGER,
  "origin" TEXT,
  "resolution" TEXT,
  "payload" TEXT,
  PRIMARY KEY (store, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE imports (
  store TEXT NOT NULL,
  id INTEGER NOT NULL,
  row_number INTEGER NOT NULL,
  version INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  changed_by INTEGER NOT NULL,
  "file_name" TEXT,
  "kind" TEXT,
  "state" TEXT,
  "dry_run" INTEGER,
  "read" INTEGER,
  "inserted" INTEGER,
  "updated" INTEGER,
  "unchanged" INTEGER,
  "rejected" INTEGER,
  "warnings" INTEGER,
  "progress" INTEGER,
  "message" TEXT,
  "started_by" TEXT,
  "started_at" INTEGER,
  "finished_at" INTEGER,
  PRIMARY KEY (store, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE members (
  store TEXT NOT NULL,
  id INTEGER NOT NULL,
  row_number INTEGER NOT NULL,
  version INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  changed_by INTEGER NOT NULL,
  "name" TEXT,
  "role" TEXT,
  "all_stores" INTEGER,
  "is_active" INTEGER,
  PRIMARY KEY (store, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX products_by_sku ON products (store, sku);
CREATE INDEX conflicts_by_status ON conflicts (store, status);
