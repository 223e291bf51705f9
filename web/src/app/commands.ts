import { refresh, retryNow, type Session, type StoreAccess } from '../sync';
import { savePreference } from '../ui/preferences';
import { go } from '../ui/router';
import { navLinks } from './places';
import type { Command } from './matching';

export function buildCommands(session: Session, store: StoreAccess | null, actions: { signOut: () => void; map: () => void }): Command[] {
  const commands: Command[] = [];
  const add = (id: string, label: string, run: () => void, hint?: string) => commands.push(hint ? { id, label, run, hint } : { id, label, run });
  if (store) {
    for (const link of navLinks(store, false)) {
      if (link.label !== 'Admin') add(`seller-${link.label}`, `Seller: ${link.label}`, () => go(link.to));
    }
    if (store.role !== 'viewer') {
      for (const link of navLinks(store, true)) {
        if (link.label !== 'Seller view') add(`admin-${link.label}`, `Admin: ${link.label}`, () => go(link.to));
      }
      add('grid', 'Admin: product grid', () => go(`/admin/${store.id}/products/grid`));
      add('new-product', 'New product', () => go(`/admin/${store.id}/products/new`), 'N');
    }
    add('refresh', 'Refresh all data', () => refresh(store.id));
  }
  for (const other of session.stores) {
    if (other.id !== store?.id) add(`store-${other.id}`, `Open store ${other.name}`, () => go(`/s/${other.id}`));
  }
  if (session.installationAdmin) add('new-store', 'New store', () => go('/stores/new'));
  add('retry', 'Retry the connection now', retryNow);
  add('dark', 'Dark colours', () => savePreference('syncstore.theme', 'dark'));
  add('light', 'Light colours', () => savePreference('syncstore.theme', 'light'));
  add('map', 'Keyboard map', actions.map, '?');
  add('sign-out', 'Sign out', actions.signOut);
  return commands;
}
