// One value of a record as readers see it: it changes in place, and says by whom, or of when it is while this browser is not in step.
import type { ReactNode } from 'react';
import { useSyncStatus, type Row } from '../sync';
import { showValue, type FieldInfo } from './fields';
import { formatAge, formatClock, formatExact, MISSING } from './format';
import { SaveMark } from './save-mark';
import { useNow } from './use-now';
import { useTint } from './use-tint';
import './live-fact.css';

/** While not in step, of when everything shown is; null when it is of now. */
export function useAsOf(): number | null {
  const status = useSyncStatus();
  return status.connection === 'live' ? null : status.cachedAsOf ?? status.offlineSince;
}

export function LiveValue({ row, field, children }: { row: Row; field: FieldInfo; children?: ReactNode }) {
  const tint = useTint(row.foreign[field.name]?.at ?? null);
  return (
    <span className="live-value">
      {tint > 0 ? <i key={tint} className="tint" aria-hidden="true" /> : null}
      <span data-field={field.name} data-sync={row.marks[field.name] ?? 'clean'} dir="auto">{children ?? showValue(field, row.fields[field.name])}</span>
    </span>
  );
}

export function FactAge({ row, field }: { row: Row; field: FieldInfo }) {
  const now = useNow();
  const asOf = useAsOf();
  const mark = row.marks[field.name] ?? 'clean';
  const foreign = row.foreign[field.name];
  if (mark !== 'clean') return <SaveMark mark={mark} reason={row.reasons[field.name]} />;
  if (asOf && showValue(field, row.fields[field.name]) !== MISSING) return <span className="muted">as of {formatClock(asOf, now)}</span>;
  if (!foreign) return null;
  return <span className="muted" title={formatExact(foreign.at)}>{foreign.by ? `${foreign.by}, ` : ''}{formatAge(foreign.at, now)}</span>;
}

/** A list of label and value, live. */
export function LiveFacts({ row, fields, unit = '' }: { row: Row; fields: readonly FieldInfo[]; unit?: string }) {
  return (
    <dl className="facts">
      {fields.map((field) => (
        <div key={field.name}>
          <dt>{field.label}{field.kind === 'money' && unit ? ` (${unit})` : ''}</dt>
          <dd><LiveValue row={row} field={field} /> <FactAge row={row} field={field} /></dd>
        </div>
      ))}
    </dl>
  );
}

export type Tone = 'good' | 'warn' | 'bad' | 'unknown';

/** A state in words; the colour only repeats them. */
export function StateWord({ tone, children }: { tone: Tone; children: ReactNode }) {
  return <span className={`state-word ${tone}`}>{children}</span>;
}
