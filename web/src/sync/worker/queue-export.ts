// Everything that waits, for a file: read from the sessions piece by piece, so that thousands of entries hold nobody up.
import type { QueueEntry } from '../types';
import type { TabPort } from './leadership';
import type { StoreRunner } from './store-runner';

interface Source {
  store: string;
  runner: StoreRunner;
  ready: Promise<void>;
}

interface Piece {
  entries: QueueEntry[];
  next: number;
}

const otherWork = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

export async function exportQueues(port: TabPort, request: string, sources: readonly Source[]): Promise<void> {
  port.post({ t: 'exported', request, first: true, text: '' });
  for (const { store, runner, ready } of sources) {
    await ready;
    for (let after = 0, more = true; more;) {
      const read = runner.readQueue(after);
      if (read === null) {
        port.post({ t: 'reply', request, ok: false, message: 'The edits could not be read. Try again.' });
        return;
      }
      const { entries, next } = JSON.parse(read) as Piece;
      const text = entries.map((entry) => JSON.stringify({ store, ...entry })).join(',\n');
      port.post({ t: 'exported', request, first: false, text });
      after = next;
      more = next !== 0;
      await otherWork();
    }
  }
  port.post({ t: 'reply', request, ok: true });
}
