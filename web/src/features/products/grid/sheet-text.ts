// Cells as spreadsheets put them on the clipboard: tabs between cells, a line end behind each row, quotes around what holds either.

/** A whole page of cells is far below it; a longer text is no part of a sheet that could fit here. */
export const PASTE_MAX_CHARS = 2_000_000;

interface Quoted {
  text: string;
  /** Behind the closing quote. */
  end: number;
}

const endsCell = (letter: string | undefined): boolean => letter === undefined || letter === '\t' || letter === '\n' || letter === '\r';

/** Null when what begins with a quote is no quoted cell (a size such as "5 inch" mug): then it is text as it stands. */
function quotedAt(text: string, start: number): Quoted | null {
  let from = start + 1;
  const parts: string[] = [];
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote === -1) return null;
    parts.push(text.slice(from, quote));
    if (text[quote + 1] !== '"') {
      return endsCell(text[quote + 1]) ? { text: parts.join('').replaceAll('\r\n', '\n'), end: quote + 1 } : null;
    }
    parts.push('"');
    from = quote + 2;
  }
}

export function parseSheet(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  for (;;) {
    const quoted = text[at] === '"' ? quotedAt(text, at) : null;
    let end = quoted?.end ?? at;
    if (!quoted) while (!endsCell(text[end])) end += 1;
    row.push(quoted?.text ?? text.slice(at, end));
    const stop = text[end];
    if (stop === '\t') {
      at = end + 1;
      continue;
    }
    rows.push(row);
    row = [];
    at = end + (stop === '\r' && text[end + 1] === '\n' ? 2 : 1);
    // The line end behind the last row begins no other one.
    if (at >= text.length) return rows;
  }
}

const written = (cell: string): string => (/[\t\n\r]|^"/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

export function writeSheet(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(written).join('\t')}\n`).join('');
}
