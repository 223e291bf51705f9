/** Most bytes of a file that the server reads. */
export const PICTURE_BYTES = 25 * 1_048_576;
export const PICTURE_TYPES = 'image/jpeg,image/png,image/webp,image/gif';

/** Files among what was dropped or pasted; text and links stay with the field they are meant for. */
export function filesOf(data: DataTransfer | null): File[] {
  return [...(data?.files ?? [])];
}
