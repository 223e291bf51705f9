import { Dialog } from '../ui/dialog';

const KEYS: readonly [string, string][] = [
  ['Search', '/'], ['Move', 'Arrows'], ['Edit, open', 'Enter'], ['Open', 'Shift+Enter'], ['Commit and right', 'Tab'],
  ['Commit and down', 'Enter'], ['Restore', 'Esc'], ['Select', 'Space'], ['Select a range', 'Shift+Arrows'],
  ['New', 'N'], ['Remove', 'Del'], ['Undo', 'Ctrl+Z'], ['Redo', 'Ctrl+Shift+Z'], ['Save the form', 'Ctrl+S'],
  ['Previous, next page', 'PageUp PageDown'], ['Show held changes', '.'], ['Next conflict', 'F8'],
  ['Go to dashboard', 'G D'], ['Go to products', 'G P'], ['Go to stores', 'G S'], ['Go to outbox', 'G O'],
  ['Commands', 'Ctrl+K'], ['This map', '?'],
];

export function ShortcutMap({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard" place="wide" onClose={onClose}>
      <p className="muted">Single letters work while a table has the focus; in text cells typing begins to edit.</p>
      <dl className="shortcut-map">
        {KEYS.map(([what, keys]) => (
          <div key={what}><dt>{what}</dt><dd>{keys.split(' ').map((key) => <kbd key={key}>{key}</kbd>)}</dd></div>
        ))}
      </dl>
    </Dialog>
  );
}
