// Which cells of the grid are chosen: from where a choice began to where it is now, by row and column numbers.

export interface Spot {
  row: number;
  column: number;
}

/** `head` is the active cell; `anchor` the corner across from it. */
export interface Range {
  anchor: Spot;
  head: Spot;
}

export interface Bounds {
  top: number;
  left: number;
  bottom: number;
  right: number;
}

export interface Size {
  rows: number;
  columns: number;
}

export const START: Range = { anchor: { row: 0, column: 0 }, head: { row: 0, column: 0 } };

const within = (value: number, count: number): number => Math.min(Math.max(0, count - 1), Math.max(0, value));

export const clampSpot = (spot: Spot, size: Size): Spot => ({ row: within(spot.row, size.rows), column: within(spot.column, size.columns) });

export function clampRange(range: Range, size: Size): Range {
  return { anchor: clampSpot(range.anchor, size), head: clampSpot(range.head, size) };
}

export const only = (spot: Spot): Range => ({ anchor: spot, head: spot });

/** One step or many; with `extend` the corner across stays. */
export function moved(range: Range, rows: number, columns: number, extend: boolean, size: Size): Range {
  const head = clampSpot({ row: range.head.row + rows, column: range.head.column + columns }, size);
  return extend ? { anchor: clampSpot(range.anchor, size), head } : only(head);
}

export function bounds({ anchor, head }: Range): Bounds {
  return {
    top: Math.min(anchor.row, head.row), left: Math.min(anchor.column, head.column),
    bottom: Math.max(anchor.row, head.row), right: Math.max(anchor.column, head.column),
  };
}

export function contains(area: Bounds, spot: Spot): boolean {
  return spot.row >= area.top && spot.row <= area.bottom && spot.column >= area.left && spot.column <= area.right;
}

export function spotsIn(area: Bounds): Spot[] {
  const spots: Spot[] = [];
  for (let row = area.top; row <= area.bottom; row += 1) {
    for (let column = area.left; column <= area.right; column += 1) spots.push({ row, column });
  }
  return spots;
}

/** The next cell in reading order; null behind the last one and before the first. */
export function nextSpot(spot: Spot, by: 1 | -1, size: Size): Spot | null {
  const place = spot.row * size.columns + spot.column + by;
  if (place < 0 || place >= size.rows * size.columns) return null;
  return { row: Math.floor(place / size.columns), column: place % size.columns };
}

export interface Placed {
  cells: { spot: Spot; text: string }[];
  /** What is chosen afterwards. */
  area: Bounds;
  /** Rows and columns of the text that had no cell to go to. */
  cutRows: number;
  cutColumns: number;
}

/** Where pasted cells go: from the upper left corner on; again and again when what is chosen is a multiple of them. */
export function placeText(text: readonly (readonly string[])[], area: Bounds, size: Size): Placed {
  const height = text.length;
  const width = text.reduce((most, row) => Math.max(most, row.length), 1);
  const repeat = (chosen: number, given: number) => (chosen > given && chosen % given === 0 ? chosen : given);
  const rows = repeat(area.bottom - area.top + 1, height);
  const columns = repeat(area.right - area.left + 1, width);
  const fitRows = Math.min(rows, size.rows - area.top);
  const fitColumns = Math.min(columns, size.columns - area.left);
  const cells: Placed['cells'] = [];
  for (let row = 0; row < fitRows; row += 1) {
    for (let column = 0; column < fitColumns; column += 1) {
      const value = text[row % height]?.[column % width];
      // A row that is shorter than the others says nothing about the rest of its cells.
      if (value !== undefined) cells.push({ spot: { row: area.top + row, column: area.left + column }, text: value });
    }
  }
  return {
    cells, cutRows: Math.max(0, rows - fitRows), cutColumns: Math.max(0, columns - fitColumns),
    area: { top: area.top, left: area.left, bottom: area.top + Math.max(1, fitRows) - 1, right: area.left + Math.max(1, fitColumns) - 1 },
  };
}
