-- The collections of the whole store, and what products gained.

ALTER TABLE products ADD COLUMN "tags" TEXT;
ALTER TABLE products ADD COLUMN "weight" INTEGER;
ALTER TABLE products ADD COLUMN "length" INTEGER;
ALTER TABLE products ADD COLUMN "width" INTEGER;
ALTER TABLE products ADD COLUMN "height" INTEGER;
ALTER TABLE products ADD COLUMN "collections" TEXT;
ALTER TABLE products ADD COLUMN "thumbnail" TEXT;
ALTER TABLE products ADD COLUMN "shopify_id" TEXT;
ALTER TABLE products ADD COLUMN "shopify_sync_status" TEXT;
ALTER TABLE products ADD COLUMN "amazon_id" TEXT;
ALTER TABLE products ADD COLUMN "amazon_sync_status" TEXT;
ALTER TABLE products ADD COLUMN "shopee_id" TEXT;
ALTER TABLE products ADD COLUMN "shopee_sync_status" TEXT;
ALTER TABLE products ADD COLUMN "tiktok_shop_id" TEXT;
ALTER TABLE products ADD COLUMN "tiktok_shop_sync_status" TEXT;
ALTER TABLE products ADD COLUMN "sync_status" TEXT;
ALTER TABLE products ADD COLUMN "last_synced_at" INTEGER;

CREATE TABLE sales (
  store TEXT NOT NULL,
  id INTEGER NOT NULL,
  row_number INTEGER NOT NULL,
  version INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  changed_by INTEGER NOT NULL,
  "day" TEXT,
  "sales_amount" INTEGER,
  "units_sold" INTEGER,
  "orders" INTEGER,
  "page_views" INTEGER,
  "sessions" INTEGER,
  "refunds" INTEGER,
  PRIMARY KEY (store, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE account_health (
  store TEXT NOT NULL,
  id INTEGER NOT NULL,
  row_number INTEGER NOT NULL,
  version INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  changed_by INTEGER NOT NULL,
  "account_status" TEXT,
  "health_rating" INTEGER,
  "order_defect_rate" INTEGER,
  "late_shipment_rate" INTEGER,
  "cancellation_rate" INTEGER,
  "valid_tracking_rate" INTEGER,
  "on_time_delivery_rate" INTEGER,
  "policy_violations" INTEGER,
  "reviewed_on" TEXT,
  "notes" TEXT,
  PRIMARY KEY (store, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE legal_entity (
  store TEXT NOT NULL,
  id INTEGER NOT NULL,
  row_number INTEGER NOT NULL,
  version INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  changed_by INTEGER NOT NULL,
  "legal_name" TEXT,
  "entity_type" TEXT,
  "registration_number" TEXT,
  "vat_number" TEXT,
  "address_line1" TEXT,
  "address_line2" TEXT,
  "city" TEXT,
  "region" TEXT,
  "postal_code" TEXT,
  "country" TEXT,
  "representative" TEXT,
  "email" TEXT,
  "phone" TEXT,
  PRIMARY KEY (store, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE voc_data (
  store TEXT NOT NULL,
  id INTEGER NOT NULL,
  row_number INTEGER NOT NULL,
  version INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  changed_by INTEGER NOT NULL,
  "product" TEXT,
  "cx_health" TEXT,
  "ncx_rate" INTEGER,
  "ncx_orders" INTEGER,
  "orders" INTEGER,
  "star_rating" INTEGER,
  "return_rate" INTEGER,
  "top_reason" TEXT,
  "comment" TEXT,
  "last_reviewed" TEXT,
  PRIMARY KEY (store, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE categories (
  store TEXT NOT NULL,
  id INTEGER NOT NULL,
  row_number INTEGER NOT NULL,
  version INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  changed_by INTEGER NOT NULL,
  "path" TEXT,
  "description" TEXT,
  "platform_ids" TEXT,
  PRIMARY KEY (store, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE collections (
  store TEXT NOT NULL,
  id INTEGER NOT NULL,
  row_number INTEGER NOT NULL,
  version INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  changed_by INTEGER NOT NULL,
  "title" TEXT,
  "handle" TEXT,
  "description" TEXT,
  "image_url" TEXT,
  "sort_order" TEXT,
  "is_active" INTEGER,
  "platform_ids" TEXT,
  PRIMARY KEY (store, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE product_variants (
  store TEXT NOT NULL,
  id INTEGER NOT NULL,
  row_number INTEGER NOT NULL,
  version INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  changed_by INTEGER NOT NULL,
  "product" TEXT,
  "name" TEXT,
  "sku" TEXT,
  "price" INTEGER,
  "stock" INTEGER,
  "attributes" TEXT,
  "platform_variant_ids" TEXT,
  "is_active" INTEGER,
  "position" INTEGER,
  "barcode" TEXT,
  PRIMARY KEY (store, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE images (
  store TEXT NOT NULL,
  id INTEGER NOT NULL,
  row_number INTEGER NOT NULL,
  version INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  changed_by INTEGER NOT NULL,
  "product" TEXT,
  "position" INTEGER,
  "hash" TEXT,
  "width" INTEGER,
  "height" INTEGER,
  "bytes" INTEGER,
  "alt" TEXT,
  "variant" TEXT,
  "source_url" TEXT,
  PRIMARY KEY (store, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE platform_overrides (
  store TEXT NOT NULL,
  id INTEGER NOT NULL,
  row_number INTEGER NOT NULL,
  version INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  changed_by INTEGER NOT NULL,
  "product" TEXT,
  "platform" TEXT,
  "title" TEXT,
  "description" TEXT,
  "price" INTEGER,
  "category" TEXT,
  "is_listed" INTEGER,
  PRIMARY KEY (store, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE saved_views (
  store TEXT NOT NULL,
  id INTEGER NOT NULL,
  row_number INTEGER NOT NULL,
  version INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  changed_by INTEGER NOT NULL,
  "owner" TEXT,
  "name" TEXT,
  "screen" TEXT,
  "spec" TEXT,
  PRIMARY KEY (store, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE layouts (
  store TEXT NOT NULL,
  id INTEGER NOT NULL,
  row_number INTEGER NOT NULL,
  version INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  changed_by INTEGER NOT NULL,
  "owner" TEXT,
  "screen" TEXT,
  "spec" TEXT,
  PRIMARY KEY (store, id)
) STRICT, WITHOUT ROWID;
