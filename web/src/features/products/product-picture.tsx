import type { Row } from '../../sync';
import { Picture } from '../../ui/pictures/picture';

/** Only addresses a browser may load as a picture; anything else shows the sign for none. */
export function pictureAddress(value: unknown): string | null {
  return typeof value === 'string' && /^(https:\/\/|\/(?!\/))/.test(value) ? value : null;
}

/** The first of the product's own pictures; without one, the picture at its address. */
export function ProductPicture({ row }: { row: Row }) {
  return <Picture hash={row.fields['thumbnail']} size={96} alt="" className="thumb" address={pictureAddress(row.fields['image_url'])} />;
}

export const rowPicture = (row: Row) => <ProductPicture row={row} />;
