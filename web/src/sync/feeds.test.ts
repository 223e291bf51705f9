import { describe, expect, it } from 'vitest';
import { PageFeed, RecordFeed } from './feeds';

const actions = { open: () => undefined, close: () => undefined, release: () => undefined };
const spec = { collection: 'products', page: 1, size: 25, sort: '', filter: {}, query: '' };
const patch = {
  state: 'ready', order: null, rows: [], total: 12, page: 1, pages: 1, size: 25, clamped: false, entered: 0, moved: 0,
} as const;

describe('a page of a collection that is not here as a whole', () => {
  it('says so until the server told it', () => {
    const feed = new PageFeed('p', spec, actions);
    expect(feed.get().partial).toBeNull();
    feed.apply({ ...patch, rows: [], partial: { known: 5, total: 12, asOf: 1 } });
    expect(feed.get().partial).toEqual({ known: 5, total: 12, asOf: 1 });
    feed.apply({ ...patch, rows: [] });
    expect(feed.get().partial).toBeNull();
  });
});

describe('a record', () => {
  it('that this browser does not have is not called gone', () => {
    const feed = new RecordFeed('r', actions);
    let told = 0;
    const end = feed.subscribe(() => { told += 1; });
    expect([feed.get(), feed.isNotHere()]).toEqual([undefined, false]);
    feed.apply('unknown');
    expect([feed.get(), feed.isNotHere(), told]).toEqual([null, true, 1]);
    feed.apply(null);
    expect([feed.get(), feed.isNotHere(), told]).toEqual([null, false, 2]);
    end();
  });
});
