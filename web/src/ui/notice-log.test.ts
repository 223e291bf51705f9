import { describe, expect, it } from 'vitest';
import { NOTICES_MAX, readNotices, withNotice, type NoticeList } from './notice-log';

const EMPTY: NoticeList = { entries: [], unread: 0 };

describe('the list of notices', () => {
  it('holds the last hundred, newest first', () => {
    let list = EMPTY;
    for (let n = 1; n <= 250; n += 1) list = withNotice(list, 'info', `Notice ${n}`, n);
    expect(list.entries).toHaveLength(NOTICES_MAX);
    expect(list.entries[0]).toMatchObject({ text: 'Notice 250', id: 250, times: 1 });
    expect(list.entries.at(-1)?.text).toBe('Notice 151');
    expect(list.unread).toBe(NOTICES_MAX);
    expect(new Set(list.entries.map((entry) => entry.id)).size).toBe(NOTICES_MAX);
  });
  it('says how often the same was said in a row', () => {
    let list = withNotice(EMPTY, 'warn', 'Offline', 1);
    list = withNotice(list, 'warn', 'Offline', 2);
    expect(list).toMatchObject({ entries: [{ text: 'Offline', times: 2, at: 2 }], unread: 1 });
    list = withNotice({ ...list, unread: 0 }, 'warn', 'Offline', 3);
    expect(list).toMatchObject({ entries: [{ times: 3 }], unread: 1 });
    expect(withNotice(list, 'error', 'Offline', 4).entries).toHaveLength(2);
  });
  it('reads what was kept, and of damage what is understood', () => {
    const list = withNotice(withNotice(EMPTY, 'info', 'a', 1), 'error', 'b', 2, '/outbox');
    expect(readNotices(JSON.stringify(list))).toEqual(list);
    expect(readNotices('{"entries":[{"text":"a"},7,null],"unread":5}')).toEqual(EMPTY);
    for (const text of [null, '', '{', '7', '[]', '{"entries":7}']) expect(readNotices(text)).toEqual(EMPTY);
  });
});
