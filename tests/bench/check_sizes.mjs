// Holds sizes to tests/bench/budgets.json: one line per budget, like a test. With a package as argument that one alone is held to its budget.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './lib.mjs';
import { sizeFigures } from './size_figures.mjs';

const budgets = JSON.parse(readFileSync(join(ROOT, 'tests', 'bench', 'budgets.json'), 'utf8'));
const [deb] = process.argv.slice(2);
const figures = deb === undefined ? sizeFigures() : { deb: statSync(deb).size };
const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
let passed = 0;
let failed = 0;
for (const [name, { bytes: most, why }] of Object.entries(budgets)) {
  const size = figures[name];
  if (size === undefined) {
    if ((name === 'deb') === (deb !== undefined)) throw new Error(`nothing is measured as ${name}`);
    continue;
  }
  const good = size > 0 && size <= most;
  if (!good) console.log(`  ${name} has ${kB(size)}, its budget is ${kB(most)}: ${why}`);
  console.log(`${good ? '[       OK ]' : '[  FAILED  ]'} Sizes.${name} (${kB(size)} of ${kB(most)})`);
  good ? passed += 1 : failed += 1;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
