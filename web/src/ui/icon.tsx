// Line icons on a 16-pixel grid, always beside a word or with a label on their button.
const PATHS = {
  check: 'M3 8.5 6.5 12 13 4.5',
  close: 'M4 4l8 8M12 4l-8 8',
  clock: 'M8 4.5V8l2.5 1.5M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12z',
  warning: 'M8 2.5 14.5 13.5h-13zM8 6.5V10M8 11.8v.4',
  split: 'M8 14V9M8 9 4 5V2M8 9l4-4V2',
  spinner: 'M8 2a6 6 0 1 1-6 6',
  down: 'M4 6.5 8 10.5l4-4',
  right: 'M6.5 4 10.5 8l-4 4',
  left: 'M9.5 4 5.5 8l4 4',
  up: 'M4 9.5 8 5.5l4 4',
  first: 'M11 4 7 8l4 4M5 4v8',
  last: 'M5 4l4 4-4 4M11 4v8',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.5 10.5 14 14',
  plus: 'M8 3v10M3 8h10',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
  upload: 'M8 11V3M4.5 6 8 2.5 11.5 6M3 13.5h10',
  download: 'M8 2.5v8M4.5 7.5 8 11l3.5-3.5M3 13.5h10',
  trash: 'M3 4.5h10M6 4.5V3h4v1.5M4.5 4.5l.5 9h6l.5-9',
  history: 'M3 3v3.5h3.5M3.3 6.3A5.5 5.5 0 1 1 2.5 9M8 5.5V8.5l2 1.2',
  refresh: 'M13 3v3.5H9.5M12.7 6.3A5.5 5.5 0 1 0 13.5 9',
  columns: 'M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10',
  person: 'M8 8a2.75 2.75 0 1 0 0-5.5A2.75 2.75 0 0 0 8 8zM2.8 13.8a5.3 5.3 0 0 1 10.4 0',
  filter: 'M2.5 3.5h11L9.5 8.5V13l-3-1.5v-3z',
  edit: 'M3 13l.7-3L10.5 3.2l2.3 2.3L6 12.3zM9 4.7 11.3 7',
  open: 'M9.5 3H13v3.5M13 3 7.5 8.5M11 9.5V13H3V5h3.5',
  bell: 'M4 11.5V7a4 4 0 0 1 8 0v4.5l1 1H3zM6.5 14.2a1.7 1.7 0 0 0 3 0',
  image: 'M2.5 3h11v10h-11zM2.5 11l3.5-3.5 3 3 1.8-1.8 2.7 2.7M10.5 6h.1',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.5"
      strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
