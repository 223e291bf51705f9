// The one answer to "is my change safe?", beside the field it speaks of.
import type { FieldMark } from '../sync';
import { Icon, type IconName } from './icon';

const ICONS: Record<Exclude<FieldMark, 'clean'>, IconName> = {
  saving: 'spinner', saved: 'check', queued: 'clock', refused: 'warning', conflict: 'split',
};

/** The exact words; the guide, the tests and the help text use the same. */
export function saveWords(mark: FieldMark, reason?: string): string {
  switch (mark) {
    case 'saving': return 'Saving';
    case 'saved': return 'Saved';
    case 'queued': return 'Waiting to send (offline)';
    case 'refused': return `Not saved: ${reason ?? 'the server refused it'}`;
    case 'conflict': return 'Someone else changed this';
    case 'clean': return '';
  }
}

export function SaveMark({ mark, reason }: { mark: FieldMark | undefined; reason?: string }) {
  if (!mark || mark === 'clean') return null;
  const words = saveWords(mark, reason);
  return <span className={`mark ${mark}`} title={words}><Icon name={ICONS[mark]} /><span>{words}</span></span>;
}
