// Pages read once by actions of screens: what is shown at the time, without following it.
import { syncClient } from './client';
import type { LivePage, PageSpec, Row } from './types';

export function readPage(store: string, spec: PageSpec): Promise<LivePage> {
  const feed = syncClient().page(store, spec);
  return new Promise((resolve) => {
    let stop: (() => void) | null = null;
    let done = false;
    const look = (): void => {
      const page = feed.get();
      if (done || page.state !== 'ready') return;
      done = true;
      stop?.();
      resolve(page);
    };
    stop = feed.subscribe(look);
    look();
    if (done) stop();
  });
}

/** The most that is read page by page. */
export const READ_ALL_MAX = 20_000;
const READ_SIZE = 200;

/** Every row that the filter leaves, at most READ_ALL_MAX; `total` says how many there are. */
export async function readAll(store: string, spec: Omit<PageSpec, 'page' | 'size'>): Promise<{ rows: Row[]; total: number }> {
  const found = new Map<string, Row>();
  for (let page = 1; ; page += 1) {
    const read = await readPage(store, { ...spec, page, size: READ_SIZE });
    for (const row of read.rows) if (!row.removed) found.set(row.id, row);
    if (page >= read.pages || read.clamped || found.size >= READ_ALL_MAX) return { rows: [...found.values()], total: read.total };
  }
}
