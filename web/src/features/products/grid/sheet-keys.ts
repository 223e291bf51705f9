// What a key means in the grid. Pure, so that every combination can be checked. Copy, cut and paste are the browser's own events.

export type Then = 'down' | 'up' | 'right' | 'left' | 'stay';

export type SheetAction =
  | { do: 'move'; rows: number; columns: number; extend: boolean }
  | { do: 'edge'; to: 'row-start' | 'row-end' | 'first' | 'last'; extend: boolean }
  | { do: 'next'; by: 1 | -1 }
  | { do: 'edit'; start: string | null }
  | { do: 'commit'; then: Then }
  | { do: 'cancel' }
  | { do: 'free' }
  | { do: 'all' }
  | { do: 'clear' }
  | { do: 'fill' }
  | { do: 'undo' }
  | { do: 'redo' }
  | { do: 'review' };

export interface Key {
  key: string;
  ctrl: boolean;
  shift: boolean;
  alt: boolean;
}

/** Rows that PageUp and PageDown move by. */
export const PAGE_ROWS = 20;

const MOVES: Record<string, [number, number]> = {
  ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-PAGE_ROWS, 0], PageDown: [PAGE_ROWS, 0],
};

export function keyInEditor(key: Key): SheetAction | null {
  if (key.alt) return null;
  switch (key.key) {
    case 'Escape': return { do: 'cancel' };
    case 'Enter': return { do: 'commit', then: key.shift ? 'up' : 'down' };
    case 'Tab': return { do: 'commit', then: key.shift ? 'left' : 'right' };
    case 's': return key.ctrl ? { do: 'review' } : null;
    default: return null;
  }
}

function withCtrl(key: Key): SheetAction | null {
  switch (key.key.toLowerCase()) {
    case 'z': return { do: key.shift ? 'redo' : 'undo' };
    case 'y': return { do: 'redo' };
    case 'd': return { do: 'fill' };
    case 'a': return { do: 'all' };
    case 's': return { do: 'review' };
    case 'home': return { do: 'edge', to: 'first', extend: key.shift };
    case 'end': return { do: 'edge', to: 'last', extend: key.shift };
    default: return null;
  }
}

/** `free`: after Escape, so that Tab leads out of the grid and not to its next cell. */
export function keyOnSheet(key: Key, free: boolean): SheetAction | null {
  if (key.alt) return null;
  if (key.ctrl) return withCtrl(key);
  const move = MOVES[key.key];
  if (move) return { do: 'move', rows: move[0], columns: move[1], extend: key.shift };
  switch (key.key) {
    case 'Home': return { do: 'edge', to: 'row-start', extend: key.shift };
    case 'End': return { do: 'edge', to: 'row-end', extend: key.shift };
    case 'Tab': return free ? null : { do: 'next', by: key.shift ? -1 : 1 };
    case 'Enter':
    case 'F2': return { do: 'edit', start: null };
    case 'Delete':
    case 'Backspace': return { do: 'clear' };
    case 'Escape': return { do: 'free' };
    default: return key.key.length === 1 ? { do: 'edit', start: key.key } : null;
  }
}
