import { expect, it } from 'vitest';
import { safeNext } from '../features/accounts/safe-next';
import { slugOf } from '../features/stores/store-slug';
import { matching } from './matching';

it('commands are found by parts of their words, in any order', () => {
  const commands = ['Admin: Products', 'Seller: Products', 'Sign out'].map((label) => ({ id: label, label, run: () => undefined }));
  expect(matching(commands, 'prod adm').map((command) => command.label)).toEqual(['Admin: Products']);
  expect(matching(commands, '')).toHaveLength(3);
});

it.each([
  ['/s/gifts?page=2', '/s/gifts?page=2'], ['//other.example', '/'], ['/\\other.example', '/'], ['https://other.example', '/'],
  [null, '/'], ['/sign-in', '/'], ['/setup?token=1', '/'],
])('after signing in %s leads to %s', (next, to) => {
  expect(safeNext(next)).toBe(to);
});

it('a store name becomes an address', () => {
  expect(slugOf('Blume & Söhne')).toBe('blume-sohne');
  expect(slugOf('  __ ')).toBe('');
});
