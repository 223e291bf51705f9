import { describe, expect, it } from 'vitest';
import type { StoreAccess } from '../sync/types';
import { missingRole, navLinks, placeOf } from './places';

const at = (address: string) => {
  const url = new URL(address, 'http://shop');
  return placeOf(url.pathname.split('/').filter(Boolean), url.searchParams);
};
const access = (role: StoreAccess['role']): StoreAccess => ({ id: 'gifts', name: 'Gifts', role, currency: 'GBP', currencySymbol: '£', isActive: true });

describe('addresses', () => {
  it.each([
    ['/', { screen: 'home' }], ['/sign-in', { screen: 'sign-in', next: null }], ['/setup?token=x', { screen: 'setup', token: 'x' }],
    ['/s/gifts', { screen: 'dashboard', store: 'gifts' }], ['/s/gifts/products?page=3', { screen: 'products', store: 'gifts' }],
    ['/admin/gifts/products', { screen: 'admin-products', store: 'gifts' }],
    ['/admin/gifts/products/0123456789abc', { screen: 'admin-product', store: 'gifts', id: '0123456789abc' }],
    ['/admin/gifts/dashboard', { screen: 'admin-dashboard', store: 'gifts' }], ['/admin/gifts/store', { screen: 'admin-store', store: 'gifts' }],
    ['/admin/gifts/people', { screen: 'admin-people', store: 'gifts' }], ['/admin/gifts/import', { screen: 'admin-import', store: 'gifts' }],
    ['/outbox', { screen: 'outbox' }], ['/conflicts', { screen: 'conflicts' }],
    ['/admin/gifts/categories', { screen: 'admin-categories', store: 'gifts', id: null }],
    ['/admin/gifts/collections/0123456789abc', { screen: 'admin-collections', store: 'gifts', id: '0123456789abc' }],
    ['/s/gifts/voice', { screen: 'voice', store: 'gifts' }], ['/s/gifts/store', { screen: 'store-info', store: 'gifts' }], ['/stores/new', { screen: 'new-store' }],
  ])('%s leads to its screen', (address, place) => {
    expect(at(address)).toEqual(place);
  });
  it.each(['/s', '/s/gifts/secret', '/s/gifts/products/1', '/admin/gifts/people/x', '/admin/gifts/toString', '/outbox/1', '/stores/old'])(
    '%s leads nowhere', (address) => {
      expect(at(address)).toEqual({ screen: 'lost' });
    });
});

describe('roles', () => {
  it('open the screens that they may use', () => {
    expect(missingRole(at('/s/gifts'), access('viewer'))).toBeNull();
    expect(missingRole(at('/admin/gifts/products'), access('viewer'))).toBe('editor');
    expect(missingRole(at('/admin/gifts/products'), access('editor'))).toBeNull();
    expect(missingRole(at('/admin/gifts/people'), access('editor'))).toBe('admin');
    expect(missingRole(at('/admin/gifts/legal'), access('editor'))).toBe('admin');
    expect(missingRole(at('/admin/gifts/collections/new'), access('editor'))).toBeNull();
    expect(missingRole(at('/s/gifts/legal'), access('viewer'))).toBeNull();
    expect(missingRole(at('/admin/gifts/people'), access('admin'))).toBeNull();
  });
  it('see links only to what they may open', () => {
    expect(navLinks(access('viewer'), false).map((link) => link.label)).toEqual([
      'Dashboard', 'Products', 'Sales', 'Account health', 'Voice of the customer', 'Legal entity', 'Store information',
    ]);
    expect(navLinks(access('editor'), true).map((link) => link.label)).not.toContain('People');
  });
});
