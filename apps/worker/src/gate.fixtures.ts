import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type ListenOptions, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Stands between a worker and a server, and holds its next step at the door: the moment to kill the worker at. */
export interface Gate {
  /** What the worker is to connect to instead. */
  readonly url: string;
  /** Holds the first request that `what` matches and all that comes after it; resolves when it stands there. */
  readonly hold: (what: RegExp) => Promise<void>;
  /** Lets on what is held, but for what belongs to connections that are gone. */
  readonly release: () => void;
  /** Resets every connection and takes no new one, until told otherwise. */
  readonly shut: (isShut: boolean) => void;
  readonly close: () => Promise<void>;
}

interface Hold {
  readonly what: RegExp;
  readonly found: () => void;
  readonly released: Promise<void>;
  readonly release: () => void;
}

/** In front of `unix:///path` or `scheme://host:port/…`; the rest of the URL stays as it is. */
export async function startGate(target: string): Promise<Gate> {
  const isSocket = target.startsWith('unix://');
  const place: ListenOptions = isSocket
    ? { path: path.join(tmpdir(), `stemma-gate-${randomUUID().slice(0, 8)}.sock`) }
    : { host: '127.0.0.1', port: 0 };
  const { hostname, port } = new URL(isSocket ? 'unix://none' : target);
  const there = isSocket ? { path: target.slice('unix://'.length) } : { host: hostname, port: Number(port) };
  const sockets = new Set<Socket>();
  let hold: Hold | undefined;
  let isShut = false;

  const server = createServer({ allowHalfOpen: true }, (client) => {
    const beyond = connect({ ...there, allowHalfOpen: true });
    for (const socket of [client, beyond]) {
      sockets.add(socket);
      socket.on('error', () => [client, beyond].forEach((one) => one.destroy()));
      socket.on('close', () => sockets.delete(socket));
    }
    if (isShut) return void [client, beyond].forEach((socket) => socket.destroy());
    beyond.pipe(client);
    passOn(client, beyond, () => hold);
  });
  await new Promise<void>((resolve) => server.listen(place, resolve));
  const urlOfPort = (): string => target.replace(`:${port}`, `:${(server.address() as AddressInfo).port}`);
  const release = (): void => {
    hold?.release();
    hold = undefined;
  };
  return {
    url: isSocket ? `unix://${place.path}` : urlOfPort(),
    hold: (what) =>
      new Promise((found) => {
        const { promise, resolve } = Promise.withResolvers<undefined>();
        hold = { what, found, released: promise, release: () => resolve(undefined) };
      }),
    release,
    shut(shut) {
      isShut = shut;
      if (shut) sockets.forEach((socket) => (socket.resetAndDestroy ?? socket.destroy).call(socket));
    },
    async close() {
      release();
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
      if (place.path !== undefined) await rm(place.path, { force: true });
    },
  };
}

function passOn(client: Socket, beyond: Socket, holdNow: () => Hold | undefined): void {
  let gone = false;
  let passed: Promise<void> = Promise.resolve();
  const leave = (): void => void (gone = true);
  client.on('end', leave).on('close', leave);
  client.on('data', (chunk: Buffer) => {
    const hold = holdNow();
    const isHeld = hold?.what.test(chunk.toString('latin1')) === true;
    if (isHeld) hold.found();
    passed = passed.then(async () => {
      if (isHeld) await hold.released;
      if (isHeld && gone) beyond.destroy();
      else if (!beyond.destroyed) beyond.write(chunk);
    });
  });
  client.on('end', () => void passed.then(() => beyond.end()));
}
