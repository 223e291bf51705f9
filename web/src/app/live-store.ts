import { useMemo } from 'react';
import { useSingleton, type StoreAccess } from '../sync';
import { currencySign } from './currency-sign';

/** The store as its record says now: a new name or sign shows in every window at once. */
export function useLiveStore(store: StoreAccess | null): StoreAccess | null {
  const info = useSingleton(store?.id ?? '', 'store_info');
  const name = info?.fields['name'];
  const symbol = info?.fields['currency_symbol'];
  const active = info?.fields['is_active'];
  return useMemo(() => store && {
    ...store,
    name: typeof name === 'string' && name ? name : store.name,
    currencySymbol: (typeof symbol === 'string' && symbol) || store.currencySymbol || currencySign(store.currency),
    isActive: typeof active === 'boolean' ? active : store.isActive,
  }, [store, name, symbol, active]);
}
