// Variants from options: every combination of Size and Colour that is not there yet.
import { useState } from 'react';
import type { FieldValue, Row } from '../../sync';
import { plural } from '../../ui/format';
import { Icon } from '../../ui/icon';
import {
  COMBINATIONS_MAX, countCombinations, missingCombinations, placeBetween, readValues, variantName, variantSku, type Attributes,
} from './variant-options';

const OPTIONS_MAX = 4;
const NAMED = 12;

interface VariantMakerProps {
  product: Row;
  existing: Attributes[];
  last: FieldValue;
  /** How many more fit. */
  room: number;
  onMake: (made: Record<string, FieldValue>[]) => void;
  onClose: () => void;
}

export function VariantMaker({ product, existing, last, room, onMake, onClose }: VariantMakerProps) {
  const [lines, setLines] = useState([{ name: 'Size', text: '' }, { name: 'Colour', text: '' }]);
  const options = lines.map((line) => ({ name: line.name, values: readValues(line.text) }));
  const count = countCombinations(options);
  const missing = missingCombinations(options, existing);
  const most = Math.min(COMBINATIONS_MAX, room);
  const change = (at: number, part: Partial<{ name: string; text: string }>) => setLines(lines.map((line, index) => (index === at ? { ...line, ...part } : line)));
  const make = () => {
    let place = last;
    onMake(missing.map((attributes) => {
      place = placeBetween(place, null);
      const sku = variantSku(product.fields['sku'], attributes);
      const price = product.fields['price'] ?? null;
      return {
        product: product.id, name: variantName(attributes), attributes, is_active: true, position: place, stock: 0,
        ...(sku === null ? {} : { sku }), ...(price === null ? {} : { price }),
      };
    }));
  };
  const words = count === 0 ? 'Write the values of at least one option, parted by commas.'
    : count > most ? `${plural(count, 'combination')} are too many: at most ${most} fit.`
    : missing.length === 0 ? 'All of these exist already.'
    : `${plural(missing.length, 'new variant')}: ${missing.slice(0, NAMED).map(variantName).join(', ')}${missing.length > NAMED ? ' and more' : ''}`;
  return (
    <div className="variant-maker stack" role="group" aria-label="Variants from options">
      {lines.map((line, at) => (
        <div key={at} className="row">
          <input className="input option-name" aria-label={`Name of option ${at + 1}`} maxLength={60} value={line.name} onChange={(event) => change(at, { name: event.target.value })} />
          <input className="input grow" aria-label={`Values of option ${at + 1}`} placeholder="S, M, L" maxLength={1_000} value={line.text} onChange={(event) => change(at, { text: event.target.value })} />
          <button type="button" className="button quiet small" aria-label={`Take away option ${at + 1}`} disabled={lines.length === 1} onClick={() => setLines(lines.filter((_, index) => index !== at))}><Icon name="close" /></button>
        </div>
      ))}
      <p role="status" className={count > most ? 'field-problem' : 'muted'}>{words}</p>
      <div className="row">
        <button type="button" className="button primary small" disabled={missing.length === 0 || count > most} onClick={make}>Make {plural(missing.length, 'variant')}</button>
        {lines.length < OPTIONS_MAX ? <button type="button" className="button small" onClick={() => setLines([...lines, { name: '', text: '' }])}>One more option</button> : null}
        <button type="button" className="button quiet small" onClick={onClose}>Leave it</button>
      </div>
    </div>
  );
}
