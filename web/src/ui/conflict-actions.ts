import { api } from '../sync';
import type { Choice } from './difference-row';
import { toast } from './toasts';

/** Null when it worked, else the sentence that says why not. */
export async function resolveConflict(id: string, choice: Choice): Promise<string | null> {
  const answer = await api('POST', `/api/conflicts/${encodeURIComponent(id)}/resolve`, choice);
  if (answer.ok) return null;
  if (answer.error.code === 'already_resolved') {
    toast('Somebody resolved this meanwhile');
    return null;
  }
  return answer.error.detail || 'This could not be stored now. Both values are kept; try again.';
}
