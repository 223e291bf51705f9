import { expect, it } from 'vitest';
import { currencySign } from './currency-sign';

it.each([['GBP', '£'], ['USD', '$'], ['EUR', '€'], ['nonsense', 'nonsense']])('%s is written %s', (code, sign) => {
  expect(currencySign(code)).toBe(sign);
});
