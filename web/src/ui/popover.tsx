import { useCallback, useEffect, useId, useRef, useState, type ReactNode } from 'react';

interface PopoverProps {
  /** Its name; with `describedBy` a general word that the described element makes particular. */
  label: string;
  describedBy?: string;
  className?: string;
  /** Marks for the button, such as data-connection. */
  marks?: Record<string, string | number>;
  button: ReactNode;
  align?: 'left' | 'right';
  /** Class of what holds button and panel. */
  place?: string;
  children: (close: () => void) => ReactNode;
}

/** A button that opens a panel below itself; Escape, a click elsewhere or leaving by Tab closes it. */
export function Popover({ label, describedBy, className = 'button', marks, button, align = 'left', place = '', children }: PopoverProps) {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const panel = useId();
  const close = useCallback(() => {
    setOpen(false);
    opener.current?.focus();
  }, []);
  useEffect(() => {
    if (!open) return undefined;
    const away = (event: Event) => {
      if (!anchor.current?.contains(event.target as Node)) setOpen(false);
    };
    const escape = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      close();
    };
    const node = anchor.current;
    document.addEventListener('mousedown', away);
    document.addEventListener('focusin', away);
    node?.addEventListener('keydown', escape);
    return () => {
      document.removeEventListener('mousedown', away);
      document.removeEventListener('focusin', away);
      node?.removeEventListener('keydown', escape);
    };
  }, [open, close]);
  return (
    <div className={`popover-anchor ${place}`} ref={anchor}>
      <button ref={opener} type="button" className={className} aria-label={label} aria-describedby={describedBy} aria-expanded={open}
        aria-controls={open ? panel : undefined} onClick={() => setOpen(!open)} {...marks}>
        {button}
      </button>
      {open ? <div id={panel} role="group" aria-label={label} className={`popover ${align}`}>{children(close)}</div> : null}
    </div>
  );
}
