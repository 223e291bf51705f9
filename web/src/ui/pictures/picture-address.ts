export type PictureSize = 96 | 480 | 1600;

/** Where a kept picture is loaded from; null when `hash` names none. `base`: of another server, '' = this one. */
export function keptPictureAddress(base: string, hash: unknown, size: PictureSize): string | null {
  if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash)) return null;
  return `${base === '' ? '/images' : base}/${hash}/${size}.webp`;
}
