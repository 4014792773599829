import { expectHealthy, prepareNodeProcess } from './node-process.js';
import type { Server } from './program.js';

interface EventNodePlace {
  /** Where the log lies. */
  readonly dir: string;
  readonly port: number;
  /** Health, metrics and backups. */
  readonly adminPort: number;
}

/** The embedded event node on loopback: ready to be started. It answers once the log is recovered. */
export function prepareEventNode({ dir, port, adminPort }: EventNodePlace): Server {
  return prepareNodeProcess({
    name: 'event-node',
    entry: 'libs/event-node/dist/main.js',
    args: ['--dir', dir, '--port', String(port), '--admin-port', String(adminPort)],
    env: {},
    url: `esdb://127.0.0.1:${port}?tls=false`,
    answers: () => expectHealthy(`http://127.0.0.1:${adminPort}/health/ready`),
  });
}
