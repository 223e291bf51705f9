// The replay inside a worker of a browser, as the app runs its module.
import { replay } from './replay.mjs';

const load = async (path) => new Uint8Array(await (await fetch(path)).arrayBuffer());
postMessage(await replay(await load('/module.wasm'), await load('/recording'), await load('/changes')));
