import { column, group, recordKind } from '../../ui/record-page/record-kind';

export const COLLECTION = recordKind({
  collection: 'collections', one: 'collection', many: 'collections', title: 'Collections', titleField: 'title',
  columns: [
    column('collections', 'title', 340, { fixed: true }), column('collections', 'handle', 200), column('collections', 'is_active', 90),
    column('collections', 'sort_order', 130),
  ],
  groups: [
    group('Collection', 'collections', 'title', 'handle', 'is_active', 'sort_order'),
    group('What readers see', 'collections', 'description', 'image_url'), group('Marketplaces', 'collections', 'platform_ids'),
  ],
  search: 'Search title, handle', fresh: { is_active: 'true' },
  empty: {
    title: 'No collections yet', text: 'A collection is a group of products that belong together, such as “Summer” or “Gifts under £10”. A product can be in several.',
  },
});
