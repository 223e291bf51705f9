import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const source = join(dirname(fileURLToPath(import.meta.url)), '..');
const sheets = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.css'));

describe('colours', () => {
  it('are named in the tokens and nowhere else', () => {
    const named = sheets.filter((name) => !name.endsWith('tokens.css')).flatMap((name) =>
      (readFileSync(join(source, name), 'utf8').match(/#[\da-f]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(/gi) ?? []).map((colour) => `${name}: ${colour}`));
    expect(sheets.length).toBeGreaterThan(5);
    expect(named).toEqual([]);
  });
});
