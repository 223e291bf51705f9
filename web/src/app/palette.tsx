import { useState, type KeyboardEvent } from 'react';
import { Dialog } from '../ui/dialog';
import { matching, type Command } from './matching';

interface PaletteProps {
  commands: readonly Command[];
  /** What to do with text that is no command. */
  onSearch: ((text: string) => void) | null;
  onClose: () => void;
}

export function Palette({ commands, onSearch, onClose }: PaletteProps) {
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const found = matching(commands, typed);
  if (onSearch && typed.trim()) {
    found.push({ id: 'search', label: `Search products for “${typed.trim()}”`, run: () => onSearch(typed.trim()) });
  }
  const chosen = Math.min(at, found.length - 1);
  const run = (command: Command | undefined) => {
    if (!command) return;
    onClose();
    command.run();
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt(Math.min(found.length - 1, chosen + 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(0, chosen - 1));
    else if (event.key === 'Enter') run(found[chosen]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Commands" place="top" hideTitle onClose={onClose}>
      <input className="input" role="combobox" aria-expanded="true" aria-controls="palette-list" aria-label="Command" autoFocus
        aria-activedescendant={found[chosen] ? `palette-${found[chosen].id}` : undefined} placeholder="What do you want to do?"
        value={typed} onKeyDown={key} onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }} />
      <div className="palette-list" id="palette-list" role="listbox" aria-label="Commands" tabIndex={-1}>
        {found.map((command, index) => (
          <div key={command.id} id={`palette-${command.id}`} role="option" aria-selected={index === chosen} className="menu-item"
            tabIndex={-1} onMouseDown={(event) => event.preventDefault()} onClick={() => run(command)} onKeyDown={key}>
            <span className="grow">{command.label}</span>{command.hint ? <kbd>{command.hint}</kbd> : null}
          </div>
        ))}
      </div>
      {found.length === 0 ? <p className="muted">No command has these words.</p> : null}
    </Dialog>
  );
}
