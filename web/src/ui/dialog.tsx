import { useEffect, useId, useRef, type ReactNode } from 'react';
import { Icon } from './icon';

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  foot?: ReactNode;
  /** Where it stands: in the middle, near the top (search), or at the bottom of a phone. */
  place?: 'middle' | 'wide' | 'top' | 'sheet';
  hideTitle?: boolean;
}

/** The browser's own modal dialog: it traps focus, closes on Escape and gives focus back. */
export function Dialog({ title, onClose, children, foot, place = 'middle', hideTitle = false }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const close = useRef(onClose);
  useEffect(() => {
    close.current = onClose;
  });
  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    if (!dialog) return undefined;
    dialog.showModal();
    // Into what the dialog is for; its first button is the one that closes it.
    dialog.querySelector<HTMLElement>('.dialog-body input, .dialog-body select, .dialog-body textarea')?.focus();
    const cancel = (event: Event) => {
      event.preventDefault();
      close.current();
    };
    const outside = (event: MouseEvent) => {
      if (event.target === dialog) close.current();
    };
    dialog.addEventListener('cancel', cancel);
    dialog.addEventListener('mousedown', outside);
    return () => {
      dialog.removeEventListener('cancel', cancel);
      dialog.removeEventListener('mousedown', outside);
      dialog.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog ref={ref} className={`dialog ${place}`} aria-labelledby={heading}>
      <div className={hideTitle ? 'sr-only' : 'dialog-head'}>
        <h2 id={heading} className="grow">{title}</h2>
        <button type="button" className="button quiet icon-only" aria-label="Close" onClick={onClose}><Icon name="close" /></button>
      </div>
      <div className="dialog-body">{children}</div>
      {foot ? <div className="dialog-foot">{foot}</div> : null}
    </dialog>
  );
}
