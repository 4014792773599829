import { once } from 'node:events';
import { connect } from 'node:net';
import { prepareNodeProcess } from './node-process.js';
import type { Server } from './program.js';

async function expectListening(port: number): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1' });
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}

/** The embedded event node on loopback, its log in `dir`: ready to be started. It listens once the log is recovered. */
export function prepareEventNode(dir: string, port: number): Server {
  return prepareNodeProcess({
    name: 'event-node',
    entry: 'libs/event-node/dist/main.js',
    args: ['--dir', dir, '--port', String(port)],
    env: {},
    url: `esdb://127.0.0.1:${port}?tls=false`,
    answers: () => expectListening(port),
  });
}
