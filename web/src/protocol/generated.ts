// Generated from the core's tables by the target generate_protocol; do not edit.

export type FieldKind =
  | 'line' | 'text' | 'rich_text' | 'choice' | 'money' | 'decimal' | 'count' | 'flag' | 'time'
  | 'list' | 'json' | 'record' | 'day';
export type MergePolicy = 'review' | 'last_arrival' | 'counter';
export type Role = 'none' | 'viewer' | 'editor' | 'admin' | 'system';
export type KeyRule = 'drawn' | 'singleton' | 'natural';

export interface FieldDef {
  readonly number: number;
  readonly name: string;
  readonly label: string;
  readonly kind: FieldKind;
  readonly policy: MergePolicy;
  readonly required: boolean;
  readonly unique: boolean;
  readonly sortable: boolean;
  readonly searchable: boolean;
  /** Least role that may write it; system = only the server. */
  readonly write: Role;
  /** Of texts and of each entry of a list: bytes of UTF-8. */
  readonly maxBytes?: number;
  /** Of numbers: decimal strings for money and decimals, numbers for counts and times (ms). */
  readonly min?: string | number;
  readonly max?: string | number;
  /** Of choices; the first is the default, '' = none. */
  readonly choices?: readonly string[];
}

export interface CollectionDef {
  readonly number: number;
  readonly name: string;
  readonly label: string;
  readonly key: KeyRule;
  readonly read: Role;
  readonly create: Role;
  readonly remove: Role;
  readonly defaultSort: string;
  readonly fields: readonly FieldDef[];
}

export interface ErrorDef {
  readonly number: number;
  readonly status: number;
  readonly retryable: boolean;
  readonly sentence: string;
}

export const PROTOCOL = 1;

/** First byte of every binary frame; its high bit says that the rest is compressed. */
export const MESSAGE_KINDS = {
  hello: 1,
  mutate: 2,
  subscribe: 3,
  unsubscribe: 4,
  credentials: 5,
  ping: 6,
  ranges: 7,
  welcome: 64,
  begin: 65,
  part: 66,
  end: 67,
  cancel: 68,
  change: 69,
  receipt: 70,
  notice: 71,
  keepalive: 72,
  check: 73,
  page: 74,
  pong: 75,
  repair: 76,
  live: 77,
} as const;

export const COLLECTIONS = {
  store_info: {
    number: 1, name: 'store_info', label: 'Store', key: 'singleton',
    read: 'viewer', create: 'system', remove: 'system', defaultSort: 'name',
    fields: [
      {
        number: 1, name: 'name', label: 'Store name',
        kind: 'line', policy: 'review', required: true, unique: false,
        sortable: false, searchable: false, write: 'admin',
        maxBytes: 200,
      },
      {
        number: 2, name: 'marketplace', label: 'Marketplace',
        kind: 'line', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'admin',
        maxBytes: 100,
      },
      {
        number: 3, name: 'currency', label: 'Currency',
        kind: 'line', policy: 'review', required: true, unique: false,
        sortable: false, searchable: false, write: 'system',
        maxBytes: 3,
      },
      {
        number: 4, name: 'currency_symbol', label: 'Currency symbol',
        kind: 'line', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'admin',
        maxBytes: 8,
      },
      {
        number: 5, name: 'time_zone', label: 'Time zone',
        kind: 'line', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'admin',
        maxBytes: 64,
      },
      {
        number: 6, name: 'business_type', label: 'Business type',
        kind: 'line', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'admin',
        maxBytes: 100,
      },
      {
        number: 7, name: 'contact_email', label: 'Contact e-mail',
        kind: 'line', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'admin',
        maxBytes: 254,
      },
      {
        number: 8, name: 'contact_phone', label: 'Contact phone',
        kind: 'line', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'admin',
        maxBytes: 40,
      },
      {
        number: 9, name: 'is_active', label: 'Active',
        kind: 'flag', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'admin',
      },
      {
        number: 10, name: 'last_sync_time', label: 'Last sync',
        kind: 'time', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
        min: 0, max: 253402300799999,
      },
      {
        number: 11, name: 'sync_status', label: 'Sync status',
        kind: 'choice', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
        choices: ['synced', 'pending', 'error'],
      },
      {
        number: 12, name: 'figure_sources', label: 'Where figures come from',
        kind: 'list', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
        maxBytes: 100,
      },
    ],
  },
  products: {
    number: 2, name: 'products', label: 'Products', key: 'drawn',
    read: 'viewer', create: 'editor', remove: 'editor', defaultSort: '-sales_amount',
    fields: [
      {
        number: 1, name: 'title', label: 'Title',
        kind: 'line', policy: 'review', required: true, unique: false,
        sortable: true, searchable: true, write: 'editor',
        maxBytes: 1000,
      },
      {
        number: 2, name: 'sku', label: 'SKU',
        kind: 'line', policy: 'review', required: false, unique: true,
        sortable: true, searchable: true, write: 'editor',
        maxBytes: 100,
      },
      {
        number: 3, name: 'asin', label: 'ASIN',
        kind: 'line', policy: 'review', required: false, unique: false,
        sortable: false, searchable: true, write: 'editor',
        maxBytes: 20,
      },
      {
        number: 4, name: 'image_url', label: 'Image address',
        kind: 'line', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        maxBytes: 1024,
      },
      {
        number: 5, name: 'status', label: 'Status',
        kind: 'choice', policy: 'review', required: true, unique: false,
        sortable: true, searchable: false, write: 'editor',
        choices: ['Active', 'Inactive'],
      },
      {
        number: 6, name: 'sales_amount', label: 'Sales',
        kind: 'money', policy: 'last_arrival', required: false, unique: false,
        sortable: true, searchable: false, write: 'editor',
        min: '-999999999999.9999', max: '999999999999.9999',
      },
      {
        number: 7, name: 'units_sold', label: 'Units sold',
        kind: 'count', policy: 'last_arrival', required: false, unique: false,
        sortable: true, searchable: false, write: 'editor',
        min: 0, max: 9007199254740991,
      },
      {
        number: 8, name: 'page_views', label: 'Page views',
        kind: 'count', policy: 'last_arrival', required: false, unique: false,
        sortable: true, searchable: false, write: 'editor',
        min: 0, max: 9007199254740991,
      },
      {
        number: 9, name: 'inventory', label: 'Stock',
        kind: 'count', policy: 'counter', required: false, unique: false,
        sortable: true, searchable: false, write: 'editor',
        min: 0, max: 9007199254740991,
      },
      {
        number: 10, name: 'price', label: 'Price',
        kind: 'money', policy: 'review', required: false, unique: false,
        sortable: true, searchable: false, write: 'editor',
        min: '0', max: '999999999999.9999',
      },
      {
        number: 11, name: 'handle', label: 'Handle',
        kind: 'line', policy: 'review', required: false, unique: true,
        sortable: false, searchable: true, write: 'editor',
        maxBytes: 255,
      },
      {
        number: 12, name: 'description', label: 'Description',
        kind: 'rich_text', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        maxBytes: 131072,
      },
      {
        number: 13, name: 'category', label: 'Category',
        kind: 'line', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: true, write: 'editor',
        maxBytes: 500,
      },
      {
        number: 14, name: 'tags', label: 'Tags',
        kind: 'list', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: true, write: 'editor',
        maxBytes: 60,
      },
      {
        number: 15, name: 'weight', label: 'Weight (kg)',
        kind: 'decimal', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        min: '0', max: '100000',
      },
      {
        number: 16, name: 'length', label: 'Length (cm)',
        kind: 'decimal', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        min: '0', max: '100000',
      },
      {
        number: 17, name: 'width', label: 'Width (cm)',
        kind: 'decimal', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        min: '0', max: '100000',
      },
      {
        number: 18, name: 'height', label: 'Height (cm)',
        kind: 'decimal', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        min: '0', max: '100000',
      },
      {
        number: 19, name: 'collections', label: 'Collections',
        kind: 'list', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        maxBytes: 13,
      },
      {
        number: 20, name: 'thumbnail', label: 'Picture',
        kind: 'line', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
        maxBytes: 64,
      },
      {
        number: 21, name: 'shopify_id', label: 'Shopify id',
        kind: 'line', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        maxBytes: 100,
      },
      {
        number: 22, name: 'shopify_sync_status', label: 'Shopify',
        kind: 'choice', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
        choices: ['', 'synced', 'pending', 'error'],
      },
      {
        number: 23, name: 'amazon_id', label: 'Amazon id',
        kind: 'line', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        maxBytes: 100,
      },
      {
        number: 24, name: 'amazon_sync_status', label: 'Amazon',
        kind: 'choice', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
        choices: ['', 'synced', 'pending', 'error'],
      },
      {
        number: 25, name: 'shopee_id', label: 'Shopee id',
        kind: 'line', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        maxBytes: 100,
      },
      {
        number: 26, name: 'shopee_sync_status', label: 'Shopee',
        kind: 'choice', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
        choices: ['', 'synced', 'pending', 'error'],
      },
      {
        number: 27, name: 'tiktok_shop_id', label: 'TikTok Shop id',
        kind: 'line', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        maxBytes: 100,
      },
      {
        number: 28, name: 'tiktok_shop_sync_status', label: 'TikTok Shop',
        kind: 'choice', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
        choices: ['', 'synced', 'pending', 'error'],
      },
      {
        number: 29, name: 'sync_status', label: 'Sync status',
        kind: 'choice', policy: 'last_arrival', required: false, unique: false,
        sortable: true, searchable: false, write: 'system',
        choices: ['', 'synced', 'pending', 'failed', 'conflict'],
      },
      {
        number: 30, name: 'last_synced_at', label: 'Last synced',
        kind: 'time', policy: 'last_arrival', required: false, unique: false,
        sortable: true, searchable: false, write: 'system',
        min: 0, max: 253402300799999,
      },
    ],
  },
  dashboard: {
    number: 3, name: 'dashboard', label: 'Dashboard', key: 'singleton',
    read: 'viewer', create: 'editor', remove: 'system', defaultSort: 'sales_amount',
    fields: [
      {
        number: 1, name: 'sales_amount', label: 'Sales',
        kind: 'money', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        min: '-999999999999.9999', max: '999999999999.9999',
      },
      {
        number: 2, name: 'todaySoFar', label: 'Today so far',
        kind: 'money', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        min: '-999999999999.9999', max: '999999999999.9999',
      },
      {
        number: 3, name: 'open_orders', label: 'Open orders',
        kind: 'count', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        min: 0, max: 9007199254740991,
      },
      {
        number: 4, name: 'fbm_unshipped', label: 'FBM unshipped',
        kind: 'count', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        min: 0, max: 9007199254740991,
      },
      {
        number: 5, name: 'fbm_pending', label: 'FBM pending',
        kind: 'count', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        min: 0, max: 9007199254740991,
      },
      {
        number: 6, name: 'fba_pending', label: 'FBA pending',
        kind: 'count', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        min: 0, max: 9007199254740991,
      },
      {
        number: 7, name: 'buyer_messages', label: 'Buyer messages',
        kind: 'count', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        min: 0, max: 9007199254740991,
      },
      {
        number: 8, name: 'inventory_performance_index', label: 'Inventory performance index',
        kind: 'count', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        min: 0, max: 1000,
      },
      {
        number: 9, name: 'featured_offer_percent', label: 'Featured offer %',
        kind: 'decimal', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        min: '0', max: '100',
      },
      {
        number: 10, name: 'global_promotions_sales', label: 'Global promotions sales',
        kind: 'money', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        min: '-999999999999.9999', max: '999999999999.9999',
      },
      {
        number: 11, name: 'seller_feedback_rating', label: 'Seller feedback rating',
        kind: 'decimal', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        min: '0', max: '5',
      },
      {
        number: 12, name: 'seller_feedback_count', label: 'Seller feedback count',
        kind: 'count', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        min: 0, max: 9007199254740991,
      },
      {
        number: 13, name: 'ad_sales', label: 'Ad sales',
        kind: 'money', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        min: '-999999999999.9999', max: '999999999999.9999',
      },
      {
        number: 14, name: 'payments_balance', label: 'Payments balance',
        kind: 'money', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        min: '-999999999999.9999', max: '999999999999.9999',
      },
      {
        number: 15, name: 'ad_impressions', label: 'Ad impressions',
        kind: 'count', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        min: 0, max: 9007199254740991,
      },
    ],
  },
  conflicts: {
    number: 4, name: 'conflicts', label: 'Conflicts', key: 'natural',
    read: 'editor', create: 'system', remove: 'system', defaultSort: '-mine_at',
    fields: [
      {
        number: 1, name: 'kind', label: 'Kind',
        kind: 'choice', policy: 'last_arrival', required: true, unique: false,
        sortable: false, searchable: false, write: 'system',
        choices: ['same_field', 'removed', 'changed_since'],
      },
      {
        number: 2, name: 'status', label: 'Status',
        kind: 'choice', policy: 'review', required: true, unique: false,
        sortable: true, searchable: false, write: 'editor',
        choices: ['open', 'resolved'],
      },
      {
        number: 3, name: 'data_type', label: 'Data type',
        kind: 'line', policy: 'last_arrival', required: true, unique: false,
        sortable: false, searchable: false, write: 'system',
        maxBytes: 64,
      },
      {
        number: 4, name: 'record', label: 'Record',
        kind: 'record', policy: 'last_arrival', required: true, unique: false,
        sortable: false, searchable: false, write: 'system',
      },
      {
        number: 5, name: 'field', label: 'Field',
        kind: 'line', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
        maxBytes: 64,
      },
      {
        number: 6, name: 'base', label: 'Before',
        kind: 'json', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
        maxBytes: 524288,
      },
      {
        number: 7, name: 'mine', label: 'Offered',
        kind: 'json', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
        maxBytes: 524288,
      },
      {
        number: 8, name: 'theirs', label: 'Kept',
        kind: 'json', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
        maxBytes: 524288,
      },
      {
        number: 9, name: 'mine_by', label: 'Offered by',
        kind: 'line', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
        maxBytes: 1024,
      },
      {
        number: 10, name: 'mine_at', label: 'Offered at',
        kind: 'time', policy: 'last_arrival', required: false, unique: false,
        sortable: true, searchable: false, write: 'system',
        min: 0, max: 253402300799999,
      },
      {
        number: 11, name: 'theirs_by', label: 'Kept value by',
        kind: 'line', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
        maxBytes: 1024,
      },
      {
        number: 12, name: 'theirs_at', label: 'Kept value at',
        kind: 'time', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
        min: 0, max: 253402300799999,
      },
      {
        number: 13, name: 'origin', label: 'Origin',
        kind: 'line', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
        maxBytes: 32,
      },
      {
        number: 14, name: 'resolution', label: 'Resolution',
        kind: 'choice', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        choices: ['', 'mine', 'theirs', 'value', 'same'],
      },
      {
        number: 15, name: 'payload', label: 'Offered operation',
        kind: 'json', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
        maxBytes: 524288,
      },
    ],
  },
  imports: {
    number: 5, name: 'imports', label: 'Imports', key: 'drawn',
    read: 'editor', create: 'system', remove: 'system', defaultSort: '-started_at',
    fields: [
      {
        number: 1, name: 'file_name', label: 'File',
        kind: 'line', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
        maxBytes: 255,
      },
      {
        number: 2, name: 'kind', label: 'Kind',
        kind: 'line', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
        maxBytes: 32,
      },
      {
        number: 3, name: 'state', label: 'State',
        kind: 'choice', policy: 'last_arrival', required: true, unique: false,
        sortable: true, searchable: false, write: 'system',
        choices: ['reading', 'previewed', 'importing', 'done', 'failed', 'cancelled'],
      },
      {
        number: 4, name: 'dry_run', label: 'Preview only',
        kind: 'flag', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
      },
      {
        number: 5, name: 'read', label: 'Read',
        kind: 'count', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
        min: 0, max: 9007199254740991,
      },
      {
        number: 6, name: 'inserted', label: 'Inserted',
        kind: 'count', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
        min: 0, max: 9007199254740991,
      },
      {
        number: 7, name: 'updated', label: 'Updated',
        kind: 'count', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
        min: 0, max: 9007199254740991,
      },
      {
        number: 8, name: 'unchanged', label: 'Unchanged',
        kind: 'count', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
        min: 0, max: 9007199254740991,
      },
      {
        number: 9, name: 'rejected', label: 'Rejected',
        kind: 'count', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
        min: 0, max: 9007199254740991,
      },
      {
        number: 10, name: 'warnings', label: 'Warnings',
        kind: 'count', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
        min: 0, max: 9007199254740991,
      },
      {
        number: 11, name: 'progress', label: 'Progress %',
        kind: 'count', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
        min: 0, max: 100,
      },
      {
        number: 12, name: 'message', label: 'Message',
        kind: 'line', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
        maxBytes: 1024,
      },
      {
        number: 13, name: 'started_by', label: 'Started by',
        kind: 'line', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
        maxBytes: 1024,
      },
      {
        number: 14, name: 'started_at', label: 'Started',
        kind: 'time', policy: 'last_arrival', required: false, unique: false,
        sortable: true, searchable: false, write: 'system',
        min: 0, max: 253402300799999,
      },
      {
        number: 15, name: 'finished_at', label: 'Finished',
        kind: 'time', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
        min: 0, max: 253402300799999,
      },
    ],
  },
  members: {
    number: 6, name: 'members', label: 'People', key: 'natural',
    read: 'admin', create: 'system', remove: 'system', defaultSort: 'name',
    fields: [
      {
        number: 1, name: 'name', label: 'Name',
        kind: 'line', policy: 'last_arrival', required: true, unique: false,
        sortable: true, searchable: true, write: 'system',
        maxBytes: 64,
      },
      {
        number: 2, name: 'role', label: 'Role',
        kind: 'choice', policy: 'last_arrival', required: true, unique: false,
        sortable: false, searchable: false, write: 'system',
        choices: ['viewer', 'editor', 'admin'],
      },
      {
        number: 3, name: 'all_stores', label: 'All stores',
        kind: 'flag', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
      },
      {
        number: 4, name: 'is_active', label: 'Active',
        kind: 'flag', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
      },
    ],
  },
  sales: {
    number: 7, name: 'sales', label: 'Daily sales', key: 'natural',
    read: 'viewer', create: 'editor', remove: 'editor', defaultSort: '-day',
    fields: [
      {
        number: 1, name: 'day', label: 'Day',
        kind: 'day', policy: 'last_arrival', required: true, unique: false,
        sortable: true, searchable: false, write: 'editor',
      },
      {
        number: 2, name: 'sales_amount', label: 'Sales',
        kind: 'money', policy: 'review', required: false, unique: false,
        sortable: true, searchable: false, write: 'editor',
        min: '-999999999999.9999', max: '999999999999.9999',
      },
      {
        number: 3, name: 'units_sold', label: 'Units sold',
        kind: 'count', policy: 'review', required: false, unique: false,
        sortable: true, searchable: false, write: 'editor',
        min: 0, max: 9007199254740991,
      },
      {
        number: 4, name: 'orders', label: 'Orders',
        kind: 'count', policy: 'review', required: false, unique: false,
        sortable: true, searchable: false, write: 'editor',
        min: 0, max: 9007199254740991,
      },
      {
        number: 5, name: 'page_views', label: 'Page views',
        kind: 'count', policy: 'review', required: false, unique: false,
        sortable: true, searchable: false, write: 'editor',
        min: 0, max: 9007199254740991,
      },
      {
        number: 6, name: 'sessions', label: 'Sessions',
        kind: 'count', policy: 'review', required: false, unique: false,
        sortable: true, searchable: false, write: 'editor',
        min: 0, max: 9007199254740991,
      },
      {
        number: 7, name: 'refunds', label: 'Refunds',
        kind: 'money', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        min: '-999999999999.9999', max: '999999999999.9999',
      },
    ],
  },
  account_health: {
    number: 8, name: 'account_health', label: 'Account health', key: 'singleton',
    read: 'viewer', create: 'editor', remove: 'system', defaultSort: 'account_status',
    fields: [
      {
        number: 1, name: 'account_status', label: 'Account status',
        kind: 'choice', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        choices: ['', 'Healthy', 'At risk', 'Critical', 'Deactivated'],
      },
      {
        number: 2, name: 'health_rating', label: 'Health rating',
        kind: 'count', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        min: 0, max: 1000,
      },
      {
        number: 3, name: 'order_defect_rate', label: 'Order defect rate %',
        kind: 'decimal', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        min: '0', max: '100',
      },
      {
        number: 4, name: 'late_shipment_rate', label: 'Late shipment rate %',
        kind: 'decimal', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        min: '0', max: '100',
      },
      {
        number: 5, name: 'cancellation_rate', label: 'Cancellation rate %',
        kind: 'decimal', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        min: '0', max: '100',
      },
      {
        number: 6, name: 'valid_tracking_rate', label: 'Valid tracking rate %',
        kind: 'decimal', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        min: '0', max: '100',
      },
      {
        number: 7, name: 'on_time_delivery_rate', label: 'On-time delivery rate %',
        kind: 'decimal', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        min: '0', max: '100',
      },
      {
        number: 8, name: 'policy_violations', label: 'Policy violations',
        kind: 'count', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        min: 0, max: 9007199254740991,
      },
      {
        number: 9, name: 'reviewed_on', label: 'Reviewed on',
        kind: 'day', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
      },
      {
        number: 10, name: 'notes', label: 'Notes',
        kind: 'text', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        maxBytes: 8192,
      },
    ],
  },
  legal_entity: {
    number: 9, name: 'legal_entity', label: 'Legal entity', key: 'singleton',
    read: 'viewer', create: 'admin', remove: 'system', defaultSort: 'legal_name',
    fields: [
      {
        number: 1, name: 'legal_name', label: 'Legal name',
        kind: 'line', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'admin',
        maxBytes: 200,
      },
      {
        number: 2, name: 'entity_type', label: 'Kind',
        kind: 'choice', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'admin',
        choices: ['', 'Company', 'Partnership', 'Sole trader', 'Charity', 'Other'],
      },
      {
        number: 3, name: 'registration_number', label: 'Registration number',
        kind: 'line', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'admin',
        maxBytes: 60,
      },
      {
        number: 4, name: 'vat_number', label: 'VAT number',
        kind: 'line', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'admin',
        maxBytes: 40,
      },
      {
        number: 5, name: 'address_line1', label: 'Address',
        kind: 'line', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'admin',
        maxBytes: 200,
      },
      {
        number: 6, name: 'address_line2', label: 'Address, second line',
        kind: 'line', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'admin',
        maxBytes: 200,
      },
      {
        number: 7, name: 'city', label: 'City',
        kind: 'line', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'admin',
        maxBytes: 100,
      },
      {
        number: 8, name: 'region', label: 'Region',
        kind: 'line', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'admin',
        maxBytes: 100,
      },
      {
        number: 9, name: 'postal_code', label: 'Postal code',
        kind: 'line', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'admin',
        maxBytes: 20,
      },
      {
        number: 10, name: 'country', label: 'Country',
        kind: 'line', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'admin',
        maxBytes: 2,
      },
      {
        number: 11, name: 'representative', label: 'Representative',
        kind: 'line', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'admin',
        maxBytes: 200,
      },
      {
        number: 12, name: 'email', label: 'E-mail',
        kind: 'line', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'admin',
        maxBytes: 254,
      },
      {
        number: 13, name: 'phone', label: 'Phone',
        kind: 'line', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'admin',
        maxBytes: 40,
      },
    ],
  },
  voc_data: {
    number: 10, name: 'voc_data', label: 'Voice of the customer', key: 'natural',
    read: 'viewer', create: 'editor', remove: 'editor', defaultSort: '-ncx_rate',
    fields: [
      {
        number: 1, name: 'product', label: 'Product',
        kind: 'record', policy: 'last_arrival', required: true, unique: false,
        sortable: false, searchable: false, write: 'editor',
      },
      {
        number: 2, name: 'cx_health', label: 'Customer experience',
        kind: 'choice', policy: 'review', required: false, unique: false,
        sortable: true, searchable: false, write: 'editor',
        choices: ['', 'Very poor', 'Poor', 'Fair', 'Good', 'Excellent'],
      },
      {
        number: 3, name: 'ncx_rate', label: 'Negative rate %',
        kind: 'decimal', policy: 'review', required: false, unique: false,
        sortable: true, searchable: false, write: 'editor',
        min: '0', max: '100',
      },
      {
        number: 4, name: 'ncx_orders', label: 'Negative orders',
        kind: 'count', policy: 'review', required: false, unique: false,
        sortable: true, searchable: false, write: 'editor',
        min: 0, max: 9007199254740991,
      },
      {
        number: 5, name: 'orders', label: 'Orders',
        kind: 'count', policy: 'review', required: false, unique: false,
        sortable: true, searchable: false, write: 'editor',
        min: 0, max: 9007199254740991,
      },
      {
        number: 6, name: 'star_rating', label: 'Star rating',
        kind: 'decimal', policy: 'review', required: false, unique: false,
        sortable: true, searchable: false, write: 'editor',
        min: '0', max: '5',
      },
      {
        number: 7, name: 'return_rate', label: 'Return rate %',
        kind: 'decimal', policy: 'review', required: false, unique: false,
        sortable: true, searchable: false, write: 'editor',
        min: '0', max: '100',
      },
      {
        number: 8, name: 'top_reason', label: 'Main reason',
        kind: 'line', policy: 'review', required: false, unique: false,
        sortable: false, searchable: true, write: 'editor',
        maxBytes: 200,
      },
      {
        number: 9, name: 'comment', label: 'Comment',
        kind: 'text', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        maxBytes: 8192,
      },
      {
        number: 10, name: 'last_reviewed', label: 'Last reviewed',
        kind: 'day', policy: 'last_arrival', required: false, unique: false,
        sortable: true, searchable: false, write: 'editor',
      },
    ],
  },
  categories: {
    number: 11, name: 'categories', label: 'Categories', key: 'drawn',
    read: 'viewer', create: 'editor', remove: 'editor', defaultSort: 'path',
    fields: [
      {
        number: 1, name: 'path', label: 'Category',
        kind: 'line', policy: 'review', required: true, unique: true,
        sortable: true, searchable: true, write: 'editor',
        maxBytes: 500,
      },
      {
        number: 2, name: 'description', label: 'Description',
        kind: 'text', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        maxBytes: 4096,
      },
      {
        number: 3, name: 'platform_ids', label: 'Marketplace categories',
        kind: 'list', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        maxBytes: 120,
      },
    ],
  },
  collections: {
    number: 12, name: 'collections', label: 'Collections', key: 'drawn',
    read: 'viewer', create: 'editor', remove: 'editor', defaultSort: 'title',
    fields: [
      {
        number: 1, name: 'title', label: 'Title',
        kind: 'line', policy: 'review', required: true, unique: false,
        sortable: true, searchable: true, write: 'editor',
        maxBytes: 255,
      },
      {
        number: 2, name: 'handle', label: 'Handle',
        kind: 'line', policy: 'review', required: false, unique: true,
        sortable: false, searchable: true, write: 'editor',
        maxBytes: 255,
      },
      {
        number: 3, name: 'description', label: 'Description',
        kind: 'rich_text', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        maxBytes: 131072,
      },
      {
        number: 4, name: 'image_url', label: 'Image address',
        kind: 'line', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        maxBytes: 1024,
      },
      {
        number: 5, name: 'sort_order', label: 'Order',
        kind: 'choice', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        choices: ['best_selling', 'title', 'price', 'newest'],
      },
      {
        number: 6, name: 'is_active', label: 'Active',
        kind: 'flag', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
      },
      {
        number: 7, name: 'platform_ids', label: 'Marketplace ids',
        kind: 'list', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        maxBytes: 120,
      },
    ],
  },
  product_variants: {
    number: 13, name: 'product_variants', label: 'Variants', key: 'drawn',
    read: 'viewer', create: 'editor', remove: 'editor', defaultSort: 'position',
    fields: [
      {
        number: 1, name: 'product', label: 'Product',
        kind: 'record', policy: 'last_arrival', required: true, unique: false,
        sortable: false, searchable: false, write: 'editor',
      },
      {
        number: 2, name: 'name', label: 'Name',
        kind: 'line', policy: 'review', required: true, unique: false,
        sortable: true, searchable: true, write: 'editor',
        maxBytes: 255,
      },
      {
        number: 3, name: 'sku', label: 'SKU',
        kind: 'line', policy: 'review', required: false, unique: true,
        sortable: true, searchable: true, write: 'editor',
        maxBytes: 100,
      },
      {
        number: 4, name: 'price', label: 'Price',
        kind: 'money', policy: 'review', required: false, unique: false,
        sortable: true, searchable: false, write: 'editor',
        min: '0', max: '999999999999.9999',
      },
      {
        number: 5, name: 'stock', label: 'Stock',
        kind: 'count', policy: 'counter', required: false, unique: false,
        sortable: true, searchable: false, write: 'editor',
        min: 0, max: 9007199254740991,
      },
      {
        number: 6, name: 'attributes', label: 'Attributes',
        kind: 'json', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        maxBytes: 4096,
      },
      {
        number: 7, name: 'platform_variant_ids', label: 'Marketplace ids',
        kind: 'json', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        maxBytes: 4096,
      },
      {
        number: 8, name: 'is_active', label: 'Active',
        kind: 'flag', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
      },
      {
        number: 9, name: 'position', label: 'Position',
        kind: 'decimal', policy: 'last_arrival', required: false, unique: false,
        sortable: true, searchable: false, write: 'editor',
        min: '0', max: '999999999999.9999',
      },
      {
        number: 10, name: 'barcode', label: 'Barcode',
        kind: 'line', policy: 'review', required: false, unique: false,
        sortable: false, searchable: true, write: 'editor',
        maxBytes: 50,
      },
    ],
  },
  images: {
    number: 14, name: 'images', label: 'Pictures', key: 'drawn',
    read: 'viewer', create: 'system', remove: 'editor', defaultSort: 'position',
    fields: [
      {
        number: 1, name: 'product', label: 'Product',
        kind: 'record', policy: 'last_arrival', required: true, unique: false,
        sortable: false, searchable: false, write: 'system',
      },
      {
        number: 2, name: 'position', label: 'Position',
        kind: 'decimal', policy: 'last_arrival', required: false, unique: false,
        sortable: true, searchable: false, write: 'editor',
        min: '0', max: '999999999999.9999',
      },
      {
        number: 3, name: 'hash', label: 'Content',
        kind: 'line', policy: 'last_arrival', required: true, unique: false,
        sortable: false, searchable: false, write: 'system',
        maxBytes: 64,
      },
      {
        number: 4, name: 'width', label: 'Width',
        kind: 'count', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
        min: 0, max: 9007199254740991,
      },
      {
        number: 5, name: 'height', label: 'Height',
        kind: 'count', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
        min: 0, max: 9007199254740991,
      },
      {
        number: 6, name: 'bytes', label: 'Size',
        kind: 'count', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
        min: 0, max: 9007199254740991,
      },
      {
        number: 7, name: 'alt', label: 'Description',
        kind: 'line', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        maxBytes: 500,
      },
      {
        number: 8, name: 'variant', label: 'Variant',
        kind: 'record', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
      },
      {
        number: 9, name: 'source_url', label: 'Taken from',
        kind: 'line', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'system',
        maxBytes: 2048,
      },
    ],
  },
  platform_overrides: {
    number: 15, name: 'platform_overrides', label: 'Marketplace values', key: 'natural',
    read: 'viewer', create: 'editor', remove: 'editor', defaultSort: 'platform',
    fields: [
      {
        number: 1, name: 'product', label: 'Product',
        kind: 'record', policy: 'last_arrival', required: true, unique: false,
        sortable: false, searchable: false, write: 'editor',
      },
      {
        number: 2, name: 'platform', label: 'Marketplace',
        kind: 'choice', policy: 'last_arrival', required: true, unique: false,
        sortable: true, searchable: false, write: 'editor',
        choices: ['shopify', 'amazon', 'shopee', 'tiktok_shop'],
      },
      {
        number: 3, name: 'title', label: 'Title',
        kind: 'line', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        maxBytes: 1000,
      },
      {
        number: 4, name: 'description', label: 'Description',
        kind: 'rich_text', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        maxBytes: 131072,
      },
      {
        number: 5, name: 'price', label: 'Price',
        kind: 'money', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        min: '0', max: '999999999999.9999',
      },
      {
        number: 6, name: 'category', label: 'Category',
        kind: 'line', policy: 'review', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
        maxBytes: 500,
      },
      {
        number: 7, name: 'is_listed', label: 'Listed',
        kind: 'flag', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'editor',
      },
    ],
  },
  saved_views: {
    number: 16, name: 'saved_views', label: 'Saved views', key: 'drawn',
    read: 'viewer', create: 'viewer', remove: 'viewer', defaultSort: 'name',
    fields: [
      {
        number: 1, name: 'owner', label: 'Owner',
        kind: 'line', policy: 'last_arrival', required: true, unique: false,
        sortable: false, searchable: false, write: 'viewer',
        maxBytes: 64,
      },
      {
        number: 2, name: 'name', label: 'Name',
        kind: 'line', policy: 'last_arrival', required: true, unique: false,
        sortable: true, searchable: false, write: 'viewer',
        maxBytes: 100,
      },
      {
        number: 3, name: 'screen', label: 'Screen',
        kind: 'line', policy: 'last_arrival', required: true, unique: false,
        sortable: false, searchable: false, write: 'viewer',
        maxBytes: 64,
      },
      {
        number: 4, name: 'spec', label: 'View',
        kind: 'json', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'viewer',
        maxBytes: 8192,
      },
    ],
  },
  layouts: {
    number: 17, name: 'layouts', label: 'Layouts', key: 'natural',
    read: 'viewer', create: 'viewer', remove: 'viewer', defaultSort: 'screen',
    fields: [
      {
        number: 1, name: 'owner', label: 'Owner',
        kind: 'line', policy: 'last_arrival', required: true, unique: false,
        sortable: false, searchable: false, write: 'viewer',
        maxBytes: 64,
      },
      {
        number: 2, name: 'screen', label: 'Screen',
        kind: 'line', policy: 'last_arrival', required: true, unique: false,
        sortable: true, searchable: false, write: 'viewer',
        maxBytes: 64,
      },
      {
        number: 3, name: 'spec', label: 'Layout',
        kind: 'json', policy: 'last_arrival', required: false, unique: false,
        sortable: false, searchable: false, write: 'viewer',
        maxBytes: 8192,
      },
    ],
  },
} as const satisfies Record<string, CollectionDef>;

export const ERRORS = {
  internal: {
    number: 1, status: 500, retryable: false,
    sentence: 'Something went wrong on the server. Nothing was changed; try again, and report it if it stays.',
  },
  malformed: {
    number: 2, status: 400, retryable: false,
    sentence: 'The request could not be read.',
  },
  unauthorized: {
    number: 3, status: 401, retryable: false,
    sentence: 'Sign in first.',
  },
  bad_credentials: {
    number: 4, status: 401, retryable: false,
    sentence: 'The name or the password is wrong.',
  },
  forbidden: {
    number: 5, status: 403, retryable: false,
    sentence: 'Your role does not allow this.',
  },
  forbidden_store: {
    number: 6, status: 403, retryable: false,
    sentence: 'You have no access to this store.',
  },
  csrf: {
    number: 7, status: 403, retryable: false,
    sentence: 'The request lacks the X-CSRF-Token of this session.',
  },
  origin: {
    number: 8, status: 403, retryable: false,
    sentence: 'Requests from this origin are not allowed.',
  },
  not_found: {
    number: 9, status: 404, retryable: false,
    sentence: 'There is nothing at this address.',
  },
  unknown_store: {
    number: 10, status: 404, retryable: false,
    sentence: 'There is no such store.',
  },
  unknown_record: {
    number: 11, status: 404, retryable: false,
    sentence: 'There is no such record.',
  },
  method_not_allowed: {
    number: 12, status: 405, retryable: false,
    sentence: 'This address does not take that method.',
  },
  conflict: {
    number: 13, status: 409, retryable: false,
    sentence: 'Someone else changed this field. Decide which value stays.',
  },
  inactive_store: {
    number: 14, status: 409, retryable: false,
    sentence: 'This store is deactivated. An admin can activate it again.',
  },
  duplicate_sku: {
    number: 15, status: 409, retryable: false,
    sentence: 'Another product of this store has this SKU.',
  },
  record_removed: {
    number: 16, status: 409, retryable: false,
    sentence: 'The record was removed meanwhile.',
  },
  below_minimum: {
    number: 17, status: 409, retryable: false,
    sentence: 'The amount would fall below the minimum.',
  },
  already_resolved: {
    number: 18, status: 409, retryable: false,
    sentence: 'The conflict is already resolved.',
  },
  epoch_changed: {
    number: 19, status: 409, retryable: false,
    sentence: 'The log was replaced. Load the data again.',
  },
  id_taken: {
    number: 20, status: 409, retryable: false,
    sentence: 'A record with this id exists or existed. Use another id.',
  },
  id_reused: {
    number: 21, status: 409, retryable: false,
    sentence: 'This mutation id was used with other content. Use a new id.',
  },
  key_reused: {
    number: 22, status: 422, retryable: false,
    sentence: 'This Idempotency-Key was used with another request. Use a new key.',
  },
  in_progress: {
    number: 23, status: 409, retryable: true,
    sentence: 'The same request is still running. Ask again in a moment.',
  },
  precondition_failed: {
    number: 24, status: 412, retryable: false,
    sentence: 'The record changed since you read it. Read it again.',
  },
  too_large: {
    number: 25, status: 413, retryable: false,
    sentence: 'The request is too large.',
  },
  unsupported_media: {
    number: 26, status: 415, retryable: false,
    sentence: 'This content type is not supported.',
  },
  invalid: {
    number: 27, status: 422, retryable: false,
    sentence: 'Some fields are not valid.',
  },
  unknown_field: {
    number: 28, status: 422, retryable: false,
    sentence: 'There is no such field.',
  },
  wrong_type: {
    number: 29, status: 422, retryable: false,
    sentence: 'The value has the wrong type.',
  },
  out_of_range: {
    number: 30, status: 422, retryable: false,
    sentence: 'The value is outside the allowed range.',
  },
  too_long: {
    number: 31, status: 422, retryable: false,
    sentence: 'The value is too long.',
  },
  required: {
    number: 32, status: 422, retryable: false,
    sentence: 'This field is needed.',
  },
  not_normal: {
    number: 33, status: 422, retryable: false,
    sentence: 'The value is not in normal form (trimmed, NFC, cleaned).',
  },
  invalid_utf8: {
    number: 34, status: 400, retryable: false,
    sentence: 'The text is not valid UTF-8.',
  },
  needs_base: {
    number: 35, status: 422, retryable: false,
    sentence: 'Send Base-Version: stock changes are adjustments against a version.',
  },
  rate_limited: {
    number: 36, status: 429, retryable: true,
    sentence: 'Too many requests. Wait and try again.',
  },
  retry: {
    number: 37, status: 503, retryable: true,
    sentence: 'The server could not store this now. Nothing was changed; it will be tried again.',
  },
  unavailable: {
    number: 38, status: 503, retryable: true,
    sentence: 'The server is starting, stopping or degraded. Try again in a moment.',
  },
  unknown_type: {
    number: 39, status: 400, retryable: false,
    sentence: 'Unknown message type.',
  },
  unknown_collection: {
    number: 40, status: 422, retryable: false,
    sentence: 'There is no such collection.',
  },
  retired: {
    number: 41, status: 422, retryable: false,
    sentence: 'This field or collection is retired. Update the application.',
  },
  needs_update: {
    number: 42, status: 426, retryable: false,
    sentence: 'This version of the application is too old. Reload the page.',
  },
  other_user: {
    number: 43, status: 409, retryable: false,
    sentence: 'Another person is signed in on this connection.',
  },
  record_lost: {
    number: 44, status: 409, retryable: false,
    sentence: 'The record is not known after the restore. It can be inserted again.',
  },
  held: {
    number: 45, status: 409, retryable: false,
    sentence: 'Not applied because another part of the same change was not.',
  },
  reference_missing: {
    number: 46, status: 422, retryable: false,
    sentence: 'The record that this refers to does not exist.',
  },
  referenced: {
    number: 47, status: 409, retryable: false,
    sentence: 'Other records refer to this record.',
  },
  duplicate_value: {
    number: 48, status: 409, retryable: false,
    sentence: 'Another record of this store has this value.',
  },
  storage_full: {
    number: 49, status: 503, retryable: true,
    sentence: 'The disk is full. Free some space; waiting changes are kept.',
  },
  read_only_directory: {
    number: 50, status: 500, retryable: false,
    sentence: 'The data directory cannot be written.',
  },
  directory_locked: {
    number: 51, status: 500, retryable: false,
    sentence: 'Another server holds the data directory.',
  },
  newer_schema: {
    number: 52, status: 500, retryable: false,
    sentence: 'The data directory belongs to a newer version. Update this program.',
  },
  corrupt: {
    number: 53, status: 500, retryable: false,
    sentence: 'The stored data is damaged. Restore a backup.',
  },
  address_in_use: {
    number: 54, status: 500, retryable: false,
    sentence: 'The address is in use. Choose another with --listen.',
  },
  not_implemented: {
    number: 55, status: 501, retryable: false,
    sentence: 'This is not supported.',
  },
  already_exists: {
    number: 56, status: 409, retryable: false,
    sentence: 'This already exists.',
  },
  weak_password: {
    number: 57, status: 422, retryable: false,
    sentence: 'The password is too short or too common. Use at least 10 characters.',
  },
  setup_done: {
    number: 58, status: 409, retryable: false,
    sentence: 'The first account exists already. Sign in with it.',
  },
  bad_token: {
    number: 59, status: 401, retryable: false,
    sentence: 'The link or token is wrong, used or expired.',
  },
  unsupported_file: {
    number: 60, status: 422, retryable: false,
    sentence: 'The file is not a product CSV or JSON that can be read.',
  },
  queue_full: {
    number: 61, status: 429, retryable: true,
    sentence: 'Too many changes wait on this connection. Slow down.',
  },
  not_acceptable: {
    number: 62, status: 406, retryable: false,
    sentence: 'The requested representation is not offered.',
  },
  wrong_state: {
    number: 63, status: 409, retryable: false,
    sentence: 'This is not possible in the present state.',
  },
  headers_too_large: {
    number: 64, status: 431, retryable: false,
    sentence: 'The request header is too large.',
  },
  expectation_failed: {
    number: 65, status: 417, retryable: false,
    sentence: 'The expectation is not supported.',
  },
  last_admin: {
    number: 66, status: 409, retryable: false,
    sentence: 'The last admin cannot be removed. Name another one first.',
  },
  page_only: {
    number: 67, status: 413, retryable: false,
    sentence: 'This collection is larger than a browser keeps. Ask for its pages.',
  },
  not_owner: {
    number: 68, status: 403, retryable: false,
    sentence: 'This belongs to another person. Make your own.',
  },
  picture_unreadable: {
    number: 69, status: 422, retryable: false,
    sentence: 'This is not a picture that can be read. Send a JPEG, PNG, WebP or GIF.',
  },
  picture_too_large: {
    number: 70, status: 413, retryable: false,
    sentence: 'The picture is too large.',
  },
  address_refused: {
    number: 71, status: 422, retryable: false,
    sentence: 'This address is not allowed. Give a public http or https address.',
  },
  fetch_failed: {
    number: 72, status: 502, retryable: true,
    sentence: 'The address did not answer with a picture. Check it, or upload the file.',
  },
} as const satisfies Record<string, ErrorDef>;

export const LIMITS = {
  messageBytes: 1048576,
  importBytes: 1073741824,
  opsPerMutation: 256,
  mutationsPerMessage: 512,
  mutateBytes: 65536,
  lineBytes: 1024,
  textBytes: 131072,
  listItems: 256,
  countMax: 9007199254740991,
  pageSizeMax: 200,
  replicaRecords: 100000,
  queueEntries: 25000,
  queueBytes: 33554432,
  openPages: 32,
  backoffFirstMs: 1000,
  backoffMaxMs: 30000,
  failuresBeforePolling: 5,
  pollMs: 30000,
  ticketSeconds: 30,
  passwordMin: 10,
  passwordMax: 256,
} as const;

export type CollectionName = keyof typeof COLLECTIONS;
export type ErrorName = keyof typeof ERRORS;

/** The catalogue's sentence for an error of the wire or of HTTP. */
export function errorSentence(name: string): string {
  return (ERRORS as Record<string, ErrorDef>)[name]?.sentence ?? ERRORS.internal.sentence;
}
