import { useState } from 'react';
import { useSession, useSingleton, useSyncStatus, type StoreAccess } from '../sync';
import { Dialog } from '../ui/dialog';
import { plural } from '../ui/format';
import { Icon } from '../ui/icon';
import { Popover } from '../ui/popover';
import { usePreference } from '../ui/preferences';
import { Link } from '../ui/router';
import { StatusPill } from '../ui/status-pill';
import { StoreBadge } from '../ui/store-badge';
import { useMedia } from '../ui/use-media';
import { useInstall } from './install';
import { NoticesBell } from './notices-bell';
import { navLinks, type NavLink, type Place } from './places';

interface HeaderProps {
  store: StoreAccess | null;
  place: Place;
  onSignOut: () => void;
  onPalette: () => void;
  onMap: () => void;
}

const OUTSIDE_STORES: readonly Place['screen'][] = ['conflicts', 'outbox'];

export function isAdminSide(place: Place, store: StoreAccess | null): boolean {
  return place.screen.startsWith('admin-') || (OUTSIDE_STORES.includes(place.screen) && store !== null && store.role !== 'viewer');
}

export function Header(props: HeaderProps) {
  const { store, place } = props;
  const narrow = useMedia('(max-width: 1100px)');
  const admin = isAdminSide(place, store);
  const links = store ? navLinks(store, admin) : [];
  return (
    <header className={`app-header ${admin ? 'admin' : ''}`}>
      <a className="skip" href="#main">Skip to the content</a>
      <StoreSwitch store={store} />
      {admin ? <span className="admin-word">Admin</span> : null}
      {store ? <DemoChip store={store.id} /> : null}
      {narrow ? null : <Nav links={links} place={place} />}
      <span className="grow head-break" />
      <Alarms />
      <StatusPill store={store?.id ?? null} />
      <NoticesBell />
      {narrow ? <NavSheet links={links} place={place} /> : null}
      <UserMenu {...props} />
    </header>
  );
}

/** Figures that name their source as derived or made up come from the demo. */
function DemoChip({ store }: { store: string }) {
  const sources = useSingleton(store, 'store_info')?.fields['figure_sources'];
  if (!Array.isArray(sources) || sources.length === 0) return null;
  return <span className="chip demo" title="Made-up sign-ins, figures partly derived: nothing here is a real shop">Demo<span> data</span></span>;
}

interface NavGroup {
  /** Null: a link that stands by itself. */
  name: string | null;
  links: NavLink[];
}

/** Neighbours of one group together, in their order. */
function groupsOf(links: readonly NavLink[]): NavGroup[] {
  const groups: NavGroup[] = [];
  for (const one of links) {
    const last = groups.at(-1);
    if (one.group && last?.name === one.group) last.links.push(one);
    else groups.push({ name: one.group ?? null, links: [one] });
  }
  return groups;
}

function Nav({ links, place }: { links: NavLink[]; place: Place }) {
  const here = (one: NavLink): boolean => one.screens.includes(place.screen);
  return (
    <nav className="app-nav" aria-label="Main">
      {groupsOf(links).map(({ name, links: inside }) => (name === null ? inside.map((one) => (
        <Link key={one.to} to={one.to} aria-current={here(one) ? 'page' : undefined}>{one.label}</Link>
      )) : (
        <Popover key={name} label={name} className={`nav-group ${inside.some(here) ? 'here' : ''}`} button={<>{name}<Icon name="down" /></>}>
          {(close) => inside.map((one) => (
            <Link key={one.to} to={one.to} className="menu-item" onClick={close} aria-current={here(one) ? 'page' : undefined}>{one.label}</Link>
          ))}
        </Popover>
      )))}
    </nav>
  );
}

function NavSheet({ links, place }: { links: NavLink[]; place: Place }) {
  const [open, setOpen] = useState(false);
  if (links.length === 0) return null;
  return (
    <>
      <button type="button" className="button quiet icon-only head-menu" aria-label="Menu" onClick={() => setOpen(true)}><Icon name="menu" /></button>
      {open ? (
        <Dialog title="Go to" place="sheet" onClose={() => setOpen(false)}>
          <nav aria-label="Main">
            {groupsOf(links).map(({ name, links: inside }) => (
              <div key={name ?? inside[0]?.to} role={name ? 'group' : undefined} aria-label={name ?? undefined}>
                {name ? <div className="nav-sheet-group" aria-hidden="true">{name}</div> : null}
                {inside.map((link) => (
                  <Link key={link.to} to={link.to} className="menu-item" onClick={() => setOpen(false)}
                    aria-current={link.screens.includes(place.screen) ? 'page' : undefined}>{link.label}</Link>
                ))}
              </div>
            ))}
          </nav>
        </Dialog>
      ) : null}
    </>
  );
}

function StoreSwitch({ store }: { store: StoreAccess | null }) {
  const session = useSession();
  return (
    <Popover label={store ? `Store ${store.name} ${store.currency}` : 'Choose a store'} className="store-button" place="head-store"
      button={store ? (
        <><StoreBadge id={store.id} name={store.name} /><strong className="clip">{store.name}</strong><span className="muted">{store.currency}</span><Icon name="down" /></>
      ) : <><strong>SyncStore</strong><Icon name="down" /></>}>
      {(close) => (
        <>
          {session.stores.map((other) => (
            <Link key={other.id} to={`/s/${encodeURIComponent(other.id)}`} className="menu-item" onClick={close} aria-current={other.id === store?.id ? 'true' : undefined}>
              <StoreBadge id={other.id} name={other.name} /><span className="grow clip">{other.name}</span>
              <span className="muted">{other.isActive ? other.currency : 'deactivated'}</span>
            </Link>
          ))}
          {session.installationAdmin ? (
            <Link to="/stores/new" className="menu-item" onClick={close}><Icon name="plus" />New store</Link>
          ) : null}
          <Link to="/stores" className="menu-item" onClick={close}>All stores</Link>
        </>
      )}
    </Popover>
  );
}

/** What waits for a decision, on every screen. */
function Alarms() {
  const status = useSyncStatus();
  return (
    <>
      {status.conflicts > 0 ? (
        <Link to="/conflicts" className="header-chip conflict" aria-label={plural(status.conflicts, 'conflict')}>
          <Icon name="split" />{status.conflicts} <span>{status.conflicts === 1 ? 'conflict' : 'conflicts'}</span>
        </Link>
      ) : null}
      {status.parked > 0 ? (
        <Link to="/outbox" className="header-chip refused" aria-label={`${status.parked} not saved`}><Icon name="warning" />{status.parked} <span>not saved</span></Link>
      ) : null}
    </>
  );
}

const THEMES = [['system', 'As the system'], ['light', 'Light'], ['dark', 'Dark']] as const;

function UserMenu({ store, onSignOut, onPalette, onMap }: HeaderProps) {
  const session = useSession();
  const [theme, setTheme] = usePreference('theme', 'system');
  const install = useInstall();
  return (
    <Popover label={`Account of ${session.userName ?? 'nobody'}`} className="button quiet icon-only" place="head-user" align="right" button={<Icon name="person" />}>
      {(close) => (
        <>
          <p className="menu-item"><strong>{session.userName}</strong>{store ? <span className="muted">{store.role}</span> : null}</p>
          <div className="row menu-item" role="group" aria-label="Colours">
            {THEMES.map(([value, label]) => (
              <button key={value} type="button" className="button small" aria-pressed={theme === value} onClick={() => setTheme(value)}>{label}</button>
            ))}
          </div>
          <button type="button" className="menu-item" onClick={() => {
            close();
            onPalette();
          }}><span className="grow">Commands</span><kbd>Ctrl+K</kbd></button>
          <button type="button" className="menu-item" onClick={() => {
            close();
            onMap();
          }}><span className="grow">Keyboard map</span><kbd>?</kbd></button>
          <Link to="/outbox" className="menu-item" onClick={close}>Outbox</Link>
          {install ? (
            <button type="button" className="menu-item" onClick={() => {
              close();
              install();
            }}><Icon name="download" />Install as an app</button>
          ) : null}
          <button type="button" className="menu-item" onClick={() => {
            close();
            onSignOut();
          }}>Sign out</button>
        </>
      )}
    </Popover>
  );
}
