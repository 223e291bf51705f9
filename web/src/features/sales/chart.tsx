// The drawing alone, loaded when a chart is first shown. What it says stands beside it in words and as a table.
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

export interface ChartPoint {
  label: string;
  /** Drawn only, so binary floating point will do; null is a gap. */
  value: number | null;
  before: number | null;
}

export interface ChartProps {
  points: readonly ChartPoint[];
  kind: 'bars' | 'line';
  /** Whether the period before is drawn too. */
  compared: boolean;
  axis: (value: number) => string;
  /** The point under the crosshair. */
  at: number | null;
  onAt: (at: number | null) => void;
}

const HEIGHT = 272;
const FONT = '12px system-ui, sans-serif';

function colours() {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string): string => style.getPropertyValue(name).trim();
  return { accent: of('--accent'), muted: of('--muted'), line: of('--line'), grey: of('--line-strong') };
}

/** Beside the last point of a series, in the room kept at the right. */
function labelEnds(plot: uPlot, labels: readonly [number, string, string][]): void {
  const { ctx } = plot;
  const taken: number[] = [];
  ctx.save();
  ctx.font = FONT.replace('12px', `${12 * devicePixelRatio}px`);
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  for (const [series, text, colour] of labels) {
    const values = plot.data[series] ?? [];
    let last = values.length - 1;
    while (last >= 0 && (values[last] ?? null) === null) last -= 1;
    const value = values[last];
    if (value === null || value === undefined) continue;
    let y = plot.valToPos(value, 'y', true);
    const room = 15 * devicePixelRatio;
    if (taken.some((other) => Math.abs(other - y) < room)) y = Math.max(...taken) + room;
    taken.push(y);
    ctx.fillStyle = colour;
    ctx.fillText(text, plot.bbox.left + plot.bbox.width + 6 * devicePixelRatio, y);
  }
  ctx.restore();
}

/** Without neighbours no line leads to a point: it is drawn as a dot. */
function lonely(plot: uPlot, series: number): number[] {
  const values = plot.data[series] ?? [];
  const there = (index: number): boolean => (values[index] ?? null) !== null;
  return [...values.keys()].filter((index) => there(index) && !there(index - 1) && !there(index + 1));
}

const dataOf = (points: readonly ChartPoint[]): uPlot.AlignedData =>
  [points.map((_, index) => index), points.map((point) => point.value), points.map((point) => point.before)];

interface Latest {
  points: readonly ChartPoint[];
  axis: ChartProps['axis'];
  onAt: ChartProps['onAt'];
}

function optionsOf(width: number, count: number, { kind, compared }: Pick<ChartProps, 'kind' | 'compared'>, latest: { current: Latest }): uPlot.Options {
  const paint = colours();
  const grid = { stroke: paint.line, width: 1 };
  const dots = count <= 45;
  // Direct labels need room beside the last point; a phone has it in the words above.
  const labelled = width >= 560;
  const before: uPlot.Series = { show: compared, stroke: paint.grey, width: 1.5, dash: [5, 4], spanGaps: false, points: { show: true, size: 5, filter: lonely } };
  const now: uPlot.Series = kind === 'bars'
    ? { stroke: paint.accent, fill: paint.accent, width: 0, paths: uPlot.paths.bars?.({ size: [0.7, 48] }), points: { show: false } }
    : { stroke: paint.accent, width: 2, spanGaps: false, points: { show: true, size: 5, fill: paint.accent, ...(dots ? {} : { filter: lonely }) } };
  return {
    width, height: HEIGHT, padding: [12, labelled ? 84 : 12, 0, 0], legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: { time: false, range: () => [-0.6, count - 0.4] },
      y: { range: (_, least, most) => [Math.min(0, least ?? 0), (most ?? 0) > 0 ? most * 1.08 : 1] },
    },
    axes: [
      {
        stroke: paint.muted, font: FONT, grid: { show: false }, ticks: grid, size: 34, space: 70, incrs: [1, 2, 7, 14, 30, 60, 90, 180, 360],
        values: (_, splits) => splits.map((split) => latest.current.points[split]?.label ?? ''),
      },
      { stroke: paint.muted, font: FONT, grid, ticks: { show: false }, size: 72, values: (_, splits) => splits.map((split) => latest.current.axis(split)) },
    ],
    series: [{}, now, before],
    hooks: {
      setCursor: [(plot) => latest.current.onAt(plot.cursor.idx ?? null)],
      draw: labelled ? [(plot) => labelEnds(plot, [[1, 'this period', paint.accent], ...(compared ? [[2, 'before', paint.muted] as [number, string, string]] : [])])] : [],
    },
  };
}

export default function Chart({ points, kind, compared, axis, at, onAt }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef<Latest>({ points, axis, onAt });
  useEffect(() => {
    latest.current = { points, axis, onAt };
  });
  const count = points.length;
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const draw = () => {
      plot.current?.destroy();
      const made = new uPlot(optionsOf(Math.max(240, element.clientWidth), count, { kind, compared }, latest), dataOf(latest.current.points), element);
      plot.current = made;
    };
    draw();
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: Math.max(240, element.clientWidth), height: HEIGHT }));
    resized.observe(element);
    // Another choice of colours, in the app or of the system.
    const themed = new MutationObserver(draw);
    themed.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    const dark = window.matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', draw);
    return () => {
      resized.disconnect();
      themed.disconnect();
      dark.removeEventListener('change', draw);
      plot.current?.destroy();
      plot.current = null;
    };
  }, [count, kind, compared]);
  useEffect(() => plot.current?.setData(dataOf(points)), [points]);
  useEffect(() => {
    const shown = plot.current;
    if (!shown || at === null || shown.cursor.idx === at) return;
    shown.setCursor({ left: shown.valToPos(at, 'x'), top: 1 });
  }, [at]);
  return <div ref={box} className="chart-box" aria-hidden="true" />;
}
