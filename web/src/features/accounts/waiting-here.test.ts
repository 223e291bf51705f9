import { describe, expect, it } from 'vitest';
import { waitingHereWords } from './waiting-here';

describe('what the sign-in page says of edits that wait here', () => {
  it('counts own edits under their name and says that they are safe', () => {
    expect(waitingHereWords({ own: 3, others: 0 }, 'Ada')).toEqual([
      '3 edits of Ada wait in this browser until you sign in. They are safe here, also when you close this tab.',
    ]);
    expect(waitingHereWords({ own: 1, others: 0 }, null)[0]).toMatch(/^1 edit waits in this browser until you sign in\. It is safe/);
  });

  it('names nobody else', () => {
    expect(waitingHereWords({ own: 0, others: 2 }, 'Ada')).toEqual(['2 edits of someone else wait here until they sign in.']);
    expect(waitingHereWords({ own: 1, others: 1 }, 'Ada')[1]).toBe('1 edit of someone else waits here until they sign in.');
    expect(waitingHereWords({ own: 0, others: 0 }, 'Ada')).toEqual([]);
  });
});
