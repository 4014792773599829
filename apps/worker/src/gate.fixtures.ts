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
  /** Lets on what is held. */
  readonly release: () => void;
  /** What is held never arrives: its sender is gone. */
  readonly drop: () => void;
  /** Ends every connection and takes no new one, until told otherwise. */
  readonly shut: (isShut: boolean) => void;
  readonly close: () => Promise<void>;
}

interface Hold {
  readonly what: RegExp;
  readonly found: () => void;
  /** True when it may go on. */
  readonly released: Promise<boolean>;
  readonly release: (goesOn: boolean) => void;
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
  const decide = (goesOn: boolean) => (): void => {
    hold?.release(goesOn);
    hold = undefined;
  };
  return {
    url: isSocket ? `unix://${place.path}` : urlOfPort(),
    hold: (what) =>
      new Promise((found) => {
        const { promise, resolve } = Promise.withResolvers<boolean>();
        hold = { what, found, released: promise, release: resolve };
      }),
    release: decide(true),
    drop: decide(false),
    shut(shut) {
      isShut = shut;
      if (shut) sockets.forEach((socket) => socket.destroy());
    },
    async close() {
      decide(false)();
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
      if (place.path !== undefined) await rm(place.path, { force: true });
    },
  };
}

function passOn(client: Socket, beyond: Socket, holdNow: () => Hold | undefined): void {
  let passed: Promise<unknown> = Promise.resolve();
  client.on('data', (chunk: Buffer) => {
    const hold = holdNow();
    const isHeld = hold?.what.test(chunk.toString('latin1')) === true;
    if (isHeld) hold.found();
    passed = passed.then(async () => {
      if (isHeld && !(await hold.released)) beyond.destroy();
      if (!beyond.destroyed) beyond.write(chunk);
    });
  });
  client.on('end', () => void passed.then(() => beyond.end()));
}
