import { afterEach, describe, expect, it, vi } from 'vitest';
import { StorageWatch } from './storage-watch';

function browserWith(free: number): void {
  vi.stubGlobal('self', { navigator: { storage: { estimate: () => Promise.resolve({ quota: 100_000_000, usage: 100_000_000 - free }) } } });
}

afterEach(() => vi.unstubAllGlobals());

describe('what the person hears of storage', () => {
  it('is said before an edit is made when there is little room', async () => {
    browserWith(1_000_000);
    const changed = vi.fn();
    const watch = new StorageWatch('ok', changed);
    watch.start();
    await vi.waitFor(() => expect(watch.state()).toBe('tight'));
    expect(changed).toHaveBeenCalledOnce();
    watch.end();
  });
  it('is nothing when there is room', async () => {
    browserWith(50_000_000);
    const changed = vi.fn();
    const watch = new StorageWatch('ok', changed);
    watch.start();
    await Promise.resolve();
    expect(watch.state()).toBe('ok');
    expect(changed).not.toHaveBeenCalled();
    watch.end();
  });
  it('speaks of edits before it speaks of what is only cached', () => {
    const watch = new StorageWatch('ok', () => undefined);
    watch.wrote('cache', 'full');
    expect(watch.state()).toBe('tight');
    watch.wrote('edits', 'full');
    expect(watch.state()).toBe('full');
    watch.wrote('edits', 'ok');
    watch.wrote('cache', 'ok');
    expect(watch.state()).toBe('ok');
  });
  it('keeps saying that the browser cleared everything, though writing works again', () => {
    const watch = new StorageWatch('ok', () => undefined);
    watch.cleared();
    watch.wrote('edits', 'ok');
    watch.wrote('cache', 'ok');
    expect(watch.state()).toBe('evicted');
  });
  it('never says that everything was stored again because a write failed', () => {
    const watch = new StorageWatch('ok', () => undefined);
    watch.wrote('cache', 'evicted');
    expect(watch.state()).toBe('unavailable');
    watch.wrote('edits', 'evicted');
    expect(watch.state()).toBe('unavailable');
  });
});
