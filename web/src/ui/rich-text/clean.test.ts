import { describe, expect, it } from 'vitest';
import { isBlank, readRich, safeHref, writeRich } from './clean';

describe('rich text', () => {
  it.each([
    'javascript:alert(1)', ' JavaScript:alert(1)', 'java\nscript:alert(1)', 'data:text/html,x', 'vbscript:x', '//evil.example', '/path', '', null,
    'https://a.example/\\x', 'https://a.example/`', 'https://a.example/ b', `https://a.example/${'x'.repeat(3_000)}`, 'blob:https://a.example/x',
  ])('takes %j for no link', (href) => {
    expect(safeHref(href)).toBeNull();
  });
  it.each(['http://a.example', 'https://a.example/?q=1&r=2#x', 'mailto:a@b.example', 'HTTPS://A.EXAMPLE/'])('takes %j for a link', (href) => {
    expect(safeHref(href)).toBe(href);
  });
  it('makes a paragraph of each line of plain text', () => {
    expect(writeRich(readRich('One\n\nTwo > 1'))).toBe('<p>One</p><p>Two &gt; 1</p>');
  });
  it('writes what cannot be taken for markup', () => {
    expect(writeRich([{ tag: 'a', href: 'https://a.example/?a="&b', children: [{ tag: '', text: '<b>&' }] }]))
      .toBe('<a href="https://a.example/?a=&quot;&amp;b">&lt;b&gt;&amp;</a>');
  });
  it('is blank without a letter', () => {
    expect(isBlank([{ tag: 'p', children: [{ tag: 'br' }, { tag: '', text: ' ' }] }])).toBe(true);
    expect(isBlank([{ tag: 'p', children: [{ tag: '', text: 'a' }] }])).toBe(false);
  });
});
