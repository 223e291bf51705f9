// Every address of the app, and which screens a role reaches.
import type { StoreAccess } from '../sync';

export type Place =
  | { screen: 'home' | 'outbox' | 'conflicts' | 'stores' | 'new-store' | 'lost' }
  | { screen: 'sign-in'; next: string | null }
  | { screen: 'setup'; token: string }
  | { screen: 'dashboard' | 'products' | 'sales'; store: string }
  | { screen: 'admin-products' | 'admin-dashboard' | 'admin-sales' | 'admin-store' | 'admin-people' | 'admin-import'; store: string }
  | { screen: 'account-health' | 'voice' | 'legal' | 'store-info' | 'admin-account-health' | 'admin-legal'; store: string }
  | { screen: 'admin-product' | 'admin-sales-day'; store: string; id: string }
  | { screen: 'admin-grid'; store: string }
  /** A list, or with an id ("new" for none yet) one of it. */
  | { screen: 'admin-categories' | 'admin-collections' | 'admin-voice'; store: string; id: string | null };

const SELLER = {
  products: 'products', sales: 'sales', 'account-health': 'account-health', voice: 'voice', legal: 'legal', store: 'store-info',
} as const;

const ADMIN = {
  products: 'admin-products', dashboard: 'admin-dashboard', sales: 'admin-sales', store: 'admin-store', people: 'admin-people', import: 'admin-import',
  'account-health': 'admin-account-health', legal: 'admin-legal',
} as const;

/** Lists with a page per record below them. */
const LISTS = { categories: 'admin-categories', collections: 'admin-collections', voice: 'admin-voice' } as const;

const knows = <T extends object>(table: T, name: string): name is string & keyof T => Object.hasOwn(table, name);

export function placeOf(parts: readonly string[], query: URLSearchParams): Place {
  const [first, store, page, id, ...rest] = parts;
  const exact = rest.length === 0;
  if (first === undefined) return { screen: 'home' };
  if (first === 'sign-in' && !store) return { screen: 'sign-in', next: query.get('next') };
  if (first === 'setup' && !store) return { screen: 'setup', token: query.get('token') ?? '' };
  if ((first === 'outbox' || first === 'conflicts') && !store) return { screen: first };
  if (first === 'stores' && !page) {
    if (store === undefined) return { screen: 'stores' };
    if (store === 'new') return { screen: 'new-store' };
  }
  if (first === 's' && store && !id && exact) {
    if (page === undefined) return { screen: 'dashboard', store };
    if (knows(SELLER, page)) return { screen: SELLER[page], store };
  }
  if (first === 'admin' && store && exact) {
    if (page === undefined) return { screen: 'admin-products', store };
    if (page === 'products' && id === 'grid') return { screen: 'admin-grid', store };
    if (page === 'products' && id) return { screen: 'admin-product', store, id };
    if (page === 'sales' && id) return { screen: 'admin-sales-day', store, id };
    if (knows(ADMIN, page) && !id) return { screen: ADMIN[page], store };
    if (knows(LISTS, page)) return { screen: LISTS[page], store, id: id ?? null };
  }
  return { screen: 'lost' };
}

const RANK = { viewer: 1, editor: 2, admin: 3 } as const;

const ADMINS_ONLY: readonly Place['screen'][] = ['admin-people', 'admin-store', 'admin-legal'];

/** Null when the role may open the screen, else the role that is needed. */
export function missingRole(place: Place, access: StoreAccess): 'editor' | 'admin' | null {
  if (!place.screen.startsWith('admin-')) return null;
  const needed = ADMINS_ONLY.includes(place.screen) ? 'admin' : 'editor';
  return RANK[access.role] >= RANK[needed] ? null : needed;
}

export interface NavLink {
  label: string;
  to: string;
  screens: readonly Place['screen'][];
  /** Stands in a menu of this name, with others; without one in the header itself. */
  group?: string;
}

const link = (label: string, to: string, ...screens: Place['screen'][]): NavLink => ({ label, to, screens });
const grouped = (group: string, links: NavLink[]): NavLink[] => links.map((one) => ({ ...one, group }));

function sellerLinks({ id, role }: StoreAccess): NavLink[] {
  const base = `/s/${id}`;
  return [
    link('Dashboard', base, 'dashboard'), link('Products', `${base}/products`, 'products'), link('Sales', `${base}/sales`, 'sales'),
    ...grouped('Account', [
      link('Account health', `${base}/account-health`, 'account-health'), link('Voice of the customer', `${base}/voice`, 'voice'),
      link('Legal entity', `${base}/legal`, 'legal'), link('Store information', `${base}/store`, 'store-info'),
    ]),
    ...(role === 'viewer' ? [] : [link('Admin', `/admin/${id}/products`)]),
  ];
}

function adminLinks({ id, role }: StoreAccess): NavLink[] {
  const base = `/admin/${id}`;
  return [
    link('Products', `${base}/products`, 'admin-products', 'admin-product', 'admin-grid'), link('Dashboard', `${base}/dashboard`, 'admin-dashboard'),
    link('Sales', `${base}/sales`, 'admin-sales', 'admin-sales-day'),
    ...grouped('Catalogue', [
      link('Categories', `${base}/categories`, 'admin-categories'), link('Collections', `${base}/collections`, 'admin-collections'),
      link('Import', `${base}/import`, 'admin-import'),
    ]),
    ...grouped('Account', [
      link('Account health', `${base}/account-health`, 'admin-account-health'), link('Voice of the customer', `${base}/voice`, 'admin-voice'),
      ...(role === 'admin' ? [
        link('Legal entity', `${base}/legal`, 'admin-legal'), link('Store', `${base}/store`, 'admin-store'), link('People', `${base}/people`, 'admin-people'),
      ] : []),
    ]),
    link('Conflicts', '/conflicts', 'conflicts'), link('Outbox', '/outbox', 'outbox'), link('Seller view', `/s/${id}`),
  ];
}

export function navLinks(access: StoreAccess, admin: boolean): NavLink[] {
  return admin ? adminLinks(access) : sellerLinks(access);
}
