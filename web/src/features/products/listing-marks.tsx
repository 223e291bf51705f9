import type { Row } from '../../sync';
import { Icon, type IconName } from '../../ui/icon';
import { Popover } from '../../ui/popover';
import { LISTING_STATES, listingOf, listingWords, PLATFORMS, type ListingState, type PlatformKey } from './marketplaces';
import './listing-marks.css';

const ICONS: Record<ListingState, IconName> = { none: 'close', synced: 'check', pending: 'clock', error: 'close', assumed: 'check' };

/** The sign of one marketplace; its words stand in the tooltip, and for whoever cannot see it. */
export function ListingMark({ row, platform, name }: { row: Row; platform: PlatformKey; name: string }) {
  const state = listingOf(row, platform);
  const words = `${name}: ${listingWords(state)}`;
  return (
    <span className={`listing ${state}`} title={words} data-listing={`${platform}:${state}`}>
      <Icon name={ICONS[state]} /><span className="sr-only">{words}</span>
    </span>
  );
}

export function ListingMarks({ row }: { row: Row }) {
  return (
    <span className="listings">
      {PLATFORMS.map(({ key, name }) => <ListingMark key={key} row={row} platform={key} name={name} />)}
    </span>
  );
}

/** What the signs mean, and whose they are from left to right. */
export function ListingLegend() {
  return (
    <Popover label="What the marketplace signs mean" className="button quiet icon-only" align="right" button={<span aria-hidden="true">?</span>}>
      {() => (
        <div className="listing-legend stack">
          <p className="muted">From left to right: {PLATFORMS.map(({ name }) => name).join(', ')}.</p>
          <dl>
            {LISTING_STATES.map(({ state, words, meaning }) => (
              <div key={state}>
                <dt><span className={`listing ${state}`}><Icon name={ICONS[state]} /></span>{words}</dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
        </div>
      )}
    </Popover>
  );
}
