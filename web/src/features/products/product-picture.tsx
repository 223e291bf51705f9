import { useState } from 'react';
import type { Row } from '../../sync';
import { Icon } from '../../ui/icon';

/** Only addresses a browser may load as a picture; anything else shows the sign for none. */
export function pictureAddress(value: unknown): string | null {
  return typeof value === 'string' && /^(https:\/\/|\/(?!\/))/.test(value) ? value : null;
}

export function ProductPicture({ address }: { address: string | null }) {
  const [broken, setBroken] = useState<string | null>(null);
  if (!address || broken === address) return <span className="thumb" aria-hidden="true"><Icon name="image" /></span>;
  return (
    <img className="thumb" src={address} alt="" loading="lazy" decoding="async" referrerPolicy="no-referrer" width="26" height="26"
      onError={() => setBroken(address)} />
  );
}

export const rowPicture = (row: Row) => <ProductPicture address={pictureAddress(row.fields['image_url'])} />;
