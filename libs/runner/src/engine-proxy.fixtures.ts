import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Stands between a runner and its engine: cutting it is, for the engine, the death of the worker. */
export interface EngineProxy {
  readonly host: string;
  /** Breaks all connections and takes no more. */
  cut(): void;
  close(): Promise<void>;
}

export async function startEngineProxy(engineHost: string): Promise<EngineProxy> {
  const path = join(tmpdir(), `stemma-engine-${randomUUID()}.sock`);
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const engine = connect({ path: engineHost.replace('unix://', ''), allowHalfOpen: true });
    for (const socket of [client, engine]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    }
    if (isCut) return void [client, engine].forEach((socket) => socket.destroy());
    client.pipe(engine);
    engine.pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const cut = (): void => {
    isCut = true;
    sockets.forEach((socket) => socket.destroy());
  };
  return {
    host: `unix://${path}`,
    cut,
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
      await rm(path, { force: true });
    },
  };
}
