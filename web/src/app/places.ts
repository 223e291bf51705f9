// Every address of the app, and which screens a role reaches.
import type { StoreAccess } from '../sync';

export type Place =
  | { screen: 'home' | 'outbox' | 'conflicts' | 'stores' | 'new-store' | 'lost' }
  | { screen: 'sign-in'; next: string | null }
  | { screen: 'setup'; token: string }
  | { screen: 'dashboard' | 'products' | 'sales'; store: string }
  | { screen: 'admin-products' | 'admin-dashboard' | 'admin-sales' | 'admin-store' | 'admin-people' | 'admin-import'; store: string }
  | { screen: 'admin-product' | 'admin-sales-day'; store: string; id: string };

const ADMIN = {
  products: 'admin-products', dashboard: 'admin-dashboard', sales: 'admin-sales', store: 'admin-store', people: 'admin-people', import: 'admin-import',
} as const;

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
    if (page === 'products' || page === 'sales') return { screen: page, store };
  }
  if (first === 'admin' && store && exact) {
    if (page === undefined) return { screen: 'admin-products', store };
    if (page === 'products' && id) return { screen: 'admin-product', store, id };
    if (page === 'sales' && id) return { screen: 'admin-sales-day', store, id };
    if (Object.hasOwn(ADMIN, page) && !id) return { screen: ADMIN[page as keyof typeof ADMIN], store };
  }
  return { screen: 'lost' };
}

const RANK = { viewer: 1, editor: 2, admin: 3 } as const;

/** Null when the role may open the screen, else the role that is needed. */
export function missingRole(place: Place, access: StoreAccess): 'editor' | 'admin' | null {
  if (!place.screen.startsWith('admin-')) return null;
  const needed = place.screen === 'admin-people' || place.screen === 'admin-store' ? 'admin' : 'editor';
  return RANK[access.role] >= RANK[needed] ? null : needed;
}

export interface NavLink {
  label: string;
  to: string;
  screens: readonly Place['screen'][];
}

export function navLinks(access: StoreAccess, admin: boolean): NavLink[] {
  const { id, role } = access;
  const seller: NavLink[] = [
    { label: 'Dashboard', to: `/s/${id}`, screens: ['dashboard'] },
    { label: 'Products', to: `/s/${id}/products`, screens: ['products'] },
    { label: 'Sales', to: `/s/${id}/sales`, screens: ['sales'] },
  ];
  if (!admin) {
    return role === 'viewer' ? seller : [...seller, { label: 'Admin', to: `/admin/${id}/products`, screens: [] }];
  }
  const links: NavLink[] = [
    { label: 'Products', to: `/admin/${id}/products`, screens: ['admin-products', 'admin-product'] },
    { label: 'Dashboard', to: `/admin/${id}/dashboard`, screens: ['admin-dashboard'] },
    { label: 'Sales', to: `/admin/${id}/sales`, screens: ['admin-sales', 'admin-sales-day'] },
    { label: 'Import', to: `/admin/${id}/import`, screens: ['admin-import'] },
    { label: 'Conflicts', to: '/conflicts', screens: ['conflicts'] },
    { label: 'Outbox', to: '/outbox', screens: ['outbox'] },
  ];
  if (role === 'admin') {
    links.push({ label: 'Store', to: `/admin/${id}/store`, screens: ['admin-store'] }, { label: 'People', to: `/admin/${id}/people`, screens: ['admin-people'] });
  }
  return [...links, { label: 'Seller view', to: `/s/${id}`, screens: [] }];
}
