// Generated from the core's tables by the target generate_protocol; do not edit.

export type FieldKind =
  | 'line' | 'text' | 'rich_text' | 'choice' | 'money' | 'decimal' | 'count' | 'flag' | 'time'
  | 'list' | 'json' | 'record';
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
