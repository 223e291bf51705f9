import { useState } from 'react';
import { useSession } from '../../sync';
import { Icon } from '../icon';
import { keptPictureAddress, type PictureSize } from './picture-address';

interface PictureProps {
  hash: unknown;
  size: PictureSize;
  /** What it shows; '' when words beside it say that. */
  alt: string;
  className: string;
  /** Shown when there is no kept picture. */
  address?: string | null;
}

/** A picture, or the sign for one that is not there or does not load. */
export function Picture({ hash, size, alt, className, address: other = null }: PictureProps) {
  const { pictureBase } = useSession();
  const [broken, setBroken] = useState<string | null>(null);
  const address = keptPictureAddress(pictureBase, hash, size) ?? other;
  if (!address || broken === address) {
    return (
      <span className={`${className} no-picture`} {...(alt ? { role: 'img', 'aria-label': address ? `${alt} (does not load)` : alt } : { 'aria-hidden': true })}>
        <Icon name="image" />
      </span>
    );
  }
  return (
    <img className={className} src={address} alt={alt} loading="lazy" decoding="async" referrerPolicy="no-referrer" draggable={false}
      onError={() => setBroken(address)} />
  );
}
