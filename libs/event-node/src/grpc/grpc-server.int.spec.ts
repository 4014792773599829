import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, credentials } from '@grpc/grpc-js';
import { until } from '../test-node.fixtures.js';
import { createGrpcServer, type GrpcServer, type Handler } from './grpc-server.js';
import { frameHeader } from './message-frames.js';

const KILOBYTE = Buffer.alloc(1_024, 'x');
const poured = { messages: 0, open: 0, waiting: false };

/** Sends without end, as fast as it is taken. */
const pour: Handler = (call) => {
  const send = async (): Promise<void> => {
    poured.open += 1;
    while (call.isOpen()) {
      const pressure = call.send(KILOBYTE);
      poured.messages += 1;
      poured.waiting = pressure !== undefined;
      await (pressure ?? new Promise(setImmediate));
    }
    poured.open -= 1;
  };
  void send();
};

const echo: Handler = (call) => {
  call.receive(
    (bytes) => void call.send(bytes),
    () => call.end(),
  );
};

const broken: Handler = (call) => {
  call.receive(
    () => {
      throw new Error('planted');
    },
    () => undefined,
  );
};

let server: GrpcServer;
let port: number;
let client: Client;
beforeAll(async () => {
  server = createGrpcServer({
    handlers: new Map([
      ['/test/echo', echo],
      ['/test/pour', pour],
      ['/test/broken', broken],
      [
        '/test/silent',
        (call) =>
          call.receive(
            () => undefined,
            () => undefined,
          ),
      ],
    ]),
    maxMessageBytes: 100_000,
    keepAlive: { everyMs: 200, timeoutMs: 2_000 },
  });
  port = await server.listen('127.0.0.1', 0);
  client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
});
afterAll(async () => {
  client.close();
  await server.stop(0);
});

const asIs = (bytes: Buffer): Buffer => bytes;
const call = (path: string, message: Buffer, deadline?: number) =>
  new Promise((resolve, reject) => {
    const options = deadline === undefined ? {} : { deadline };
    client.makeUnaryRequest(path, asIs, asIs, message, options, (error, answer) => {
      if (error === null) resolve(answer);
      else reject(error);
    });
  });

const ping = (session: ClientHttp2Session): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    session.ping(Buffer.from('8 bytes!'), (error, _ms, payload) => {
      if (error === null) resolve(payload);
      else reject(error);
    });
  });

describe('a call', () => {
  it('is answered byte for byte, also over many pages', async () => {
    const large = Buffer.alloc(90_000, 'abc');
    expect(await call('/test/echo', large)).toEqual(large);
  });

  it.each([
    ['/test/none', KILOBYTE, 'UNIMPLEMENTED: This event node has no method /test/none.'],
    ['/test/broken', KILOBYTE, 'INTERNAL: The event node failed: planted'],
    ['/test/echo', Buffer.alloc(100_001), 'RESOURCE_EXHAUSTED: A message of 100001 bytes is over the limit'],
  ])('to %s that cannot be served ends in words', async (path, message, words) => {
    await expect(call(path, message)).rejects.toThrow(words);
  });

  it('past its deadline is over, on both sides', async () => {
    await expect(call('/test/silent', KILOBYTE, Date.now() + 50)).rejects.toThrow('DEADLINE_EXCEEDED');
  });

  it('of who does not read costs no memory', async () => {
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    const stalled = session.request({
      ':method': 'POST',
      ':path': '/test/pour',
      'content-type': 'application/grpc',
    });
    stalled.on('error', () => undefined);
    stalled.end(Buffer.concat([frameHeader(KILOBYTE.length), KILOBYTE]));
    await until('the server waits', () => poured.waiting);
    const sent = poured.messages;
    await ping(session);
    expect(poured).toMatchObject({ waiting: true, messages: sent });
    expect(sent).toBeLessThan(2_000);
    session.destroy();
    await until('the server has noticed', () => poured.open === 0);
  });
});

describe('keep-alive', () => {
  it('answers the pings of a client', async () => {
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    await once(session, 'connect');
    const echoed = await ping(session);
    expect(echoed.toString()).toBe('8 bytes!');
    session.close();
  });

  it('ends the connection of a client that has vanished without a word', async () => {
    const dead: Socket = connect(port, '127.0.0.1');
    const ended = once(dead.resume(), 'close');
    // The preface and empty settings of HTTP/2; then silence, also to pings.
    dead.write(
      Buffer.concat([
        Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
        Buffer.from('000000040000000000', 'hex'),
      ]),
    );
    await ended;
    expect(dead.destroyed).toBe(true);
  });

  it('leaves a client alone that is only quiet', async () => {
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    await once(session, 'connect');
    const pings: Buffer[] = [];
    session.on('ping', (payload: Buffer) => pings.push(payload));
    await until('asked several times', () => pings.length >= 3);
    expect(session.destroyed).toBe(false);
    session.close();
  });
});
