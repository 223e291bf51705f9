// What a key means in the table. Pure, so that every combination can be checked.

export type CommitThen = 'down' | 'up' | 'right' | 'left' | 'stay';

export type GridAction =
  | { do: 'move'; rows: number; columns: number; extend: boolean }
  | { do: 'edge'; to: 'row-start' | 'row-end' | 'first' | 'last' }
  | { do: 'edit'; start: string | null }
  | { do: 'commit'; then: CommitThen }
  | { do: 'cancel' }
  | { do: 'open' }
  | { do: 'select' }
  | { do: 'page'; by: 1 | -1 }
  | { do: 'show-held' }
  | { do: 'remove' }
  | { do: 'create' }
  | { do: 'search' };

export interface Key {
  key: string;
  ctrl: boolean;
  shift: boolean;
  alt: boolean;
}

/** How a cell takes typing: a text cell begins with any character, a number cell only with what numbers begin with. */
export type CellKind = 'none' | 'text' | 'number' | 'choice';

const BEGINS_NUMBER = /^[\d\-−£$€¥]$/;
const MOVES: Record<string, [number, number]> = {
  ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
};

export function keyWhileEditing(key: Key): GridAction | null {
  if (key.alt) return null;
  switch (key.key) {
    case 'Escape': return { do: 'cancel' };
    case 'Enter': return { do: 'commit', then: key.shift ? 'up' : 'down' };
    case 'Tab': return { do: 'commit', then: key.shift ? 'left' : 'right' };
    case 's': return key.ctrl ? { do: 'commit', then: 'stay' } : null;
    default: return null;
  }
}

function letter(key: string, cell: CellKind): GridAction | null {
  // These mean the same in every cell; titles and numbers hardly begin with them.
  if (key === '/') return { do: 'search' };
  if (key === '.') return { do: 'show-held' };
  if (key === ' ') return { do: 'select' };
  if (key === '?') return null;
  if (cell === 'text') return { do: 'edit', start: key };
  if (cell === 'number' && BEGINS_NUMBER.test(key)) return { do: 'edit', start: key };
  if (key === 'n' || key === 'N') return { do: 'create' };
  return null;
}

export function keyOnCell(key: Key, cell: CellKind): GridAction | null {
  if (key.alt) return null;
  const move = MOVES[key.key];
  if (move && !key.ctrl) {
    return { do: 'move', rows: move[0], columns: move[1], extend: key.shift && move[0] !== 0 };
  }
  switch (key.key) {
    case 'Home': return { do: 'edge', to: key.ctrl ? 'first' : 'row-start' };
    case 'End': return { do: 'edge', to: key.ctrl ? 'last' : 'row-end' };
    case 'PageUp': return { do: 'page', by: -1 };
    case 'PageDown': return { do: 'page', by: 1 };
    case 'Enter': return cell === 'none' || key.shift ? { do: 'open' } : { do: 'edit', start: null };
    case 'F2': return cell === 'none' ? null : { do: 'edit', start: null };
    case 'Delete': return { do: 'remove' };
    default: return key.key.length === 1 && !key.ctrl ? letter(key.key, cell) : null;
  }
}
