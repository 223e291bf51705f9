// A start without network: a profile that holds 26,688 products, network off, reload; then a browser that was closed.
import { Server, save } from './lib.mjs';
import { measureStarts } from './browser_start.mjs';

const server = new Server();
await server.start();
save('offline_start', await measureStarts({
  server, path: '/s/games/products', person: 'viewer', products: 26_688, reloads: Number(process.argv[2] ?? 5),
}));
