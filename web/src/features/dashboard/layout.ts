// Which panels of the dashboard a person sees, in which order and how wide. Kept as a record of theirs, so it follows them to every device.
import type { FieldValue } from '../../sync';
import { FIGURE_COLUMNS } from './figures';

export interface Panel {
  id: string;
  /** Two columns instead of one; the trend: the whole row instead of two columns. */
  wide: boolean;
  hidden: boolean;
}

export const TREND = 'trend';

const TITLES: Record<string, string> = { ...Object.fromEntries(FIGURE_COLUMNS.map(({ id, title }) => [id, title])), [TREND]: 'Sales trend' };

export const panelTitle = (id: string): string => TITLES[id] ?? id;

export const DEFAULT_LAYOUT: readonly Panel[] = Object.keys(TITLES).map((id) => ({ id, wide: id === TREND, hidden: false }));

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What was kept may be of another version: unknown panels are passed over, new ones stand at the end. */
export function readLayout(spec: FieldValue | undefined): Panel[] {
  const kept = isObject(spec) && Array.isArray(spec['panels']) ? spec['panels'] : [];
  const panels: Panel[] = [];
  for (const one of kept) {
    const standard = isObject(one) ? DEFAULT_LAYOUT.find(({ id }) => id === one['id']) : undefined;
    if (!isObject(one) || !standard || panels.some(({ id }) => id === standard.id)) continue;
    panels.push({ id: standard.id, wide: typeof one['wide'] === 'boolean' ? one['wide'] : standard.wide, hidden: one['hidden'] === true });
  }
  return [...panels, ...DEFAULT_LAYOUT.filter(({ id }) => !panels.some((panel) => panel.id === id))];
}

export function layoutSpec(panels: readonly Panel[]): { panels: Panel[] } {
  return { panels: panels.map(({ id, wide, hidden }) => ({ id, wide, hidden })) };
}

/** Past the next panel that is shown; hidden ones keep their neighbours. */
export function movePanel(panels: readonly Panel[], id: string, by: 1 | -1, shown: readonly string[]): Panel[] {
  const place = shown.indexOf(id) + by;
  const other = shown[place];
  return other === undefined ? [...panels] : dropPanel(panels, id, other);
}

/** As dragged: it takes the place of `onto`, which gives way towards where it came from. */
export function dropPanel(panels: readonly Panel[], id: string, onto: string): Panel[] {
  const from = panels.findIndex((panel) => panel.id === id);
  const to = panels.findIndex((panel) => panel.id === onto);
  const moving = panels[from];
  if (!moving || to === -1 || from === to) return [...panels];
  const others = panels.filter((panel) => panel !== moving);
  return [...others.slice(0, to), moving, ...others.slice(to)];
}

export function changePanel(panels: readonly Panel[], id: string, change: Partial<Omit<Panel, 'id'>>): Panel[] {
  return panels.map((panel) => (panel.id === id ? { ...panel, ...change } : panel));
}
