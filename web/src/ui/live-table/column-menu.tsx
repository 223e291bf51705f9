import { Icon } from '../icon';
import { Popover } from '../popover';
import { densityName, usePreference } from '../preferences';
import { readChoice, type Column, type ColumnChoice } from './columns';

interface ColumnMenuProps {
  columns: readonly Column[];
  choice: ColumnChoice;
  user: string | null;
  onChoice: (choice: ColumnChoice) => void;
}

const DENSITIES = [['comfortable', 'Normal'], ['compact', 'Compact'], ['touch', 'Touch']] as const;

export function ColumnMenu({ columns, choice, user, onChoice }: ColumnMenuProps) {
  const [density, setDensity] = usePreference(densityName(user), 'comfortable');
  const names = columns.map((column) => column.field.name);
  const order = [...choice.order.filter((name) => names.includes(name)), ...names.filter((name) => !choice.order.includes(name))];
  const shift = (name: string, by: number) => {
    const next = [...order];
    const at = next.indexOf(name);
    const [taken] = next.splice(at, 1);
    if (taken) next.splice(Math.max(0, at + by), 0, taken);
    onChoice({ ...choice, order: next });
  };
  return (
    <Popover label="Columns and density" className="button quiet icon-only" align="right" button={<Icon name="columns" />}>
      {() => (
        <div className="column-menu stack">
          <fieldset>
            <legend className="label">Rows</legend>
            <div className="row">
              {DENSITIES.map(([value, label]) => (
                <button key={value} type="button" className="button small" aria-pressed={density === value} onClick={() => setDensity(value)}>{label}</button>
              ))}
            </div>
          </fieldset>
          <fieldset>
            <legend className="label">Columns</legend>
            {order.map((name) => {
              const column = columns.find((candidate) => candidate.field.name === name);
              if (!column) return null;
              const hidden = choice.hidden.includes(name);
              const toggle = () => onChoice({
                ...choice, hidden: hidden ? choice.hidden.filter((other) => other !== name) : [...choice.hidden, name],
              });
              return (
                <div key={name} className="row">
                  <label className="check grow">
                    <input type="checkbox" checked={!hidden || column.fixed === true} disabled={column.fixed} onChange={toggle} />
                    {column.field.label}
                  </label>
                  <button type="button" className="button quiet small" aria-label={`Move ${column.field.label} up`} onClick={() => shift(name, -1)}><Icon name="up" /></button>
                  <button type="button" className="button quiet small" aria-label={`Move ${column.field.label} down`} onClick={() => shift(name, 1)}><Icon name="down" /></button>
                </div>
              );
            })}
          </fieldset>
          <button type="button" className="button small" onClick={() => onChoice(readChoice('{}', columns))}>As at first</button>
        </div>
      )}
    </Popover>
  );
}
