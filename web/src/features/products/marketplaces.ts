// Where a product is sold besides here, and how its listing there stands.
import type { FieldValue, Row } from '../../sync';

export const PLATFORMS = [
  { key: 'shopify', name: 'Shopify', letter: 'S' },
  { key: 'amazon', name: 'Amazon', letter: 'A' },
  { key: 'shopee', name: 'Shopee', letter: 'Sh' },
  { key: 'tiktok_shop', name: 'TikTok Shop', letter: 'T' },
] as const;

export type PlatformKey = (typeof PLATFORMS)[number]['key'];

export const isPlatform = (text: string): text is PlatformKey => PLATFORMS.some(({ key }) => key === text);
export const platformName = (key: string): string => PLATFORMS.find((one) => one.key === key)?.name ?? key;
export const idField = (platform: PlatformKey): string => `${platform}_id`;

export type ListingState = 'none' | 'synced' | 'pending' | 'error' | 'assumed';

/** Without an id there is no listing, whatever else is noted; an id that nobody has looked at yet is taken for a listing in step. */
export function listingState(id: FieldValue | undefined, status: FieldValue | undefined): ListingState {
  if (typeof id !== 'string' || id === '') return 'none';
  return status === 'synced' || status === 'pending' || status === 'error' ? status : 'assumed';
}

export const listingOf = (row: Row, platform: PlatformKey): ListingState =>
  listingState(row.fields[idField(platform)], row.fields[`${platform}_sync_status`]);

/** In the order of the legend: what needs somebody stands first. */
export const LISTING_STATES: readonly { state: ListingState; words: string; meaning: string }[] = [
  { state: 'error', words: 'Error', meaning: 'The marketplace refused the last change, or could not be reached.' },
  { state: 'pending', words: 'Pending', meaning: 'A change waits to be sent to the marketplace.' },
  { state: 'synced', words: 'Synced', meaning: 'The marketplace has what stands here.' },
  { state: 'assumed', words: 'Taken for synced', meaning: 'It has an id of the marketplace, and nobody has compared them yet.' },
  { state: 'none', words: 'Not listed', meaning: 'It has no id of the marketplace: it is not sold there.' },
];

export function listingWords(state: ListingState): string {
  return LISTING_STATES.find((one) => one.state === state)?.words ?? '';
}

/** Values of the list's filter; '' is a product that no marketplace was told of. */
export const SYNC_STATES = [
  { value: 'synced', words: 'Synced' },
  { value: 'pending', words: 'Pending' },
  { value: 'failed', words: 'Failed' },
  { value: 'conflict', words: 'Conflict' },
  { value: 'none', words: 'Not connected' },
] as const;

export function syncWords(status: FieldValue | undefined): string {
  return SYNC_STATES.find(({ value }) => value === status)?.words ?? 'Not connected';
}
