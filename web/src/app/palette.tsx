import { useState, type KeyboardEvent } from 'react';
import type { StoreAccess } from '../sync';
import { Dialog } from '../ui/dialog';
import { matching, type Command } from './matching';
import { useFound } from './record-search';

interface PaletteProps {
  commands: readonly Command[];
  /** Where to search; null where no store is open. */
  store: StoreAccess | null;
  admin: boolean;
  /** What to do with text that is no command. */
  onSearch: ((text: string) => void) | null;
  onClose: () => void;
}

export function Palette({ commands, store, admin, onSearch, onClose }: PaletteProps) {
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const records = useFound(store, admin, typed);
  const options = [...matching(commands, typed), ...records.commands];
  if (onSearch && typed.trim()) {
    options.push({ id: 'search', label: `Search products for “${typed.trim()}”`, run: () => onSearch(typed.trim()) });
  }
  const chosen = Math.min(at, options.length - 1);
  const run = (command: Command | undefined) => {
    if (!command) return;
    onClose();
    command.run();
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt(Math.min(options.length - 1, chosen + 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(0, chosen - 1));
    else if (event.key === 'Enter') run(options[chosen]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Search and commands" place="top" hideTitle onClose={onClose}>
      <input className="input" role="combobox" aria-expanded="true" aria-controls="palette-list" aria-label="Search or command" autoFocus
        aria-activedescendant={options[chosen] ? `palette-${options[chosen].id}` : undefined}
        placeholder={store ? 'Search products, collections, categories, or say what to do' : 'What do you want to do?'}
        value={typed} maxLength={200} onKeyDown={key} onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }} />
      <div className="palette-list" id="palette-list" role="listbox" aria-label="Results" tabIndex={-1} aria-busy={records.searching}>
        {options.map((command, index) => (
          <div key={command.id} id={`palette-${command.id}`} role="option" aria-selected={index === chosen} className="menu-item"
            tabIndex={-1} onMouseDown={(event) => event.preventDefault()} onClick={() => run(command)} onKeyDown={key}>
            <span className="grow clip" dir="auto">{command.label}</span>{command.hint ? <kbd>{command.hint}</kbd> : null}
          </div>
        ))}
      </div>
      <p className="sr-only" role="status">{records.searching ? 'Searching' : typed.trim() ? `${records.commands.length} records found` : ''}</p>
      {options.length === 0 ? <p className="muted">No command has these words.</p> : null}
    </Dialog>
  );
}
