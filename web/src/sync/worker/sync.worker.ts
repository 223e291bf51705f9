// The worker of one tab. Takes part in the election of the leader; the leader's worker loads the module and runs the stores.
import { newMutationId } from '../ids';
import type { PageMessage, WorkerMessage } from '../worker-protocol';
import { loadCoreModule } from './core-module';
import type { Host } from './leadership';
import { Leadership } from './leadership';
import { Persistence } from './persistence';
import { SyncHost } from './sync-host';

type Init = Extract<PageMessage, { t: 'init' }>;

const scope = self as unknown as DedicatedWorkerGlobalScope;
const toPage = (...messages: WorkerMessage[]): void => scope.postMessage(messages);

/** Storage that this worker may write, or null: then nothing is kept, and the person hears it. */
async function openPersistence(user: string): Promise<{ persistence: Persistence; generation: number } | null> {
  try {
    const persistence = await Persistence.open(user);
    return { persistence, generation: await persistence.claim() };
  } catch {
    return null;
  }
}

function missingWords(init: Init, stored: boolean): string[] {
  const words: string[] = [];
  if (!init.secure) {
    words.push(
      'This page is open without HTTPS: it works live, but not without a network after a reload. Start the server with --tls local, or open it on this machine.',
    );
  }
  if (!stored) {
    words.push('This browser stores nothing for this page: edits that wait are lost when the tab closes.');
  }
  return words;
}

async function makeHost(init: Init): Promise<Host> {
  const [core, opened] = await Promise.all([loadCoreModule(), openPersistence(init.user.id)]);
  const persistence = opened?.persistence ?? null;
  const generation = opened?.generation ?? 1;
  // Without a shared lock every tab is a client of its own, or the server would close the others' links.
  const client = persistence && init.secure ? await persistence.clientId(newMutationId) : newMutationId();
  const host = new SyncHost({
    user: init.user,
    secure: init.secure,
    core,
    persistence: init.secure ? persistence : null,
    generation,
    client,
    missing: missingWords(init, persistence !== null),
    // The first leader ever, where something had been kept: it was cleared while no page was open.
    lost: persistence !== null && generation === 1 && init.kept.before ? init.kept.edits : null,
    failed: (error) => toPage({ t: 'failed', message: String(error) }),
  });
  await host.resume();
  return host;
}

let leadership: Leadership | null = null;

scope.addEventListener('message', (event: MessageEvent<PageMessage>) => {
  const message = event.data;
  if (message.t === 'init') {
    leadership = new Leadership(message, (messages) => toPage(...messages), () =>
      makeHost(message).catch((error: unknown) => {
        toPage({ t: 'failed', message: String(error) });
        throw error;
      }),
    );
    leadership.start();
    toPage({ t: 'ready' });
    return;
  }
  leadership?.fromPage(message);
});
