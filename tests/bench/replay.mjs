// Recorded frames through the module: load to the first page, cost of a change frame until its effects are unpacked, memory. The change
// frames come in the order and numbers in which client_replay.cpp made them. No import of node.
import { begin, loadModule, readRecording, splitParts } from './core_session.mjs';

const KINDS = [['beside_the_sort', 2000, 1], ['moves_the_row', 2000, 1], ['hundred_moves', 60, 100], ['ten_thousand_moves', 5, 10_000]];
const LOADS = 5;
const SESSIONS = 8;

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

export async function replay(moduleBytes, recordingBytes, changeBytes) {
  const { config, frames } = readRecording(recordingBytes);
  const changes = splitParts(changeBytes);
  const figures = {};
  const loads = [];
  let session;
  for (let n = 0; n < LOADS; n += 1) {
    const wasm = await loadModule(moduleBytes);
    const begun = performance.now();
    session = begin(wasm, config);
    for (const frame of frames) session.frame(frame);
    loads.push(performance.now() - begun);
    figures.memory_mb = wasm.memory.buffer.byteLength / 1e6;
  }
  figures.load_ms = median(loads);
  let at = 0;
  for (const [name, count, rows] of KINDS) {
    if (at >= changes.length) break;
    const costs = [];
    let patches = 0;
    // Clocks of browsers have steps: single rows are timed in groups.
    const group = rows === 1 ? 20 : 1;
    for (let n = 0; n < count; n += group) {
      const begun = performance.now();
      for (let i = 0; i < group; i += 1) {
        session.now += 1;
        for (const effect of session.frame(changes[at + n + i])) patches += effect.kind === 14;
      }
      costs.push(((performance.now() - begun) * 1000) / group / rows);
    }
    at += count;
    figures[name] = { us: median(costs), patches };
  }
  // The module begins with room for one catalogue: several show what one takes. Memory grows in steps of a fifth, so this is a ceiling.
  const wasm = await loadModule(moduleBytes);
  for (let n = 0; n < SESSIONS; n += 1) {
    session = begin(wasm, config);
    for (const frame of frames) session.frame(frame);
  }
  figures.bytes_per_session = wasm.memory.buffer.byteLength / SESSIONS;
  return figures;
}
