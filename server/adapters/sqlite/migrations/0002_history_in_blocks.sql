-- Which entries of the log touched a record, in blocks of 1,024 entries: what is written now lies side by side, so a commit of many
-- edits dirties the few pages at the end instead of a page per record. A record's history asks each block once, newest first.

CREATE TABLE log_touch_in_blocks (
  store TEXT NOT NULL,
  block INTEGER NOT NULL,
  collection INTEGER NOT NULL,
  record INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  PRIMARY KEY (store, block, collection, record, sequence)
) STRICT, WITHOUT ROWID;

INSERT INTO log_touch_in_blocks (store, block, collection, record, sequence)
  SELECT store, sequence / 1024, collection, record, sequence FROM log_touch ORDER BY 1, 2, 3, 4, 5;

DROP TABLE log_touch;
ALTER TABLE log_touch_in_blocks RENAME TO log_touch;

-- Merge finds records in memory; these indexes answered nobody and cost each commit pages of their own.
DROP INDEX products_by_sku;
DROP INDEX conflicts_by_status;
