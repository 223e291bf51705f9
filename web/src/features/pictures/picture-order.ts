// Where pictures stand: fractions, so that moving one writes one record.

export interface Placed {
  id: string;
  /** A decimal string; null stands behind the others. */
  position: string | null;
}

/** The finest step of a decimal. */
const STEP = 10_000;
const unitsOf = (position: string | null): number | null => (position === null ? null : Math.round(Number(position) * STEP));
const textOf = (units: number): string => String(units / STEP);

/** What to write so that the picture at `from` stands at `to`: one position, or all when there is no room between two. */
export function moveTo(pictures: readonly Placed[], from: number, to: number): { id: string; position: string }[] {
  const moved = pictures[from];
  if (!moved || to < 0 || to >= pictures.length || from === to) return [];
  const rest = pictures.filter((_, index) => index !== from);
  const before = to === 0 ? null : unitsOf(rest[to - 1]?.position ?? null);
  const after = to === rest.length ? null : unitsOf(rest[to]?.position ?? null);
  const unplaced = (to > 0 && before === null) || (to < rest.length && after === null);
  const units = before === null ? (after ?? STEP) - STEP : after === null ? before + STEP : Math.floor((before + after) / 2);
  if (!unplaced && units !== before && units !== after) return [{ id: moved.id, position: textOf(units) }];
  const ordered = [...rest.slice(0, to), moved, ...rest.slice(to)];
  return ordered.map(({ id }, index) => ({ id, position: textOf((index + 1) * STEP) }));
}
