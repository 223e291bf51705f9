// Lints the OpenAPI document of a program: lint.mjs BINARY. Starts it in a directory of its own, asks for the document and holds it to the
// recommended rules, every one of them as an error. Prints one line per result, like the other suites.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createConfig, lint } from '@redocly/openapi-core';

const binary = process.argv[2];
const directory = mkdtempSync(join(tmpdir(), 'syncstore-openapi-'));
const server = spawn(binary, ['serve', '--data', directory, '--listen', '127.0.0.1:0', '--rate-limit', '0'],
  { stdio: ['ignore', 'pipe', 'ignore'] });

function report(name, faults) {
  for (const fault of faults) console.log(`  ${fault}`);
  console.log(faults.length > 0 ? `[  FAILED  ] ${name}` : `[       OK ] ${name}`);
  return faults.length === 0;
}

async function problemsOf(document) {
  const path = join(directory, 'openapi.json');
  writeFileSync(path, JSON.stringify(document));
  const config = await createConfig({
    extends: ['recommended-strict'],
    rules: {
      // The router takes a literal segment before a parameter: /api/imports/sample.csv is never an id.
      'no-ambiguous-paths': 'off',
      // The routes that anybody may ask say so themselves, with an empty list.
      'security-defined': 'error',
    },
  });
  return await lint({ ref: path, config });
}

try {
  const [first] = await Promise.race([
    once(createInterface({ input: server.stdout }), 'line'),
    once(server, 'exit').then(() => { throw new Error('the server ended'); }),
  ]);
  const answer = await fetch(`${JSON.parse(first).url}/api/openapi.json`);
  const document = await answer.json();
  const problems = await problemsOf(document);
  const shown = problems.map((one) => `${one.ruleId}: ${one.message.split('\n')[0]} at ${one.location[0]?.pointer ?? ''}`);
  const good = report('OpenApi.PassesTheLinter', shown.slice(0, 40));
  // A linter that finds nothing wrong in a wrong document would prove nothing.
  delete document.components.schemas.Problem;
  const noticed = report('OpenApi.TheLinterNoticesAFault',
    (await problemsOf(document)).length > 0 ? [] : ['a document without the shape of its problems passes']);
  console.log(`${Number(good) + Number(noticed)} passed, ${Number(!good) + Number(!noticed)} failed`);
  process.exitCode = good && noticed ? 0 : 1;
} finally {
  server.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
}
