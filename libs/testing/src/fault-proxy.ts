import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { Transform, type TransformCallback } from 'node:stream';

/** What happens to bytes that pass. A connection that lost bytes never gets well: cut it. */
interface Weather {
  requests: 'pass' | 'swallow';
  replies: 'pass' | 'swallow';
  /** Milliseconds that every chunk waits, in both directions. */
  delayMs: number;
}

/** A TCP proxy on loopback that breaks connections on purpose. */
export interface FaultProxy {
  readonly port: number;
  /** Connections open now. */
  readonly connections: number;
  /** Connections accepted since the start. */
  readonly accepted: number;
  /** Resets every open connection; new ones work. */
  readonly cut: () => void;
  /** Requests arrive, their replies never do, on the connections open now. */
  readonly dropReplies: () => void;
  /** Nothing passes any more on the connections open now, and nobody is told. */
  readonly halfOpen: () => void;
  /** Milliseconds that every chunk waits from now on, in both directions. */
  readonly slowDown: (ms: number) => void;
  /** New connections are reset at once. */
  readonly refuse: (isRefusing: boolean) => void;
  readonly close: () => Promise<void>;
}

/** Stands between a client and the server at `target` (a port on loopback). */
export async function startFaultProxy(target: number): Promise<FaultProxy> {
  const open = new Map<Socket, Weather>();
  let delayMs = 0;
  let accepted = 0;
  let isRefusing = false;

  const server = createServer((client) => {
    accepted += 1;
    client.on('error', () => client.destroy());
    if (isRefusing) {
      client.resetAndDestroy();
      return;
    }
    const weather: Weather = { requests: 'pass', replies: 'pass', delayMs };
    open.set(client, weather);
    client.on('close', () => open.delete(client));
    join(client, connect(target, '127.0.0.1'), weather);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const change = (how: Partial<Weather>): void => {
    for (const weather of open.values()) Object.assign(weather, how);
  };
  const cut = (): void => {
    for (const client of open.keys()) client.resetAndDestroy();
  };

  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return open.size;
    },
    get accepted() {
      return accepted;
    },
    cut,
    dropReplies: () => change({ replies: 'swallow' }),
    halfOpen: () => change({ requests: 'swallow', replies: 'swallow' }),
    slowDown(ms) {
      delayMs = ms;
      change({ delayMs: ms });
    },
    refuse(refusing) {
      isRefusing = refusing;
    },
    async close() {
      cut();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function join(client: Socket, server: Socket, weather: Weather): void {
  client.setNoDelay(true);
  server.setNoDelay(true);
  server.on('error', () => client.resetAndDestroy());
  client.on('close', () => server.destroy());
  server.on('close', () => client.destroy());
  client.pipe(gate(weather, 'requests')).pipe(server);
  server.pipe(gate(weather, 'replies')).pipe(client);
}

const gate = (weather: Weather, way: 'requests' | 'replies'): Transform =>
  new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      const pass = (): void => {
        if (weather[way] === 'pass') done(null, chunk);
        else done();
      };
      if (weather.delayMs > 0) setTimeout(pass, weather.delayMs);
      else pass();
    },
  });
