import { describe, expect, it } from 'vitest';
import { changePanel, DEFAULT_LAYOUT, dropPanel, layoutSpec, movePanel, readLayout } from './layout';

const ids = (panels: readonly { id: string }[]) => panels.map(({ id }) => id);
const standard = ids(DEFAULT_LAYOUT);

describe('the layout that is kept', () => {
  it('is the standard one when nothing was kept or what was kept is damaged', () => {
    for (const spec of [undefined, null, 'text', 7, [], {}, { panels: 'x' }, { panels: [] }, { panels: [null, 3, { id: 9 }] }]) {
      expect(readLayout(spec as never)).toEqual(DEFAULT_LAYOUT);
    }
  });

  it('survives being written and read', () => {
    const changed = changePanel(changePanel(dropPanel(DEFAULT_LAYOUT, 'payments', 'sales'), 'offer', { hidden: true }), 'sales', { wide: true });
    expect(readLayout(JSON.parse(JSON.stringify(layoutSpec(changed))) as never)).toEqual(changed);
  });

  it('passes over panels it does not know and those named twice, and adds the new ones at the end', () => {
    const read = readLayout({ panels: [{ id: 'payments' }, { id: 'of-tomorrow' }, { id: 'payments', hidden: true }, { id: 'sales', wide: true }] });
    expect(ids(read)).toEqual(['payments', 'sales', ...standard.filter((id) => id !== 'payments' && id !== 'sales')]);
    expect(read[0]).toEqual({ id: 'payments', wide: false, hidden: false });
    expect(read[1]).toEqual({ id: 'sales', wide: true, hidden: false });
  });
});

describe('moving a panel', () => {
  it('takes the place of the one it is dropped on, from both sides', () => {
    expect(ids(dropPanel(DEFAULT_LAYOUT, 'sales', 'messages')).slice(0, 3)).toEqual(['orders', 'messages', 'sales']);
    expect(ids(dropPanel(DEFAULT_LAYOUT, 'messages', 'sales')).slice(0, 3)).toEqual(['messages', 'sales', 'orders']);
    expect(ids(dropPanel(DEFAULT_LAYOUT, 'sales', 'sales'))).toEqual(standard);
    expect(ids(dropPanel(DEFAULT_LAYOUT, 'nobody', 'sales'))).toEqual(standard);
  });

  it('by one step passes what is hidden and stops at the ends', () => {
    const shown = standard.filter((id) => id !== 'orders');
    expect(ids(movePanel(DEFAULT_LAYOUT, 'sales', 1, shown)).slice(0, 3)).toEqual(['orders', 'messages', 'sales']);
    expect(ids(movePanel(DEFAULT_LAYOUT, 'sales', -1, shown))).toEqual(standard);
    expect(ids(movePanel(DEFAULT_LAYOUT, 'trend', 1, shown))).toEqual(standard);
  });
});
