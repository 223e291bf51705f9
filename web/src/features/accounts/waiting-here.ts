import type { WaitingHere } from '../../sync';
import { plural } from '../../ui/format';

/** What waits for a sign-in: of the person known here by name, of all others only that there is something. */
export function waitingHereWords({ own, others }: WaitingHere, name: string | null): string[] {
  const words: string[] = [];
  if (own > 0) {
    const one = own === 1;
    words.push(`${plural(own, 'edit')}${name ? ` of ${name}` : ''} ${one ? 'waits' : 'wait'} in this browser until you sign in. ${one ? 'It is' : 'They are'} safe here, also when you close this tab.`);
  }
  if (others > 0) {
    words.push(`${plural(others, 'edit')} of someone else ${others === 1 ? 'waits' : 'wait'} here until they sign in.`);
  }
  return words;
}
