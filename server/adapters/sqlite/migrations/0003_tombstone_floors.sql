-- Removals of a collection up to this sequence may have been forgotten: whoever stands before it is told which rows live instead.

CREATE TABLE tombstone_floors (
  store TEXT NOT NULL,
  collection INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  PRIMARY KEY (store, collection)
) STRICT, WITHOUT ROWID;
