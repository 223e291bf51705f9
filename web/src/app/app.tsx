import { Suspense, useEffect, useState, type ReactNode } from 'react';
import { currentStore, redo, setCurrentStore, undo, useSession, useSyncStatus, type Row, type Session, type StoreAccess } from '../sync';
import { safeNext } from '../features/accounts/safe-next';
import { SignInPage } from '../features/accounts/sign-in-page';
import { ConflictsPage } from '../features/conflicts/conflicts-page';
import { DashboardPage } from '../features/dashboard/dashboard-page';
import { OutboxPage } from '../features/outbox/outbox-page';
import { StoresPage } from '../features/stores/stores-page';
import { announce, LiveRegion } from '../ui/announcer';
import { focusNextConflict } from '../ui/difference-row';
import { useReadyMark } from '../ui/live-table/live-table';
import { EmptyState, Skeleton } from '../ui/notices';
import { go, Link, usePlace } from '../ui/router';
import { Toasts } from '../ui/toasts';
import { useAfter } from '../ui/use-now';
import { Bands } from './bands';
import { buildCommands } from './commands';
import { Failure } from './failure';
import { useGlobalKeys } from './global-keys';
import { Header } from './header';
import { Palette } from './palette';
import { useLiveStore } from './live-store';
import { NoAccess } from './no-access';
import { missingRole, placeOf, type Place } from './places';
import {
  AccountHealth, AdminDashboardPage, AdminProductsPage, AdminSalesPage, Categories, Collections, CreateStorePage, GridPage, ImportPage,
  LegalEntity, loadScreens, NewDayPage, NewProductPage, PeoplePage, ProductEditor, ProductPictures, SalesDayPage, SalesPage,
  SellerProductsPage, SetUpPage, StoreInformation, StorePage, Voice,
} from './screens';
import { ShortcutMap } from './shortcut-map';
import { useSignOut } from './sign-out';
import { useLeaveWarning } from './use-leave-warning';
import { useNoticeSources } from './use-notice-sources';
import { useTheme } from './use-theme';


export function App() {
  const session = useSession();
  useTheme(session.userId);
  const { parts, query, path } = usePlace();
  const place = placeOf(parts, query);
  const open = place.screen === 'sign-in' || place.screen === 'setup';
  const known = session.state === 'signed-in' || session.state === 'offline-known';
  useEffect(() => {
    if (session.state === 'signed-out' && !open) {
      const next = path + window.location.search;
      go(next === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(next)}`, { replace: true });
    }
    if (session.state === 'signed-in' && place.screen === 'sign-in') go(safeNext(place.next), { replace: true });
  });
  if (place.screen === 'setup') return <Later><SetUpPage token={place.token} /><Toasts /></Later>;
  if (place.screen === 'sign-in' && session.state !== 'signed-in') return <><SignInPage next={place.next} /><Toasts /></>;
  if (!known) return <Starting />;
  return <Shell session={session} place={place} address={path} />;
}

function Starting() {
  const slow = useAfter(true, 150);
  return <div className="start" role="status">{slow ? <span className="muted">Starting</span> : null}</div>;
}

/** The store of the address, else the one used last, else the first. */
function storeOf(session: Session, place: Place): StoreAccess | null {
  const find = (id: string | null) => session.stores.find((store) => store.id === id);
  if ('store' in place) return find(place.store) ?? null;
  if (place.screen === 'new-store' || place.screen === 'stores') return null;
  return find(currentStore()) ?? session.stores[0] ?? null;
}

function Shell({ session, place, address }: { session: Session; place: Place; address: string }) {
  const store = useLiveStore(storeOf(session, place));
  const [overlay, setOverlay] = useState<'palette' | 'map' | null>(null);
  const status = useSyncStatus();
  const leaving = useSignOut();
  const storeId = store?.id ?? null;
  useEffect(() => {
    if (storeId) setCurrentStore(storeId);
  }, [storeId]);
  useLeaveWarning(status);
  useNoticeSources(status, session.userId, storeId);
  useEffect(() => void loadScreens(), []);
  const title = titleOf(place);
  useEffect(() => {
    document.title = store ? `${store.name}${store.currency ? ` (${store.currency})` : ''} · ${title}` : `${title} · SyncStore`;
  }, [store, title]);
  useGlobalKeys({
    palette: () => setOverlay('palette'),
    map: () => setOverlay('map'),
    undo: () => void undo().then((done) => announce(done ? 'Undone' : 'Nothing to undo')),
    redo: () => void redo().then((done) => announce(done ? 'Done again' : 'Nothing to do again')),
    nextConflict: () => {
      if (!focusNextConflict()) announce('No conflict on this page');
    },
    goTo: (letter) => {
      if (letter === 'o') return go('/outbox');
      if (letter === 's') return go('/stores');
      if (!store) return undefined;
      const admin = place.screen.startsWith('admin-');
      if (letter === 'p') return go(admin ? `/admin/${store.id}/products` : `/s/${store.id}/products`);
      return go(admin ? `/admin/${store.id}/dashboard` : `/s/${store.id}`);
    },
  });
  const close = () => setOverlay(null);
  return (
    <>
      <Header store={store} place={place} onSignOut={leaving.begin} onPalette={() => setOverlay('palette')} onMap={() => setOverlay('map')} />
      <Bands status={status} />
      <main id="main"><Failure address={address}>
        {/* By its key a screen whose piece is still to come replaces the former one, which would stay in the page, hidden. */}
        <Later key={place.screen}><Screen place={place} store={store} session={session} /></Later>
      </Failure></main>
      <LiveRegion />
      <Toasts />
      {leaving.dialog}
      {overlay === 'map' ? <ShortcutMap onClose={close} /> : null}
      {overlay === 'palette' ? (
        <Palette onClose={close} store={store} admin={place.screen.startsWith('admin-')} commands={buildCommands(session, store, { signOut: leaving.begin, map: () => setOverlay('map') })}
          onSearch={store ? (text) => go(`${place.screen.startsWith('admin-') ? '/admin' : '/s'}/${store.id}/products?q=${encodeURIComponent(text)}`) : null} />
      ) : null}
    </>
  );
}

const TITLES: Partial<Record<Place['screen'], string>> = {
  'admin-grid': 'Admin: product grid',
  dashboard: 'Dashboard', products: 'Products', 'admin-products': 'Admin: products', 'admin-product': 'Admin: product',
  'account-health': 'Account health', voice: 'Voice of the customer', legal: 'Legal entity', 'store-info': 'Store information',
  'admin-account-health': 'Admin: account health', 'admin-voice': 'Admin: voice of the customer', 'admin-legal': 'Admin: legal entity',
  'admin-categories': 'Admin: categories', 'admin-collections': 'Admin: collections', sales: 'Sales', 'admin-sales': 'Admin: sales', 'admin-sales-day': 'Admin: day of sales',
  'admin-dashboard': 'Admin: dashboard', 'admin-store': 'Admin: store', 'admin-people': 'Admin: people', 'admin-import': 'Admin: import',
  outbox: 'Outbox', conflicts: 'Conflicts', stores: 'Stores', 'new-store': 'New store',
};

const titleOf = (place: Place): string => TITLES[place.screen] ?? 'SyncStore';

function Screen({ place, store, session }: { place: Place; store: StoreAccess | null; session: Session }): ReactNode {
  if (place.screen === 'stores') return <StoresPage />;
  if (place.screen === 'new-store') return <CreateStorePage />;
  if (place.screen === 'outbox') return <OutboxPage />;
  if (place.screen === 'home') return <Home store={store} session={session} />;
  if (place.screen === 'lost') return <Lost />;
  if (!store) return 'store' in place ? <NoAccess key={place.store} store={place.store} /> : <Home store={null} session={session} />;
  const needed = missingRole(place, store);
  if (needed) return <RoleMissing store={store} needed={needed} />;
  if (!store.isActive && !OPEN_WHEN_INACTIVE.includes(place.screen)) return <Inactive store={store} />;
  switch (place.screen) {
    case 'dashboard': return <DashboardPage key={store.id} store={store} />;
    case 'products': return <SellerProductsPage key={store.id} store={store} />;
    case 'admin-products': return <AdminProductsPage key={store.id} store={store} />;
    case 'admin-product':
      return place.id === 'new' ? <NewProductPage key={store.id} store={store} /> : (
        <ProductEditor key={place.id} store={store} id={place.id} pictures={(product: Row, writable: boolean) => (
          <Suspense fallback={<Skeleton rows={3} />}><ProductPictures store={store} product={product} writable={writable} /></Suspense>
        )} />
      );
    case 'admin-grid': return <GridPage key={store.id} store={store} />;
    case 'sales': return <SalesPage key={store.id} store={store} />;
    case 'admin-sales': return <AdminSalesPage key={store.id} store={store} />;
    case 'admin-sales-day':
      return place.id === 'new' ? <NewDayPage key={store.id} store={store} /> : <SalesDayPage key={place.id} store={store} id={place.id} />;
    case 'admin-dashboard': return <AdminDashboardPage key={store.id} store={store} />;
    case 'admin-store': return <StorePage key={store.id} store={store} />;
    case 'admin-people': return <PeoplePage key={store.id} store={store} />;
    case 'admin-import': return <ImportPage key={store.id} store={store} />;
    case 'account-health': case 'admin-account-health': return <AccountHealth key={store.id} store={store} admin={place.screen !== 'account-health'} />;
    case 'legal': case 'admin-legal': return <LegalEntity key={store.id} store={store} admin={place.screen !== 'legal'} />;
    case 'store-info': return <StoreInformation key={store.id} store={store} />;
    case 'voice': return <Voice key={store.id} store={store} admin={false} id={null} />;
    case 'admin-voice': return <Voice key={`${store.id} ${place.id ?? ''}`} store={store} admin id={place.id} />;
    case 'admin-collections': return <Collections key={`${store.id} ${place.id ?? ''}`} store={store} id={place.id} />;
    case 'admin-categories': return <Categories key={`${store.id} ${place.id ?? ''}`} store={store} id={place.id} />;
    case 'conflicts': return <ConflictsPage key={store.id} store={store} />;
    default: return <Lost />;
  }
}

/** Screens that not everybody opens come with their own piece of the program. */
function Later({ children }: { children: ReactNode }) {
  return <Suspense fallback={<div className="page"><Skeleton rows={8} /></div>}>{children}</Suspense>;
}

function Home({ store, session }: { store: StoreAccess | null; session: Session }) {
  const to = store ? `/s/${store.id}` : session.installationAdmin ? '/stores/new' : null;
  useEffect(() => {
    if (to) go(to, { replace: true });
  }, [to]);
  useReadyMark(to === null);
  if (to) return null;
  return <EmptyState title="No store is open to you yet">Ask an admin to give {session.userName ?? 'you'} a role in a store. It appears here at once.</EmptyState>;
}

function Lost() {
  useReadyMark(true);
  return (
    <EmptyState title="There is nothing at this address" actions={<Link className="button primary" to="/">Go to the start</Link>}>
      The address may be mistyped, or what stood here was moved.
    </EmptyState>
  );
}

const OPEN_WHEN_INACTIVE: readonly Place['screen'][] = ['admin-store', 'admin-people', 'conflicts'];

function Inactive({ store }: { store: StoreAccess }) {
  useReadyMark(true);
  const mayActivate = store.role === 'admin';
  return (
    <EmptyState title={`${store.name} is deactivated`} actions={mayActivate
      ? <Link className="button primary" to={`/admin/${store.id}/store`}>Activate it again</Link>
      : <Link className="button primary" to="/stores">Your stores</Link>}>
      Nothing in it opens or changes until {mayActivate ? 'you activate' : 'an admin activates'} it again. Nothing was deleted, and edits that wait are kept.
    </EmptyState>
  );
}

function RoleMissing({ store, needed }: { store: StoreAccess; needed: string }) {
  useReadyMark(true);
  return (
    <EmptyState title={`This page needs the role ${needed}`} actions={<Link className="button primary" to={`/s/${store.id}`}>Go to the seller view</Link>}>
      In {store.name} you are {store.role}. An admin can change that on the people page.
    </EmptyState>
  );
}
