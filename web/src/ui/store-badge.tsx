// Which store this is, so plainly that nobody edits the wrong one.

const COLOURS = 8;

/** The same store has the same colour in every browser. */
export function storeColour(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return (sum % COLOURS) + 1;
}

export function StoreBadge({ id, name }: { id: string; name: string }) {
  const initial = [...(name.trim() || id)][0]?.toUpperCase() ?? '?';
  return <span className={`store-badge c${storeColour(id)}`} aria-hidden="true">{initial}</span>;
}

/** Name, currency and coloured initial: in confirmations of what cannot be taken back. */
export function StoreIdentity({ store }: { store: { id: string; name: string; currency: string } }) {
  return (
    <p className="row">
      <StoreBadge id={store.id} name={store.name} /><strong dir="auto">{store.name}</strong> <span className="muted">{store.currency}</span>
    </p>
  );
}
